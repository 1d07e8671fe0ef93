"""Backstage: the moves that only the vendor's staff make."""

from __future__ import annotations

from typing import Any

import msgspec

from mockserver.control.errors import EventNotAllowed, EventNotFound, RecordDoesNotFit, RecordNotFound
from mockserver.control.room import ControlRoom
from mockserver.control.state import as_json
from mockserver.core.collection import Collection
from mockserver.core.records import Record
from mockserver.core.replies import JSON, Reply, VendorError
from mockserver.core.service import Service


async def backstage(room: ControlRoom, vendor: str, event: str, body: JSON) -> Reply:
    """Make a move of `x-lifecycle`: the record must exist and be in a state that the event starts from."""
    service = room.service(vendor)
    lifecycle = _lifecycle(service, vendor, event)
    id = str(body["id"])
    records = await room.records(vendor, lifecycle["collection"])
    record = await _named(records, lifecycle, id)
    if record is None:
        raise RecordNotFound(vendor=vendor, collection=lifecycle["collection"], id=id)
    # Some vendors number their states; the spec names them in words.
    state = str(_at(as_json(records.table, record), lifecycle["state"]))
    allowed = lifecycle["events"][event]["from"]
    if state not in allowed:
        raise EventNotAllowed(event=event, allowed=", ".join(allowed), state=state)
    inner = await room.vendor_room(vendor)
    details = {name: value for name, value in body.items() if name != "id"}
    try:
        await service.vendor.events[event](inner, id, details)
    except (VendorError, msgspec.ValidationError) as error:
        raise RecordDoesNotFit(problem=str(error)[:500]) from None
    room.outbox.letters += inner.outbox.letters
    moved = await _named(records, lifecycle, id)
    return Reply(200, as_json(records.table, moved) if moved is not None else {"id": id})


async def _named(records: Collection[Any], lifecycle: JSON, id: str) -> Record | None:
    """The record of this id; where clients name records by another attribute, the last one that has it."""
    if "id" not in lifecycle:
        return await records.get(id)
    by = lifecycle["id"].removeprefix("/")
    found: list[Record] = await records.page(by, low=id, high=id, descending=True, limit=1)
    return found[0] if found else None


def _lifecycle(service: Service, vendor: str, event: str) -> JSON:
    lifecycles = list(service.contract.lifecycles.values())
    found = next((lifecycle for lifecycle in lifecycles if event in lifecycle.get("events", {})), None)
    events = service.vendor.events
    if found is None or event not in events:
        known = [name for lifecycle in lifecycles for name in lifecycle.get("events", {}) if name in events]
        raise EventNotFound(vendor=vendor, event=event, known=", ".join(known))
    return found


def _at(record: JSON, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        record = record[step]
    return record
