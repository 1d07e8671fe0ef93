"""Job 2: integrates what waits in TAFST2, when it is told to or after its delay (TAF-A32 to TAF-A37)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mockserver.core.replies import JSON
from mockserver.vendors.taf import parts
from mockserver.vendors.taf.outcomes import PREDECESSOR, inconsistent, outcome
from mockserver.vendors.taf.places import AFTER_ALL, PENDING, joined, received_until, stretch
from mockserver.vendors.taf.records import SentRecord

if TYPE_CHECKING:
    from mockserver.vendors.taf.room import TafRoom

NUMBER = "2"


async def run_job2(room: TafRoom, id: str, body: JSON) -> None:
    """Backstage: one run over every record that waits, those back in the queue included."""
    await room.catch_up()
    waiting = await room.records.page("due", low=PENDING, high=AFTER_ALL)
    await Run(room).over(waiting)


async def run_due(room: TafRoom, delay: float) -> dict[int, SentRecord]:
    """The runs that a delay, in seconds, has made due by now; the rows that they changed, by RecNo."""
    changed: dict[int, SentRecord] = {}
    try:
        latest = room.clock.now() - timedelta(seconds=delay)
    except OverflowError:  # the calendar begins later than that
        return changed
    while True:
        first = await room.records.page("due", **received_until(latest), limit=1)
        if not first:
            return changed
        together = await room.records.page("due", **received_until(first[0].received_at))
        run = Run(room)
        await run.over(together)
        changed.update(run.changed)


async def released(room: TafRoom, handled: SentRecord) -> list[SentRecord]:
    """Rows that are back in the queue for this record's key: the next run may try them again."""
    awaited = joined(handled.group, handled.registry_key)
    rows = await room.records.page("awaited", low=awaited, high=awaited)
    return [replace(row, requeued=False) for row in rows]


class Run:
    """One run. A message is one unit of work, however many parts it has."""

    def __init__(self, room: TafRoom) -> None:
        self._room = room
        self._messages: dict[str, dict[int, SentRecord]] = {}
        self._done: set[str] = set()
        self.changed: dict[int, SentRecord] = {}

    async def over(self, rows: Iterable[SentRecord]) -> None:
        """Handle the messages of these rows by priority and RecNo, predecessors first (TAF-A33)."""
        for row in rows:
            await self._take_up(row)
        for name in sorted(self._messages, key=self._turn):
            await self._with_predecessors(name)

    async def _take_up(self, row: SentRecord) -> None:
        """Put a row on the list, with the other parts of its message that nobody holds in process."""
        message = self._messages.setdefault(_message(row), {})
        if row.recno in message:
            return
        message[row.recno] = row
        for part in await parts.waiting_parts(self._room, row):
            if not part.in_process:
                message[part.recno] = part

    def _parts(self, name: str) -> list[SentRecord]:
        return parts.in_sequence(list(self._messages[name].values()))

    def _turn(self, name: str) -> tuple[str, int]:
        return min((part.registry_priority, part.recno) for part in self._parts(name))

    async def _with_predecessors(self, name: str) -> None:
        """Handle a message after those that it waits for, one after the other."""
        chain: dict[str, None] = {name: None}
        while chain:
            last = next(reversed(chain))
            before = await self._to_be_handled_before(last)
            if before is not None and before not in chain:
                chain[before] = None
                continue
            del chain[last]
            if last not in self._done:
                await self._handle(last)

    async def _to_be_handled_before(self, name: str) -> str | None:
        """The message of the predecessor, if it waits in this run."""
        if name in self._done:
            return None
        predecessor = await self._predecessor(self._parts(name))
        if predecessor is None or not predecessor.waits:
            return None
        before = _message(predecessor)
        return before if before in self._messages and before not in self._done else None

    async def _predecessor(self, message: list[SentRecord]) -> SentRecord | None:
        key = next((part.registry_predecessor for part in message if part.registry_predecessor), "")
        bounds = stretch(message[0].group, key)
        found = await self._room.records.page("by_key", **bounds, descending=True, limit=1) if key else []
        return found[0] if found else None

    async def _handle(self, name: str) -> None:
        self._done.add(name)
        message = self._parts(name)
        if await self._may_pass(message):
            await self._store(await outcome(self._room, message))
        elif any(part.integration_queue for part in message):
            await self._store([replace(part, requeued=True) for part in message])
            return
        else:
            await self._store(await inconsistent(self._room, message, PREDECESSOR))
        await self._store(await released(self._room, message[0]))

    async def _may_pass(self, message: list[SentRecord]) -> bool:
        """Whether there is no predecessor, or one that was handled, well or badly (TAF-A35)."""
        if not any(part.registry_predecessor for part in message):
            return True
        predecessor = await self._predecessor(message)
        return predecessor is not None and not predecessor.waits

    async def _store(self, rows: Iterable[SentRecord]) -> None:
        for row in rows:
            await self._room.records.put(row)
            self.changed[row.recno] = row


def _message(row: SentRecord) -> str:
    return joined(row.ticket_code, row.source_branch, row.registry_type, row.registry_key)
