"""Snapshots: states to return to."""

from __future__ import annotations

from mockserver.control.errors import SnapshotNotFound, TooMany
from mockserver.control.room import ControlRoom
from mockserver.core.replies import JSON, Reply
from mockserver.core.store import TooManySnapshots


async def list_snapshots(room: ControlRoom) -> Reply:
    """The kept states, in order of name."""
    names = await room.world.store.snapshots(room.sandbox)
    return Reply(200, {"snapshots": [{"name": name} for name in names]})


async def save_snapshot(room: ControlRoom, body: JSON) -> Reply:
    """Keep the present state; an older one of the same name is replaced."""
    try:
        await room.world.store.save(room.sandbox, body["name"])
    except TooManySnapshots as error:
        raise TooMany(limit=error.limit, what="snapshots") from None
    return Reply(200, {"name": body["name"]})


async def restore_snapshot(room: ControlRoom, snapshot: str) -> Reply:
    """Return to a kept state."""
    if not await room.world.store.restore(room.sandbox, snapshot):
        raise SnapshotNotFound(snapshot=snapshot)
    return Reply(200, {"name": snapshot})


async def delete_snapshot(room: ControlRoom, snapshot: str) -> Reply:
    """Drop a kept state."""
    if not await room.world.store.forget(room.sandbox, snapshot):
        raise SnapshotNotFound(snapshot=snapshot)
    return Reply(200, {"deleted": 1})
