"""What behaviour is handed for one request: records, time, chance, and who asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockserver.core.call import Call
from mockserver.core.clock import Clock
from mockserver.core.collection import Collection
from mockserver.core.ids import Ids
from mockserver.core.outbox import Outbox
from mockserver.core.records import R, Table
from mockserver.core.replies import Refusal, VendorError
from mockserver.core.store import Transaction


class Room:
    """One request's view of one vendor in one sandbox; vendors subclass it with typed collections.

    All of it is one transaction: a refused or failed request leaves nothing behind.
    """

    __slots__ = (
        "_transaction",
        "call",
        "caller",
        "clock",
        "ids",
        "logged",
        "outbox",
        "sandbox",
        "worded",
    )

    def __init__(
        self, transaction: Transaction, clock: Clock, ids: Ids, outbox: Outbox, call: Call, sandbox: str
    ) -> None:
        self._transaction = transaction
        self.clock = clock
        self.ids = ids
        self.outbox = outbox
        self.call = call
        self.sandbox = sandbox
        self.caller: Any = None
        self.logged: Any = None
        self.worded: Callable[[VendorError], Refusal]
        """A refusal in the catalogue's words, for an answer that holds several of them."""

    def collection(self, table: Table[R]) -> Collection[R]:
        """The records of one table."""
        # Made anew each time: kept here, it would close a circle with the room, and every request would
        # leave its litter to the garbage collector.
        return Collection(table, self._transaction, self)

    def tag(self, credential: str) -> str:
        """A credential issued here, marked so that later requests which carry it find this sandbox."""
        return credential if self.sandbox == "default" else f"{credential}~{self.sandbox}"
