"""Scores: a rating outside of close, and its dimensions."""

from __future__ import annotations

from msgspec import to_builtins
from msgspec.structs import replace

from mockserver.core.replies import JSON, Reply
from mockserver.vendors.huawei_osm.case_actions import ratings
from mockserver.vendors.huawei_osm.cases import check_state, existing_case
from mockserver.vendors.huawei_osm.operate_logs import OperateType, log
from mockserver.vendors.huawei_osm.roles import check_role
from mockserver.vendors.huawei_osm.room import OsmRoom

_COMPLETED = frozenset({3})


async def create_scores(room: OsmRoom, case_id: str, body: JSON) -> Reply:
    """Rate a completed ticket; the last rating counts (HUAWEI-A15)."""
    case = await existing_case(room, case_id)
    check_role(room)
    await check_state(room, case, _COMPLETED)
    rated = replace(case, judgement=body["judgement"], incident_satisfaction=ratings(body))
    await room.cases.put(rated)
    await log(room, case_id, OperateType.SCORE)
    return Reply(200, {})


async def list_satisfaction_dimensions(room: OsmRoom) -> Reply:
    """The dimensions of a rating."""
    check_role(room)
    shown = [to_builtins(one) for one in await room.satisfaction_dimensions.page()]
    return Reply(200, {"total_count": len(shown), "satisfaction_dimension_list": shown})
