"""Which operation a request on the wire asks for, and the places in it that the contract names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.contract import Contract
from contract_tests.harness.spec.operation import Operation
from tests.contract_tests.saboteur import Asked

ABSENT = object()


@dataclass(frozen=True)
class Addresses:
    """The addresses of one vendor's operations."""

    contract: Contract

    @cached_property
    def _known(self) -> list[tuple[re.Pattern[str], Operation]]:
        ordered = sorted(self.contract.operations.values(), key=lambda operation: operation.path.count("{"))
        return [(_pattern(self.contract.base_path + operation.path), operation) for operation in ordered]

    def operation(self, asked: Asked) -> Operation | None:
        """The operation that the request reaches; literal paths come before templates."""
        for pattern, operation in self._known:
            if pattern.fullmatch(asked.path) and operation.method == asked.method:
                return operation
        return None


def read(contract: Contract, operation: Operation, asked: Asked, place: str) -> Any:
    """The value at a place such as path/id, query/limit or body/a/b; ABSENT where there is none."""
    where, _, name = place.partition("/")
    if where == "body":
        body = asked.json
        try:
            return pointer.find(body, f"/{name}") if name else body
        except pointer.Absent:
            return ABSENT
    if where == "query":
        return dict(parse_qsl(asked.query.decode("latin-1"), keep_blank_values=True)).get(name, ABSENT)
    if where == "header":
        return asked.headers.get(name.lower(), ABSENT)
    found = _pattern(contract.base_path + operation.path).fullmatch(asked.path)
    return unquote(found[name]) if found else ABSENT


def written(contract: Contract, operation: Operation, asked: Asked, place: str, value: Any) -> Asked:
    """The request with another value at a place, or with none there."""
    where, _, name = place.partition("/")
    if where == "body":
        return _in_body(asked, name, value)
    if where == "query":
        pairs = parse_qsl(asked.query.decode("latin-1"), keep_blank_values=True)
        kept = [pair for pair in pairs if pair[0] != name]
        added = [] if value is ABSENT else [(name, _plain(value))]
        return replace(asked, query=urlencode(kept + added).encode())
    if where == "header":
        headers = {key: said for key, said in asked.headers.items() if key != name.lower()}
        return replace(asked, headers=headers if value is ABSENT else {**headers, name.lower(): str(value)})
    names = {one: read(contract, operation, asked, f"path/{one}") for one in _names(operation)}
    return replace(asked, path=filled(contract, operation, {**names, name: value}))


def filled(contract: Contract, operation: Operation, values: Mapping[str, Any]) -> str:
    """The path of an operation with these values."""
    path = contract.base_path + operation.path
    for name, value in values.items():
        path = path.replace("{" + name + "}", quote(_plain(value), safe=""))
    return path


def _in_body(asked: Asked, name: str, value: Any) -> Asked:
    if not name:
        return asked.having(value)
    change = {"op": "remove" if value is ABSENT else "add", "path": f"/{name}", "value": value}
    if value is ABSENT:
        del change["value"]
    try:
        return asked.having(pointer.patched(asked.json, [change]))
    except (pointer.Absent, TypeError, ValueError):
        return asked


def _names(operation: Operation) -> list[str]:
    return re.findall(r"\{([^}]*)\}", operation.path)


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{([^}]*)\}", template)
    return re.compile(
        "".join(f"(?P<{part}>[^/]+)" if index % 2 else re.escape(part) for index, part in enumerate(parts))
    )


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
