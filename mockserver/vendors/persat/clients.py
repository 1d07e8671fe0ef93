"""Clients: read one."""

from __future__ import annotations

import msgspec

from mockserver.core.replies import Reply
from mockserver.vendors.persat.errors import ClientNotFound
from mockserver.vendors.persat.room import PersatRoom


async def get_client(room: PersatRoom, uid_client: str) -> Reply:
    """One client ("Obtener un cliente")."""
    client = await room.clients.get(uid_client)
    if client is None:
        raise ClientNotFound
    shown = msgspec.to_builtins(client)
    del shown["client_id"]
    return Reply(200, {"success": True, "data": shown})
