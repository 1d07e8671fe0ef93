"""Deviations of the transport: content types, broken bodies, pages of others, silence, bad days."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from contract_tests.harness.spec.operation import Operation
from tests.contract_tests.deviations.deviation import Change, Deviation, after_success, always, at
from tests.contract_tests.deviations.refusals import PAGE
from tests.contract_tests.deviations.survey import Survey
from tests.contract_tests.saboteur import Ask, Asked, Fault, Told

NOW_AND_THEN = 0.05  # of all answers


def of_the_wire(survey: Survey, too_late: float) -> Iterator[Deviation]:
    """What may happen to any answer; `too_late` is longer than the suite waits, in seconds."""
    changes: list[tuple[str, str, Change]] = [
        ("wrong content type", "text/html", lambda told: told.saying("content-type", "text/html")),
        ("wrong content type", "text/plain", lambda told: told.saying("content-type", "text/plain")),
        ("wrong content type", "none", lambda told: told.without("content-type")),
        ("wrong charset", "latin-1", _in_latin_1),
        ("truncated body", "", lambda told: _cut(told, len(told.body) - 5)),
        ("empty body", "", lambda told: _cut(told, 0)),
        ("broken off", "", _broken_off),
        ("redirect", "", lambda told: Told(302, {"location": "https://login.example/"}, b"")),
        ("HTML login page", "", _login_page),
    ]
    whole: list[tuple[str, Callable[[], Fault]]] = [
        ("intermittent 500", _fails_now_and_then),
        ("connection dropped", _drops_now_and_then),
        ("slow answer", lambda: _slow(too_late)),
    ]
    for seen in {one.operation: one for one in reversed(survey.successes)}.values():
        vendor, operation = survey.contract.vendor, seen.operation
        for kind, detail, change in changes:
            if kind == "wrong charset" and seen.told.body.isascii():
                continue
            fault = at(survey.addresses, operation, after_success(survey.contract, change))
            yield Deviation(kind, vendor, operation.id, detail, always(fault))
        for kind, make in whole:
            yield Deviation(
                kind,
                vendor,
                operation.id,
                "",
                partial(_made, survey, operation, make),
            )


def _made(survey: Survey, operation: Operation, make: Callable[[], Fault]) -> Fault:
    return at(survey.addresses, operation, make())


def _cut(told: Told, length: int) -> Told:
    return replace(told, body=told.body[:length]).saying("content-length", str(length))


def _broken_off(told: Told) -> Told:
    """The content length promises more than comes."""
    return replace(told, body=told.body[:-5]).saying("connection", "close")


def _in_latin_1(told: Told) -> Told:
    body = told.body.decode().encode("latin-1", "replace")
    return replace(told, body=body).saying("content-length", str(len(body)))


def _login_page(told: Told) -> Told:
    return Told(200, {"content-type": "text/html", "content-length": str(len(PAGE))}, PAGE)


def _fails_now_and_then() -> Fault:
    chance = random.Random(5)  # noqa: S311 - which ones, not secrets

    async def fails(asked: Asked, ask: Ask) -> Told:
        if chance.random() < NOW_AND_THEN:
            return Told(500, {"content-type": "text/plain", "content-length": "5"}, b"Oops.")
        return await ask(asked)

    return fails


def _drops_now_and_then() -> Fault:
    chance = random.Random(6)  # noqa: S311 - which ones, not secrets

    async def drops(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        return replace(told, dropped=chance.random() < NOW_AND_THEN)

    return drops


def _slow(seconds: float) -> Fault:
    """Two answers come too late; more of them would only make the run longer."""
    slow = [1, 1]

    async def waits(asked: Asked, ask: Ask) -> Told:
        if slow:
            slow.pop()
            await asyncio.sleep(seconds)
        return await ask(asked)

    return waits
