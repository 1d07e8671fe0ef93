"""One request on its way through the double."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.types import Receive, Scope, Send

from mockserver.core.call import Call
from mockserver.core.faults import FaultRule
from mockserver.core.replies import Reply
from mockserver.core.room import Room
from mockserver.core.store import Transaction


@dataclass(slots=True)
class Visit:
    """What `app.py` has found out before the vendor is asked: the request, and the sandbox it named.

    `sandbox` is None where neither path prefix nor header named one: then a credential may.
    """

    call: Call
    sandbox: str | None


@dataclass(slots=True)
class Exchange:
    """What the steps of `operation.py` hand on. The first step that sets `reply` ends the row."""

    scope: Scope
    receive: Receive
    send: Send
    call: Call
    sandbox: str
    transaction: Transaction
    room: Room
    reply: Reply | None = None
    fault: FaultRule | None = None
    succeeded: bool = False
    written: bytes | None = None
