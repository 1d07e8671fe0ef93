"""How an instance moves: a straight list of tasks, the next one opening when one is finished (ZEEV-A19)."""

from __future__ import annotations

from mockserver.vendors.zeev.dates import later
from mockserver.vendors.zeev.records import Application, Instance, InstanceTask, Task
from mockserver.vendors.zeev.room import ZeevRoom


async def open_next(room: ZeevRoom, instance: Instance, application: Application, after: int | None) -> bool:
    """Open the task that follows the one with the id `after` (None: the first); False where none follows."""
    ids = [task.id for task in application.tasks]
    position = 0 if after is None else ids.index(after) + 1
    if position >= len(ids):
        return False
    await _open(room, instance, application.tasks[position])
    return True


async def _open(room: ZeevRoom, instance: Instance, task: Task) -> None:
    now = room.present()
    opened = InstanceTask(
        id=await room.ids.next("instance_tasks"),
        assignment_id=await _next_assignment_id(room),
        instance_id=instance.id,
        task_id=task.id,
        assignee_id=task.assignee_id,
        start=now,
        expected_end=later(now, task.timeout),
    )
    await room.instance_tasks.put(opened)


async def _next_assignment_id(room: ZeevRoom) -> int:
    last = await room.instance_tasks.page("assignment_id", descending=True, limit=1)
    return last[0].assignment_id + 1 if last else 1
