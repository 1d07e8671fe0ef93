"""Who may cancel and who may see an instance."""

from __future__ import annotations

from collections.abc import Callable

from mockserver.vendors.zeev.errors import InstanceNotFound, PermissionDenied
from mockserver.vendors.zeev.records import Instance, Person
from mockserver.vendors.zeev.room import ZeevRoom


def may_cancel(person: Person, instance: Instance) -> bool:
    """Whether the person has the right in the instance's application (ZEEV-A10)."""
    return instance.flow_id in person.may_cancel


async def existing(room: ZeevRoom, instance_id: int) -> Instance:
    """The instance; raises InstanceNotFound."""
    instance = await room.instances.get(instance_id)
    if instance is None:
        raise InstanceNotFound(instanceId=instance_id)
    return instance


async def cancellable(room: ZeevRoom, instance_id: int) -> Instance:
    """An instance whose cancellation is the caller's to decide; raises InstanceNotFound, PermissionDenied."""
    instance = await existing(room, instance_id)
    if not may_cancel(room.caller, instance):
        raise PermissionDenied
    return instance


async def visibility(room: ZeevRoom) -> Callable[[Instance], bool]:
    """Whether the caller may see an instance: requester, assignee, or holder of the right (ZEEV-A28)."""
    caller = room.caller
    applications = await room.applications.find()
    sees_all = all(application.id in caller.may_cancel for application in applications)
    tasks = [] if sees_all else await room.instance_tasks.find(assignee_id=caller.id)
    assigned = {task.instance_id for task in tasks}

    def visible(instance: Instance) -> bool:
        return instance.requester_id == caller.id or may_cancel(caller, instance) or instance.id in assigned

    return visible


async def visible(room: ZeevRoom, instance_id: int) -> Instance:
    """An instance that the caller may see; raises InstanceNotFound, PermissionDenied."""
    instance = await existing(room, instance_id)
    caller = room.caller
    if instance.requester_id == caller.id or may_cancel(caller, instance):
        return instance
    if not await room.instance_tasks.find(instance_id=instance_id, assignee_id=caller.id):
        raise PermissionDenied
    return instance
