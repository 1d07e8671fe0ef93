"""What a vendor remembers: frozen records, and the tables that hold them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar

import msgspec


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """One stored thing. It never changes: `msgspec.structs.replace` makes its successor.

    A msgspec Struct rather than a dataclass, because seeds, snapshots and `PUT /_duble/state` are
    then refused field by field, with the place, when they do not fit. (`frozen=True` is inherited;
    type checkers want it said again at each record.)
    """


R = TypeVar("R", bound=Record)
Settle = Callable[[Any, R], Awaitable[R]]
SortKey = tuple[int, Any]


class Table(Generic[R]):
    """The declaration of one collection.

    `name` is the vendor's plural noun and the address in the control API; `key` names the attribute
    that holds the id (a string or an integer; its text is the address); `indexes` are attributes or
    properties that `find` and `page` may use at a cost that does not grow with the table. `settle`
    is applied to every record read, given the room: it computes from the clock what happens by
    itself. An index on something that `settle` changes would go stale, so there must be none.
    """

    __slots__ = ("indexes", "key", "name", "settle", "type")

    def __init__(
        self,
        name: str,
        type: type[R],
        *,
        key: str = "id",
        indexes: tuple[str, ...] = (),
        settle: Settle[R] | None = None,
    ) -> None:
        self.name = name
        self.type = type
        self.key = key
        self.indexes = indexes
        self.settle = settle

    def id_of(self, record: R) -> str:
        """The record's id as text: its address in this table."""
        return str(getattr(record, self.key))

    def __repr__(self) -> str:
        return f"Table({self.name!r})"


# Longer digit strings sort as text: int() of a stranger's 4,000 digits is work we need not do.
_LONGEST_NUMBER = 18


def natural(key: str) -> SortKey:
    """The sort key of an id: numbers in numeric order, everything else after them."""
    if len(key) <= _LONGEST_NUMBER and key.isascii() and key.isdigit():
        return (0, int(key))
    return (1, key)


def ranked(value: Any) -> SortKey:
    """The sort key of an indexed value: None before everything."""
    return (0, 0) if value is None else (1, value)
