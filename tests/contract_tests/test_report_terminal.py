"""The report in a terminal, and in a log."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from contract_tests.harness.reports import terminal
from tests.contract_tests.reported import (
    RUNS,
    finding,
    hostile,
    printed,
    told,
)


def test_the_terminal_marks_what_is_known_and_what_is_intermittent() -> None:
    shown = printed(RUNS["findings"])
    assert "1. acme cancel_parcel: undocumented status\n" in shown
    assert "2. acme cancel_parcel: undocumented status [intermittent]\n" in shown
    assert "3. acme cancel_parcel: undocumented status [known]\n" in shown
    assert "  known     Ana, until 2026-03-31: the vendor mends it in March\n" in shown
    assert "  tried     shown in 1 of 3 tries\n" in shown


def test_a_terminal_of_80_columns_wraps_all_but_curl() -> None:
    long = "word " * 60
    run = told(finding(said=long, got=long, answer=long, judgement=long, curl=["curl " + "x" * 200]))
    lines = printed(run, tty=True).splitlines()
    assert [line for line in lines if len(line) > 80] == ["  repeat    curl " + "x" * 200]
    assert "            word word" in "\n".join(lines)


def test_a_log_has_one_line_for_each_thing_and_no_colour() -> None:
    long = " ".join(["word"] * 60)
    file = io.StringIO()
    terminal.show(told(finding(said=long)), Console(file=file, width=80))
    assert f"  contract  {long}\n" in file.getvalue()
    assert "\x1b" not in file.getvalue()


@pytest.mark.parametrize("tty", [True, False])
def test_no_answer_moves_the_cursor(tty: bool) -> None:
    shown = printed(told(hostile()), tty=tty)
    assert not [c for c in shown if c != "\n" and not c.isprintable()]
    assert "\\u{1b}[31m" in re.sub(r"\s+", "", shown)
