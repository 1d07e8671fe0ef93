"""A sandbox's chance: counters, tokens and dice that come out the same on every run."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any
from uuid import UUID

from mockserver.core.records import Record, Table
from mockserver.core.store import Transaction


class Counter(Record, frozen=True):
    """The last number handed out under a name."""

    id: str
    last: int = 0


COUNTERS = Table("counters", Counter)


class Ids:
    """Numbers and opaque texts of one sandbox. Everything is rolled back with the request."""

    __slots__ = ("_sandbox", "_seed", "_tables", "_transaction", "_vendor")

    def __init__(
        self, transaction: Transaction, vendor: str, sandbox: str, seed: int, tables: dict[str, Table[Any]]
    ) -> None:
        self._transaction = transaction
        self._tables = tables
        self._vendor = vendor
        self._sandbox = sandbox
        self._seed = seed

    async def next(self, name: str) -> int:
        """One more than the highest number issued under this name or stored in the table of this name."""
        table = self._tables.get(name)
        floor = 0 if table is None else await self._transaction.highest_number(table)
        return await self._step(name, floor)

    async def token(self, length: int = 32) -> str:
        """An opaque lower-case hex text of the given length, at most 64; no two are alike."""
        return (await self._digest("token"))[:length]

    async def uuid(self) -> str:
        """A version 4 UUID."""
        return str(UUID(hex=(await self._digest("uuid"))[:32], version=4))

    async def roll(self, die: str, seed: int) -> float:
        """The next number of a named die, from 0 up to but excluding 1; the seed fixes the row."""
        turn = await self._step(f"die/{die}", 0)
        digest = blake2b(f"{seed}/{turn}".encode(), digest_size=7).digest()
        return int.from_bytes(digest) / 256**7

    async def _digest(self, kind: str) -> str:
        turn = await self._step(f"chance/{kind}", 0)
        salt = f"{self._seed}/{self._sandbox}/{self._vendor}/{kind}/{turn}"
        return blake2b(salt.encode(), digest_size=32).hexdigest()

    async def _step(self, name: str, floor: int) -> int:
        key = f"{self._vendor}/{name}"
        counter = await self._transaction.get(COUNTERS, key)
        last = max(floor, counter.last if counter else 0) + 1
        await self._transaction.put(COUNTERS, Counter(id=key, last=last))
        return last
