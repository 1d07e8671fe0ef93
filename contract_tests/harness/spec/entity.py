"""An entity that has a life: what `x-lifecycle` says of it, at the root and at its operations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote

from contract_tests.harness.acting.recipe import Stage, aimed
from contract_tests.harness.network.exchange import Answer, base_draft
from contract_tests.harness.network.target import Sandbox
from contract_tests.harness.outside.unknown import Unknown
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec import outcome, pointer
from contract_tests.harness.spec.operation import CatalogueError, Operation

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

    @property
    def backstage_events(self) -> list[str]:
        """Moves that a test can make for the vendor's staff; those of the clock come by themselves."""
        events = self.said.get("events", {})
        return [name for name, said in events.items() if not said.get("by_clock")]

    @cached_property
    def seeded(self) -> list[tuple[str, str]]:
        """Ids and states of the seed's records."""
        with self.subject.target.sandbox() as sandbox:
            records = sandbox.records(self.subject.contract.vendor, self.said["collection"])
        name = self.said.get("id", "/id")
        found = ((str(pointer.find(record, name)), self.stored_state(record)) for record in records)
        return [(record_id, state) for record_id, state in found if state in self.said["states"]]

    def stored(self, sandbox: Sandbox, record_id: str) -> dict[str, Any] | None:
        """A record as a double stores it; None if there is none."""
        return sandbox.record(self.subject.contract.vendor, self.said["collection"], record_id)

    def copy(self, sandbox: Sandbox, record_id: str, to: str) -> None:
        """Store a record of a double once more, under another id."""
        record = self.stored(sandbox, record_id) or {}
        copied = {**record, "id": type(record.get("id", to))(to)}
        place = f"state/{self.subject.contract.vendor}/{self.said['collection']}/{quote(to, safe='')}"
        sandbox.control("PUT", place, copied)

    def ageless(self, states: Mapping[str, str]) -> list[str]:
        """The records, of some in these states, that time does not move."""
        by_clock = [said for said in self.said.get("events", {}).values() if said.get("by_clock")]
        moving = {state for said in by_clock for state in said["from"]}
        return [record_id for record_id, state in states.items() if state not in moving]

    def stored_state(self, record: Mapping[str, Any]) -> str:
        """The state in a stored record."""
        return str(pointer.find(record, self.said["state"]))

    def look(self, stage: Stage, record_id: Any) -> Answer:
        """What a client reads of a record."""
        observe = self.said["observe"]
        parts = pointer.merged(base_draft(self.observer).parts, observe.get("request", {}))
        aimed(parts, observe["id"], record_id)
        return stage.call(self.observer, parts, look=True)

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
        """The refusal in a state: the listed error with a recipe for it, else `otherwise`.

        What another person meets in that state says nothing of the default one.
        """
        for listed in operation.errors:
            recipes = listed.provoke if isinstance(listed.provoke, list) else []
            if any(recipe.get("state") == state and "credential" not in recipe for recipe in recipes):
                return listed.error
        name = (operation.lifecycle or {}).get("otherwise")
        return self.subject.contract.errors[name] if name else None

    def unknown_ids(self, operation: Operation) -> list[Any]:
        """Ids that no record has: those of the recipes, else some of the parameter's type.

        On a server that is not ours only those of which the spec says that no server gives them.
        """
        if not self.subject.target.double:
            unknown = Unknown.of(operation)
            return list(unknown.ids) if unknown else []
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
