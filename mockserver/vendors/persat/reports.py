"""What happens outside the API: technicians report, coordinators close (PERSAT-A29)."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec.structs import replace

from mockserver.core.records import Record
from mockserver.core.replies import JSON
from mockserver.vendors.persat.local_time import printed
from mockserver.vendors.persat.records import ClosingInfo, Results, State, WorkOrder
from mockserver.vendors.persat.room import PersatRoom
from mockserver.vendors.persat.work_order_answers import as_answered

CLOSED = "workorder.closed"


class Report(Record, frozen=True):
    """What a technician sends from the mobile application: the form of results."""

    formvalues: dict[str, Any] = {}  # noqa: RUF012  # msgspec copies an empty default for each record


class Closing(Record, frozen=True):
    """What a coordinator says when closing."""

    cause: str = ""


async def report(room: PersatRoom, wo_id: str, body: JSON) -> None:
    """ASIGNADA to INFORME, with `formvalues`."""
    form = msgspec.convert(body, Report)
    order = await _known(room, wo_id)
    results = Results(last_updated=printed(room.clock.now()), formvalues=form.formvalues)
    await room.work_orders.put(replace(order, state="INFORME", results=results))


async def close_ok(room: PersatRoom, wo_id: str, body: JSON) -> None:
    """INFORME to CERRADA_OK, with `cause`."""
    await _close(room, wo_id, body, "CERRADA_OK")


async def close_with_deviation(room: PersatRoom, wo_id: str, body: JSON) -> None:
    """INFORME to CERRADA_CON_DESVIO, with `cause`."""
    await _close(room, wo_id, body, "CERRADA_CON_DESVIO")


async def close_not_done(room: PersatRoom, wo_id: str, body: JSON) -> None:
    """INFORME to CERRADA_NO_CUMPLIDA, with `cause`."""
    await _close(room, wo_id, body, "CERRADA_NO_CUMPLIDA")


async def _close(room: PersatRoom, wo_id: str, body: JSON, state: State) -> None:
    closing = ClosingInfo(cause=msgspec.convert(body, Closing).cause)
    order = await _known(room, wo_id)
    closed = replace(order, state=state, results=replace(order.results or Results(), closing_info=closing))
    await room.work_orders.put(closed)
    await _announce(room, closed)


async def _announce(room: PersatRoom, order: WorkOrder) -> None:
    """`workorder.closed` with the whole order, to every endpoint that wants it."""
    endpoints = await room.webhook_endpoints.find(lambda known: not known.events or CLOSED in known.events)
    for payload in await as_answered(room, [order]):
        letter = {"eventType": CLOSED, "payload": payload}
        for to in endpoints:
            room.outbox.post(to.url, letter, event=CLOSED, attempts=to.attempts, backoff=to.backoff)


async def _known(room: PersatRoom, wo_id: str) -> WorkOrder:
    order = await room.work_orders.get(wo_id)
    if order is None:
        raise LookupError(wo_id)  # the control API has looked before
    return order
