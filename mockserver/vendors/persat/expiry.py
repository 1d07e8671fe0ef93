"""VENCIDA: assigned work that nobody reported in time expires by itself (PERSAT-A28)."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

import msgspec

from mockserver.vendors.persat.local_time import LOCAL

if TYPE_CHECKING:
    from mockserver.vendors.persat.records import WorkOrder
    from mockserver.vendors.persat.room import PersatRoom

DEFAULT_HOURS = 48.0
_SECONDS_A_MINUTE = 60
_SECONDS_AN_HOUR = 3600


async def expired_by_now(room: PersatRoom, order: WorkOrder) -> WorkOrder:
    """The order as the clock leaves it: ASIGNADA turns VENCIDA, once a test has set the clock."""
    if order.state != "ASIGNADA" or not room.clock.touched:
        return order
    setting = await room.settings.get("work_orders")
    hours = DEFAULT_HOURS if setting is None else setting.overdue_hours
    if _seconds_since_start(order, room.clock.now()) <= hours * _SECONDS_AN_HOUR:
        return order
    return msgspec.structs.replace(order, state="VENCIDA")


def _seconds_since_start(order: WorkOrder, now: datetime) -> float:
    """How long ago the work was to start; negative for the future, and for an order without a date."""
    if order.date is None:
        return float("-inf")
    midnight = datetime.combine(order.date, time(), tzinfo=LOCAL)
    return (now - midnight).total_seconds() - (order.starts_min or 0) * _SECONDS_A_MINUTE
