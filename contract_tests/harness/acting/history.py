"""What happens to the records of an entity in one sandbox, and what ought to have become of them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NoReturn

from contract_tests.harness.acting.recipe import Impossible, Stage, aimed, alone
from contract_tests.harness.acting.step import Step, mover_of
from contract_tests.harness.judging import verdict
from contract_tests.harness.judging.finding import Difference
from contract_tests.harness.network.exchange import Answer, base_draft
from contract_tests.harness.network.target import ControlRefused, Sandbox
from contract_tests.harness.outside.lacking import Stuck, lacking, may_lack
from contract_tests.harness.outside.ways import drifts
from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.entity import Entity
from contract_tests.harness.spec.operation import CatalogueError, Operation

PART = "lifecycle"
OTHERS = 2  # records looked at after a step that moved none
AGES = 10 * 365 * 86_400  # seconds in which whatever happens by itself has happened


@dataclass
class History:
    """The model of one sandbox: the state that every known record must read.

    Each method is one step; ContractBroken where the answer, or what a client then reads, is not
    what the model says.
    """

    entity: Entity
    sandbox: Sandbox
    states: dict[str, str] = field(default_factory=dict)
    met: list[Exception] = field(default_factory=list, repr=False)
    """What broke this history, or others that share the list."""
    last: Operation | None = None
    touched: str | None = None
    moved: bool = False
    broken: bool = False
    turn: int = 0
    unseen: dict[str, Step] = field(default_factory=dict)
    """Steps by record, until a client has read what became of it."""
    named: dict[tuple[str, str], Any] = field(default_factory=dict)
    """How an operation names a record, by the operation's id and the record's."""

    def create(self, operation: Operation, body: str) -> str:
        """Bring a record into being and learn its id."""
        creates = (operation.lifecycle or {})["creates"]
        answer = self._call(operation, base_draft(operation, body).parts)
        found = verdict.against_success(self.entity.subject, operation, answer)
        if found is not None and self.is_foreign and may_lack(self.entity.subject, operation, answer):
            raise Stuck(lacking(self.entity.name, operation, answer))
        self._demand(operation, found, answer)
        record_id = str(pointer.find(answer.json, creates["id"]))
        if record_id in self.states or self._is_given_again(record_id):
            said = f"{operation.id} gives every {self.entity.name} an id of its own"
            self._wrong(operation, "id given twice", said, f"id {record_id} again", answer)
        self.states[record_id] = creates["states"][body]
        self.moved = True
        self._stepped(mover_of(operation), record_id, None)
        return record_id

    def act(self, operation: Operation, record_id: str, body: str | None = None) -> None:
        """Let an operation act on a record: allowed in its from-states, refused in all others."""
        lifecycle = operation.lifecycle or {}
        state = self.states[record_id]
        parts = base_draft(operation, body).parts
        self.touched = record_id
        self.learn(operation, record_id)
        named = self.named.get((operation.id, record_id))
        if named is None:
            return  # this client cannot name the record
        for place in (lifecycle["id"], *lifecycle.get("also", ())):
            aimed(parts, place, named)
            if self.is_foreign:
                alone(parts, place)  # what the examples name beside it is not ours
        answer = self._call(operation, parts)
        if state not in lifecycle["from"]:
            refusal = self.entity.refusal_in(operation, state)
            self._demand_refusal(operation, refusal, parts, answer, {"state": state})
            if refusal is not None:
                self._stepped(mover_of(operation), record_id, state, refused=True)
            return
        found = verdict.against_success(self.entity.subject, operation, answer)
        self._demand(operation, found, answer)
        self.moved = True
        to = lifecycle.get("to", state)
        self.states[record_id] = self._next(
            record_id, to.get(state, state) if isinstance(to, Mapping) else to
        )
        self._stepped(mover_of(operation), record_id, state)

    def learn(self, operation: Operation, record_id: str) -> None:
        """Find out how the operation names the record; what was known before stays known."""
        with suppress(Impossible):
            stage = Stage(self.entity.subject, self.sandbox)
            self.named[operation.id, record_id] = stage.located(operation, record_id)

    def act_on_nothing(self, operation: Operation, record_id: Any) -> None:
        """Let an operation name a record that does not exist."""
        lifecycle = operation.lifecycle or {}
        if str(record_id) in self.states:
            return
        parts = base_draft(operation).parts
        aimed(parts, lifecycle["id"], record_id)
        answer = self._call(operation, parts)
        error = self.entity.subject.contract.errors[lifecycle["missing"]]
        self._demand_refusal(operation, error, parts, answer, {})

    def happen(self, event: str, record_id: str) -> None:
        """Let the vendor's staff move a record; outside its from-states nothing may happen."""
        said = self.entity.said["events"][event]
        before = self.states[record_id]
        possible = before in said["from"]
        self.touched = record_id
        try:
            place = f"backstage/{self.entity.subject.contract.vendor}/{event}"
            self.sandbox.control("POST", place, {"id": record_id})
        except ControlRefused as refused:
            if possible:
                self._no_event(event, str(refused))
            return
        if possible:
            self.moved = True
            self.states[record_id] = said["to"]
            self._stepped(event, record_id, before)

    def wait(self, event: str) -> list[str]:
        """Let time pass, as long as it takes; some record must have moved, and none anywhere else.

        The ids of those that have.
        """
        said = self.entity.said["events"][event]
        before = {record_id: state for record_id, state in self.states.items() if state in said["from"]}
        self.sandbox.control("POST", "clock", {"advance": AGES})
        for record_id, state in before.items():
            if self.entity.states_shown(self._look(record_id)) == {said["to"]}:
                self.states[record_id] = said["to"]
                self._stepped(event, record_id, state)
        moved = list(self.unseen)
        if before and not moved:
            self._no_event(
                event, f"after {AGES} seconds every record is in {', '.join(set(before.values()))}"
            )
        self.observe(*before)
        return moved

    def leaves(self, record_id: str, before: Any) -> None:
        """Demand that a record, which the last operation was not about, is stored as it was before it."""
        differences = pointer.differences(before, self.entity.stored(self.sandbox, record_id))
        if differences:
            last = self.last or self.entity.observer
            said = f"{last.id} acts on the record that it names, and on no other"
            got = f"{self.entity.name} {record_id}: {'; '.join(differences[:5])}"
            self._wrong(last, "another record written", said, got, self._look(record_id))

    def look_around(self) -> None:
        """Every record after a step that moved one; after any other the touched one, and some in turn."""
        known = list(self.states)
        some = [known[(self.turn + n) % len(known)] for n in range(min(OTHERS, len(known)))]
        self.turn += OTHERS
        touched = [] if self.touched is None else [self.touched]
        seen = known if self.moved else dict.fromkeys([*touched, *some])
        self.touched, self.moved = None, False
        self.observe(*seen)

    def observe(self, *record_ids: str) -> None:
        """Records read, through the client's own operation, in the states of the model."""
        for record_id in record_ids:
            state = self.states[record_id]
            answer = self._look(record_id)
            shown = self.entity.states_shown(answer)
            if self._has_drifted(record_id, shown):
                self.states[record_id] = next(iter(shown))
            elif shown != {state}:
                last = self.last or self.entity.observer
                got = " and ".join(sorted(shown)) or f"none ({answer.status})"
                said = f"{self.entity.name} {record_id} is in state {state} after {last.id}"
                step = self.unseen.get(record_id)
                stays = not shown or (step is not None and shown == {step.before})
                about = ("lost",) if stays else ("reads", *sorted(shown))
                self._wrong(last, "state", said, f"it reads {got}", answer, about)
            if record_id in self.unseen:
                self.entity.subject.walked.add(self.unseen.pop(record_id))

    # ------------------------------------------------------------ how

    @property
    def is_foreign(self) -> bool:
        """Whether the records are the run's own on a server that is not ours."""
        return self.sandbox.target.writing is not None

    def _is_given_again(self, record_id: str) -> bool:
        writing, contract = self.sandbox.target.writing, self.entity.subject.contract
        return writing is not None and writing.of(contract.vendor).given[self.entity.name, record_id] > 1

    def _has_drifted(self, record_id: str, shown: set[str]) -> bool:
        """Whether the vendor's staff, who work there too, may have moved a record that no step was about."""
        if not self.is_foreign or record_id in self.unseen:
            return False
        return len(shown) == 1 and shown <= drifts(self.entity, self.states[record_id])

    def _call(self, operation: Operation, parts: Mapping[str, Any]) -> Answer:
        self.last = operation
        return Stage(self.entity.subject, self.sandbox).call(operation, parts)

    def _stepped(self, mover: str, record_id: str, before: str | None, *, refused: bool = False) -> None:
        after = self.states[record_id]
        self.unseen[record_id] = Step(
            entity=self.entity.name, mover=mover, before=before, after=after, refused=refused
        )

    def _look(self, record_id: str) -> Answer:
        return self.entity.look(Stage(self.entity.subject, self.sandbox), record_id)

    def _next(self, record_id: str, to: str | list[str]) -> str:
        if isinstance(to, str):
            return to
        shown = self.entity.states_shown(self._look(record_id)) & set(to)
        return shown.pop() if len(shown) == 1 else " or ".join(to)

    def _demand_refusal(
        self,
        operation: Operation,
        error: CatalogueError | None,
        parts: Mapping[str, Any],
        answer: Answer,
        values: Mapping[str, Any],
    ) -> None:
        if error is None:
            return
        known = {**values, **parts["query"], **parts["path"]}
        found = verdict.against_refusal(self.entity.subject, operation, error, known, answer)
        self._demand(operation, found, answer)

    def _demand(self, operation: Operation, found: Difference | None, answer: Answer) -> None:
        if found is not None:
            self._break(operation, found, answer)

    def _no_event(self, event: str, got: str) -> None:
        at = pointer.join(["x-lifecycle", self.entity.name, "events", event])
        said = f"{event} moves a record from {', '.join(self.entity.said['events'][event]['from'])}"
        found = Difference(kind="backstage event refused", said=said, got=got, at=at, of="state")
        self._break(self.last or self.entity.observer, found, "-")

    def _wrong(
        self,
        operation: Operation,
        kind: str,
        said: str,
        got: str,
        answer: Answer,
        about: tuple[str, ...] = (),
    ) -> None:
        at = f"{operation.pointer}/x-lifecycle"
        found = Difference(kind=kind, said=said, got=got, at=at, of="state", about=about)
        self._break(operation, found, answer)

    def _break(self, operation: Operation, found: Difference, answer: Answer | str) -> NoReturn:
        self.broken = True
        self.met.append(self.entity.subject.broken(PART, operation, found, answer, self.sandbox))
        raise self.met[-1]
