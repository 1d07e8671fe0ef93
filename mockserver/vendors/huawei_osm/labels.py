"""Labels: a customer's own marks for tickets (HUAWEI-A37)."""

from __future__ import annotations

from msgspec import to_builtins
from msgspec.structs import replace

from mockserver.core.replies import JSON, Reply
from mockserver.vendors.huawei_osm.errors import ParamInvalid
from mockserver.vendors.huawei_osm.records import Label
from mockserver.vendors.huawei_osm.roles import check_role
from mockserver.vendors.huawei_osm.room import OsmRoom


async def list_labels(
    room: OsmRoom, offset: int, limit: int, name: str | None = None, label_id: int | None = None
) -> Reply:
    """A page of the labels, by id; `name` matches parts."""
    check_role(room)
    if name or label_id is not None:
        found = [label for label in await _narrowed(room, label_id) if (name or "") in label.name]
        total, page = len(found), found[offset : offset + limit]
    else:
        total = await room.labels.count()
        page = await room.labels.page(offset=offset, limit=limit)
    return Reply(200, {"total_count": total, "label_list": [to_builtins(label) for label in page]})


async def create_labels(room: OsmRoom, body: JSON) -> Reply:
    """Create a label; its id is not answered."""
    check_role(room)
    label = Label(label_id=await room.ids.next("labels"), name=body["name"], color=body["color"])
    await room.labels.put(label)
    return Reply(200, {})


async def update_labels(room: OsmRoom, label_id: int, body: JSON) -> Reply:
    """Give a label another name and colour."""
    label = await existing_label(room, label_id)
    check_role(room)
    await room.labels.put(replace(label, name=body["name"], color=body["color"]))
    return Reply(200, {})


async def delete_labels(room: OsmRoom, label_id: int) -> Reply:
    """Delete a label, and take it off all tickets."""
    await existing_label(room, label_id)
    check_role(room)
    for put_on in await room.case_labels.find(label_id=label_id):
        await room.case_labels.delete(put_on.id)
    await room.labels.delete(label_id)
    return Reply(200, {})


async def existing_label(room: OsmRoom, label_id: int) -> Label:
    """The label; raises ParamInvalid where there is none."""
    label = await room.labels.get(label_id)
    if label is None:
        raise ParamInvalid
    return label


async def _narrowed(room: OsmRoom, label_id: int | None) -> list[Label]:
    if label_id is None:
        return await room.labels.page()
    label = await room.labels.get(label_id)
    return [] if label is None else [label]
