"""Plants deviations one by one, prints which the suite caught, and fails under the wanted share."""

from __future__ import annotations

import secrets
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import click
from rich.console import Console
from rich.table import Table

from mockserver.app import VENDORS
from tests.contract_tests.deviations.catalogue import sampled
from tests.contract_tests.deviations.deviation import Deviation
from tests.contract_tests.deviations.trial import Stand, Trial, stand

WANTED = 0.95
EACH = 2


@click.command()
@click.option("--vendor", "vendors", multiple=True, type=click.Choice(list(VENDORS)), help="Only these.")
@click.option("--kind", "kinds", multiple=True, help="Only kinds with this in their name.")
@click.option("--operation", help="Only this operationId.")
@click.option("--seed", type=int, help="Chooses the deviations, and is the seed of the runs.")
@click.option("--each", default=EACH, show_default=True, help="At most so many of each kind and vendor.")
@click.option("--full", is_flag=True, help="All of them, some ten thousand: hours.")
@click.option("--whole", is_flag=True, help="Run the whole vendor in `standard` for each, as a user would.")
@click.option("--foreign", is_flag=True, help="Hide that it is a double: as a server that is not ours.")
@click.option("--honest", type=int, default=0, help="Plant nothing: so many seeds, and no finding may come.")
def main(  # noqa: PLR0913, PLR0917  # one for each option
    vendors: Sequence[str],
    kinds: Sequence[str],
    operation: str | None,
    seed: int | None,
    each: int,
    full: bool,
    whole: bool,
    foreign: bool,
    honest: int,
) -> None:
    """Hold the suite to servers that are known to be wrong, or (--honest) to one that is right."""
    console = Console(soft_wrap=True)
    chosen = secrets.randbits(16) if seed is None else seed
    console.print(f"seed {chosen}")
    wanted = Wanted(kinds, operation, chosen, sys.maxsize if full else each, whole)
    alarms, trials = 0, list[Trial]()
    for name in vendors or list(VENDORS):
        with stand(name, foreign=foreign) as place:
            if honest:
                alarms += sum(_finds(place, name, one, console) for one in range(chosen, chosen + honest))
            else:
                trials += wanted.tried(place, console)
    sys.exit(min(alarms, 1) if honest else _verdict(trials, console))


@dataclass(frozen=True)
class Wanted:
    """Which deviations are planted, and how they are looked for."""

    kinds: Sequence[str]
    operation: str | None
    seed: int
    each: int
    whole: bool

    def tried(self, place: Stand, console: Console) -> Iterator[Trial]:
        """Plant them one by one at a stand, and print what came of each."""
        for deviation in sampled(list(filter(self._takes, place.deviations)), self.seed, self.each):
            trial = place.tried(deviation, self.seed, whole=self.whole)
            verdict = "caught " if trial.caught else "ESCAPED"
            console.print(f"{verdict} {trial.seconds:5.1f} s  {deviation}  [{trial.by}]", markup=False)
            yield trial

    def _takes(self, one: Deviation) -> bool:
        is_kind = not self.kinds or any(kind in one.kind for kind in self.kinds)
        return is_kind and self.operation in (None, one.operation)


def _verdict(trials: Sequence[Trial], console: Console) -> int:
    """Print a table by kind; 0 if enough were caught, 1 if not, 2 if none was tried."""
    if not trials:
        console.print("nothing was planted")
        return 2
    planted = Counter(trial.deviation.kind for trial in trials)
    caught = Counter(trial.deviation.kind for trial in trials if trial.caught)
    table = Table(box=None)
    for heading in ("kind", "planted", "caught"):
        table.add_column(heading, justify="left" if heading == "kind" else "right")
    for kind, number in planted.items():
        table.add_row(kind, str(number), str(caught[kind]), style="" if caught[kind] == number else "red")
    console.print(table)
    share = caught.total() / planted.total()
    console.print(f"{caught.total()} of {planted.total()} caught, {share:.1%} (wanted {WANTED:.0%})")
    findings = [len(trial.found) for trial in trials if trial.caught]
    alone = sum(number == 1 for number in findings)
    console.print(f"{alone} of them by one finding, the others by up to {max(findings, default=0)}")
    return 0 if share >= WANTED else 1


def _finds(place: Stand, vendor: str, seed: int, console: Console) -> bool:
    """Whether a run against the honest double ends in anything but silence."""
    run = place.run(vendor, seed, "standard")
    console.print(f"{vendor} seed {seed}: {len(run.verdicts)} checks, {len(run.findings)} findings")
    for line in [*map(str, run.findings), *run.problems]:
        console.print(line, markup=False)
    return run.exit_code != 0


if __name__ == "__main__":
    main()
