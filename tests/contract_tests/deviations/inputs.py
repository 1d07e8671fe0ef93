"""Deviations in what is taken: invalid requests accepted."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from contract_tests.harness.network.exchange import base_draft
from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.operation import Operation
from tests.contract_tests.deviations.address import ABSENT, read, written
from tests.contract_tests.deviations.deviation import Deviation, at, is_refusal, succeeded
from tests.contract_tests.deviations.survey import Parts, Survey
from tests.contract_tests.saboteur import Ask, Asked, Fault, Told

LONGEST = 10_000
Breaks = Callable[[Any], bool]


@dataclass(frozen=True)
class Field:
    """A query parameter or a body property, with its schema and its value in the base request."""

    place: str
    schema: Mapping[str, Any]
    value: Any
    required: bool


def fields(survey: Survey, operation: Operation) -> Iterator[Field]:
    """Everything that a client may write into the query and the body, as deep as the base request goes."""
    base = base_draft(operation).parts
    for parameter in operation.parameters:
        if parameter.place == "query":
            value = base["query"].get(parameter.name, ABSENT)
            yield Field(f"query/{parameter.name}", parameter.schema, value, parameter.required)
    if operation.media_types and "body" in base:
        media_type = pointer.join(["content", operation.media_types[0], "schema"])
        root = survey.contract.canonical(f"{operation.pointer}/requestBody") + media_type
        yield from _inside(survey, root, base["body"], "body")


def _inside(survey: Survey, at_schema: str, value: Any, place: str) -> Iterator[Field]:
    if not isinstance(value, Mapping):
        return
    properties, required = _described(survey, at_schema)
    for name, here in properties.items():
        inner = value.get(name, ABSENT)
        schema = survey.contract.at(survey.contract.canonical(here))
        yield Field(f"{place}/{name}", schema, inner, name in required)
        yield from _inside(survey, here, inner, f"{place}/{name}")


def _described(survey: Survey, at_schema: str) -> tuple[dict[str, str], set[str]]:
    here = survey.contract.canonical(at_schema)
    schema = survey.contract.at(here)
    found = {name: here + pointer.join(["properties", name]) for name in schema.get("properties", {})}
    required = set(schema.get("required", ()))
    for index in range(len(schema.get("allOf", ()))):
        inner, demanded = _described(survey, f"{here}/allOf/{index}")
        found, required = {**inner, **found}, required | demanded
    return found, required


# ---------------------------------------------------------------- invalid, and accepted


def of_invalid_input(survey: Survey) -> Iterator[Deviation]:
    """Each constraint that the double keeps, kept no longer; each recipe that is refused, taken."""
    for operation in working(survey):
        for field in fields(survey, operation):
            for keyword, bad, breaks in violations(field):
                if not survey.accepts(operation, with_value(operation, field.place, bad)):
                    fault = _taken(survey, operation, field, breaks)
                    yield planted(
                        survey, operation, "invalid input accepted", f"{field.place} {keyword}", fault
                    )
        yield from _taken_bodies(survey, operation)
    for one in survey.refusals:
        in_body = all(change["path"].startswith("/body") for change in one.recipe.get("patch", ()))
        kept = one.recipe.keys() <= {"patch", "vars"} and "body" in base_draft(one.operation).parts
        if in_body and kept and survey.seen(one.operation):
            fault = _forgiven(survey, one.operation, one.error)
            yield planted(survey, one.operation, "refusal forgotten", one.error.id, fault)


def violations(field: Field) -> Iterator[tuple[str, Any, Breaks]]:
    """A value that breaks one keyword of the field's schema, and how to tell such values."""
    if field.required and field.value is not ABSENT:
        yield "required", ABSENT, lambda value: value is ABSENT
    yield from _of_type(field)
    yield from _of_text(field.schema)
    yield from _of_number(field.schema)


def _of_type(field: Field) -> Iterator[tuple[str, Any, Breaks]]:
    schema, kind = field.schema, field.schema.get("type")
    in_body = field.place.startswith("body/")
    if kind in _TYPES and (in_body or kind != "string"):
        yield "type", _WRONG[kind], lambda value: _is_present(value) and not _is_of(kind, value)
    if in_body and kind and not schema.get("nullable"):
        yield "null", None, lambda value: value is None
    if "enum" in schema:
        legal = list(map(str, schema["enum"]))
        yield "enum", _beyond(schema["enum"]), lambda value: _is_present(value) and str(value) not in legal
    item = schema["items"].get("type") if in_body and kind == "array" and "items" in schema else None
    if item in _WRONG:
        wrong = [_WRONG[item]]
        yield "items", wrong, lambda value: isinstance(value, list) and not _are_of(item, value)


