"""Nothing that a run writes or prints holds a credential, whatever a server sends back."""

from __future__ import annotations

import base64
import io
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from rich.console import Console

from contract_tests.harness.network.access import Access
from contract_tests.harness.network.credentials import variable
from contract_tests.harness.network.disguise import disguised
from contract_tests.harness.reports import summary, write
from contract_tests.harness.reports.terminal import show
from contract_tests.harness.running.prepare import prepared, shipped
from contract_tests.harness.running.run import Run
from contract_tests.harness.running.saved import saved_by
from contract_tests.harness.running.session import execute
from tests.contract_tests.foreign import opened
from tests.contract_tests.runs import Quiet
from tests.contract_tests.saboteur import Ask, Asked, Fault, Told

TOKEN = "tk-5+Zq/8w=Kz'Ön9"
LOGIN = "maría.quiroga"
PASSWORD = 'p4ß"w&rd%/x'
SESSION = "5E55109D0C0FFEE5E55109D0C0FFEE00"
SECRETS = {
    "persat": {"bearer": TOKEN},
    "zeev": {"bearer": TOKEN},
    "huawei_osm": {"bearer": TOKEN},
    "citsmart": {"login": LOGIN, "password": PASSWORD},
    "taf": {"login": LOGIN, "password": PASSWORD},
}
SOME = {
    "persat": ["get_work_order", "list_work_orders", "cancel_work_order"],
    "zeev": ["get_instance", "cancel_instance", "create_instance"],
    "huawei_osm": ["show_case_status", "list_labels", "create_messages"],
    "citsmart": ["get_by_id", "list_contracts", "feedback"],
    "taf": [],
}
"""Operations that are enough to show what is told of them; all where there are few."""
PAIR = base64.b64encode(f"{LOGIN}:{PASSWORD}".encode()).decode()
ALMOST_TOKEN = ["tk-5+Zq/8w=Kz'Ön9x", "tk-5+Zq/8w=Kz'Ön", "TK-5+zQ/8W=kZ'ÖN9"]
ALMOST_PASSWORD = ['p4ß"w&rd%/xx', 'P4ß"W&RD%/X']
ALMOST_SESSION = [
    "5E55109D0C0FFEE5E55109D0C0FFEE00x",
    "5E55109D0C0FFEE5E55109D0C0FFEE0",
    "5e55109d0c0ffee5e55109d0c0ffee00",
]
ALMOST = {
    "persat": ALMOST_TOKEN,
    "zeev": ALMOST_TOKEN,
    "huawei_osm": ALMOST_TOKEN,
    "citsmart": [*ALMOST_PASSWORD, *ALMOST_SESSION],
    "taf": [
        *ALMOST_PASSWORD,
        *(base64.b64encode(f"{LOGIN}:{password}".encode()).decode() for password in ALMOST_PASSWORD),
    ],
}
"""What comes of the secrets by one slip."""


def forms(secret: str) -> Iterator[str]:
    """What a reader could make a secret of again, written down apart from the code that hides it."""
    raw = secret.encode()
    yield secret
    yield quote(secret, safe="")
    yield base64.b64encode(raw).decode()
    yield base64.urlsafe_b64encode(raw).decode()
    yield raw.hex()


def secrets(vendor: str) -> list[str]:
    """Everything that lets the run in, or could, and what is shown for being almost that."""
    of_logins = {"citsmart": [SESSION], "taf": [PAIR]}
    return [*SECRETS[vendor].values(), *of_logins.get(vendor, []), *ALMOST[vendor]]


def telling(vendor: str) -> Fault:
    """Lets everybody in as the double's own user, and tells everything that it was told, everywhere."""
    told_all = " ".join(form for secret in secrets(vendor) for form in forms(secret))

    async def tell(asked: Asked, ask: Ask) -> Told:
        if asked.path == "/services/v2/login":
            return Told(200, {"content-type": "application/json"}, f'{{"sessionID": "{SESSION}"}}'.encode())
        told = await ask(asked)
        body = {"message": told_all, "note": {"echo": told_all}, "also": told.json}
        return told.having(body).saying("x-echo", told_all.encode("ascii", "ignore").decode())

    return tell


@pytest.mark.parametrize("vendor", SECRETS)
def test_no_secret_is_written_or_printed(
    vendor: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.chdir(tmp_path)  # whatever is written beside the reports is found here, too
    monkeypatch.setenv("DUBLE_EXAMPLES", str(tmp_path / "examples"))
    for name, value in SECRETS[vendor].items():
        monkeypatch.setenv(variable(vendor, name), value)
    with opened([vendor], telling(vendor)) as server:
        run = checked(vendor, server.url)
    write(run, tmp_path / "report")
    console = Console(record=True, width=10_000, file=io.StringIO())
    show(summary(run), console)
    written = {
        str(path.relative_to(tmp_path)): path.read_bytes().decode("utf-8", "replace")
        for path in tmp_path.rglob("*")
        if path.is_file()
    }
    printed = {"terminal": console.export_text(), "log": caplog.text, "streams": "".join(capfd.readouterr())}
    assert run.findings
    assert {"report/report.json", "report/junit.xml"} <= written.keys()
    for place, text in {**written, **printed}.items():
        held = [form for secret in secrets(vendor) for form in forms(secret) if form in text]
        assert held == [], f"{place} holds them"


def checked(vendor: str, url: str) -> Run:
    parts = ["authentication", "examples", "conformance"]
    saved = saved_by(os.environ, replays=True)
    access = Access(url=url)
    with prepared(
        [shipped(vendor)], access=access, profile="smoke", parts=parts, operations=SOME[vendor], saved=saved
    ) as run:
        run.barred.clear()  # every test runs, however wrong the first answers were
        execute(run, Quiet())
        return run


def test_a_secret_is_known_again_inside_other_base64() -> None:
    hidden = disguised({"correct-horse": "$SECRET"})
    for before in ("", "x", "xy", "token="):
        text = base64.b64encode(f"{before}correct-horse and more".encode()).decode()
        assert any(form in text for form in hidden), before


def test_the_longest_form_is_hidden_first() -> None:
    *encoded, longer, shorter = disguised({"a/b": "$A", "a/bc": "$B"})
    assert [len(form) for form in encoded] == sorted(map(len, encoded), reverse=True)
    assert (longer, shorter) == ("a/bc", "a/b")
