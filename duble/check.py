"""`duble check`: hold a double, a sandbox or the real vendor to its contract."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

import click
from rich.console import Console

from contract_tests.harness import reports
from contract_tests.harness.judging import baseline as baselines
from contract_tests.harness.judging.baseline import UnreadableBaseline
from contract_tests.harness.network.access import Access
from contract_tests.harness.outside import cleanup, plan
from contract_tests.harness.outside.fate import fates
from contract_tests.harness.outside.ledger import UnreadableLedger
from contract_tests.harness.reports import github, terminal, values
from contract_tests.harness.running.prepare import prepared, shipped
from contract_tests.harness.running.profiles import PROFILES
from contract_tests.harness.running.run import PARTS, CannotCheck, Run, Vendor
from contract_tests.harness.running.saved import saved_by
from contract_tests.harness.running.session import execute
from duble.options import access_of, server_options, vendors_of
from duble.progress import progress_bar

CANNOT_CHECK = 2
IN_A_FILE = 160  # columns of a table that no terminal limits


@click.command()
@click.argument("vendors", nargs=-1, metavar="[VENDOR]...")
@server_options
@click.option(
    "--profile",
    type=click.Choice(list(PROFILES)),
    default="standard",
    show_default=True,
    help="How much is tried: half a minute, minutes, or until --max-time.",
)
@click.option("--seed", type=click.IntRange(min=0), help="Seed of a run to repeat. Left out: a new one.")
@click.option("--part", "parts", type=click.Choice(PARTS), multiple=True, help="Only this part (repeat).")
@click.option("--operation", "operations", multiple=True, metavar="ID", help="Only this operation (repeat).")
@click.option("--workers", type=click.IntRange(min=1), help="Processes. Left out: as many as pay.")
@click.option("--plan", "only_plan", is_flag=True, help="Tell every kind of request; send none.")
@click.option(
    "--ledger",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where writes are noted before they leave. Left out: a new file in .duble.",
)
@click.option(
    "--cleanup",
    "cleanup_of",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="LEDGER",
    help="Only end what an earlier run has left behind.",
)
@click.option(
    "--baseline",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Known findings, each with an owner, a reason and a last day: they don't fail the run.",
)
@click.option(
    "--write-baseline",
    nargs=3,
    type=(str, str, click.DateTime(["%Y-%m-%d"])),
    metavar="OWNER REASON DAY",
    help="Enter what is found into the baseline, to be answered for until DAY.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON, and nothing else.")
@click.option(
    "--report",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help=f"Write {', '.join(reports.FILES)} into this directory.",
)
def check(vendors: tuple[str, ...], **said: Any) -> None:
    """Hold VENDORs (all by default) to their contracts.

    \b
    duble check persat                             the double, started for the run
    duble check zeev --url http://host:8080        whatever answers there
    duble check --target persat-sandbox            a server that duble.toml names
    duble check --target persat-sandbox --plan     what would be sent; nothing is

    \b
    Credentials for a server that is not ours come from the environment:
    DUBLE_PERSAT_TOKEN, or DUBLE_<VENDOR>_LOGIN and DUBLE_<VENDOR>_PASSWORD.
    Such a server gets only requests that change nothing, unless --writes says more.

    Exit codes: 0 holds, 1 findings, 2 could not check.
    """  # noqa: D301  # \b is click's mark: the lines after it stay as they are
    wishes = Wishes(**{field.name: said.pop(field.name) for field in fields(Wishes)})
    try:
        sys.exit(_done(vendors, wishes, said))
    except (CannotCheck, UnreadableBaseline, UnreadableLedger) as problem:
        _give_up(str(problem), wishes)


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What becomes of a run, beside the run itself."""

    only_plan: bool
    ledger: Path | None
    cleanup_of: Path | None
    baseline: Path | None
    write_baseline: tuple[str, str, datetime] | None
    as_json: bool
    folder: Path | None


