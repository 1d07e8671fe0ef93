"""Our double, with work orders enough for every request of a round to cancel one of its own."""

import asyncio
from typing import Any

import msgspec

from benchmarks.workload import FIRST_ID, WORK_ORDERS
from mockserver.app import VENDORS, Double, build
from mockserver.core.records import Table
from mockserver.core.sandboxes import DEFAULT

VENDOR = "persat"
SNAPSHOT = "benchmark"
_COLLECTION = "work_orders"
# Cancellable, and without a date on which it could expire.
_MODEL_STATE = "PENDIENTE"


def double() -> Double:
    """The application that `duble serve persat` serves, its default sandbox filled and kept as a snapshot."""
    app = build([VENDOR])
    asyncio.run(_fill(app))
    return app


def work_order_table() -> Table[Any]:
    """The table of Persat's work orders."""
    return next(table for table in VENDORS[VENDOR].tables if table.name == _COLLECTION)


def model(app: Double) -> Any:
    """The work order of the seed that all others are copies of."""
    records: list[Any] = app.seeds[VENDOR].records[work_order_table()]
    return next(record for record in records if record.state == _MODEL_STATE)


def copies(original: Any, numbers: range) -> list[Any]:
    """The same work order under other ids."""
    return [msgspec.structs.replace(original, **{work_order_table().key: str(number)}) for number in numbers]


async def _fill(app: Double) -> None:
    store, table = app.world.store, work_order_table()
    transaction = await store.begin(DEFAULT)
    for record in copies(model(app), range(FIRST_ID, FIRST_ID + WORK_ORDERS)):
        await transaction.put(table, record)
    await transaction.commit()
    await store.save(DEFAULT, SNAPSHOT)
