"""State: a vendor's records, read, put and deleted behind its counter."""

from __future__ import annotations

from typing import Annotated, Any, get_args, get_origin

import msgspec

from mockserver.control.errors import RecordDoesNotFit, RecordNotFound
from mockserver.control.room import ControlRoom
from mockserver.core.records import Record, Table
from mockserver.core.replies import JSON, Reply


async def list_collections(room: ControlRoom, vendor: str) -> Reply:
    """The names of a vendor's collections."""
    return Reply(200, {"collections": [table.name for table in room.service(vendor).vendor.tables]})


async def list_records(
    room: ControlRoom, vendor: str, collection: str, offset: int = 0, limit: int = 1000
) -> Reply:
    """A page of a collection's records, in order of id, settled by the clock."""
    records = await room.records(vendor, collection)
    page = await records.page(offset=offset, limit=limit)
    return Reply(200, {"records": [as_json(records.table, record) for record in page]})


async def list_changes(room: ControlRoom, vendor: str) -> Reply:
    """What is stored otherwise than in the seed, by collection and id, and unsettled by the clock."""
    changes = {
        table.name: {
            id: {"seed": _or_null(table, before), "now": _or_null(table, now)}
            for id, (before, now) in (await room.transaction.changed(table)).items()
        }
        for table in room.service(vendor).vendor.tables
    }
    return Reply(200, {"changes": {name: found for name, found in changes.items() if found}})


async def get_record(room: ControlRoom, vendor: str, collection: str, id: str) -> Reply:
    """One record."""
    records = await room.records(vendor, collection)
    record = await records.get(id)
    if record is None:
        raise RecordNotFound(vendor=vendor, collection=collection, id=id)
    return Reply(200, as_json(records.table, record))


async def put_record(room: ControlRoom, vendor: str, collection: str, id: str, body: JSON) -> Reply:
    """Store one whole record under the id of the path."""
    records = await room.records(vendor, collection)
    record = _record(records.table, id, body)
    await records.put(record)
    return Reply(200, as_json(records.table, record))


async def delete_record(room: ControlRoom, vendor: str, collection: str, id: str) -> Reply:
    """Remove one record."""
    records = await room.records(vendor, collection)
    if not await records.delete(id):
        raise RecordNotFound(vendor=vendor, collection=collection, id=id)
    return Reply(200, {"deleted": 1})


def as_json(table: Table[Any], record: Record) -> JSON:
    """A record as JSON, with its address under `id`."""
    return {**msgspec.to_builtins(record), "id": getattr(record, table.key)}


def _or_null(table: Table[Any], record: Record | None) -> JSON | None:
    return None if record is None else as_json(table, record)


def _record(table: Table[Any], id: str, body: JSON) -> Record:
    named = body.get("id", body.get(table.key, id))
    if str(named) != id:
        raise RecordDoesNotFit(problem=f"its id is {str(named)[:80]!r}, the address says {id[:80]!r}")
    fields = {name: value for name, value in body.items() if name != "id"}
    try:
        record: Record = msgspec.convert({**fields, table.key: _typed(table, id)}, table.type)
    except msgspec.ValidationError as error:
        raise RecordDoesNotFit(problem=str(error)[:500]) from None
    return record


def _typed(table: Table[Any], id: str) -> str | int:
    key = next(field for field in msgspec.structs.fields(table.type) if field.name == table.key)
    digits = id.removeprefix("-")
    bare = get_args(key.type)[0] if get_origin(key.type) is Annotated else key.type
    return int(id) if bare is int and digits.isascii() and digits.isdigit() and len(id) <= 18 else id
