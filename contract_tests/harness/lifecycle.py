"""A state machine built from `x-lifecycle`: the model of an entity's life, walked at random."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from contract_tests.harness import outcome, pointer, verdict
from contract_tests.harness.contract import CatalogueError, Operation
from contract_tests.harness.exchange import Answer, base_draft
from contract_tests.harness.finding import ContractBroken, Difference
from contract_tests.harness.recipe import Impossible, Stage, aimed
from contract_tests.harness.subject import Subject
from contract_tests.harness.target import ControlRefused, Sandbox

PART = "lifecycle"
OTHERS = 2  # records looked at after a step that moved none
UNKNOWN_TEXTS = ("desconocido", "0", "999999999")
UNKNOWN_NUMBERS = (1, 999_999_999, 2_147_483_647)


@dataclass(frozen=True)
class Entity:
    """One entity with a life, as the spec describes it."""

    subject: Subject
    name: str

    @cached_property
    def said(self) -> Mapping[str, Any]:
        """Its x-lifecycle at the root of the spec."""
        said: Mapping[str, Any] = self.subject.contract.lifecycles[self.name]
        return said

    @cached_property
    def observer(self) -> Operation:
        """The operation by which a client sees the state."""
        return self.subject.contract.operations[self.said["observe"]["operation"]]

    def operations(self, kind: str) -> list[Operation]:
        """Operations that create such an entity (`creates`) or act on one (`from`), once for each move."""
        return [
            move
            for operation in self.subject.contract.operations.values()
            for move in operation.moves
            if move.lifecycle and move.lifecycle["entity"] == self.name and kind in move.lifecycle
        ]

    def seeded(self) -> list[tuple[str, str]]:
        """Ids and states of the seed's records."""
        with self.subject.target.sandbox() as sandbox:
            records = sandbox.records(self.subject.contract.vendor, self.said["collection"])
        found = ((str(record["id"]), self.stored_state(record)) for record in records)
        return [(record_id, state) for record_id, state in found if state in self.said["states"]]

    def stored_state(self, record: Mapping[str, Any]) -> str:
        """The state in a stored record."""
        return str(pointer.find(record, self.said["state"]))

    def states_shown(self, answer: Answer) -> set[str]:
        """The states that a client may read from the observer's answer."""
        observe = self.said["observe"]
        if "when" in observe:  # a refusal may be what tells a state, such as deleted
            shown = observe["when"].items() if answer.is_json else ()
            return {state for state, where in shown if pointer.holds(answer.json, where)}
        if not outcome.succeeded(self.subject.contract, answer) or not answer.is_json:
            return set()
        try:
            return {str(pointer.find(answer.json, observe["state"]))}
        except pointer.Absent:
            return set()

    def refusal_in(self, operation: Operation, state: str) -> CatalogueError | None:
        """The refusal in a state: the listed error with a recipe for it, else `otherwise`."""
        for listed in operation.errors:
            recipes = listed.provoke if isinstance(listed.provoke, list) else []
            if any(recipe.get("state") == state for recipe in recipes):
                return listed.error
        name = (operation.lifecycle or {}).get("otherwise")
        return self.subject.contract.errors[name] if name else None

    def unknown_ids(self, operation: Operation) -> list[Any]:
        """Ids that no record has: those of the recipes, else some of the parameter's type."""
        lifecycle = operation.lifecycle or {}
        place = "/" + lifecycle["id"]
        recipes = [
            recipe
            for listed in operation.errors
            if listed.error.id == lifecycle["missing"] and isinstance(listed.provoke, list)
            for recipe in listed.provoke
        ]
        patches = (change for recipe in recipes for change in recipe.get("patch", ()))
        shown = [change["value"] for change in patches if change["path"] == place]
        if shown:
            return shown
        name = lifecycle["id"].rpartition("/")[2]
        types = {p.name: p.schema.get("type") for p in operation.parameters}
        return list(UNKNOWN_NUMBERS if types.get(name) == "integer" else UNKNOWN_TEXTS)