def _done(vendors: tuple[str, ...], wishes: Wishes, said: dict[str, Any]) -> int:
    """The exit code of what was asked for."""
    named = bool(said["url"] or said["target_name"])
    access = replace(access_of(said), ledger=wishes.ledger)
    if wishes.cleanup_of is not None:
        return _cleaned(wishes.cleanup_of, access if named else None, wishes)
    workers = said.pop("workers")
    names = [shipped(name) for name in vendors_of(vendors, access)]
    if wishes.only_plan:
        return _planned(names, access, wishes, said)
    known = baselines.load(wishes.baseline) if wishes.baseline and _is_there(wishes) else None
    saved = saved_by(os.environ, replays=said["seed"] is None)
    with prepared(names, access=access, saved=saved, **said) as run:
        run.baseline = known
        with progress_bar("checking", quiet=wishes.as_json) as bar:
            execute(run, bar, workers=workers)
        if wishes.write_baseline:
            _enter_known(run, wishes)
        _tell(run, wishes)
    return run.exit_code


def _is_there(wishes: Wishes) -> bool:
    """Whether a baseline is to be read: one that is about to be written need not be there yet."""
    assert wishes.baseline is not None  # noqa: S101 - asked for only where one is named
    return wishes.write_baseline is None or wishes.baseline.exists()


def _planned(names: Sequence[Vendor], access: Access, wishes: Wishes, said: dict[str, Any]) -> int:
    with prepared(names, access=access, dry=True, **said) as run:
        kinds, named = plan.planned(run), fates(run)
    if wishes.as_json:
        click.echo(json.dumps(plan.as_json(kinds, named), ensure_ascii=False))
    else:
        wide = None if sys.stdout.isatty() else IN_A_FILE
        console = Console(file=sys.stdout, highlight=False, width=wide)
        console.print(plan.as_table(kinds))
        console.print(plan.as_text(named), end="", soft_wrap=True)
    return 0


def _cleaned(ledger: Path, access: Access | None, wishes: Wishes) -> int:
    """End what an earlier run has left behind, as its ledger has it."""
    done = cleanup.from_ledger(ledger, access)
    if wishes.as_json:
        left = [vars(leftover) for leftover in done.left]
        click.echo(
            json.dumps({"exit_code": done.exit_code, "ended": done.ended, "left": left}, ensure_ascii=False)
        )
        return done.exit_code
    click.echo(f"ended: {done.ended}")
    for leftover in done.left:
        click.echo(f"left behind: {leftover}")
    return done.exit_code


def _enter_known(run: Run, wishes: Wishes) -> None:
    """Write what was found into the baseline, and look at the findings in its light."""
    if wishes.baseline is None or wishes.write_baseline is None:
        raise CannotCheck("--write-baseline: into which file? Give --baseline FILE as well")
    owner, reason, last_day = wishes.write_baseline
    try:
        baselines.write(run, wishes.baseline, owner=owner, reason=reason, expires=last_day.date())
    except OSError as problem:
        raise CannotCheck(f"{wishes.baseline}: {problem.strerror}. Choose another file") from problem
    run.baseline = baselines.load(wishes.baseline)


def _give_up(problem: str, wishes: Wishes) -> NoReturn:
    """One line, exit 2, and the report still written."""
    told = reports.failure(problem)
    if wishes.folder is not None:
        with suppress(OSError):  # it may be the very problem
            reports.write(told, wishes.folder)
    if wishes.as_json:
        click.echo(json.dumps(values.values(told), ensure_ascii=False))
    _tell_github(told, quiet=wishes.as_json)
    click.echo(f"duble: {problem}", err=True)
    sys.exit(CANNOT_CHECK)


def _tell(run: Run, wishes: Wishes) -> None:
    told = reports.summary(run)
    if wishes.folder is not None:
        try:
            reports.write(told, wishes.folder)
        except OSError as problem:
            text = f"{wishes.folder}: {problem.strerror}. Choose another --report"
            raise CannotCheck(text) from problem
    if wishes.as_json:
        click.echo(values.line(told))
    else:
        terminal.show(told, Console(file=sys.stdout, highlight=False))
    _tell_github(told, quiet=wishes.as_json)


def _tell_github(told: reports.Summary, *, quiet: bool) -> None:
    """Annotations and the step's summary, where a workflow of GitHub runs us."""
    if not github.is_here(os.environ):
        return
    if not quiet:
        for line in github.commands(told):
            click.echo(line)
    with suppress(OSError):
        github.append_summary(told, os.environ)
