"""A run as every report tells it: the verdict first, then what was checked, found and left out."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Literal
from urllib.parse import urlsplit, urlunsplit

from contract_tests.harness.judging.finding import Finding, Known
from contract_tests.harness.network.credentials import DEFAULT
from contract_tests.harness.network.target import STARTED_HERE
from contract_tests.harness.reports.drawing import Drawing
from contract_tests.harness.reports.matrix import Matrix
from contract_tests.harness.running.run import PARTS, Run, Verdict
from contract_tests.harness.running.subject import Subject

Outcome = Literal["holds", "findings", "undecided"]

CANNOT_CHECK = 2


@dataclass(frozen=True, kw_only=True)
class PartCount:
    """One part of the suite at one vendor."""

    part: str
    checked: int
    findings: int
    """Those that were not known before."""
    undecided: int


@dataclass(frozen=True, kw_only=True)
class Checked:
    """One vendor of the run."""

    vendor: str
    title: str
    url: str
    double: bool
    started_here: bool
    parts: tuple[PartCount, ...]
    matrix: Matrix
    sources: Mapping[str, Mapping[str, Any]] = field(repr=False)
    """The vendor's documents, by the keys that marks use."""
    assumptions: Mapping[str, Mapping[str, Any]] = field(repr=False)

    @property
    def where(self) -> str:
        """The server, in words."""
        return "a double started for this run" if self.started_here else self.url


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """Things of one part that the run did not check, for one reason."""

    vendor: str
    part: str
    what: tuple[str, ...]
    why: str


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What came of a run, or of the attempt to begin one."""

    exit_code: int
    started: datetime
    profile: str | None = None
    seed: int | None = None
    seconds: float = 0.0
    requests: int = 0
    rounds: int = 1
    vendors: tuple[Checked, ...] = ()
    parts: tuple[str, ...] = ()
    verdicts: tuple[Verdict, ...] = field(default=(), repr=False)
    findings: tuple[Finding, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """What a reader ought to know besides: what the profile did without, what the baseline needs."""
    expired: tuple[Known, ...] = ()
    """Entries of the baseline whose last day has passed: each fails the run."""
    command: str | None = None
    """What repeats the run."""
    remedy: str | None = None
    """What the curl lines of the findings need before they work."""

    @cached_property
    def new(self) -> tuple[Finding, ...]:
        """The findings that nobody has answered for."""
        return tuple(finding for finding in self.findings if finding.known is None)

    @cached_property
    def known(self) -> tuple[Finding, ...]:
        """The findings of the baseline."""
        return tuple(finding for finding in self.findings if finding.known is not None)

    @property
    def checks(self) -> int:
        """How many tests came to a verdict."""
        return sum(1 for verdict in self.verdicts if not verdict.problem)

    @property
    def outcome(self) -> Outcome:
        """The verdict in one word."""
        return {0: "holds", 1: "findings"}.get(self.exit_code, "undecided")  # type: ignore[return-value]  # literals

    @property
    def headline(self) -> str:
        """The verdict in one line."""
        if self.outcome == "holds":
            return f"holds: {_many(self.checks, 'check')}, no {'new ' if self.known else ''}finding" + (
                f", {len(self.known)} known" if self.known else ""
            )
        if self.outcome == "undecided":
            return "could not check everything" if self.verdicts else "could not check"
        if not self.new:
            return f"{_many(len(self.expired), 'known finding')} expired in {_many(self.checks, 'check')}"
        shaky = sum(1 for finding in self.new if finding.intermittent)
        return (
            f"{_many(len(self.new), 'finding')} in {_many(self.checks, 'check')}"
            + (f", {shaky} of them intermittent" if shaky else "")
            + (f", {len(self.known)} more known" if self.known else "")
            + (f", {_many(len(self.expired), 'known one')} expired" if self.expired else "")
            + ("; could not check everything" if self.problems else "")
        )

    @property
    def repeat(self) -> str:
        """Profile and seed, as a line of text ends with them."""
        return f"profile {self.profile}, seed {self.seed}" if self.profile is not None else ""

    def of_vendor(self, vendor: str) -> Checked | None:
        """The vendor of this name."""
        return next((checked for checked in self.vendors if checked.vendor == vendor), None)


def summary(run: Run) -> Summary:
    """What came of a run; draws the matrix of each vendor."""
    findings = tuple(run.findings)
    return Summary(
        exit_code=run.exit_code,
        started=run.started,
        profile=run.profile.name,
        seed=run.seed,
        seconds=run.seconds,
        requests=run.requests,
        rounds=run.rounds,
        vendors=tuple(_checked(run, subject, findings) for subject in run.subjects),
        parts=run.told_parts,
        verdicts=tuple(run.verdicts),
        findings=findings,
        left_out=tuple(_left_out(run)),
        problems=tuple(run.problems),
        notes=tuple(_notes(run)),
        expired=tuple(run.expired),
        command=_command(run),
        remedy=_remedy(run) if findings else None,
    )


def failure(problem: str) -> Summary:
    """What came of a run that could not begin."""
    return Summary(exit_code=CANNOT_CHECK, started=datetime.now(UTC), problems=(problem,))


def _checked(run: Run, subject: Subject, findings: Sequence[Finding]) -> Checked:
    document = subject.contract.document
    return Checked(
        vendor=subject.contract.vendor,
        title=document["info"]["title"],
        url=_without_credentials(subject.target.url),
        double=subject.target.double,
        started_here=subject.target.started_here,
        parts=tuple(_counts(run, subject.contract.vendor, findings)),
        matrix=Drawing(run, subject, findings).drawn(),
        sources=document.get("x-source", {}).get("documents", {}),
        assumptions=document.get("x-assumptions", {}),
    )


def _counts(run: Run, vendor: str, findings: Sequence[Finding]) -> list[PartCount]:
    mine = [verdict for verdict in run.verdicts if verdict.vendor == vendor]
    checked = Counter(verdict.part for verdict in mine if not verdict.problem)
    undecided = Counter(verdict.part for verdict in mine if verdict.problem)
    new = [finding for finding in findings if finding.vendor == vendor and finding.known is None]
    found = Counter(part for finding in new for part in finding.parts or (finding.part,))
    return [
        PartCount(part=part, checked=checked[part], findings=found[part], undecided=undecided[part])
        for part in run.told_parts
    ]


def _left_out(run: Run) -> list[LeftOut]:
    by_reason: dict[tuple[str, str, str], list[str]] = {}
    for omission in run.omissions:
        key = (omission.vendor, omission.part, omission.why)
        by_reason.setdefault(key, []).append(omission.what)
    return [
        LeftOut(vendor=vendor, part=part, what=tuple(dict.fromkeys(what)), why=why)
        for (vendor, part, why), what in by_reason.items()
    ]


def _notes(run: Run) -> Iterator[str]:
    if run.left_out:
        cases = _many(run.left_out, "case")
        yield f"profile {run.profile.name} did without {cases} like others that were tried"
    yield from (*run.warnings, *run.notes)


def _command(run: Run) -> str:
    names = [subject.contract.vendor for subject in run.subjects]
    words = ["duble", "check", *names, "--profile", run.profile.name, "--seed", str(run.seed)]
    if set(run.parts) != set(PARTS):
        words += [word for part in run.parts for word in ("--part", part)]
    words += [word for name in sorted(run.operations) for word in ("--operation", name)]
    target = run.subjects[0].target
    if not target.started_here:
        named = target.settings.name if target.settings else ""
        words += ["--target", named] if named else ["--url", _without_credentials(target.url)]
        words += ["--writes", "sandbox"] if target.writes == "sandbox" else []
    return shlex.join(words)


def _remedy(run: Run) -> str | None:
    """How to repeat the curl lines of a double that was started for the run only."""
    if not run.subjects[0].target.started_here:
        return None
    names = " ".join(subject.contract.vendor for subject in run.subjects)
    variables = {STARTED_HERE: "the URL it prints"}
    for subject in run.subjects:
        veil = subject.keyring.veil
        if not subject.keyring.secret and DEFAULT in subject.keyring.named:
            variables |= {variable: value for value, variable in veil.items() if variable != value}
    told = ", ".join(f"{variable} is {value}" for variable, value in variables.items())
    return f"To repeat: duble serve {names}; {told}."


def _without_credentials(url: str) -> str:
    """The URL without user and password, which nobody's report is to show."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
