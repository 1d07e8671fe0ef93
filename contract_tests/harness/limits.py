"""Values that an operation's schemas only just allow: the largest, the emptiest, foreign ones, and none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from contract_tests.harness import pointer
from contract_tests.harness.contract import Contract, covers
from contract_tests.harness.exchange import base_draft
from contract_tests.harness.operation import ListedError, Operation
from contract_tests.harness.responses import Responses
from contract_tests.harness.validity import meets_valid_data

LETTERS = ("a", "ñ")  # a limit that counts bytes shows with the second
LONGEST = 10_000  # characters; longer limits say no more about whether they are kept
FOREIGN = "Çãñ Ж 日本 😀"  # letters of two, three and four bytes in UTF-8
LEFT_OUT: Final = object()


@dataclass(frozen=True)
class Limit:
    """A value at a limit: where it goes, which place of the spec sets it, and what it is.

    LEFT_OUT for a property that the base request has and need not have.
    """

    place: str
    """As `refuses` has it: body/cause, query/limit."""
    at: str
    name: str
    value: Any

    @property
    def change(self) -> dict[str, Any]:
        """What it does to a request, as JSON Patch has it."""
        if self.value is LEFT_OUT:
            return {"op": "remove", "path": f"/{self.place}"}
        return {"op": "add", "path": f"/{self.place}", "value": self.value}

    def parts(self, operation: Operation) -> dict[str, Any]:
        """The base request with this value."""
        patched: dict[str, Any] = pointer.patched(base_draft(operation).parts, [self.change])
        return patched

    def may_meet(self, responses: Responses, operation: Operation, listed: ListedError) -> bool:
        """Whether a refusal can meet the base request with this value.

        It is about something else that no schema says; or, where a value is left out, about that as well.
        Nor does a schema tell a credential from any other text.
        """
        refuses = (*listed.refuses, *listed.error.refuses)
        about_it = covers(refuses, self.place)
        if about_it and "credential" in refuses:
            return True
        excusable = self.value is LEFT_OUT or not about_it
        return excusable and meets_valid_data(responses, operation, listed)


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
    demanded = _flat(contract, at).get("required", [])
    for name, here in _properties(contract, at).items():
        inner = f"{place}/{name}"
        schema = _flat(contract, here)
        for said, extreme in (*_values(schema), *_of_json(schema)):
            yield Limit(inner, here, said, extreme)
        if name in value and name not in demanded:
            yield Limit(inner, here, "left out", LEFT_OUT)
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


def _of_json(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What only a body can say: no value, an empty list, either truth, and letters of the whole world."""
    if schema.get("nullable"):
        yield "null", None
    if schema.get("type") == "array" and not schema.get("minItems"):
        yield "no items", []
    elif schema.get("type") == "boolean":
        yield from (("true", True), ("false", False))
    elif _is_free_text(schema) and schema.get("maxLength", LONGEST) >= len(FOREIGN):
        yield "foreign letters", FOREIGN


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


def _is_free_text(schema: Mapping[str, Any]) -> bool:
    return schema.get("type") == "string" and not {"format", "enum", "pattern"} & schema.keys()
