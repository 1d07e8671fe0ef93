"""Labels of work orders: list, read, create, change, delete."""

from __future__ import annotations

import msgspec

from mockserver.core.replies import JSON, Reply
from mockserver.vendors.persat.errors import LabelNotFound
from mockserver.vendors.persat.records import Label
from mockserver.vendors.persat.room import PersatRoom


async def list_work_order_labels(room: PersatRoom) -> Reply:
    """Every label, by id."""
    found = await room.labels.find()
    return Reply(200, {"success": True, "data": [msgspec.to_builtins(label) for label in found]})


async def get_work_order_label(room: PersatRoom, label_id: int) -> Reply:
    """One label ("Obtener Etiqueta")."""
    return _answer(await _existing(room, label_id))


async def create_work_order_label(room: PersatRoom, body: JSON) -> Reply:
    """A new label ("Insertar Etiqueta", PERSAT-A30, PERSAT-A32)."""
    label = Label(id=await room.ids.next("work_order_labels"), name=body["name"], color=body["color"])
    await room.labels.put(label)
    return _answer(label)


async def update_work_order_label(room: PersatRoom, label_id: int, body: JSON) -> Reply:
    """Change what is sent, keep the rest ("Modificar Etiqueta", PERSAT-A46)."""
    label = await _existing(room, label_id)
    changes = {name: body[name] for name in ("name", "color") if name in body}
    changed = msgspec.structs.replace(label, **changes)
    await room.labels.put(changed)
    return _answer(changed)


async def delete_work_order_label(room: PersatRoom, label_id: int) -> Reply:
    """Delete a label ("Eliminar Etiqueta"); orders keep its id, the reference is weak (PERSAT-A32)."""
    label = await _existing(room, label_id)
    await room.labels.delete(label.id)
    return Reply(200, {"success": True, "data": {"id": label.id}})


async def _existing(room: PersatRoom, label_id: int) -> Label:
    label = await room.labels.get(label_id)
    if label is None:
        raise LabelNotFound(label_id=label_id)
    return label


def _answer(label: Label) -> Reply:
    return Reply(200, {"success": True, "data": msgspec.to_builtins(label)})
