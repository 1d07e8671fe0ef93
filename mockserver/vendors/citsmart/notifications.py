"""Notifications: the tasks of requests, newest, oldest, of one request, and in detail."""

from __future__ import annotations

from mockserver.core.replies import JSON, Reply
from mockserver.vendors.citsmart.answers import answered
from mockserver.vendors.citsmart.errors import RequestNotFound, TaskNotFound
from mockserver.vendors.citsmart.notification_answers import end_sla, notification
from mockserver.vendors.citsmart.queues import Entry, Stretch, entries, selection
from mockserver.vendors.citsmart.room import CitsmartRoom
from mockserver.vendors.citsmart.work import CANCELED, IN_PROGRESS, SOLVED, SUSPENDED

# The words of the vendor's own list of statuses (CITSMART-A35).
_STATUS = {IN_PROGRESS: "In progress", SUSPENDED: "Suspended", CANCELED: "Canceled", SOLVED: "Solved"}
_OPEN, _DONE = "Available", "Finished"


async def get_newest(room: CitsmartRoom, body: JSON) -> Reply:
    """Open tasks of requests after a number, ascending ("getNewest")."""
    return await _list(room, body, Stretch.above(body["newestNumber"]))


async def get_oldest(room: CitsmartRoom, body: JSON) -> Reply:
    """Open tasks of requests before a number, descending ("getOldest")."""
    return await _list(room, body, Stretch.below(body["oldestNumber"]))


async def update_notification(room: CitsmartRoom, body: JSON) -> Reply:
    """The open tasks of a request, or the last one that was closed ("UpdateNotification", CITSMART-A20)."""
    request = await room.requests.get(body["number"])
    tasks = await room.tasks.find(number=body["number"])
    if request is None or not tasks:
        raise RequestNotFound
    shown = [task for task in tasks if task.is_open] or tasks[-1:]
    return answered(room, notifications=[await notification(room, Entry(task, request)) for task in shown])


async def get_by_id(room: CitsmartRoom, body: JSON) -> Reply:
    """One task in detail ("getById"); whoever asks."""
    task = await room.tasks.get(body["taskId"])
    request = None if task is None else await room.requests.get(task.number)
    if task is None or request is None:
        raise TaskNotFound
    shown = {
        "endSLA": end_sla(request),
        "task": task.name,
        "service": request.service,
        "description": request.description,
        "status": _STATUS[request.status],
        "taskStatus": _OPEN if task.is_open else _DONE,
        "timeSLA": request.time_sla,
    }
    return answered(room, notification=shown)


async def _list(room: CitsmartRoom, body: JSON, stretch: Stretch) -> Reply:
    limit = (await room.server()).page_size
    found = await entries(room, selection(body), stretch, limit)
    return answered(room, notifications=[await notification(room, entry) for entry in found])
