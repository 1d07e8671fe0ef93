"""The operate log: one entry for whatever was accepted, and the only trace of a press."""

from __future__ import annotations

from enum import IntEnum

from mockserver.core.replies import JSON, Reply
from mockserver.vendors.huawei_osm.cases import existing_case
from mockserver.vendors.huawei_osm.records import OperateLog, places_in_case
from mockserver.vendors.huawei_osm.roles import check_role
from mockserver.vendors.huawei_osm.room import OsmRoom
from mockserver.vendors.huawei_osm.times import printed

_CUSTOMER, _ENGINEER = 0, 1
ENGINEER_ID = "engineer"
ENGINEER_NAME = "Huawei Cloud engineer"


class OperateType(IntEnum):
    """What was done; the numbers are ours (HUAWEI-A26)."""

    CREATE = 1
    PRESS = 2
    CANCEL = 3
    CLOSE = 4
    DELETE = 5
    MESSAGE = 6
    SCORE = 7
    ENGINEER = 8


async def log(room: OsmRoom, case_id: str, type: OperateType, desc: str = "") -> None:
    """Write down what the caller, or an engineer behind the counter, did to a ticket."""
    by_engineer = type is OperateType.ENGINEER
    entry = OperateLog(
        incident_log_id=await room.ids.next("operate_logs"),
        incident_id=case_id,
        operate_type=type,
        operator_type=_ENGINEER if by_engineer else _CUSTOMER,
        operator_id=ENGINEER_ID if by_engineer else room.caller.user_id,
        operator_name=ENGINEER_NAME if by_engineer else room.caller.user_name,
        operate_desc=desc,
        operate_time=printed(room.clock.now()),
    )
    await room.operate_logs.put(entry)


async def list_case_operate_logs(room: OsmRoom, case_id: str, offset: int, limit: int) -> Reply:
    """A page of a ticket's log, the oldest first."""
    await existing_case(room, case_id)
    check_role(room)
    low, high = places_in_case(case_id)
    page = await room.operate_logs.page("place", low=low, high=high, offset=offset, limit=limit)
    total = await room.operate_logs.count("place", low=low, high=high)
    return Reply(200, {"total_count": total, "incident_operate_log_list": [_shown(one) for one in page]})


def _shown(entry: OperateLog) -> JSON:
    return {
        "incident_log_id": str(entry.incident_log_id),
        "incident_id": entry.incident_id,
        "operate_type": entry.operate_type,
        "operator_type": entry.operator_type,
        "operator_id": entry.operator_id,
        "operator_name": entry.operator_name,
        "operate_desc": entry.operate_desc,
        "operate_time": entry.operate_time,
        "timestamp_operate_time": entry.operate_time,
    }
