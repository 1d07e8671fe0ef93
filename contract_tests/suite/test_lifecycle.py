"""Records live as `x-lifecycle` says: every birth and every move once, and whole histories at random."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from contract_tests.harness.acting.cases import LONGEST_WAY, Birth, Life, births_of
from contract_tests.harness.acting.history import PART, History
from contract_tests.harness.acting.step import mover_of
from contract_tests.harness.acting.walk import walk
from contract_tests.harness.running.plugin import each
from contract_tests.harness.running.run import Omission, Run
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec.entity import Entity
from contract_tests.harness.spec.operation import Operation

LARGEST = 2**31 - 1  # of ids that are numbers
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
        return f"{self._mover}-{self.state}"

    @property
    def _mover(self) -> str:
        return self.operation.id if self.operation else f"backstage {self.event}"


@dataclass(frozen=True)
class Sequel:
    """A move that is made, and an operation that meets the record afterwards."""

    subject: Subject
    entity: Entity
    operation: Operation
    then: Operation
    state: str
    record_id: str

    @property
    def also(self) -> tuple[str, ...]:
        """The second one."""
        return (self.then.id,)

    @property
    def label(self) -> str:
        """Both operations, and the state before."""
        return f"{mover_of(self.operation)}-{mover_of(self.then)}-{self.state}"


@dataclass(frozen=True)
class Beside:
    """An operation, and a record beside which another has an id that begins in the same way."""

    subject: Subject
    entity: Entity
    operation: Operation
    record_id: str
    also: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The operation."""
        return f"{self.operation.id}-beside a like id"


@dataclass(frozen=True)
class Lapse:
    """One thing that time does to records."""

    subject: Subject
    entity: Entity
    event: str
    operation: Operation | None = None
    also: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The event, and the operation that comes afterwards."""
        return f"by the clock {self.event}" + (f"-{self.operation.id}" if self.operation else "")


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


def births(run: Run) -> Iterator[Birth]:
    """Every operation that creates, with each body of which the spec tells the state."""
    for entity in _entities(run):
        yield from births_of(entity)


def sequels(run: Run) -> Iterator[Sequel]:
    """Every operation that moves a record on, and every operation after it."""
    for entity in _entities(run):
        acting = entity.operations("from")
        for record_id, state in {state: (id, state) for id, state in reversed(entity.seeded)}.values():
            for operation in acting:
                lifecycle = operation.lifecycle or {}
                if state in lifecycle["from"] and "to" in lifecycle:
                    for then in acting:
                        yield Sequel(entity.subject, entity, operation, then, state, record_id)


def neighbours(run: Run) -> Iterator[Beside]:
    """Every operation that acts on a record that is stored by its id, with one on which it may."""
    for entity in _entities(run):
        for operation in entity.operations("from") if "id" not in entity.said else ():
            allowed = (operation.lifecycle or {})["from"]
            for record_id in [record_id for record_id, state in entity.seeded if state in allowed][:1]:
                yield Beside(entity.subject, entity, operation, record_id)


def lapses(run: Run) -> Iterator[Lapse]:
    """Every event that comes by itself."""
    for entity in _entities(run):
        for event, said in entity.said.get("events", {}).items():
            if said.get("by_clock"):
                yield Lapse(entity.subject, entity, event)


def lapsed(run: Run) -> Iterator[Lapse]:
    """The same, and every operation that acts on a record afterwards."""
    for case in lapses(run):
        yield from (replace(case, operation=operation) for operation in case.entity.operations("from"))


def _entities(run: Run) -> Iterator[Entity]:
    for subject in run.subjects:
        if subject.target.double:
            yield from (Entity(subject, name) for name in subject.contract.lifecycles)


def lives(run: Run) -> Iterator[Life | Omission]:
    """Every entity, if the run looks at one of the operations that move it."""
    for subject in run.subjects:
        for name in subject.contract.lifecycles:
            if not subject.target.double:
                if subject.target.writing is None:
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


@each(births)
def test_a_record_begins_in_its_first_state(case: Birth) -> None:
    """Each documented way to create one."""
    with case.subject.target.sandbox() as sandbox:
        history = History(case.entity, sandbox, states=dict(case.entity.seeded))
        history.create(case.operation, case.body)
        history.observe(*history.states)


@each(sequels)
def test_a_record_that_has_moved_is_met_as_its_new_state_says(case: Sequel) -> None:
    """Above all by an operation that could name the record only before."""
    with case.subject.target.sandbox() as sandbox:
        history = History(case.entity, sandbox, states=dict(case.entity.seeded))
        history.learn(case.then, case.record_id)
        for _ in range(LONGEST_WAY):
            history.act(case.operation, case.record_id)
            history.observe(case.record_id)
            if history.states[case.record_id] != case.state:
                break
        history.act(case.then, case.record_id)
        history.observe(*history.states)


@each(neighbours)
def test_an_operation_leaves_a_record_with_a_like_id_alone(case: Beside) -> None:
    """Acting on one of them, on either, changes nothing of the other."""
    like = _beginning_alike(case.record_id)
    for acted_on, other in ((case.record_id, like), (like, case.record_id)):
        with case.subject.target.sandbox() as sandbox:
            case.entity.copy(sandbox, case.record_id, like)
            before = case.entity.stored(sandbox, other)
            history = History(case.entity, sandbox, states=dict(case.entity.seeded))
            history.states[like] = history.states[case.record_id]
            history.act(case.operation, acted_on)
            history.leaves(other, before)


@each(lapses)
def test_time_moves_records(case: Lapse) -> None:
    """What comes by itself has come once enough time has passed, and to no other record."""
    with case.subject.target.sandbox() as sandbox:
        history = History(case.entity, sandbox, states=dict(case.entity.seeded))
        history.wait(case.event)
        history.observe(*case.entity.ageless(history.states))


@each(lapsed)
def test_a_record_that_time_has_moved_is_met_as_its_new_state_says(case: Lapse) -> None:
    """By every operation, whatever the state was when it last was written."""
    assert case.operation is not None
    with case.subject.target.sandbox() as sandbox:
        history = History(case.entity, sandbox, states=dict(case.entity.seeded))
        for record_id in history.wait(case.event)[:1]:
            history.act(case.operation, record_id)
            history.observe(record_id)


@each(lives, varies=True)
def test_a_record_lives_as_its_lifecycle_says(case: Life) -> None:
    """Creations, operations, backstage events, refusals and unknown ids in random order."""
    walk(case.entity)


def _beginning_alike(record_id: str) -> str:
    """Another id, one of the two at the beginning of the other; small enough where ids are numbers."""
    longer = f"{record_id}1"
    return longer if not longer.isdecimal() or int(longer) <= LARGEST else record_id[:-1]
