"""`duble coverage`: what of each vendor is captured, served and tested, and what is not, by name."""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from contract_tests.harness.parity import verified
from contract_tests.harness.parity.verified import Record, Standing, UnreadableRecord
from contract_tests.harness.running.prepare import prepared, shipped
from contract_tests.harness.running.profiles import PROFILES
from contract_tests.harness.running.run import PARTS, CannotCheck, Vendor
from contract_tests.harness.running.session import execute
from contract_tests.harness.spec.facts import Part
from contract_tests.harness.telling.coverage import Ledger, ledger
from duble.progress import progress_bar
from duble.served import parts_of
from mockserver.app import VENDORS, build
from mockserver.server import serving

CANNOT_CHECK = 2
_MAIN = ("operations", "errors", "moves")  # what one line tells of a verification


@dataclass(frozen=True)
class Surveyed:
    """One vendor's ledger, and what keeps the run behind it from being a clean one."""

    ledger: Ledger
    findings: int
    problems: list[str]
    verified: Standing
    """What was compared with the vendor and found the same."""

    @property
    def exit_code(self) -> int:
        """0 complete, 1 gaps or findings, 2 could not check."""
        if self.problems:
            return CANNOT_CHECK
        return 0 if self.ledger.complete and not self.findings else 1


@click.command()
@click.argument("vendors", nargs=-1, metavar="[VENDOR]...")
@click.option(
    "--profile",
    type=click.Choice(list(PROFILES)),
    default="smoke",
    show_default=True,
    help="How much the suite tries.",
)
@click.option("--seed", type=click.IntRange(min=0), help="Seed of a run to repeat. Left out: a new one.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON, and nothing else.")
@click.option(
    "--verbose", is_flag=True, help="List every assumption, what would refute it, and what is verified."
)
@click.option(
    "--verified",
    "record",
    type=click.Path(dir_okay=False, path_type=Path),
    default=verified.FILE,
    show_default=True,
    help="Where duble parity has entered what is the same at the vendor.",
)
def coverage(
    vendors: tuple[str, ...], profile: str, seed: int | None, as_json: bool, verbose: bool, record: Path
) -> None:
    """Tell what of VENDORs (all by default) is captured, served and tested, and what is missing.

    Captured is what the spec says, served what the double has, tested what an answer showed while the
    suite ran against the double just now. Operations that the spec declares as x-unserved are no gap.

    \b
    duble coverage                      every vendor
    duble coverage taf --verbose        one, with what would refute each assumption

    Exit codes: 0 everything captured is served and tested, 1 gaps, 2 could not check.
    """  # noqa: D301  # \b is click's mark: the lines after it stay as they are
    chosen = secrets.randbits(32) if seed is None else seed
    try:
        known = verified.read(record)
        surveyed = [
            survey(
                shipped(name),
                build([name]),
                parts_of(name),
                profile=profile,
                seed=chosen,
                record=known,
                quiet=as_json,
            )
            for name in vendors or VENDORS
        ]
    except (CannotCheck, UnreadableRecord) as problem:
        if as_json:
            click.echo(json.dumps({"exit_code": CANNOT_CHECK, "problems": [str(problem)]}))
        click.echo(f"duble: {problem}", err=True)
        sys.exit(CANNOT_CHECK)
    code = max(one.exit_code for one in surveyed)
    if as_json:
        said = {"exit_code": code, "profile": profile, "seed": chosen, "vendors": list(map(_json, surveyed))}
        click.echo(json.dumps(said, ensure_ascii=False))
    else:
        console = Console(file=sys.stdout, highlight=False)
        for one in surveyed:
            show(one, console, verbose=verbose)
        _print(console, f"profile {profile}, seed {chosen}")
    sys.exit(code)


