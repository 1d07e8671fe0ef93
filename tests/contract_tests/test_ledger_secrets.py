"""Runs that may write: no credential gets into their ledger, nor into anything else they leave behind."""

from __future__ import annotations

import base64
import io
import logging
import os
from collections.abc import Mapping
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from contract_tests.harness.network.access import Access
from contract_tests.harness.network.credentials import variable
from contract_tests.harness.network.targets import TargetSettings
from contract_tests.harness.outside.ledger import read
from contract_tests.harness.reports import summary, write
from contract_tests.harness.reports.terminal import show
from contract_tests.harness.running.prepare import prepared, shipped
from contract_tests.harness.running.run import Run
from contract_tests.harness.running.saved import saved_by
from contract_tests.harness.running.session import execute
from contract_tests.harness.spec import pointer
from tests.contract_tests.foreign import opened
from tests.contract_tests.runs import Quiet
from tests.contract_tests.saboteur import Ask, Asked, Fault, Told
from tests.contract_tests.test_foreign_secrets import SECRETS, SESSION, forms, secrets

OPEN = {
    "persat": "Bearer duble-key",
    "zeev": "Bearer duble-token",
    "taf": "Basic " + base64.b64encode(b"duble:duble").decode(),
}
"""What the double behind the server takes."""
SEEDED_SESSION = "2355A68BF75281B73607EEC1A7191645"
IDS = {
    "/v1/work-orders": "/data/_id",
    "/v1/work-orders-labels": "/data/id",
    "/api/2/instances": "/id",
    "/services/v2/new": "/number",
}
"""Where something is made, and where the answer has its id."""
SOME = {
    "persat": ["create_work_order", "cancel_work_order", "update_work_order_label"],
    "zeev": ["create_instance", "cancel_instance"],
    "citsmart": ["new_request", "attend_request"],
    "taf": ["submit_batch"],
}


def admitted(vendor: str, asked: Asked) -> Asked:
    """The request of a client whose credential the double would not know."""
    headers = {**asked.headers, **({"authorization": OPEN[vendor]} if vendor in OPEN else {})}
    body = asked.body.replace(SESSION.encode(), SEEDED_SESSION.encode())
    return replace(asked, headers={**headers, "content-length": str(len(body))}, body=body)


def giving_secrets_as_ids(vendor: str) -> Fault:
    """Lets everybody in, and calls whatever is made by what it was told, in one form after the other."""
    told_all = cycle([form for secret in secrets(vendor) for form in forms(secret)])

    async def tell(asked: Asked, ask: Ask) -> Told:
        if asked.path == "/services/v2/login":
            return Told(200, {"content-type": "application/json"}, f'{{"sessionID": "{SESSION}"}}'.encode())
        told = await ask(admitted(vendor, asked))
        place = IDS.get(asked.path, "/-")
        if asked.method != "POST" or not pointer.exists(told.json, place):
            return told
        change = {"op": "replace", "path": place, "value": next(told_all)}
        return told.having(pointer.patched(told.json, [change]))

    return tell


def showing_secrets_as_states(asked: Asked, told: Told) -> Told:
    """Nobody can make an order, and what there is is in a state that holds what the server was told."""
    if asked.method == "POST" and asked.path == "/v1/work-orders":
        return told.having({"success": False, "error": {"status": 409, "type": "CONFLICT"}}, 409)
    if asked.method != "GET" or not pointer.exists(told.json, "/data/state"):
        return told
    change = {"op": "replace", "path": "/data/state", "value": f"SEEN {asked.headers['authorization']}"}
    return told.having(pointer.patched(told.json, [change]))


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever is written beside the reports is found here, too."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DUBLE_EXAMPLES", str(tmp_path / "examples"))


@pytest.mark.parametrize("vendor", SOME)
def test_no_secret_that_comes_back_as_an_id_is_written(
    vendor: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    known(vendor, monkeypatch)
    with opened([vendor], giving_secrets_as_ids(vendor)) as server:
        run = checked(vendor, Access(url=server.url, writes="sandbox"))
    texts = {**left(run, tmp_path), "log": caplog.text, "streams": "".join(capfd.readouterr())}
    held = {place: [form for form in all_forms(vendor) if form in text] for place, text in texts.items()}
    assert {place: found for place, found in held.items() if found} == {}
    assert read(ledger(tmp_path)).owned


def test_no_secret_that_comes_back_as_a_state_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known("persat", monkeypatch)

    async def tell(asked: Asked, ask: Ask) -> Told:
        return showing_secrets_as_states(asked, await ask(admitted("persat", asked)))

    with opened(["persat"], tell) as server:
        named = TargetSettings(vendor="persat", url=server.url, resources={"work_order": ["9"]})
        run = checked("persat", Access(settings=named, writes="sandbox"))
    texts = left(run, tmp_path)
    held = {place: [form for form in all_forms("persat") if form in text] for place, text in texts.items()}
    assert {place: found for place, found in held.items() if found} == {}
    assert list(read(ledger(tmp_path)).found) == [("persat", "work_order", "9")]


def known(vendor: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS[vendor].items():
        monkeypatch.setenv(variable(vendor, name), value)


def all_forms(vendor: str) -> list[str]:
    return [form for secret in secrets(vendor) for form in forms(secret)]


def checked(vendor: str, access: Access) -> Run:
    saved = saved_by(os.environ, replays=True)
    wanted: dict[str, Any] = {"parts": ["lifecycle", "refusals"], "operations": SOME[vendor]}
    with prepared([shipped(vendor)], access=access, profile="smoke", saved=saved, **wanted) as run:
        run.barred.clear()  # every test runs, however wrong the first answers were
        execute(run, Quiet())
        return run


def left(run: Run, folder: Path) -> Mapping[str, str]:
    """Everything that the run has written, and its terminal."""
    write(run, folder / "report")
    console = Console(record=True, width=10_000, file=io.StringIO())
    show(summary(run), console)
    files = [path for path in folder.rglob("*") if path.is_file()]
    written = {str(path.relative_to(folder)): path.read_bytes().decode("utf-8", "replace") for path in files}
    assert {"report/report.json", "report/junit.xml"} <= written.keys()
    return {**written, "terminal": console.export_text()}


def ledger(folder: Path) -> Path:
    (found,) = (folder / ".duble").glob("ledger-*.jsonl")
    return found
