"""A request reads what its answer needs, however much is stored: records are counted, nothing is timed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from benchmarks.asking import Question, ask
from benchmarks.growth import Growth, filled
from benchmarks.load import WrongAnswer
from benchmarks.stocks import STOCKS, TAF, Stock
from mockserver.app import Double, build
from mockserver.core.memory import MemoryTransaction

FEW, MANY = 1_000, 4_000
ASKED = [(stock, question) for stock in STOCKS for question in stock.questions]


class Reads:
    """How many records were looked at."""

    def __init__(self) -> None:
        self.count = 0

    def counted(self, records: Iterable[Any]) -> Iterator[Any]:
        """The same records, each noted when it is taken."""
        for record in records:
            self.count += 1
            yield record


@contextmanager
def reading(monkeypatch: pytest.MonkeyPatch) -> Iterator[Reads]:
    """Every record that a transaction hands out is counted."""
    reads = Reads()
    get, between = MemoryTransaction.get, MemoryTransaction.between

    async def counted_get(self: Any, *arguments: Any, **named: Any) -> Any:
        reads.count += 1
        return await get(self, *arguments, **named)

    async def counted_between(self: Any, *arguments: Any, **named: Any) -> Iterable[Any]:
        return reads.counted(await between(self, *arguments, **named))

    with monkeypatch.context() as patch:
        patch.setattr(MemoryTransaction, "get", counted_get)
        patch.setattr(MemoryTransaction, "between", counted_between)
        yield reads


async def _worlds(stock: Stock) -> Double:
    double = build([stock.vendor])
    for world, number in (("few", FEW), ("many", MANY)):
        await filled(double, stock, world, number)
    return double


@pytest.fixture(scope="module")
def doubles() -> dict[str, Double]:
    return {stock.vendor: asyncio.run(_worlds(stock)) for stock in STOCKS}


@pytest.mark.parametrize(
    ("stock", "question"), ASKED, ids=[f"{stock.vendor}: {question.title}" for stock, question in ASKED]
)
def test_a_request_reads_no_more_records_where_more_are_stored(
    stock: Stock, question: Question, doubles: dict[str, Double], monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = []
    for world in ("few", "many"):
        with reading(monkeypatch) as reads:
            asyncio.run(ask(doubles[stock.vendor], question, world))
        counts.append(reads.count)
    assert counts[0] > 0
    assert counts[1] == counts[0]
    assert counts[0] < FEW / 2


def test_a_wrong_answer_is_no_measurement(doubles: dict[str, Double]) -> None:
    question = TAF.questions[0]
    wrong = Question(question.title, question.target, question.mark, question.times + 1, question.headers)
    with pytest.raises(WrongAnswer, match="one ticket: 200, 5 times"):
        asyncio.run(ask(doubles["taf"], wrong, "few"))


@pytest.mark.parametrize(("ratio", "met"), [(1.0, True), (2.0, True), (2.01, False)])
def test_a_request_may_cost_twice_as_much(ratio: float, met: bool) -> None:
    assert Growth("taf", "one ticket", 1_000, 1_000_000, 1.0, ratio, ratio).met is met
