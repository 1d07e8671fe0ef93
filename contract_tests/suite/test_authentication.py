"""Who may enter: refused without a good credential where one is asked for, and only there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from contract_tests.harness.acting.recipe import Stage
from contract_tests.harness.acting.refusing import Provoked, provoke
from contract_tests.harness.judging import verdict
from contract_tests.harness.network.credentials import NONE, WRONG
from contract_tests.harness.network.exchange import base_draft
from contract_tests.harness.outside import foreign
from contract_tests.harness.running.plugin import each
from contract_tests.harness.running.run import Omission, Run
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec.operation import CatalogueError, Operation

PART = "authentication"


@dataclass(frozen=True)
class Open:
    """A public operation, asked with no credential or a wrong one."""

    subject: Subject
    operation: Operation
    credential: str
    also: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The operation and the credential."""
        return f"{self.operation.id}-{self.credential}"


def refused(run: Run) -> Iterator[Provoked | Omission]:
    """Every way to be turned away, on every operation that asks for a credential."""
    for subject in run.subjects:
        ways = list(_ways(subject))
        for operation in subject.contract.operations.values():
            if not operation.secured:
                continue
            found = [
                Provoked(subject, operation, error, recipe, f"{operation.id}-{error.id}-{number}")
                for number, (error, recipe) in enumerate(ways)
            ]
            yield from found if subject.target.double else _abroad(subject, operation, found)


def _abroad(subject: Subject, operation: Operation, cases: list[Provoked]) -> Iterator[Provoked | Omission]:
    """On a server that is not ours: the ways that are open anywhere, as far as nothing can come of them."""
    found = [case for case in cases if foreign.portable(subject, operation, case.recipe)]
    sent = [harmless for case in found if (harmless := _harmless(subject, operation, case)) is not None]
    yield from sent
    if len(sent) < len(found):
        yield Omission(subject.contract.vendor, PART, operation.id, foreign.MIGHT_ACT)


def _harmless(subject: Subject, operation: Operation, case: Provoked) -> Provoked | None:
    """The case if its request cannot act, else with a body that nobody can read, else nothing.

    Where the credential is in the body, no server could find it there.
    """
    if foreign.is_harmless(subject, operation, case.recipe):
        return case
    unreadable = {**case.recipe, "raw": foreign.UNREADABLE}
    if "credential" in case.recipe and foreign.is_harmless(subject, operation, unreadable):
        return replace(case, recipe=unreadable)
    return None


def public(run: Run) -> Iterator[Open]:
    """Operations without security, on a double: others do not hold what the examples name."""
    for subject in run.subjects:
        for operation in subject.contract.operations.values():
            if subject.target.double and not operation.secured:
                yield from (Open(subject, operation, name) for name in (NONE, WRONG))


@each(refused)
def test_nobody_enters_without_a_good_credential(case: Provoked) -> None:
    """Missing, wrong and expired credentials meet their refusal, and nothing happens."""
    provoke(PART, case)


@each(public)
def test_a_public_operation_asks_nobody(case: Open) -> None:
    """It succeeds without a credential, and with one that nobody knows."""
    headers = {} if case.credential == NONE else {"Authorization": "Bearer wrong-credential"}
    with case.subject.target.sandbox() as sandbox:
        parts = base_draft(case.operation).parts
        parts["headers"] = {**parts["headers"], **headers}
        answer = Stage(case.subject, sandbox).call(case.operation, parts)
        difference = verdict.against_success(case.subject, case.operation, answer)
        if difference is not None:
            raise case.subject.broken(PART, case.operation, difference, answer, sandbox)


def _ways(subject: Subject) -> Iterator[tuple[CatalogueError, Mapping[str, Any]]]:
    """Errors and recipes about credentials: those with the status of the refusal at the door."""
    door = subject.contract.root_error("credential")
    if door is None:
        return
    for error in subject.contract.errors.values():
        recipes = error.provoke if isinstance(error.provoke, list) else []
        about_credentials = error is door or any("credential" in recipe for recipe in recipes)
        if error.status == door.status and about_credentials:
            yield from ((error, recipe) for recipe in recipes)
    if not door.provoke:
        yield from ((door, {"credential": name}) for name in (NONE, WRONG))
