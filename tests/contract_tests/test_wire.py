"""The way to a server is bounded in every direction: time, size, requests, hosts."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import requests

from contract_tests.harness.network.adapter import Stray, through
from contract_tests.harness.network.budget import WAITS_LOST, Budget, BudgetSpent
from contract_tests.harness.network.exchange import Answer, Request
from contract_tests.harness.network.wire import BrokenAnswer, Line, Unreachable, Unsendable, Wire
from tests.contract_tests.bad_server import Talk, answer, endless, saying, silent, talking, trickling

PAGE = Request(method="GET", path="/v1/things?page=2")
HASTY = Line(patience=0.4)


@dataclass
class Clock:
    """Time that passes only when somebody sleeps."""

    at: float = 0.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


def budget(
    clock: Clock, *, most: int | None = None, rate: float | None = None, time: float | None = None
) -> Budget:
    return Budget(requests=most, per_second=rate, seconds=time, sleep=clock.sleep, now=clock.now)


# ---------------------------------------------------------------- answers that never end, or never begin


@pytest.mark.parametrize(
    "talk",
    [
        pytest.param(silent, id="nothing"),
        pytest.param(trickling(b"HTTP/1.1 200 OK\r\nX-Slow: "), id="headers byte by byte"),
        pytest.param(
            trickling(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"), id="body byte by byte"
        ),
    ],
)
def test_an_answer_has_one_deadline_for_all_of_it(talk: Talk) -> None:
    with talking(talk) as url, Wire(url, HASTY) as wire, pytest.raises(BrokenAnswer, match=r"in 0\.4 s"):
        wire.send(PAGE)


def test_a_hundred_megabytes_are_not_read() -> None:
    with (
        talking(endless) as url,
        Wire(url) as wire,
        pytest.raises(BrokenAnswer, match="more than 8,388,608 bytes"),
    ):
        wire.send(PAGE)


def test_a_packed_answer_is_unpacked_and_measured_unpacked() -> None:
    small = answer(
        "200 OK", gzip.compress(b'{"a": 1}'), "Content-Encoding: gzip", "Content-Type: application/json"
    )
    with talking(saying(small)) as url, Wire(url) as wire:
        told = wire.send(PAGE)
    assert told.json == {"a": 1}
    assert told.header("content-encoding") == ""
    bomb = answer("200 OK", gzip.compress(b"0" * 9 * 2**20), "Content-Encoding: gzip")
    with talking(saying(bomb)) as url, Wire(url) as wire, pytest.raises(BrokenAnswer, match="more than"):
        wire.send(PAGE)


def test_a_body_that_is_not_packed_as_it_says_is_a_broken_answer() -> None:
    false = answer("200 OK", b"plain", "Content-Encoding: gzip")
    with (
        talking(saying(false)) as url,
        Wire(url) as wire,
        pytest.raises(BrokenAnswer, match="Content-Encoding"),
    ):
        wire.send(PAGE)


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_what_is_no_complete_http_is_a_broken_answer(said: bytes) -> None:
    with talking(saying(said)) as url, Wire(url) as wire, pytest.raises(BrokenAnswer):
        wire.send(PAGE)


def test_nobody_there_is_told_with_the_remedy() -> None:
    with talking(silent) as url:
        pass
    with Wire(url) as wire, pytest.raises(Unreachable, match=r"nobody answers .*correct the URL"):
        wire.send(PAGE)


def test_a_request_that_is_no_http_leaves_nothing(toy_url: str) -> None:
    with Wire(toy_url) as wire, pytest.raises(Unsendable):
        wire.send(Request(method="GET", path="/", headers={"X-Line": "one\r\nX-Two: two"}))


# ---------------------------------------------------------------- one host


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    visits: list[bytes] = []

    def elsewhere(guest: object, head: bytes) -> None:
        visits.append(head)

    with talking(elsewhere) as trap:
        moved = answer("302 Found", b"", f"Location: {trap}/login", "Set-Cookie: id=1")
        with talking(saying(moved)) as url, Wire(url) as wire:
            told = wire.send(PAGE)
    assert told.status == 302
    assert visits == []


def test_libraries_cannot_leave_for_another_host() -> None:
    seen: list[Request] = []

    def send(request: Request) -> Answer:
        seen.append(request)
        raise AssertionError

    with through("http://here.example/api", send), pytest.raises(Stray):
        requests.get("http://there.example/api/things", timeout=1)
    with through("http://here.example/api", send), pytest.raises(Stray):
        requests.get("http://here.example.evil.example/api/things", timeout=1)
    assert seen == []


def test_libraries_see_the_answer_as_it_came() -> None:
    said = answer("418 Teapot", b'{"tea": true}', "Content-Type: application/json", "X-Pot: brown")
    with talking(saying(said)) as url, Wire(url) as wire, through(url, wire.send):
        found = requests.post(f"{url}/v1/tea", json={"milk": False}, timeout=1)
    assert found.status_code == 418
    assert found.json() == {"tea": True}
    assert found.headers["x-pot"] == "brown"


# ---------------------------------------------------------------- budgets and manners


def test_the_number_of_requests_is_kept(toy_url: str) -> None:
    with Wire(toy_url, budget=Budget(requests=2)) as wire:
        wire.send(PAGE)
        wire.send(PAGE)
        with pytest.raises(BudgetSpent, match="2 requests"):
            wire.send(PAGE)
    assert wire.sent == 2


def test_requests_wait_for_their_turn() -> None:
    clock = Clock()
    spent = budget(clock, rate=4)
    for _ in range(5):
        spent.take()
    assert clock.slept == pytest.approx([0.25] * 4)


def test_a_run_ends_with_its_time() -> None:
    clock = Clock()
    spent = budget(clock, time=10)
    spent.take()
    clock.at = 10.5
    with pytest.raises(BudgetSpent, match="10 s that the run may take"):
        spent.take()


def test_a_server_that_only_keeps_us_waiting_is_given_up() -> None:
    spent = budget(Clock())
    spent.lose(WAITS_LOST / 2)
    with pytest.raises(BudgetSpent, match="without complete answers"):
        spent.lose(WAITS_LOST / 2)


def busy_then_fine(*asks: str) -> Talk:
    """429 with each of these Retry-After, then 200."""
    left = [answer("429 Too Many", b"", *([f"Retry-After: {said}"] if said else [])) for said in asks]

    def talk(guest: object, head: bytes) -> None:
        guest.sendall(left.pop(0) if left else answer("200 OK", b"{}"))  # type: ignore[attr-defined]

    return talk


def test_retry_after_is_obeyed() -> None:
    clock = Clock()
    with talking(busy_then_fine("7", "")) as url, Wire(url, budget=budget(clock)) as wire:
        assert wire.send(PAGE).status == 200
    assert clock.slept == [7.0, 1.0]
    assert wire.sent == 3


def test_retry_after_may_be_a_date() -> None:
    clock = Clock()
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    with talking(busy_then_fine(later)) as url, Wire(url, budget=budget(clock)) as wire:
        assert wire.send(PAGE).status == 200
    assert 60 < clock.slept[0] <= 90


def test_who_asks_to_wait_for_ever_is_told_as_the_answer() -> None:
    clock = Clock()
    with talking(busy_then_fine(*["2"] * 9)) as url, Wire(url, budget=budget(clock)) as wire:
        assert wire.send(PAGE).status == 429
    assert clock.slept == [2.0, 2.0, 2.0]


def test_a_wait_beyond_the_runs_time_ends_the_run() -> None:
    clock = Clock()
    with (
        talking(busy_then_fine("3600")) as url,
        Wire(url, budget=budget(clock, time=60)) as wire,
        pytest.raises(BudgetSpent, match="3600 s away"),
    ):
        wire.send(PAGE)
    assert clock.slept == []


def test_a_double_that_was_told_to_be_busy_is_not_waited_for() -> None:
    with talking(busy_then_fine("7")) as url, Wire(url, Line(waits=False)) as wire:
        assert wire.send(PAGE).status == 429
