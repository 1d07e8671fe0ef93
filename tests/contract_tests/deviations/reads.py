"""Deviations of reads and lists: another's record, ignored parameters, pages, order and totals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from contract_tests.harness.acting.agreement import agreement_of
from contract_tests.harness.spec.operation import Operation
from tests.contract_tests.deviations.address import ABSENT, read, written
from tests.contract_tests.deviations.answers import places, swapped
from tests.contract_tests.deviations.deviation import Deviation, after_success, at, is_refusal, succeeded
from tests.contract_tests.deviations.inputs import Field, fields
from tests.contract_tests.deviations.memory import parts_with
from tests.contract_tests.deviations.survey import Seen, Survey
from tests.contract_tests.saboteur import Ask, Asked, Fault, Told


def of_reads(survey: Survey) -> Iterator[Deviation]:
    """Every deviation of this family that the double's reads allow."""
    for seen in survey.successes:
        if seen is not survey.seen(seen.operation):
            continue
        if seen.operation.reads_only:
            yield from _ignored(survey, seen)
        yield from _lists(survey, seen)
        for parameter in seen.operation.parameters:
            if parameter.place == "path":
                yield from _mistaken(survey, seen, parameter.name)
    yield from _invented(survey)


def _invented(survey: Survey) -> Iterator[Deviation]:
    """A success where there is nothing."""
    for one in survey.refusals:
        missing = (one.operation.lifecycle or {}).get("missing") == one.error.id
        seen = survey.seen(one.operation)
        if seen and (missing or (one.error.status == 404 and one.operation.reads_only)):
            fault = _answering(survey, one.error, seen.told)
            yield _planted(survey, one.operation, "success for what is not there", one.error.id, fault)


def _answering(survey: Survey, error: Any, success: Told) -> Fault:
    async def answering(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        return success if is_refusal(survey.contract, told, error) else told

    return answering


def _mistaken(survey: Survey, seen: Seen, name: str) -> Iterator[Deviation]:
    """The record of another id, and a refusal for one that is there."""
    operation, place = seen.operation, f"path/{name}"
    missing = next(
        (one.told for one in survey.refusals if one.operation is operation and one.error.status == 404), None
    )
    for other in survey.others(operation, name):
        parts = {**seen.parts, "path": {**seen.parts["path"], name: other}}
        told = survey.ask(operation, parts)
        if not succeeded(survey.contract, told):
            continue
        if operation.reads_only and not survey.same(seen.operation, told, seen.told):
            fault = _reading(survey, operation, place, str(seen.parts["path"][name]), other)
            yield _planted(survey, operation, "another's record", place, fault)
        break
    if missing is not None:
        fault = _denying(survey, operation, place, str(seen.parts["path"][name]), missing)
        yield _planted(survey, operation, "not found, though it is there", place, fault)


def _reading(survey: Survey, operation: Operation, place: str, one: str, other: str) -> Fault:
    async def reading(asked: Asked, ask: Ask) -> Told:
        if read(survey.contract, operation, asked, place) != one:
            return await ask(asked)
        return await ask(written(survey.contract, operation, asked, place, other))

    return reading


def _denying(survey: Survey, operation: Operation, place: str, one: str, missing: Told) -> Fault:
    async def denying(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        concerned = read(survey.contract, operation, asked, place) == one
        return missing if concerned and succeeded(survey.contract, told) else told

    return denying


def _ignored(survey: Survey, seen: Seen) -> Iterator[Deviation]:
    """Each parameter of the query or the body that makes a difference, ignored."""
    for field in fields(survey, seen.operation):
        if field.place.endswith("/sessionID"):
            continue  # that is the door's
        for value in _alternatives(field):
            told = survey.ask(seen.operation, parts_with(seen, field.place, value))
            if succeeded(survey.contract, told) and not survey.same(seen.operation, told, seen.told):
                fault = _as_base(survey, seen.operation, field)
                yield _planted(survey, seen.operation, "parameter ignored", field.place, fault)
                break


def _alternatives(field: Field) -> Iterator[Any]:
    schema = field.schema
    found = [schema.get("example"), *schema.get("enum", ())]
    if schema.get("type") == "integer":
        found += [1, 2, 3]
    if schema.get("type") == "boolean":
        found += [True, False]
    if isinstance(field.value, str) and len(field.value) >= 10 and field.value[:4].isdecimal():
        found += [f"{int(field.value[:4]) + shift}{field.value[4:]}" for shift in (-1, 1)]
    if isinstance(field.value, list):
        found += [[], field.value[:1], field.value[1:]]
    for value in found:
        if value is not None and value != field.value:
            yield value
    if field.value is not ABSENT and not field.required:
        yield ABSENT


def _as_base(survey: Survey, operation: Operation, field: Field) -> Fault:
    async def ignoring(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        if not succeeded(survey.contract, told):
            return told
        again = await ask(written(survey.contract, operation, asked, field.place, field.value))
        return again if succeeded(survey.contract, again) else told

    return ignoring


def _lists(survey: Survey, seen: Seen) -> Iterator[Deviation]:
    """Lists out of order, too short and too long, and totals that are not theirs."""
    said = agreement_of(seen.operation).get("list", {})
    for place in places(survey, seen):
        if isinstance(place.value, list) and len(place.value) > 1 and place.pointer == said.get("items"):
            edits: dict[str, Callable[[Any], Any]] = {
                "last item lost": lambda items: items[:-1] if len(items) > 1 else items,
                "item twice": lambda items: [*items, *items[:1]],
            }
            if "order" in said:
                edits["wrong order"] = lambda items: items[::-1]
            for kind, edit in edits.items():
                fault = after_success(survey.contract, swapped(place.pointer, edit))
                yield _planted(survey, seen.operation, kind, place.pointer, fault)
        name = place.pointer.rpartition("/")[2].lower()
        if isinstance(place.value, int) and ("total" in name or "count" in name):
            fault = after_success(survey.contract, swapped(place.pointer, lambda value: value + 1))
            yield _planted(survey, seen.operation, "wrong total", place.pointer, fault)


def _planted(survey: Survey, operation: Operation, kind: str, detail: str, fault: Fault) -> Deviation:
    planted = at(survey.addresses, operation, fault)
    return Deviation(kind, survey.contract.vendor, operation.id, detail, lambda: planted)
