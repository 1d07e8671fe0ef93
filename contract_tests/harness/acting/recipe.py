"""Recipes of the error catalogue carried out: from words of the spec to one request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from contract_tests.harness.network.credentials import DEFAULT
from contract_tests.harness.network.exchange import (
    Answer,
    Draft,
    Request,
    base_draft,
    drafted,
    on_the_wire,
)
from contract_tests.harness.network.target import ControlRefused, Sandbox
from contract_tests.harness.outside.unknown import Unknown
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec import outcome, pointer
from contract_tests.harness.spec.operation import Operation

_KEPT = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


class Impossible(Exception):
    """The recipe cannot be carried out as it is written; `str()` says where it fails.

    `operation` and `answer` are those of the step that failed, where a step was answered otherwise than
    the recipe needs.
    """

    def __init__(
        self, problem: str, operation: Operation | None = None, answer: Answer | None = None
    ) -> None:
        super().__init__(problem)
        self.operation = operation
        self.answer = answer


@dataclass(frozen=True)
class Attempt:
    """The request that a recipe ends in, and the values of the refusal's placeholders."""

    request: Request
    values: Mapping[str, Any]


@dataclass
class Stage:
    """Carries out the steps of one recipe in one sandbox and keeps what they ask to keep."""

    subject: Subject
    sandbox: Sandbox
    kept: dict[str, Any] = field(default_factory=dict)

    def attempt(self, operation: Operation, recipe: Mapping[str, Any]) -> Attempt:
        """Do everything before the request, and draft the request; Impossible if that fails."""
        try:
            for step in recipe.get("given", ()):
                self.step(step)
            parts = starting(self.subject, operation)
            if "state" in recipe:
                self._aim(operation, parts, recipe["state"])
            draft = self._draft(parts, recipe)
        except pointer.Absent as absent:
            raise Impossible(f"nothing at {absent}") from absent
        except ControlRefused as refused:
            raise Impossible(str(refused)) from refused
        credential = self.filled(recipe.get("credential", DEFAULT))
        headers = self.subject.keyring.headers(operation, credential)
        request = on_the_wire(self.subject.contract, operation, draft, headers)
        return Attempt(request, self._values(draft, recipe))

    def step(self, step: Mapping[str, Any]) -> None:
        """One step of `given`."""
        if "call" in step:
            self._call(step)
        elif "clock" in step:
            self.sandbox.control("POST", "clock", step["clock"])
        elif "put" in step:
            self._put(step["put"])
        else:
            place = f"backstage/{self.subject.contract.vendor}/{step['backstage']}"
            self.sandbox.control("POST", place, {"id": str(self.filled(step["id"]))})

    def filled(self, value: Any) -> Any:
        """The value with `{kept}` names replaced, `{$repeat: [text, n]}` and `{$sum: […]}` written out."""
        return written_out(value, self.kept)

    def call(
        self,
        operation: Operation,
        parts: Mapping[str, Any],
        credential: str = DEFAULT,
        *,
        look: bool = False,
    ) -> Answer:
        """Send one request made of draft parts."""
        headers = self.subject.keyring.headers(operation, credential)
        draft = drafted(Draft(), self.filled(parts))
        request = on_the_wire(self.subject.contract, operation, draft, headers)
        return self.sandbox.send(request, look=look)

    def located(self, operation: Operation, record_id: Any) -> Any:
        """The id by which the operation names a record: its own, or what `locate` finds."""
        lifecycle = operation.lifecycle or {}
        if "locate" not in lifecycle:
            return record_id
        return self.known_as(lifecycle["entity"], lifecycle["locate"], lifecycle["id"], record_id)

    def known_as(self, kind: str, locate: Mapping[str, Any], place: str, record_id: Any) -> Any:
        """The id by which a record goes at a place, as `locate` finds it; Impossible if it does not."""
        finder = self.subject.contract.operations[locate["operation"]]
        self.kept["id"] = record_id
        base = base_draft(finder).parts
        asked = self.filled(pointer.merged(base, locate.get("request", {})))
        answer = self.call(finder, typed_as(base, asked))
        if not answer.is_json:
            raise Impossible(f"{finder.id} answered {answer.summary}", finder, answer)
        try:
            found = pointer.find(answer.json, locate["id"])
        except pointer.Absent as absent:
            raise Impossible(f"{finder.id} shows nothing at {absent}", finder, answer) from absent
        if self.sandbox.target.writing is not None:
            self.sandbox.target.writing.of(self.subject.contract.vendor).alias(kind, record_id, place, found)
        return found

    # ------------------------------------------------------------ the parts of a recipe

    def _call(self, step: Mapping[str, Any]) -> None:
        operation = self.subject.contract.operations[step["call"]]
        parts = pointer.merged(base_draft(operation).parts, step.get("request", {}))
        parts = pointer.patched(parts, step.get("patch", ()))
        answer = self.call(operation, parts, self.filled(step.get("credential", DEFAULT)))
        if outcome.succeeded(self.subject.contract, answer) is bool(step.get("refused")):
            text = f"the step before, {operation.id}, answered {answer.summary}"
            raise Impossible(text, operation, answer)
        for name, at in step.get("keep", {}).items():
            self.kept[name] = shown(answer, at)

    def _put(self, put: Mapping[str, Any]) -> None:
        vendor, record_id = self.subject.contract.vendor, str(self.filled(put["id"]))
        stored = self.sandbox.record(vendor, put["collection"], record_id) or {}
        record = pointer.merged(stored, self.filled(put["record"]))
        self.sandbox.control("PUT", f"state/{vendor}/{put['collection']}/{record_id}", record)

    def _aim(self, operation: Operation, parts: dict[str, Any], state: str) -> None:
        """Let the request act on a record that is in this state."""
        lifecycle = operation.lifecycle
        if lifecycle is None:
            raise Impossible(f"{operation.id} has no x-lifecycle to find a record in {state} by")
        entity = self.subject.contract.lifecycles[lifecycle["entity"]]
        for record in self.sandbox.records(self.subject.contract.vendor, entity["collection"]):
            if str(pointer.find(record, entity["state"])) == state:
                found = self.located(operation, pointer.find(record, entity.get("id", "/id")))
                for place in (lifecycle["id"], *lifecycle.get("also", ())):
                    aimed(parts, place, found)
                return
        raise Impossible(f"the seed holds no record in state {state}")

    def _draft(self, parts: dict[str, Any], recipe: Mapping[str, Any]) -> Draft:
        draft = drafted(Draft(), pointer.patched(parts, self.filled(recipe.get("patch", []))))
        raw = recipe.get("raw")
        return Draft(
            path=draft.path,
            query=draft.query,
            headers=draft.headers,
            body=draft.body,
            has_body=draft.has_body,
            raw=None if raw is None else raw.encode("utf-8"),
            media_type=recipe.get("media_type"),
        )

    def _values(self, draft: Draft, recipe: Mapping[str, Any]) -> dict[str, Any]:
        values = {**named_by(recipe), **draft.query, **draft.path}
        if "state" in recipe:
            values["state"] = recipe["state"]
        said: dict[str, Any] = self.filled(recipe.get("vars", {}))
        return values | said


