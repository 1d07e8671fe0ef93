"""The figures for people, and as JSON for machines."""

from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.growth import WANTED_GROWTH, Growth
from benchmarks.machine import description
from benchmarks.sandboxes import SandboxCost
from benchmarks.throughput import Figures, Plan
from benchmarks.verdicts import Verdict

_MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Results:
    """One whole run."""

    plan: Plan
    figures: list[Figures]
    first_answer_seconds: float
    sandboxes: list[SandboxCost]
    verdicts: list[Verdict]
    doubts: list[str]

    @property
    def met(self) -> bool:
        """Whether every wish is met."""
        return all(verdict.met for verdict in self.verdicts)


def as_json(results: Results) -> dict[str, Any]:
    """Everything that was measured, and on what."""
    return {"machine": description(), "met": results.met, **asdict(results)}


def show(results: Results, console: Console) -> None:
    """Print the tables and whether each wish is met."""
    plan = results.plan
    console.print(
        f"Cancel a Persat work order: {plan.rounds} alternating rounds of {plan.seconds:g} s,"
        f" {plan.connections} connections, one server process."
    )
    console.print(_throughput(results.figures))
    console.print(f"From the start of `duble serve` to its first 200: {results.first_answer_seconds:.2f} s")
    console.print(_sandboxes(results.sandboxes))
    console.print(_verdicts(results.verdicts))
    for doubt in results.doubts:
        console.print(f"Doubtful: {doubt}", style="yellow")
    console.print(", ".join(f"{name} {value}" for name, value in description().items()), style="dim")


def growth_as_json(growths: list[Growth]) -> dict[str, Any]:
    """What a request costs with few records and with many, and on what machine."""
    return {
        "machine": description(),
        "met": all(growth.met for growth in growths),
        "wanted": WANTED_GROWTH,
        "growth": [{**asdict(growth), "met": growth.met} for growth in growths],
    }


def show_growth(growths: list[Growth], console: Console) -> None:
    """Print one line for each request."""
    table = _table("the same request", "few ms", "many ms", "ratio", f"<= {WANTED_GROWTH:g}x")
    for growth in growths:
        table.add_row(
            f"{growth.vendor}: {growth.title}",
            f"{growth.few_ms:.3f}",
            f"{growth.many_ms:.3f}",
            f"{growth.ratio:.2f}x",
            "[green]met[/]" if growth.met else "[red]NOT MET[/]",
        )
    for few, many in sorted({(growth.few, growth.many) for growth in growths}):
        console.print(f"Few is {few:,} records on top of the seed, many is {many:,}.")
    console.print(table)
    console.print(", ".join(f"{name} {value}" for name, value in description().items()), style="dim")


def _throughput(figures: list[Figures]) -> Table:
    table = _table("", "req/s", "p50 ms", "p99 ms", "CPU µs", "peak MiB", "duble is")
    for figure in figures:
        table.add_row(
            figure.title,
            f"{figure.requests_per_second:,.0f}",
            f"{figure.p50_ms:.2f}",
            f"{figure.p99_ms:.2f}",
            "?" if figure.processor_us is None else f"{figure.processor_us:.0f}",
            "?" if figure.peak_memory is None else f"{figure.peak_memory / _MEBIBYTE:.0f}",
            f"{figure.ratio:.2f}x",
        )
    return table


def _sandboxes(costs: list[SandboxCost]) -> Table:
    table = _table("a sandbox with", "created in ms", "reset in ms")
    for cost in costs:
        table.add_row(f"{cost.records:,} records", f"{cost.create_ms:.4f}", f"{cost.reset_ms:.4f}")
    return table


def _verdicts(verdicts: list[Verdict]) -> Table:
    table = _table("wanted", "measured", "")
    for verdict in verdicts:
        table.add_row(verdict.wanted, verdict.measured, "[green]met[/]" if verdict.met else "[red]NOT MET[/]")
    return table


def _table(first: str, *others: str) -> Table:
    table = Table()
    table.add_column(first, no_wrap=True)
    for title in others:
        table.add_column(title, justify="right")
    return table