def survey(
    vendor: Vendor,
    double: Any,
    served: frozenset[Part],
    *,
    profile: str,
    seed: int,
    parts: Iterable[str] = PARTS,
    record: Record | None = None,
    quiet: bool = True,
) -> Surveyed:
    """Run the suite, or parts of it, against an ASGI application; draw up the ledger of what it showed."""
    with (
        serving(double) as url,
        prepared([vendor], url=url, profile=profile, seed=seed, parts=parts) as run,
        progress_bar(vendor.name, quiet=quiet) as bar,
    ):
        execute(run, bar)
        witness = run.shown[vendor.name]
        if witness.problem is not None:
            raise CannotCheck(f"{vendor.name}: an answer could not be read: {witness.problem}")
        standing = verified.standing(record or verified.EMPTY, witness.subject)
        return Surveyed(ledger(run, witness, served), len(run.findings), run.problems, standing)


def show(surveyed: Surveyed, console: Console, *, verbose: bool) -> None:
    """Print one vendor: the table, what is missing, and what the facts rest on."""
    _print(console, surveyed.ledger.vendor, style="bold")
    console.print(_table(surveyed.ledger))
    for text, style in _missing(surveyed.ledger):
        _print(console, f"  {text}", style=style)
    for text, style in _doubts(surveyed):
        _print(console, f"  {text}", style=style)
    for text, style in _verified(surveyed.verified, verbose=verbose):
        _print(console, f"  {text}", style=style)
    _show_ground(surveyed.ledger, console, verbose=verbose)
    _print(console, "")


def _table(told: Ledger) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 2))
    table.add_column("")
    for title in ("captured", "served", "tested"):
        table.add_column(title, justify="right")
    for row in told.rows:
        counts = (row.captured, row.served, row.tested)
        table.add_row(row.kind, *map(str, counts), style="" if row.complete else "red")
    return table


def _missing(told: Ledger) -> Iterator[tuple[str, str]]:
    for row in told.rows:
        if row.unserved:
            yield f"not served, {row.kind}: {', '.join(row.unserved)}", "red"
        if row.untested:
            yield f"not tested, {row.kind}: {', '.join(row.untested)}", "red"
    for row in told.rows:
        if row.left_out:
            yield f"not served, as the spec says, {row.kind}: {', '.join(row.left_out)}", "dim"


def _doubts(surveyed: Surveyed) -> Iterator[tuple[str, str]]:
    if surveyed.findings:
        many = f"{surveyed.findings} finding{'s' if surveyed.findings > 1 else ''}"
        yield f"{many} in this run; what they are about is not tested: duble check says more", "red"
    yield from ((f"could not check: {problem}", "yellow") for problem in surveyed.problems)


def _verified(told: Standing, *, verbose: bool) -> Iterator[tuple[str, str]]:
    """What was compared with the vendor, when, and what the spec has voided since."""
    if told.latest is None:
        yield "never verified against the vendor", "yellow"
    else:
        counts = (f"{len(told.standing[kind])} of {told.totals[kind]} {kind}" for kind in _MAIN)
        yield f"verified against the vendor on {told.latest}: {', '.join(counts)}", ""
    if verbose:
        for kind, known in told.standing.items():
            for name, entry in known.items():
                yield f"  {kind}: {name} ({entry.on}, {entry.target})", "dim"
    for kind, gone in told.void.items():
        if gone:
            yield f"verified once, but the spec says otherwise since, {kind}: {', '.join(gone)}", "yellow"


def _show_ground(told: Ledger, console: Console, *, verbose: bool) -> None:
    rests = ", ".join(f"{number} {mark}" for mark, number in told.marks.items())
    more = "" if verbose else "; --verbose lists them, and what would refute each"
    _print(console, f"  facts: {rests}; {len(told.assumptions)} assumptions{more}")
    if verbose:
        for name, said in told.assumptions.items():
            _print(console, f"    {name} ({said['facts']} facts): {said['chosen']}")
            _print(console, f"      refuted by: {said['refuted_by']}")


def _json(surveyed: Surveyed) -> dict[str, Any]:
    extra = {"findings": surveyed.findings, "problems": surveyed.problems}
    return {**surveyed.ledger.as_json(), **extra, "verified": surveyed.verified.as_json()}


def _print(console: Console, text: str, style: str = "") -> None:
    console.print(Text(text, style=style), soft_wrap=True)
