"""The printed example has `{ }` where its own table says array; a test may let that pass (HUAWEI-A11)."""

from __future__ import annotations

import orjson

from mockserver.core.call import Call
from mockserver.vendors.huawei_osm.room import OsmRoom

_LIST = "incident_satisfaction_list"


async def forgive(room: OsmRoom, call: Call) -> None:
    """Take an empty object for an empty list of ratings, where the setting says so."""
    if call.operation_id != "update_cases" or not (await room.setting()).empty_object_as_list:
        return
    try:
        body = orjson.loads(call.body)
    except orjson.JSONDecodeError:
        return  # refused as such when it is validated
    if isinstance(body, dict) and body.get(_LIST) == {}:
        call.body = orjson.dumps({**body, _LIST: []})
