"""Persat: work orders of a field service, their schemas, labels and tracking links."""

from __future__ import annotations

from mockserver.core.vendor import Vendor
from mockserver.vendors.persat import (
    clients,
    new_work_orders,
    work_order_labels,
    work_order_schemas,
    work_orders,
)
from mockserver.vendors.persat.auth import authenticate
from mockserver.vendors.persat.errors import envelope
from mockserver.vendors.persat.records import TABLES
from mockserver.vendors.persat.reports import close_not_done, close_ok, close_with_deviation, report
from mockserver.vendors.persat.room import PersatRoom

PERSAT = Vendor(
    name="persat",
    title="Persat",
    modules=(clients, new_work_orders, work_order_labels, work_order_schemas, work_orders),
    room=PersatRoom,
    tables=TABLES,
    envelope=envelope,
    authenticate=authenticate,
    sandbox_in=("header/authorization",),
    events={
        "report": report,
        "close_ok": close_ok,
        "close_with_deviation": close_with_deviation,
        "close_not_done": close_not_done,
    },
    trailing_slash=True,
    array_forms=("list_work_orders.states",),
)

__all__ = ["PERSAT"]
