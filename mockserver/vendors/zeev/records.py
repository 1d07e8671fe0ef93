"""What Zeev remembers: people and their tokens, applications, instances and their tasks, volume limits."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from mockserver.core.records import Record, Table

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Maximum = Annotated[int, msgspec.Meta(ge=1)]
State = Literal["RUNNING", "FINISHED", "CANCELLED"]


class Unit(Record, frozen=True):
    """A team or a position."""

    id: int
    name: str
    code: str


class Person(Record, frozen=True):
    """Somebody who may enter; `may_cancel` lists flows whose requests the person may cancel (ZEEV-A10)."""

    id: int
    name: str
    username: str
    password: str
    email: str
    active: bool = True
    locked: bool = False
    may_cancel: tuple[int, ...] = ()
    team: Unit | None = None
    position: Unit | None = None


class Token(Record, frozen=True):
    """A bearer token; a temporary one lives ten minutes from its issue."""

    token: str
    person_id: int
    issued: Moment | None = None
    """None: a permanent token."""


class Result(Record, frozen=True):
    """A way in which a task may end."""

    id: int
    text: str


class Task(Record, frozen=True):
    """A task of a flow's design, with its one assignee (ZEEV-A19). `timeout` is in hours."""

    id: int
    name: str
    type: Literal["taskapproval", "taskinstruction"]
    description: str
    alias: str
    element_id: int
    assignee_id: int
    results: tuple[Result, ...]
    timeout: float
    business_hours: bool = False


class Service(Record, frozen=True):
    """The entry in the service portal that starts a flow."""

    id: int
    uid: str
    name: str


class Application(Record, frozen=True):
    """A flow: a straight list of tasks, and the service that also starts it. The id is the flow's."""

    id: int
    uid: str
    name: str
    version: int
    code: str
    tasks: tuple[Task, ...]
    service: Service | None = None
    mobile_enabled: bool = False
    responsible_team_id: int | None = None

    @property
    def service_id(self) -> int | None:
        """Id of the service, for the index."""
        return None if self.service is None else self.service.id


class FormValue(Record, frozen=True):
    """One value of a form; `open_url` is there where the value is a file."""

    id: int
    name: str
    value: str
    row: int = 1
    open_url: str | None = None


class Message(Record, frozen=True):
    """What a person wrote along with a request or a task; no operation served here shows it."""

    body: str
    requester_can_see: bool = False


class Cancellation(Record, frozen=True):
    """Who cancelled and why; the reason appears in no read model (ZEEV-A7)."""

    person_id: int
    reason: str | None = None


class Instance(Record, frozen=True):
    """A request. Team and position are those that the requester had when it was started."""

    id: int
    uid: str
    confirmation_code: str
    state: State
    flow_id: int
    requester_id: int
    start: Moment
    service_id: int | None = None
    simulation: bool = False
    requester_team: Unit | None = None
    requester_position: Unit | None = None
    master_instance_id: int | None = None
    starter_instance_id: int | None = None
    end: Moment | None = None
    last_finished_task: Moment | None = None
    flow_result: str | None = None
    flow_result_id: int | None = None
    cancellation: Cancellation | None = None
    form_values: tuple[FormValue, ...] = ()
    messages: tuple[Message, ...] = ()


class InstanceTask(Record, frozen=True):
    """A task that has opened in an instance, and the assignment by which its assignee has it in hand.

    Ended with a result it was finished; ended without one it was closed by a cancel (ZEEV-A4).
    """

    id: int
    assignment_id: int
    instance_id: int
    task_id: int
    assignee_id: int
    start: Moment
    expected_end: Moment
    end: Moment | None = None
    result: str | None = None
    executor_id: int | None = None

    @property
    def pending_assignee_id(self) -> int | None:
        """Who has to do it, as long as it is open: the index behind a person's list."""
        return self.assignee_id if self.end is None else None

    @property
    def closed_by_cancel(self) -> bool:
        """Ended, but nobody finished it."""
        return self.end is not None and self.result is None


class Limits(Record, frozen=True):
    """Volume limits per person, on while the record exists; without a figure one per second (ZEEV-A13)."""

    id: Literal["default"] = "default"
    second: Maximum | None = None
    minute: Maximum | None = None
    hour: Maximum | None = None
    day: Maximum | None = None


class Window(Record, frozen=True):
    """Calls counted in one window, open from `opens` until before `closes` (seconds since 1970)."""

    count: int
    opens: float
    closes: float


class Volume(Record, frozen=True):
    """One person's open windows, by the key that `limits` gives them."""

    person_id: int
    windows: dict[str, Window]


PEOPLE = Table("people", Person, indexes=("username",))
TOKENS = Table("tokens", Token, key="token")
APPLICATIONS = Table("applications", Application, indexes=("service_id",))
INSTANCES = Table("instances", Instance, indexes=("requester_id", "start", "end", "last_finished_task"))
INSTANCE_TASKS = Table(
    "instance_tasks",
    InstanceTask,
    indexes=("instance_id", "assignment_id", "assignee_id", "pending_assignee_id", "task_id"),
)
LIMITS = Table("limits", Limits)
VOLUMES = Table("volumes", Volume, key="person_id")
