"""New work orders: what is sent decides whether one is PENDIENTE, PROYECTADA or ASIGNADA."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from mockserver.core.replies import JSON, Reply
from mockserver.vendors.persat.errors import (
    DateWithoutStart,
    FieldInvalid,
    FieldMissing,
    ReferredClientNotFound,
    ReferredSchemaNotFound,
    ReferredTechnicianNotFound,
    ResponsiblesMiscounted,
    ResponsiblesWithoutDate,
)
from mockserver.vendors.persat.local_time import day_of, printed_local
from mockserver.vendors.persat.records import Number, State, WorkOrder
from mockserver.vendors.persat.room import PersatRoom
from mockserver.vendors.persat.work_order_answers import as_answered
from mockserver.vendors.persat.work_order_schemas import address_of

# The highest note_id in the vendor's documentation; new ones count on from it (PERSAT-A21).
_HIGHEST_NOTE = 603


class Plan(NamedTuple):
    """When and by whom the work is to be done, and the state that follows from it."""

    state: State
    day: date | None = None
    starts_min: Number | None = None
    responsibles: Sequence[Number] = ()


async def create_work_order(room: PersatRoom, body: JSON) -> Reply:
    """Create an order ("Insertar OT"); the answer is the order."""
    plan = _plan(body)
    await _check_references(room, body)
    technicians = tuple([await _technician(room, id) for id in plan.responsibles])
    work, info = body["wo_data"], body.get("assignation_info", {})
    order = WorkOrder(
        id=str(await room.ids.next("work_orders")),
        note_id=_HIGHEST_NOTE + await room.ids.next("notes"),
        state=plan.state,
        created=printed_local(room.clock.now()),
        uid_client=body["uid_client"],
        schema_id=work["schema_id"],
        service_time=work["service_time"],
        labels_ids=tuple(body.get("labels_ids", ())),
        formvalues=work.get("instructions", {}).get("formvalues", {}),
        date=plan.day,
        starts_min=plan.starts_min,
        responsibles_required=info.get("responsibles_required", 1),
        responsibles=technicians,
    )
    await room.work_orders.put(order)
    (shown,) = await as_answered(room, [order])
    return Reply(200, {"success": True, "data": shown})


def _plan(body: JSON) -> Plan:
    """What the fields amount to; raises the refusal of a combination that has no meaning (PERSAT-A17)."""
    info = body.get("assignation_info", {})
    responsibles = _responsibles(body, info)
    if ("date" in info) != ("starts_min" in info):
        raise DateWithoutStart
    if "date" not in info:
        if responsibles is not None:
            raise ResponsiblesWithoutDate
        return Plan("PENDIENTE")
    day = _day(info["date"])
    if not responsibles:
        return Plan("PROYECTADA", day, info["starts_min"])
    _check_assigned(body, info, responsibles)
    return Plan("ASIGNADA", day, info["starts_min"], responsibles)


def _responsibles(body: JSON, info: JSON) -> list[Number] | None:
    """The ids of technicians, from either place in which the vendor prints them (PERSAT-A20)."""
    if "responsibles" in info or "responsibles" not in body:
        found: list[Number] | None = info.get("responsibles")
        return found
    ids = body["responsibles"]
    if not isinstance(ids, list) or not all(_is_number(id) for id in ids):
        raise FieldInvalid(field="responsibles")
    return ids


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _day(text: str) -> date:
    try:
        return day_of(text)
    except ValueError:
        raise FieldInvalid(field="assignation_info.date") from None


def _check_assigned(body: JSON, info: JSON, responsibles: list[Number]) -> None:
    """What an order with technicians needs ("Insertar ASIGNADA")."""
    if "formvalues" not in body["wo_data"].get("instructions", {}):
        raise FieldMissing(field="wo_data.instructions.formvalues")
    if "responsibles_required" not in info:
        raise FieldMissing(field="assignation_info.responsibles_required")
    if len(responsibles) != info["responsibles_required"]:
        raise ResponsiblesMiscounted


async def _check_references(room: PersatRoom, body: JSON) -> None:
    """Client and schema must exist (PERSAT-A18); labels need not, their reference is weak."""
    if await room.clients.get(body["uid_client"]) is None:
        raise ReferredClientNotFound
    if await room.schemas.get(address_of(body["wo_data"]["schema_id"])) is None:
        raise ReferredSchemaNotFound


async def _technician(room: PersatRoom, id: Number) -> int:
    technician = await room.technicians.get(address_of(id))
    if technician is None:
        raise ReferredTechnicianNotFound
    return technician.user_id
