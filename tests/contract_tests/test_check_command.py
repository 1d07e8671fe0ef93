"""`duble check` and the same through pytest: what it prints, and with which code it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from duble.check import check
from mockserver.app import VENDORS, build
from mockserver.server import serving
from tests.contract_tests.saboteur import Ask, Asked, Saboteur, Told

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def broken_url() -> Iterator[str]:
    """A double whose cancellations answer 202."""

    async def accepted(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        cancels = asked.path.endswith("/cancel") and told.status == 200
        return replace(told, status=202) if cancels else told

    with serving(Saboteur(build(["persat"]), accepted)) as url:
        yield url


def duble_check(*arguments: str) -> Result:
    return CliRunner().invoke(check, list(arguments), catch_exceptions=False)


def test_a_double_that_is_started_for_the_run_holds() -> None:
    result = duble_check("persat", "--part", "examples", "--seed", "5")
    assert result.exit_code == 0
    assert "persat: a double started for this run" in result.stdout
    assert "no finding (profile standard, seed 5)" in result.stdout


def test_findings_end_with_1_and_show_what_is_needed(broken_url: str) -> None:
    result = duble_check("persat", "--url", broken_url, "--part", "examples", "--seed", "5")
    assert result.exit_code == 1
    assert "persat cancel_work_order: documented status" in result.stdout
    assert "specs/persat.yaml:" in result.stdout
    assert f"curl -i -X POST {broken_url}/v1/work-orders/9/cancel" in result.stdout
    assert '"Authorization: Bearer $DUBLE_PERSAT_TOKEN"' in result.stdout
    assert "duble-key" not in result.stdout


def test_json_is_all_there_is_on_stdout(broken_url: str, tmp_path: Path) -> None:
    result = duble_check(
        "persat", "--url", broken_url, "--part", "examples", "--json", "--report", str(tmp_path / "new")
    )
    said = json.loads(result.stdout)
    assert result.exit_code == said["exit_code"] == 1
    assert said["findings"][0]["operation"] == "cancel_work_order"
    assert said["findings"][0]["contract"]["x-source"]
    assert json.loads((tmp_path / "new" / "report.json").read_text(encoding="utf-8")) == said
    assert (tmp_path / "new" / "junit.xml").exists()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["nobody"], f"duble: nobody: no such vendor. Known: {', '.join(VENDORS)}"),
        (["persat", "--operation", "fly"], "duble: fly: no such operation. Known: "),
        (["persat", "--url", "localhost:80"], "duble: localhost:80: not a base URL. Give one such as "),
        (["persat", "--url", "http://127.0.0.1:1"], "duble: http://127.0.0.1:1: nobody answers ("),
    ],
)
def test_what_cannot_be_checked_ends_with_2_and_one_line(arguments: list[str], line: str) -> None:
    result = duble_check(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith(line)
    assert result.stderr.count("\n") == 1


def test_what_cannot_be_checked_is_json_too_where_json_is_asked_for() -> None:
    result = duble_check("nobody", "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["problems"] == [f"nobody: no such vendor. Known: {', '.join(VENDORS)}"]


def test_an_empty_run_ends_with_2() -> None:
    result = duble_check("persat", "--part", "lifecycle", "--operation", "get_client")
    assert result.exit_code == 2
    assert "could not check: nothing was checked" in result.stdout


def test_a_report_that_cannot_be_written_ends_with_2(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    result = duble_check(
        "persat", "--part", "examples", "--operation", "get_client", "--report", str(tmp_path / "file" / "x")
    )
    assert result.exit_code == 2
    assert "Choose another --report" in result.stderr


def run_pytest(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The suite in a pytest of its own, from a folder that has nothing to do with it."""
    installed = entry_points(group="pytest11", name="duble-suite")
    plugin = [] if installed else ["-p", "contract_tests.pytest_plugin"]
    command = [sys.executable, "-m", "pytest", *plugin, "-p", "no:cacheprovider", "-q"]
    return subprocess.run(
        [*command, "--pyargs", "contract_tests.suite", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_pytest_runs_the_same_tests(broken_url: str, tmp_path: Path) -> None:
    wanted = ["--duble-vendor", "persat", "--duble-url", broken_url, "--duble-part", "examples"]
    found = run_pytest(tmp_path, *wanted)
    assert found.returncode == pytest.ExitCode.TESTS_FAILED
    assert "persat cancel_work_order: documented status" in found.stdout


def test_pytest_without_a_vendor_is_no_success(tmp_path: Path) -> None:
    nothing = run_pytest(tmp_path)
    assert nothing.returncode == pytest.ExitCode.INTERRUPTED
    assert "name a vendor with --duble-vendor" in nothing.stdout
