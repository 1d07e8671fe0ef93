"""The report's filters on tasks: which have opened in an instance, and how they stand (ZEEV-A33)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mockserver.vendors.zeev.records import Application, Instance, InstanceTask
from mockserver.vendors.zeev.room import ZeevRoom


async def task_filter(
    room: ZeevRoom, task_id: int | None, status: str | None, applications: Mapping[int, Application]
) -> Callable[[Instance], bool]:
    """Instances in which a task (any, without `task_id`) stands so, or without `status` has opened."""
    opened = room.instance_tasks
    tasks = await (opened.find() if task_id is None else opened.find(task_id=task_id))
    standing = {(task.instance_id, task.task_id): _status(task) for task in tasks}

    def wanted(instance: Instance) -> bool:
        if status is None:
            return (instance.id, task_id) in standing
        application = applications.get(instance.flow_id)
        designed = () if application is None else application.tasks
        ids = (task.id for task in designed if task_id in (None, task.id))
        return any(standing.get((instance.id, id), "Unavailable") == status for id in ids)

    return wanted


def _status(task: InstanceTask) -> str:
    if task.end is None:
        return "Current"
    return "Unavailable" if task.closed_by_cancel else "Passed"
