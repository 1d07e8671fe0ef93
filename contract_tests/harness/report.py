"""What a run found, for people and for machines."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from rich.console import Console
from rich.table import Table
from rich.text import Text

from contract_tests.harness.credentials import DEFAULT
from contract_tests.harness.finding import Finding
from contract_tests.harness.junit import junit
from contract_tests.harness.run import PARTS, Run
from contract_tests.harness.target import STARTED_HERE


def as_json(run: Run) -> dict[str, Any]:
    """The whole run as JSON values."""
    return {
        "exit_code": run.exit_code,
        "seed": run.seed,
        "profile": run.profile.name,
        "vendors": [
            {
                "vendor": subject.contract.vendor,
                "url": subject.target.url,
                "double": subject.target.double,
                "parts": _counts(run, subject.contract.vendor),
            }
            for subject in run.subjects
        ],
        "findings": [finding.as_json() for finding in run.findings],
        "not_checked": [vars(omission) for omission in run.omissions],
        "problems": run.problems,
    }


def write(run: Run, folder: Path) -> None:
    """Write report.json and junit.xml into a folder, which is made if need be; raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(as_json(run), indent=2, ensure_ascii=False)
    (folder / "report.json").write_text(text + "\n", encoding="utf-8")
    ET.ElementTree(junit(run)).write(folder / "junit.xml", encoding="utf-8", xml_declaration=True)


def show(run: Run, console: Console) -> None:
    """Print tables, what was not checked, findings, and the verdict."""
    for subject in run.subjects:
        vendor = subject.contract.vendor
        where = "a double started for this run" if subject.target.started_here else subject.target.url
        kind = "" if subject.target.double else ", not one of our doubles"
        _print(console, f"{vendor}: {where}{kind}", style="bold")
        console.print(_table(run, vendor))
    _show_omissions(run, console)
    for finding in run.findings:
        _show_finding(finding, console)
    _show_remedies(run, console)
    for problem in run.problems:
        _print(console, f"could not check: {problem}", style="yellow")
    _print(console, _summary(run), style="red" if run.exit_code else "green")


def _counts(run: Run, vendor: str) -> list[dict[str, Any]]:
    checked = Counter(v.part for v in run.verdicts if v.vendor == vendor and not v.problem)
    found = Counter(part for f in run.findings if f.vendor == vendor for part in f.parts)
    return [
        {"part": part, "checked": checked[part], "findings": found[part]}
        for part in PARTS
        if part in run.parts
    ]


def _table(run: Run, vendor: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 2))
    table.add_column("part")
    table.add_column("checked", justify="right")
    table.add_column("findings", justify="right")
    for row in _counts(run, vendor):
        style = "red" if row["findings"] else ""
        table.add_row(row["part"], str(row["checked"]), str(row["findings"]), style=style)
    return table


def _show_omissions(run: Run, console: Console) -> None:
    by_reason: dict[tuple[str, str, str], list[str]] = {}
    for omission in run.omissions:
        key = (omission.vendor, omission.part, omission.why)
        by_reason.setdefault(key, []).append(omission.what)
    for (vendor, part, why), names in by_reason.items():
        _print(console, f"not checked: {vendor} {part}: {', '.join(names)} ({why})", style="yellow")


def _show_finding(finding: Finding, console: Console) -> None:
    _print(console, "")
    _print(console, f"{finding.vendor} {finding.operation}: {finding.kind}", style="bold red")
    rows = [
        ("part", ", ".join(finding.parts) + _times(finding.count)),
        ("also", ", ".join(finding.others)),
        ("contract", finding.said),
        ("where", finding.place),
        ("source", finding.judgement),
        ("got", finding.got),
        ("answer", finding.answer),
        *(("repeat", line) for line in finding.curl),
        ("seed", str(finding.seed)),
    ]
    for name, text in rows:
        if text:
            _print(console, f"  {name:<9} {text}")


def _times(count: int) -> str:
    return f", seen {count} times" if count > 1 else ""


def _show_remedies(run: Run, console: Console) -> None:
    """How to repeat the curl lines of a double that was started for the run only."""
    if not run.findings or not run.subjects[0].target.started_here:
        return
    names = " ".join(subject.contract.vendor for subject in run.subjects)
    variables = {STARTED_HERE: "the URL it prints"}
    for subject in run.subjects:
        veil = subject.keyring.veil
        if not subject.keyring.secret and DEFAULT in subject.keyring.named:
            variables |= {variable: value for value, variable in veil.items()}
    told = ", ".join(f"{variable} is {value}" for variable, value in variables.items())
    _print(console, "")
    _print(console, f"To repeat: duble serve {names}; {told}.")


def _summary(run: Run) -> str:
    checked = sum(1 for verdict in run.verdicts if not verdict.problem)
    repeat = f"profile {run.profile.name}, seed {run.seed}"
    if run.findings:
        many = len(run.findings)
        return f"{many} finding{'s' if many > 1 else ''} in {checked} checks ({repeat})"
    if run.exit_code:
        return f"could not check everything ({repeat})"
    return f"holds: {checked} checks, no finding ({repeat})"


def _print(console: Console, text: str, style: str = "") -> None:
    console.print(Text(text, style=style), soft_wrap=True)
