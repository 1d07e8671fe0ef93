"""Approvals: say yes or no to a request before it is carried out."""

from __future__ import annotations

from msgspec.structs import replace

from mockserver.core.replies import JSON, Reply
from mockserver.vendors.citsmart.answers import answered
from mockserver.vendors.citsmart.errors import NotAwaitingApproval, ReasonNotFound, TaskNotFound
from mockserver.vendors.citsmart.room import CitsmartRoom
from mockserver.vendors.citsmart.work import Decision, Task

APPROVED = 1


async def feedback(room: CitsmartRoom, body: JSON) -> Reply:
    """Approve or reject ("feedback"); approval opens a task of execution (CITSMART-A26)."""
    task = await room.tasks.get(body["taskId"])
    if task is None:
        raise TaskNotFound
    if await room.approval_reasons.get(body["reasonId"]) is None:
        raise ReasonNotFound
    if task.state != "awaiting_approval":
        raise NotAwaitingApproval
    decision = Decision(
        user=room.user.user_name,
        feedback=body["feedback"],
        reason_id=body["reasonId"],
        comments=body["comments"],
    )
    await room.tasks.put(replace(task, state="decided", decision=decision))
    if decision.feedback == APPROVED:
        await _open_execution(room, task)
    return answered(room)


async def _open_execution(room: CitsmartRoom, approval: Task) -> None:
    execution = Task(
        id=await room.ids.next("tasks"),
        number=approval.number,
        name=(await room.server()).task_name,
        type=approval.type,
        group=approval.group,
    )
    await room.tasks.put(execution)
