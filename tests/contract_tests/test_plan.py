"""A plan names every kind of request that a run would send, and sends none."""

from __future__ import annotations

import io
import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from rich.console import Console

from contract_tests.harness.network.access import Access
from contract_tests.harness.outside.plan import Kind, as_json, as_table, planned
from contract_tests.harness.running.prepare import prepared, shipped
from contract_tests.harness.running.session import execute
from mockserver.app import VENDORS
from tests.contract_tests.foreign import CREDENTIALS, opened
from tests.contract_tests.runs import ACME, Quiet


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**CREDENTIALS, "DUBLE_ACME_TOKEN": "acme-key"}.items():
        monkeypatch.setenv(name, value)


@contextmanager
def counting() -> Iterator[tuple[str, list[object]]]:
    """Somebody who listens, answers nothing, and remembers who came."""
    came: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        done = threading.Event()

        def wait() -> None:
            while not done.is_set():
                try:
                    connection, address = listener.accept()
                except TimeoutError:
                    continue
                came.append(address)
                connection.close()

        waiting = threading.Thread(target=wait)
        waiting.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", came
        finally:
            done.set()
            waiting.join()


@pytest.mark.parametrize("vendor", VENDORS)
def test_nobody_is_called(vendor: str) -> None:
    with counting() as (url, came), prepared([shipped(vendor)], url=url, dry=True) as run:
        kinds = planned(run)
    assert came == []
    assert kinds
    assert run.requests == 0
    assert {kind.grounds.kind for kind in kinds} <= {"read", "harmless", "login"}
    assert all(kind.grounds.why and kind.about > 0 for kind in kinds)


@pytest.mark.parametrize("vendor", ["persat", "citsmart"])
def test_whatever_is_sent_was_planned(vendor: str) -> None:
    with opened([vendor]) as server:
        access = Access(url=server.url)
        with prepared([shipped(vendor)], access=access, profile="smoke", dry=True) as run:
            kinds = planned(run)
        with prepared([shipped(vendor)], access=access, profile="smoke", seed=run.seed) as run:
            execute(run, Quiet())
        sent = {(asked.method, asked.path) for asked in server.asked}
        count = len(server.asked)
    unplanned = {one for one in sent if not any(fits(kind, *one) for kind in kinds)}
    assert unplanned == set()
    assert count <= sum(kind.about for kind in kinds)


def fits(kind: Kind, method: str, path: str) -> bool:
    """Whether a request is of a kind; fuzzing empties a path's parameters, and may end in a slash."""
    pattern = re.sub(r"\\\{[^{}]*\\\}", "[^/]*", re.escape(kind.path)).replace(r"\*", ".*")
    return kind.method == method and re.fullmatch(pattern, path) is not None


def test_login_and_discovery_come_first() -> None:
    with counting() as (url, _), prepared([shipped("citsmart")], url=url, dry=True) as run:
        kinds = planned(run)
    first = {f"{kind.method} {kind.path}": kind.grounds.kind for kind in kinds if kind.part == "connection"}
    assert first == {
        "GET /_duble/health": "read",
        "POST /services/v2/login": "login",
        "POST /services/v2/contracts": "read",
        "POST /services/v2/getNewest": "read",
        "POST /services/v2/deniedReasons": "read",
        "POST /services/v2/status": "read",
    }


def test_a_double_is_planned_with_everything() -> None:
    with prepared([shipped("persat")], profile="smoke", dry=True) as run:
        kinds = planned(run)
        sent = run.subjects[0].target.wire.sent
    cancels = [
        kind for kind in kinds if kind.path == "/v1/work-orders/{wo_id}/cancel" and kind.method == "POST"
    ]
    assert {kind.grounds.why for kind in cancels} == {"the double is ours"}
    assert {"lifecycle", "refusals", "conformance"} <= {kind.part for kind in cancels}
    assert sent < 100  # what the double holds is looked up; nothing is tried


def test_parts_and_operations_narrow_it() -> None:
    with (
        counting() as (url, _),
        prepared(
            [shipped("persat")], url=url, dry=True, parts=["authentication"], operations=["cancel_work_order"]
        ) as run,
    ):
        kinds = [kind for kind in planned(run) if kind.part != "connection"]
    (kind,) = kinds
    assert (kind.part, kind.method, kind.path) == ("authentication", "POST", "/v1/work-orders/{wo_id}/cancel")
    assert kind.grounds.kind == "harmless"
    assert kind.grounds.why == "path/wo_id names a record that does not exist"
    assert kind.about == 2


def test_it_is_a_table_and_json() -> None:
    with counting() as (url, _), prepared([ACME], url=url, dry=True) as run:
        kinds = planned(run)
    console = Console(record=True, width=200, file=io.StringIO())
    console.print(as_table(kinds))
    shown = console.export_text()
    told = json.loads(json.dumps(as_json(kinds)))
    assert "none has been sent" in shown
    assert told["requests"] == sum(kind.about for kind in kinds)
    for kind in told["kinds"]:
        assert kind["path"] in shown
    assert {"vendor", "part", "method", "path", "grounds", "why", "about"} == told["kinds"][0].keys()
