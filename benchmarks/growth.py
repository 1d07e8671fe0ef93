"""What a request costs in a world with few records and in one with many."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median

from benchmarks.asking import Question, ask
from benchmarks.stocks import STOCKS, Stock
from mockserver.app import Double, build

FEW = 1_000
# What a request may cost with many records, as a multiple of what it costs with few.
WANTED_GROWTH = 2.0
_WORLDS = ("few", "many")
_ROUNDS = 7
_ASKED = 20


@dataclass(frozen=True)
class Growth:
    """One request: milliseconds with few records and with many, medians over the rounds.

    `ratio` is many to few: the median of the ratios within each round.
    """

    vendor: str
    title: str
    few: int
    many: int
    few_ms: float
    many_ms: float
    ratio: float

    @property
    def met(self) -> bool:
        """Whether the cost stays where it was."""
        return self.ratio <= WANTED_GROWTH


def growths(
    tell: Callable[[str], None], stocks: Iterable[Stock] = STOCKS, share: float = 1.0
) -> list[Growth]:
    """Every request of every vendor, in this process; raises WrongAnswer.

    `share` scales the many down, for a machine that has not the memory.
    """
    return [growth for stock in stocks for growth in asyncio.run(_growths(stock, tell, share))]


async def filled(double: Double, stock: Stock, sandbox: str, number: int) -> None:
    """Put so many records into a sandbox, in one transaction, past the vendor's counter."""
    transaction = await double.world.store.begin(sandbox)
    for table, record in stock.fill(double, number):
        await transaction.put(table, record)
    await transaction.commit()


async def _growths(stock: Stock, tell: Callable[[str], None], share: float) -> list[Growth]:
    double = build([stock.vendor])
    many = max(FEW, int(stock.many * share))
    tell(f"{stock.vendor}: {many:,} records")
    for world, number in zip(_WORLDS, (FEW, many), strict=True):
        await filled(double, stock, world, number)
    gc.collect()
    # The records stay; as under `duble serve`, nobody walks them for garbage again and again.
    gc.freeze()
    gc.disable()
    try:
        return [await _growth(double, stock, question, many) for question in stock.questions]
    finally:
        gc.enable()
        gc.unfreeze()


async def _growth(double: Double, stock: Stock, question: Question, many: int) -> Growth:
    for world in _WORLDS:
        await ask(double, question, world)  # the first one builds the index
    rounds = [[await _milliseconds(double, question, world) for world in _WORLDS] for _ in range(_ROUNDS)]
    few_ms, many_ms = (median(times) for times in zip(*rounds, strict=True))
    ratio = median(slow / fast for fast, slow in rounds)
    return Growth(stock.vendor, question.title, FEW, many, few_ms, many_ms, ratio)


async def _milliseconds(double: Double, question: Question, world: str) -> float:
    """The median of some requests in a row."""
    took = []
    for _ in range(_ASKED):
        began = time.perf_counter()
        await ask(double, question, world)
        took.append(time.perf_counter() - began)
    return median(took) * 1000
