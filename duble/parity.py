"""`duble parity`: the same scenarios on our double and on a target, and in what the two differ."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from rich.console import Console

from contract_tests.harness.network.access import Access
from contract_tests.harness.network.budget import BudgetSpent
from contract_tests.harness.network.target import is_ours
from contract_tests.harness.parity import report, verified
from contract_tests.harness.parity.compare import at_home, compare
from contract_tests.harness.parity.result import Parity
from contract_tests.harness.running.prepare import prepared, shipped
from contract_tests.harness.running.run import CannotCheck, Run
from contract_tests.harness.running.subject import Subject
from duble.options import access_of, server_options, vendors_of
from duble.progress import progress_bar

CANNOT_COMPARE = 2
# A comparison is no matter of luck: the seed only settles which ids and tokens the double gives.
SEED = 1


@click.command()
@click.argument("vendor", required=False)
@server_options
@click.option(
    "--seed", type=click.IntRange(min=0), default=SEED, show_default=True, help="The double's chance."
)
@click.option("--operation", "operations", multiple=True, metavar="ID", help="Only this operation (repeat).")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON, and nothing else.")
@click.option(
    "--report",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help=f"Write {report.JSON} and {report.MARKDOWN} into this directory.",
)
@click.option(
    "--record",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Enter what is verified into this file.  "
    f"[default: {verified.FILE} for a --target, none for a --url]",
)
@click.option("--no-record", is_flag=True, help="Enter nothing anywhere.")
def parity(vendor: str | None, **said: Any) -> None:
    """Play the same scenarios on VENDOR's double and on a target; what differs is a fault of the double.

    \b
    duble parity --target persat-sandbox                      reads and harmless refusals
    duble parity --target persat-sandbox --writes sandbox     whole lives of records of its own
    duble parity zeev --url https://sandbox.example           a server that duble.toml does not name

    \b
    Where nothing of a kind can be made there, a record that the target's resources name is used. It is
    brought back to its state afterwards; where no operation does that, it is told.

    \b
    Compared: success or refusal, status, media type, documented headers; of refusals code, text and
    envelope; of successes types, fields, how times are written, and what the request itself named.
    Not compared: ids, moments, tokens, and whatever records each server happens to hold.

    \b
    What is the same is entered into duble-verified.json, which is meant to be committed; duble coverage
    tells of it until the spec says something else. One of our doubles verifies nothing.

    Exit codes: 0 the same, 1 differences, 2 could not compare.
    """  # noqa: D301  # \b is click's mark: the lines after it stay as they are
    folder, as_json = said.pop("folder"), said.pop("as_json")
    try:
        sys.exit(_compared(vendor, folder, as_json=as_json, **said))
    except CannotCheck as problem:
        if as_json:
            click.echo(json.dumps({"exit_code": CANNOT_COMPARE, "problems": [str(problem)]}))
        click.echo(f"duble: {problem}", err=True)
        sys.exit(CANNOT_COMPARE)


def _compared(
    name: str | None,
    folder: Path | None,
    *,
    as_json: bool,
    seed: int,
    record: Path | None,
    no_record: bool,
    operations: tuple[str, ...],
    **said: Any,
) -> int:
    """The exit code of a comparison that could begin."""
    target_name = said["target_name"]
    access = access_of(said)
    chosen = _chosen(name, access)
    with _both(chosen, access, seed) as (ours, target):
        theirs = target.subjects[0]
        result = Parity(
            ours.contract,
            target_name or _host(theirs.target.url),
            _kind(theirs, access),
            seed=seed,
            writes=theirs.target.writes,
        )
        with progress_bar("comparing", quiet=as_json) as bar:
            compare(ours, target, result, bar, _known(operations, ours))
    path = None if no_record else record or (Path(verified.FILE) if access.settings else None)
    note = _recorded(path, result, ours)
    _tell(result, folder, note, as_json=as_json)
    return result.exit_code


def _chosen(name: str | None, access: Access) -> str:
    if access.base_url is None:
        raise CannotCheck("the double needs somebody to be compared with. Give --target or --url")
    if name is None and access.settings is None:
        raise CannotCheck("which vendor answers at the URL? Give VENDOR")
    return vendors_of((name,) if name else (), access)[0]


@contextmanager
def _both(name: str, access: Access, seed: int) -> Iterator[tuple[Subject, Run]]:
    """A double started here, and the target; CannotCheck if one of them is not to be had."""
    vendor = shipped(name)
    with (
        prepared([vendor], seed=seed, profile="smoke") as double,
        prepared([vendor], access=access, seed=seed, profile="smoke") as target,
    ):
        _demand_open(target, name)
        yield at_home(double.subjects[0]), target


def _known(operations: tuple[str, ...], ours: Subject) -> frozenset[str]:
    """The operations that were asked for; CannotCheck names the known ones if one is unknown."""
    for name in operations:
        if name not in ours.contract.operations:
            listed = ", ".join(sorted(ours.contract.operations))
            raise CannotCheck(f"{name}: no such operation. Known: {listed}")
    return frozenset(operations)


def _demand_open(run: Run, vendor: str) -> None:
    """CannotCheck if the target gives nobody an answer, or not to us."""
    if run.stopped is not None:
        raise CannotCheck(run.stopped)
    if vendor in run.barred:
        found = run.findings[0]
        raise CannotCheck(
            f"{vendor}: the target answers no request as the API does: {found.kind}, {found.got}"
        )


def _kind(theirs: Subject, access: Access) -> str:
    """What stands there, in the words of duble.toml; a double is one whatever duble.toml calls it."""
    try:
        double = is_ours(theirs.target.wire, theirs.target.path)
    except BudgetSpent as problem:
        raise CannotCheck(str(problem)) from problem
    if double:
        return "double"
    return access.settings.kind if access.settings else "unknown"


def _host(url: str) -> str:
    """Host and port: what of a URL may stand in a file that is committed."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)


def _recorded(path: Path | None, result: Parity, ours: Subject) -> str | None:
    """Enter what was verified; one line that says so. CannotCheck if the file cannot be used."""
    if not result.is_vendor:
        return "the target is one of our doubles: nothing is verified against the vendor"
    if path is None or not result.compared:
        return None
    try:
        facts = verified.written(path, result, ours, _version())
    except verified.UnreadableRecord as problem:
        raise CannotCheck(str(problem)) from problem
    except OSError as problem:
        raise CannotCheck(f"{path}: {problem.strerror}. Choose another --record") from problem
    return f"{facts} facts verified against {result.target_name}: entered in {path}"


def _tell(result: Parity, folder: Path | None, note: str | None, *, as_json: bool) -> None:
    if folder is not None:
        try:
            report.write(result, folder)
        except OSError as problem:
            raise CannotCheck(f"{folder}: {problem.strerror}. Choose another --report") from problem
    if as_json:
        click.echo(json.dumps({**result.as_json(), "record": note}, ensure_ascii=False))
        return
    console = Console(file=sys.stdout, highlight=False)
    report.show(result, console)
    if note is not None:
        console.print(note, markup=False, soft_wrap=True)


def _version() -> str:
    try:
        return version("duble")
    except PackageNotFoundError:
        return "unknown"
