"""Records live as `x-lifecycle` says, whatever the history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from contract_tests.harness.contract import Operation
from contract_tests.harness.lifecycle import PART, Entity, walk
from contract_tests.harness.plugin import each
from contract_tests.harness.run import Omission, Run
from contract_tests.harness.subject import Subject

NEEDS_WRITES = "a walk writes, and the server is not ours"


@dataclass(frozen=True)
class Life:
    """One entity."""

    subject: Subject
    entity: str
    operation: Operation | None = None

    @property
    def label(self) -> str:
        """The entity."""
        return self.entity


def lives(run: Run) -> Iterator[Life | Omission]:
    """Every entity that has a life, if the run looks at one of its operations."""
    for subject in run.subjects:
        for name in subject.contract.lifecycles:
            if not subject.target.double:
                yield Omission(subject.contract.vendor, PART, name, NEEDS_WRITES)
                continue
            entity = Entity(subject, name)
            moving = [*entity.operations("creates"), *entity.operations("from")]
            wanted = [operation for operation in moving if run.wants(operation)]
            if wanted:
                yield Life(subject, name, wanted[0] if run.operations else None)


@each(lives)
def test_a_record_lives_as_its_lifecycle_says(case: Life) -> None:
    """Creations, operations, backstage events, refusals and unknown ids in random order."""
    walk(Entity(case.subject, case.entity))
