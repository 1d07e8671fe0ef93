"""A place where a server and its contract differ, and findings of one cause as one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from contract_tests.harness import pointer
from contract_tests.harness.contract import Contract


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What one answer does against the contract; `at` is the place in the spec that says otherwise."""

    kind: str
    said: str
    got: str
    at: str
    of: str | None = None
    """The aspect of the place that is concerned: status, code, message, body, headers or state."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One difference, with everything that a reader needs to judge and repeat it."""

    vendor: str
    part: str
    operation: str
    kind: str
    said: str
    got: str
    answer: str
    place: str
    """Spec file and line."""
    sources: Sequence[Mapping[str, Any]]
    """The marks of that place: the vendor's own document, or the assumption that would be refuted."""
    curl: Sequence[str]
    seed: int
    cause: tuple[str, ...] = field(repr=False)
    others: tuple[str, ...] = ()
    """Further operations with the same cause, or called before."""
    parts: tuple[str, ...] = ()
    """Every part that met the cause."""
    count: int = 1

    @property
    def judgement(self) -> str:
        """Whose promise it is: one line for each source."""
        return "; ".join(map(_judged, self.sources)) or "no source is given"

    def as_json(self) -> dict[str, Any]:
        """The finding as reports have it."""
        return {
            "vendor": self.vendor,
            "operation": self.operation,
            "other_operations": list(self.others),
            "parts": list(self.parts or (self.part,)),
            "kind": self.kind,
            "contract": {"says": self.said, "place": self.place, "x-source": list(self.sources)},
            "judgement": self.judgement,
            "got": self.got,
            "answer": self.answer,
            "curl": list(self.curl),
            "seed": self.seed,
            "count": self.count,
        }

    def __str__(self) -> str:
        return "\n".join(
            [
                f"{self.vendor} {self.operation}: {self.kind} ({self.part})",
                f"  contract  {self.said}",
                f"            {self.place} - {self.judgement}",
                f"  got       {self.got}",
                f"  answer    {self.answer}",
                *(f"  repeat    {line}" for line in self.curl),
                f"  seed      {self.seed}",
            ]
        )


class ContractBroken(AssertionError):
    """Raised by a test of the suite; carries its findings."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__("\n\n".join(map(str, findings)))
        self.findings = findings


def place(contract: Contract, at: str, of: str | None) -> tuple[str, list[Mapping[str, Any]]]:
    """File and line of a place in the spec, and its marks."""
    try:
        here = contract.canonical(at)
    except pointer.Absent:
        here = at
    where = f"{contract.path.parent.name}/{contract.path.name}:{contract.line(here)}"
    return where, contract.sources(here, of) or contract.sources(at, of)


def grouped(findings: Iterable[Finding]) -> list[Finding]:
    """One finding for each cause, in order of first appearance, with its other operations."""
    by_cause: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        by_cause.setdefault((finding.vendor, *finding.cause), []).append(finding)
    return [_joined(same) for same in by_cause.values()]


def _joined(same: Sequence[Finding]) -> Finding:
    shortest = min(same, key=lambda finding: (len(finding.curl), sum(map(len, finding.curl))))
    names = dict.fromkeys(name for finding in same for name in (finding.operation, *finding.others))
    others = tuple(name for name in names if name != shortest.operation)
    parts = tuple(dict.fromkeys(part for one in same for part in one.parts or (one.part,)))
    count = sum(one.count for one in same)
    return replace(shortest, others=others, parts=parts, count=count)


def _judged(source: Mapping[str, Any]) -> str:
    if source["mark"] == "assumed":
        return f"refutes assumption {source['assumption']}"
    section = f", {source['section']}" if "section" in source else ""
    return f"{source['mark']}: {source['document']}{section}"
