"""New tickets."""

from __future__ import annotations

import msgspec

from mockserver.core.replies import JSON, Reply
from mockserver.vendors.huawei_osm.case_messages import check_accessories
from mockserver.vendors.huawei_osm.errors import ParamInvalid, SeverityNotFound
from mockserver.vendors.huawei_osm.messages import customers_message
from mockserver.vendors.huawei_osm.operate_logs import OperateType, log
from mockserver.vendors.huawei_osm.records import Case, ExtInfo
from mockserver.vendors.huawei_osm.roles import check_may_create
from mockserver.vendors.huawei_osm.room import OsmRoom
from mockserver.vendors.huawei_osm.times import printed

_FAULT_REPORT = "5"
_CONTACT = ("area_code", "remind_mobile", "remind_mail", "remind_time")


async def create_cases(room: OsmRoom, body: JSON) -> Reply:
    """Create a ticket in state 0, with the description as its first message (HUAWEI-A16)."""
    await _check_region(room, body)
    check_may_create(room)
    await _check_severity(room, body)
    accessory_ids = tuple(body.get("accessory_ids", ()))
    await check_accessories(room, accessory_ids)
    case = await _new_case(room, body)
    await room.cases.put(case)
    message = await customers_message(
        room, case.incident_id, case.simple_description, accessory_ids, first=True
    )
    await room.messages.put(message)
    await log(room, case.incident_id, OperateType.CREATE)
    return Reply(200, {"incident_id": case.incident_id})


async def _check_region(room: OsmRoom, body: JSON) -> None:
    """A fault report says where (create page)."""
    kind = await room.problem_types.get(body["business_type_id"])
    if kind is not None and kind.case_type == _FAULT_REPORT and not body.get("region_id"):
        raise ParamInvalid


async def _check_severity(room: OsmRoom, body: JSON) -> None:
    severity_id = body.get("severity_id")
    if severity_id and await room.severities.get(severity_id) is None:
        raise SeverityNotFound


async def _new_case(room: OsmRoom, body: JSON) -> Case:
    contact = {name: body[name] for name in _CONTACT if name in body}
    return Case(
        incident_id=await _next_id(room),
        status=0,
        create_time=printed(room.clock.now()),
        simple_description=body["simple_description"],
        business_type_id=body["business_type_id"],
        source_id=body["source_id"],
        customer_id=room.caller.account_id,
        xcustomer_id=room.caller.user_id,
        xcustomer_name=room.caller.user_name,
        incident_sub_type_id=body.get("incident_sub_type_id", ""),
        product_category_id=body.get("product_category_id"),
        region_id=body.get("region_id", ""),
        severity_id=body.get("severity_id") or None,
        project_id=body.get("project_id"),
        ext_info=ExtInfo(**contact) if contact else msgspec.UNSET,
    )


async def _next_id(room: OsmRoom) -> str:
    """TT, the day, a counter of at least four digits (HUAWEI-A19)."""
    day = room.clock.now().date().isoformat().replace("-", "")
    while True:
        id = f"TT{day}{await room.ids.next(f'cases/{day}'):04}"
        if await room.cases.get(id) is None:  # the seed, or a test, may have taken it
            return id
