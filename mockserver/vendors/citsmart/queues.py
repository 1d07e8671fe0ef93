"""Who sees what: the open tasks that wait for the groups of a user, and those that he attends."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, NamedTuple, TypeVar

from mockserver.core.replies import JSON
from mockserver.vendors.citsmart.room import CitsmartRoom
from mockserver.vendors.citsmart.work import OPEN_STATUSES, Request, Task, queue_key, roster_key

_LOWEST, _HIGHEST = 0, 10**19 - 1
# Records are read in stretches that grow: most lists fill from the first one.
_STRETCH = 16

R = TypeVar("R")


class Selection(NamedTuple):
    """What a list asks for: type 0 is every type; `only_approval` leaves the tasks of approval."""

    type: int
    only_approval: bool

    def takes(self, task: Task) -> bool:
        """Whether an open task fits."""
        return task.is_open and (self.type in (0, task.type)) and (task.is_approval or not self.only_approval)


class Stretch(NamedTuple):
    """Request numbers from `low` to `high`, both included, from the near end: `descending` or not."""

    low: int
    high: int
    descending: bool

    @classmethod
    def above(cls, number: int) -> Stretch:
        """Numbers greater than this one, the nearest first."""
        return cls(min(max(number + 1, _LOWEST), _HIGHEST), _HIGHEST, descending=False)

    @classmethod
    def below(cls, number: int) -> Stretch:
        """Numbers less than this one, the nearest first."""
        return cls(_LOWEST, max(min(number - 1, _HIGHEST), _LOWEST), descending=True)


class Entry(NamedTuple):
    """One line of a list."""

    task: Task
    request: Request


def selection(body: JSON) -> Selection:
    """The selection that a request's body asks for."""
    return Selection(body["notificationType"], body["onlyApproval"] == 1)


async def entries(room: CitsmartRoom, wanted: Selection, stretch: Stretch, limit: int) -> list[Entry]:
    """The user's nearest open tasks in a stretch of numbers, at most `limit` (CITSMART-A16)."""
    found = await _attended(room, wanted, stretch, limit)
    kinds = (True,) if wanted.only_approval else (True, False)
    for group in dict.fromkeys(room.user.groups):
        for is_approval in kinds:
            found += await _waiting(room, wanted, group, is_approval, stretch, limit)
    unique = {entry.task.id: entry for entry in found}
    nearest = sorted(
        unique.values(),
        key=lambda entry: (-entry.task.number if stretch.descending else entry.task.number, entry.task.id),
    )
    return nearest[:limit]


async def is_visible(room: CitsmartRoom, task: Task) -> bool:
    """Whether the user attends the task's request, or nobody does and it waits for a group of his."""
    attendants = await attendants_of(room, task.number)
    if attendants:
        return room.user.user_name in attendants
    return task.group in room.user.groups


async def attendants_of(room: CitsmartRoom, number: int) -> set[str]:
    """Users with an active assignment to the request."""
    return {one.user for one in await room.assignments.find(number=number) if one.active}


async def open_request(room: CitsmartRoom, number: int) -> Request | None:
    """The request, unless it is cancelled or solved."""
    request = await room.requests.get(number)
    return request if request is not None and request.status in OPEN_STATUSES else None


async def _waiting(
    room: CitsmartRoom, wanted: Selection, group: str, is_approval: bool, stretch: Stretch, limit: int
) -> list[Entry]:
    """What waits in one queue of one group, and nobody attends."""
    type = wanted.type or None
    index = "queue" if type is None else "typed_queue"

    async def read(offset: int, size: int) -> list[Task]:
        return await room.tasks.page(
            by=index,
            low=queue_key(group, is_approval, type, stretch.low),
            high=queue_key(group, is_approval, type, stretch.high),
            descending=stretch.descending,
            offset=offset,
            limit=size,
        )

    found: list[Entry] = []
    async for task in _read(read):
        request = await open_request(room, task.number)
        if request is not None and await is_visible(room, task):
            found.append(Entry(task, request))
            if len(found) >= limit:
                break
    return found


async def _attended(room: CitsmartRoom, wanted: Selection, stretch: Stretch, limit: int) -> list[Entry]:
    """What the user attends himself."""
    user = room.user.user_name

    async def read(offset: int, size: int) -> list[Any]:
        return await room.assignments.page(
            by="roster",
            low=roster_key(user, stretch.low),
            high=roster_key(user, stretch.high),
            descending=stretch.descending,
            offset=offset,
            limit=size,
        )

    found: list[Entry] = []
    async for assignment in _read(read):
        request = await open_request(room, assignment.number)
        tasks = await room.tasks.find(number=assignment.number) if request is not None else []
        found += [Entry(task, request) for task in tasks if request is not None and wanted.takes(task)]
        if len(found) >= limit:
            break
    return found


async def _read(read: Callable[[int, int], Awaitable[list[R]]]) -> AsyncIterator[R]:
    """Every record that `read(offset, size)` has, a stretch at a time."""
    offset, size = 0, _STRETCH
    while True:
        stretch = await read(offset, size)
        for record in stretch:
            yield record
        if len(stretch) < size:
            return
        offset, size = offset + size, size * 4
