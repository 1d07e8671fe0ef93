"""One refusal provoked and judged: the right words, and nothing changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from contract_tests.harness.acting.recipe import Impossible, Stage, base_request
from contract_tests.harness.judging import verdict
from contract_tests.harness.judging.finding import ContractBroken, Difference
from contract_tests.harness.network.exchange import Request, base_draft
from contract_tests.harness.network.target import Sandbox
from contract_tests.harness.running.subject import Subject, between
from contract_tests.harness.spec.operation import CatalogueError, Operation


@dataclass(frozen=True)
class Provoked:
    """A refusal that a recipe of the catalogue leads to."""

    subject: Subject
    operation: Operation
    error: CatalogueError
    recipe: Mapping[str, Any]
    label: str
    also: tuple[str, ...] = ()
    instead: tuple[CatalogueError, ...] = ()
    """Other refusals that keep the contract as well."""

    @property
    def kind(self) -> tuple[str, ...]:
        """The operation and the error."""
        return self.operation.id, self.error.id


@dataclass(frozen=True)
class Injected:
    """A refusal that only a fault can cause."""

    subject: Subject
    operation: Operation
    error: CatalogueError
    label: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Malformed:
    """A request that no operation could mean, and the refusal that every operation gives for it."""

    subject: Subject
    operation: Operation
    error: CatalogueError
    request: Request
    label: str
    also: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    instead: tuple[CatalogueError, ...] = ()
    place: str = ""
    """What of the request is wrong, as `refuses` has it."""

    @property
    def kind(self) -> tuple[str, ...]:
        """The operation, the error and the part of the request."""
        return self.operation.id, self.error.id, self.place.partition(":")[0].partition("/")[0]


def provoke(part: str, case: Provoked) -> None:
    """Carry out a recipe; ContractBroken unless it meets its refusal and nothing changes."""
    with case.subject.target.sandbox() as sandbox:
        try:
            attempt = Stage(case.subject, sandbox).attempt(case.operation, case.recipe)
        except Impossible as problem:
            difference = Difference(
                kind="recipe cannot be carried out",
                said=f"{case.error.id} can be provoked on {case.operation.id}",
                got=str(problem),
                at=case.error.pointer,
            )
            raise stuck(part, case.subject, case.operation, difference, sandbox, problem) from problem
        _send(part, case, sandbox, attempt.request, attempt.values)


def inject(part: str, case: Injected) -> None:
    """Let a fault cause the refusal; ContractBroken unless it reads as the catalogue has it."""
    subject, operation = case.subject, case.operation
    with subject.target.sandbox() as sandbox:
        fault = {"vendor": subject.contract.vendor, "operation": operation.id}
        sandbox.control("POST", "faults", {**fault, "error": case.error.id, "times": 1})
        request = base_request(subject, operation)
        _send(part, case, sandbox, request, base_draft(operation).path)


def refuse(part: str, case: Malformed) -> None:
    """Send the request; ContractBroken unless it meets its refusal and nothing changes."""
    with case.subject.target.sandbox() as sandbox:
        refuse_in(sandbox, part, case)


def refuse_in(sandbox: Sandbox, part: str, case: Malformed) -> None:
    """The same in a sandbox in which something has happened."""
    _send(part, case, sandbox, case.request, case.values)


def stuck(
    part: str,
    subject: Subject,
    operation: Operation,
    difference: Difference,
    sandbox: Sandbox,
    problem: Impossible,
    also: tuple[str, ...] = (),
) -> ContractBroken:
    """The exception for an operation that could not even be asked: about the step that failed, if one did."""
    if problem.operation is None or problem.answer is None:
        return subject.broken(part, operation, difference, "-", sandbox, also)
    found = verdict.against_success(subject, problem.operation, problem.answer) or difference
    asking = (operation.id, *also)
    return subject.broken(part, problem.operation, found, problem.answer, sandbox, asking)


def _send(
    part: str,
    case: Provoked | Injected | Malformed,
    sandbox: Sandbox,
    request: Request,
    values: Mapping[str, Any],
) -> None:
    subject, operation, error = case.subject, case.operation, case.error
    before = subject.changes(sandbox) if sandbox.steps else {}
    answer = sandbox.send(request)
    found = verdict.against_refusal(subject, operation, error, values, answer)
    instead = () if isinstance(case, Injected) else case.instead
    if any(verdict.against_refusal(subject, operation, other, {}, answer) is None for other in instead):
        return
    if found is None and error.status == 405:
        found = verdict.against_allow(subject, operation, answer)
    if found is None:
        found = verdict.against_change(*between(before, subject.changes(sandbox)), operation.pointer)
    if found is not None:
        raise subject.broken(part, operation, found, answer, sandbox)
