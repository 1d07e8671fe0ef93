"""Deviations in what a success says: its fields, their types, and what holds them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contract_tests.harness.judging.body import schema_place
from contract_tests.harness.spec import pointer
from tests.contract_tests.deviations.deviation import Change, Deviation, after_success, at
from tests.contract_tests.deviations.survey import Seen, Survey
from tests.contract_tests.saboteur import Told

Swap = Callable[[Any], Any]
NOT_A_TIME = "31/12/2024 10:00"


@dataclass(frozen=True)
class Place:
    """A place in an answer, `*` for every item of a list, with a value that was there and its schema."""

    pointer: str
    value: Any
    schema: Mapping[str, Any]


def places(survey: Survey, seen: Seen) -> list[Place]:
    """Every place in a success, each list's items as one."""
    at_status = survey.subject.responses.place(seen.operation, seen.told.status)
    if at_status is None or not seen.told.is_json:
        return []
    content = survey.contract.at(at_status).get("content", {})
    if not content:
        return []
    at_content = pointer.join(["content", next(iter(content)), "schema"])
    root = survey.contract.canonical(at_status) + at_content
    found: dict[str, Place] = {}
    for path, value in _walk(seen.told.json, ()):
        name = pointer.join("*" if isinstance(token, int) else token for token in path)
        schema = survey.contract.at(schema_place(survey.contract, root, path))
        if name and (name not in found or found[name].value in (None, [])):
            found[name] = Place(name, value, schema)
    return list(found.values())


def of_answers(survey: Survey) -> Iterator[Deviation]:
    """Every deviation of this family that the double's successes allow."""
    for seen in {one.operation: one for one in reversed(survey.successes)}.values():
        known = places(survey, seen)
        for place in known:
            for kind, swap in _swaps(place):
                yield _planted(survey, seen, kind, place.pointer, swapped(place.pointer, swap))
            if not place.pointer.endswith("*"):
                yield _planted(survey, seen, "lost field", place.pointer, lost(place.pointer))
                yield _planted(survey, seen, "renamed field", place.pointer, renamed(place.pointer))
            if isinstance(place.value, Mapping) and place.schema.get("additionalProperties") is False:
                change = swapped(place.pointer, lambda value: {**(value or {}), "internalRef": 7})
                yield _planted(survey, seen, "undocumented field", place.pointer, change)
        for place in known:
            last = place.pointer.rpartition("/*/")
            if last[1] and len(pointer.every(seen.told.json, place.pointer)) > 1 and "*" not in last[2]:
                yield _planted(
                    survey, seen, "field lost in one item", place.pointer, lost_in_last(place.pointer)
                )


def _planted(survey: Survey, seen: Seen, kind: str, detail: str, change: Change) -> Deviation:
    fault = at(survey.addresses, seen.operation, after_success(survey.contract, change))
    return Deviation(kind, survey.contract.vendor, seen.operation.id, detail, lambda: fault)


def _swaps(place: Place) -> Iterator[tuple[str, Swap]]:
    """What may stand in the place of a value that its schema does not allow."""
    value, schema = place.value, place.schema
    if isinstance(value, bool):
        yield "wrong type", lambda value: "true" if value else "false"
    elif isinstance(value, int | float):
        yield "number as text", str
        yield "wrong type", lambda value: [value]
    elif isinstance(value, str):
        yield "wrong type", lambda value: 7
        if "enum" in schema:
            yield "wrong enum value", lambda value: "SOMETHING_NEW"
        if {"format", "pattern"} & schema.keys():
            yield "wrong format", lambda value: NOT_A_TIME
    elif isinstance(value, Mapping):
        yield "list instead of object", lambda value: [value]
    elif isinstance(value, list):
        yield "object instead of list", lambda value: {"items": value}
        if value:
            yield "empty list", lambda value: []
    if value is not None and not schema.get("nullable") and not schema.get("x-nullable"):
        yield "null instead of value", lambda value: None


def swapped(name: str, swap: Swap) -> Change:
    """Another value at every place of this name."""
    return _edited(name, lambda parent, key: parent.__setitem__(key, swap(parent[key])))


def lost(name: str) -> Change:
    """Nothing at any place of this name."""
    return _edited(name, lambda parent, key: parent.__delitem__(key))


def lost_in_last(name: str) -> Change:
    """Nothing at the last place of this name."""
    return _edited(name, lambda parent, key: parent.__delitem__(key), last_only=True)


def renamed(name: str) -> Change:
    """What was here goes by another name."""
    return _edited(name, lambda parent, key: parent.__setitem__(f"{key}_", parent.pop(key)))


def _edited(name: str, edit: Callable[[Any, Any], None], *, last_only: bool = False) -> Change:
    def change(told: Told) -> Told:
        body = told.json
        found = list(_parents(body, pointer.split(name)))
        for parent, key in found[-1:] if last_only else found:
            edit(parent, key)
        return told.having(body)

    return change


def _parents(value: Any, tokens: list[str]) -> Iterator[tuple[Any, Any]]:
    """Whoever holds the places of a name, each with the key that it holds it by."""
    first, *rest = tokens
    keys: list[Any] = []
    if first == "*" and isinstance(value, list):
        keys = list(range(len(value)))
    elif isinstance(value, dict) and first in value:
        keys = [first]
    for key in keys:
        if rest:
            yield from _parents(value[key], rest)
        else:
            yield value, key


def _walk(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    yield path, value
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _walk(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _walk(inner, (*path, index))
