"""OpenAPI 3.0 schemas as compiled JSON Schema validators."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import jsonschema_rs

from mockserver.core.replies import JSON

# A body of a million wrong items would be reported a million times; nobody reads that far.
_MOST_VIOLATIONS = 1000
_ANNOTATIONS = frozenset(
    {"example", "description", "title", "discriminator", "xml", "externalDocs", "deprecated"}
)


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which a value breaks its schema: the path to the place, why in words, and the keyword."""

    path: tuple[str | int, ...]
    message: str
    keyword: str


class Validator:
    """One compiled schema of a spec."""

    __slots__ = ("_compiled", "is_valid")

    def __init__(self, schema: JSON, components: JSON) -> None:
        root = {"allOf": [as_json_schema(schema)], "components": components}
        self._compiled = jsonschema_rs.Draft4Validator(root, validate_formats=False, mask="the value")
        self.is_valid = self._compiled.is_valid

    def violations(self, value: JSON) -> list[Violation]:
        """Every way in which the value breaks the schema, up to a bound."""
        return list(islice(self._violations(value), _MOST_VIOLATIONS))

    def _violations(self, value: JSON) -> Iterator[Violation]:
        for error in self._compiled.iter_errors(value):
            path, keyword = tuple(error.instance_path), str(error.schema_path[-1])
            for name in _named(error):
                yield Violation((*path, name), error.message, keyword)
            if not _named(error):
                yield Violation(path, error.message, keyword)
            if error.instance is None:
                yield Violation(path, error.message, "null")


def _named(error: Any) -> Iterable[str]:
    """Properties that the error is about although they are missing or should not be there."""
    kind = error.kind
    if isinstance(kind, jsonschema_rs.ValidationErrorKind.Required):
        return [kind.property]
    if isinstance(kind, jsonschema_rs.ValidationErrorKind.AdditionalProperties):
        return list(kind.unexpected)
    return []


def as_json_schema(schema: JSON) -> JSON:
    """An OpenAPI 3.0 schema object in JSON Schema draft 4: `nullable` becomes a type."""
    if isinstance(schema, list):
        return [as_json_schema(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}
    plain = {
        key: _mapped(key, value)
        for key, value in schema.items()
        if key not in _ANNOTATIONS and key != "nullable" and not key.startswith("x-")
    }
    return _nullable(plain) if schema.get("nullable") else plain


def _mapped(key: str, value: JSON) -> JSON:
    if key in ("enum", "default", "required"):
        return value
    if key == "properties":
        return {name: as_json_schema(sub) for name, sub in value.items()}
    return as_json_schema(value)


def _nullable(schema: JSON) -> JSON:
    if set(schema) & {"allOf", "anyOf", "oneOf", "not"} or "type" not in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    plain = {**schema, "type": [schema["type"], "null"]}
    if "enum" in plain and None not in plain["enum"]:
        plain["enum"] = [*plain["enum"], None]
    return plain


def json_schema_components(document: JSON) -> JSON:
    """The `components.schemas` of a spec, ready to stand beside any schema that refers to them."""
    schemas = document.get("components", {}).get("schemas", {})
    return {"schemas": {name: as_json_schema(schema) for name, schema in schemas.items()}}
