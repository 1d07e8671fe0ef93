"""The notification object: one open task of a request as lists show it."""

from __future__ import annotations

from datetime import datetime, timedelta

from mockserver.core.replies import JSON
from mockserver.vendors.citsmart.geography import Position
from mockserver.vendors.citsmart.queues import Entry, attendants_of
from mockserver.vendors.citsmart.room import CitsmartRoom
from mockserver.vendors.citsmart.times import printed_day, printed_minute
from mockserver.vendors.citsmart.work import OPEN_STATUSES, SUSPENDED, Request

IN_TIME, LESS_THAN_AN_HOUR, OVERDUE, ON_HOLD = 0, 1, 2, 3


async def notification(room: CitsmartRoom, entry: Entry) -> JSON:
    """What the user who asks sees of a task ("getNewest", response fields; CITSMART-A19)."""
    task, request = entry
    position = await position_of(room, request)
    attendants = await attendants_of(room, request.number)
    check_in = await room.check_ins.get(request.number)
    worker = None if check_in is None else check_in.at_work
    return {
        "number": request.number,
        "taskId": task.id,
        "type": task.type,
        "date": printed_day(request.opened),
        "timeFlag": _time_flag(request, room.clock.now()),
        "timeSLA": request.time_sla,
        "latitude": None if position is None else position.latitude,
        "longitude": None if position is None else position.longitude,
        "endSLA": end_sla(request),
        "task": task.name,
        "personal": room.user.user_name in attendants,
        "inService": bool(attendants),
        "inCheckin": int(worker is not None),
        "typeRequest": int(task.is_approval),
        "waiting": int(_may_execute(room, entry, attendants, worker)),
        "service": request.service,
        "contract": request.contract,
        "unit": request.unit,
        "priorityorder": request.priority_order,
    }


def end_sla(request: Request) -> str | None:
    """When the request must be done, dd/MM/yyyy HH:mm; null without a date (CITSMART-A12)."""
    return None if request.deadline is None else printed_minute(request.deadline)


async def position_of(room: CitsmartRoom, request: Request) -> Position | None:
    """Where the request is: its own position, else its unit's (CITSMART-A29)."""
    if request.position is not None:
        return request.position
    unit = await room.units.get(request.unit)
    return None if unit is None else unit.position


def _time_flag(request: Request, now: datetime) -> int:
    if request.status == SUSPENDED:
        return ON_HOLD
    if request.deadline is None:
        return IN_TIME
    left = request.deadline - now
    if left < timedelta(0):
        return OVERDUE
    return LESS_THAN_AN_HOUR if left < timedelta(hours=1) else IN_TIME


def _may_execute(room: CitsmartRoom, entry: Entry, attendants: set[str], worker: str | None) -> bool:
    """Whether there is work, for this user, and nobody else is at it."""
    task, request = entry
    name = room.user.user_name
    is_his = name in attendants if attendants else task.group in room.user.groups
    return task.is_open and request.status in OPEN_STATUSES and is_his and worker in (None, name)
