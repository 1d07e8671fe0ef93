"""One run of the suite: whom it holds to what, and what came of it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from contract_tests.harness import contract, credentials, fixtures
from contract_tests.harness.credentials import MissingCredential
from contract_tests.harness.finding import Finding, grouped
from contract_tests.harness.fixtures import UnreadableFixture
from contract_tests.harness.operation import Operation
from contract_tests.harness.profiles import PROFILES, Profile
from contract_tests.harness.subject import Subject
from contract_tests.harness.target import Target, Unreachable, connected
from contract_tests.pytest_plugin import PARTS

__all__ = ["PARTS", "CannotCheck", "Case", "Omission", "Run", "Vendor", "Verdict", "prepared", "shipped"]


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

    def wants(self, operation: Operation | None) -> bool:
        """Whether the run looks at this operation."""
        return not self.operations or (operation is not None and operation.id in self.operations)

    @property
    def findings(self) -> list[Finding]:
        """Every finding, one for each cause."""
        return grouped(finding for verdict in self.verdicts for finding in verdict.findings)

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
        if self.findings:
            return 1
        return 2 if self.problems or not self.verdicts else 0


def shipped(name: str) -> Vendor:
    """A vendor that ships with the product; CannotCheck names the known ones."""
    from mockserver.app import VENDORS, fixtures_path, spec_path

    if name not in VENDORS:
        raise CannotCheck(f"{name}: no such vendor. Known: {', '.join(VENDORS)}")
    return Vendor(name, spec_path(name), fixtures_path(name))


@contextmanager
def prepared(
    vendors: Sequence[Vendor],
    *,
    url: str | None = None,
    profile: str = "standard",
    seed: int | None = None,
    parts: Iterable[str] = (),
    operations: Iterable[str] = (),
) -> Iterator[Run]:
    """A run against a URL, or against a double started here; CannotCheck if it cannot begin."""
    chosen = secrets.randbits(32) if seed is None else seed
    tag = f"check-{chosen:x}-{secrets.token_hex(3)}"
    wanted = frozenset(operations)
    with ExitStack() as stack:
        try:
            promises = [(contract.load(v.name, v.spec), fixtures.load(v.fixtures)) for v in vendors]
            _demand_known(wanted, [promise for promise, _ in promises])
            target = stack.enter_context(_target(url, vendors, tag))
            subjects = [
                Subject(
                    promise,
                    seeded,
                    target,
                    credentials.keyring(promise, seeded, is_double=target.double),
                    PROFILES[profile],
                    chosen,
                )
                for promise, seeded in promises
            ]
        except (
            contract.UnreadableSpec,
            UnreadableFixture,
            MissingCredential,
            Unreachable,
        ) as problem:
            raise CannotCheck(str(problem)) from problem
        yield Run(subjects, PROFILES[profile], chosen, tuple(parts) or PARTS, wanted)


def _demand_known(wanted: frozenset[str], promises: Iterable[contract.Contract]) -> None:
    known = {name for promise in promises for name in promise.operations}
    for name in sorted(wanted - known):
        raise CannotCheck(f"{name}: no such operation. Known: {', '.join(sorted(known))}")


@contextmanager
def _target(url: str | None, vendors: Sequence[Vendor], tag: str) -> Iterator[Target]:
    with ExitStack() as stack:
        base = _started(stack, vendors) if url is None else url
        yield stack.enter_context(connected(base, tag=tag, started_here=url is None))


def _started(stack: ExitStack, vendors: Sequence[Vendor]) -> str:
    from mockserver.server import running

    try:
        return stack.enter_context(running([vendor.name for vendor in vendors]))
    except Exception as problem:
        raise CannotCheck(f"the double does not start: {problem}") from problem
