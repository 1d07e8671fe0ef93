"""A run as Markdown, short enough for a comment on a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from contract_tests.harness.judging.finding import Finding
from contract_tests.harness.reports.printable import on_one_line, printable, shortened
from contract_tests.harness.reports.summary import Checked, Outcome, Summary

LONGEST = 60_000  # characters; GitHub refuses a comment of more than 65,536
LINE = 600  # characters of one thing that a server said
CODE = 2_000  # characters of one block
SUMMARY = 200  # characters of what is seen of a closed finding
_KEPT = 400  # characters kept free for the line that says what was left out
_SIGNS: dict[Outcome, str] = {"holds": "✅", "findings": "❌", "undecided": "⚠️"}
_INERT = re.compile(r"[^\w\s,.;()/=?%+-]|_")


def markdown(told: Summary) -> str:
    """Verdict, table of vendors and parts, findings; never longer than LONGEST."""
    pieces = [*_head(told), *_table(told), *_beside(told)]
    if told.command:
        pieces.append(f"Repeat it: {_span(told.command)}")
    text = _joined(pieces)
    return text[:LONGEST] if len(text) > LONGEST else _with_findings(text, told)


def _with_findings(text: str, told: Summary) -> str:
    """As many findings as there is room for, and how many there was none for."""
    for number, finding in enumerate(told.findings, 1):
        more = _joined([text, _finding(number, finding)])
        if len(more) > LONGEST - _KEPT:
            left = len(told.findings) - number + 1
            plural = "s are" if left > 1 else " is"
            return _joined([text, f"**{left} more finding{plural} not shown here**: see report.html."])
        text = more
    return text + "\n"


def _joined(pieces: Sequence[str]) -> str:
    return "\n\n".join(piece.strip("\n") for piece in pieces)


def _head(told: Summary) -> Iterator[str]:
    yield f"### {_SIGNS[told.outcome]} duble check: {_inert(told.headline)}"
    facts = [told.repeat, f"{told.requests:,} requests", f"{told.seconds:.0f} s"] if told.vendors else []
    where = [f"{_inert(checked.vendor)}: {_inert(checked.where)}" for checked in told.vendors]
    if where:
        yield " · ".join([*dict.fromkeys(where), *map(_inert, filter(None, facts))])


def _table(told: Summary) -> Iterator[str]:
    if not told.vendors:
        return
    rows = [
        ["vendor", *map(_inert, told.parts)],
        ["---", *["---:"] * len(told.parts)],
        *([_inert(checked.vendor), *_cells(checked)] for checked in told.vendors),
    ]
    yield "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _cells(checked: Checked) -> Iterator[str]:
    """Checks of each part, and findings where there are any."""
    for count in checked.parts:
        marks = [f"{count.checked}"]
        marks += [f"**{count.findings} ❌**"] if count.findings else []
        marks += [f"{count.undecided} ⚠️"] if count.undecided else []
        yield " · ".join(marks)


def _beside(told: Summary) -> Iterator[str]:
    """What could not be checked, and what was left out."""
    listed = [f"- ⚠️ could not check: {_inert(shortened(problem, LINE))}" for problem in told.problems[:20]]
    if len(told.problems) > len(listed):
        listed.append(f"- ⚠️ and {len(told.problems) - len(listed)} more")
    listed += [f"- {_inert(shortened(note, LINE))}" for note in told.notes[:20]]
    if listed:
        yield "\n".join(listed)
    left = [
        f"- {_inert(one.vendor)} {_inert(one.part)}: {_inert(shortened(', '.join(one.what), LINE))} "
        f"({_inert(one.why)})"
        for one in told.left_out
    ]
    if left:
        shown = "\n".join(left[:30])
        yield f"<details><summary>Not checked</summary>\n\n{shown}\n\n</details>"


def _finding(number: int, finding: Finding) -> str:
    kept = finding.parts or (finding.part,)
    answer = finding.answer if finding.answer != "-" else ""
    pieces = [
        f"<details><summary>{_title(number, finding)}</summary>",
        f"- contract: {_told(finding.said)}\n"
        f"- where: {_span(finding.place)}, {_told(finding.judgement)}\n"
        f"- got: {_told(finding.got)}\n"
        f"- part: {_told(', '.join(kept))}"
        + (f"\n- also: {_told(', '.join(finding.others))}" if finding.others else "")
        + (f"\n- tried: shown in {finding.seen} of {finding.tries} tries" if finding.intermittent else "")
        + (f"\n- known: {_told(_known(finding))}" if finding.known else "")
        + f"\n- id: {_span(finding.fingerprint)}, seed {finding.seed}",
        *([_block(answer, "")] if answer else []),
        *([_block("\n".join(finding.curl), "sh")] if finding.curl else []),
        "</details>",
    ]
    return _joined(pieces)


def _title(number: int, finding: Finding) -> str:
    marks = [" <em>known</em>"] if finding.known else []
    marks += [" <em>intermittent</em>"] if finding.intermittent else []
    name = f"{_inert(finding.vendor)} {_inert(finding.operation)}"
    text = shortened(f"{finding.kind}: {finding.got}", SUMMARY)
    return f"{number}. <b>{name}</b> {_inert(text)}{''.join(marks)}"


def _known(finding: Finding) -> str:
    known = finding.known
    return "" if known is None else f"{known.owner}, until {known.expires.isoformat()}: {known.reason}"


def _told(text: str) -> str:
    return _inert(shortened(text, LINE))


def _span(text: str) -> str:
    """Code within a line; HTML's element, for a code span would end at a backtick or split a table."""
    return f"<code>{_inert(text)}</code>"


def _block(text: str, language: str) -> str:
    """A block of code behind a fence that the text cannot close."""
    body = printable(shortened(text, CODE))
    longest = max(map(len, re.findall("`+", body)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{body}\n{fence}"


def _inert(text: str) -> str:
    """Text on one line that is neither Markdown nor HTML nor anybody's @name: signs become entities."""
    return _INERT.sub(lambda found: f"&#{ord(found[0])};", on_one_line(text))
