"""Requests at once: everything happens as if they had come one after the other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from mockserver.app import Double
from mockserver.settings import Settings
from tests.core.acme import SOURCE
from tests.core.acme.orders import ORDERS, Order

AT_ONCE = 24


def all_at_once(client: httpx.Client, method: str, path: str, body: object = None) -> list[httpx.Response]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda _: client.request(method, path, json=body), range(AT_ONCE)))


@pytest.mark.parametrize("latency", [0, 20])
def test_no_two_orders_get_the_same_id(acme: httpx.Client, latency: int) -> None:
    if latency:
        acme.post("/_duble/faults", json={"operation": "create_order", "latency_ms": latency})
    answers = all_at_once(acme, "POST", "/v9/orders", {})
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json()["id"] for answer in answers} == {str(11 + number) for number in range(AT_ONCE)}


def test_only_one_of_many_cancellations_succeeds(acme: httpx.Client) -> None:
    acme.post("/_duble/faults", json={"operation": "cancel_order", "latency_ms": 20})
    statuses = sorted(answer.status_code for answer in all_at_once(acme, "POST", "/v9/orders/1/cancel"))
    assert statuses == [200] + [409] * (AT_ONCE - 1)


def test_a_fault_strikes_exactly_as_often_as_told(acme: httpx.Client) -> None:
    acme.post("/_duble/faults", json={"operation": "get_order", "status": 429, "times": 7})
    statuses = [answer.status_code for answer in all_at_once(acme, "GET", "/v9/orders/1")]
    assert statuses.count(429) == 7


async def _lost_race() -> tuple[bool, bool, object]:
    store = Double([SOURCE], Settings()).world.store
    first, second = await store.begin("race"), await store.begin("race")
    await first.put(ORDERS, Order(id="5", note="first"))
    await second.put(ORDERS, Order(id="5", note="second"))
    outcomes = await first.commit(), await second.commit()
    kept = await (await store.begin("race")).get(ORDERS, "5")
    return (*outcomes, kept)


@pytest.mark.anyio
async def test_of_two_commits_on_the_same_state_the_second_is_told_to_run_again() -> None:
    first, second, kept = await _lost_race()
    assert (first, second) == (True, False)
    assert kept == Order(id="5", note="first")


@pytest.fixture
def anyio_backend() -> str:
    """Asyncio is what the double runs on."""
    return "asyncio"
