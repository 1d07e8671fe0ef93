"""A plan names every kind of request that a run would send, and sends none."""

from __future__ import annotations

import io
import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from contract_tests.harness.network.access import Access
from contract_tests.harness.network.targets import TargetSettings
from contract_tests.harness.outside.fate import fates
from contract_tests.harness.outside.plan import Kind, as_json, as_table, planned
from contract_tests.harness.running.prepare import prepared, shipped
from contract_tests.harness.running.session import execute
from duble.check import check
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


# ---------------------------------------------------------------- what may become of named records

NO_CREATION = "used only if the server refuses"
# What a reader of x-lifecycle and x-cleanup finds: states, moves of clients, and operations without a move.
FATES = [
    ("acme", {"parcel": ["p1"]}, {
        "parcel p1 (resources.parcel)": (
            True, f"{NO_CREATION} create_parcel: is brought back to the state in which it is found"
        ),
    }),
    ("persat", {"wo_id": ["123", "124"], "uid_client": ["AABC9098"]}, {
        **{f"work_order {number} (resources.wo_id)": (
            False,
            (f"{NO_CREATION} create_work_order: may end in CERRADA_NO_CUMPLIDA, and no operation leads back "
            "to PENDIENTE or PROYECTADA or ASIGNADA; what update_work_order_labels may change in it "
            "is not undone"),
        ) for number in (123, 124)},
        "uid_client AABC9098 (resources.uid_client)": (True, "is only read"),
    }),
    ("zeev", {"instance": ["7"]}, {
        "instance 7 (resources.instance)": (
            False,
            (f"{NO_CREATION} create_instance: may end in FINISHED, and no operation leads back to RUNNING or "
            "CANCELLED"),
        ),
    }),
    ("citsmart", {"approval": ["297"], "check_in": ["95922"]}, {
        "approval 297 (resources.approval)": (
            False, "may end in decided, and no operation leads back to awaiting_approval"
        ),
        "check_in 95922 (resources.check_in)": (
            False, "may end in closed, and no operation leads back to open"
        ),
    }),
    ("taf", {"record": ["K1"]}, {
        "record K1 (resources.record)": (True, "is only read: new ones get ids of the run's own"),
    }),
]  # fmt: skip


def naming(url: str, vendor: str, resources: dict[str, list[str]]) -> Access:
    settings = TargetSettings(vendor=vendor, url=url, resources=resources)
    return Access(settings=settings, writes="sandbox")


@pytest.mark.parametrize(("vendor", "resources", "expected"), FATES, ids=lambda said: str(said)[:8])
def test_what_may_become_of_a_named_record_is_told_and_nobody_called(
    vendor: str, resources: dict[str, list[str]], expected: dict[str, tuple[bool, str]]
) -> None:
    promise = ACME if vendor == "acme" else shipped(vendor)
    with counting() as (url, came):
        access = naming(url, vendor, resources)
        with prepared([promise], access=access, dry=True) as run:
            found = fates(run)
    assert came == []
    assert {str(fate): fate.brought_back for fate in found} == {
        f"{vendor} {which}: {why}": back for which, (back, why) in expected.items()
    }


def test_a_record_that_no_chosen_operation_acts_on_is_only_read() -> None:
    with counting() as (url, _):
        access = naming(url, "citsmart", {"approval": ["297"], "check_in": ["95922"]})
        with prepared([shipped("citsmart")], access=access, dry=True, operations=["check_out"]) as run:
            found = {fate.kind: fate.why == "is only read" for fate in fates(run)}
    assert found == {"approval": True, "check_in": False}


@pytest.mark.parametrize("writes", ["sandbox", "none"])
def test_the_command_tells_it_and_json_has_it(
    writes: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["--target", "there", "--writes", writes, "--plan", "--operation", "cancel_work_order"]
    with counting() as (url, came):
        Path("duble.toml").write_text(
            f'[targets.there]\nvendor = "persat"\nurl = "{url}"\nresources = {{work_order = ["123"]}}\n'
        )
        shown = CliRunner().invoke(check, words, catch_exceptions=False).stdout
        told = json.loads(CliRunner().invoke(check, [*words, "--json"], catch_exceptions=False).stdout)
    assert came == []
    line = "persat work_order 123 (resources.work_order): "
    if writes == "none":
        assert told["resources"] == []
        assert line not in shown
        return
    (fate,) = told["resources"]
    assert fate.pop("why").endswith("is not undone")
    assert fate == {
        "vendor": "persat",
        "kind": "work_order",
        "id": "123",
        "resource": "work_order",
        "brought_back": False,
    }
    assert line in shown


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
