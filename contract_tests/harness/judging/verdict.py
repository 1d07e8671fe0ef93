"""What an answer must be, compared with what it is: successes, refusals, and nothing changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from contract_tests.harness.judging.finding import Difference
from contract_tests.harness.network.exchange import Answer
from contract_tests.harness.running.subject import Subject, World
from contract_tests.harness.spec import outcome, pointer, wording
from contract_tests.harness.spec.operation import CatalogueError, Operation


def against_success(subject: Subject, operation: Operation, answer: Answer) -> Difference | None:
    """The first thing that keeps the answer from being a documented success."""
    if not outcome.failed(subject.contract, answer):
        found = subject.responses.difference(operation, answer)
        if found is not None:
            return found  # nobody refused anything: it may be no answer that a client understands
    if not outcome.succeeded(subject.contract, answer):
        codes = [repr(told.code) for told in outcome.told(subject.contract, answer) if told.code is not None]
        return Difference(
            kind="refused",
            said=f"{operation.id} answers this request with success",
            got=", code ".join([f"status {answer.status}", *codes[:1]]),
            at=operation.pointer,
        )
    return None


def against_refusal(
    subject: Subject,
    operation: Operation,
    error: CatalogueError,
    values: Mapping[str, Any],
    answer: Answer,
) -> Difference | None:
    """The first thing in which the answer is not this refusal of the catalogue."""
    return next(_refusal_differences(subject, operation, error, values, answer), None)


def _refusal_differences(
    subject: Subject,
    operation: Operation,
    error: CatalogueError,
    values: Mapping[str, Any],
    answer: Answer,
) -> Iterator[Difference]:
    contract = subject.contract
    if answer.media_type.endswith("json") and not answer.is_json:
        yield from subject.responses.differences(operation, answer)  # whatever it was meant to say
    if outcome.succeeded(contract, answer):
        said = f"refused as {error.id} with status {error.status}"
        yield _about(error, "accepted", said, f"success, status {answer.status}", "status")
    if answer.status != error.status:
        said = f"{error.id} has status {error.status}"
        yield _about(error, "status", said, f"status {answer.status}", "status")
    if not outcome.failed(contract, answer):
        said = f"the envelope of refusals: {contract.document['x-outcome']['failure']}"
        yield _about(error, "envelope", said, "another shape", "body")
    comes_before = {"route", "method"} & {*error.refuses}
    judge = subject.responses.difference_of_stranger if comes_before else subject.responses.difference
    broken = judge(operation, answer)
    if broken is not None:
        yield broken
    codes = [told.code for told in outcome.told(contract, answer)]
    if outcome.has_place(contract, "code") and not any(pointer.same(code, error.code) for code in codes):
        got = f"code {', '.join(map(repr, codes))}"
        yield _about(error, "code", f"{error.id} has code {error.code!r}", got, "code")
    yield from _wording(subject, error, values, answer)
    yield from _headers(error, values, answer)


def _wording(
    subject: Subject, error: CatalogueError, values: Mapping[str, Any], answer: Answer
) -> Iterator[Difference]:
    if not outcome.has_place(subject.contract, "message"):
        return
    marks = subject.contract.sources(error.pointer, "message")
    if not subject.target.double and {mark["mark"] for mark in marks} == {"observed"}:
        return  # worded by us: a real server is held to the code only
    texts = [told.message for told in outcome.told(subject.contract, answer)]
    if not any(wording.says(text, error.message, values) for text in texts):
        said = f"{error.id} says {wording.rendered(error.message, values)!r}"
        yield _about(error, "message", said, ", ".join(map(repr, texts)), "message")


def _headers(error: CatalogueError, values: Mapping[str, Any], answer: Answer) -> Iterator[Difference]:
    for name, template in error.headers.items():
        if not wording.says(answer.header(name), template, values):
            said = f"{error.id} carries {name}: {wording.rendered(template, values)}"
            got = f"{name}: {answer.header(name) or '(none)'}"
            yield _about(error, "header", said, got, "headers")


def against_allow(subject: Subject, operation: Operation, answer: Answer) -> Difference | None:
    """Whether a 405 lists exactly the methods of the path; HEAD and OPTIONS may come on top."""
    documented = subject.contract.methods_at(operation.path)
    allowed = frozenset(filter(None, map(str.strip, answer.header("allow").upper().split(","))))
    if documented <= allowed <= documented | {"HEAD", "OPTIONS"}:
        return None
    return Difference(
        kind="Allow header",
        said=f"405 carries Allow: {', '.join(sorted(documented))} (RFC 9110, 15.5.6)",
        got=f"Allow: {answer.header('allow') or '(none)'}",
        at=pointer.join(["paths", operation.path]),
        of="headers",
    )


def against_change(before: World, after: World, at: str) -> Difference | None:
    """Whether a refused request left everything as it was."""
    return against_changes(pointer.differences(before, after), at)


def against_changes(changes: Sequence[str], at: str) -> Difference | None:
    """The same of changes that were seen, one line each."""
    if not changes:
        return None
    return Difference(
        kind="refused, yet stored",
        said="a refused request changes nothing",
        got="; ".join(changes[:5]),
        at=at,
        of="state",
    )


def against_effect(before: World, after: World, operation: Operation) -> Difference | None:
    """Whether a read left everything as it was."""
    changes = pointer.differences(before, after)
    if not changes:
        return None
    return Difference(
        kind="read that changes something",
        said=f"{operation.id} only reads: x-effect {operation.effect}",
        got="; ".join(changes[:5]),
        at=f"{operation.pointer}/x-effect",
        of="state",
    )


def _about(error: CatalogueError, kind: str, said: str, got: str, of: str) -> Difference:
    return Difference(kind=kind, said=said, got=got, at=f"{error.pointer}/{of}", of=of)
