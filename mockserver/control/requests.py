"""Requests: what the sandbox was asked and answered, found, counted, waited for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from mockserver.control.room import ControlRoom
from mockserver.core.journal import Entry, masked, masked_headers
from mockserver.core.paths import printable
from mockserver.core.replies import JSON, Reply

Criteria = dict[str, Any]


async def find_requests(  # as many as the spec has parameters
    room: ControlRoom,
    vendor: str | None = None,
    operation: str | None = None,
    kind: str | None = None,
    method: str | None = None,
    path: str | None = None,
    status: int | None = None,
    limit: int = 100,
) -> Reply:
    """The newest matching entries, oldest first."""
    found = _journal(room).find(_matching(vendor, operation, kind, method, path, status))
    return Reply(200, {"requests": [as_json(entry) for entry in found[-limit:]]})


async def count_requests(
    room: ControlRoom,
    vendor: str | None = None,
    operation: str | None = None,
    kind: str | None = None,
    method: str | None = None,
    path: str | None = None,
    status: int | None = None,
) -> Reply:
    """How many entries match."""
    found = _journal(room).find(_matching(vendor, operation, kind, method, path, status))
    return Reply(200, {"count": len(found)})


async def wait_for_requests(  # noqa: PLR0913, PLR0917  # the same
    room: ControlRoom,
    vendor: str | None = None,
    operation: str | None = None,
    kind: str | None = None,
    method: str | None = None,
    path: str | None = None,
    status: int | None = None,
    count: int = 1,
    timeout: float = 5.0,
) -> Reply:
    """The matching entries once there are `count`, or those after `timeout` seconds of real time."""
    wanted = _matching(vendor, operation, kind, method, path, status)
    found = await _journal(room).wait(wanted, count, timeout)
    return Reply(200, {"enough": len(found) >= count, "requests": [as_json(entry) for entry in found]})


async def clear_requests(room: ControlRoom) -> Reply:
    """Forget what was asked so far."""
    journal = _journal(room)
    deleted = len(journal.find(lambda entry: True))
    journal.clear()
    return Reply(200, {"deleted": deleted})


def as_json(entry: Entry) -> JSON:
    """An entry as JSON; what lets a person in is masked."""
    call = entry.call
    shown: dict[str, Any] = {
        "number": entry.number,
        "at": entry.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "kind": entry.kind,
        "vendor": entry.vendor,
        "operation": call.operation_id,
        "method": call.method,
        "path": printable(call.path),
        "query": call.query_string.decode("latin-1"),
        "headers": masked_headers(call.headers),
        "body": _readable(call.body),
        "status": entry.status,
        "answer": _readable(entry.answer),
    }
    if entry.fault is not None:
        shown["fault"] = entry.fault
    if entry.error is not None:
        shown["error"] = entry.error
    if entry.kind == "webhook":
        shown["attempt"] = entry.attempts
    return shown


def _journal(room: ControlRoom) -> Any:
    return room.world.journal(room.sandbox)


def _matching(
    vendor: str | None,
    operation: str | None,
    kind: str | None,
    method: str | None,
    path: str | None,
    status: int | None,
) -> Callable[[Entry], bool]:
    def wanted(entry: Entry) -> bool:
        call = entry.call
        return (
            vendor in (None, entry.vendor)
            and operation in (None, call.operation_id)
            and kind in (None, entry.kind)
            and (method is None or method.upper() == call.method)
            and (path is None or path == printable(call.path))
            and status in (None, entry.status)
        )

    return wanted


def _readable(raw: bytes) -> JSON:
    """JSON where it is JSON, else text, without secrets; None for nothing."""
    if not raw:
        return None
    try:
        return masked(orjson.loads(raw))
    except orjson.JSONDecodeError:
        return raw.decode("utf-8", "replace")
