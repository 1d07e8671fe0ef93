"""Values that an operation's schemas only just allow: the largest, the emptiest, foreign ones, and none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from contract_tests.harness.judging.responses import Responses
from contract_tests.harness.judging.validity import meets_valid_data
from contract_tests.harness.network.exchange import base_draft
from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.contract import Contract, covers
from contract_tests.harness.spec.operation import ListedError, Operation, Parameter

LETTERS = ("a", "ñ", "😀")  # limits that count bytes, or units of UTF-16, show with the last two
LONGEST = 10_000  # characters; longer limits say no more about whether they are kept
FOREIGN = "Çãñ Ж 日本 😀"  # letters of two, three and four bytes in UTF-8
LEFT_OUT: Final = object()
STRANGE = "notInTheContract"  # the name of a property that no schema knows
UNKNOWN = "unknown property"
_BOUNDS = (("minimum", "exclusiveMinimum", 1), ("maximum", "exclusiveMaximum", -1))  # and a step inwards


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
    def is_unknown(self) -> bool:
        """Whether it is a property beside those that the schema names."""
        return self.name == UNKNOWN

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
        yield from _unknown(contract, _body(contract, operation), base.body, "body")


def trespasses(contract: Contract, operation: Operation) -> Iterator[Limit]:
    """Values just beyond each of those limits, and of another type: each breaks the contract by itself."""
    for parameter in operation.parameters:
        if parameter.place == "query":
            at = operation.pointer + "/parameters"
            for name, value in (*_beyond(parameter.schema), *_hardly_read(parameter)):
                yield Limit(f"query/{parameter.name}", at, name, value)
    base = base_draft(operation)
    if base.has_body and operation.media_types:
        yield from _inside_out(contract, _body(contract, operation), base.body, "body")
        yield from _unknown(contract, _body(contract, operation), base.body, "body")


def required_properties(contract: Contract, operation: Operation) -> list[str]:
    """The properties that the body must have, as far as the base request has them."""
    base = base_draft(operation)
    if not isinstance(base.body, Mapping):
        return []
    demanded = _flat(contract, _body(contract, operation)).get("required", [])
    return [name for name in demanded if name in base.body]


def schema_at(contract: Contract, operation: Operation, place: str) -> dict[str, Any]:
    """The schema of a place of the body, such as body/a/0/b, as one; KeyError if the spec has none."""
    here = _body(contract, operation)
    for name in place.split("/")[1:]:
        inside = {} if name.isdecimal() else _properties(contract, here)
        here = contract.canonical(here) + "/items" if name.isdecimal() else inside[name]
    return _flat(contract, here)


def _body(contract: Contract, operation: Operation) -> str:
    media_type = pointer.join(["content", operation.media_types[0], "schema"])
    return contract.canonical(f"{operation.pointer}/requestBody") + media_type


def _inside(contract: Contract, at: str, value: Any, place: str) -> Iterator[Limit]:
    """Limits of an object's properties, and of what the base request has below them."""
    if isinstance(value, list):
        yield from (
            one
            for item, first in _first(contract, at, value)
            for one in _inside(contract, item, first, f"{place}/0")
        )
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


def _inside_out(contract: Contract, at: str, value: Any, place: str) -> Iterator[Limit]:
    """What an object's properties, and those of the objects in it, must not be."""
    if isinstance(value, list):
        yield from (
            one
            for item, first in _first(contract, at, value)
            for one in _inside_out(contract, item, first, f"{place}/0")
        )
    if not isinstance(value, Mapping):
        return
    for name, here in _properties(contract, at).items():
        inner = f"{place}/{name}"
        schema = _flat(contract, here)
        for said, beyond in (*_beyond(schema), *_of_another_type(schema)):
            yield Limit(inner, here, said, beyond)
        if name in value:
            yield from _inside_out(contract, here, value[name], inner)


def _unknown(contract: Contract, at: str, value: Any, place: str) -> Iterator[Limit]:
    """One property more in each object of a body; its schema decides on which side of the limit that is."""
    here = contract.canonical(at)
    if isinstance(value, list) and value and "items" in contract.at(here):
        yield from _unknown(contract, f"{here}/items", value[0], f"{place}/0")
    elif isinstance(value, Mapping):
        yield Limit(f"{place}/{STRANGE}", here, UNKNOWN, "duble")
        for name, inner in _properties(contract, at).items():
            if name in value:
                yield from _unknown(contract, inner, value[name], f"{place}/{name}")


def _first(contract: Contract, at: str, items: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    """The schema of an array's items, and the first of them."""
    here = contract.canonical(at)
    if items and "items" in contract.at(here):
        yield contract.canonical(f"{here}/items"), items[0]


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
        for keyword, exclusive, inwards in _BOUNDS:
            if keyword in schema:
                yield keyword, schema[keyword] + (inwards if schema.get(exclusive) else 0)


def _beyond(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Values of the right type that the schema's keywords exclude; empty ones may count as not sent."""
    if "enum" in schema:
        yield from _outside(schema["enum"])
        return
    kind = schema.get("type")
    if kind == "string":
        if schema.get("maxLength", LONGEST) < LONGEST:
            yield "maxLength + 1", "a" * (schema["maxLength"] + 1)
        if schema.get("minLength", 0) > 1:
            yield "minLength - 1", "a" * (schema["minLength"] - 1)
    elif kind in ("integer", "number"):
        for keyword, exclusive, inwards in _BOUNDS:
            if keyword in schema:
                yield f"beyond its {keyword}", schema[keyword] - (0 if schema.get(exclusive) else inwards)
        yield f"no {kind}", "duble"
        if kind == "integer":
            yield "a fraction", _some_number(schema) + 0.5


def _hardly_read(parameter: Parameter) -> Iterator[tuple[str, Any]]:
    """Values of a query that a careless reader takes: as far as it understands them, or for none."""
    schema = parameter.schema
    if schema.get("type") in ("integer", "number") and "enum" not in schema:
        yield "a number and letters", f"{_some_number(schema)}duble"
    if schema.get("type") != "array" and not parameter.definition.get("allowEmptyValue"):
        yield "empty", ""  # of a list it may mean that there is nothing in it


def _some_number(schema: Mapping[str, Any]) -> Any:
    """A number that is good as far as its bounds go."""
    return max(1, schema.get("minimum", 1)) if schema.get("maximum", 1) >= 1 else schema["maximum"]


def _outside(known: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    """A value of the same type that an enumeration does not hold."""
    if all(isinstance(value, str) for value in known):
        yield "outside the enum", "duble"
    elif all(isinstance(value, int) and not isinstance(value, bool) for value in known):
        yield "outside the enum", max(known) + 1


def _of_another_type(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What only a body can say: an object for a text, a text for a list, and the like."""
    wrong = {"string": {}, "boolean": "duble", "array": "duble", "object": "duble"}
    alike = {"string": 7, "boolean": "true", "integer": "7", "number": "7"}
    kind = schema.get("type")
    if kind in wrong:
        yield f"no {kind}", wrong[kind]
    if kind in alike and "enum" not in schema:
        yield "a number instead" if kind == "string" else "a text instead", alike[kind]
    if schema.get("type") and not schema.get("nullable") and None not in schema.get("enum", ()):
        yield "null", None


def _is_free_text(schema: Mapping[str, Any]) -> bool:
    return schema.get("type") == "string" and not {"format", "enum", "pattern"} & schema.keys()
