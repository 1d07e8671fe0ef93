"""A run's report for whoever sits at the terminal, or reads the log of one."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from contract_tests.harness.judging.finding import Finding
from contract_tests.harness.reports.printable import on_one_line, printable
from contract_tests.harness.reports.summary import Checked, Outcome, Summary

_STYLES: dict[Outcome, str] = {"holds": "green", "findings": "red", "undecided": "yellow"}
_LABEL = 10  # columns of what stands before a finding's lines


def show(told: Summary, console: Console) -> None:
    """Print tables, what was not checked, findings, and last the verdict."""
    for checked in told.vendors:
        _show_vendor(checked, console)
    for left in told.left_out:
        text = f"not checked: {left.vendor} {left.part}: {', '.join(left.what)} ({left.why})"
        _print(console, on_one_line(text), style="yellow")
    for number, finding in enumerate(told.findings, 1):
        _show_finding(number, finding, console)
    if told.remedy:
        _print(console, "")
        _print(console, told.remedy)
    for note in told.notes:
        _print(console, on_one_line(note), style="yellow")
    for problem in told.problems:
        _print(console, f"could not check: {on_one_line(problem)}", style="yellow")
    repeat = f" ({told.repeat})" if told.repeat else ""
    _print(console, told.headline + repeat, style=f"bold {_STYLES[told.outcome]}")


def _show_vendor(checked: Checked, console: Console) -> None:
    kind = "" if checked.double else ", not one of our doubles"
    _print(console, f"{checked.vendor}: {checked.where}{kind}", style="bold")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 2))
    table.add_column("part")
    for title in ("checked", "findings"):
        table.add_column(title, justify="right")
    for row in checked.parts:
        style = "red" if row.findings else ""
        table.add_row(row.part, str(row.checked), str(row.findings), style=style)
    console.print(table)


def _show_finding(number: int, finding: Finding, console: Console) -> None:
    """A heading, and under it what the contract says, what came, and how to repeat it."""
    style = "dim" if finding.known else "yellow" if finding.intermittent else "red"
    marks = "".join(f" [{mark}]" for mark in _marks(finding))
    _print(console, "")
    heading = f"{number}. {finding.vendor} {finding.operation}: {finding.kind}{marks}"
    _print(console, on_one_line(heading), style=f"bold {style}")
    for name, text in _rows(finding):
        _show_row(name, on_one_line(text), console)
    for line in finding.curl:  # as it is: a line that is broken cannot be pasted
        _print(console, f"  {'repeat':<{_LABEL}}{printable(line)}")


def _marks(finding: Finding) -> Iterator[str]:
    if finding.known is not None:
        yield "known"
    if finding.intermittent:
        yield "intermittent"


def _rows(finding: Finding) -> Iterator[tuple[str, str]]:
    times = f", seen {finding.count} times" if finding.count > 1 else ""
    told = [
        ("part", ", ".join(finding.parts or (finding.part,)) + times),
        ("also", ", ".join(finding.others)),
        ("contract", finding.said),
        ("where", finding.place),
        ("source", finding.judgement),
        ("got", finding.got),
        ("answer", finding.answer),
        ("tried", f"shown in {finding.seen} of {finding.tries} tries" if finding.intermittent else ""),
        ("known", _known(finding)),
        ("id", finding.fingerprint),
    ]
    yield from ((name, text) for name, text in told if text)


def _known(finding: Finding) -> str:
    known = finding.known
    if known is None:
        return ""
    return f"{known.owner}, until {known.expires.isoformat()}: {known.reason}"


def _show_row(name: str, text: str, console: Console) -> None:
    """One line of a finding; in a terminal, further lines stand under the first."""
    if not console.is_terminal:
        _print(console, f"  {name:<{_LABEL}}{text}")
        return
    grid = Table.grid(padding=0)
    grid.add_column(width=_LABEL, style="dim")
    grid.add_column(overflow="fold")
    grid.add_row(name, Text(text))
    console.print(Padding(grid, (0, 0, 0, 2)))


def _print(console: Console, text: str, style: str = "") -> None:
    console.print(Text(text, style=style), soft_wrap=True)
