"""Deviations in what is remembered: writes that are lost, halved or misplaced, and reads of yesterday."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from contract_tests.harness.acting.agreement import agreement_of
from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.operation import Operation
from tests.contract_tests.deviations.address import ABSENT, read, written
from tests.contract_tests.deviations.deviation import Deviation, always, at, succeeded
from tests.contract_tests.deviations.inputs import Field, fields
from tests.contract_tests.deviations.survey import Seen, Survey
from tests.contract_tests.saboteur import Ask, Asked, Fault, Told, control, forgetting

CARELESS: dict[str, tuple[str, Callable[[str], str]]] = {
    "trimmed": (" trimmed ", str.strip),
    "composed": ("compose\u0301", lambda text: unicodedata.normalize("NFC", text)),
    "capitals": ("small", str.upper),
    "entities": ("<a & b>", html.escape),
    "16 bits": ("\U0001f600", lambda text: "".join(c if ord(c) < 2**16 else "?" for c in text)),
}
"""A text that shows it, and what is stored in the place of a text."""


def of_memory(survey: Survey) -> Iterator[Deviation]:
    """Every deviation of this family that the double's writes and reads allow."""
    for seen in survey.successes:
        if seen is not survey.seen(seen.operation):
            continue
        if seen.operation.reads_only:
            yield from _stale(survey, seen)
        elif survey.leaves_a_trace(seen.operation, seen.parts):
            yield from _lost(survey, seen)


def _lost(survey: Survey, seen: Seen) -> Iterator[Deviation]:
    operation = seen.operation
    yield _planted(survey, operation, "lost write", "", lambda: forgetting)
    whole = survey.shown_after(operation, seen.parts)
    for field in fields(survey, operation):
        if not field.place.startswith("body/") or field.value in (ABSENT, None):
            continue
        for name, other in _halves(field):
            parts = parts_with(seen, field.place, other)
            if survey.accepts(operation, parts) and survey.shown_after(operation, parts) != whole:
                change = _writing(survey, operation, field.place, other)
                fault = _stored_as(survey, change)
                yield _planted(survey, operation, "partial write", f"{field.place} {name}", always(fault))
                break
        yield from _changed(survey, seen, field)
    for parameter in operation.parameters:
        if parameter.place == "path":
            yield from _misplaced(survey, seen, parameter.name)
    if "fresh" in agreement_of(operation):
        yield _planted(survey, operation, "first answer repeated", "", lambda: _repeating(survey))


def _halves(field: Field) -> Iterator[tuple[str, Any]]:
    """What may be stored in the place of a value."""
    if not field.required:
        yield "dropped", ABSENT
    if isinstance(field.value, str):
        yield "cut", field.value[:-1]
        yield "altered", field.value + "x"
    elif isinstance(field.value, bool):
        yield "altered", not field.value
    elif isinstance(field.value, int):
        yield "altered", field.value + 1
    elif isinstance(field.value, list) and field.value:
        yield "cut", field.value[:-1]


def _changed(survey: Survey, seen: Seen, field: Field) -> Iterator[Deviation]:
    """Texts that are stored as somebody thought they were meant."""
    if not isinstance(field.value, str) or {"enum", "format"} & field.schema.keys():
        return
    if re.search("(_id|Id)$", field.place):
        return  # what names something is no text of the client's own
    for name, (text, change) in CARELESS.items():
        kept, lost = (parts_with(seen, field.place, value) for value in (text, change(text)))
        if not survey.accepts(seen.operation, kept) or not survey.accepts(seen.operation, lost):
            continue
        if survey.shown_after(seen.operation, kept) != survey.shown_after(seen.operation, lost):
            fault = _stored_as(survey, _rewriting(survey, seen.operation, field.place, change))
            yield _planted(survey, seen.operation, "text changed", f"{field.place} {name}", always(fault))