def shown(answer: Answer, at: str) -> Any:
    """What an answer has at a JSON pointer, or in `header/NAME`; Absent if there is nothing."""
    where, _, name = at.partition("/")
    if where != "header":
        return pointer.find(answer.json, at)
    if not answer.header(name):
        raise pointer.Absent(at)
    return answer.header(name)


def base_request(subject: Subject, operation: Operation, *, aimed: bool = False) -> Request:
    """The request that an operation starts from, with the default credential.

    `aimed` lets a read, too, name a record that does not exist.
    """
    headers = subject.keyring.headers(operation)
    draft = drafted(Draft(), starting(subject, operation, aimed=aimed))
    return on_the_wire(subject.contract, operation, draft, headers)


def starting(subject: Subject, operation: Operation, *, aimed: bool = False) -> dict[str, Any]:
    """The parts that recipes and breaches begin with: the base request's.

    On a server that is not ours an operation that is no read acts on a record that does not exist, as
    far as the spec knows one.
    """
    parts = base_draft(operation).parts
    unknown = Unknown.of(operation)
    if unknown is None or subject.target.double or (operation.reads_only and not aimed):
        return parts
    if subject.target.writing is not None and not aimed and _is_told(subject, operation, unknown.place):
        return parts
    return unknown.aimed(parts)


