"""The envelope of a success: the documented fields around what an operation answers."""

from __future__ import annotations

from typing import Any

from mockserver.core.replies import Reply
from mockserver.vendors.citsmart.room import CitsmartRoom
from mockserver.vendors.citsmart.times import milliseconds


def answered(room: CitsmartRoom, **fields: Any) -> Reply:
    """`{dateTime, operationID, error: null}` with the operation's own fields (CITSMART-A2)."""
    envelope = {"dateTime": milliseconds(room.clock.now()), "operationID": room.logged, "error": None}
    return Reply(200, {**envelope, **fields})
