"""Tickets: DELETE takes them back with everything that became of their records."""

from __future__ import annotations

from mockserver.core.replies import JSON, Reply
from mockserver.vendors.taf.company_groups import asked_group
from mockserver.vendors.taf.errors import TicketMissing, TicketsMissing
from mockserver.vendors.taf.places import stretch
from mockserver.vendors.taf.record_checks import TICKET, form_errors
from mockserver.vendors.taf.room import TafRoom


async def delete_tickets(room: TafRoom, body: JSON, source_branch: str | None = None) -> Reply:
    """Remove every row of the tickets in the company group ("DELETE"); unknown ones are no error (TAF-A40).

    A row is its record, its log and its register in TAF: nothing is left. All is checked first (TAF-A41).
    """
    await room.catch_up()
    items = body.get("deleteTicket") if isinstance(body, dict) else None
    if not isinstance(items, list):
        raise TicketsMissing
    group = await asked_group(room, source_branch)
    for ticket in [_ticket(item, position) for position, item in enumerate(items, start=1)]:
        for row in await room.records.page("by_ticket", **stretch(group, ticket)):
            await room.records.delete(row.recno)
    return Reply(200, {"success": True})


def _ticket(item: JSON, position: int) -> str:
    if not isinstance(item, dict) or form_errors(TICKET, item):
        raise TicketMissing(position=position)
    ticket: str = item[TICKET.name]
    return ticket
