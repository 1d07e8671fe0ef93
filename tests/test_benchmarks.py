"""The benchmarks measure what they say: every answer is checked, every request changes a work order."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

import httpx
import orjson
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from benchmarks.bare import bare
from benchmarks.double import SNAPSHOT, double
from benchmarks.load import Sample, WrongAnswer, run_load
from benchmarks.sandboxes import SandboxCost
from benchmarks.subjects import ASYNC, BARE, FLASK
from benchmarks.throughput import Figures
from benchmarks.verdicts import doubts, sandbox_verdicts, throughput_verdicts
from benchmarks.workload import FIRST_ID, cancellations, documented_answer
from mockserver.server import serving

REQUESTS = 60
# No round of these tests ends by the clock: the requests are used up first.
LONG = 60.0

FIGURES = Figures(
    name=FLASK,
    title="theirs",
    requests_per_second=1000.0,
    p50_ms=1.0,
    p99_ms=2.0,
    processor_us=100.0,
    peak_memory=1,
    ratio=8.0,
    server_busy=1.0,
    client_busy=0.5,
)


def _load(url: str) -> Sample:
    requests = islice(cancellations(), REQUESTS)
    return run_load(int(url.rpartition(":")[2]), requests, documented_answer, connections=4, seconds=LONG)


def _answering(status: int, wo_id: str | None = None) -> ASGIApp:
    """The documented body, under a status, about the work order that was asked for or another one."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        body = orjson.dumps(documented_answer(wo_id or scope["path"].split("/")[3]))
        headers = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return _with_lifespan(app)


def _hanging_up() -> ASGIApp:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        scope["extensions"]["duble.transport"].abort()

    return _with_lifespan(app)


def _with_lifespan(app: ASGIApp) -> ASGIApp:
    async def living(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await app(scope, receive, send)
            return
        for stage in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{stage}.complete"})

    return living


@pytest.fixture(scope="module")
def filled_double() -> Iterator[str]:
    with serving(double()) as url:
        yield url


def test_every_answered_request_is_counted_once() -> None:
    with serving(_with_lifespan(bare())) as url:
        sample = _load(url)
    assert sample.answered == REQUESTS
    assert list(sample.latencies) == sorted(sample.latencies)
    assert len(sample.latencies) == REQUESTS
    assert sample.percentile(50) <= sample.percentile(99) <= sample.latencies[-1]


@pytest.mark.parametrize(
    "app",
    [
        pytest.param(_answering(409), id="status"),
        pytest.param(_answering(200, "7"), id="another work order"),
        pytest.param(_hanging_up(), id="connection cut"),
    ],
)
def test_a_wrong_answer_ends_the_round(app: ASGIApp) -> None:
    with serving(app) as url, pytest.raises(WrongAnswer):
        _load(url)


def test_every_request_to_the_double_cancels_a_work_order_of_its_own(filled_double: str) -> None:
    control = f"{filled_double}/_duble"
    assert httpx.post(f"{control}/snapshots/{SNAPSHOT}/restore", json={}).is_success
    assert _load(filled_double).answered == REQUESTS
    states = [_state(control, number) for number in (FIRST_ID, FIRST_ID + REQUESTS - 1, FIRST_ID + REQUESTS)]
    assert states == ["CERRADA_NO_CUMPLIDA", "CERRADA_NO_CUMPLIDA", "PENDIENTE"]
    with pytest.raises(WrongAnswer, match="409"):
        _load(filled_double)


def _state(control: str, number: int) -> Any:
    return httpx.get(f"{control}/state/persat/work_orders/{number}").json()["state"]


@pytest.mark.parametrize(("name", "least"), [(FLASK, 8.0), (ASYNC, 4.0), (BARE, 0.6)])
def test_a_ratio_is_wanted_of_each_rival(name: str, least: float) -> None:
    enough, too_little = (replace(FIGURES, name=name, ratio=ratio) for ratio in (least, least - 0.01))
    assert [verdict.met for verdict in throughput_verdicts([enough, too_little])] == [True, False]


@pytest.mark.parametrize(
    ("many", "expected"),
    [
        (SandboxCost(100_000, create_ms=0.01, reset_ms=0.01), [True, True]),
        (SandboxCost(100_000, create_ms=0.5, reset_ms=0.01), [True, False]),
        (SandboxCost(100_000, create_ms=0.01, reset_ms=1.0), [False, False]),
    ],
)
def test_a_sandbox_must_be_cheap_and_no_dearer_for_many_records(
    many: SandboxCost, expected: list[bool]
) -> None:
    few = SandboxCost(10, create_ms=0.01, reset_ms=0.01)
    assert [verdict.met for verdict in sandbox_verdicts([few, many])] == expected


def test_figures_of_a_busy_machine_or_client_are_doubted() -> None:
    assert list(doubts([FIGURES, replace(FIGURES, server_busy=None)])) == []
    assert len(list(doubts([replace(FIGURES, client_busy=0.95)]))) == 1
    assert len(list(doubts([replace(FIGURES, server_busy=0.6)]))) == 1


def test_the_stock_handlers_answer_as_documented() -> None:
    from benchmarks.stock import cancel, cancel_async, token_info

    body = {"cause": "No me encuentro en el domicilio por vacaciones", "labels_ids": [1, 6]}
    assert cancel("9", body) == {"success": True, "data": {"wo_id": "9"}}
    assert asyncio.run(cancel_async("9", body)) == {"success": True, "data": {"wo_id": "9"}}
    assert token_info("other") is None