def _is_told(subject: Subject, operation: Operation, place: str) -> bool:
    """Whether the base request names a record that it may act on."""
    return place.partition("/*")[0] in subject.contract.known.get(operation.id, {})


def written_out(value: Any, kept: Mapping[str, Any]) -> Any:
    """A recipe's value with the names of what was kept replaced, and repetitions and sums written out."""
    if isinstance(value, str):
        return _written_out_text(value, kept)
    if isinstance(value, list):
        return [written_out(item, kept) for item in value]
    if isinstance(value, Mapping):
        if value.keys() == {"$repeat"}:
            text, times = value["$repeat"]
            return str(text) * int(times)
        if value.keys() == {"$sum"}:
            return sum(written_out(value["$sum"], kept))
        return {key: written_out(item, kept) for key, item in value.items()}
    return value


def _written_out_text(text: str, kept: Mapping[str, Any]) -> Any:
    whole = _KEPT.fullmatch(text)
    if whole and whole[1] in kept:
        return kept[whole[1]]
    return _KEPT.sub(lambda found: str(kept.get(found[1], found[0])), text)


def aimed(parts: dict[str, Any], at: str, record_id: Any) -> None:
    """Set the id of a record at a place such as path/wo_id, query/instanceId or body/id."""
    where, *names = at.split("/")
    before = parts.get(where, {})
    change = {"op": "add", "path": pointer.join(names), "value": record_id}
    parts[where] = typed_as(before, pointer.patched(before, [change]))


def alone(parts: dict[str, Any], at: str) -> None:
    """Leave nothing beside the item of a list in which a place such as body/lote/0/key lies."""
    where, *names = at.split("/")
    for depth, name in enumerate(names):
        if name.isdecimal():
            place = pointer.join(names[:depth])
            item = pointer.find(parts[where], f"{place}/{name}")
            parts[where] = pointer.patched(parts[where], [{"op": "replace", "path": place, "value": [item]}])
            return


def typed_as(example: Any, value: Any) -> Any:
    """The value with ids, which are texts to the suite, as numbers where the example has numbers."""
    if isinstance(example, Mapping) and isinstance(value, Mapping):
        return {key: typed_as(example.get(key), inside) for key, inside in value.items()}
    is_number = isinstance(example, int) and not isinstance(example, bool)
    return int(value) if is_number and isinstance(value, str) and value.isdecimal() else value


def named_by(recipe: Mapping[str, Any]) -> dict[str, str]:
    """`{name}` and `{field}` of a validation refusal, as the recipe's only patch gives them."""
    touched = {change["path"] for change in recipe.get("patch", ())}
    return named_at(touched.pop().removeprefix("/")) if len(touched) == 1 else {}


def named_at(place: str) -> dict[str, str]:
    """`{name}` and `{field}` of a validation refusal about a place such as query/limit or body/a/b:type."""
    where, *names = pointer.split(f"/{place.partition(':')[0]}")
    inside = [name for name in names if not name.isdecimal() and name != "-"]
    return {"name": inside[0] if inside else where, "field": ".".join(inside)} if names else {}
