"""One of the two servers in a scenario: what it is asked, in its own ids, and what it answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from contract_tests.harness.acting.recipe import Stage, aimed, alone, named_by, written_out
from contract_tests.harness.network.credentials import DEFAULT
from contract_tests.harness.network.exchange import Draft, Request, base_draft, drafted, on_the_wire
from contract_tests.harness.network.target import Sandbox
from contract_tests.harness.outside.belongings import mark
from contract_tests.harness.outside.kinds import Kind
from contract_tests.harness.outside.unknown import Unknown
from contract_tests.harness.parity.exchange import Exchange
from contract_tests.harness.parity.masking import Names
from contract_tests.harness.parity.scenario import Step
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.operation import Operation


@dataclass(frozen=True)
class Asked:
    """A request, and what it was made of."""

    request: Request
    parts: Mapping[str, Any]
    values: Mapping[str, Any]


@dataclass
class Side:
    """A server, and what the scenario has made there so far."""

    subject: Subject
    sandbox: Sandbox
    names: Names = field(default_factory=Names)
    record: Any = None
    """The id of the record that the scenario is about: brought into being, or there before.

    None where the base request names what stands for it.
    """

    def operation(self, step: Step) -> Operation:
        """The step's operation with the values that mean something to this server."""
        here = self.subject.contract.operations[step.operation.id]
        moves = [move for move in here.moves if move.lifecycle == step.operation.lifecycle]
        return moves[0] if moves else here

    def asked(self, step: Step) -> Asked:
        """The request of a step on this side; Impossible if the record cannot be named there."""
        operation = self.operation(step)
        parts = self._aimed(step, self._parts(step))
        draft = drafted(Draft(), pointer.patched(parts, written_out(step.recipe.get("patch", []), {})))
        raw = step.recipe.get("raw")
        draft = replace(
            draft,
            raw=None if raw is None else raw.encode("utf-8"),
            media_type=step.recipe.get("media_type"),
        )
        headers = self.subject.keyring.headers(operation, step.recipe.get("credential", DEFAULT))
        request = on_the_wire(self.subject.contract, operation, draft, headers)
        path, mark, query = request.path.partition("?")
        changed = replace(
            request, method=step.method or request.method, path=path + step.beyond + mark + query
        )
        values = {**named_by(step.recipe), **draft.query, **draft.path, **step.recipe.get("vars", {})}
        return Asked(changed, draft.parts, values)

    def may_send(self, request: Request) -> bool:
        """Whether nothing can come of a request that must not."""
        target = self.subject.target
        if target.guard is None:
            return True
        marked = request if target.writing is None else target.writing.marked(request)
        return target.guard.grounds(marked) is not None

    def send(self, step: Step, asked: Asked) -> Exchange:
        """Send it; BrokenAnswer, Unreachable and BudgetSpent as from every wire."""
        answer = self.sandbox.send(asked.request)
        sent = answer.request or asked.request
        return Exchange(
            contract=self.subject.contract,
            operation=step.operation,
            request=sent,
            answer=answer,
            names=self.names,
            parts=_as_sent(asked.parts, sent),
            values=asked.values,
        )

    def mint(self, kind: str) -> None:
        """Give something that is not there yet an id of its own."""
        writing = self.subject.target.writing
        vendor = self.subject.contract.vendor
        self.record = mark() if writing is None else writing.of(vendor).mint(kind)
        self.names.learn([self.record])

    def learn(self, step: Step, said: Exchange) -> None:
        """Take note of the record that a step has brought into being."""
        if step.keeps is not None and said.succeeded and said.answer.is_json:
            self.record = pointer.find(said.answer.json, step.keeps)
            self.names.learn([self.record])

    def names_known_record(self, step: Step, parts: Mapping[str, Any]) -> bool:
        """Whether the record that a request names is known to exist here, or it names none."""
        unknown = Unknown.of(step.operation)
        if unknown is None or self.subject.target.double:
            return True
        known = self.subject.contract.known.get(step.operation.id, {}).get(unknown.place)
        named = pointer.every(parts, f"/{unknown.place}")
        return known is not None and all(str(one) == str(known) for one in named)

    def remedy(self, step: Step) -> str:
        """What lets a step be compared here that found nothing."""
        unknown = Unknown.of(step.operation)
        if unknown is None:
            return "the account or its records are others; give `values` in duble.toml"
        return f"give resources.{unknown.place.rpartition('/')[2]} in duble.toml"

    def _parts(self, step: Step) -> dict[str, Any]:
        base: dict[str, Any] = base_draft(self.operation(step), step.body).parts
        return base if step.request is None else {"path": {}, "query": {}, "headers": {}, **step.request}

    def _aimed(self, step: Step, parts: dict[str, Any]) -> dict[str, Any]:
        if step.aim == "unknown":
            unknown = Unknown.of(step.operation)
            return parts if unknown is None else unknown.aimed(parts)
        if step.aim == "record" and self.record is None and step.kind is not None and not step.own:
            named = (f"/{place}" for place in step.kind.places[step.operation.id])
            self.names.learn(found for place in named for found in pointer.every(parts, place))
        elif step.aim == "record":
            if step.looks and step.entity is not None:
                parts = pointer.merged(parts, step.entity.said["observe"].get("request", {}))
            for place, found in self._places(step):
                aimed(parts, place, found)
                alone(parts, place)
        return parts

    def _places(self, step: Step) -> list[tuple[str, Any]]:
        """Where the request names the scenario's record, and by which id."""
        if step.looks and step.entity is not None:
            return [(step.entity.said["observe"]["id"], self.record)]
        stage = Stage(self.subject, self.sandbox)
        if step.kind is not None:
            places = step.kind.places[step.operation.id]
            named = [(place, self._known_as(stage, step.kind, place)) for place in places]
        else:
            lifecycle = step.operation.lifecycle or {}
            found = stage.located(self.operation(step), self.record)
            named = [(place, found) for place in (lifecycle["id"], *lifecycle.get("also", ()))]
        self.names.learn(found for _, found in named)
        return named

    def _known_as(self, stage: Stage, kind: Kind, place: str) -> Any:
        """The id by which a thing goes at a place."""
        locate = kind.said.get("known_as", {}).get(place)
        return self.record if locate is None else stage.known_as(kind.name, locate, place, self.record)


def _as_sent(parts: Mapping[str, Any], request: Request) -> Mapping[str, Any]:
    """The parts with the body that has really left, which may carry a mark."""
    try:
        return {**parts, "body": json.loads(request.body)} if request.body else parts
    except (ValueError, RecursionError):
        return parts
