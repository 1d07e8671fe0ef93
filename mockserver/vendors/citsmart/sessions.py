"""Sessions and devices: log in, and stop the push messages of a device."""

from __future__ import annotations

from msgspec.structs import replace

from mockserver.core.replies import JSON, Reply
from mockserver.vendors.citsmart.answers import answered
from mockserver.vendors.citsmart.directory import Device, Session
from mockserver.vendors.citsmart.errors import DeviceNotAssociated
from mockserver.vendors.citsmart.room import CitsmartRoom


async def login(room: CitsmartRoom, body: JSON) -> Reply:
    """Open a session and associate the device ("login"); older sessions stay (CITSMART-A8)."""
    user, token = room.user, body["token"]
    session = Session(id=(await room.ids.token()).upper(), user=user.user_name, started=room.clock.now())
    await room.sessions.put(session)
    device = Device(
        id=_device_id(user.user_name, token), user=user.user_name, token=token, platform=body["platform"]
    )
    await room.devices.put(device)
    opened = {
        "sessionID": room.tag(session.id),
        "rangeAction": user.range_action,
        "locationInterval": user.location_interval,
    }
    return Reply(200, opened)


async def device_disassociate(room: CitsmartRoom, body: JSON) -> Reply:
    """End the push messages of a device for this user ("DeviceDisassociate", CITSMART-A30)."""
    device = await room.devices.get(_device_id(room.user.user_name, body["token"]))
    if device is None or not device.active:
        raise DeviceNotAssociated
    await room.devices.put(replace(device, active=False, connection=body["connection"]))
    return answered(room, success=True)


def _device_id(user: str, token: str) -> str:
    return f"{user}:{token}"
