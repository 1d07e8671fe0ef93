"""Servers that are no vendor's API: one clear finding or exit 2, soon, and the report is still written."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from contract_tests.harness.network import wire
from duble.check import check
from tests.contract_tests.bad_server import Talk, answer, endless, saying, silent, talking, trickling

HTML = answer("200 OK", b"<!doctype html><title>Welcome</title>", "Content-Type: text/html; charset=utf-8")
LOGIN = answer(
    "200 OK", b'<html><form><input name=u><input type="password"></form></html>', "Content-Type: text/html"
)
UNSAID = answer("200 OK", b"<html><body>Welcome</body></html>")
AWAY = answer("302 Found", b"", "Location: https://sso.example/login?back=%2Fv1")
NEAR = answer("307 Temporary Redirect", b"", "Location: /v2/")
NO_KEY = answer(
    "401 Unauthorized",
    b'{"success":false,"error":{"status":401,"type":"UNAUTHORIZED","userMessage":"No autorizado"}}',
    "Content-Type: application/json",
)


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUBLE_PERSAT_TOKEN", "k-1234567890")
    monkeypatch.setattr(wire, "PATIENCE", 0.3)
    monkeypatch.setattr("contract_tests.harness.network.target.PATIENCE", 0.3)


def checked(url: str, folder: Path, *more: str) -> Result:
    arguments = ["persat", "--url", url, "--report", str(folder), "--profile", "smoke", *more]
    return CliRunner().invoke(check, arguments, catch_exceptions=False)


@pytest.mark.parametrize(
    ("talk", "kind", "told"),
    [
        pytest.param(saying(HTML), "web page instead of the API", "is the base URL right?", id="HTML"),
        pytest.param(saying(UNSAID), "web page instead of the API", "HTML", id="HTML that says nothing"),
        pytest.param(saying(LOGIN), "login page", "200 with a login page", id="login page"),
        pytest.param(saying(AWAY), "redirected to another host", "https://sso.example/login", id="away"),
        pytest.param(saying(NEAR), "redirected", "/v2/", id="redirect here"),
        pytest.param(silent, "no complete answer", "no complete answer in 0.3 s", id="nothing"),
        pytest.param(saying(b""), "no complete answer", "disconnected", id="hangs up"),
        pytest.param(
            trickling(b"HTTP/1.1 200 OK\r\nX-Slow: "), "no complete answer", "in 0.3 s", id="slow head"
        ),
        pytest.param(
            trickling(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"),
            "no complete answer",
            "in 0.3 s",
            id="slow body",
        ),
        pytest.param(endless, "no complete answer", "more than 8,388,608 bytes", id="100 MB"),
    ],
)
def test_what_is_no_api_is_one_finding(talk: Talk, kind: str, told: str, tmp_path: Path) -> None:
    with talking(talk) as url:
        result = checked(url, tmp_path)
    assert result.exit_code == 1, result.output
    said = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert [finding["kind"] for finding in said["findings"]] == [kind]
    assert told in said["findings"][0]["got"]
    assert said["exit_code"] == 1
    assert (tmp_path / "junit.xml").read_text(encoding="utf-8").count("<failure") == 1
    assert "k-1234567890" not in result.output


def test_a_wrong_key_is_one_finding_that_names_its_variable(tmp_path: Path) -> None:
    with talking(saying(NO_KEY)) as url:
        result = checked(url, tmp_path)
    assert result.exit_code == 1, result.output
    said = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert [finding["kind"] for finding in said["findings"]] == ["credential refused"]
    assert "DUBLE_PERSAT_TOKEN" in said["findings"][0]["got"]


@contextmanager
def nobody() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    yield f"http://127.0.0.1:{port}"


def test_nobody_there_is_exit_2_in_one_line(tmp_path: Path) -> None:
    with nobody() as url:
        result = checked(url, tmp_path)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"duble: {url}: nobody answers")
    assert result.stderr.count("\n") == 1
    said = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert said["exit_code"] == 2
    assert "nobody answers" in said["problems"][0]


def test_a_missing_credential_is_exit_2_in_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("DUBLE_PERSAT_TOKEN")
    with talking(saying(HTML)) as url:
        result = checked(url, tmp_path)
    assert result.exit_code == 2
    assert result.stderr == "duble: persat: no credential. Set DUBLE_PERSAT_TOKEN\n"
    assert (tmp_path / "report.json").exists()


def test_a_server_that_falls_silent_later_is_given_up(tmp_path: Path) -> None:
    """It answers the first requests, and then lets everybody wait: the run ends with its time."""
    asked: list[bytes] = []

    def tires(guest: socket.socket, head: bytes) -> None:
        asked.append(head)
        if len(asked) > 12:
            silent(guest, head)
        guest.sendall(answer("500 Oops", b"{}", "Content-Type: application/json"))

    with talking(tires) as url:
        result = checked(url, tmp_path, "--max-time", "3s")
    assert result.exit_code in (1, 2)  # with findings, or before any was certain
    said = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    # Noticed while it waits for an answer, or between two tests.
    assert any("--max-time" in problem or "the time is up" in problem for problem in said["problems"])
