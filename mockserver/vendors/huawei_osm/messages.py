"""Messages: the customer writes one, and reads them all."""

from __future__ import annotations

from msgspec.structs import replace

from mockserver.core.replies import JSON, Reply
from mockserver.vendors.huawei_osm.case_messages import accessories_of, check_accessories
from mockserver.vendors.huawei_osm.cases import check_state, existing_case
from mockserver.vendors.huawei_osm.operate_logs import OperateType, log
from mockserver.vendors.huawei_osm.records import Message, places_in_case
from mockserver.vendors.huawei_osm.roles import check_role
from mockserver.vendors.huawei_osm.room import OsmRoom
from mockserver.vendors.huawei_osm.times import printed

_OPEN = frozenset({0, 1, 2, 5, 17})
_WAITING = 17


async def create_messages(room: OsmRoom, case_id: str, body: JSON) -> Reply:
    """The customer writes; a ticket that waited for that is processed again (HUAWEI-A14)."""
    case = await existing_case(room, case_id)
    check_role(room)
    await check_state(room, case, _OPEN)
    accessory_ids = tuple(body["message"].get("accessory_ids", ()))
    await check_accessories(room, accessory_ids)
    await room.messages.put(await customers_message(room, case_id, body["message"]["content"], accessory_ids))
    if case.status == _WAITING:
        await room.cases.put(replace(case, status=1))
    await log(room, case_id, OperateType.MESSAGE)
    return Reply(200, {})


async def list_messages(room: OsmRoom, case_id: str, offset: int, limit: int) -> Reply:
    """A page of a ticket's messages, the oldest first; they have no ids here."""
    await existing_case(room, case_id)
    check_role(room)
    low, high = places_in_case(case_id)
    page = await room.messages.page("place", low=low, high=high, offset=offset, limit=limit)
    shown = [
        {
            "type": message.type,
            "replier_type": message.type,
            "replier": message.replier,
            "content": message.content,
            "create_time": message.create_time,
            "replier_name": message.replier_name,
            "is_first_message": message.is_first_message,
            "iam_user_type": 0,
            "accessory_list": await accessories_of(room, message),
        }
        for message in page
    ]
    total = await room.messages.count("place", low=low, high=high)
    return Reply(200, {"count": total, "message_list": shown})


async def customers_message(
    room: OsmRoom, case_id: str, content: str, accessory_ids: tuple[str, ...], *, first: bool = False
) -> Message:
    """A message of the caller, not stored yet."""
    return Message(
        message_id=await room.ids.next("messages"),
        case_id=case_id,
        type=0,
        replier=room.caller.user_id,
        replier_name=room.caller.user_name,
        content=content,
        create_time=printed(room.clock.now()),
        is_first_message=1 if first else 0,
        accessory_ids=accessory_ids,
    )
