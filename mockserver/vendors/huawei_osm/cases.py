"""Tickets: read one, read its state, and what every operation on one begins with."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec

from mockserver.core.replies import JSON, Reply
from mockserver.vendors.huawei_osm.case_messages import messages_of
from mockserver.vendors.huawei_osm.errors import CaseNotFound, OperationFailed, StateForbids
from mockserver.vendors.huawei_osm.names import names_of
from mockserver.vendors.huawei_osm.records import DELETED, Case
from mockserver.vendors.huawei_osm.roles import check_role
from mockserver.vendors.huawei_osm.room import OsmRoom

# Set by engineers and tests only; left out until then (HUAWEI-A38).
_OPTIONAL = ("severity_name", "business_ownership", "resolve_time", "ext_info")


async def show_case_detail(room: OsmRoom, case_id: str) -> Reply:
    """One ticket with its messages and ratings."""
    case = await _readable_case(room, case_id)
    check_role(room)
    names = await names_of(room, case)
    stored = msgspec.to_builtins(case)
    shown = {
        "status": case.status,
        "judgement": case.judgement,
        "incident_id": case.incident_id,
        "xcustomer_id": case.xcustomer_id,
        "xcustomer_name": case.xcustomer_name,
        "business_type_name": names.business_type,
        "incident_type_name": names.incident_type,
        "customer_id": case.customer_id,
        "dc_name": names.region,
        "source_name": case.source_id,
        "simple_description": case.simple_description,
        "create_time": case.create_time,
        "message_list": await messages_of(room, case_id),
        "incident_satisfaction": stored["incident_satisfaction"],
        **_given(severity_name=names.severity),
        **{name: stored[name] for name in _OPTIONAL if name in stored},
    }
    return Reply(200, {"incident_detail_info": shown})


async def show_case_status(room: OsmRoom, case_id: str) -> Reply:
    """One ticket's state."""
    case = await _readable_case(room, case_id)
    check_role(room)
    return Reply(200, {"status": case.status})


async def existing_case(room: OsmRoom, case_id: str) -> Case:
    """The ticket; raises CaseNotFound for an unknown and for a deleted one (HUAWEI-A4)."""
    case = await room.cases.get(case_id)
    if case is None or case.status == DELETED:
        raise CaseNotFound
    return case


async def check_state(room: OsmRoom, case: Case, allowed: Collection[int]) -> None:
    """Raise the refusal of a state that does not allow this (HUAWEI-A1)."""
    if case.status in allowed:
        return
    if (await room.setting()).state_refusal == OperationFailed.catalogue_id:
        raise OperationFailed
    raise StateForbids


async def _readable_case(room: OsmRoom, case_id: str) -> Case:
    """The ticket; a deleted one too, where a test has chosen that (HUAWEI-A4)."""
    case = await room.cases.get(case_id)
    if case is None or (case.status == DELETED and not (await room.setting()).deleted_visible):
        raise CaseNotFound
    return case


def _given(**values: Any) -> JSON:
    return {name: value for name, value in values.items() if value is not None}
