"""TAF's view of one request: its collections by name, its settings, and what job 2 did meanwhile."""

from __future__ import annotations

from typing import Any

from mockserver.core.collection import Collection
from mockserver.core.room import Room
from mockserver.vendors.taf import job2, records
from mockserver.vendors.taf.installation import Branch, Job, Setting, User
from mockserver.vendors.taf.records import SentRecord

_DEFAULTS = Setting(id="service")


class TafRoom(Room):
    """The room that every operation of the service is handed."""

    __slots__ = ("_caught_up",)

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._caught_up: dict[int, SentRecord] | None = None

    @property
    def records(self) -> Collection[SentRecord]:
        """Rows of TAFST2 by RecNo."""
        return self.collection(records.RECORDS)

    @property
    def branches(self) -> Collection[Branch]:
        """The company complement."""
        return self.collection(records.BRANCHES)

    @property
    def jobs(self) -> Collection[Job]:
        """Job 2."""
        return self.collection(records.JOBS)

    @property
    def users(self) -> Collection[User]:
        """Who may enter."""
        return self.collection(records.USERS)

    async def setting(self) -> Setting:
        """How the installation is set up."""
        return await self.collection(records.SETTINGS).get("service") or _DEFAULTS

    async def catch_up(self) -> None:
        """Let job 2 do what its delay has made due by now, once in a request (TAF-A32).

        What it does is stored with the request, so that nothing is worked out twice.
        """
        if self._caught_up is not None:
            return
        self._caught_up = {}
        job = await self.jobs.get(job2.NUMBER)
        if job is not None and job.delay is not None:
            self._caught_up.update(await job2.run_due(self, job.delay))

    async def as_of_now(self, record: SentRecord) -> SentRecord:
        """The record as the sandbox's clock leaves it."""
        await self.catch_up()
        return (self._caught_up or {}).get(record.recno, record)
