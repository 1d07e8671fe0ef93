"""The ledger of a vendor: what its spec captures, what a double serves of it, and what a run has seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from contract_tests.harness.running.run import Run
from contract_tests.harness.spec.facts import KINDS, Fact, Part, facts, unserved_parts
from contract_tests.harness.telling.witness import Witness

MARKS = ("documented", "public", "observed", "assumed")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One kind of fact: how many, and by name those that are missing."""

    kind: str
    captured: int
    served: int
    tested: int
    left_out: tuple[str, ...]
    """Not served, as `x-unserved` says."""
    unserved: tuple[str, ...]
    """Not served, and nothing says so."""
    untested: tuple[str, ...]
    """Served, and not seen."""

    @property
    def complete(self) -> bool:
        """Whether everything is served and tested that the spec doesn't leave out itself."""
        return not self.unserved and not self.untested


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """One vendor's rows, and what its facts rest on."""

    vendor: str
    rows: tuple[Row, ...]
    marks: Mapping[str, int]
    """How many marks of each kind the spec carries."""
    assumptions: Mapping[str, Mapping[str, Any]] = field(repr=False)
    """By id: silent, chosen, why, refuted_by, and how many facts rest on it."""

    @property
    def complete(self) -> bool:
        """Whether no row has a gap."""
        return all(row.complete for row in self.rows)

    def as_json(self) -> dict[str, Any]:
        """The ledger as JSON values."""
        rows = [{**vars(row), "complete": row.complete} for row in self.rows]
        return {
            "vendor": self.vendor,
            "complete": self.complete,
            "kinds": rows,
            "facts": dict(self.marks),
            "assumptions": {name: dict(said) for name, said in self.assumptions.items()},
        }


def ledger(run: Run, witness: Witness, served: frozenset[Part]) -> Ledger:
    """What came of a run: `served` is what the double has, the witness heard its every answer."""
    subject = witness.subject
    shown = seen(run, witness)
    known = list(facts(subject))
    left_out = frozenset(unserved_parts(subject.contract))
    assumptions = subject.contract.document.get("x-assumptions", {})
    marks = list(_marks(subject.contract.document))
    resting = Counter(mark.get("assumption") for mark in marks)
    return Ledger(
        vendor=subject.contract.vendor,
        rows=tuple(
            _row(kind, [f for f in known if f.kind == kind], served, left_out, shown) for kind in KINDS
        ),
        marks={mark: sum(said["mark"] == mark for said in marks) for mark in MARKS},
        assumptions={name: {**said, "facts": resting[name]} for name, said in assumptions.items()},
    )


def _row(
    kind: str,
    facts: list[Fact],
    served: frozenset[Part],
    left_out: frozenset[Part],
    seen: frozenset[Hashable],
) -> Row:
    there = [fact for fact in facts if fact.needs <= served or fact.shown_by & seen]
    missing = [fact for fact in facts if fact not in there]
    tested = [fact for fact in there if fact.shown_by & seen]
    return Row(
        kind=kind,
        captured=len(facts),
        served=len(there),
        tested=len(tested),
        left_out=tuple(fact.name for fact in missing if fact.needs - served <= left_out),
        unserved=tuple(fact.name for fact in missing if not fact.needs - served <= left_out),
        untested=tuple(fact.name for fact in there if fact not in tested),
    )


# ---------------------------------------------------------------- what was seen


def seen(run: Run, witness: Witness) -> frozenset[Hashable]:
    """What the run has shown of a vendor, as `Fact.shown_by` has it."""
    return frozenset(_seen(run, witness))


def _seen(run: Run, witness: Witness) -> Iterator[Hashable]:
    yield from (("success", name) for name in witness.successes)
    yield from (("status", *key) for key in witness.statuses)
    yield from (("refusal", *key) for key in witness.refusals)
    yield from witness.subject.walked
    for verdict in run.verdicts:
        if verdict.part == "examples" and not verdict.findings and verdict.problem is None:
            yield "example", verdict.operation, verdict.label


# ---------------------------------------------------------------- what it rests on


def _marks(node: Any, *, root: bool = True) -> Iterator[Mapping[str, Any]]:
    """Every x-source mark; the root's own lists documents."""
    if isinstance(node, list):
        for item in node:
            yield from _marks(item, root=False)
    elif isinstance(node, Mapping):
        for key, value in node.items():
            if key != "x-source":
                yield from _marks(value, root=False)
            elif not root:
                yield from value if isinstance(value, list) else [value]
