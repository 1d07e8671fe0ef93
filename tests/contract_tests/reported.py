"""A run's summary made by hand, for tests of what reports do with it."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any
from xml.etree import ElementTree as ET

from rich.console import Console

from contract_tests.harness import reports
from contract_tests.harness.judging.finding import Finding, Known, fingerprint
from contract_tests.harness.reports import junit, terminal
from contract_tests.harness.reports.matrix import Cell, Matrix, Row
from contract_tests.harness.reports.summary import Checked, LeftOut, PartCount, Summary
from contract_tests.harness.running.run import Verdict

STARTED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
DOCUMENTED = {"mark": "documented", "document": "manual", "section": "Cancel"}
ASSUMED = {"mark": "assumed", "assumption": "ACME-A1"}
KNOWN = Known(
    fingerprint=fingerprint("acme", ("old",)),
    vendor="acme",
    operation="cancel_parcel",
    what="status 202",
    owner="Ana",
    reason="the vendor mends it in March",
    expires=date(2026, 3, 31),
)
HOSTILE = (
    "<script>alert(1)</script></script><img src=x onerror=alert(1)> javascript:alert(1) "
    "\"'`|*_ [x](https://evil.example) @octocat ]]> {{ 7 * 7 }} %0A::error::x \x1b[31m \x00 \u202e \ud800"
)
"""What an answer may hold: every format has something in it that it must not take at its word."""


def finding(**changes: Any) -> Finding:
    """A finding about a documented promise; `changes` are fields."""
    said: dict[str, Any] = {
        "vendor": "acme",
        "part": "examples",
        "operation": "cancel_parcel",
        "kind": "undocumented status",
        "said": "cancel_parcel answers 200, 404, 409",
        "got": "status 202",
        "answer": '202 application/json {"ok": true}',
        "file": "specs/acme.yaml",
        "line": 17,
        "sources": [DOCUMENTED],
        "judgement": "documented: Acme manual, Cancel",
        "curl": ["curl -i -X POST http://acme/v9/parcels/1/cancel"],
        "request": "POST /v9/parcels/1/cancel\nAuthorization: Bearer $DUBLE_ACME_TOKEN",
        "payload": 'HTTP/1.1 202 Accepted\n\n{"ok": true}',
        "seed": 5,
        "causes": (("undocumented status", "cancel_parcel", "202"),),
        "others": ("get_parcel",),
        "parts": ("examples", "lifecycle"),
        "count": 3,
    }
    return Finding(**(said | changes))


def hostile() -> Finding:
    """A finding whose every text is what an enemy would answer."""
    texts = dict.fromkeys(("kind", "said", "got", "answer", "judgement", "request", "payload"), HOSTILE)
    return finding(**texts, curl=[HOSTILE], others=(HOSTILE,), causes=((HOSTILE,),))


def told(*findings: Finding, **changes: Any) -> Summary:
    """A run with these findings; `changes` are fields."""
    new = [one for one in findings if one.known is None]
    said: dict[str, Any] = {
        "exit_code": 1 if new else 0,
        "started": STARTED,
        "profile": "smoke",
        "seed": 5,
        "seconds": 12.3456,
        "requests": 1234,
        "vendors": (checked(len(new)),),
        "parts": ("examples", "lifecycle"),
        "verdicts": (
            Verdict("acme", "examples", "get_parcel", "get_parcel", 0.5),
            *(Verdict("acme", "examples", "cancel_parcel", "cancelled", 0.25, (one,)) for one in findings),
        ),
        "findings": findings,
        "left_out": (LeftOut(vendor="acme", part="lifecycle", what=("parcel",), why="it is made of writes"),),
        "command": "duble check acme --profile smoke --seed 5",
    }
    return Summary(**(said | changes))


def checked(findings: int = 0, **changes: Any) -> Checked:
    """The invented vendor in a run."""
    said: dict[str, Any] = {
        "vendor": "acme",
        "title": "Acme Parcels",
        "url": "http://acme",
        "double": False,
        "started_here": False,
        "parts": (
            PartCount(part="examples", checked=2, findings=findings, undecided=0),
            PartCount(part="lifecycle", checked=0, findings=0, undecided=0),
        ),
        "matrix": matrix(findings),
        "sources": {"manual": {"title": "Acme manual", "url": "https://acme.example/manual"}},
        "assumptions": {"ACME-A1": {"chosen": "One hour.", "refuted_by": "A token of two hours."}},
    }
    return Checked(**(said | changes))


def matrix(findings: int = 0) -> Matrix:
    """One operation with a cell of each state that there can be."""
    about = (1,) if findings else ()
    cells = (
        Cell(label="200", way="", state="seen"),
        Cell(label="202", way="", state="finding" if findings else "seen", findings=about),
        Cell(label="404", way="", state="unseen"),
        Cell(label="409", way="", state="unchecked", why="it is made of writes"),
        Cell(label="302", way="", state="unserved"),
    )
    row = Row(
        operation="cancel_parcel",
        method="POST",
        path="/parcels/{parcel_id}/cancel",
        effect="write",
        summary="Cancel a parcel",
        state="finding" if findings else "seen",
        findings=about,
        sections={"statuses": cells},
    )
    seen = 1 if findings else 2
    return Matrix(rows=(row,), counts={"operations": (seen - 1, 1), "statuses": (seen, 4)})


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
"""A run of each outcome."""


def parsed(run: Summary) -> ET.Element:
    """The JUnit document as a CI server reads it."""
    return ET.fromstring(junit.document(run))  # noqa: S314  # our own


def printed(run: Summary, *, width: int = 80, tty: bool = False) -> str:
    """What a terminal or a log shows."""
    file = io.StringIO()
    terminal.show(
        run, Console(file=file, width=width, force_terminal=tty, color_system=None, highlight=False)
    )
    return file.getvalue()
