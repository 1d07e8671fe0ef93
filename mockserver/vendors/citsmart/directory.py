"""What exists before any work: people, their devices, contracts with units, reference lists, the server."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from mockserver.core.records import Record
from mockserver.vendors.citsmart.fields import AtLeastOne, Id, Instant, Latitude, Longitude, Minutes, Text
from mockserver.vendors.citsmart.geography import Position, place_of


class User(Record, frozen=True):
    """Somebody who may log in, and what he may do; `operations` None means all of them (CITSMART-A33)."""

    user_name: Text
    password: Text
    groups: Annotated[tuple[Text, ...], Meta(min_length=1)]
    contracts: tuple[Id, ...]
    operations: tuple[str, ...] | None = None
    may_reactivate: bool = True
    may_suspend: bool = True
    range_action: AtLeastOne = 10
    location_interval: AtLeastOne = 10


class Session(Record, frozen=True):
    """A login; one without a start does not expire, so that examples can be repeated on any day."""

    id: Text
    user: str
    started: Instant | None = None


class Device(Record, frozen=True):
    """A device that receives push messages for a user; the id is `user:token` (CITSMART-A30)."""

    id: str
    user: str
    token: str
    platform: Literal["ios", "android"]
    active: bool = True
    connection: str | None = None


class Contract(Record, frozen=True):
    """A contract."""

    id: Id
    description: Text


class Unit(Record, frozen=True):
    """A place of work under a contract, with its position."""

    id: Id
    description: Text
    contract: Id
    latitude: Latitude
    longitude: Longitude

    @property
    def position(self) -> Position:
        """Where the unit is."""
        return Position(self.latitude, self.longitude)

    @property
    def place(self) -> float:
        """Its position in the order of `geography`."""
        return place_of(self.position)


class Justification(Record, frozen=True):
    """Why a request was suspended, or how it was solved; only solutions have a parent."""

    id: Id
    description: Text
    parent_id: Id | UnsetType | None = UNSET


class Status(Record, frozen=True):
    """A status that a check-out can give a request."""

    id: Id
    description: Text
    justifications: tuple[Justification, ...] | UnsetType = UNSET


class Reason(Record, frozen=True):
    """A reason for denying a check-in, or for approving or rejecting."""

    id: Id
    description: Annotated[str, Meta(min_length=1, max_length=100)]


class Server(Record, frozen=True):
    """Parameters of the server; the one record is called `server`."""

    id: str
    session_seconds: AtLeastOne = 1800
    page_size: Annotated[int, Meta(ge=1, le=1000)] = 10
    default_contract: Id | None = None
    default_service: Text | None = None
    default_origin: Id | None = None
    default_time_sla: Minutes = 480
    task_name: Text = "Executar solicitação"
