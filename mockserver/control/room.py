"""What a control operation is handed: the sandbox's room, and the running double behind it."""

from __future__ import annotations

import hmac
import ipaddress
from typing import Any

from mockserver.control.errors import CollectionNotFound, Unauthorized, VendorNotServed
from mockserver.core.call import Call
from mockserver.core.collection import Collection
from mockserver.core.records import Table
from mockserver.core.replies import JSON, Refusal
from mockserver.core.room import Room
from mockserver.core.service import Service
from mockserver.core.store import Transaction
from mockserver.core.world import World


class ControlRoom(Room):
    """A room with a key to the others; all it changes is still one transaction."""

    __slots__ = ("transaction", "world")

    def __init__(self, world: World, transaction: Transaction, *rest: Any) -> None:
        super().__init__(transaction, *rest)
        self.world = world
        self.transaction = transaction

    def service(self, vendor: str) -> Service:
        """The served vendor of this name; raises VendorNotServed."""
        service = self.world.services.get(vendor)
        if service is None:
            raise VendorNotServed(vendor=vendor, known=", ".join(self.world.services))
        return service

    async def vendor_room(self, vendor: str) -> Any:
        """The vendor's own room on this transaction."""
        return await self.service(vendor).room(self.transaction, self.call, self.sandbox)

    async def records(self, vendor: str, collection: str) -> Collection[Any]:
        """A vendor's collection; raises VendorNotServed or CollectionNotFound."""
        tables: dict[str, Table[Any]] = {table.name: table for table in self.service(vendor).vendor.tables}
        if collection not in tables:
            raise CollectionNotFound(vendor=vendor, collection=collection, known=", ".join(tables))
        room: Room = await self.vendor_room(vendor)
        return room.collection(tables[collection])


async def authenticate(token: str | None, room: ControlRoom, call: Call) -> None:
    """Let in who shows the control token; without a token, whoever asks from this machine."""
    if token is None:
        if not is_local(call.peer):
            raise Unauthorized
        return
    scheme, _, shown = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(shown.strip().encode(), token.encode()):
        raise Unauthorized


def is_local(peer: str | None) -> bool:
    """Whether an address is this machine's own; in-process calls have none."""
    if peer is None:
        return True
    try:
        return ipaddress.ip_address(peer).is_loopback
    except ValueError:
        return False


def envelope(refusal: Refusal) -> JSON:
    """The control API's refusal."""
    error: dict[str, Any] = {"code": refusal.code, "message": refusal.message}
    if refusal.details:
        error["details"] = refusal.details
    return {"error": error}
