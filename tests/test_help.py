"""What `--help` shows is laid out as it was written."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from duble.cli import cli

COMMANDS = ["", *cli.list_commands(None)]  # type: ignore[arg-type]  # the list does not depend on the context


@pytest.mark.parametrize("command", COMMANDS)
def test_help_teaches_by_examples_a_line_each(command: str) -> None:
    shown = CliRunner().invoke(cli, [*command.split(), "--help"])
    assert shown.exit_code == 0
    assert "\\b" not in shown.output
    assert [line for line in shown.output.splitlines() if line.strip().startswith("duble ")]
