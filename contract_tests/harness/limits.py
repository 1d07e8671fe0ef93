"""The limits of an operation's schemas, each tried from inside: the largest legal value is legal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contract_tests.harness import pointer
from contract_tests.harness.contract import Contract
from contract_tests.harness.exchange import base_draft
from contract_tests.harness.operation import Operation

LETTERS = ("a", "ñ")  # a limit that counts bytes shows with the second
LONGEST = 10_000  # characters; longer limits say no more about whether they are kept


@dataclass(frozen=True)
class Limit:
    """A value at a limit: where it goes, which place of the spec sets it, and what it is."""

    place: str
    """As `refuses` has it: body/cause, query/limit."""
    at: str
    name: str
    value: Any

    def parts(self, operation: Operation) -> dict[str, Any]:
        """The base request with this value."""
        parts = base_draft(operation).parts
        patched: dict[str, Any] = pointer.patched(
            parts, [{"op": "add", "path": f"/{self.place}", "value": self.value}]
        )
        return patched


def limits(contract: Contract, operation: Operation) -> Iterator[Limit]:
    """Every limit of the query and of the body's properties that the base request can reach."""
    for parameter in operation.parameters:
        if parameter.place == "query":
            for name, value in _values(parameter.schema):
                at = operation.pointer + "/parameters"
                yield Limit(f"query/{parameter.name}", at, name, value)
    base = base_draft(operation)
    if base.has_body and operation.media_types:
        yield from _inside(contract, _body(contract, operation), base.body, "body")


def required_properties(contract: Contract, operation: Operation) -> list[str]:
    """The properties that the body must have, as far as the base request has them."""
    base = base_draft(operation)
    if not isinstance(base.body, Mapping):
        return []
    demanded = _flat(contract, _body(contract, operation)).get("required", [])
    return [name for name in demanded if name in base.body]


def _body(contract: Contract, operation: Operation) -> str:
    media_type = pointer.join(["content", operation.media_types[0], "schema"])
    return contract.canonical(f"{operation.pointer}/requestBody") + media_type


def _inside(contract: Contract, at: str, value: Any, place: str) -> Iterator[Limit]:
    """Limits of an object's properties, and of what the base request has below them."""
    if not isinstance(value, Mapping):
        return
    for name, here in _properties(contract, at).items():
        inner = f"{place}/{name}"
        for said, extreme in _values(_flat(contract, here)):
            yield Limit(inner, here, said, extreme)
        if name in value:
            yield from _inside(contract, here, value[name], inner)


def _properties(contract: Contract, at: str) -> dict[str, str]:
    here = contract.canonical(at)
    schema = contract.at(here)
    found = {name: here + pointer.join(["properties", name]) for name in schema.get("properties", {})}
    for index in range(len(schema.get("allOf", ()))):
        found |= _properties(contract, f"{here}/allOf/{index}")
    return found


def _flat(contract: Contract, at: str) -> dict[str, Any]:
    here = contract.canonical(at)
    schema = dict(contract.at(here))
    for index in range(len(schema.get("allOf", ()))):
        schema = {**_flat(contract, f"{here}/allOf/{index}"), **schema}
    return schema


def _values(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    if "enum" in schema:
        yield from ((f"enum {value}", value) for value in schema["enum"])
    elif schema.get("type") == "string" and not {"format", "enum"} & schema.keys():
        if schema.get("maxLength", LONGEST + 1) <= LONGEST:
            for letter in LETTERS:
                yield f"maxLength {letter}", letter * schema["maxLength"]
    elif schema.get("type") in ("integer", "number"):
        for keyword, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
            if keyword in schema and not schema.get(exclusive):
                yield keyword, schema[keyword]
