"""Every form of a report: its schema, what it tells of each outcome, and what it must not let through."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest
import xmlschema
from rich.console import Console

from contract_tests.harness import reports
from contract_tests.harness.reports import github, junit, markdown, sarif, terminal, values
from contract_tests.harness.reports.printable import on_one_line, printable
from contract_tests.harness.reports.summary import Summary
from contract_tests.harness.running.run import Verdict
from tests.contract_tests.reported import ASSUMED, DOCUMENTED, HOSTILE, KNOWN, finding, hostile, told

SCHEMAS = Path(__file__).parent / "schemas"
JUNIT = xmlschema.XMLSchema(str(SCHEMAS / "junit-10.xsd"))
SARIF = jsonschema_rs.Draft4Validator(
    json.loads((SCHEMAS / "sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
)

SHAKY = finding(seen=1, tries=3, causes=(("shaky",),))
OLD = finding(known=KNOWN, causes=(("old",),))
EXPIRED = "baseline: acme cancel_parcel: status 202 (Ana) expired on 2026-03-31"
UNDECIDED = Verdict("acme", "examples", "get_parcel", "get_parcel", 0.1, problem="KeyError: 'id'")
PROBLEM = "acme examples get_parcel: KeyError: 'id'"

RUNS = {
    "holds": told(),
    "known": told(OLD),
    "findings": told(finding(), SHAKY, OLD),
    "hostile": told(hostile()),
    "undecided": told(exit_code=2, verdicts=(UNDECIDED,), problems=(PROBLEM,)),
    "stopped": told(finding(), problems=("http://acme: nobody answers",)),
    "expired": told(exit_code=1, expired=(KNOWN,), notes=(EXPIRED,)),
    "nothing": reports.failure("specs/acme.yaml: not YAML: \x1b[31m"),
}


def parsed(run: Summary) -> ET.Element:
    """The JUnit document as a CI server reads it."""
    return ET.fromstring(junit.document(run))  # noqa: S314  # our own


def result(run: Summary, number: int = 0) -> dict[str, Any]:
    """One SARIF result as a code host reads it."""
    said: dict[str, Any] = json.loads(sarif.document(run))["runs"][0]["results"][number]
    return said


def printed(run: Summary, *, width: int = 80, tty: bool = False) -> str:
    file = io.StringIO()
    terminal.show(
        run, Console(file=file, width=width, force_terminal=tty, color_system=None, highlight=False)
    )
    return file.getvalue()


# ---------------------------------------------------------------- all of them


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_every_file_is_written(run: Summary, tmp_path: Path) -> None:
    reports.write(run, tmp_path / "new" / "folder")
    written = {path.name: path.read_bytes() for path in (tmp_path / "new" / "folder").iterdir()}
    assert written.keys() == {"report.json", "junit.xml", "report.sarif", "report.md", "report.html"}
    for data in written.values():
        data.decode("utf-8")
    json.loads(written["report.json"])


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_junit_fits_its_schema(run: Summary) -> None:
    JUNIT.validate(junit.document(run).decode("utf-8"))


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_sarif_fits_its_schema(run: Summary) -> None:
    said = json.loads(sarif.document(run))
    assert [error.message for error in SARIF.iter_errors(said)] == []


def test_the_schemas_would_notice() -> None:
    broken = json.loads(sarif.document(RUNS["findings"]))
    broken["runs"][0]["results"][0]["level"] = "grave"
    assert not SARIF.is_valid(broken)
    assert not JUNIT.is_valid("<testsuites><testsuite name='x'/></testsuites>")


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


# ---------------------------------------------------------------- JUnit


def test_junit_counts_what_it_holds() -> None:
    root = parsed(RUNS["findings"])
    examples = root.find("testsuite[@name='acme.examples']")
    assert examples is not None
    assert {name: examples.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "4",
        "failures": "2",
        "errors": "0",
        "skipped": "1",
    }
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("5", "2", "0")
    known = examples.find("testcase/skipped")
    assert known is not None
    assert known.get("message") == f"known: {OLD.fingerprint}"


def test_junit_tells_the_run_and_the_finding() -> None:
    root = parsed(told(finding()))
    said = {p.get("name"): p.get("value") for p in root.iterfind("testsuite[1]/properties/property")}
    assert said == {
        "profile": "smoke",
        "seed": "5",
        "exit_code": "1",
        "url": "http://acme",
        "vendor": "acme",
    }
    failure = root.find(".//failure")
    assert failure is not None
    assert failure.get("type") == "undocumented status"
    assert failure.get("message") == "cancel_parcel answers 200, 404, 409; got status 202"
    assert "curl -i -X POST http://acme/v9/parcels/1/cancel" in (failure.text or "")


def test_junit_skips_what_was_left_out_and_has_a_suite_for_the_run_itself() -> None:
    root = parsed(told(problems=("stopped by hand",), exit_code=2))
    left = root.find("testsuite[@name='acme.lifecycle']/testcase[@name='parcel']/skipped")
    error = root.find("testsuite[@name='run']/testcase/error")
    assert left is not None
    assert left.get("message") == "it is made of writes"
    assert error is not None
    assert error.get("message") == "stopped by hand"


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


def test_junit_tells_an_undecided_test_once() -> None:
    root = parsed(RUNS["undecided"])
    assert [error.get("message") for error in root.iter("error")] == ["KeyError: 'id'"]


# ---------------------------------------------------------------- SARIF


def test_sarif_points_to_the_line_of_the_spec() -> None:
    said = result(told(finding()))
    (location,) = said["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "specs/acme.yaml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 17},
    }
    names = [name["fullyQualifiedName"] for name in location["logicalLocations"]]
    assert names == ["acme.cancel_parcel", "acme.get_parcel"]
    assert said["partialFingerprints"] == {"dubleFinding/v1": finding().fingerprint}
    assert said["properties"]["curl"] == ["curl -i -X POST http://acme/v9/parcels/1/cancel"]
    assert said["properties"]["seed"] == 5


def test_sarif_has_a_rule_for_each_kind() -> None:
    other = finding(kind="content type", causes=(("other",),))
    said = json.loads(sarif.document(told(finding(), other, SHAKY)))["runs"][0]
    rules = [rule["id"] for rule in said["tool"]["driver"]["rules"]]
    assert rules == ["undocumented-status", "content-type"]
    for one in said["results"]:
        assert rules[one["ruleIndex"]] == one["ruleId"]


@pytest.mark.parametrize(
    ("changes", "level"),
    [
        ({}, "error"),
        ({"sources": [ASSUMED], "refutes": ("ACME-A1",)}, "warning"),
        ({"sources": [DOCUMENTED, ASSUMED], "refutes": ("ACME-A1",)}, "error"),
        ({"sources": []}, "error"),
        ({"seen": 1, "tries": 3}, "warning"),
        ({"known": KNOWN}, "note"),
    ],
)
def test_the_level_says_whose_promise_was_broken(changes: dict[str, Any], level: str) -> None:
    assert result(told(finding(**changes)))["level"] == level


def test_sarif_suppresses_what_is_known() -> None:
    (suppression,) = result(told(OLD))["suppressions"]
    assert suppression == {
        "kind": "external",
        "status": "accepted",
        "justification": "the vendor mends it in March (Ana, until 2026-03-31)",
    }
    assert "suppressions" not in result(told(finding()))


@pytest.mark.parametrize(("run", "successful"), [("holds", True), ("findings", True), ("undecided", False)])
def test_sarif_tells_whether_the_run_was_one(run: str, successful: bool) -> None:
    invocation = json.loads(sarif.document(RUNS[run]))["runs"][0]["invocations"][0]
    assert invocation["executionSuccessful"] is successful
    assert invocation["startTimeUtc"] == "2026-01-02T03:04:05.000Z"
    assert invocation["endTimeUtc"] == "2026-01-02T03:04:17.345Z"
    told_of = [note["message"]["text"] for note in invocation["toolExecutionNotifications"]]
    assert told_of[-1] == "not checked: acme lifecycle: parcel (it is made of writes)"
    assert (PROBLEM in told_of) is (run == "undecided")


# ---------------------------------------------------------------- Markdown


def test_markdown_has_verdict_table_and_findings() -> None:
    text = markdown.markdown(RUNS["findings"])
    assert "| vendor | examples | lifecycle |\n| --- | ---: | ---: |\n| acme | 2 · **2 ❌** | 0 |" in text
    assert text.count("<details>") == text.count("</details>") == 4
    assert "```sh\ncurl -i -X POST http://acme/v9/parcels/1/cancel\n```" in text
    assert "<em>known</em>" in text
    assert "<em>intermittent</em>" in text


@pytest.mark.parametrize("many", [100, 2_000])
def test_markdown_is_never_longer_than_github_takes(many: int) -> None:
    findings = [finding(got="x" * 3_000, causes=((str(number),),)) for number in range(many)]
    text = markdown.markdown(told(*findings))
    shown = text.count("<b>acme cancel&#95;parcel</b>")
    assert len(text) <= markdown.LONGEST
    assert 0 < shown < many
    assert f"**{many - shown} more findings are not shown here**" in text
    assert text.count("<details>") == text.count("</details>")


def test_markdown_lets_nothing_of_an_answer_act() -> None:
    text = markdown.markdown(told(hostile()))
    fences = re.sub(r"(?s)(`{3,})(?:sh)?\n.*?\n\1", "", text)
    for sign in ("<script", "<img", "@octocat", "](https", "|*", "`", "\x1b", "\x00", "\u202e"):
        assert sign not in fences, sign
    assert all(len(fence) > 1 for fence in re.findall("`{3,}", text))


def test_a_fence_is_longer_than_any_in_the_text() -> None:
    text = markdown.markdown(told(finding(answer="200 text/plain ````\n# out of the fence")))
    assert "\n`````\n200 text/plain ````\n# out of the fence\n`````\n" in text


# ---------------------------------------------------------------- GitHub


def test_annotations_are_workflow_commands() -> None:
    first, second, third = github.commands(RUNS["findings"])
    assert first == (
        "::error file=specs/acme.yaml,line=17,title=acme cancel_parcel%3A undocumented status::"
        "contract: cancel_parcel answers 200, 404, 409 (documented: Acme manual, Cancel)%0A"
        "got: status 202%0Acurl -i -X POST http://acme/v9/parcels/1/cancel"
    )
    assert second.startswith("::warning ")
    assert third.startswith("::notice ")


def test_no_answer_can_write_a_workflow_command() -> None:
    evil = "x\r\n::error::y%0A::set-output name=a::b"
    (line,) = github.commands(told(finding(got=evil, kind=evil, curl=[evil])))
    assert "\n" not in line
    assert "\r" not in line
    assert "y%250A" in line
    assert re.fullmatch(r"::error file=[^:,]*,line=17,title=[^:,\n]*::.*", line)


def test_a_problem_is_an_annotation_too() -> None:
    (line,) = github.commands(RUNS["undecided"])
    assert line == f"::error title=duble could not check::{PROBLEM}"


def test_the_summary_of_the_step_is_appended(tmp_path: Path) -> None:
    place = tmp_path / "summary.md"
    place.write_text("before\n", encoding="utf-8")
    github.append_summary(RUNS["holds"], {"GITHUB_STEP_SUMMARY": str(place)})
    github.append_summary(RUNS["holds"], {})
    assert place.read_text(encoding="utf-8").startswith("before\n### ✅ duble check")
    assert github.is_here({"GITHUB_ACTIONS": "true"})
    assert not github.is_here({"GITHUB_ACTIONS": "false"})
    assert not github.is_here({})


# ---------------------------------------------------------------- JSON


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


# ---------------------------------------------------------------- terminal


def test_the_terminal_marks_what_is_known_and_what_is_intermittent() -> None:
    shown = printed(RUNS["findings"])
    assert "1. acme cancel_parcel: undocumented status\n" in shown
    assert "2. acme cancel_parcel: undocumented status [intermittent]\n" in shown
    assert "3. acme cancel_parcel: undocumented status [known]\n" in shown
    assert "  known     Ana, until 2026-03-31: the vendor mends it in March\n" in shown
    assert "  tried     shown in 1 of 3 tries\n" in shown


def test_a_terminal_of_80_columns_wraps_all_but_curl() -> None:
    long = "word " * 60
    run = told(finding(said=long, got=long, answer=long, judgement=long, curl=["curl " + "x" * 200]))
    lines = printed(run, tty=True).splitlines()
    assert [line for line in lines if len(line) > 80] == ["  repeat    curl " + "x" * 200]
    assert "            word word" in "\n".join(lines)


def test_a_log_has_one_line_for_each_thing_and_no_colour() -> None:
    long = " ".join(["word"] * 60)
    file = io.StringIO()
    terminal.show(told(finding(said=long)), Console(file=file, width=80))
    assert f"  contract  {long}\n" in file.getvalue()
    assert "\x1b" not in file.getvalue()


@pytest.mark.parametrize("tty", [True, False])
def test_no_answer_moves_the_cursor(tty: bool) -> None:
    shown = printed(told(hostile()), tty=tty)
    assert not [c for c in shown if c != "\n" and not c.isprintable()]
    assert "\\u{1b}[31m" in re.sub(r"\s+", "", shown)


# ---------------------------------------------------------------- text of a server


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
