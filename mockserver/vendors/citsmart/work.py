"""The work: requests with their tasks, and who attends them, is at them, or would not."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import Meta

from mockserver.core.records import Record
from mockserver.vendors.citsmart.fields import Id, Instant, Latitude, Longitude, Milliseconds, Minutes, Text
from mockserver.vendors.citsmart.geography import Position, place_of

RequestType = Annotated[int, Meta(ge=0, le=6)]

IN_PROGRESS: Final = 1
SUSPENDED: Final = 2
CANCELED: Final = 3
SOLVED: Final = 4
OTHERS: Final = 5
"""The type of requests that are neither purchases, travel, human resources nor incidents."""
OPEN_STATUSES = (IN_PROGRESS, SUSPENDED)


class Request(Record, frozen=True):
    """A service request (*solicitação*). Without a position of its own it is where its unit is."""

    number: Id
    service: Text
    contract: Id
    unit: Id
    description: Text
    opened: Instant
    time_sla: Minutes
    status: Literal[1, 2, 3, 4] = IN_PROGRESS
    deadline: Instant | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    priority_order: int | None = None
    origin: int | None = None
    requester: str | None = None
    solution: int | None = None
    resolution: str | None = None

    @property
    def position(self) -> Position | None:
        """Its own position, if it has one."""
        if self.latitude is None or self.longitude is None:
            return None
        return Position(self.latitude, self.longitude)

    @property
    def place(self) -> float | None:
        """Its own position in the order of `geography`."""
        return None if self.position is None else place_of(self.position)

    @property
    def located_at_unit(self) -> int | None:
        """The unit whose position counts."""
        return self.unit if self.position is None else None


class Decision(Record, frozen=True):
    """What was said of an approval task; `feedback` 1 approves, 0 rejects."""

    user: str
    feedback: Literal[0, 1]
    reason_id: int
    comments: str


class Task(Record, frozen=True):
    """A step of a request that waits in the queue of a group; approvals come before execution."""

    id: Id
    number: Id
    name: Text
    type: RequestType
    group: Text
    state: Literal["awaiting_approval", "decided", "available", "executed"] = "available"
    decision: Decision | None = None

    @property
    def is_approval(self) -> bool:
        """Whether it asks for a decision rather than for work."""
        return self.state in ("awaiting_approval", "decided")

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.state in ("awaiting_approval", "available")

    @property
    def queue(self) -> str | None:
        """Where it stands in its group's queue of open tasks of its kind, in order of request."""
        return queue_key(self.group, self.is_approval, None, self.number) if self.is_open else None

    @property
    def typed_queue(self) -> str | None:
        """The same among tasks of its type."""
        return queue_key(self.group, self.is_approval, self.type, self.number) if self.is_open else None


class Assignment(Record, frozen=True):
    """That a user attends a request; the id is `number:user`."""

    id: str
    number: Id
    user: str
    active: bool = True
    started: Milliseconds | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None

    @property
    def roster(self) -> str | None:
        """Where it stands among what its user attends, in order of request."""
        return roster_key(self.user, self.number) if self.active else None


class CheckIn(Record, frozen=True):
    """The latest check-in on a request, which has at most one open one."""

    number: Id
    task_id: Id
    user: str
    state: Literal["open", "closed"] = "open"
    started: Milliseconds | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    closed_at: Instant | None = None
    closed_latitude: Latitude | None = None
    closed_longitude: Longitude | None = None

    @property
    def at_work(self) -> str | None:
        """Its user, as long as it is open."""
        return self.user if self.state == "open" else None


class Denial(Record, frozen=True):
    """That a user refused to check in."""

    id: Id
    task_id: Id
    user: str
    reason_id: Id
    denied: Milliseconds
    latitude: Latitude
    longitude: Longitude


class AttendantPosition(Record, frozen=True):
    """Where an attendant said he was."""

    id: Id
    user: str
    reported: Milliseconds
    latitude: Latitude
    longitude: Longitude


def queue_key(group: str, is_approval: bool, type: int | None, number: int) -> str:
    """The place of a request in a queue: texts that sort by number within group, kind and type."""
    return f"{group}\t{int(is_approval)}\t{'' if type is None else type}\t{number:019d}"


def roster_key(user: str, number: int) -> str:
    """The place of a request among those that a user attends."""
    return f"{user}\t{number:019d}"
