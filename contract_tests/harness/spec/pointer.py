"""JSON pointers (RFC 6901) and the small part of JSON Patch (RFC 6902) that recipes use."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


class Absent(LookupError):
    """Nothing is at the pointer."""


def split(pointer: str) -> list[str]:
    """The unescaped tokens of a pointer; the empty pointer has none."""
    if not pointer:
        return []
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer[1:].split("/")]


def join(tokens: Iterable[object]) -> str:
    """The pointer of these tokens."""
    return "".join("/" + str(token).replace("~", "~0").replace("/", "~1") for token in tokens)


def find(document: Any, pointer: str) -> Any:
    """The value at the pointer; Absent if there is none."""
    value = document
    for token in split(pointer):
        value = _step(value, token, pointer)
    return value


def exists(document: Any, pointer: str) -> bool:
    """Whether anything is at the pointer, null included; a `*` in it stands for any item of an array."""
    return bool(every(document, pointer))


def every(document: Any, pointer: str) -> list[Any]:
    """Every value at a pointer in which `*` stands for any item of an array; none where nothing is."""
    values = [document]
    for token in split(pointer):
        values = [inner for value in values for inner in _inner(value, token)]
    return values


def holds(document: Any, where: Mapping[str, Any]) -> bool:
    """Whether every pointer finds the value beside it."""
    try:
        return all(same(find(document, pointer), value) for pointer, value in where.items())
    except Absent:
        return False


def same(one: Any, other: Any) -> bool:
    """Equality as JSON has it: true is not 1, and 1.0 is 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


SURPLUS = "ought not to be there"


def differences(expected: Any, actual: Any, ignore: Sequence[str] = ()) -> list[str]:
    """One line for each place where two JSON values differ, `ignore`d pointers and below apart."""
    return list(_compare(expected, actual, "", frozenset(ignore)))


def patched(document: Any, patch: Iterable[Mapping[str, Any]]) -> Any:
    """A copy with `add`, `remove` and `replace` applied; Absent where the patch does not fit."""
    result = copy.deepcopy(document)
    for change in patch:
        *path, last = split(change["path"])
        parent = find(result, join(path))
        if change["op"] == "remove":
            _remove(parent, last, change["path"])
        else:
            _set(parent, last, copy.deepcopy(change.get("value")), insert=change["op"] == "add")
    return result


def merged(document: Any, change: Any) -> Any:
    """The document with a merge patch (RFC 7386) applied."""
    if not isinstance(change, Mapping):
        return change
    result = dict(document) if isinstance(document, Mapping) else {}
    for key, value in change.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def _step(value: Any, token: str, pointer: str) -> Any:
    if isinstance(value, Mapping) and token in value:
        return value[token]
    if isinstance(value, list) and token.isdecimal() and int(token) < len(value):
        return value[int(token)]
    raise Absent(pointer)


def _inner(value: Any, name: str) -> list[Any]:
    if name == "*" and isinstance(value, list):
        return value
    try:
        return [_step(value, name, name)]
    except Absent:
        return []


def _remove(parent: Any, token: str, pointer: str) -> None:
    _step(parent, token, pointer)
    del parent[int(token) if isinstance(parent, list) else token]


def _set(parent: Any, key: str, value: Any, *, insert: bool) -> None:
    if isinstance(parent, dict):
        parent[key] = value
    elif key == "-":  # the end of the array, RFC 6901 section 4
        parent.append(value)
    elif insert:
        parent.insert(int(key), value)
    else:
        parent[int(key)] = value


def _compare(expected: Any, actual: Any, at: str, ignore: frozenset[str]) -> Iterable[str]:
    if at in ignore:
        return
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        for key in [*expected, *(key for key in actual if key not in expected)]:
            place = at + join([key])
            if place in ignore:
                continue
            if key not in actual:
                yield f"{place} is missing"
            elif key not in expected:
                yield f"{place} {SURPLUS}"
            else:
                yield from _compare(expected[key], actual[key], place, ignore)
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for index, (one, other) in enumerate(zip(expected, actual, strict=True)):
            yield from _compare(one, other, f"{at}/{index}", ignore)
    elif not same(expected, actual):
        yield f"{at or 'the body'} is {actual!r}, not {expected!r}"
