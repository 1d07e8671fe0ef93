"""Every form of a report: what it tells of each outcome, and what it must not let through."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from contract_tests.harness import reports
from contract_tests.harness.reports import github, markdown, sarif, values
from contract_tests.harness.reports.printable import on_one_line, printable
from contract_tests.harness.reports.summary import Summary
from tests.contract_tests.reported import (
    EXPIRED,
    HOSTILE,
    RUNS,
    hostile,
    parsed,
    printed,
    told,
)

# ------------------------------------------------------------ all of them


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_every_file_is_written(run: Summary, tmp_path: Path) -> None:
    reports.write(run, tmp_path / "new" / "folder")
    written = {path.name: path.read_bytes() for path in (tmp_path / "new" / "folder").iterdir()}
    assert written.keys() == {"report.json", "junit.xml", "report.sarif", "report.md", "report.html"}
    for data in written.values():
        data.decode("utf-8")
    json.loads(written["report.json"])


@pytest.mark.parametrize(
    ("run", "headline"),
    [
        ("holds", "holds: 1 check, no finding"),
        ("known", "holds: 2 checks, no new finding, 1 known"),
        ("findings", "2 findings in 4 checks, 1 of them intermittent, 1 more known"),
        ("undecided", "could not check everything"),
        ("stopped", "1 finding in 2 checks; could not check everything"),
        ("expired", "1 known finding expired in 1 check"),
        ("nothing", "could not check"),
    ],
)
def test_the_verdict_is_one_line_in_every_format(run: str, headline: str) -> None:
    summary = RUNS[run]
    assert summary.headline == headline
    assert values.values(summary)["headline"] == headline
    assert headline in printed(summary).splitlines()[-1]
    assert headline in markdown.markdown(summary).replace("&#58;", ":").splitlines()[0]
    invocation = json.loads(sarif.document(summary))["runs"][0]["invocations"][0]
    assert invocation["exitCodeDescription"] == headline


def test_a_run_that_could_not_begin_says_why_everywhere(tmp_path: Path) -> None:
    reports.write_failure("duble.toml: no target nowhere", tmp_path)
    for name in reports.FILES:
        assert "no target nowhere" in (tmp_path / name).read_text(encoding="utf-8"), name
    said = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert (said["exit_code"], said["findings"], said["vendors"]) == (2, [], [])


# ------------------------------------------------------------ JUnit


def test_an_expired_entry_fails_everywhere(tmp_path: Path) -> None:
    failure = parsed(RUNS["expired"]).find("testsuite[@name='run']/testcase/failure")
    assert failure is not None
    assert failure.get("message") == "expired on 2026-03-31: status 202 (Ana)"
    assert EXPIRED in printed(RUNS["expired"])
    assert list(github.commands(RUNS["expired"])) == [f"::error title=duble::{EXPIRED}"]
    reports.write(RUNS["expired"], tmp_path)
    for name in ("report.json", "report.sarif", "report.html"):
        assert EXPIRED in (tmp_path / name).read_text(encoding="utf-8"), name
    assert "expired on 2026&#45;03" not in markdown.markdown(RUNS["expired"])
    assert "expired on 2026-03-31" in markdown.markdown(RUNS["expired"])


# ------------------------------------------------------------ JSON


def test_json_holds_the_run_and_the_matrix() -> None:
    said = json.loads(values.document(RUNS["findings"]))
    assert (said["seconds"], said["requests"], said["started"]) == (12.346, 1234, "2026-01-02T03:04:05+00:00")
    (vendor,) = said["vendors"]
    (row,) = vendor["matrix"]["operations"]
    assert row["statuses"][1] == {"label": "202", "state": "finding", "findings": [1]}
    assert row["statuses"][3] == {"label": "409", "state": "unchecked", "why": "it is made of writes"}
    assert vendor["matrix"]["counts"]["statuses"] == {"seen": 1, "of": 4}


def test_json_can_hold_whatever_was_answered() -> None:
    for text in (values.document(told(hostile())).decode("utf-8"), values.line(told(hostile()))):
        assert json.loads(text)["findings"][0]["got"] == HOSTILE
    assert values.line(told(hostile())).isascii()
    assert "\n" not in values.line(told(hostile()))


# ------------------------------------------------------------ text of a server


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ñ 漢 😀\n\ttext", "plain ñ 漢 😀\n\ttext"),
        ("\x1b[2J\x07", "\\u{1b}[2J\\u{7}"),
        ("a\u202eb\u200bc\ufeff", "a\\u{202e}b\\u{200b}c\\u{feff}"),
        ("\ud800\uffff\ue000", "\\u{d800}\\u{ffff}\\u{e000}"),
        ("a\u2028b\rc\x85d", "a\\u{2028}b\\u{d}c\\u{85}d"),
    ],
)
def test_what_cannot_be_seen_is_named(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_one_line_is_one_line() -> None:
    assert on_one_line("a \n\n b\tc") == "a b c"


def test_a_url_shows_no_password() -> None:
    from contract_tests.harness.reports.summary import _without_credentials

    assert _without_credentials("https://ana:pw@acme.example:8443/x") == "https://acme.example:8443/x"


def test_the_page_of_a_run_names_its_target() -> None:
    (vendor,) = told().vendors
    assert replace(vendor, started_here=True).where == "a double started for this run"
