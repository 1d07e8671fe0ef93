"""People and applications by id, each fetched once a request."""

from __future__ import annotations

from mockserver.vendors.zeev.records import Application, Person
from mockserver.vendors.zeev.room import ZeevRoom

_NO_UID = "00000000-0000-0000-0000-000000000000"


class Directory:
    """What instances refer to. A reference to nothing (a test may delete records) reads as a nameless one."""

    def __init__(self, room: ZeevRoom) -> None:
        self._room = room
        self._people: dict[int, Person] = {}
        self._applications: dict[int, Application] = {}

    async def person(self, id: int) -> Person:
        """The person with this id."""
        if id not in self._people:
            found = await self._room.people.get(id)
            self._people[id] = found or Person(id=id, name="", username="", password="", email="")
        return self._people[id]

    async def application(self, flow_id: int) -> Application:
        """The application whose flow has this id."""
        if flow_id not in self._applications:
            found = await self._room.applications.get(flow_id)
            self._applications[flow_id] = found or Application(
                id=flow_id, uid=_NO_UID, name="", version=0, code="", tasks=()
            )
        return self._applications[flow_id]