def _rewriting(
    survey: Survey, operation: Operation, place: str, change: Callable[[str], str]
) -> Callable[[Asked], Asked]:
    def rewritten(asked: Asked) -> Asked:
        sent = read(survey.contract, operation, asked, place)
        if not isinstance(sent, str):
            return asked
        return written(survey.contract, operation, asked, place, change(sent))

    return rewritten


def _misplaced(survey: Survey, seen: Seen, name: str) -> Iterator[Deviation]:
    for other in survey.others(seen.operation, name):
        parts = {**seen.parts, "path": {**seen.parts["path"], name: other}}
        if not survey.accepts(seen.operation, parts):
            continue
        if not survey.leaves_a_trace(seen.operation, parts):
            continue
        change = _writing(survey, seen.operation, f"path/{name}", other)
        for kind, make in (
            ("stored in wrong record", _stored_as),
            ("stored in another record too", _stored_too),
        ):
            fault = make(survey, change)
            yield _planted(survey, seen.operation, kind, other, always(fault))
        return


def _writing(survey: Survey, operation: Operation, place: str, value: Any) -> Callable[[Asked], Asked]:
    return lambda asked: written(survey.contract, operation, asked, place, value)


def _stored_as(survey: Survey, change: Callable[[Asked], Asked]) -> Fault:
    """Answers what was asked, and stores something else."""

    async def stored(asked: Asked, ask: Ask) -> Told:
        await ask(control(asked, "snapshots", {"name": "before"}))
        told = await ask(asked)
        if succeeded(survey.contract, told):
            await ask(control(asked, "snapshots/before/restore", {}))
            other = await ask(change(asked))
            if not succeeded(survey.contract, other):
                return await ask(asked)
        return told

    return stored


def _stored_too(survey: Survey, change: Callable[[Asked], Asked]) -> Fault:
    async def stored(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        if succeeded(survey.contract, told):
            await ask(change(asked))
        return told

    return stored


def _repeating(survey: Survey) -> Fault:
    """Does what is asked, and answers as the first time in this sandbox."""
    first: dict[str, Told] = {}

    async def repeats(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        return first.setdefault(asked.sandbox, told) if succeeded(survey.contract, told) else told

    return repeats


def _stale(survey: Survey, seen: Seen) -> Iterator[Deviation]:
    for writer in survey.successes:
        if writer.operation.reads_only:
            continue
        after = survey.ask(seen.operation, seen.parts, (writer.operation, writer.parts))
        if succeeded(survey.contract, after) and not survey.same(seen.operation, after, seen.told):
            detail = f"of {writer.operation.id}"
            yield _planted(survey, seen.operation, "stale read, cached", detail, lambda: _cached(survey))
            yield _planted(survey, seen.operation, "stale read, yesterday's", detail, lambda: _yesterdays)
            return


def _cached(survey: Survey) -> Fault:
    known: dict[tuple[Any, ...], Told] = {}

    async def cached(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        key = (asked.sandbox, asked.method, asked.path, asked.query, asked.body)
        return known.setdefault(key, told) if succeeded(survey.contract, told) else told

    return cached


async def _yesterdays(asked: Asked, ask: Ask) -> Told:
    """Reads from a world in which nothing was ever written, as far as the record is there."""
    told = await ask(asked)
    before = await ask(replace(asked, sandbox=f"{asked.sandbox}-before"))
    return before if before.status == told.status else told


def parts_with(seen: Seen, place: str, value: Any) -> Any:
    """The request of a success with another value at a place, or with none there."""
    change = {"op": "add", "path": f"/{place}", "value": value}
    if value is ABSENT:
        change = {"op": "remove", "path": f"/{place}"}
    return pointer.patched(seen.parts, [change])


def _planted(
    survey: Survey, operation: Operation, kind: str, detail: str, make: Callable[[], Fault]
) -> Deviation:
    return Deviation(
        kind, survey.contract.vendor, operation.id, detail, lambda: at(survey.addresses, operation, make())
    )
