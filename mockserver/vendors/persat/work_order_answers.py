"""How a work order reads in answers and webhooks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from mockserver.core.replies import JSON
from mockserver.vendors.persat.local_time import printed_day
from mockserver.vendors.persat.records import Client, Technician, WorkOrder
from mockserver.vendors.persat.room import PersatRoom

Technicians = Mapping[int, Technician | None]


async def as_answered(room: PersatRoom, orders: Sequence[WorkOrder]) -> list[JSON]:
    """The vendor's WorkOrder objects; orders whose client was deleted are gone and left out."""
    clients = {uid: await room.clients.get(uid) for uid in {order.uid_client for order in orders}}
    asked = {id for order in orders for id in order.responsibles}
    technicians = {id: await room.technicians.get(id) for id in asked}
    shown = ((order, clients[order.uid_client]) for order in orders)
    return [_work_order(order, client, technicians) for order, client in shown if client is not None]


def _work_order(order: WorkOrder, client: Client, technicians: Technicians) -> JSON:
    return {
        "_id": order.id,
        "note_id": order.note_id,
        "state": order.state,
        "created": order.created,
        "created_by_user_name": order.created_by_user_name,
        "created_by_user_id": order.created_by_user_id,
        "labels_ids": list(order.labels_ids),
        "client": {"id": client.client_id, "name": client.company_name, "uid_client": client.uid_client},
        "wo_data": _work(order),
        "assignation_info": _assignation(order, technicians),
    }


def _work(order: WorkOrder) -> JSON:
    work = {
        "schema_id": order.schema_id,
        "wo_instance": order.wo_instance,
        "wo_rule_id": order.wo_rule_id,
        "service_time": order.service_time,
        "instructions": {"formvalues": order.formvalues},
    }
    if order.results is not None:
        work["results"] = msgspec.to_builtins(order.results)
    return work


def _assignation(order: WorkOrder, technicians: Technicians) -> JSON:
    return {
        "date": None if order.date is None else printed_day(order.date),
        "starts_min": order.starts_min,
        "responsibles_required": order.responsibles_required,
        "responsibles": list(_named(technicians[id] for id in order.responsibles)),
    }


def _named(technicians: Iterable[Technician | None]) -> Iterable[JSON]:
    """Ids come in, objects go out; a technician who was deleted has no name to show."""
    return ({"user_id": t.user_id, "user_name": t.user_name} for t in technicians if t is not None)
