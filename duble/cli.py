"""The command line: `duble serve`, `duble check` and their like."""

from __future__ import annotations

import importlib
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import NoReturn

import click

from mockserver.core.errors import StartError

# command -> (module, one line of help). The module is imported when its command is asked for,
# so that a double starts without waiting for the test tools.
_COMMANDS = {
    "serve": ("duble.serve", "Serve stateful doubles of the vendors on one port."),
    "check": ("duble.check", "Hold a double, a sandbox or the real vendor to the contract."),
    "parity": ("duble.parity", "Compare a double with a vendor's server, and date what is the same."),
    "coverage": ("duble.coverage", "Tell what of a vendor is captured, served and tested, and what is not."),
}

EXIT_CANNOT = 2
EXIT_INTERRUPTED = 130


class _Lazy(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order in which a newcomer meets them."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name."""
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = getattr(importlib.import_module(_COMMANDS[cmd_name][0]), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Help that imports nothing."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])


def _version() -> str:
    try:
        return version("duble")
    except PackageNotFoundError:
        return "unknown"


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(_version(), "--version", prog_name="duble")
def cli() -> None:
    """Stateful doubles of vendor APIs, and the suite that holds them and the vendors to the contract.

    \b
    Start here:
      duble serve                 every vendor on http://127.0.0.1:8080
      duble serve persat          only one of them
      duble check persat zeev     prove that the doubles keep their contracts
    Exit codes everywhere: 0 holds, 1 findings, 2 could not check or start.
    """  # noqa: D301  # \b is click's mark: the lines after it stay as they are


def main() -> NoReturn:
    """Run the command line; whatever stops it is one line, and an exit code that CI understands."""
    try:
        code = cli.main(standalone_mode=False)
    except StartError as error:
        _stop(str(error))
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "duble"
        _stop(f"{error.format_message().rstrip('.')}. '{command} --help' tells more.")
    except (click.Abort, KeyboardInterrupt):
        sys.exit(EXIT_INTERRUPTED)
    sys.exit(code if isinstance(code, int) else 0)


def _stop(line: str) -> NoReturn:
    click.echo(f"duble: {line}", err=True)
    sys.exit(EXIT_CANNOT)
