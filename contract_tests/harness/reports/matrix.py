"""What of a vendor's contract a run has seen: operations by status, refusal and move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

State = Literal["seen", "finding", "unseen", "unserved", "unchecked"]
"""Shown by an answer; wrong; not met although looked for; left out by the spec; not looked for."""

SECTIONS = {
    "statuses": "statuses",
    "errors of operations": "errors",
    "moves": "moves",
    "refused moves": "refused moves",
}
"""Kinds of facts that a row shows, and what they are called there."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One thing that the contract says of an operation, and what came of it."""

    label: str
    way: str
    """Which of several moves of the operation, or which event, it belongs to; empty if there is one."""
    state: State
    why: str = ""
    """Why it was not looked for."""
    findings: tuple[int, ...] = ()
    """Numbers of the findings that are about it, counted from 1."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One operation, or what belongs to none (`operation` is empty)."""

    operation: str
    method: str
    path: str
    effect: str
    summary: str
    state: State
    findings: tuple[int, ...]
    """Numbers of the findings that name the operation."""
    sections: Mapping[str, tuple[Cell, ...]]
    """Cells by the names of SECTIONS."""

    @property
    def is_gap(self) -> bool:
        """Whether something of it is wrong, or was looked for and not seen."""
        cells = [cell.state for cells in self.sections.values() for cell in cells]
        return bool(self.findings) or not {"finding", "unseen"}.isdisjoint((self.state, *cells))


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """One vendor's operations."""

    rows: tuple[Row, ...]
    counts: Mapping[str, tuple[int, int]] = field(repr=False)
    """By the name of a section, and of `operations`: how many were seen, and of how many."""

    def as_json(self) -> dict[str, Any]:
        """The matrix as JSON values."""
        return {
            "counts": {name: {"seen": seen, "of": of} for name, (seen, of) in self.counts.items()},
            "operations": [
                {
                    "operation": row.operation,
                    "method": row.method,
                    "path": row.path,
                    "state": row.state,
                    "findings": list(row.findings),
                    **{name: [_plain(cell) for cell in cells] for name, cells in row.sections.items()},
                }
                for row in self.rows
            ],
        }


def _plain(cell: Cell) -> dict[str, Any]:
    said: dict[str, Any] = {"label": f"{cell.way} {cell.label}".strip(), "state": cell.state}
    if cell.why:
        said["why"] = cell.why
    if cell.findings:
        said["findings"] = list(cell.findings)
    return said
