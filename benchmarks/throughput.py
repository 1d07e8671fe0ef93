"""Rounds against every subject in turn, and what they come to."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import cycle
from statistics import median

from benchmarks.load import Sample, run_load
from benchmarks.server import Server, started
from benchmarks.subjects import DOUBLE, Subject
from benchmarks.workload import cancellations, documented_answer


@dataclass(frozen=True)
class Plan:
    """How much is measured. Rounds alternate over the subjects, so that a slow minute hits them all."""

    rounds: int
    seconds: float
    connections: int
    warm_up: float = 0.5


@dataclass(frozen=True)
class Round:
    """What the client saw in one round, and the server's processor time in seconds, if it is known."""

    sample: Sample
    server_time: float | None


@dataclass(frozen=True)
class Figures:
    """One subject: medians over its rounds. Latencies in milliseconds, memory in bytes.

    `ratio` is ours to theirs in requests a second: the median of the ratios within each round.
    `server_busy` and `client_busy` are shares of a core: a server that got less than all of its core
    while it was under full load shared it with somebody, and its figures are too low.
    """

    name: str
    title: str
    requests_per_second: float
    p50_ms: float
    p99_ms: float
    processor_us: float | None
    peak_memory: int | None
    ratio: float
    server_busy: float | None
    client_busy: float


def measure(subjects: Sequence[Subject], plan: Plan, tell: Callable[[str], None]) -> list[Figures]:
    """Measure the subjects in alternating rounds; raises NoStart, WrongAnswer, OSError."""
    rounds: dict[str, list[Round]] = {subject.name: [] for subject in subjects}
    with ExitStack() as stack:
        servers = [stack.enter_context(started(subject)) for subject in subjects]
        for server in servers:
            _round(server, plan, plan.warm_up)
        for number in range(1, plan.rounds + 1):
            for server in servers:
                tell(f"round {number} of {plan.rounds}: {server.subject.title}")
                rounds[server.subject.name].append(_round(server, plan, plan.seconds))
        return [_figures(server, rounds[server.subject.name], rounds[DOUBLE]) for server in servers]


def _round(server: Server, plan: Plan, seconds: float) -> Round:
    server.renew()
    # Only the double remembers what was cancelled; the others may be asked again.
    requests = cancellations() if server.subject.name == DOUBLE else cycle(cancellations())
    before = server.processor_time()
    sample = run_load(server.port, requests, documented_answer, connections=plan.connections, seconds=seconds)
    after = server.processor_time()
    return Round(sample, None if before is None or after is None else after - before)


def _figures(server: Server, rounds: list[Round], ours: list[Round]) -> Figures:
    samples = [one.sample for one in rounds]
    known = [(one.server_time, one.sample) for one in rounds if one.server_time is not None]
    return Figures(
        name=server.subject.name,
        title=server.subject.title,
        requests_per_second=median(sample.rate for sample in samples),
        p50_ms=median(sample.percentile(50) for sample in samples) * 1000,
        p99_ms=median(sample.percentile(99) for sample in samples) * 1000,
        processor_us=median(time / one.answered for time, one in known) * 1e6 if known else None,
        peak_memory=server.peak_memory(),
        ratio=median(our.sample.rate / their.rate for our, their in zip(ours, samples, strict=True)),
        server_busy=median(time / one.seconds for time, one in known) if known else None,
        client_busy=median(sample.client_busy for sample in samples),
    )
