"""Records of the run's own live as `x-lifecycle` says, on a server that is not ours and may be written to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from contract_tests.harness.acting.cases import LONGEST_WAY, Birth, Life, births_of
from contract_tests.harness.acting.history import PART, History
from contract_tests.harness.acting.step import mover_of
from contract_tests.harness.acting.walk import walk
from contract_tests.harness.network.budget import BudgetSpent
from contract_tests.harness.network.target import BrokenAnswer, Sandbox
from contract_tests.harness.outside.attainable import attainable, can_make
from contract_tests.harness.outside.lacking import Stuck
from contract_tests.harness.outside.own import Own
from contract_tests.harness.running.plugin import each
from contract_tests.harness.running.run import Omission, Run
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.entity import Entity
from contract_tests.harness.spec.operation import Operation


@dataclass(frozen=True)
class Move:
    """One operation that meets a record in one state, and perhaps another that meets it afterwards."""

    subject: Subject
    entity: Entity
    operation: Operation
    state: str
    then: Operation | None = None

    @property
    def also(self) -> tuple[str, ...]:
        """The second operation."""
        return () if self.then is None else (self.then.id,)

    @property
    def label(self) -> str:
        """The operations, and the state before."""
        names = [mover_of(operation) for operation in (self.operation, self.then) if operation is not None]
        return "-".join(["own", *names, self.state])


def births(run: Run) -> Iterator[Birth]:
    """Every operation that creates, with each body of which the spec tells the state."""
    for entity in _entities(run):
        yield from births_of(entity)


def moves(run: Run) -> Iterator[Move | Omission]:
    """Everything that acts on an entity, in every state to which a client can bring a record."""
    for entity in _entities(run):
        states = _states(entity)
        if isinstance(states, Omission):
            yield states
            continue
        for state in states:
            for operation in entity.operations("from"):
                yield Move(entity.subject, entity, operation, state)
        for state in (name for name in entity.said["states"] if name not in states):
            why = "no operation of the vendor leads there, and the server is not ours"
            yield Omission(entity.subject.contract.vendor, PART, f"{entity.name} in state {state}", why)


def sequels(run: Run) -> Iterator[Move]:
    """Every operation that moves a record on, and every operation after it."""
    for entity in _entities(run):
        states = _states(entity)
        for state in () if isinstance(states, Omission) else states:
            for operation in entity.operations("from"):
                lifecycle = operation.lifecycle or {}
                if state in lifecycle["from"] and "to" in lifecycle:
                    for then in entity.operations("from"):
                        yield Move(entity.subject, entity, operation, state, then)


def lives(run: Run) -> Iterator[Life]:
    """Every entity that clients bring into being, if the run looks at one of its operations."""
    for entity in _entities(run):
        moving = [*entity.operations("creates"), *entity.operations("from")]
        wanted = [operation for operation in moving if run.wants(operation)]
        own = Own(entity.subject, entity.subject.target.sandbox())
        if wanted and not isinstance(_states(entity), Omission) and can_make(own, entity.name):
            yield Life(entity.subject, entity, wanted[0] if run.operations else None)


@each(births)
def test_a_record_begins_in_its_first_state(case: Birth) -> None:
    """Each documented way to create one, unless it needs what this server does not know."""
    with case.subject.target.sandbox() as sandbox:
        history = History(case.entity, sandbox)
        history.create(case.operation, case.body)
        history.observe(*history.states)


@each(moves)
def test_a_move_is_made_or_refused_by_state(case: Move) -> None:
    """The record is then in the state that the lifecycle says, and another one where it was."""
    with case.subject.target.sandbox() as sandbox:
        history, record_id = _history(case, sandbox)
        history.act(case.operation, record_id)
        history.observe(*history.states)


@each(sequels)
def test_a_record_that_has_moved_is_met_as_its_new_state_says(case: Move) -> None:
    """A second cancel is refused, above all by an operation that could name the record only before."""
    assert case.then is not None
    with case.subject.target.sandbox() as sandbox:
        history, record_id = _history(case, sandbox)
        history.learn(case.then, record_id)
        for _ in range(LONGEST_WAY):
            history.act(case.operation, record_id)
            history.observe(record_id)
            if history.states[record_id] != case.state:
                break
        history.act(case.then, record_id)
        history.observe(*history.states)


@each(lives, varies=True)
def test_a_record_lives_as_its_lifecycle_says(case: Life) -> None:
    """Creations, operations, refusals and unknown ids in random order."""
    walk(case.entity)


def _entities(run: Run) -> Iterator[Entity]:
    for subject in run.subjects:
        if subject.target.writing is not None:
            yield from (Entity(subject, name) for name in subject.contract.lifecycles)


def _states(entity: Entity) -> list[str] | Omission:
    """The states in which the run can have a record; why it can have none."""
    own = Own(entity.subject, entity.subject.target.sandbox())
    try:
        return attainable(own, entity.name)
    except (Stuck, pointer.Absent, BrokenAnswer, BudgetSpent) as problem:
        return Omission(entity.subject.contract.vendor, PART, f"{entity.name}: its moves", str(problem))


def _history(case: Move, sandbox: Sandbox) -> tuple[History, str]:
    """A record in the state of the case, and one that nobody is going to touch."""
    own = Own(case.subject, sandbox)
    record_id = own.record(case.entity.name, case.state)
    states = dict([own.bystander(case.entity.name)]) if case.entity.operations("creates") else {}
    return History(case.entity, sandbox, states={**states, record_id: case.state}), record_id
