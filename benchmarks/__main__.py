"""`python -m benchmarks`: measure everything, print the figures and whether they are what we want.

`python -m benchmarks growth` measures whether a request costs more where more is stored.
"""

import sys

import click
import orjson
from rich.console import Console

from benchmarks.growth import growths
from benchmarks.load import WrongAnswer
from benchmarks.machine import CLIENT_CORE, pin
from benchmarks.report import Results, as_json, growth_as_json, show, show_growth
from benchmarks.sandboxes import sandbox_costs
from benchmarks.server import NoStart
from benchmarks.startup import NoFirstAnswer, time_to_first_answer
from benchmarks.subjects import SUBJECTS
from benchmarks.throughput import Plan, measure
from benchmarks.verdicts import doubts, sandbox_verdicts, throughput_verdicts

COULD_NOT_MEASURE = 2


@click.group(invoke_without_command=True)
@click.pass_context
@click.option("--rounds", default=5, show_default=True, type=click.IntRange(1))
@click.option("--seconds", default=2.0, show_default=True, type=click.FloatRange(0.1), help="Of one round.")
@click.option("--connections", default=16, show_default=True, type=click.IntRange(1, 256))
@click.option("--starts", default=5, show_default=True, type=click.IntRange(1), help="Of duble serve.")
@click.option("--json", "json_only", is_flag=True, help="Print JSON on standard output, nothing else.")
def main(
    context: click.Context, *, rounds: int, seconds: float, connections: int, starts: int, json_only: bool
) -> None:
    """Measure our double, stock Connexion and a bare server on this machine.

    Exits with 0 if every wish is met, 1 if not, 2 if something could not be measured.
    """
    if context.invoked_subcommand is not None:
        return
    console = Console(stderr=json_only)
    plan = Plan(rounds, seconds, connections)
    try:
        results = _results(plan, starts, console)
    except (NoStart, NoFirstAnswer, WrongAnswer, OSError) as error:
        console.print(f"Could not measure: {type(error).__name__} {error}", style="red", markup=False)
        sys.exit(COULD_NOT_MEASURE)
    if json_only:
        sys.stdout.buffer.write(orjson.dumps(as_json(results), option=orjson.OPT_INDENT_2) + b"\n")
    else:
        show(results, console)
    sys.exit(0 if results.met else 1)


@main.command()
@click.option(
    "--share", default=1.0, show_default=True, type=click.FloatRange(0.001, 1.0), help="Of the records."
)
@click.option("--json", "json_only", is_flag=True, help="Print JSON on standard output, nothing else.")
def growth(*, share: float, json_only: bool) -> None:
    """Ask each vendor's double the same with few records and with many.

    Exits with 0 if no request costs more than it may, 1 if one does, 2 if something could not be measured.
    """
    console = Console(stderr=json_only)
    try:
        with console.status("filling") as status:
            measured = growths(status.update, share=share)
    except WrongAnswer as error:
        console.print(f"Could not measure: {error}", style="red", markup=False)
        sys.exit(COULD_NOT_MEASURE)
    if json_only:
        sys.stdout.buffer.write(orjson.dumps(growth_as_json(measured), option=orjson.OPT_INDENT_2) + b"\n")
    else:
        show_growth(measured, console)
    sys.exit(0 if all(one.met for one in measured) else 1)


def _results(plan: Plan, starts: int, console: Console) -> Results:
    with console.status("creating and resetting sandboxes") as status:
        costs = sandbox_costs()
        status.update("starting duble serve")
        first_answer = time_to_first_answer(starts)
        if not pin(CLIENT_CORE):
            console.print(
                "One core, or no way to choose it: client and server disturb each other.", style="yellow"
            )
        figures = measure(list(SUBJECTS.values()), plan, status.update)
    verdicts = [*throughput_verdicts(figures), *sandbox_verdicts(costs)]
    return Results(plan, figures, first_answer, costs, verdicts, list(doubts(figures)))


if __name__ == "__main__":
    main()
