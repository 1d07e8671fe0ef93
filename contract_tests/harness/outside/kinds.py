"""Kinds of things that clients bring into being, change and end (`x-cleanup`, `x-lifecycle`)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from contract_tests.harness.network.exchange import Request
from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.contract import Contract
from contract_tests.harness.spec.operation import Operation

_INDEX = re.compile(r"/\d+(?=/|$)")


@dataclass(frozen=True)
class Kind:
    """One kind of thing; an entity of x-lifecycle, or something without a life, such as a label."""

    contract: Contract
    name: str
    said: Mapping[str, Any]
    """Its entry in x-cleanup; empty where the spec has none."""
    makers: Mapping[str, str | None]
    """Operations that bring one into being, and where the answer has its id; None where it has not."""
    places: Mapping[str, tuple[str, ...]]
    """Where operations name one: path/wo_id, body/lote/*/registryKey."""

    def is_alias(self, operation: Operation, place: str) -> bool:
        """Whether the operation names one there by another id than its own."""
        located = [move for found, move in _moves(self.contract, self.name) if found.id == operation.id]
        return place in self.said.get("known_as", {}) or any(
            "locate" in move and anywhere(move["id"]) == place for move in located
        )

    @property
    def has_life(self) -> bool:
        """Whether it is an entity of x-lifecycle."""
        return self.name in self.contract.lifecycles

    @property
    def ended(self) -> tuple[str, ...]:
        """States in which nothing is left to be done."""
        return tuple(self.said.get("ended", ()))

    @property
    def absent(self) -> str | None:
        """The state of what does not exist yet, where clients give the ids themselves."""
        found: str | None = self.said.get("absent")
        return found

    @property
    def mark(self) -> str | None:
        """Where a request that makes one has room for a text that tells it from all others."""
        found: str | None = self.said.get("mark")
        return found


def kinds(contract: Contract) -> dict[str, Kind]:
    """Every kind of a vendor, by name."""
    cleanup: Mapping[str, Any] = contract.document.get("x-cleanup", {})
    return {
        name: Kind(contract, name, said, dict(_makers(contract, name, said)), _places(contract, name, said))
        for name, said in {**{name: {} for name in contract.lifecycles}, **cleanup}.items()
    }


def asked(contract: Contract, request: Request) -> Operation | None:
    """The operation that a request asks for; None for an address or a method that the spec does not have."""
    path = urlsplit(request.path).path.removeprefix(contract.base_path)
    fitting = [
        operation
        for operation in contract.operations.values()
        if operation.method == request.method and re.fullmatch(_template(operation.path), path)
    ]
    return min(fitting, key=lambda operation: operation.path.count("{"), default=None)


def named_at(contract: Contract, operation: Operation, request: Request, place: str) -> list[Any]:
    """The values that a request has at a place; nothing where its body cannot be read."""
    where, _, inner = place.partition("/")
    parts = urlsplit(request.path)
    if where == "path":
        found = re.fullmatch(_template(operation.path), parts.path.removeprefix(contract.base_path))
        return [unquote(found[inner])] if found else []
    if where == "query":
        return [value for name, value in parse_qsl(parts.query, keep_blank_values=True) if name == inner]
    try:
        body = json.loads(request.body or b"")
    except (ValueError, RecursionError):
        return []
    return pointer.every(body, f"/{inner}")


def _makers(contract: Contract, name: str, said: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    for operation, lifecycle in _moves(contract, name):
        if "creates" in lifecycle:
            yield operation.id, lifecycle["creates"]["id"]
    for operation_id, made in said.get("creates", {}).items():
        yield operation_id, made.get("id")


def _places(contract: Contract, name: str, said: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for operation, lifecycle in _moves(contract, name):
        if "from" in lifecycle:
            at = [anywhere(place) for place in (lifecycle["id"], *lifecycle.get("also", ()))]
            found.setdefault(operation.id, {}).update(dict.fromkeys(at))
    for operation_id, place in said.get("names", {}).items():
        found.setdefault(operation_id, {})[place] = None
    return {operation_id: tuple(places) for operation_id, places in found.items()}


def _moves(contract: Contract, name: str) -> Iterator[tuple[Operation, Mapping[str, Any]]]:
    for operation in contract.operations.values():
        for move in operation.moves:
            if move.lifecycle and move.lifecycle["entity"] == name:
                yield operation, move.lifecycle


def anywhere(place: str) -> str:
    """The place for every item of its lists."""
    return _INDEX.sub("/*", place)


def _template(path: str) -> re.Pattern[str]:
    parts: Iterable[str] = re.split(r"(\{[^}]*\})", path)
    return re.compile("".join(f"(?P<{p[1:-1]}>[^/]+)" if p.startswith("{") else re.escape(p) for p in parts))
