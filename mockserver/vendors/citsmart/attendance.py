"""Attendance: take a request on, say where one is, and refuse to check in."""

from __future__ import annotations

from msgspec.structs import replace

from mockserver.core.replies import JSON, Reply
from mockserver.vendors.citsmart.answers import answered
from mockserver.vendors.citsmart.errors import (
    ReasonNotFound,
    RequestClosed,
    RequestNotFound,
    TaskNotFound,
)
from mockserver.vendors.citsmart.room import CitsmartRoom
from mockserver.vendors.citsmart.work import OPEN_STATUSES, Assignment, AttendantPosition, Denial


async def attend_request(room: CitsmartRoom, body: JSON) -> Reply:
    """Start attending, or set position and start anew ("attendRequest", CITSMART-A22)."""
    request = await room.requests.get(body["number"])
    if request is None:
        raise RequestNotFound
    if request.status not in OPEN_STATUSES:
        raise RequestClosed
    user = room.user.user_name
    assignment = Assignment(
        id=assignment_id(request.number, user),
        number=request.number,
        user=user,
        started=body["dateTime"],
        latitude=float(body["latitude"]),
        longitude=float(body["longitude"]),
    )
    await room.assignments.put(assignment)
    return answered(room, success=True)


async def attendant_location(room: CitsmartRoom, body: JSON) -> Reply:
    """Where the attendant is ("AttendantLocation", CITSMART-A31)."""
    position = AttendantPosition(
        id=await room.ids.next("attendant_positions"),
        user=room.user.user_name,
        reported=body["dateTime"],
        latitude=float(body["latitude"]),
        longitude=float(body["longitude"]),
    )
    await room.attendant_positions.put(position)
    return answered(room, success=True)


async def check_in_denied(room: CitsmartRoom, body: JSON) -> Reply:
    """Note that the attendant refuses to check in ("Check-InDenied", CITSMART-A25)."""
    if await room.tasks.get(body["taskId"]) is None:
        raise TaskNotFound
    if await room.denied_reasons.get(body["reasonId"]) is None:
        raise ReasonNotFound
    denial = Denial(
        id=await room.ids.next("denials"),
        task_id=body["taskId"],
        user=room.user.user_name,
        reason_id=body["reasonId"],
        denied=body["dateTime"],
        latitude=float(body["latitude"]),
        longitude=float(body["longitude"]),
    )
    await room.denials.put(denial)
    return answered(room)


async def active_assignment(room: CitsmartRoom, number: int) -> Assignment | None:
    """The active assignment of the user who asks to a request."""
    assignment = await room.assignments.get(assignment_id(number, room.user.user_name))
    return assignment if assignment is not None and assignment.active else None


async def end_assignment(room: CitsmartRoom, assignment: Assignment) -> None:
    """The user no longer attends the request."""
    await room.assignments.put(replace(assignment, active=False))


def assignment_id(number: int, user: str) -> str:
    """The id of a user's assignment to a request."""
    return f"{number}:{user}"
