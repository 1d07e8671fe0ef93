"""What the answers of one list must have in common: order, totals, selections and pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cmp_to_key
from itertools import pairwise
from random import Random
from typing import Any

from contract_tests.harness.acting.agreement import alike
from contract_tests.harness.network.exchange import Answer, base_draft
from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.operation import Operation

MOST_VALUES = 3  # of one field, tried as a selection
Parts = Mapping[str, Any]


@dataclass(frozen=True)
class Selection:
    """A place of the request that narrows the list, and what it compares in an item."""

    place: str
    by: str
    how: str = "equal"

    def keeps(self, item: Any, sent: Any) -> bool:
        """Whether an item belongs to the selection."""
        found = [value for value in pointer.every(item, self.by) if value is not None]
        return any(_is_met(self.how, value, sent) for value in found)

    def sent(self, value: Any) -> Any:
        """What a client sends to select by a value."""
        return [value] if self.how == "any_of" else value


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
        return [Selection(place, said["by"], said.get("how", "equal")) for place, said in selects.items()]

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
        if "pages" not in self.said:
            return False
        shown, total = len(self.items(answer.json)), self.total(answer.json)
        sizes = pointer.every(parts, f"/{self.said['pages']['size']}")
        is_full = not sizes or shown >= int(sizes[0])
        return is_full and (not isinstance(total, int) or total > shown)

    def at(self, place: str, value: Any) -> Parts:
        """The request for the whole with another value at a place."""
        change = {"op": "add", "path": f"/{place}", "value": value}
        changed: Parts = pointer.patched(self.whole, [change])
        return changed

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
        for value in (value for item in items for value in pointer.every(item, by)):
            if value not in (None, "") and not any(pointer.same(value, known) for known in found):
                found.append(value)
        return chance.sample(found, min(MOST_VALUES, len(found)))

    def pages(self, size: int, count: int) -> Iterator[Parts]:
        """The requests for every page of a size, and for one more behind the last."""
        said = self.said["pages"]
        for number in range(-(-count // size) + 1):
            start = {said["offset"]: number * size} if "offset" in said else {}
            page = {said["number"]: said.get("first", 1) + number} if "number" in said else {}
            parts = self.whole
            for place, value in {said["size"]: size, **start, **page}.items():
                parts = pointer.patched(parts, [{"op": "add", "path": f"/{place}", "value": value}])
            yield parts

    def _shown(self, item: Any, keys: Sequence[Mapping[str, Any]]) -> str:
        return ", ".join(repr(value) for key in keys for value in pointer.every(item, key["by"]))


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
