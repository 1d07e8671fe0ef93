"""One run of the suite: whom it holds to what, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from contract_tests.harness.judging.baseline import Baseline
from contract_tests.harness.judging.finding import Finding, Known
from contract_tests.harness.judging.grouping import grouped
from contract_tests.harness.outside.cleanup import Cleanup
from contract_tests.harness.running.profiles import Profile
from contract_tests.harness.running.saved import Saved
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec.operation import Operation
from contract_tests.harness.telling.witness import Witness
from contract_tests.pytest_plugin import PARTS

__all__ = ["PARTS", "CannotCheck", "Case", "Omission", "Run", "Vendor", "Verdict"]


CONNECTION = "connection"  # what is wrong with every answer is no part of the suite, but of the report


class CannotCheck(Exception):
    """The run cannot begin or go on; `str()` is one line: what is wrong, and the remedy."""


class Case(Protocol):
    """What one test of the suite works on; `operation` is None where no single one is concerned."""

    @property
    def subject(self) -> Subject:
        """Whom it is about."""

    @property
    def operation(self) -> Operation | None:
        """What it asks for."""

    @property
    def also(self) -> tuple[str, ...]:
        """Further operations that it needs, by their ids."""

    @property
    def label(self) -> str:
        """What a reader calls it."""


@dataclass(frozen=True)
class Omission:
    """Something that this run does not check, and why."""

    vendor: str
    part: str
    what: str
    why: str


@dataclass(frozen=True)
class Verdict:
    """What came of one test; `problem` says why it could not be decided."""

    vendor: str
    part: str
    operation: str
    label: str
    seconds: float
    findings: tuple[Finding, ...] = ()
    problem: str | None = None
    test: str = ""
    """The name of the test, which no other has."""

    def joined(self, more: Verdict) -> Verdict:
        """This verdict and one of the same test in another round."""
        return replace(
            self,
            seconds=self.seconds + more.seconds,
            findings=(*self.findings, *more.findings),
            problem=self.problem or more.problem,
        )


@dataclass(frozen=True)
class Vendor:
    """Where a vendor's promise lies."""

    name: str
    spec: Path
    fixtures: Path


@dataclass
class Run:
    """The subjects of a run, what of them it looks at, and its verdicts so far."""

    subjects: Sequence[Subject]
    profile: Profile
    seed: int
    parts: tuple[str, ...] = PARTS
    operations: frozenset[str] = frozenset()
    verdicts: list[Verdict] = field(default_factory=list)
    omissions: dict[Omission, None] = field(default_factory=dict)
    stopped: str | None = None
    shown: dict[str, Witness] = field(default_factory=dict)
    """By vendor, what the answers have shown of the contract."""
    barred: dict[str, str] = field(default_factory=dict)
    """Vendors whose server is not even asked further, and why."""
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    seconds: float = 0.0
    """How long it took."""
    requests: int = 0
    """How many were sent."""
    left_out: int = 0
    """Cases like others that were tried, which the profile does without."""
    warnings: list[str] = field(default_factory=list)
    """What a reader should know, and what changes no verdict."""
    rounds: int = 1
    """How often it has tried everything, each time with another seed."""
    vendors: tuple[Vendor, ...] = ()
    """Where the promises of its subjects lie, for another process to read them."""
    first: tuple[str, ...] = ()
    """Tests, by vendor and label, that come before all others."""
    repeats: bool = False
    """Whether it only tries again, with another seed, what the seed decides."""
    max_time: float | None = None
    """Seconds that it may take."""
    cleanup: Cleanup | None = None
    """What came of ending what it made on a server that is not ours."""
    deadline: float | None = None
    """When no further test begins, by `now`."""
    now: Callable[[], float] = field(default=time.monotonic, repr=False)
    """Its clock, in seconds that never go back; a run in several processes needs one that they share."""
    baseline: Baseline | None = None
    """What is known already."""

    def take_in(self, again: Run) -> None:
        """Add what another round has shown; one that its time has cut short counts as none."""
        by_test = {(one.vendor, one.part, one.test): one for one in self.verdicts}
        for more in again.verdicts:
            key = (more.vendor, more.part, more.test)
            by_test[key] = by_test[key].joined(more) if key in by_test else more
        self.verdicts[:] = by_test.values()
        self.seconds += again.seconds
        self.requests += again.requests
        if not self.is_over:
            self.rounds += 1
            self.stopped = again.stopped

    def wants(self, operation: Operation | None) -> bool:
        """Whether the run looks at this operation."""
        return not self.operations or (operation is not None and operation.id in self.operations)

    @property
    def saved(self) -> Saved:
        """Where its failures are kept."""
        return self.subjects[0].saved

    @property
    def is_over(self) -> bool:
        """Whether its time is up."""
        return self.deadline is not None and self.now() >= self.deadline

    @property
    def told_parts(self) -> tuple[str, ...]:
        """The parts that a report tells of; how the server was reached only where something came of it."""
        reached = any(verdict.part == CONNECTION for verdict in self.verdicts)
        return (*([CONNECTION] if reached else []), *(part for part in PARTS if part in self.parts))

    @property
    def findings(self) -> list[Finding]:
        """Every finding, one for each cause; `known` tells which of them the baseline covers."""
        entries = self.baseline.valid if self.baseline else {}
        return grouped((finding for verdict in self.verdicts for finding in verdict.findings), entries)

    @property
    def expired(self) -> list[Known]:
        """Entries of the baseline about these vendors whose last day has passed: each fails the run."""
        if self.baseline is None:
            return []
        vendors = {subject.contract.vendor for subject in self.subjects}
        return [entry for entry in self.baseline.expired if entry.vendor in vendors]

    @property
    def no_longer_found(self) -> list[Known]:
        """Entries of the baseline that nothing fits any more, although the run has looked."""
        if self.baseline is None or self.stopped:
            return []
        looked_at = {(verdict.vendor, verdict.operation) for verdict in self.verdicts}
        return self.baseline.no_longer_found(self.findings, looked_at)

    @property
    def notes(self) -> list[str]:
        """What is to be done about the baseline: entries to renew or to remove."""
        return [
            f"baseline: {entry} expired on {entry.expires}: mend the cause, or answer for it again"
            for entry in self.expired
        ] + [f"baseline: {entry} is no longer found: remove it" for entry in self.no_longer_found]

    @property
    def problems(self) -> list[str]:
        """Why the run, or a part of it, could not be decided."""
        undecided = [
            f"{verdict.vendor} {verdict.part} {verdict.label}: {verdict.problem}"
            for verdict in self.verdicts
            if verdict.problem
        ]
        return ([self.stopped] if self.stopped else []) + list(dict.fromkeys(undecided))

    @property
    def exit_code(self) -> int:
        """0 holds, 1 findings, 2 could not check."""
        if self.expired or any(finding.known is None for finding in self.findings):
            return 1
        return 2 if self.problems or not self.verdicts else 0
