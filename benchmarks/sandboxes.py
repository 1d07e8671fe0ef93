"""What it costs to bring a sandbox into being and to reset it, whatever it holds."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

import msgspec

from benchmarks.double import VENDOR, copies, model, work_order_table
from mockserver.app import build
from mockserver.core.memory import MemoryStore
from mockserver.core.store import Store

SIZES = (10, 100_000)
_TIMES = 500


@dataclass(frozen=True)
class SandboxCost:
    """Median milliseconds with this many seed records. Each includes one read and one write after it."""

    records: int
    create_ms: float
    reset_ms: float


def sandbox_costs() -> list[SandboxCost]:
    """The cost for each of SIZES, in this process, on the memory store."""
    return asyncio.run(_costs())


async def _costs() -> list[SandboxCost]:
    table = work_order_table()
    original = model(build([VENDOR]))
    return [await _cost(MemoryStore({table: copies(original, range(size))}), size) for size in SIZES]


async def _cost(store: Store, size: int) -> SandboxCost:
    async def create(sandbox: str) -> None:
        await _use(store, sandbox)

    async def reset(sandbox: str) -> None:
        await store.reset(sandbox)
        await _use(store, sandbox)

    return SandboxCost(size, await _median_ms(create), await _median_ms(reset))


async def _median_ms(action: Callable[[str], Awaitable[None]]) -> float:
    took = []
    for number in range(_TIMES):
        began = time.perf_counter()
        await action(f"sandbox-{number}")
        took.append(time.perf_counter() - began)
    return median(took) * 1000


async def _use(store: Store, sandbox: str) -> None:
    """Read one record and change it: whatever is put off until first use is paid here."""
    table = work_order_table()
    transaction = await store.begin(sandbox)
    record: Any = await transaction.get(table, "5")
    await transaction.put(table, msgspec.structs.replace(record))
    await transaction.commit()
