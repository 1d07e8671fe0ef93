"""What came of a comparison: in what double and target differ, what they share, and what was left out."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from contract_tests.harness.judging.finding import Cause, Finding
from contract_tests.harness.running.run import Omission
from contract_tests.harness.spec.contract import Contract

_MARKS = {
    "documented": "documented fact contradicted by the vendor",
    "public": "public documentation contradicted by the vendor",
    "observed": "observation of public software contradicted by the vendor",
}


@dataclass(frozen=True, kw_only=True)
class Disparity:
    """One thing in which the double is not the vendor, wherever it shows."""

    scenario: str
    step: str
    number: int
    """Of the step in its scenario, from 1."""
    cause: Cause
    target: Finding
    """What the target answers, and the place in the spec that says otherwise."""
    double_answer: str
    double_curl: tuple[str, ...]
    scenarios: tuple[str, ...] = ()
    """Every scenario in which it showed."""
    operations: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    """Every place in the spec to mend, as file:line."""
    repeated: bool = True
    """Whether it showed again when the scenario was played a second time."""
    used_up: bool = False
    """Whether the record that it takes could not be had a second time, which says nothing of a second try."""

    @property
    def verdict(self) -> str:
        """Which word of the spec cannot stand."""
        if self.target.refutes:
            return f"refuted: {', '.join(self.target.refutes)}"
        marks = {source["mark"] for source in self.target.sources}
        return next(
            (text for mark, text in _MARKS.items() if mark in marks), "no source is given in the spec"
        )

    def as_json(self) -> dict[str, Any]:
        """The disparity as reports have it."""
        found = self.target
        return {
            "kind": found.kind,
            "scenario": self.scenario,
            "step": {"number": self.number, "name": self.step},
            "operation": found.operation,
            "operations": list(self.operations),
            "scenarios": list(self.scenarios),
            "double": {"says": found.said, "answer": self.double_answer, "curl": list(self.double_curl)},
            "target": {"says": found.got, "answer": found.answer, "curl": list(found.curl)},
            "mend": {
                "place": found.place,
                "file": found.file,
                "line": found.line,
                "places": list(self.places),
                "x-source": list(found.sources),
            },
            "verdict": self.verdict,
            "judgement": found.judgement,
            "refutes": list(found.refutes),
            "repeated": None if self.used_up else self.repeated,
        }


@dataclass
class Parity:
    """One vendor's double beside one target."""

    contract: Contract
    target_name: str
    """The target's name in duble.toml, or the host of a URL."""
    target_kind: str
    """sandbox, production, double, or unknown for a bare URL."""
    seed: int
    writes: str
    disparities: list[Disparity] = field(default_factory=list)
    shown: set[Hashable] = field(default_factory=set)
    """What both answered alike (Fact.shown_by)."""
    doubted: set[Hashable] = field(default_factory=set)
    """What they answered differently; it is not verified, whatever else they share."""
    omissions: dict[Omission, None] = field(default_factory=dict)
    compared: int = 0
    """Scenarios of which at least one step was compared."""
    scenarios: int = 0
    stopped: str | None = None
    """Why the comparison ended early."""
    warnings: list[str] = field(default_factory=list)
    """What was left behind at the target, and how to clean up."""
    made: set[str] = field(default_factory=set)
    """Kinds of things of which the target let it make some."""
    touched: set[str] = field(default_factory=set)
    """What was done to records that the target names, and that no state tells."""
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    requests: int = 0
    """Sent to the target."""

    @property
    def vendor(self) -> str:
        """Whose API it is."""
        return self.contract.vendor

    @property
    def is_vendor(self) -> bool:
        """Whether the target may be the vendor's own server, so that what it shares is verified."""
        return self.target_kind != "double"

    @property
    def exit_code(self) -> int:
        """0 the same, 1 differences, 2 could not compare."""
        if self.disparities:
            return 1
        return 2 if self.stopped or not self.compared else 0

    def as_json(self) -> dict[str, Any]:
        """Everything, in JSON values."""
        return {
            "vendor": self.vendor,
            "exit_code": self.exit_code,
            "target": {"name": self.target_name, "kind": self.target_kind, "writes": self.writes},
            "seed": self.seed,
            "started": self.started.isoformat(timespec="seconds"),
            "requests": self.requests,
            "scenarios": {"compared": self.compared, "of": self.scenarios},
            "differences": [found.as_json() for found in self.disparities],
            "left_out": [{"part": o.part, "what": o.what, "why": o.why} for o in self.omissions],
            "stopped": self.stopped,
            "warnings": list(self.warnings),
        }


def grouped(found: Iterable[Disparity]) -> list[Disparity]:
    """One disparity for each cause, in order of first appearance."""
    by_cause: dict[Cause, list[Disparity]] = {}
    for one in found:
        by_cause.setdefault(one.cause, []).append(one)
    return [_joined(same) for same in by_cause.values()]


def _joined(same: Sequence[Disparity]) -> Disparity:
    shortest = min(same, key=lambda one: (not one.repeated, len(one.target.curl)))
    return replace(
        shortest,
        scenarios=tuple(dict.fromkeys(one.scenario for one in same)),
        places=tuple(dict.fromkeys(one.target.place for one in same)),
        operations=tuple(dict.fromkeys(one.target.operation for one in same)),
        repeated=any(one.repeated for one in same),
        used_up=shortest.used_up,
    )
