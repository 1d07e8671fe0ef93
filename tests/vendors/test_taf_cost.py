"""TAF: what a request costs does not grow with what is stored; counted in records read, not in time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import pytest

from mockserver.core.call import Call
from mockserver.core.clock import Clock
from mockserver.core.ids import COUNTERS, Ids
from mockserver.core.memory import MemoryStore
from mockserver.core.outbox import Outbox
from mockserver.core.records import R, SortKey, Table
from mockserver.core.replies import Reply
from mockserver.core.store import Transaction
from mockserver.vendors.taf.batches import submit_batch
from mockserver.vendors.taf.installation import Branch, Job
from mockserver.vendors.taf.job2 import run_job2
from mockserver.vendors.taf.records import BRANCHES, JOBS, RECORDS, TABLES, SentRecord
from mockserver.vendors.taf.room import TafRoom
from mockserver.vendors.taf.statuses import get_integration_status
from mockserver.vendors.taf.tickets import delete_tickets
from tests.vendors.taf_sender import record

STORED = 5000  # records; ten to a ticket, each with a key of its own, all of them handled
NOW = datetime(2026, 1, 2, tzinfo=UTC)


class Counting:
    """A transaction that counts the records it hands out."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self.read = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transaction, name)

    async def between(
        self, table: Table[R], by: str, low: SortKey | None, high: SortKey | None, down: bool
    ) -> Iterable[R]:
        """See `Transaction.between`."""
        return self._counted(await self._transaction.between(table, by, low, high, down))

    def _counted(self, records: Iterable[R]) -> Iterable[R]:
        for one in records:
            self.read += 1
            yield one


def handled(number: int) -> SentRecord:
    return SentRecord(
        recno=number + 1,
        group="1",
        ticket_code=f"T{number // 10}",
        source_branch="0100",
        message_type="2",
        message_sequential="001",
        registry_type="S-1010",
        registry_key=f"K{number}",
        integration_message="PGVTb2NpYWwvPg==",
        integration_date="20260101",
        integration_time="10:00:00",
        received_at=NOW,
        state="INTEGRATED",
        handled=number + 1,
    )


def records_read(act: Callable[[TafRoom], Awaitable[Any]], *, delay: float | None = None) -> int:
    """How many records one request reads in a sandbox that holds many."""

    async def counted() -> int:
        store = MemoryStore(
            {
                **{table: [] for table in TABLES},
                COUNTERS: [],
                RECORDS: [handled(number) for number in range(STORED)],
                BRANCHES: [Branch(code="0100", group="1")],
                JOBS: [Job(number="2", delay=delay)],
            }
        )
        transaction: Any = Counting(await store.begin("default"))
        ids = Ids(transaction, "taf", "default", 0, {table.name: table for table in TABLES})
        call = Call("GET", "/rest/wstafst2", b"", {})
        room = TafRoom(transaction, Clock(None), ids, Outbox("taf"), call, "default")
        await act(room)
        return int(transaction.read)

    return asyncio.run(counted())


async def found(room: TafRoom, items: int, **query: str) -> None:
    reply: Reply = await get_integration_status(room, start_rec_no="0", **query)
    assert len(reply.body["items"]) == items
    assert reply.body["items"][0]["success"]


@pytest.mark.parametrize("delay", [None, 60.0])
@pytest.mark.parametrize(
    ("query", "items"),
    [
        ({"ticket_code": "T7"}, 10),
        ({"registry_key": "K70"}, 1),
        ({"ticket_code": "T7", "registry_key": "K70"}, 1),
        ({"ticket_code": "T7", "search_mode": "1"}, 1),
        ({"registry_key": "K70", "search_mode": "2"}, 1),
    ],
)
def test_a_query_reads_what_it_answers(query: dict[str, str], items: int, delay: float | None) -> None:
    read = records_read(lambda room: found(room, items, **query), delay=delay)

    assert items <= read <= items + 2


def test_a_page_does_not_read_the_pages_before_it() -> None:
    async def last_page(room: TafRoom) -> None:
        reply = await get_integration_status(room, start_rec_no="79", ticket_code="T7")
        assert [item["registryKey"] for item in reply.body["items"]] == ["K78", "K79"]

    assert records_read(last_page) <= 4


def test_a_batch_reads_nothing_but_its_keys() -> None:
    async def batch(room: TafRoom) -> None:
        sent = [record("K70"), record("new")]
        reply = await submit_batch(room, {"ticketCode": "T7", "lote": sent})
        assert [one["success"] for one in reply.body["registryKey"]] == [True, True]

    assert records_read(batch) <= 4


def test_a_deletion_reads_its_ticket() -> None:
    read = records_read(lambda room: delete_tickets(room, {"deleteTicket": [{"ticketCode": "T7"}]}))

    assert read == 10


def test_a_run_of_job_2_reads_what_waits() -> None:
    async def run(room: TafRoom) -> None:
        await submit_batch(room, {"ticketCode": "T", "lote": [record("new")]})
        await run_job2(room, "2", {})
        row = await room.records.get(STORED + 1)
        assert row is not None
        assert row.state == "INTEGRATED"

    assert records_read(run) <= 10
