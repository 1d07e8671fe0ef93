"""The control API: a room like any other, with a key to the others."""

from __future__ import annotations

from functools import partial

from mockserver.control import backstage, clock, faults, health, requests, sandboxes, snapshots, state
from mockserver.control.room import ControlRoom, authenticate, envelope
from mockserver.core.vendor import Vendor
from mockserver.core.world import World

__all__ = ["control"]


def control(world: World, token: str | None) -> Vendor:
    """The control API of one running double; with a token, only who shows it may enter."""
    return Vendor(
        name="control",
        title="duble control API",
        modules=(health, sandboxes, state, requests, faults, clock, backstage, snapshots),
        room=partial(ControlRoom, world),
        tables=(),
        envelope=envelope,
        authenticate=partial(authenticate, token),
        own=True,
    )
