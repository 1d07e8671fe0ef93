"""A run as JSON, for programs: report.json, and what `duble check --json` prints."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from contract_tests.harness.reports.summary import Checked, Summary


def values(told: Summary) -> dict[str, Any]:
    """The whole run as JSON values."""
    return {
        "exit_code": told.exit_code,
        "headline": told.headline,
        "seed": told.seed,
        "profile": told.profile,
        "started": told.started.isoformat(timespec="seconds"),
        "seconds": round(told.seconds, 3),
        "requests": told.requests,
        "rounds": told.rounds,
        "command": told.command,
        "vendors": [_vendor(checked) for checked in told.vendors],
        "findings": [finding.as_json() for finding in told.findings],
        "not_checked": [
            {"vendor": left.vendor, "part": left.part, "what": what, "why": left.why}
            for left in told.left_out
            for what in left.what
        ],
        "problems": list(told.problems),
        "notes": list(told.notes),
    }


def document(told: Summary) -> bytes:
    """The same as a file in UTF-8; half a surrogate pair, which that cannot hold, is written as an escape."""
    text = json.dumps(values(told), indent=2, ensure_ascii=False)
    return (text + "\n").encode("utf-8", "backslashreplace")


def line(told: Summary) -> str:
    """The same on one line of ASCII, for a terminal or a pipe."""
    return json.dumps(values(told))


def _vendor(checked: Checked) -> dict[str, Any]:
    return {
        "vendor": checked.vendor,
        "title": checked.title,
        "url": checked.url,
        "double": checked.double,
        "parts": [asdict(count) for count in checked.parts],
        "matrix": checked.matrix.as_json(),
    }
