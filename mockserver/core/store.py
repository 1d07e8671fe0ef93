"""Where sandboxes keep their records: what every store can do, whatever it is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from mockserver.core.records import R, SortKey, Table

Seed = Mapping[Table[Any], list[Any]]


class Transaction(Protocol):
    """One request's view of one sandbox: its own writes at once, nobody else's until it commits."""

    async def get(self, table: Table[R], key: str) -> R | None:
        """The record with this id, or None."""

    async def put(self, table: Table[R], record: R) -> None:
        """Store a record under its id."""

    async def delete(self, table: Table[R], key: str) -> bool:
        """Remove a record; whether there was one."""

    async def between(
        self, table: Table[R], by: str, low: SortKey | None, high: SortKey | None, down: bool
    ) -> Iterable[R]:
        """Records in the order of an index ("" is the id), low and high included."""

    async def count(self, table: Table[Any], by: str, low: SortKey | None, high: SortKey | None) -> int:
        """How many records `between` would find, without reading them."""

    async def highest_number(self, table: Table[Any]) -> int:
        """The highest numeric id of a table, 0 if none."""

    async def changed(self, table: Table[R]) -> Mapping[str, tuple[R | None, R | None]]:
        """The seed's record and the present one, where they differ, in order of id; None: there is none."""

    async def commit(self) -> bool:
        """Make every write visible, or none and answer False because another commit came first."""


class Store(Protocol):
    """Sandboxes by name. Creating, resetting and dropping one costs the same however much it holds."""

    async def begin(self, sandbox: str) -> Transaction:
        """Start a transaction; the sandbox comes into being if it is new."""

    async def names(self) -> list[str]:
        """Every sandbox there is, in order of name."""

    async def reset(self, sandbox: str) -> None:
        """Back to the seed records; snapshots stay."""

    async def drop(self, sandbox: str) -> bool:
        """Forget a sandbox and its snapshots; whether there was one."""

    async def save(self, sandbox: str, snapshot: str) -> None:
        """Keep the present state under a name."""

    async def restore(self, sandbox: str, snapshot: str) -> bool:
        """Return to a kept state; whether there is one of that name."""

    async def snapshots(self, sandbox: str) -> list[str]:
        """Names of the kept states, in order."""

    async def forget(self, sandbox: str, snapshot: str) -> bool:
        """Drop a kept state; whether there was one."""


class TooManySandboxes(Exception):
    """The store holds as many sandboxes as it may; `limit` says how many."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


class TooManySnapshots(Exception):
    """The sandbox holds as many snapshots as it may; `limit` says how many."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit
