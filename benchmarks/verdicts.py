"""What we want of the figures, and whether they have it."""

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.sandboxes import SandboxCost
from benchmarks.subjects import ASYNC, BARE, FLASK
from benchmarks.throughput import Figures

# Ours to theirs in requests a second, at least.
WANTED_RATIO = {FLASK: 8.0, ASYNC: 4.0, BARE: 0.6}
# Creating or resetting a sandbox, milliseconds.
WANTED_MS = 1.0
# 100,000 records against 10. Medians of a few microseconds differ by noise; a copy would differ by thousands.
WANTED_GROWTH = 3.0
# Shares of a core. A client with no time to spare is itself what is measured; a server that did not get
# its whole core had to share it.
MOST_OF_CLIENT = 0.9
LEAST_OF_SERVER = 0.9


@dataclass(frozen=True)
class Verdict:
    """One wish and what was measured."""

    wanted: str
    measured: str
    met: bool


def throughput_verdicts(figures: list[Figures]) -> Iterator[Verdict]:
    """Our double against stock Connexion and against the bare application."""
    for figure in figures:
        wanted = WANTED_RATIO.get(figure.name)
        if wanted is not None:
            wish = f"requests/s of {figure.title}: at least {_times(wanted)}"
            yield Verdict(wish, _times(figure.ratio), figure.ratio >= wanted)


def sandbox_verdicts(costs: list[SandboxCost]) -> Iterator[Verdict]:
    """Creating and resetting a sandbox: fast, and as fast with many records as with few."""
    few, many = costs[0], costs[-1]
    slowest = max(max(cost.create_ms, cost.reset_ms) for cost in costs)
    wish = f"a sandbox created or reset: under {WANTED_MS:g} ms"
    yield Verdict(wish, f"{slowest:.3f} ms", slowest < WANTED_MS)
    growth = max(many.create_ms / few.create_ms, many.reset_ms / few.reset_ms)
    wish = f"the same with {many.records:,} records as with {few.records:,}: at most {_times(WANTED_GROWTH)}"
    yield Verdict(wish, _times(growth), growth <= WANTED_GROWTH)


def doubts(figures: list[Figures]) -> Iterator[str]:
    """Reasons not to trust the figures."""
    for figure in figures:
        if figure.client_busy > MOST_OF_CLIENT:
            yield f"{figure.title}: the client was the limit ({figure.client_busy:.0%} of its core)"
        if figure.server_busy is not None and figure.server_busy < LEAST_OF_SERVER:
            yield f"{figure.title}: the server got {figure.server_busy:.0%} of its core, the machine is busy"


def _times(ratio: float) -> str:
    return f"{ratio:.2f}x"
