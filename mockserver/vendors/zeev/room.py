"""Zeev's records as its behaviour sees them."""

from __future__ import annotations

from datetime import datetime

from mockserver.core.collection import Collection
from mockserver.core.room import Room
from mockserver.vendors.zeev.records import (
    APPLICATIONS,
    INSTANCE_TASKS,
    INSTANCES,
    LIMITS,
    PEOPLE,
    TOKENS,
    VOLUMES,
    Application,
    Instance,
    InstanceTask,
    Limits,
    Person,
    Token,
    Volume,
)


class ZeevRoom(Room):
    """One request's view of Zeev; `caller` is the token's person, None on public operations."""

    __slots__ = ()

    caller: Person

    @property
    def people(self) -> Collection[Person]:
        """Everybody with a login."""
        return self.collection(PEOPLE)

    @property
    def tokens(self) -> Collection[Token]:
        """Bearer tokens by their text."""
        return self.collection(TOKENS)

    @property
    def applications(self) -> Collection[Application]:
        """Applications by the id of their flow."""
        return self.collection(APPLICATIONS)

    @property
    def instances(self) -> Collection[Instance]:
        """Requests, running or ended."""
        return self.collection(INSTANCES)

    @property
    def instance_tasks(self) -> Collection[InstanceTask]:
        """Tasks that have opened in instances."""
        return self.collection(INSTANCE_TASKS)

    @property
    def limits(self) -> Collection[Limits]:
        """The volume limits, where they are on."""
        return self.collection(LIMITS)

    @property
    def volumes(self) -> Collection[Volume]:
        """Counted calls by person."""
        return self.collection(VOLUMES)

    def present(self) -> datetime:
        """Now, in whole seconds: one of the two forms of date that filters take has no fractions."""
        return self.clock.now().replace(microsecond=0)
