"""Work orders: list, read, label, cancel, track."""

from __future__ import annotations

from datetime import date
from hashlib import sha256

from msgspec.structs import replace

from mockserver.core.records import natural
from mockserver.core.replies import JSON, Reply
from mockserver.vendors.persat.errors import (
    DateUnreadable,
    RangeReversed,
    RangeTooLong,
    WorkOrderNotCancellable,
    WorkOrderNotFound,
)
from mockserver.vendors.persat.local_time import day_of
from mockserver.vendors.persat.records import ClosingInfo, Results, WorkOrder
from mockserver.vendors.persat.room import PersatRoom
from mockserver.vendors.persat.work_order_answers import as_answered

CANCELLABLE = frozenset({"PENDIENTE", "PROYECTADA", "ASIGNADA"})
LONGEST_RANGE_DAYS = 15
REPETITION_ID = "-1"
_TRACKING = "https://wotracking.persat.com.ar/?hash="


async def list_work_orders(
    room: PersatRoom, from_: str, to: str, states: list[str] | None = None, uid_client: str | None = None
) -> Reply:
    """The orders dated from one day to another, both included ("Listar OTs"); no paging."""
    first, last = _day(from_, "from"), _day(to, "to")
    if last < first:
        raise RangeReversed
    if (last - first).days > LONGEST_RANGE_DAYS:
        raise RangeTooLong

    named = None if states is None else frozenset(states)

    def wanted(order: WorkOrder) -> bool:
        return (named is None or order.state in named) and uid_client in (None, order.uid_client)

    found = await room.work_orders.page(by="date", low=first, high=last, where=wanted)
    repeated = await room.repetitions.page(by="date", low=first, high=last, where=wanted)
    found += [replace(order, id=REPETITION_ID) for order in repeated]
    found.sort(key=lambda order: (order.date, order.starts_min or 0, natural(order.id)))
    return Reply(200, {"success": True, "data": await as_answered(room, found)})


async def get_work_order(room: PersatRoom, wo_id: str) -> Reply:
    """One order ("Obtener OT")."""
    return await _answer(room, await _existing(room, wo_id))


async def update_work_order_labels(room: PersatRoom, wo_id: str, body: JSON) -> Reply:
    """Replace the labels, in any state ("Modificar etiquetas", PERSAT-A26)."""
    order = replace(await _existing(room, wo_id), labels_ids=tuple(body["labels_ids"]))
    await room.work_orders.put(order)
    return await _answer(room, order)


async def cancel_work_order(room: PersatRoom, wo_id: str, body: JSON) -> Reply:
    """Cancel an order that nobody has worked on ("Cancelar OT"); labels only change if they are sent."""
    order = await _existing(room, wo_id)
    if order.state not in CANCELLABLE:
        raise WorkOrderNotCancellable(state=order.state)
    cancelled = replace(
        order,
        state="CERRADA_NO_CUMPLIDA",  # PERSAT-A1
        results=replace(order.results or Results(), closing_info=ClosingInfo(cause=body["cause"])),
        labels_ids=tuple(body.get("labels_ids", order.labels_ids)),
    )
    await room.work_orders.put(cancelled)
    return Reply(200, {"success": True, "data": {"wo_id": order.id}})


async def get_work_order_tracklink(room: PersatRoom, wo_id: str) -> Reply:
    """Where a client may follow the order ("Obtener link de trackeo"); the link outlives its changes."""
    order = await _existing(room, wo_id)
    opaque = sha256(f"persat/work-orders/{order.id}".encode()).hexdigest()[:32]
    return Reply(200, {"success": True, "data": {"tracklink": f"{_TRACKING}{opaque}"}})


async def _existing(room: PersatRoom, wo_id: str) -> WorkOrder:
    """The order; one whose client was deleted is gone with it ("Eliminar un cliente")."""
    order = await room.work_orders.get(wo_id)
    if order is None or await room.clients.get(order.uid_client) is None:
        raise WorkOrderNotFound(wo_id=wo_id)
    return order


async def _answer(room: PersatRoom, order: WorkOrder) -> Reply:
    (shown,) = await as_answered(room, [order])
    return Reply(200, {"success": True, "data": shown})


def _day(text: str, name: str) -> date:
    try:
        return day_of(text)
    except ValueError:
        raise DateUnreadable(name=name) from None
