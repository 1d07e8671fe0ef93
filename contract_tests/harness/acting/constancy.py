"""What of an answer stays from one read to the next: everything but what the spec declares to vary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from contract_tests.harness.acting.agreement import agreement_of
from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.contract import Contract
from contract_tests.harness.spec.operation import Operation

_NOTHING = object()


def steady(contract: Contract, operation: Operation, body: Any) -> Any:
    """The body without what varies from read to read: `varies` of x-agreement, at the root and here."""
    everywhere = contract.document.get("x-agreement", {}).get("varies", ())
    for place in (*everywhere, *agreement_of(operation).get("varies", ())):
        body = _without(body, pointer.split(place))
    return body


def keyed(operation: Operation, body: Any) -> Any:
    """The body with a list's items by their ids: their order and number are another matter."""
    said = agreement_of(operation).get("list")
    if said is None:
        return body
    try:
        named = {str(pointer.find(item, said["id"])): item for item in pointer.find(body, said["items"])}
    except (pointer.Absent, TypeError):  # no such list: its schemas say so
        return body
    replaced = {"op": "replace", "path": said["items"], "value": named}
    return pointer.patched(body, [replaced]) if said["items"] else named


def changed(bodies: Sequence[Any], *, whole: bool = True) -> Iterator[str]:
    """One line for each place that is another in each body than in the one before.

    So a value that comes and goes is told, and one that somebody else has changed meanwhile is not. Without
    `whole` what one body has and another has not is no change: somebody else may have put it there.
    """
    pairs = [dict(_changes(one, other, "")) for one, other in pairwise(bodies)]
    for place, (one, other) in pairs[0].items():
        if all(place in pair for pair in pairs):
            if one is not _NOTHING and other is not _NOTHING:
                yield f"{place or 'the body'} is {one!r}, and then {other!r}"
            elif whole:
                yield f"{place} is in one answer, and not in the next"


def _changes(one: Any, other: Any, at: str) -> Iterator[tuple[str, tuple[Any, Any]]]:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for name in [*one, *(name for name in other if name not in one)]:
            place = at + pointer.join([name])
            yield from _changes(one.get(name, _NOTHING), other.get(name, _NOTHING), place)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from _changes(left, right, f"{at}/{index}")
    elif one is _NOTHING or other is _NOTHING or not pointer.same(one, other):
        yield at, (one, other)


def _without(value: Any, tokens: Sequence[str]) -> Any:
    """A copy in which nothing is at these tokens, `*` standing for any item of an array."""
    name, *rest = tokens
    if name == "*" and isinstance(value, list):
        return [_without(item, rest) for item in value] if rest else []
    if not isinstance(value, Mapping) or name not in value:
        return value
    if rest:
        return {**value, name: _without(value[name], rest)}
    return {key: inner for key, inner in value.items() if key != name}
