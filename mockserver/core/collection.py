"""A vendor's records as behaviour sees them: `get`, `put`, `delete`, `find`, `page`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any, Generic

from mockserver.core.records import R, Table, natural, ranked
from mockserver.core.store import Transaction

if TYPE_CHECKING:
    from mockserver.core.room import Room

Where = Callable[[R], bool]


class Collection(Generic[R]):
    """One table inside one transaction. Every record read has been settled by the clock."""

    __slots__ = ("_room", "_transaction", "table")

    def __init__(self, table: Table[R], transaction: Transaction, room: Room) -> None:
        self.table = table
        self._transaction = transaction
        self._room = room

    async def get(self, id: str | int) -> R | None:
        """The record with this id, or None."""
        record = await self._transaction.get(self.table, str(id))
        if record is None or self.table.settle is None:
            return record
        return await self.table.settle(self._room, record)

    async def put(self, record: R) -> None:
        """Store a record, new or in place of the one with its id."""
        await self._transaction.put(self.table, record)

    async def delete(self, id: str | int) -> bool:
        """Remove a record; whether there was one."""
        return await self._transaction.delete(self.table, str(id))

    async def find(self, where: Where[R] | None = None, **equals: Any) -> list[R]:
        """Records whose attributes equal what is given, in order of id.

        The first attribute that has an index narrows the search; without one the whole table is read.
        """
        by = next((name for name in equals if name in self.table.indexes), "")
        low = ranked(equals[by]) if by else None
        return [
            record
            async for record in self._read(by, low, low)
            if all(getattr(record, name) == value for name, value in equals.items())
            and (where is None or where(record))
        ]

    async def page(
        self,
        by: str = "id",
        *,
        low: Any = None,
        high: Any = None,
        where: Where[R] | None = None,
        offset: int = 0,
        limit: int | None = None,
        descending: bool = False,
    ) -> list[R]:
        """A stretch of the records in the order of an index, or of the id.

        `low` and `high` are included; `offset` and `limit` count records for which `where` holds.
        """
        index, rank = ("", _id_rank) if by in ("id", self.table.key) else (by, ranked)
        found: list[R] = []
        if limit is not None and limit <= 0:
            return found
        bounds = (None if low is None else rank(low), None if high is None else rank(high))
        async for record in self._read(index, *bounds, down=descending):
            if where is not None and not where(record):
                continue
            if offset > 0:
                offset -= 1
                continue
            found.append(record)
            if limit is not None and len(found) >= limit:
                break
        return found

    async def count(self, by: str = "id", *, low: Any = None, high: Any = None) -> int:
        """How many records an index, or the id, has between `low` and `high`, both included."""
        index, rank = ("", _id_rank) if by in ("id", self.table.key) else (by, ranked)
        bounds = (None if low is None else rank(low), None if high is None else rank(high))
        return await self._transaction.count(self.table, index, *bounds)

    async def _read(self, by: str, low: Any, high: Any, down: bool = False) -> AsyncIterator[R]:
        settle = self.table.settle
        for record in await self._transaction.between(self.table, by, low, high, down):
            yield record if settle is None else await settle(self._room, record)


def _id_rank(value: Any) -> tuple[int, Any]:
    return natural(str(value))
