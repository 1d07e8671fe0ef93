"""`duble parity`: what it prints, with which code it ends, and what it enters into the record."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from rich.console import Console

from contract_tests.harness.parity import verified
from contract_tests.harness.parity.result import Parity
from contract_tests.harness.parity.verified import Standing
from contract_tests.harness.running.prepare import shipped
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec import contract
from duble.coverage import show, survey
from duble.parity import parity
from duble.served import parts_of
from mockserver.app import build
from mockserver.server import serving
from tests.contract_tests.compared import doubles, known_there, stranger
from tests.contract_tests.saboteur import Ask, Asked, Told

RECORD = Path(verified.FILE)
SECRET = "vendors-own-s3cr3t"
FEW = ("--operation", "get_work_order")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working directory of the test's own, and credentials for the target."""
    monkeypatch.chdir(tmp_path)
    known_there(monkeypatch, "persat")


@pytest.fixture(scope="module")
def ours() -> Iterator[Subject]:
    with doubles() as started:
        yield started("persat")


def duble_parity(*arguments: str) -> Result:
    return CliRunner().invoke(parity, list(arguments), catch_exceptions=False)


def named(url: str, kind: str = "sandbox") -> str:
    """A target in duble.toml."""
    Path("duble.toml").write_text(f'[targets.there]\nvendor = "persat"\nurl = "{url}"\nkind = "{kind}"\n')
    return "there"


async def gone(asked: Asked, ask: Ask) -> Told:
    """An unknown order is answered with 410."""
    came = await ask(asked)
    return (
        replace(came, status=410)
        if asked.matches("GET", "work-orders/[^/]+") and came.status == 404
        else came
    )


def standing(ours: Subject) -> Standing:
    return verified.standing(verified.read(RECORD), ours)


# ---------------------------------------------------------------- the same, and not the same


def test_the_same_ends_with_0_and_is_entered(ours: Subject) -> None:
    with stranger("persat") as (url, _):
        result = duble_parity("--target", named(url), *FEW)
    assert result.exit_code == 0
    assert "persat: the double beside there (sandbox)" in result.stdout
    assert "no difference: " in result.stdout
    assert f"verified against there: entered in {RECORD}" in result.stdout
    found = standing(ours)
    assert found.latest == datetime.now(UTC).date()
    assert list(found.standing["operations"]) == ["get_work_order"]
    entry = found.standing["operations"]["get_work_order"]
    assert (entry.target, entry.kind) == ("there", "sandbox")
    assert {"UNAUTHORIZED", "NOT_FOUND.work_order"} <= found.standing["errors"].keys()
    assert found.totals["operations"] == 14
    assert not any(found.void.values())


def test_differences_end_with_1_and_say_what_to_mend(ours: Subject) -> None:
    with stranger("persat", gone) as (url, _):
        result = duble_parity("--target", named(url), *FEW, "--report", "told")
    assert result.exit_code == 1
    line = ours.contract.lines["/x-errors/NOT_FOUND.work_order/status"]
    for text in (
        "get_work_order: status",
        "double    status 404",
        "target    status 410",
        f"mend      specs/persat.yaml:{line}",
        "verdict   documented fact contradicted by the vendor",
        # The double's credential is an example; the target's is a secret.
        "curl -i -X GET \"$DUBLE_URL/v1/work-orders/xxxx\" -H 'Authorization: Bearer duble-key'",
        f'curl -i -X GET {url}/v1/work-orders/xxxx -H "Authorization: Bearer $DUBLE_PERSAT_TOKEN"',
    ):
        assert text in result.stdout
    markdown = Path("told/parity.md").read_text("utf-8")
    assert f"- mend: `specs/persat.yaml:{line}" in markdown
    said = json.loads(Path("told/parity.json").read_text("utf-8"))
    assert said["exit_code"] == 1
    assert {found["kind"] for found in said["differences"]} == {"status"}
    assert said["differences"][0]["mend"]["file"] == "specs/persat.yaml"


def test_json_is_all_there_is_on_stdout() -> None:
    with stranger("persat", gone) as (url, _):
        result = duble_parity("persat", "--url", url, *FEW, "--json")
    said = json.loads(result.stdout)
    assert (result.exit_code, said["exit_code"], said["target"]["kind"]) == (1, 1, "unknown")


