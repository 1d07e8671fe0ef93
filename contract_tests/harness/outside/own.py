"""Records of the run's own on a server that is not ours: made, brought into a state, and ended."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from contract_tests.harness.acting.recipe import Impossible, Stage, aimed, alone
from contract_tests.harness.network.exchange import Answer, base_draft
from contract_tests.harness.network.target import Sandbox
from contract_tests.harness.outside.belongings import Belongings
from contract_tests.harness.outside.kinds import Kind
from contract_tests.harness.outside.lacking import Stuck, lacking
from contract_tests.harness.outside.marked import NotFound, resolve
from contract_tests.harness.outside.ways import beginnings, certain, way
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec import outcome, pointer
from contract_tests.harness.spec.entity import Entity
from contract_tests.harness.spec.operation import Operation

LONGEST_WAY = 8  # moves after which a record is given up


@dataclass
class Own:
    """The records that one test, or one cleanup, works on."""

    subject: Subject
    sandbox: Sandbox
    current: dict[str, str] = field(default_factory=dict)
    """The record that stands for each kind, by the kind's name."""

    @cached_property
    def belongings(self) -> Belongings:
        """What may be written to."""
        writing = self.subject.target.writing
        assert writing is not None  # noqa: S101 - asked for only where writes may happen
        return writing.of(self.subject.contract.vendor)

    def kind(self, name: str) -> Kind:
        """A kind by its name."""
        return self.belongings.kinds[name]

    @property
    def stage(self) -> Stage:
        """A stage of its own for each call."""
        return Stage(self.subject, self.sandbox)

    # ------------------------------------------------------------ making

    def record(self, name: str, state: str | None = None) -> str:
        """The test's record of a kind, made if there is none, in a state if one is asked for; Stuck."""
        kind = self.belongings.kinds[name]
        if name not in self.current:
            spare = self.belongings.spare.get(name)
            new = None if state is None else self._body_for(kind, state)
            self.current[name] = spare.pop() if spare else self.make(kind, new)
        if state is not None:
            self.bring(kind, self.current[name], [state])
        return self.current[name]

    def release(self) -> None:
        """Leave the test's records, on which nothing has acted, to the next test."""
        for name, record_id in self.current.items():
            self.belongings.spare.setdefault(name, []).append(record_id)
        self.current.clear()

    def bystander(self, name: str) -> tuple[str, str]:
        """A record that the whole run leaves alone, and its state; Stuck."""
        known = self.belongings.bystanders
        if name not in known:
            kind = self.kind(name)
            record_id = self.make(kind)
            state = self.state(kind, record_id)
            if state is None:
                raise Stuck(f"{name} {record_id} cannot be read after it was made")
            known[name] = (record_id, state)
        return known[name]

    def make(self, kind: Kind, body: str | None = None) -> str:
        """A new record, or one that the target names where none can be made; Stuck."""
        if kind.absent is not None:
            return self.belongings.mint(kind.name)
        why = f"no operation makes a {kind.name}: give resources.{kind.name} in duble.toml"
        for operation_id, at in kind.makers.items():
            operation = self.subject.contract.operations[operation_id]
            answer = self.stage.call(operation, self.parts(operation, body))
            if outcome.succeeded(self.subject.contract, answer) and answer.is_json:
                return self._id(kind, at, answer)
            why = lacking(kind.name, operation, answer)
        for record_id in self.belongings.named(kind.name):
            state = self.state(kind, record_id) if kind.has_life else None
            if state is not None:
                self.belongings.ledger.find((self.subject.contract.vendor, kind.name, record_id), state)
            return record_id
        raise Stuck(why)

    def _id(self, kind: Kind, at: str | None, answer: Answer) -> str:
        try:
            if at is not None:
                return str(pointer.find(answer.json, at))
        except pointer.Absent as absent:
            raise Stuck(f"the answer that makes a {kind.name} has nothing at {absent}") from absent
        intent = self.belongings.unresolved[-1]
        try:
            found = resolve(self.stage, self.belongings, intent)
        except NotFound as problem:
            raise Stuck(str(problem)) from problem
        if not found:
            raise Stuck(f"no list shows the new {kind.name} {intent.marker}")
        return found[0]

    def _body_for(self, kind: Kind, state: str) -> str | None:
        """The example body that makes a record nearest to a state."""
        entity = Entity(self.subject, kind.name)
        ways = {
            body: len(found)
            for operation in entity.operations("creates")
            for body, begins in (operation.lifecycle or {})["creates"]["states"].items()
            if (found := way(entity, begins, [state])) is not None
        }
        return min(ways, key=lambda body: ways[body], default=None)

    # ------------------------------------------------------------ acting

    def parts(
        self, operation: Operation, body: str | None = None, state: str | None = None
    ) -> dict[str, Any]:
        """The base request with the test's own records where the operation names some; Stuck."""
        parts = base_draft(operation, body).parts
        operation = self._asked_for(operation, parts)
        done: set[str] = set()
        lifecycle = operation.lifecycle or {}
        if "from" in lifecycle:
            record_id = self.record(lifecycle["entity"], state or self._usual(operation))
            done = self._aim(parts, operation, record_id)
        for kind in self.belongings.kinds.values():
            for place in kind.places.get(operation.id, ()) if kind.name != lifecycle.get("entity") else ():
                if place not in done:
                    self._put(parts, kind, place)
        return parts

    def named(self, operation: Operation, parts: Mapping[str, Any]) -> frozenset[str]:
        """The ids by which a request names records that are there."""
        places = [at for kind in self.belongings.kinds.values() for at in kind.places.get(operation.id, ())]
        return frozenset(str(found) for place in places for found in pointer.every(parts, f"/{place}"))

    def seen(self) -> dict[str, Any]:
        """What a client reads of each of the test's records, by the kind's name."""
        return {
            name: entity.look(self.stage, record_id).json
            for name, record_id in self.current.items()
            if self.kind(name).has_life
            for entity in [Entity(self.subject, name)]
        }

    def changed(self, before: Mapping[str, Any]) -> list[str]:
        """Where the test's records read otherwise than before, but for what never reads the same twice."""
        after = self.seen()
        found = pointer.differences(before, after)
        if not found:
            return []
        restless = {line.partition(" ")[0] for line in pointer.differences(after, self.seen())}
        return [line for line in found if line.partition(" ")[0] not in restless]

    def beside(self) -> Own:
        """Of each kind of the test's records one that nobody touches, as far as the run can make any."""
        found = Own(self.subject, self.sandbox)
        for name, record_id in self.current.items():
            kind = self.kind(name)
            if kind.has_life and kind.makers:
                other = self.bystander(name)[0]
                found.current |= {} if other == record_id else {name: other}
        return found

    def informed(self, *operations: Operation, state: str | None = None) -> Subject:
        """The subject whose base requests of these operations act on the test's own records; Stuck."""
        contract = self.subject.contract
        values = {}
        for operation in operations:
            parts = self.parts(contract.operations[operation.id], state=state)
            values[operation.id] = {place: _at(parts, place) for place in self._places(operation)}
        return self.subject.at(contract.knowing(values))

    def _places(self, operation: Operation) -> dict[str, None]:
        """Where the operation names records, a whole list where it names several."""
        named = [
            place for kind in self.belongings.kinds.values() for place in kind.places.get(operation.id, ())
        ]
        return dict.fromkeys(place.partition("/*")[0] for place in named)

    def acting(self, operation: Operation, record_id: str) -> dict[str, Any]:
        """The base request of a move with one record; Stuck if the client cannot name it."""
        parts = base_draft(operation).parts
        self._aim(parts, operation, record_id)
        return parts

    def _asked_for(self, operation: Operation, parts: Mapping[str, Any]) -> Operation:
        """Of several moves the one that a request asks for, else the first that can be made."""
        moves = list(operation.moves)
        asking = [move for move in moves if _asks(parts, (move.lifecycle or {}).get("request", {}))]
        can_be_made = [move for move in moves if self._usual(move) is not None]
        return next(iter((*asking, *can_be_made)), operation)

    def _usual(self, operation: Operation) -> str | None:
        """The state in which the operation acts, the first that a client can bring a record to."""
        lifecycle = operation.lifecycle or {}
        if "from" not in lifecycle:
            return None
        entity = Entity(self.subject, lifecycle["entity"])
        reached = certain(entity, beginnings(entity, self.kind(entity.name).absent))
        return next((state for state in lifecycle["from"] if state in reached), None)

    def _aim(self, parts: dict[str, Any], operation: Operation, record_id: str) -> set[str]:
        lifecycle = operation.lifecycle or {}
        try:
            named = self.stage.located(operation, record_id)
        except Impossible as problem:
            raise Stuck(str(problem)) from problem
        places = (lifecycle["id"], *lifecycle.get("also", ()))
        for place in places:
            aimed(parts, place, named)
            alone(parts, place)
        return set(places)

    def _put(self, parts: dict[str, Any], kind: Kind, place: str) -> None:
        record_id = self.record(kind.name)
        known_as: Mapping[str, Any] = kind.said.get("known_as", {})
        if place in known_as:
            try:
                record_id = self.stage.known_as(kind.name, known_as[place], place, record_id)
            except Impossible as problem:
                raise Stuck(str(problem)) from problem
        aimed(parts, place, record_id)

    # ------------------------------------------------------------ moving

    def state(self, kind: Kind, record_id: str) -> str | None:
        """The state that a client reads; None where it cannot be told."""
        entity = Entity(self.subject, kind.name)
        shown = entity.states_shown(entity.look(self.stage, record_id))
        return shown.pop() if len(shown) == 1 else None

    def bring(self, kind: Kind, record_id: str, goals: Collection[str]) -> list[str]:
        """Move a record into one of some states; the names of the operations that did it. Stuck."""
        entity = Entity(self.subject, kind.name)
        called: list[str] = []
        for _ in range(LONGEST_WAY):
            state = self.state(kind, record_id)
            if state in goals:
                return called
            found = None if state is None else way(entity, state, goals)
            if found is None:
                raise Stuck(f"no operation leads from state {state} to {' or '.join(goals)}")
            answer = self.stage.call(found[0], self.acting(found[0], record_id))
            if not outcome.succeeded(self.subject.contract, answer):
                raise Stuck(f"{found[0].id} answered {answer.summary}")
            called.append(found[0].id)
        raise Stuck(f"after {LONGEST_WAY} moves it is not in state {' or '.join(goals)}")


def _asks(parts: Mapping[str, Any], asked: Mapping[str, Mapping[str, Any]]) -> bool:
    return all(
        parts[where].get(name) == value for where, said in asked.items() for name, value in said.items()
    )


def _at(parts: Mapping[str, Any], place: str) -> Any:
    where, _, inner = place.partition("/")
    return pointer.find(parts[where], f"/{inner}")
