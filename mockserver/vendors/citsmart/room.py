"""CITSmart's view of one request: its collections by name, and who asks."""

from __future__ import annotations

from mockserver.core.collection import Collection
from mockserver.core.room import Room
from mockserver.vendors.citsmart import records
from mockserver.vendors.citsmart.directory import (
    Contract,
    Device,
    Reason,
    Server,
    Session,
    Status,
    Unit,
    User,
)
from mockserver.vendors.citsmart.work import Assignment, AttendantPosition, CheckIn, Denial, Request, Task

_SERVER = "server"


class CitsmartRoom(Room):
    """The room that every CITSmart operation is handed; `caller` is a User, `logged` the operationID."""

    __slots__ = ()

    @property
    def user(self) -> User:
        """Who asks."""
        user: User = self.caller
        return user

    @property
    def users(self) -> Collection[User]:
        """Users by name."""
        return self.collection(records.USERS)

    @property
    def sessions(self) -> Collection[Session]:
        """Sessions by sessionID."""
        return self.collection(records.SESSIONS)

    @property
    def devices(self) -> Collection[Device]:
        """Associations of devices by `user:token`."""
        return self.collection(records.DEVICES)

    @property
    def contracts(self) -> Collection[Contract]:
        """Contracts by id."""
        return self.collection(records.CONTRACTS)

    @property
    def units(self) -> Collection[Unit]:
        """Units by id."""
        return self.collection(records.UNITS)

    @property
    def statuses(self) -> Collection[Status]:
        """Statuses that a check-out may give, by id."""
        return self.collection(records.STATUSES)

    @property
    def denied_reasons(self) -> Collection[Reason]:
        """Reasons for denying a check-in, by id."""
        return self.collection(records.DENIED_REASONS)

    @property
    def approval_reasons(self) -> Collection[Reason]:
        """Reasons for a decision, by id."""
        return self.collection(records.APPROVAL_REASONS)

    @property
    def requests(self) -> Collection[Request]:
        """Requests by number."""
        return self.collection(records.REQUESTS)

    @property
    def tasks(self) -> Collection[Task]:
        """Tasks by id."""
        return self.collection(records.TASKS)

    @property
    def assignments(self) -> Collection[Assignment]:
        """Who attends what, by `number:user`."""
        return self.collection(records.ASSIGNMENTS)

    @property
    def check_ins(self) -> Collection[CheckIn]:
        """The latest check-in of each request, by number."""
        return self.collection(records.CHECK_INS)

    @property
    def denials(self) -> Collection[Denial]:
        """Refused check-ins by id."""
        return self.collection(records.DENIALS)

    @property
    def attendant_positions(self) -> Collection[AttendantPosition]:
        """Reported positions by id."""
        return self.collection(records.POSITIONS)

    async def server(self) -> Server:
        """The server's parameters; where a test has removed them, those that have a default."""
        return await self.collection(records.SERVERS).get(_SERVER) or Server(id=_SERVER)
