"""Of two faults in one request the one that the vendor checks first is told."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product

from contract_tests.harness.acting.pairing import Recipe, both
from contract_tests.harness.acting.refusing import Provoked, provoke
from contract_tests.harness.running.plugin import each
from contract_tests.harness.running.run import Omission, Run
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec.operation import ListedError, Operation

PART = "refusals"
WHY = "two faults at once are tried on doubles: on a server that is not ours each of them is tried alone"
FORM = frozenset({"path", "query", "header", "body"})


def ordered(run: Run) -> Iterator[Provoked | Omission]:
    """Every refusal of a broken form, beside the next one in the operation's list that goes with it."""
    for subject in run.subjects:
        if not subject.target.double:
            yield Omission(subject.contract.vendor, PART, "the order of checks", WHY)
            continue
        for operation in subject.contract.operations.values():
            yield from _pairs(subject, operation)


@each(ordered)
def test_the_fault_that_is_checked_first_is_told(case: Provoked) -> None:
    """The refusal that stands first in the operation's list comes, and nothing changes."""
    provoke(PART, case)


def _pairs(subject: Subject, operation: Operation) -> Iterator[Provoked]:
    done: set[int] = set()
    listed = [one for one in enumerate(operation.errors) if isinstance(one[1].provoke, list)]
    for (number, first), (_, second) in combinations(listed, 2):
        recipe = None if number in done else _joined(first, second)
        if recipe is not None:
            done.add(number)
            label = f"{operation.id}-{first.error.id}-{number} before {second.error.id}"
            yield Provoked(subject, operation, first.error, recipe, label)


def _joined(first: ListedError, second: ListedError) -> Recipe | None:
    pairs = (both(one, other) for one, other in product(_faults_of_form(first), second.provoke))
    return next((recipe for recipe in pairs if recipe is not None), None)


def _faults_of_form(listed: ListedError) -> list[Recipe]:
    """The recipes that break a schema, or have no credential: whatever else is sent, they stay faults.

    A login in the body can be told as wrong only where all of it is well formed.
    """
    places = {place.partition("/")[0].partition(":")[0] for place in listed.refuses or listed.error.refuses}
    if places & FORM:
        return [*listed.provoke]
    return [recipe for recipe in listed.provoke if "credential" in recipe and "credential" in places]
