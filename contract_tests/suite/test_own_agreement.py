"""Reads agree with writes to records of the run's own, on a server that is not ours."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from contract_tests.harness.acting.agreement import (
    PART,
    Exchange,
    agreement_of,
    contradiction,
)
from contract_tests.harness.acting.cases import Asked
from contract_tests.harness.acting.reading import Reading
from contract_tests.harness.acting.recipe import Impossible, Stage
from contract_tests.harness.acting.round_trip import named_alike, told_otherwise
from contract_tests.harness.judging import verdict
from contract_tests.harness.network.exchange import Answer
from contract_tests.harness.network.login import login_of
from contract_tests.harness.network.target import Sandbox
from contract_tests.harness.outside.foreign import names_what_it_is_told
from contract_tests.harness.outside.lacking import Stuck, lacking, may_lack
from contract_tests.harness.outside.own import Own
from contract_tests.harness.outside.reach import can_be_tried
from contract_tests.harness.running.plugin import each
from contract_tests.harness.running.run import Run


def writing(run: Run) -> Iterator[Asked]:
    """Writes whose answers, or the reads after them, show what was written."""
    yield from _writes(run, "shows", "reads")


def creating(run: Run) -> Iterator[Asked]:
    """Operations that give every new thing a name of its own."""
    yield from _writes(run, "fresh")


def _writes(run: Run, *what: str) -> Iterator[Asked]:
    for subject in run.subjects:
        login = login_of(subject.contract)
        for operation in subject.contract.operations.values() if subject.target.writing else ():
            said = agreement_of(operation)
            if operation.reads_only or said.keys().isdisjoint(what):
                continue
            if (login is None or login.operation != operation) and can_be_tried(subject, operation):
                readers = tuple(read["operation"] for read in said.get("reads", ()))
                for body in operation.bodies or [None]:
                    yield Asked(subject, operation, body, readers)


@each(writing)
def test_what_was_written_is_read(case: Asked) -> None:
    """The answer repeats it, each documented read shows it, and another record stays as it was."""
    with case.subject.target.sandbox() as sandbox:
        own = Own(case.subject, sandbox)
        parts = _prepared(case, own)
        named = own.named(case.operation, parts)
        found = [(index, Reading(case.subject, sandbox, read, named)) for index, read in _reads(case)]
        reads = [(index, read, read.before(parts)) for index, read in found]
        beside = own.beside()
        others = beside.seen()
        exchange = _success(case, sandbox, parts)
        for answer, difference in told_otherwise(case.operation, exchange, reads):
            raise case.subject.broken(PART, case.operation, difference, answer, sandbox, case.also)
        changes = beside.changed(others)
        if changes:
            assert exchange.answer is not None
            said, got = f"{case.operation.id} leaves other records as they were", "; ".join(changes[:3])
            _break(case, sandbox, exchange.answer, "another record written", said, got, "reads")


@each(creating)
def test_nothing_is_given_a_name_that_something_else_has(case: Asked) -> None:
    """The same request twice creates two things."""
    with case.subject.target.sandbox() as sandbox:
        parts = _prepared(case, Own(case.subject, sandbox))
        first, second = _success(case, sandbox, parts), _success(case, sandbox, parts)
        for answer, difference in named_alike(case.operation, first, second):
            raise case.subject.broken(PART, case.operation, difference, answer, sandbox, case.also)


def _reads(case: Asked) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The reads that show it, with their numbers in the spec: those that ask for what was written."""
    for index, read in enumerate(case.said.get("reads", ())):
        if case.body in read.get("bodies", [case.body]) and names_what_it_is_told(case.subject, read):
            yield index, read


def _prepared(case: Asked, own: Own) -> dict[str, Any]:
    """The request on the test's own record, once everything is done that comes before it; Stuck."""
    parts = own.parts(case.operation, case.body)
    steps = case.said.get("given", ())
    calls = [case.subject.contract.operations[step["call"]] for step in steps if "call" in step]
    if len(calls) < len(steps):
        raise Stuck("what comes before it only a double can do")
    stage = Stage(own.informed(*calls), own.sandbox)
    try:
        for step in steps:
            stage.step(step)
    except Impossible as problem:
        raise Stuck(str(problem)) from problem
    return parts


def _success(case: Asked, sandbox: Sandbox, parts: Mapping[str, Any]) -> Exchange:
    """The exchange as it was on the wire, where the run puts a mark on what it makes."""
    answer = Stage(case.subject, sandbox).call(case.operation, parts)
    found = verdict.against_success(case.subject, case.operation, answer)
    if found is not None and may_lack(case.subject, case.operation, answer):
        raise Stuck(lacking(case.operation.id, case.operation, answer))
    if found is not None:
        raise case.subject.broken(PART, case.operation, found, answer, sandbox)
    sent = answer.request.body if answer.request else None
    return Exchange({**parts, "body": json.loads(sent)} if sent else parts, answer)


def _break(
    case: Asked, sandbox: Sandbox, answer: Answer, kind: str, said: str, got: str, at: str
) -> NoReturn:
    difference = contradiction(case.operation, kind, said, got, at)
    raise case.subject.broken(PART, case.operation, difference, answer, sandbox, case.also)
