"""What the answers of one list must have in common: order, totals, selections and pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cmp_to_key
from itertools import combinations, pairwise
from random import Random
from typing import Any

from contract_tests.harness.acting.agreement import alike
from contract_tests.harness.network.exchange import Answer, base_draft
from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.operation import Operation

MOST_VALUES = 3  # of one field, tried as a selection
MOST_PAIRS = 6  # of the selections of one list
MOST_TOGETHER = 20  # items among which the values of a pair are sought
SHORTEST_WORD = 5  # of which a part still tells one item from another
Parts = Mapping[str, Any]


@dataclass(frozen=True)
class Selection:
    """A place of the request that narrows the list, and what it compares in an item."""

    place: str
    by: str
    how: str = "equal"
    unknown: Any = None
    """A value that no item can have; None where the spec names none."""

    def keeps(self, item: Any, sent: Any) -> bool:
        """Whether an item belongs to the selection."""
        found = [value for value in pointer.every(item, self.by) if value is not None]
        return any(_is_met(self.how, value, sent) for value in found)

    def sent(self, value: Any) -> Any:
        """What a client sends to select by a value."""
        return [value] if self.how == "any_of" else value

    def tried(self, values: Sequence[Any]) -> Iterator[Any]:
        """What is sent to select by some values: each alone, and what the way to compare has beyond that."""
        yield from map(self.sent, values)
        nobodys = [] if self.unknown is None else [self.unknown]
        yield from map(self.sent, nobodys)
        if self.how == "any_of":
            several = [values[:2], [*nobodys, *values[:1]]]
            yield from (list(sent) for sent in several if len(sent) > 1)
        if self.how == "contains":
            yield from map(_part, values[:1])


def _part(text: Any) -> str:
    """What is inside the longest word of a text: all of it but its two ends."""
    word = max(str(text).split(), key=len, default="")
    return word[1:-1] if len(word) > SHORTEST_WORD else word


Pair = tuple[Selection, Selection]

_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "equal": alike,
    "any_of": lambda value, sent: any(alike(value, one) for one in sent),
    "from": lambda value, sent: bool(value >= sent),
    "until": lambda value, sent: bool(value <= sent),
    "above": lambda value, sent: bool(value > sent),
    "below": lambda value, sent: bool(value < sent),
    "contains": lambda value, sent: str(sent).casefold() in str(value).casefold(),
}


def _is_met(how: str, value: Any, sent: Any) -> bool:
    try:
        return _COMPARED[how](value, sent)
    except TypeError:  # a server that mixes texts and numbers is told so by its schemas
        return False


@dataclass(frozen=True)
class Listing:
    """One list operation, as `x-agreement` describes it."""

    operation: Operation
    said: Mapping[str, Any]

    @property
    def whole(self) -> Parts:
        """The request whose answer holds everything that the list can show."""
        merged: Parts = pointer.merged(base_draft(self.operation).parts, self.said.get("whole", {}))
        return merged

    @property
    def selections(self) -> list[Selection]:
        """Every place that narrows it."""
        selects = self.said.get("selects", {})
        return [
            Selection(place, said["by"], said.get("how", "equal"), said.get("unknown"))
            for place, said in selects.items()
        ]

    def through(self, window: int) -> Listing:
        """The list as one of the windows of `also` shows it, which is no whole of a collection."""
        said = {name: value for name, value in self.said.items() if name != "holds"}
        whole = pointer.merged(self.said.get("whole", {}), self.said["also"][window])
        return replace(self, said={**said, "whole": whole})

    def items(self, body: Any) -> list[Any]:
        """The items of an answer; pointer.Absent where it has no list."""
        found: list[Any] = pointer.find(body, self.said["items"])
        return found

    def ids(self, items: Sequence[Any]) -> list[Any]:
        """What names each item."""
        return [pointer.find(item, self.said["id"]) for item in items]

    def total(self, body: Any) -> Any:
        """How many the answer says there are; None where it says nothing."""
        place = self.said.get("total")
        return None if place is None else pointer.find(body, place)

    def is_cut(self, parts: Parts, answer: Answer) -> bool:
        """Whether there may be more than an answer shows: its page is full, and its total is no smaller."""
        shown, total = len(self.items(answer.json)), self.total(answer.json)
        if "pages" not in self.said:
            return bool(shown >= self.said.get("most", shown + 1))
        sizes = pointer.every(parts, f"/{self.said['pages']['size']}")
        is_full = not sizes or shown >= int(sizes[0])
        return is_full and (not isinstance(total, int) or total > shown)

    def at(self, place: str, value: Any) -> Parts:
        """The request for the whole with another value at a place."""
        return self.at_all({place: value})

    def at_all(self, values: Mapping[str, Any]) -> Parts:
        """The request for the whole with other values at several places."""
        return _with(self.whole, values)

    def disorder(self, items: Sequence[Any]) -> str | None:
        """The first two neighbours that stand in the wrong order."""
        keys = self.said.get("order", ())
        for one, next_one in pairwise(items):
            if keys and _compared(one, next_one, keys) > 0:
                return f"{self._shown(one, keys)} stands before {self._shown(next_one, keys)}"
        return None

    def ordered(self, items: Sequence[Any]) -> list[Any]:
        """The items in the documented order; as they are where none is documented."""
        keys = self.said.get("order", ())
        return sorted(items, key=cmp_to_key(lambda one, other: _compared(one, other, keys)))

    def values(self, items: Sequence[Any], by: str, chance: Random) -> list[Any]:
        """Some values that the items have at a pointer, in random order, each once."""
        found: list[Any] = []
        for value in (value for item in items for value in _values(item, by)):
            if not any(pointer.same(value, known) for known in found):
                found.append(value)
        return chance.sample(found, min(MOST_VALUES, len(found)))

    def pairs(self, items: Sequence[Any], chance: Random) -> list[tuple[Pair, list[Any]]]:
        """Some pairs of selections, each with what is sent to select by two values of one item.

        Rather those that tell: each of the two leaves out something that the other keeps; and rather of
        places that no pair before has.
        """
        pairs = [pair for pair in combinations(self.selections, 2) if _differ(*pair)]
        chance.shuffle(pairs)
        left = [(pair, sent) for pair in pairs if (sent := _together(items, pair, chance))]
        chosen: list[tuple[Pair, list[Any]]] = []
        while left and len(chosen) < MOST_PAIRS:
            seen = {one.place for pair, _ in chosen for one in pair}
            best = min(left, key=lambda one: _rank(one[0], _telling(items, *one), seen))
            left.remove(best)
            chosen.append(best)
        return chosen

    def pages(self, size: int, count: int) -> Iterator[Parts]:
        """The requests for every page of a size, and for one more behind the last."""
        return (self.page(self.whole, size, number) for number in range(-(-count // size) + 1))

    def page(self, parts: Parts, size: int, number: int) -> Parts:
        """The request for one page of what a request asks for, counted from 0."""
        said = self.said["pages"]
        start = {said["offset"]: number * size} if "offset" in said else {}
        page = {said["number"]: said.get("first", 1) + number} if "number" in said else {}
        return _with(parts, {said["size"]: size, **start, **page})

    def _shown(self, item: Any, keys: Sequence[Mapping[str, Any]]) -> str:
        return ", ".join(repr(value) for key in keys for value in pointer.every(item, key["by"]))


def _with(parts: Parts, values: Mapping[str, Any]) -> Parts:
    changes = [{"op": "add", "path": f"/{place}", "value": value} for place, value in values.items()]
    changed: Parts = pointer.patched(parts, changes)
    return changed


def _values(item: Any, by: str) -> list[Any]:
    return [value for value in pointer.every(item, by) if value not in (None, "")]


def _differ(one: Selection, other: Selection) -> bool:
    """Whether two places say two things: not so if they ask the same of the same member."""
    return (one.by, one.how) != (other.by, other.how)


def _together(items: Sequence[Any], pair: Pair, chance: Random) -> list[Any]:
    """What is sent to select by two values of one item, one that tells; empty where no item has both."""
    found = [
        [one.sent(chance.choice(values)) for one, values in zip(pair, mixed, strict=True)]
        for mixed in ([_values(item, one.by) for one in pair] for item in items)
        if all(mixed)
    ]
    some = chance.sample(found, min(MOST_TOGETHER, len(found)))
    return max(some, key=lambda sent: _telling(items, pair, sent), default=[])


def _telling(items: Sequence[Any], pair: Pair, sent: Sequence[Any]) -> int:
    """How many of the two keep something that the other leaves out."""
    kept = [[one.keeps(item, value) for item in items] for one, value in zip(pair, sent, strict=True)]
    both = [all(choices) for choices in zip(*kept, strict=True)]
    return sum(alone != both for alone in kept)


def _rank(pair: Pair, telling: int, seen: set[str]) -> tuple[bool, int, int]:
    """The less, the rather it is tried."""
    return telling == 0, sum(one.place in seen for one in pair), -telling


def _compared(one: Any, other: Any, keys: Sequence[Mapping[str, Any]]) -> int:
    """Negative where `one` comes first; items without a key, or with keys of two sorts, are left alone."""
    for key in keys:
        left, right = pointer.every(one, key["by"]), pointer.every(other, key["by"])
        if not left or not right or type(left[0]) is not type(right[0]) or left[0] is None:
            return 0
        if left[0] != right[0]:
            comes_first = left[0] < right[0]
            return 1 if comes_first is bool(key.get("descending")) else -1
    return 0
