"""Reports for CI servers and code hosts: JUnit XML and SARIF, and their schemas."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import xmlschema

from contract_tests.harness.reports import junit, sarif
from contract_tests.harness.reports.summary import Summary
from tests.contract_tests.reported import (
    ASSUMED,
    DOCUMENTED,
    KNOWN,
    OLD,
    PROBLEM,
    RUNS,
    SHAKY,
    finding,
    parsed,
    told,
)

SCHEMAS = Path(__file__).parent / "schemas"
JUNIT = xmlschema.XMLSchema(str(SCHEMAS / "junit-10.xsd"))
SARIF = jsonschema_rs.Draft4Validator(
    json.loads((SCHEMAS / "sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
)


def result(run: Summary, number: int = 0) -> dict[str, Any]:
    """One SARIF result as a code host reads it."""
    said: dict[str, Any] = json.loads(sarif.document(run))["runs"][0]["results"][number]
    return said


# ------------------------------------------------------------ all of them


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


# ------------------------------------------------------------ JUnit


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


def test_junit_tells_an_undecided_test_once() -> None:
    root = parsed(RUNS["undecided"])
    assert [error.get("message") for error in root.iter("error")] == ["KeyError: 'id'"]


# ------------------------------------------------------------ SARIF


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
