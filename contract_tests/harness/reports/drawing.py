"""How the matrix of a report is drawn from a run: every fact of a spec, and what came of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from contract_tests.harness.judging.finding import Finding
from contract_tests.harness.reports.matrix import SECTIONS, Cell, Matrix, Row, State
from contract_tests.harness.reports.reasons import ALONE, Reasons
from contract_tests.harness.running.run import Run
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec import outcome
from contract_tests.harness.spec.facts import Fact, facts, unserved_parts
from contract_tests.harness.telling.coverage import seen
from contract_tests.harness.telling.witness import Witness


class Drawing:
    """One vendor's matrix; `findings` are those of the whole run, in the order of their numbers."""

    def __init__(self, run: Run, subject: Subject, findings: Sequence[Finding]) -> None:
        vendor = subject.contract.vendor
        self._contract = subject.contract
        self._reasons = Reasons(run, subject.contract)
        self._seen = seen(run, run.shown.get(vendor) or Witness(subject))
        self._facts = list(facts(subject))
        self._unserved = frozenset(unserved_parts(subject.contract))
        self._findings = {n: one for n, one in enumerate(findings, 1) if one.vendor == vendor}
        self._written: dict[int, list[str]] = {}

    def drawn(self) -> Matrix:
        """The matrix."""
        rows = [*self._rows(), *self._beside()]
        counts = {"operations": _count(row.state for row in rows if row.operation)}
        for name in SECTIONS.values():
            counts[name] = _count(cell.state for row in rows for cell in row.sections.get(name, ()))
        return Matrix(rows=tuple(rows), counts=counts)

    def _rows(self) -> Iterator[Row]:
        for fact in self._facts:
            if fact.kind == "operations":
                yield self._row(fact)

    def _row(self, fact: Fact) -> Row:
        name = fact.label
        known = self._contract.operations.get(name)
        said: Mapping[str, Any] = known.definition if known else self._left_out(name)
        about = tuple(n for n, one in self._findings.items() if name in (one.operation, *one.others))
        cell = self._cell(fact)
        return Row(
            operation=name,
            method=known.method if known else said["method"],
            path=known.path if known else said["path"],
            effect=known.effect if known else "",
            summary=said.get("summary", ""),
            state="finding" if about and cell.state != "unserved" else cell.state,
            findings=about,
            sections=self._sections(name) if known else {},
        )

    def _beside(self) -> Iterator[Row]:
        """Moves that no operation makes: those of the vendor's staff, and of time."""
        sections = {"moves": tuple(self._cells("moves", None))}
        if sections["moves"]:
            yield Row(
                operation="",
                method="",
                path="",
                effect="",
                summary="what the vendor's staff or time do",
                state=_worst(sections["moves"]),
                findings=(),
                sections=sections,
            )

    def _left_out(self, name: str) -> Mapping[str, Any]:
        known = self._contract.document["x-unserved"]["operations"]
        return next(said for said in known if said["operationId"] == name)

    def _sections(self, operation: str) -> dict[str, tuple[Cell, ...]]:
        found = {name: tuple(self._cells(kind, operation)) for kind, name in SECTIONS.items()}
        found["statuses"] = tuple(sorted(found["statuses"], key=lambda cell: cell.label))
        return {name: cells for name, cells in found.items() if cells}

    def _cells(self, kind: str, operation: str | None) -> Iterator[Cell]:
        for fact in self._facts:
            if fact.kind == kind and fact.operation == operation:
                yield self._cell(fact)

    # ------------------------------------------------------------ one cell

    def _cell(self, fact: Fact) -> Cell:
        shown = bool(fact.shown_by & self._seen)
        about = tuple(n for n, one in self._findings.items() if self._concerns(one, fact, shown=shown))
        state, why = self._state(fact, shown=shown, wrong=bool(about))
        return Cell(label=fact.label, way=fact.way, state=state, why=why, findings=about)

    def _state(self, fact: Fact, *, shown: bool, wrong: bool) -> tuple[State, str]:
        if wrong:
            return "finding", ""
        if shown:
            return "seen", ""
        if fact.needs & self._unserved:
            return "unserved", ""
        why = "; ".join(dict.fromkeys(self._reasons.of(fact)))
        return ("unchecked", why) if why else ("unseen", "")

    def _concerns(self, finding: Finding, fact: Fact, *, shown: bool) -> bool:
        """Whether a finding is about this very thing, as far as its place in the spec and its answer tell."""
        if fact.operation is not None and fact.operation not in (finding.operation, *finding.others):
            return False
        if fact.kind == "operations":
            return True
        if fact.kind == "statuses":
            status = finding.answer.partition(" ")[0]
            return fact.operation == finding.operation and status.isdecimal() and _fits(fact.label, status)
        if not any(at == fact.at or at.startswith(f"{fact.at}/") for at in self._places(finding.line)):
            return False
        # A lifecycle is one place for all the moves of an operation: those that were seen are not the ones.
        return not (shown and fact.kind in ALONE)

    def _places(self, line: int) -> Collection[str]:
        """What the spec says on a line, as pointers."""
        if line not in self._written:
            lines = self._contract.lines.items()
            self._written[line] = [place for place, written in lines if written == line]
        return self._written[line]


def _fits(pattern: str, status: str) -> bool:
    return outcome.status_fits(pattern, int(status))


def _count(states: Iterator[State]) -> tuple[int, int]:
    known = [state for state in states if state != "unserved"]
    return known.count("seen"), len(known)


def _worst(cells: Sequence[Cell]) -> State:
    order: tuple[State, ...] = ("finding", "unseen", "unchecked", "seen", "unserved")
    return min((cell.state for cell in cells), key=order.index)
