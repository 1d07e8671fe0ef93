"""Copy-on-write state: a pile of layers, of which only the top one changes."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from sortedcontainers import SortedList

from mockserver.core.records import R, Record, SortKey, Table, natural, ranked

# One index entry: (rank of the value, rank of the id, id). The id's rank breaks ties in a fixed order.
Entry = tuple[SortKey, SortKey, str]
_AFTER_ALL: SortKey = (2, 0)


class Layer:
    """Changes against the layers below: records by id, None where one was deleted."""

    __slots__ = ("_sorted", "records", "table")

    def __init__(self, table: Table[Any]) -> None:
        self.table = table
        self.records: dict[str, Record | None] = {}
        self._sorted: dict[str, SortedList[Entry]] = {}

    def put(self, key: str, record: Record | None) -> None:
        """Set one record (None: deleted) and keep the indexes that exist in step."""
        old = self.records.get(key)
        self.records[key] = record
        for by, entries in self._sorted.items():
            if old is not None:
                entries.remove(self._entry(by, key, old))
            if record is not None:
                entries.add(self._entry(by, key, record))

    def between(self, by: str, low: SortKey | None, high: SortKey | None, down: bool) -> Iterator[Entry]:
        """Index entries whose value lies between low and high, both included, in order."""
        first, last = _bounds(low, high)
        found: Iterator[Entry] = self._entries(by).irange(first, last, reverse=down)
        return found

    def count(self, by: str, low: SortKey | None, high: SortKey | None) -> int:
        """How many entries `between` would find, without looking at them."""
        entries = self._entries(by)
        first, last = _bounds(low, high)
        start = 0 if first is None else entries.bisect_left(first)
        return max(0, (len(entries) if last is None else entries.bisect_right(last)) - start)

    def holds(self, key: str, by: str, low: SortKey | None, high: SortKey | None) -> bool:
        """Whether the entry of a record is one that `between` would find."""
        record = self.records.get(key)
        if record is None:
            return False
        rank = self._entry(by, key, record)[0]
        return (low is None or low <= rank) and (high is None or rank <= high)

    def highest_number(self) -> int:
        """The highest numeric id of this layer, 0 if there is none."""
        entries = self._sorted.get("") or self._build("")
        first_text: Any = ((1, ""),)
        below_text = entries.bisect_left(first_text)
        return int(entries[below_text - 1][0][1]) if below_text else 0

    def _entries(self, by: str) -> SortedList[Entry]:
        entries = self._sorted.get(by)
        return self._build(by) if entries is None else entries

    def _build(self, by: str) -> SortedList[Entry]:
        made: SortedList[Entry] = SortedList(
            self._entry(by, key, record) for key, record in self.records.items() if record is not None
        )
        self._sorted[by] = made
        return made

    def _entry(self, by: str, key: str, record: Record) -> Entry:
        rank = natural(key)
        return (ranked(getattr(record, by)) if by else rank, rank, key)


def visible(layers: Sequence[Layer], key: str) -> Record | None:
    """The record with this id as the top of the pile sees it: a higher layer hides the ones below."""
    for layer in layers:
        if key in layer.records:
            return layer.records[key]
    return None


def between(
    layers: Sequence[Layer], by: str, low: SortKey | None, high: SortKey | None, down: bool = False
) -> Iterator[Record]:
    """Visible records in the order of an index ("" is the id), between low and high."""
    runs = [_run(layers, depth, by, low, high, down) for depth in range(len(layers))]
    for _, record in heapq.merge(*runs, key=lambda found: found[0], reverse=down):
        yield record


def count(layers: Sequence[Layer], by: str, low: SortKey | None, high: SortKey | None) -> int:
    """How many records `between` would find. Costs what the records cost that hide others, or are hidden."""
    return sum(
        layer.count(by, low, high) - _hidden(layer, layers[:depth], by, low, high)
        for depth, layer in enumerate(layers)
    )


def _hidden(layer: Layer, above: Sequence[Layer], by: str, low: SortKey | None, high: SortKey | None) -> int:
    """How many entries of a layer the ones above it hide, counted from whichever side has fewer."""
    if layer.count(by, low, high) <= sum(len(higher.records) for higher in above):
        found = (entry[2] for entry in layer.between(by, low, high, down=False))
        return sum(any(key in higher.records for higher in above) for key in found)
    keys = {key for higher in above for key in higher.records}
    return sum(layer.holds(key, by, low, high) for key in keys)


def _bounds(low: SortKey | None, high: SortKey | None) -> tuple[Any, Any]:
    """Shorter tuples than the entries: one sorts before, the other after all entries of its value."""
    return (None if low is None else (low,)), (None if high is None else (high, _AFTER_ALL))


def highest_number(layers: Sequence[Layer]) -> int:
    """The highest numeric id in any layer, deleted ones that lie below included."""
    return max((layer.highest_number() for layer in layers if layer.records), default=0)


def _run(
    layers: Sequence[Layer], depth: int, by: str, low: SortKey | None, high: SortKey | None, down: bool
) -> Iterator[tuple[Entry, Record]]:
    layer, above = layers[depth], layers[:depth]
    for entry in layer.between(by, low, high, down):
        key = entry[2]
        record = layer.records[key]
        if record is not None and not any(key in higher.records for higher in above):
            yield entry, record


def changed(layers: Sequence[Layer], seed: Layer) -> Iterator[tuple[str, Record | None, Record | None]]:
    """Id, record of the seed and visible record, where the two differ, in order of id.

    `layers` lie on top of the seed. Costs what they hold, however much the seed does.
    """
    for key in sorted({key for layer in layers for key in layer.records}, key=natural):
        before, now = seed.records.get(key), visible(layers, key)
        if _encoded(before) != _encoded(now):
            yield key, before, now


def _encoded(record: Record | None) -> bytes:
    return msgspec.json.encode(record)  # Python takes True for 1; JSON does not


def seeded(table: Table[R], records: list[R]) -> Layer:
    """A layer that holds the seed records of one table."""
    layer = Layer(table)
    for record in records:
        layer.records[table.id_of(record)] = record
    return layer
