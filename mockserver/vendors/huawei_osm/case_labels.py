"""Labels on tickets (HUAWEI-A37)."""

from __future__ import annotations

from msgspec import to_builtins

from mockserver.core.replies import JSON, Reply
from mockserver.vendors.huawei_osm.cases import existing_case
from mockserver.vendors.huawei_osm.labels import existing_label
from mockserver.vendors.huawei_osm.records import CaseLabel
from mockserver.vendors.huawei_osm.roles import check_role
from mockserver.vendors.huawei_osm.room import OsmRoom


async def list_case_labels(room: OsmRoom, case_id: str) -> Reply:
    """The labels on a ticket, by id."""
    await existing_case(room, case_id)
    check_role(room)
    return Reply(200, {"case_label_list": await labels_on(room, case_id)})


async def create_case_labels(room: OsmRoom, case_id: str, label_ids: list[int]) -> Reply:
    """Put labels on a ticket; one that is on it already stays."""
    await _check(room, case_id, label_ids)
    for label_id in label_ids:
        await room.case_labels.put(CaseLabel(_address(case_id, label_id), case_id, label_id))
    return Reply(200, {})


async def delete_case_labels(room: OsmRoom, case_id: str, label_ids: list[int]) -> Reply:
    """Take labels off a ticket; one that is not on it changes nothing."""
    await _check(room, case_id, label_ids)
    for label_id in label_ids:
        await room.case_labels.delete(_address(case_id, label_id))
    return Reply(200, {})


async def labels_on(room: OsmRoom, case_id: str) -> list[JSON]:
    """The labels on a ticket as answers show them, by id."""
    ids = sorted({put_on.label_id for put_on in await room.case_labels.find(case_id=case_id)})
    found = [await room.labels.get(label_id) for label_id in ids]
    return [to_builtins(label) for label in found if label is not None]


async def _check(room: OsmRoom, case_id: str, label_ids: list[int]) -> None:
    await existing_case(room, case_id)
    check_role(room)
    for label_id in label_ids:
        await existing_label(room, label_id)


def _address(case_id: str, label_id: int) -> str:
    return f"{case_id} {label_id}"
