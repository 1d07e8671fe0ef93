"""A run as GitHub Actions wants it: annotations at lines of the specs, and a summary of the step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from contract_tests.harness.judging.finding import Finding
from contract_tests.harness.reports import markdown, sarif
from contract_tests.harness.reports.printable import on_one_line, printable
from contract_tests.harness.reports.summary import Summary

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def is_here(environment: Mapping[str, str]) -> bool:
    """Whether a workflow of GitHub Actions runs us."""
    return environment.get("GITHUB_ACTIONS") == "true"


def commands(told: Summary) -> Iterator[str]:
    """Workflow commands, one line each, for stdout: a command for each finding and each problem."""
    for finding in told.findings:
        yield _command(finding)
    for note in told.notes:
        yield f"::{'error' if told.expired else 'notice'} title=duble::{_data(on_one_line(note))}"
    for problem in told.problems:
        yield f"::error title={_property('duble could not check')}::{_data(on_one_line(problem))}"


def append_summary(told: Summary, environment: Mapping[str, str]) -> None:
    """Append the Markdown to the summary of the step, where there is one; raises OSError."""
    place = environment.get("GITHUB_STEP_SUMMARY")
    if place:
        with Path(place).open("a", encoding="utf-8") as file:
            file.write(markdown.markdown(told) + "\n")


def _command(finding: Finding) -> str:
    name = _COMMANDS[sarif.level(finding)]
    title = f"{finding.vendor} {finding.operation}: {finding.kind}"
    text = "\n".join(
        [
            f"contract: {finding.said} ({finding.judgement})",
            f"got: {finding.got}",
            *finding.curl,
        ]
    )
    where = f"file={_property(finding.file)},line={finding.line},title={_property(on_one_line(title))}"
    return f"::{name} {where}::{_data(printable(text))}"


def _data(text: str) -> str:
    """Escaped as the runner undoes it (actions/toolkit, command.ts)."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
