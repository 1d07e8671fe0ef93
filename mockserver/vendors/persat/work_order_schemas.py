"""Schemas: the types of work order, read only."""

from __future__ import annotations

import msgspec

from mockserver.core.replies import Reply
from mockserver.vendors.persat.errors import SchemaNotFound
from mockserver.vendors.persat.records import Number
from mockserver.vendors.persat.room import PersatRoom


async def list_work_order_schemas(room: PersatRoom) -> Reply:
    """Every type of work order, by id."""
    found = await room.schemas.find()
    return Reply(200, {"success": True, "data": [msgspec.to_builtins(schema) for schema in found]})


async def get_work_order_schema(room: PersatRoom, wo_schema_id: Number) -> Reply:
    """One type of work order."""
    schema = await room.schemas.get(address_of(wo_schema_id))
    if schema is None:
        raise SchemaNotFound
    return Reply(200, {"success": True, "data": msgspec.to_builtins(schema)})


def address_of(number: Number) -> str:
    """The id that a JSON number means: 13.0 is 13."""
    whole = isinstance(number, float) and number.is_integer()
    return str(int(number) if whole else number)
