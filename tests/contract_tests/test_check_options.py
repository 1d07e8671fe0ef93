"""What `duble check` takes beside vendors: targets, a plan, known findings, ledgers."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from duble.check import check
from mockserver.app import build
from mockserver.server import serving
from tests.contract_tests.bad_server import answer, talking
from tests.contract_tests.saboteur import Ask, Asked, Saboteur, Told

TARGET = '[targets.here]\nvendor = "persat"\nurl = "{url}"\nkind = "{kind}"\n'


@pytest.fixture(scope="module")
def broken_url() -> Iterator[str]:
    """A double whose cancellations answer 202."""

    async def accepted(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        cancels = asked.path.endswith("/cancel") and told.status == 200
        return replace(told, status=202) if cancels else told

    with serving(Saboteur(build(["persat"]), accepted)) as url:
        yield url


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DUBLE_EXAMPLES", "off")
    monkeypatch.setenv("DUBLE_PERSAT_TOKEN", "duble-key")


def duble_check(*arguments: str) -> Result:
    return CliRunner().invoke(check, list(arguments), catch_exceptions=False)


def named(folder: Path, url: str, kind: str = "sandbox") -> None:
    (folder / "duble.toml").write_text(TARGET.format(url=url, kind=kind), encoding="utf-8")


# ---------------------------------------------------------------- targets


def test_a_target_of_the_file_is_checked_without_naming_the_vendor(broken_url: str, tmp_path: Path) -> None:
    named(tmp_path, f"{broken_url}/v1", kind="double")
    result = duble_check(
        "--target", "here", "--part", "examples", "--operation", "cancel_work_order", "--json"
    )
    said = json.loads(result.stdout)
    assert result.exit_code == 1
    assert [one["vendor"] for one in said["vendors"]] == ["persat"]
    assert {finding["operation"] for finding in said["findings"]} == {"cancel_work_order"}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--target", "here"], "duble.toml: No such file"),
        (["--target", "here", "--url", "http://127.0.0.1:1"], "--url and --target both name a server"),
        (["--cleanup", "none.jsonl"], "none.jsonl"),
        (["persat", "--baseline", "none.toml"], "none.toml"),
        (["nobody"], "no such vendor"),
    ],
)
def test_what_cannot_be_is_one_line_and_exit_2(arguments: list[str], told: str) -> None:
    result = duble_check(*arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith("duble: ")
    assert result.stderr.count("\n") == 1
    assert told in result.stderr


def test_a_target_is_of_one_vendor(tmp_path: Path) -> None:
    named(tmp_path, "http://127.0.0.1:1")
    result = duble_check("zeev", "--target", "here")
    assert result.exit_code == 2
    assert result.stderr == "duble: zeev: the target is persat's\n"


def test_production_is_never_written_to(tmp_path: Path) -> None:
    named(tmp_path, "http://127.0.0.1:1", kind="production")
    result = duble_check("--target", "here", "--writes", "sandbox")
    assert result.exit_code == 2
    assert "Nothing is ever written there" in result.stderr


# ---------------------------------------------------------------- the plan


@pytest.mark.parametrize("writes", ["none", "sandbox"])
def test_a_plan_sends_nothing(writes: str) -> None:
    heard: list[bytes] = []

    def listen(guest: socket.socket, head: bytes) -> None:
        heard.append(head)
        guest.sendall(answer("200 OK", b"{}"))

    with talking(listen) as url:
        result = duble_check("persat", "--url", url, "--plan", "--json", "--writes", writes)
    assert result.exit_code == 0
    assert heard == []
    kinds = json.loads(result.stdout)["kinds"]
    assert {"GET", "POST"} <= {kind["method"] for kind in kinds}
    grounds = {kind["grounds"] for kind in kinds}
    assert grounds == ({"read", "harmless"} if writes == "none" else {"read", "harmless", "write"})


# ---------------------------------------------------------------- known findings


def test_known_findings_pass_until_their_day(broken_url: str) -> None:
    run = [
        "persat",
        "--url",
        broken_url,
        "--part",
        "examples",
        "--operation",
        "cancel_work_order",
        "--seed",
        "1",
    ]
    known = ["--baseline", "known.toml"]
    assert duble_check(*run).exit_code == 1
    written = duble_check(*run, *known, "--write-baseline", "ana", "the vendor knows", "2999-12-31")
    assert written.exit_code == 0
    again = duble_check(*run, *known)
    assert again.exit_code == 0
    assert "ana" in again.stdout
    assert "the vendor knows" in again.stdout
    text = Path("known.toml").read_text(encoding="utf-8")
    Path("known.toml").write_text(text.replace("2999-12-31", "2001-01-01"), encoding="utf-8")
    late = duble_check(*run, *known)
    assert late.exit_code == 1
    assert "2001-01-01" in late.stdout
    Path("known.toml").write_text("[[known]]\nowner = 3\n", encoding="utf-8")
    unreadable = duble_check(*run, *known)
    assert unreadable.exit_code == 2
    assert unreadable.stderr.count("\n") == 1


def test_a_baseline_is_written_into_a_named_file(broken_url: str) -> None:
    run = ["persat", "--url", broken_url, "--part", "examples", "--operation", "cancel_work_order"]
    result = duble_check(*run, "--write-baseline", "ana", "why", "2999-12-31")
    assert result.exit_code == 2
    assert "--baseline FILE" in result.stderr


# ---------------------------------------------------------------- in a workflow of GitHub


def test_github_gets_annotations_and_a_summary(
    broken_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    run = ["persat", "--url", broken_url, "--part", "examples", "--operation", "cancel_work_order"]
    result = duble_check(*run)
    lines = [line for line in result.stdout.splitlines() if line.startswith("::error ")]
    assert lines
    assert "file=specs/persat.yaml,line=" in lines[0]
    assert "1 finding in" in (tmp_path / "summary.md").read_text(encoding="utf-8")


def test_the_command_that_repeats_a_run_names_the_target(broken_url: str, tmp_path: Path) -> None:
    named(tmp_path, broken_url, kind="double")
    result = duble_check("--target", "here", "--part", "examples", "--seed", "4", "--report", "out")
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert result.exit_code == 1
    assert "duble check persat --profile standard --seed 4 --part examples --target here" in page