def test_a_difference_strikes_out_what_was_verified(ours: Subject) -> None:
    with stranger("persat") as (url, _):
        duble_parity("--target", named(url), *FEW)
    assert "NOT_FOUND.work_order" in standing(ours).standing["errors"]
    with stranger("persat", gone) as (url, _):
        duble_parity("--target", named(url), *FEW)
    found = standing(ours)
    assert "NOT_FOUND.work_order" not in found.standing["errors"]
    assert "UNAUTHORIZED" in found.standing["errors"]


# ---------------------------------------------------------------- what is entered, and what is not


def test_our_own_double_verifies_nothing() -> None:
    with serving(build(["persat"])) as url:
        bare = duble_parity("persat", "--url", url, *FEW, "--record", str(RECORD))
        disguised = duble_parity("--target", named(url, "sandbox"), *FEW)
    for result in (bare, disguised):
        assert result.exit_code == 0
        assert "one of our doubles: nothing is verified against the vendor" in result.stdout
    assert not RECORD.exists()


def test_a_bare_url_is_entered_only_when_asked_for(ours: Subject) -> None:
    with stranger("persat") as (url, _):
        duble_parity("persat", "--url", url, *FEW)
        assert not RECORD.exists()
        duble_parity("persat", "--url", url, *FEW, "--record", str(RECORD))
    entry = standing(ours).standing["operations"]["get_work_order"]
    assert (entry.target, entry.kind) == (url.removeprefix("http://"), "unknown")


