"""A comparison told: in the terminal, as Markdown, as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.text import Text

from contract_tests.harness.parity.result import Disparity, Parity
from contract_tests.harness.reports.printable import on_one_line

JSON, MARKDOWN = "parity.json", "parity.md"
USED_UP = "once: what it takes could not be had for a second try"


def show(result: Parity, console: Console) -> None:
    """Print it."""
    for line, style in _lines(result):
        console.print(Text(line, style=style), soft_wrap=True)


def write(result: Parity, folder: Path) -> None:
    """Write parity.json and parity.md into a folder, which is made if need be; OSError if that fails."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(result.as_json(), ensure_ascii=False, indent=2)
    (folder / JSON).write_text(text + "\n", encoding="utf-8", errors="backslashreplace")
    (folder / MARKDOWN).write_text(as_markdown(result), encoding="utf-8", errors="backslashreplace")


def as_markdown(result: Parity) -> str:
    """The comparison for a pull request."""
    lines = [f"## {result.vendor}: double and {_target(result)}", "", f"{_summary(result)}.", ""]
    for found in result.disparities:
        lines += [f"### {found.target.operation}: {found.target.kind}", ""]
        lines += [f"- {label}: {_code(text)}" for label, text in _told(found)]
        lines += ["", "```sh", *_commands(found), "```", ""]
    left_out = [f"- {text}" for text in _left_out(result)]
    lines += [*(["Not compared:", "", *left_out, ""] if left_out else [])]
    warnings = [f"- {on_one_line(text)}" for text in result.warnings]
    lines += ["Left behind:", "", *warnings, ""] if warnings else []
    return "\n".join(lines)


def _lines(result: Parity) -> Iterator[tuple[str, str]]:
    yield f"{result.vendor}: the double beside {_target(result)}", "bold"
    for found in result.disparities:
        yield "", ""
        yield f"{found.target.operation}: {found.target.kind}", "red"
        yield from ((f"  {label:<9} {text}", "") for label, text in _told(found))
        yield from ((f"  {line}", "dim") for line in _commands(found))
    yield "", ""
    yield from ((f"not compared: {text}", "dim") for text in _left_out(result))
    yield from ((on_one_line(text), "yellow") for text in result.warnings)
    if result.stopped:
        yield f"stopped: {on_one_line(result.stopped)}", "yellow"
    yield _summary(result), "red" if result.disparities else "green" if not result.exit_code else "yellow"


def _told(found: Disparity) -> Iterator[tuple[str, str]]:
    """What a reader needs to mend the double, each with its label."""
    target = found.target
    alone = found.step == found.scenario
    yield "scenario", found.scenario if alone else f"{found.scenario}, step {found.number}: {found.step}"
    yield "double", on_one_line(target.said)
    yield "target", on_one_line(target.got)
    yield "mend", ", ".join(found.places)
    yield "verdict", f"{found.verdict} ({on_one_line(target.judgement)})"
    others = [name for name in found.operations if name != target.operation]
    if others:
        yield "also", ", ".join(others)
    if not found.repeated:
        yield "seen", USED_UP if found.used_up else "once in two tries"


def _commands(found: Disparity) -> Iterator[str]:
    yield f"# double (duble serve {found.target.vendor}; DUBLE_URL=http://127.0.0.1:8080)"
    yield from found.double_curl
    yield "# target"
    yield from found.target.curl


def _left_out(result: Parity) -> Iterator[str]:
    """What was not compared, each reason once."""
    reasons = Counter((omission.part, omission.why) for omission in result.omissions)
    for (part, why), number in reasons.items():
        names = [o.what for o in result.omissions if (o.part, o.why) == (part, why)]
        what = names[0] if number == 1 else f"{number} of {part}"
        yield f"{what}: {on_one_line(why)}"


def _summary(result: Parity) -> str:
    many = len(result.disparities)
    found = "no difference" if not many else f"{many} difference{'s' if many > 1 else ''}"
    played = f"{result.compared} of {result.scenarios} scenarios compared, {result.requests} requests"
    return f"{found}: {played}, writes {result.writes}, seed {result.seed}"


def _target(result: Parity) -> str:
    kind = "one of our doubles" if not result.is_vendor else result.target_kind
    return f"{result.target_name} ({kind})"


def _code(text: str) -> str:
    """Text of a server in which Markdown finds nothing to act on."""
    return "`" + text.replace("`", "'") + "`"
