"""Orders of the invented vendor: list, read, make, cancel, and one that breaks its promise."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from mockserver.core.collection import Collection
from mockserver.core.records import Record, Table
from mockserver.core.replies import JSON, Reply, VendorError
from mockserver.core.room import Room


class Order(Record, frozen=True):
    """One order."""

    id: str
    state: str = "OPEN"
    note: str | None = None
    due: int | None = None


async def _settle(room: Room, order: Order) -> Order:
    late = order.state == "OPEN" and order.note == "hurry" and room.clock.touched
    return replace(order, state="LATE") if late else order


ORDERS = Table("orders", Order, indexes=("due", "note"), settle=_settle)


class AcmeRoom(Room):
    """The room with its one collection."""

    @property
    def orders(self) -> Collection[Order]:
        """Orders by id."""
        return self.collection(ORDERS)


class OrderNotFound(VendorError):
    """No such order."""

    catalogue_id = "no_order"


class OrderClosed(VendorError):
    """The order is closed."""

    catalogue_id = "closed"


class NoteTooLong(VendorError):
    """The note does not fit."""

    catalogue_id = "bad_note"


async def list_orders(room: AcmeRoom, states: list[str] | None = None, limit: int = 10) -> Reply:
    """Orders in order of id."""
    found = await room.orders.page(where=lambda order: states is None or order.state in states, limit=limit)
    return Reply(200, [_shown(order) for order in found])


async def get_order(room: AcmeRoom, order_id: str) -> Reply:
    """One order."""
    order = await room.orders.get(order_id)
    if order is None:
        raise OrderNotFound(order_id=order_id)
    return Reply(200, _shown(order))


async def create_order(room: AcmeRoom, body: JSON) -> Reply:
    """A new order; `boom` stores it and then answers what the spec does not promise."""
    order = Order(id=str(await room.ids.next("orders")), note=body.get("note"), due=body.get("due"))
    await room.orders.put(order)
    if order.note == "boom":
        return Reply(200, {"id": order.id, "unpromised": True})
    if order.note == "crash":
        raise ZeroDivisionError
    return Reply(200, _shown(order))


async def cancel_order(room: AcmeRoom, order_id: str) -> Reply:
    """Cancel; the change is made before the refusal is raised, so that a rollback shows."""
    order = await room.orders.get(order_id)
    if order is None:
        raise OrderNotFound(order_id=order_id)
    await room.orders.put(replace(order, state="CANCELLED"))
    if order.state != "OPEN":
        raise OrderClosed(state=order.state)
    return Reply(200, _shown(replace(order, state="CANCELLED")))


async def import_orders(room: AcmeRoom, body: JSON, limit: str = "none") -> Reply:
    """Several orders at once, each stored or refused for itself; checks its request itself."""
    texts = []
    for note in body:
        fits = isinstance(note, str) and len(note) <= 5
        if fits:
            await room.orders.put(Order(id=str(await room.ids.next("orders")), note=note))
        texts.append("stored" if fits else room.worded(NoteTooLong()).message)
    return Reply(200, {"limit": limit, "texts": texts})


async def give_up(room: AcmeRoom, note: str, details: JSON) -> None:
    """Backstage: the last order with this note is cancelled."""
    last = (await room.orders.page("note", low=note, high=note, descending=True, limit=1))[0]
    await room.orders.put(replace(last, state="CANCELLED"))


async def ship(room: AcmeRoom, id: str, details: JSON) -> None:
    """Backstage: the order leaves the house; a receiver named in `hook` is told."""
    order = await room.orders.get(id)
    if order is not None:
        await room.orders.put(replace(order, state="SHIPPED"))
    if "hook" in details:
        room.outbox.post(details["hook"], {"shipped": id}, event="order.shipped", **_retries(details))


def _retries(details: JSON) -> dict[str, Any]:
    return {name: details[name] for name in ("attempts", "backoff") if name in details}


def _shown(order: Order) -> JSON:
    return {"id": order.id, "state": order.state, "note": order.note}
