"""The parts of a message: rows of one ticket, branch, event and key (TAF-A12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.vendors.taf.places import stretch
from mockserver.vendors.taf.records import SentRecord

if TYPE_CHECKING:
    from mockserver.vendors.taf.room import TafRoom

_CHUNK = 64


async def last_sent(room: TafRoom, branch: str, event: str, key: str) -> SentRecord | None:
    """The last row that this branch sent for this event and key."""
    bounds = stretch(branch, event, key)
    found = await room.records.page("by_sender", **bounds, descending=True, limit=1)
    return found[0] if found else None


async def waiting_parts(room: TafRoom, part: SentRecord) -> list[SentRecord]:
    """Every waiting row of the same message, in order of sequence.

    They are the last rows of their key, for nothing else is taken while they wait: older ones are not read.
    """
    found: list[SentRecord] = []
    sender = (part.source_branch, part.registry_type, part.registry_key)
    bounds = stretch(*sender)
    while True:
        chunk = await room.records.page("by_sender", **bounds, descending=True, limit=_CHUNK)
        for row in chunk:
            if not row.waits:
                return in_sequence(found)
            if row.ticket_code == part.ticket_code:
                found.append(row)
        if len(chunk) < _CHUNK:
            return in_sequence(found)
        bounds = stretch(*sender, end=chunk[-1].recno - 1)


async def handled_parts(room: TafRoom, part: SentRecord) -> list[SentRecord]:
    """Every row of the same message that met its outcome together with this one."""
    bounds = stretch(part.source_branch, part.registry_type, part.registry_key)

    def belongs(row: SentRecord) -> bool:
        return row.ticket_code == part.ticket_code and row.handled == part.handled

    return in_sequence(await room.records.page("by_sender", **bounds, where=belongs))


def in_sequence(rows: list[SentRecord]) -> list[SentRecord]:
    """Parts in the order of their sequence, as texts (TAF-A11)."""
    return sorted(rows, key=lambda row: (row.message_sequential, row.recno))
