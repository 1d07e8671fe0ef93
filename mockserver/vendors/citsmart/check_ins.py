"""Check-in and check-out: begin work on a task, and end it with a status for its request."""

from __future__ import annotations

from typing import Literal

from msgspec import UNSET
from msgspec.structs import replace

from mockserver.core.replies import JSON, Reply
from mockserver.vendors.citsmart.answers import answered
from mockserver.vendors.citsmart.attendance import active_assignment, end_assignment
from mockserver.vendors.citsmart.errors import (
    AttendantCheckedIn,
    NotAssigned,
    NotCheckedIn,
    ReactivationNotPermitted,
    RequestCheckedIn,
    RequestClosed,
    SolutionDescriptionMissing,
    SolutionInvalid,
    SolutionMissing,
    SuspensionNotPermitted,
    TaskNotFound,
)
from mockserver.vendors.citsmart.room import CitsmartRoom
from mockserver.vendors.citsmart.work import (
    CANCELED,
    IN_PROGRESS,
    OPEN_STATUSES,
    SOLVED,
    SUSPENDED,
    CheckIn,
    Request,
    Task,
)

_JUSTIFIED = (SUSPENDED, SOLVED)


async def check_in(room: CitsmartRoom, body: JSON) -> Reply:
    """Begin work on a task of a request that one attends ("Check-in"); reactivates a suspended one."""
    task, request = await _known(room, body["taskId"])
    await _check_free(room, request)
    if request.status not in OPEN_STATUSES:
        raise RequestClosed
    if request.status == SUSPENDED and not room.user.may_reactivate:
        raise ReactivationNotPermitted
    work = CheckIn(
        number=request.number,
        task_id=task.id,
        user=room.user.user_name,
        started=body["startTime"],
        latitude=float(body["latitude"]),
        longitude=float(body["longitude"]),
    )
    await room.check_ins.put(work)
    await room.requests.put(replace(request, status=IN_PROGRESS, solution=None, resolution=None))
    return answered(room, number=request.number)


async def check_out(room: CitsmartRoom, body: JSON) -> Reply:
    """End work, and the assignment with it, and say how the request stands ("Check-out", CITSMART-A24)."""
    status = body["status"]
    if status in _JUSTIFIED:
        await _check_solution(room, status, body)
    task, request = await _known(room, body["taskId"])
    work = await room.check_ins.get(request.number)
    if work is None or work.at_work != room.user.user_name or work.task_id != task.id:
        raise NotCheckedIn(task_id=task.id)
    assignment = await active_assignment(room, request.number)
    if assignment is None:
        raise NotAssigned(number=request.number)
    if status == SUSPENDED and not room.user.may_suspend:
        raise SuspensionNotPermitted
    await _close(room, work, body)
    await end_assignment(room, assignment)
    await _settle(room, request, status, body)
    return answered(room, number=request.number)


async def _known(room: CitsmartRoom, task_id: int) -> tuple[Task, Request]:
    task = await room.tasks.get(task_id)
    request = None if task is None else await room.requests.get(task.number)
    if task is None or request is None:
        raise TaskNotFound
    return task, request


async def _check_free(room: CitsmartRoom, request: Request) -> None:
    """The attendant is free and attends the request, and nobody else is at it."""
    user = room.user.user_name
    at_work = await room.check_ins.find(at_work=user)
    if at_work:
        raise AttendantCheckedIn(numbers=", ".join(str(work.number) for work in at_work))
    if await active_assignment(room, request.number) is None:
        raise NotAssigned(number=request.number)
    other = await room.check_ins.get(request.number)
    if other is not None and other.at_work is not None:
        raise RequestCheckedIn(number=request.number)


async def _check_solution(room: CitsmartRoom, status: int, body: JSON) -> None:
    """Whoever suspends or solves says why or how, with a justification of that status."""
    solution = body.get("solution")
    if solution is None:
        raise SolutionMissing
    known = await room.statuses.get(status)
    justifications = () if known is None or known.justifications is UNSET else known.justifications
    if solution not in {one.id for one in justifications}:
        raise SolutionInvalid
    if not body.get("descSolution"):
        raise SolutionDescriptionMissing


async def _close(room: CitsmartRoom, work: CheckIn, body: JSON) -> None:
    closed = replace(
        work,
        state="closed",
        closed_at=room.clock.now(),
        closed_latitude=float(body["latitude"]),
        closed_longitude=float(body["longitude"]),
    )
    await room.check_ins.put(closed)


async def _settle(room: CitsmartRoom, request: Request, status: int, body: JSON) -> None:
    """The request's new status; statuses that a check-out does not know leave it in progress."""
    solution, resolution = None, None
    if status in _JUSTIFIED:
        solution, resolution = body["solution"], body["descSolution"]
    ended = replace(request, status=_status(status), solution=solution, resolution=resolution)
    await room.requests.put(ended)
    if ended.status not in OPEN_STATUSES:
        await _finish_tasks(room, request.number)


def _status(status: int) -> Literal[1, 2, 3, 4]:
    if status == SUSPENDED:
        return SUSPENDED
    if status == CANCELED:
        return CANCELED
    return SOLVED if status == SOLVED else IN_PROGRESS


async def _finish_tasks(room: CitsmartRoom, number: int) -> None:
    """Nothing is left to do on a request that is cancelled or solved."""
    for task in await room.tasks.find(number=number):
        if task.is_open:
            state: Literal["decided", "executed"] = "decided" if task.is_approval else "executed"
            await room.tasks.put(replace(task, state=state))
