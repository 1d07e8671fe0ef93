"""Refusals of writes to records of the run's own, on a server that is not ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from contract_tests.harness.acting.recipe import Attempt, Impossible, Stage, named_at, starting
from contract_tests.harness.judging import verdict
from contract_tests.harness.network.exchange import Draft, Request, drafted, on_the_wire
from contract_tests.harness.network.target import Sandbox
from contract_tests.harness.outside import foreign
from contract_tests.harness.outside.lacking import Stuck
from contract_tests.harness.outside.own import Own
from contract_tests.harness.outside.reach import can_be_tried
from contract_tests.harness.outside.unknown import Unknown
from contract_tests.harness.running.plugin import each
from contract_tests.harness.running.run import Run
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.limits import required_properties
from contract_tests.harness.spec.operation import CatalogueError, Operation

PART = "refusals"
NOT_OURS = "it acts on what is neither the run's own nor named in resources of duble.toml"
DONE_BEFORE = frozenset({"patch", "given", "vars"})


@dataclass(frozen=True)
class Provoked:
    """A refusal that a recipe leads to on a record of the run's own."""

    subject: Subject
    operation: Operation
    error: CatalogueError
    recipe: Mapping[str, Any]
    label: str

    @property
    def also(self) -> tuple[str, ...]:
        """What is called before."""
        return tuple(dict.fromkeys(step["call"] for step in self.recipe.get("given", ())))


@dataclass(frozen=True)
class Malformed:
    """A request to a record of the run's own that breaks the contract, by its name."""

    subject: Subject
    operation: Operation
    name: str
    also: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The operation and the breach."""
        return f"own {self.operation.id}-{self.name}"


def provoked(run: Run) -> Iterator[Provoked]:
    """Recipes that hold on any server, or need nothing before them but calls on records of the run's own."""
    for subject, operation in _acting(run):
        for listed in operation.errors:
            for number, recipe in enumerate(listed.provoke if isinstance(listed.provoke, list) else ()):
                if _is_carried_out(subject, operation, recipe):
                    label = f"own {operation.id}-{listed.error.id}-{number}"
                    yield Provoked(subject, operation, listed.error, recipe, label)


def malformed(run: Run) -> Iterator[Malformed]:
    """Bodies that are none, and every required thing left out."""
    for subject, operation in _acting(run):
        for places, name, _ in _breaches(subject, operation):
            if any(subject.contract.refusal_at(operation, place) for place in places):
                yield Malformed(subject, operation, name)


@each(provoked)
def test_a_recipe_meets_its_refusal(case: Provoked) -> None:
    """Status, code, envelope and wording are those of the catalogue, and the record reads as before."""
    with case.subject.target.sandbox() as sandbox:
        own = Own(case.subject, sandbox)
        before = [case.subject.contract.operations[name] for name in case.also]
        subject = own.informed(case.operation, *before)
        operation = subject.contract.operations[case.operation.id]
        try:
            attempt = Stage(subject, sandbox).attempt(operation, case.recipe)
        except Impossible as problem:
            raise Stuck(str(problem)) from problem
        _refuse(case, own, sandbox, [case.error], attempt)


@each(malformed)
def test_a_broken_request_is_refused(case: Malformed) -> None:
    """As the catalogue says, and the record reads as before."""
    with case.subject.target.sandbox() as sandbox:
        own = Own(case.subject, sandbox)
        subject = own.informed(case.operation)
        operation = subject.contract.operations[case.operation.id]
        breaches = _breaches(subject, operation)
        places, request = next((at, sent) for at, name, sent in breaches if name == case.name)
        errors = [e for place in places if (e := subject.contract.refusal_at(operation, place))]
        if errors:
            _refuse(case, own, sandbox, errors, Attempt(request, named_at(places[0])))


def _acting(run: Run) -> Iterator[tuple[Subject, Operation]]:
    """Operations that act on records of a kind of which the run can have some."""
    for subject in run.subjects if run.subjects[0].target.writing else ():
        kinds = Own(subject, subject.target.sandbox()).belongings.kinds.values()
        for operation in subject.contract.operations.values():
            if any(operation.id in kind.places for kind in kinds) and can_be_tried(subject, operation):
                yield subject, operation


def _is_carried_out(subject: Subject, operation: Operation, recipe: Mapping[str, Any]) -> bool:
    """Whether it holds for a record of the run's own; what names no record is tried on every server."""
    unknown = Unknown.of(operation)
    named = {change["path"] for change in recipe.get("patch", ())}
    if "credential" in recipe or (unknown is not None and f"/{unknown.place}" in named):
        return False
    if foreign.portable(subject, operation, recipe):
        return True
    given = recipe.get("given", ())
    return bool(given) and recipe.keys() <= DONE_BEFORE and all(_is_own(subject, step) for step in given)


def _is_own(subject: Subject, step: Mapping[str, Any]) -> bool:
    """Whether a step before is a call on records of the run's own, and names no others."""
    if not step.keys() <= {"call", "keep"}:
        return False
    return can_be_tried(subject, subject.contract.operations[step["call"]])


def _breaches(subject: Subject, operation: Operation) -> Iterator[tuple[tuple[str, ...], str, Request]]:
    for places, name, request in foreign.nonsense(subject, operation):
        if not {"route", "method"} & {*places}:  # these say nothing of a record
            yield places, name, request
    yield from _incomplete(subject, operation)


def _incomplete(subject: Subject, operation: Operation) -> Iterator[tuple[tuple[str, ...], str, Request]]:
    """Every required property of the body left out, one at a time."""
    whole = starting(subject, operation)
    for name in required_properties(subject.contract, operation) if operation.media_types else ():
        change = {"op": "remove", "path": pointer.join(["body", name])}
        draft = drafted(Draft(), pointer.patched(whole, [change]))
        request = on_the_wire(subject.contract, operation, draft, subject.keyring.headers(operation))
        yield (f"body/{name}:required",), f"without body {name}", request


def _refuse(
    case: Provoked | Malformed,
    own: Own,
    sandbox: Sandbox,
    errors: list[CatalogueError],
    attempt: Attempt,
) -> None:
    """Send the request; ContractBroken unless it meets one of its refusals and the record reads as before."""
    if not foreign.may_be_sent(case.subject, attempt.request):
        raise Stuck(NOT_OURS)
    before = own.seen()
    answer = sandbox.send(attempt.request)
    judge = partial(verdict.against_refusal, case.subject, case.operation)
    found = [judge(error, attempt.values, answer) for error in errors]
    difference = None if None in found else found[0]
    if difference is None:
        difference = verdict.against_changes(own.changed(before), case.operation.pointer)
    if difference is not None:
        raise case.subject.broken(PART, case.operation, difference, answer, sandbox, case.also)
    if not case.also:
        own.release()
