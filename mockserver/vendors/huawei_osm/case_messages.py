"""What is said about a ticket: messages kept, counted and shown."""

from __future__ import annotations

from collections.abc import Sequence

from mockserver.core.replies import JSON
from mockserver.vendors.huawei_osm.errors import AccessoryInvalid
from mockserver.vendors.huawei_osm.records import Message, places_in_case
from mockserver.vendors.huawei_osm.room import OsmRoom


async def messages_of(room: OsmRoom, case_id: str) -> list[JSON]:
    """All messages of a ticket as its details show them, the oldest first."""
    low, high = places_in_case(case_id)
    return [
        {
            "type": message.type,
            "replier": message.replier,
            "content": message.content,
            "message_id": str(message.message_id),
            "replier_name": message.replier_name,
            "create_time": message.create_time,
            "is_first_message": message.is_first_message,
            "accessory_list": await accessories_of(room, message),
        }
        for message in await room.messages.page("place", low=low, high=high)
    ]


async def accessories_of(room: OsmRoom, message: Message) -> list[JSON]:
    """A message's attachments; a file whose name nobody has given is called by its id (HUAWEI-A17)."""
    shown = []
    for id in message.accessory_ids:
        known = await room.accessories.get(id)
        name = known.file_actual_name if known else None
        shown.append({"accessory_id": id, "file_actual_name": id if name is None else name})
    return shown


async def check_accessories(room: OsmRoom, ids: Sequence[str]) -> None:
    """Raise AccessoryInvalid where one of them has been marked so."""
    for id in ids:
        known = await room.accessories.get(id)
        if known is not None and not known.valid:
            raise AccessoryInvalid
