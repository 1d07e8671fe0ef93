"""Which of a schema's alternatives an answer was meant to be, and what is wrong with it as that one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import jsonschema_rs

from contract_tests.harness.spec.contract import Contract


def nearest(contract: Contract, at: str, value: Any) -> list[jsonschema_rs.ValidationError]:
    """The errors of a value as the alternative below `at` (a oneOf or anyOf) that it resembles most.

    Nothing where it resembles none: then all that can be said is that it is none of them.
    """
    if not at or not isinstance(value, Mapping):
        return []
    likeness = [_likeness(contract, f"{at}/{index}", value) for index in range(len(contract.at(at)))]
    best = max(range(len(likeness)), key=likeness.__getitem__)
    if likeness[best][1] == 0:
        return []
    schema = {"$ref": f"#{quote(at)}/{best}", **_plain(dict(contract.document))}
    return list(jsonschema_rs.Draft4Validator(schema).iter_errors(value))


def _likeness(contract: Contract, at: str, value: Mapping[str, Any]) -> tuple[int, int]:
    """How many of a value's names an alternative has, less those that it demands and misses; and how many."""
    schema = contract.at(contract.canonical(at))
    shared = sum(name in schema.get("properties", {}) for name in value)
    return shared - sum(name not in value for name in schema.get("required", ())), shared


def _plain(schema: Any) -> Any:
    """A schema of OpenAPI 3.0 as JSON Schema: what is nullable may be null."""
    if isinstance(schema, list):
        return [_plain(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    plain = {key: _plain(inner) for key, inner in schema.items() if key != "nullable"}
    return {"anyOf": [plain, {"type": "null"}]} if schema.get("nullable") is True else plain
