"""Cancelling an instance, and taking that back."""

from __future__ import annotations

from msgspec.structs import replace

from mockserver.core.replies import JSON, Reply
from mockserver.vendors.zeev.errors import (
    InstanceAlreadyCancelled,
    InstanceAlreadyFinished,
    InstanceNotCancelled,
)
from mockserver.vendors.zeev.records import Cancellation
from mockserver.vendors.zeev.rights import cancellable
from mockserver.vendors.zeev.room import ZeevRoom

_SUCCESS = {"success": True}


async def cancel_instance(room: ZeevRoom, instance_id: int, body: JSON) -> Reply:
    """Cancel a running instance ('Cancelar ou reverter cancelamento de solicitações'; effects: ZEEV-A4)."""
    instance = await cancellable(room, instance_id)
    if instance.state == "FINISHED":
        raise InstanceAlreadyFinished(instanceId=instance_id)
    if instance.state == "CANCELLED":
        raise InstanceAlreadyCancelled(instanceId=instance_id)
    now = room.present()
    for task in await room.instance_tasks.find(lambda task: task.end is None, instance_id=instance_id):
        await room.instance_tasks.put(replace(task, end=now))
    cancellation = Cancellation(person_id=room.caller.id, reason=body.get("reason"))
    await room.instances.put(replace(instance, state="CANCELLED", end=now, cancellation=cancellation))
    return Reply(200, _SUCCESS)


async def undo_cancel_instance(room: ZeevRoom, instance_id: int) -> Reply:
    """Let a cancelled instance run again with the tasks that the cancel had closed (ZEEV-A5)."""
    instance = await cancellable(room, instance_id)
    if instance.state != "CANCELLED":
        raise InstanceNotCancelled(instanceId=instance_id)
    for task in await room.instance_tasks.find(lambda task: task.closed_by_cancel, instance_id=instance_id):
        await room.instance_tasks.put(replace(task, end=None))
    await room.instances.put(replace(instance, state="RUNNING", end=None, cancellation=None))
    return Reply(200, _SUCCESS)