class Walk(RuleBasedStateMachine):
    """One history of records of an entity; `entity` is set by the machine that is made of it."""

    entity: Entity
    records = Bundle("records")

    def __init__(self) -> None:
        super().__init__()
        self.subject = self.entity.subject
        self.sandbox: Sandbox = self.subject.target.sandbox()
        self.states: dict[str, str] = {}
        self.last: Operation = self.entity.observer
        self.touched: str | None = None
        self.moved = False
        self.turn = 0
        self.broken = False

    def teardown(self) -> None:
        """Look at every record once more, and forget the sandbox."""
        try:
            if not self.broken:
                self.observe(*self.states)
        finally:
            self.sandbox.__exit__(None, None, None)

    # ------------------------------------------------------------ steps

    def create(self, operation: Operation, body: str) -> str:
        """Bring a record into being and learn its id."""
        lifecycle = operation.lifecycle or {}
        answer = self._call(operation, base_draft(operation, body).parts)
        self._demand(operation, verdict.against_success(self.subject, operation, answer), answer)
        record_id = str(pointer.find(answer.json, lifecycle["creates"]["id"]))
        if record_id in self.states:
            said = f"{operation.id} gives every {self.entity.name} an id of its own"
            self._wrong(operation, "id given twice", said, f"id {record_id} again", answer)
        self.states[record_id] = lifecycle["creates"]["states"][body]
        self.moved = True
        return record_id

    def act(self, operation: Operation, record_id: str, body: str | None) -> None:
        """Let an operation act on a record: allowed in its from-states, refused in all others."""
        lifecycle = operation.lifecycle or {}
        state = self.states[record_id]
        allowed = state in lifecycle["from"]
        parts = base_draft(operation, body).parts
        self.touched = record_id
        try:
            named = Stage(self.subject, self.sandbox).located(operation, record_id)
        except Impossible:
            return  # this client cannot name the record
        aimed(parts, lifecycle["id"], named)
        answer = self._call(operation, parts)
        if allowed:
            self.moved = True
            self._demand(operation, verdict.against_success(self.subject, operation, answer), answer)
            to = lifecycle.get("to", state)
            to = to.get(state, state) if isinstance(to, Mapping) else to
            self.states[record_id] = self._next(record_id, to)
            return
        self._demand_refusal(
            operation, self.entity.refusal_in(operation, state), parts, answer, {"state": state}
        )

    def act_on_nothing(self, operation: Operation, record_id: Any) -> None:
        """Let an operation name a record that does not exist."""
        lifecycle = operation.lifecycle or {}
        if str(record_id) in self.states:
            return
        parts = base_draft(operation).parts
        aimed(parts, lifecycle["id"], record_id)
        answer = self._call(operation, parts)
        error = self.subject.contract.errors[lifecycle["missing"]]
        self._demand_refusal(operation, error, parts, answer, {})

    def happen(self, event: str, record_id: str) -> None:
        """Let the vendor's staff move a record; outside its from-states nothing may happen."""
        said = self.entity.said["events"][event]
        possible = self.states[record_id] in said["from"]
        self.touched = record_id
        try:
            place = f"backstage/{self.subject.contract.vendor}/{event}"
            self.sandbox.control("POST", place, {"id": record_id})
        except ControlRefused as refused:
            if possible:
                self._no_event(event, str(refused))
            return
        if possible:
            self.moved = True
            self.states[record_id] = said["to"]

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
            if shown != {state}:
                got = " and ".join(sorted(shown)) or f"none ({answer.status})"
                said = f"{self.entity.name} {record_id} is in state {state} after {self.last.id}"
                self._wrong(self.last, "state", said, f"it reads {got}", answer)

    # ------------------------------------------------------------ how

    def _call(self, operation: Operation, parts: Mapping[str, Any]) -> Answer:
        self.last = operation
        return Stage(self.subject, self.sandbox).call(operation, parts)

    def _look(self, record_id: str) -> Answer:
        observe = self.entity.said["observe"]
        base = base_draft(self.entity.observer).parts
        parts = pointer.merged(base, observe.get("request", {}))
        aimed(parts, observe["id"], record_id)
        return Stage(self.subject, self.sandbox).call(self.entity.observer, parts, look=True)

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
        found = verdict.against_refusal(self.subject, operation, error, known, answer)
        self._demand(operation, found, answer)

    def _demand(self, operation: Operation, found: Difference | None, answer: Answer) -> None:
        if found is not None:
            self.broken = True
            raise self.subject.broken(PART, operation, found, answer.summary, self.sandbox)

    def _no_event(self, event: str, got: str) -> None:
        at = pointer.join(["x-lifecycle", self.entity.name, "events", event])
        said = f"{event} moves a record from {', '.join(self.entity.said['events'][event]['from'])}"
        found = Difference(kind="backstage event refused", said=said, got=got, at=at, of="state")
        self.broken = True
        raise self.subject.broken(PART, self.last, found, "-", self.sandbox)

    def _wrong(self, operation: Operation, kind: str, said: str, got: str, answer: Answer) -> None:
        at = f"{operation.pointer}/x-lifecycle"
        self._demand(operation, Difference(kind=kind, said=said, got=got, at=at, of="state"), answer)


