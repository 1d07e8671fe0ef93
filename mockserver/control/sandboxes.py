"""Sandboxes: list, make, reset, forget."""

from __future__ import annotations

from mockserver.control.errors import SandboxNotFound, TooMany
from mockserver.control.room import ControlRoom
from mockserver.core.replies import JSON, Reply
from mockserver.core.store import TooManySandboxes


async def list_sandboxes(room: ControlRoom) -> Reply:
    """Every sandbox, in order of name."""
    return Reply(200, {"sandboxes": [_described(name) for name in await room.world.store.names()]})


async def create_sandbox(room: ControlRoom, body: JSON) -> Reply:
    """Make a sandbox under a given or a new name; one that exists is left as it is."""
    store = room.world.store
    name = body.get("name")
    if name is None:
        taken, number = set(await store.names()), 1
        while f"sandbox-{number}" in taken:
            number += 1
        name = f"sandbox-{number}"
    try:
        await store.begin(name)
    except TooManySandboxes as error:
        raise TooMany(limit=error.limit, what="sandboxes") from None
    return Reply(200, _described(name))


async def delete_sandbox(room: ControlRoom, sandbox: str) -> Reply:
    """Forget a sandbox and its journal."""
    if not await room.world.store.drop(sandbox):
        raise SandboxNotFound(sandbox=sandbox)
    room.world.journals.pop(sandbox, None)
    return Reply(200, {"deleted": 1})


async def reset(room: ControlRoom, body: JSON) -> Reply:
    """The sandbox as new: seed records, real time, no faults, an empty journal."""
    await room.world.store.reset(room.sandbox)
    room.world.journal(room.sandbox).clear()
    return Reply(200, _described(room.sandbox))


def _described(name: str) -> JSON:
    return {"name": name, "path_prefix": f"/~{name}"}
