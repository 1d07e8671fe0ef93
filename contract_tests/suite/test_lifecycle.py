"""Records live as `x-lifecycle` says: every transition once, and whole histories at random."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from contract_tests.harness.entity import Entity
from contract_tests.harness.history import PART, History
from contract_tests.harness.operation import Operation
from contract_tests.harness.plugin import each
from contract_tests.harness.run import Omission, Run
from contract_tests.harness.subject import Subject
from contract_tests.harness.walk import walk

NEEDS_WRITES = "a life is made of writes, and the server is not ours"


@dataclass(frozen=True)
class Move:
    """One operation, or one backstage event, in one state."""

    subject: Subject
    entity: Entity
    operation: Operation | None
    event: str | None
    state: str
    record_id: str
    also: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What moves a record, and from where."""
        name = self.operation.id if self.operation else f"backstage {self.event}"
        return f"{name}-{self.state}"


@dataclass(frozen=True)
class Life:
    """One entity."""

    subject: Subject
    entity: Entity
    operation: Operation | None
    also: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The entity."""
        return self.entity.name


def moves(run: Run) -> Iterator[Move]:
    """Everything that acts on an entity, in every state of which the seed holds a record."""
    for subject in run.subjects:
        if not subject.target.double:
            continue
        for name in subject.contract.lifecycles:
            entity = Entity(subject, name)
            by_state = {state: record_id for record_id, state in reversed(entity.seeded)}
            for state, record_id in by_state.items():
                for operation in entity.operations("from"):
                    yield Move(subject, entity, operation, None, state, record_id)
                for event in entity.backstage_events:
                    yield Move(subject, entity, None, event, state, record_id)


def lives(run: Run) -> Iterator[Life | Omission]:
    """Every entity, if the run looks at one of the operations that move it."""
    for subject in run.subjects:
        for name in subject.contract.lifecycles:
            if not subject.target.double:
                yield Omission(subject.contract.vendor, PART, name, NEEDS_WRITES)
                continue
            entity = Entity(subject, name)
            moving = [*entity.operations("creates"), *entity.operations("from")]
            wanted = [operation for operation in moving if run.wants(operation)]
            if wanted:
                yield Life(subject, entity, wanted[0] if run.operations else None)


@each(moves)
def test_a_move_is_made_or_refused_by_state(case: Move) -> None:
    """The record is then in the state that the lifecycle says, and all others are where they were."""
    with case.subject.target.sandbox() as sandbox:
        history = History(case.entity, sandbox, states=dict(case.entity.seeded))
        if case.operation:
            history.act(case.operation, case.record_id)
        elif case.event:
            history.happen(case.event, case.record_id)
        history.observe(*history.states)


@each(lives)
def test_a_record_lives_as_its_lifecycle_says(case: Life) -> None:
    """Creations, operations, backstage events, refusals and unknown ids in random order."""
    walk(case.entity)
