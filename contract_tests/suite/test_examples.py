"""What the documents print happens: documented exchanges, and the spec's own examples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import httpx

from contract_tests.harness.acting.cases import Asked
from contract_tests.harness.acting.recipe import Impossible, Stage
from contract_tests.harness.acting.refusing import stuck
from contract_tests.harness.judging import verdict
from contract_tests.harness.judging.finding import Difference
from contract_tests.harness.judging.judgement import Judgement
from contract_tests.harness.judging.reply import refusals_like
from contract_tests.harness.judging.validity import meets_valid_data
from contract_tests.harness.network.credentials import DEFAULT
from contract_tests.harness.network.exchange import Answer, base_draft
from contract_tests.harness.network.target import ControlRefused
from contract_tests.harness.outside import foreign
from contract_tests.harness.outside.unknown import refusals_of_unknown
from contract_tests.harness.running.plugin import each
from contract_tests.harness.running.run import Omission, Run
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec import outcome, pointer
from contract_tests.harness.spec.fixtures import Example, unlike_documented
from contract_tests.harness.spec.operation import Operation

PART = "examples"
NEEDS_SEED = "examples hold for the seed records of a double"


@dataclass(frozen=True)
class Documented:
    """One exchange of the fixtures."""

    subject: Subject
    operation: Operation
    example: Example

    @property
    def also(self) -> tuple[str, ...]:
        """What is called before."""
        called = (step.get("call") for step in self.example.said.get("given", ()))
        return tuple(dict.fromkeys(name for name in called if name))

    @property
    def label(self) -> str:
        """The example's name."""
        return self.example.name


def documented(run: Run) -> Iterator[Documented | Omission]:
    """Every exchange of the fixtures; a server that is not ours doesn't hold their records."""
    for subject in run.subjects:
        if not subject.target.double:
            yield Omission(subject.contract.vendor, PART, "all of it", NEEDS_SEED)
            continue
        for example in subject.fixtures.examples:
            operation = subject.contract.operations[example.operation]
            yield Documented(subject, operation, example)


def shown(run: Run) -> Iterator[Asked | Omission]:
    """The base request of every operation, with each of its named bodies; of every read on other servers."""
    for subject in run.subjects:
        for operation in subject.contract.operations.values():
            if not subject.target.double:
                yield from _unknown(subject, operation)
            if subject.target.double or operation.reads_only:
                for body in operation.bodies or [None]:
                    yield Asked(subject, operation, body)


@each(documented)
def test_a_documented_exchange_repeats(case: Documented) -> None:
    """Status, content type and body are the documented ones."""
    said = case.example.said
    with case.subject.target.sandbox() as sandbox:
        stage = Stage(case.subject, sandbox)
        _set(case, stage, said.get("given", ()))
        parts = {"path": {}, "query": {}, "headers": {}, **said["request"]}
        answer = stage.call(case.operation, parts, stage.filled(said.get("credential", DEFAULT)))
        difference = _against_example(case, stage.filled(said["response"]), answer)
        if difference is not None:
            raise case.subject.broken(PART, case.operation, difference, answer, sandbox, case.also)


@each(shown)
def test_an_example_of_the_spec_succeeds(case: Asked) -> None:
    """The seed records answer it with a documented success."""
    with case.subject.target.sandbox() as sandbox:
        parts = base_draft(case.operation, case.body).parts
        answer = Stage(case.subject, sandbox).call(case.operation, parts)
        difference = verdict.against_success(case.subject, case.operation, answer)
        if difference is not None and not _refused_with_reason(case, answer):
            raise case.subject.broken(PART, case.operation, difference, answer, sandbox)


def _unknown(subject: Subject, operation: Operation) -> Iterator[Omission]:
    """What a read of a server that is not ours would need in order to find something."""
    for name in foreign.lacking(subject, operation) if operation.reads_only else ():
        why = f"no {name} is known there: give resources.{name} in duble.toml"
        yield Omission(subject.contract.vendor, PART, f"{operation.id} with success", why)


def _refused_with_reason(case: Asked, answer: Answer) -> bool:
    """On a server that is not ours: a documented refusal that valid data may meet there.

    Whoever asks may lack a right, and a record be in the wrong state; but one that the server itself
    shows is not unknown to it.
    """
    if case.subject.target.double or case.subject.responses.difference(case.operation, answer) is not None:
        return False
    judgement = Judgement(case.subject, case.operation, answer)
    unknown = {error.id for error in refusals_of_unknown(case.operation)}
    exists = unknown and not foreign.lacking(case.subject, case.operation)
    return any(
        meets_valid_data(case.subject.responses, case.operation, listed)
        for listed in case.operation.errors
        if judgement.is_refusal(listed.error) and not (exists and listed.error.id in unknown)
    )


def _set(case: Documented, stage: Stage, steps: Iterable[Mapping[str, Any]]) -> None:
    try:
        for step in steps:
            stage.step(step)
    except (Impossible, ControlRefused, pointer.Absent) as problem:
        difference = _differs(case, "situation", "what comes before succeeds", str(problem))
        sandbox = stage.sandbox
        stopped = problem if isinstance(problem, Impossible) else Impossible(str(problem))
        raise stuck(PART, case.subject, case.operation, difference, sandbox, stopped, case.also) from problem


def _against_example(case: Documented, said: Any, answer: Answer) -> Difference | None:
    if answer.status != said["status"]:
        at = _refusal_at(case, said, "status")
        return _differs(case, "status", f"status {said['status']}", f"status {answer.status}", at)
    broken = case.subject.responses.difference(case.operation, answer)
    if broken is not None:
        return broken
    for name, value in said.get("headers", {}).items():
        if answer.header(name) != value:
            return _differs(case, "header", f"{name}: {value}", f"{name}: {answer.header(name)}")
    sent = answer.json if answer.is_json else answer.body.decode("utf-8", "replace")
    unlike = unlike_documented(said, sent, case.example.said.get("ignore", ()))
    if not unlike:
        return None
    at = _refusal_at(case, said, "body")
    found = _differs(case, "body", "the documented body", "; ".join(unlike[:5]), at)
    names = pointer.split(unlike[0].partition(" ")[0]) if unlike[0].startswith("/") else []
    return replace(found, about=tuple("*" if name.isdecimal() else name for name in names))


def _refusal_at(case: Documented, said: Any, of: str) -> str | None:
    """The place of the refusal in the catalogue that an exchange documents; None for a success."""
    contract = case.subject.contract
    documented = Answer(httpx.Response(said["status"], json=said.get("body")))
    if outcome.succeeded(contract, documented):
        return None
    fitting = refusals_like(contract, documented)
    return f"{fitting[0].pointer}/{of}" if len(fitting) == 1 else None


def _differs(case: Documented, kind: str, said: str, got: str, at: str | None = None) -> Difference:
    return Difference(
        kind=f"documented {kind}",
        said=f"{case.example.name}: {said}",
        got=got,
        at=at or case.operation.pointer,
    )
