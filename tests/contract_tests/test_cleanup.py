"""What a run made is ended: after Ctrl-C, after SIGTERM, and from the ledger after a crash."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from contract_tests.harness.network.access import Access
from contract_tests.harness.network.targets import TargetSettings
from contract_tests.harness.outside import cleanup
from contract_tests.harness.outside.ledger import Ledger, read
from contract_tests.harness.running.run import CannotCheck
from tests.contract_tests.foreign import Counter, opened
from tests.contract_tests.saboteur import Ask, Asked, Told

PATIENCE = 120  # seconds
ENDED = {"persat": {"CERRADA_NO_CUMPLIDA"}, "zeev": {"CANCELLED", "FINISHED"}}
COLLECTION = {"persat": "work_orders", "zeev": "instances"}
MAKES = {"persat": "/v1/work-orders", "zeev": "/api/2/instances"}


pytestmark = pytest.mark.usefixtures("credentials")


@dataclass
class Struck:
    """A server at which a run is struck by a signal, once it has made so many records.

    The last of them is made, and its answer has not left yet.
    """

    vendor: str
    number: signal.Signals
    after: int = 5
    made: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    async def __call__(self, asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        if asked.method == "POST" and asked.path == MAKES[self.vendor] and told.status == 200:
            self.made += 1
            if self.made >= self.after and b"duble-" in asked.body and self.process is not None:
                self.process.send_signal(self.number)
                if self.number is signal.SIGKILL:
                    self.process.wait(PATIENCE)
                self.process = None
        return told


def checking(server: Counter, vendor: str, ledger: Path) -> subprocess.Popen[bytes]:
    """`duble check` in a process of its own."""
    words = [sys.executable, "-m", "duble", "check", vendor, "--url", server.url, "--writes", "sandbox"]
    words += ["--ledger", str(ledger), "--part", "lifecycle", "--part", "refusals", "--json"]
    words += ["--profile", "standard"]
    environment = {**os.environ, "DUBLE_EXAMPLES": str(ledger.parent / "examples")}
    return subprocess.Popen(
        words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment, cwd=Path.cwd()
    )


def alive(server: Counter, vendor: str) -> list[str]:
    """Records that were brought into being and are in no state that ends them."""
    changes = server.control("GET", f"changes/{vendor}")["changes"][COLLECTION[vendor]]
    return [
        f"{key}: {change['now']['state']}"
        for key, change in changes.items()
        if change["seed"] is None and change["now"]["state"] not in ENDED[vendor]
    ]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_ends_what_it_made(number: signal.Signals, tmp_path: Path) -> None:
    struck = Struck("persat", number)
    with opened(["persat"], struck) as server:
        struck.process = process = checking(server, "persat", tmp_path / "ledger.jsonl")
        code = process.wait(PATIENCE)
        assert alive(server, "persat") == []
    assert struck.made >= struck.after
    assert code == 2
    assert read(tmp_path / "ledger.jsonl").remaining == []


@pytest.mark.parametrize("vendor", ["persat", "zeev"])
def test_a_killed_run_is_cleaned_up_after_from_its_ledger(vendor: str, tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    struck = Struck(vendor, signal.SIGKILL)
    with opened([vendor], struck) as server:
        struck.process = process = checking(server, vendor, path)
        assert process.wait(PATIENCE) == -signal.SIGKILL
        before = alive(server, vendor)
        unknown = [intent for intent in read(path).unknown if intent.marker]
        done = cleanup.from_ledger(path)
        assert alive(server, vendor) == []
        server.asked.clear()
        again = cleanup.from_ledger(path)
        assert server.asked == []
    assert len(before) > 1
    assert len(unknown) == 1
    assert (done.exit_code, done.left) == (0, [])
    assert done.ended >= len(before)
    assert (again.exit_code, again.ended) == (0, 0)


def test_what_cannot_be_looked_for_is_told_with_what_to_look_for(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    with opened(["persat"]) as server:
        with Ledger(path) as ledger:
            ledger.begin(url=server.url, vendors=["persat"])
            ledger.intend(
                vendor="persat",
                operation="create_work_order",
                request="POST /v1/work-orders",
                kind="work_order",
                marker=None,
            )
        done = cleanup.from_ledger(path)
    (left,) = done.left
    assert done.exit_code == 1
    assert left.id is None
    assert "look for a work_order made by POST /v1/work-orders at 20" in str(left)


def test_a_record_that_nothing_ends_is_told(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    with opened(["persat"]) as server:
        order = server.control("GET", "state/persat/work_orders/13")
        server.control("PUT", "state/persat/work_orders/13", {**order, "state": "INFORME"})
        with Ledger(path) as ledger:
            ledger.begin(url=server.url, vendors=["persat"])
            ledger.own(("persat", "work_order", "13"))
        done = cleanup.from_ledger(path)
    (left,) = done.left
    assert str(left) == (
        "persat work_order 13: no operation leads from state INFORME to "
        "CERRADA_OK or CERRADA_CON_DESVIO or CERRADA_NO_CUMPLIDA"
    )


def test_a_label_that_is_gone_already_is_ended(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    with opened(["persat"]) as server:
        with Ledger(path) as ledger:
            ledger.begin(url=server.url, vendors=["persat"])
            ledger.own(("persat", "label", "4711"))
        done = cleanup.from_ledger(path)
    assert (done.ended, done.left) == (1, [])


def test_a_target_that_is_named_again_is_cleaned_up_as_well(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    with opened(["persat"]) as server:
        with Ledger(path) as ledger:
            ledger.begin(url=server.url, vendors=["persat"])
            ledger.own(("persat", "work_order", "9"))
        settings = TargetSettings(vendor="persat", url=server.url)
        done = cleanup.from_ledger(path, Access(settings=settings))
        assert server.control("GET", "state/persat/work_orders/9")["state"] == "CERRADA_NO_CUMPLIDA"
    assert (done.ended, done.left) == (1, [])


def test_a_ledger_of_another_server_is_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    with opened(["persat"]) as server:
        with Ledger(path) as ledger:
            ledger.begin(url="https://elsewhere.example", vendors=["persat"])
            ledger.own(("persat", "work_order", "9"))
        with pytest.raises(CannotCheck, match=r"is about https://elsewhere\.example, not about"):
            cleanup.from_ledger(path, Access(url=server.url))
        assert [asked for asked in server.asked if asked.method != "GET"] == []


def test_production_is_never_cleaned_up(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    with opened(["persat"]) as server:
        with Ledger(path) as ledger:
            ledger.begin(url=server.url, vendors=["persat"])
            ledger.own(("persat", "work_order", "9"))
        settings = TargetSettings(vendor="persat", url=server.url, kind="production")
        with pytest.raises(CannotCheck, match="production"):
            cleanup.from_ledger(path, Access(settings=settings))
        assert server.asked == []


def test_a_server_that_is_gone_cannot_be_cleaned_up(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    with Ledger(path) as ledger:
        ledger.begin(url="http://127.0.0.1:9", vendors=["persat"])
        ledger.own(("persat", "work_order", "13"))
    with pytest.raises(CannotCheck, match="nobody answers"):
        cleanup.from_ledger(path)
    assert read(path).remaining == [("persat", "work_order", "13")]