def test_nothing_is_entered_if_nothing_is_to_be() -> None:
    with stranger("persat") as (url, _):
        result = duble_parity("--target", named(url), *FEW, "--no-record")
    assert result.exit_code == 0
    assert not RECORD.exists()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["persat"], "duble: the double needs somebody to be compared with. Give --target or --url"),
        (["--url", "http://127.0.0.1:1"], "duble: which vendor answers at the URL? Give VENDOR"),
        (["persat", "--url", "http://127.0.0.1:1"], "duble: http://127.0.0.1:1: nobody answers ("),
        (["nobody", "--url", "http://127.0.0.1:1"], "duble: nobody: no such vendor. Known: "),
        (["--target", "there"], "duble: duble.toml: No such file or directory"),
    ],
)
def test_what_cannot_be_compared_ends_with_2_and_one_line(arguments: list[str], line: str) -> None:
    result = duble_parity(*arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith(line)
    assert result.stderr.count("\n") == 1


def test_a_credential_that_opens_nothing_ends_with_2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUBLE_PERSAT_TOKEN", "expired-token")
    with stranger("persat") as (url, _):
        result = duble_parity("persat", "--url", url, *FEW)
    assert result.exit_code == 2
    assert "the target answers no request as the API does" in result.stderr
    assert "expired-token" not in result.output


def test_a_budget_that_is_spent_ends_with_2_and_is_told() -> None:
    with stranger("persat") as (url, _):
        result = duble_parity("--target", named(url), "--max-requests", "25", "--report", "told")
    assert result.exit_code == 2
    assert "stopped: the budget of 25 requests is spent (--max-requests)" in result.stdout
    assert json.loads(Path("told/parity.json").read_text("utf-8"))["exit_code"] == 2


def test_a_record_that_is_none_ends_with_2() -> None:
    RECORD.write_text("[]")
    with stranger("persat") as (url, _):
        result = duble_parity("--target", named(url), *FEW)
    assert result.exit_code == 2
    assert f"duble: {RECORD}: no record of verifications" in result.stderr
    assert RECORD.read_text() == "[]"


def locked(asked: Asked) -> Asked:
    """The same request where only a secret of the vendor's own opens the door, and no example of ours."""
    opens = asked.headers.get("authorization") == f"Bearer {SECRET}"
    return replace(
        asked, headers={**asked.headers, "authorization": f"Bearer {'duble-key' if opens else 'no'}"}
    )


def test_each_side_is_asked_with_its_own_credential(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUBLE_PERSAT_TOKEN", SECRET)

    async def vendors_own(asked: Asked, ask: Ask) -> Told:
        return await ask(locked(asked))

    with stranger("persat", vendors_own) as (url, _):
        result = duble_parity("--target", named(url), *FEW)
    assert (result.exit_code, "no difference: " in result.stdout) == (0, True)
    assert "get_work_order" in verified.read(RECORD).vendors["persat"]["operations"]


def test_secrets_stay_out_of_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if the server says them back wherever it can."""
    monkeypatch.setenv("DUBLE_PERSAT_TOKEN", SECRET)

    async def echoing(asked: Asked, ask: Ask) -> Told:
        came = await ask(locked(asked))
        if came.status != 404 or not asked.matches("GET", "work-orders/[^/]+"):
            return came
        said = asked.headers.get("authorization", "").removeprefix("Bearer ")
        return came.having({"success": False, "error": {"status": 404, "type": said, "userMessage": said}})

    with stranger("persat", echoing) as (url, _):
        result = duble_parity("--target", named(url), *FEW, "--report", "told")
    assert result.exit_code == 1
    told = [path.read_text("utf-8") for path in (Path("told/parity.md"), Path("told/parity.json"), RECORD)]
    assert [text for text in (result.output, *told) if "s3cr3t" in text] == []


# ---------------------------------------------------------------- what coverage makes of it


def entered(ours: Subject, *, version: str = "1.2.3") -> None:
    """A record as a comparison leaves it."""
    result = Parity(ours.contract, "there", "sandbox", 1, "none", compared=1)
    result.started = datetime(2026, 11, 21, tzinfo=UTC)
    result.shown |= {("success", "get_work_order"), ("refusal", "get_work_order", "NOT_FOUND.work_order")}
    verified.written(RECORD, result, ours, version)


def changed(ours: Subject, folder: Path, **change: Any) -> Subject:
    """The vendor with a spec in which the refusal of an unknown order says something else."""
    document = yaml.safe_load(ours.contract.path.read_text("utf-8"))
    document["x-errors"]["NOT_FOUND.work_order"].update(change)
    path = folder / "persat.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), "utf-8")
    return ours.at(contract.load("persat", path))


def test_a_changed_promise_voids_its_verification(ours: Subject, tmp_path: Path) -> None:
    entered(ours)
    found = verified.standing(verified.read(RECORD), changed(ours, tmp_path, status=410))
    assert found.standing["errors"] == {}
    assert list(found.void["errors"]) == ["NOT_FOUND.work_order"]
    assert list(found.void["errors of operations"]) == ["get_work_order NOT_FOUND.work_order"]
    assert list(found.standing["operations"]) == ["get_work_order"]


def test_words_for_readers_void_nothing(ours: Subject, tmp_path: Path) -> None:
    entered(ours)
    reworded = changed(ours, tmp_path, description="Nobody has such an order.")
    found = verified.standing(verified.read(RECORD), reworded)
    assert list(found.standing["errors"]) == ["NOT_FOUND.work_order"]
    assert not any(found.void.values())


def told_by_coverage(record: verified.Record, *, verbose: bool = False) -> str:
    surveyed = survey(
        shipped("persat"), build(["persat"]), parts_of("persat"), profile="smoke", seed=1, parts=["examples"],
        record=record,
    )  # fmt: skip
    out = io.StringIO()
    show(surveyed, Console(file=out, width=200), verbose=verbose)
    return out.getvalue()


def test_coverage_tells_what_was_verified_and_when(ours: Subject) -> None:
    assert "never verified against the vendor" in told_by_coverage(verified.read(RECORD))
    entered(ours)
    record = verified.read(RECORD)
    told = told_by_coverage(record, verbose=True)
    errors = len(ours.contract.errors)
    assert f"verified against the vendor on 2026-11-21: 1 of 14 operations, 1 of {errors} errors" in told
    assert "errors: NOT_FOUND.work_order (2026-11-21, there)" in told
    known = record.vendors["persat"]["errors"]["NOT_FOUND.work_order"]
    old = {"persat": {"errors": {"NOT_FOUND.work_order": replaced(known, spec="0" * 16)}}}
    told = told_by_coverage(verified.Record(verified.VERSION, old))
    assert "the spec says otherwise since, errors: NOT_FOUND.work_order" in told


def replaced(entry: verified.Entry, *, spec: str) -> verified.Entry:
    return verified.Entry(on=date(2026, 1, 1), target=entry.target, kind=entry.kind, duble="1", spec=spec)
