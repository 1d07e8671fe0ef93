"""A run as one HTML file: no network, no script needed, nothing of an answer that could act."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from contract_tests.harness.reports.matrix import SECTIONS
from contract_tests.harness.reports.printable import printable
from contract_tests.harness.reports.summary import Checked, Summary

_HERE = Path(__file__).parent / "page"
_SIGNS = {"seen": "✓", "finding": "✗", "unseen": "○", "unserved": "–", "unchecked": "·"}
_STATES = {
    "seen": "seen in an answer",
    "finding": "a finding is about it",
    "unseen": "looked for and not seen",
    "unchecked": "not looked for",
    "unserved": "left out by the spec",
}


def page(told: Summary) -> str:
    """The whole document."""
    style, script = _asset("page.css"), _asset("page.js")
    return (
        _environment()
        .get_template("page.html")
        .render(
            told=told,
            style=Markup(style),  # noqa: S704  # our own file
            script=Markup(script),  # noqa: S704  # our own file
            policy=_policy(style, script),
            sections=SECTIONS,
            signs=_SIGNS,
            states=_STATES,
            reasons={checked.vendor: _reasons(checked) for checked in told.vendors},
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # Whatever is printed is fit to be seen; escaping comes after it.
        finalize=lambda value: printable(value) if type(value) is str else value,
    )
    environment.filters |= {"moment": _moment, "duration": _duration, "thousands": _thousands}
    environment.tests["web_address"] = _is_web_address
    return environment


@cache
def _asset(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8").strip()


def _policy(style: str, script: str) -> str:
    """What a browser may do with the page: our style, our script, nothing else (CSP 3, hash sources)."""
    return f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'"


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode()
    return f"'sha256-{digest}'"


def _reasons(checked: Checked) -> dict[str, str]:
    """Why things were not looked for, each with a letter that stands for it in the matrix."""
    cells = [cell for row in checked.matrix.rows for group in row.sections.values() for cell in group]
    found = dict.fromkeys(cell.why for cell in cells if cell.why)
    return {why: _letter(number) for number, why in enumerate(found)}


def _letter(number: int) -> str:
    before, here = divmod(number, 26)
    return (_letter(before - 1) if before else "") + chr(ord("a") + here)


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s"


def _thousands(number: int) -> str:
    return f"{number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def _is_web_address(url: object) -> bool:
    """Whether a document's address may become a link."""
    return isinstance(url, str) and url.startswith(("https://", "http://"))
