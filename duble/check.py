"""`duble check`: hold a double, a sandbox or the real vendor to its contract."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from rich.console import Console

from contract_tests.harness import report
from contract_tests.harness.profiles import PROFILES
from contract_tests.harness.run import PARTS, CannotCheck, Run, prepared, shipped
from contract_tests.harness.session import execute
from duble.progress import progress_bar

CANNOT_CHECK = 2


@click.command()
@click.argument("vendors", nargs=-1, metavar="[VENDOR]...")
@click.option("--url", metavar="URL", help="Base URL of the server. Left out: the double is started.")
@click.option(
    "--profile",
    type=click.Choice(list(PROFILES)),
    default="standard",
    show_default=True,
    help="How much is tried: seconds, minutes, or as long as it takes.",
)
@click.option("--seed", type=click.IntRange(min=0), help="Seed of a run to repeat. Left out: a new one.")
@click.option("--part", "parts", type=click.Choice(PARTS), multiple=True, help="Only this part (repeat).")
@click.option("--operation", "operations", multiple=True, metavar="ID", help="Only this operation (repeat).")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON, and nothing else.")
@click.option(
    "--report",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write junit.xml and report.json into this directory.",
)
def check(
    vendors: tuple[str, ...],
    url: str | None,
    profile: str,
    seed: int | None,
    parts: tuple[str, ...],
    operations: tuple[str, ...],
    as_json: bool,
    folder: Path | None,
) -> None:
    """Hold VENDORs (all by default) to their contracts.

    \b
    duble check persat                        the double, started for the run
    duble check zeev --url http://host:8080   whatever answers there
    Credentials for a server that is not ours come from the environment:
    DUBLE_PERSAT_TOKEN, or DUBLE_<VENDOR>_LOGIN and DUBLE_<VENDOR>_PASSWORD.
    Such a server gets only requests that read.
    Exit codes: 0 holds, 1 findings, 2 could not check.
    """  # noqa: D301  # \b is click's mark: the lines after it stay as they are
    try:
        with prepared(
            [shipped(name) for name in vendors or _known()],
            url=url,
            profile=profile,
            seed=seed,
            parts=parts,
            operations=operations,
        ) as run:
            with progress_bar("checking", quiet=as_json) as bar:
                execute(run, bar)
            _tell(run, folder, as_json=as_json)
    except CannotCheck as problem:
        if as_json:
            click.echo(json.dumps({"exit_code": CANNOT_CHECK, "problems": [str(problem)]}))
        click.echo(f"duble: {problem}", err=True)
        sys.exit(CANNOT_CHECK)
    sys.exit(run.exit_code)


def _known() -> tuple[str, ...]:
    from mockserver.app import VENDORS

    return tuple(VENDORS)


def _tell(run: Run, folder: Path | None, *, as_json: bool) -> None:
    if folder is not None:
        try:
            report.write(run, folder)
        except OSError as problem:
            raise CannotCheck(f"{folder}: {problem.strerror}. Choose another --report") from problem
    if as_json:
        click.echo(json.dumps(report.as_json(run), ensure_ascii=False))
    else:
        report.show(run, Console(file=sys.stdout, highlight=False))