def machine(entity: Entity) -> type[Walk]:
    """The state machine of an entity: a rule for each thing that the spec lets happen."""
    rules = dict(_rules(entity))
    watch = invariant()(lambda self: self.look_around())
    return type(f"{entity.name}_life", (Walk,), {"entity": entity, "watched": watch, **rules})


def walk(entity: Entity) -> None:
    """Walk an entity's life as often and as far as the profile says; ContractBroken if it breaks."""
    profile = entity.subject.profile
    chosen = entity.subject.derived_seed(PART, entity.name)
    run_state_machine_as_test(
        seed(chosen)(machine(entity)),
        settings=settings(
            max_examples=profile.histories,
            stateful_step_count=profile.steps,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink) if profile.shrinks else (Phase.generate,),
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
            print_blob=False,
            verbosity=Verbosity.quiet,
        ),
    )


def _rules(entity: Entity) -> Iterator[tuple[str, Any]]:
    seeded = entity.seeded()
    if seeded:
        yield "adopt", _adopt(dict(seeded))
    for operation in entity.operations("creates"):
        yield operation.id, _create(operation)
    for operation in entity.operations("from"):
        yield _rule_name(operation), _act(operation)
        if "missing" in (operation.lifecycle or {}):
            yield f"{_rule_name(operation)}_of_nothing", _act_on_nothing(entity, operation)
    for event, said in entity.said.get("events", {}).items():
        if not said.get("by_clock"):
            yield f"backstage_{event}", _happen(event)


def _rule_name(operation: Operation) -> str:
    """The operation, and what a move asks for: update_cases_close."""
    asked = (operation.lifecycle or {}).get("request", {})
    values = (str(value) for part in ("path", "query") for value in asked.get(part, {}).values())
    return "_".join([operation.id, *values])


def _adopt(seeded: dict[str, str]) -> Any:
    def adopt(self: Walk) -> Any:
        self.states.update(seeded)
        return multiple(*seeded)

    return initialize(target=Walk.records)(adopt)


def _create(operation: Operation) -> Any:
    bodies = list((operation.lifecycle or {})["creates"]["states"])

    def create(self: Walk, body: str) -> str:
        return self.create(operation, body)

    return rule(target=Walk.records, body=st.sampled_from(bodies))(create)


def _act(operation: Operation) -> Any:
    bodies: list[str | None] = [*operation.bodies] or [None]

    def act(self: Walk, record_id: str, body: str | None) -> None:
        self.act(operation, record_id, body)

    return rule(record_id=Walk.records, body=st.sampled_from(bodies))(act)


def _act_on_nothing(entity: Entity, operation: Operation) -> Any:
    def act_on_nothing(self: Walk, record_id: Any) -> None:
        self.act_on_nothing(operation, record_id)

    return rule(record_id=st.sampled_from(entity.unknown_ids(operation)))(act_on_nothing)


def _happen(event: str) -> Any:
    def happen(self: Walk, record_id: str) -> None:
        self.happen(event, record_id)

    return rule(record_id=Walk.records)(happen)


__all__ = ["PART", "ContractBroken", "Entity", "machine", "walk"]
