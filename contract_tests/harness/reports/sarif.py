"""A run as SARIF 2.1.0 (OASIS): findings at the line of the spec that says otherwise."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from contract_tests.harness.judging.finding import Finding
from contract_tests.harness.reports.printable import on_one_line, printable
from contract_tests.harness.reports.summary import Summary

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "dubleFinding/v1"


def sarif(told: Summary) -> dict[str, Any]:
    """The run as one SARIF run: a rule for each kind of finding, a result for each finding."""
    kinds = list(dict.fromkeys(finding.kind for finding in told.findings))
    names = ",".join(checked.vendor for checked in told.vendors)
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {**_driver(), "rules": [_rule(kind) for kind in kinds]}},
                "automationDetails": {"id": f"duble check/{names}/{told.profile or 'none'}/"},
                "invocations": [_invocation(told)],
                "columnKind": "unicodeCodePoints",
                "results": [_result(finding, kinds.index(finding.kind)) for finding in told.findings],
                "properties": {
                    "seed": told.seed,
                    "profile": told.profile,
                    "requests": told.requests,
                    "targets": {checked.vendor: checked.url for checked in told.vendors},
                },
            }
        ],
    }


def document(told: Summary) -> bytes:
    """The same as a file."""
    return (json.dumps(sarif(told), indent=2, ensure_ascii=False) + "\n").encode("utf-8")


def level(finding: Finding) -> str:
    """How grave a finding is.

    An error is a documented promise that was broken. A warning asks for a person's judgement: it did not
    show again, or it rests on nothing but our own assumption, so that the vendor has broken no word. What
    the baseline covers is a note.
    """
    if finding.known is not None:
        return "note"
    return "warning" if finding.intermittent or _only_assumed(finding) else "error"


def _only_assumed(finding: Finding) -> bool:
    return bool(finding.sources) and all(source["mark"] == "assumed" for source in finding.sources)


def _driver() -> dict[str, Any]:
    driver = {"name": "duble", "fullName": "duble contract suite"}
    try:
        return {**driver, "version": version("duble")}
    except PackageNotFoundError:
        return driver


def _rule(kind: str) -> dict[str, Any]:
    return {
        "id": _rule_id(kind),
        "shortDescription": {"text": printable(kind)},
        "defaultConfiguration": {"level": "error"},
    }


def _rule_id(kind: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", kind.lower()).strip("-")


def _result(finding: Finding, rule: int) -> dict[str, Any]:
    text = f"{finding.vendor} {finding.operation}: {finding.said}; got {finding.got}."
    return {
        "ruleId": _rule_id(finding.kind),
        "ruleIndex": rule,
        "level": level(finding),
        "message": {"text": on_one_line(f"{text} {finding.judgement}")},
        "locations": [_location(finding)],
        "partialFingerprints": {FINGERPRINT: finding.fingerprint},
        "occurrenceCount": finding.count,
        **({"suppressions": [_suppression(finding)]} if finding.known else {}),
        "properties": dict(_properties(finding)),
    }


def _location(finding: Finding) -> dict[str, Any]:
    names = [on_one_line(name) for name in (finding.operation, *finding.others)]
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": finding.file, "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": max(finding.line, 1)},
        },
        "logicalLocations": [
            {"name": name, "fullyQualifiedName": f"{finding.vendor}.{name}", "kind": "function"}
            for name in names
        ],
    }


def _suppression(finding: Finding) -> dict[str, Any]:
    known = finding.known
    if known is None:
        raise ValueError("only a known finding is suppressed")
    why = f"{known.reason} ({known.owner}, until {known.expires.isoformat()})"
    return {"kind": "external", "status": "accepted", "justification": on_one_line(why)}


def _properties(finding: Finding) -> Iterator[tuple[str, Any]]:
    yield "vendor", finding.vendor
    yield "parts", list(finding.parts or (finding.part,))
    yield "source", printable(finding.judgement)
    yield "refutes", list(finding.refutes)
    yield "got", printable(finding.got)
    yield "answer", printable(finding.answer)
    yield "curl", [printable(line) for line in finding.curl]
    yield "seed", finding.seed
    yield "intermittent", finding.intermittent


def _invocation(told: Summary) -> dict[str, Any]:
    return {
        "executionSuccessful": told.outcome != "undecided",
        "exitCode": told.exit_code,
        "exitCodeDescription": printable(told.headline),
        "startTimeUtc": _utc(told.started),
        "endTimeUtc": _utc(told.started + timedelta(seconds=told.seconds)),
        **({"commandLine": told.command} if told.command else {}),
        "toolExecutionNotifications": list(_notifications(told)),
    }


def _notifications(told: Summary) -> Iterator[dict[str, Any]]:
    for problem in told.problems:
        yield {"level": "error", "message": {"text": on_one_line(problem)}}
    for note in told.notes:
        yield {"level": "warning", "message": {"text": on_one_line(note)}}
    for left in told.left_out:
        text = f"not checked: {left.vendor} {left.part}: {', '.join(left.what)} ({left.why})"
        yield {"level": "note", "message": {"text": on_one_line(text)}}


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