def _of_text(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any, Breaks]]:
    longest, shortest = schema.get("maxLength", LONGEST), schema.get("minLength", 0)
    if longest < LONGEST:
        yield "maxLength", "a" * (longest + 1), lambda value: isinstance(value, str) and len(value) > longest
    if shortest:
        short = "a" * (shortest - 1)
        yield "minLength", short, lambda value: isinstance(value, str) and len(value) < shortest
    if "pattern" in schema:
        pattern = schema["pattern"]
        yield "pattern", "%%%", lambda value: isinstance(value, str) and not re.search(pattern, value)
    if schema.get("format") in ("date", "date-time"):
        yield "format", "31/12/2024", lambda value: isinstance(value, str) and not _is_date(value)


def _of_number(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any, Breaks]]:
    for keyword, step in (("minimum", -1), ("maximum", 1)):
        if keyword in schema and schema.get("type") in ("integer", "number"):
            bound = schema[keyword]
            yield keyword, bound + step, partial(_beyond_bound, bound=bound, step=step)


_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}
_WRONG: dict[str, Any] = {
    "string": 12345,
    "integer": "abc",
    "number": "abc",
    "boolean": "perhaps",
    "array": "abc",
    "object": "abc",
}


def _is_present(value: Any) -> bool:
    return value is not ABSENT and value is not None


def _is_of(kind: str, value: Any) -> bool:
    """Whether a value is of a type; texts of a query are read first."""
    if isinstance(value, str) and kind in ("integer", "number"):
        return re.fullmatch(r"-?\d+", value) is not None
    if isinstance(value, str) and kind == "boolean":
        return value.lower() in ("true", "false")
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, _TYPES[kind])


def _are_of(kind: str, values: list[Any]) -> bool:
    return all(_is_of(kind, value) for value in values)


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value[:10])
    except ValueError:
        return False
    return True


def _beyond(legal: list[Any]) -> Any:
    return max(legal) + 1000 if all(isinstance(value, int) for value in legal) else "NO_SUCH_VALUE"


def _beyond_bound(value: Any, bound: float, step: int) -> bool:
    try:
        return (float(value) - bound) * step > 0
    except (TypeError, ValueError):
        return False


def _taken(survey: Survey, operation: Operation, field: Field, breaks: Breaks) -> Fault:
    """Reads a value that breaks the contract as the one of the base request."""

    async def taken(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        value = read(survey.contract, operation, asked, field.place)
        if succeeded(survey.contract, told) or not breaks(value):
            return told
        return await ask(written(survey.contract, operation, asked, field.place, field.value))

    return taken


def _taken_bodies(survey: Survey, operation: Operation) -> Iterator[Deviation]:
    """Bodies that are none, read as the base request's."""
    base = base_draft(operation).parts
    if not operation.media_types or "body" not in base:
        return
    tells: dict[str, Callable[[Asked], bool]] = {
        "malformed JSON": lambda asked: bool(asked.body) and asked.json is None,
        "empty body": lambda asked: not asked.body,
        "list for a body": lambda asked: isinstance(asked.json, list),
        "oversize": lambda asked: len(asked.body) > 1_000_000,
    }
    if survey.contract.refusal_at(operation, "size") is None:
        del tells["oversize"]
    for name, tell in tells.items():
        fault = _retold(survey, tell, lambda asked: asked.having(base["body"]))
        yield planted(survey, operation, "invalid body accepted", name, fault)
    fault = _retold(
        survey,
        lambda asked: asked.headers.get("content-type", "") != "application/json",
        lambda asked: written(survey.contract, operation, asked, "header/content-type", "application/json"),
    )
    if not survey.contract.root_error("media-type"):
        return
    yield planted(survey, operation, "invalid body accepted", "wrong content type", fault)


def _retold(survey: Survey, tell: Callable[[Asked], bool], change: Callable[[Asked], Asked]) -> Fault:
    async def retold(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        if succeeded(survey.contract, told) or not tell(asked):
            return told
        return await ask(change(asked))

    return retold


def _forgiven(survey: Survey, operation: Operation, error: Any) -> Fault:
    """Answers one refusal of the operation with the success of its base request's body."""
    base = base_draft(operation).parts

    async def forgiven(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        if not is_refusal(survey.contract, told, error) or asked.json is None:
            return told
        return await ask(asked.having(base["body"]))

    return forgiven


def working(survey: Survey) -> Iterator[Operation]:
    """The operations of which a success is known."""
    for operation in survey.contract.operations.values():
        if survey.seen(operation) is not None:
            yield operation


def with_value(operation: Operation, place: str, value: Any) -> Parts:
    """The base request with another value at a place."""
    parts = json.loads(json.dumps(base_draft(operation).parts))
    change = {"op": "add", "path": f"/{place}", "value": value}
    if value is ABSENT:
        change = {"op": "remove", "path": f"/{place}"}
    try:
        return pointer.patched(parts, [change])  # type: ignore[no-any-return]  # parts stay a mapping
    except pointer.Absent:
        return parts  # type: ignore[no-any-return]  # the same


def planted(survey: Survey, operation: Operation, kind: str, detail: str, fault: Fault) -> Deviation:
    """The deviation that has the fault at this operation alone."""
    there = at(survey.addresses, operation, fault)
    return Deviation(kind, survey.contract.vendor, operation.id, detail, lambda: there)
