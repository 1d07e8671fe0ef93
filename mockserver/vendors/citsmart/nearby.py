"""Notifications around a position: within the user's range of action, nearest first, in pages."""

from __future__ import annotations

from collections.abc import AsyncIterator

from mockserver.core.replies import JSON, Reply
from mockserver.vendors.citsmart.answers import answered
from mockserver.vendors.citsmart.geography import Position, distance_km, places_around
from mockserver.vendors.citsmart.notification_answers import notification
from mockserver.vendors.citsmart.queues import Entry, Selection, is_visible, selection
from mockserver.vendors.citsmart.room import CitsmartRoom
from mockserver.vendors.citsmart.work import OPEN_STATUSES, Request

_FIRST_PAGE, _SIZE = 1, 10


async def get_by_coordinates(room: CitsmartRoom, body: JSON) -> Reply:
    """Open tasks of requests within `rangeAction` kilometres ("getByCoordinates", CITSMART-A18)."""
    centre = Position(float(body["latitude"]), float(body["longitude"]))
    found = await _nearest(room, centre, selection(body))
    pager = body.get("pager") or {}
    page, size = pager.get("page", _FIRST_PAGE), pager.get("size", _SIZE)
    shown = found[(page - 1) * size : page * size]
    paging = {
        "page": page,
        "size": len(shown),
        "totalElements": len(found),
        "totalPages": -(-len(found) // size),
    }
    return answered(
        room,
        notifications=[await notification(room, entry) for entry in shown],
        paging=paging if shown else None,
    )


async def _nearest(room: CitsmartRoom, centre: Position, wanted: Selection) -> list[Entry]:
    """Every task in range that the user may see: by distance, number and task."""
    radius = room.user.range_action
    found: list[tuple[float, Entry]] = []
    async for request, position in _around(room, centre, radius):
        distance = distance_km(centre, position)
        if distance <= radius and request.status in OPEN_STATUSES:
            tasks = [task for task in await room.tasks.find(number=request.number) if wanted.takes(task)]
            found += [(distance, Entry(task, request)) for task in tasks if await is_visible(room, task)]
    found.sort(key=lambda one: (one[0], one[1].task.number, one[1].task.id))
    return [entry for _, entry in found]


async def _around(
    room: CitsmartRoom, centre: Position, radius: float
) -> AsyncIterator[tuple[Request, Position]]:
    """Requests in range, and some beyond it, each where it is: by its own position or by its unit's."""
    for low, high in places_around(centre, radius):
        for request in await room.requests.page(by="place", low=low, high=high):
            if request.position is not None:
                yield request, request.position
        for unit in await room.units.page(by="place", low=low, high=high):
            for request in await room.requests.find(located_at_unit=unit.id):
                yield request, unit.position
