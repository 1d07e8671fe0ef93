"""What one answer must repeat of another exchange: `x-agreement`, and the words it is written in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from contract_tests.harness.judging.finding import Difference
from contract_tests.harness.network.exchange import Answer
from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.operation import Operation

PART = "agreement"
_PLACE = re.compile(r"\{((?:path|query|headers|body|answer|item|kept)(?:/[^{}]*)?)\}")


@dataclass(frozen=True)
class Exchange:
    """A request in draft parts (see Draft.parts) and its answer, None as long as there is none."""

    parts: Mapping[str, Any]
    answer: Answer | None = None
    item: Any = None
    """One of the answer's items."""
    kept: Mapping[str, Any] = field(default_factory=dict)
    """What was found out afterwards, by name."""

    def value(self, place: str) -> Any:
        """The value at a place such as path/id, body/a/b, answer/data/id, item/id or kept/name.

        A `*` in it makes a list of every value there; pointer.Absent if there is nothing.
        """
        where, _, rest = place.partition("/")
        inside = f"/{rest}" if rest else ""
        holder = self._holder(where, place)
        if "*" not in rest.split("/"):
            return pointer.find(holder, inside)
        found = pointer.every(holder, inside)
        if not found:
            raise pointer.Absent(place)
        return found

    def _holder(self, where: str, place: str) -> Any:
        if where == "answer":
            if self.answer is None or not self.answer.is_json:
                raise pointer.Absent(place)
            return self.answer.json
        return {"item": self.item, "kept": self.kept}.get(where, self.parts.get(where, {}))

    def filled(self, template: Any) -> Any:
        """The template with each `{place}` replaced; a text that is nothing but a place keeps its type."""
        if isinstance(template, str):
            whole = _PLACE.fullmatch(template)
            if whole:
                return self.value(whole[1])
            return _PLACE.sub(lambda found: str(self.value(found[1])), template)
        if isinstance(template, Mapping):
            return {key: self.filled(value) for key, value in template.items()}
        if isinstance(template, list):
            return [self.filled(value) for value in template]
        return template


def agreement_of(operation: Operation) -> Mapping[str, Any]:
    """What the spec says of an operation's answers; empty where it says nothing."""
    said: Mapping[str, Any] = operation.definition.get("x-agreement", {})
    return said


def contradiction(operation: Operation, kind: str, said: str, got: str, at: str) -> Difference:
    """A difference from what x-agreement says at `at`, such as reads/0 or list/order."""
    said = said if said.startswith(operation.id) else f"{operation.id}: {said}"
    return Difference(kind=kind, said=said, got=got, at=f"{operation.pointer}/x-agreement/{at}", of="body")


def disagreements(shows: Mapping[str, Any], exchange: Exchange, shown: Any) -> Iterator[str]:
    """One line for each pointer into `shown` that holds another value than its template asks for.

    What the exchange did not say is asked of nobody. A `*` in a pointer makes a list of what it finds.
    """
    for at, template in shows.items():
        try:
            expected = exchange.filled(template)
        except pointer.Absent:
            continue
        found = pointer.every(shown, at)
        if "*" in pointer.split(at):
            if not alike(expected, found):
                yield f"{at} is {found!r}, not {expected!r}"
        elif not found:
            yield f"{at} is missing, not {expected!r}"
        elif not alike(expected, found[0]):
            yield f"{at} is {found[0]!r}, not {expected!r}"


def within(shows: Mapping[str, Any], shown: Any) -> dict[str, Any]:
    """What is said of items that a server need not have: `shows` without pointers behind a list's end."""
    return {at: template for at, template in shows.items() if not _is_behind(at, shown)}


def _is_behind(at: str, shown: Any) -> bool:
    tokens = pointer.split(at)
    for depth, token in enumerate(tokens):
        holder = pointer.every(shown, pointer.join(tokens[:depth]))
        is_place = holder and isinstance(holder[0], list) and token.isdecimal()
        if is_place and int(token) >= len(holder[0]):
            return True
    return False


def alike(one: Any, other: Any) -> bool:
    """Equality as JSON has it, but an id in a path or a query is a text, whatever it is in a body."""
    if pointer.same(one, other):
        return True
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return all(map(alike, one, other))
    is_truth = isinstance(one, bool) or isinstance(other, bool)
    plain = isinstance(one, str | int) and isinstance(other, str | int) and not is_truth
    return plain and str(one) == str(other)


def parted(items: Sequence[Any], where: Mapping[str, Any]) -> tuple[list[Any], list[Any]]:
    """The items that have these values at these pointers, and all others."""
    fitting = [one for one in items if _fits(one, where)]
    return fitting, [one for one in items if not _fits(one, where)]


def _fits(item: Any, where: Mapping[str, Any]) -> bool:
    return all(any(alike(value, found) for found in pointer.every(item, at)) for at, value in where.items())
