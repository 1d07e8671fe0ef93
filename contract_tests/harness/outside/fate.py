"""What may become of the records that a target names, and whether they can be brought back, by the spec."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from contract_tests.harness.outside.kinds import Kind
from contract_tests.harness.outside.ways import way
from contract_tests.harness.running.run import Run
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec.entity import Entity

READ = "is only read"
NEW_IDS = "is only read: new ones get ids of the run's own"
BACK = "is brought back to the state in which it is found"


@dataclass(frozen=True, kw_only=True)
class Fate:
    """What a run that may write may do to one record of `resources` in duble.toml."""

    vendor: str
    kind: str
    id: str
    resource: str
    """The name in `resources` under which it stands."""
    brought_back: bool
    """Whether the run leaves it as it was, whatever state that is."""
    why: str

    def __str__(self) -> str:
        return f"{self.vendor} {self.kind} {self.id} (resources.{self.resource}): {self.why}"

    def as_json(self) -> dict[str, Any]:
        """The fate in JSON values."""
        return asdict(self)


def fates(run: Run) -> list[Fate]:
    """The fate of every named record, in the order of duble.toml; none where nothing is written.

    Nothing is asked of the server, so that a record may be in any of its states.
    """
    return [fate for subject in run.subjects for fate in _of(run, subject)]


def _of(run: Run, subject: Subject) -> Iterator[Fate]:
    if subject.target.writing is None:
        return
    belongings = subject.target.writing.of(subject.contract.vendor)
    for resource, ids in belongings.resources.items():
        fitting = [kind for kind in belongings.kinds.values() if resource in belongings.names(kind.name)]
        told = {kind.name: _told(run, subject, kind) for kind in fitting} or {resource: (True, READ)}
        for found in ids:
            for name, (brought_back, why) in told.items():
                yield Fate(
                    vendor=subject.contract.vendor,
                    kind=name,
                    id=found,
                    resource=resource,
                    brought_back=brought_back,
                    why=why,
                )


def _told(run: Run, subject: Subject, kind: Kind) -> tuple[bool, str]:
    """Whether a record of a kind can be brought back, and in words what may become of it."""
    operations = subject.contract.operations
    if not any(run.wants(operations[name]) for name in kind.places):
        return True, READ
    if kind.absent is not None:
        return True, NEW_IDS
    lasting = [*_ends(subject, kind), *_traces(subject, kind)]
    makers = " and ".join(kind.makers)
    used = f"used only if the server refuses {makers}: " if makers else ""
    return not lasting, used + ("; ".join(lasting) or BACK)


def _ends(subject: Subject, kind: Kind) -> Iterator[str]:
    """States to which the vendor's operations may lead, and from which none leads back."""
    if not kind.has_life:
        return
    entity = Entity(subject, kind.name)
    states = list(entity.said["states"])
    for end in states:
        others = [state for state in states if state != end]
        before = [state for state in others if way(entity, state, [end]) and not way(entity, end, [state])]
        if before:
            yield f"may end in {end}, and no operation leads back to {' or '.join(before)}"


def _traces(subject: Subject, kind: Kind) -> Iterator[str]:
    """Operations that act on one and of which no state tells."""
    acting = [subject.contract.operations[name] for name in kind.places]
    untold = [
        operation.id
        for operation in acting
        if not operation.reads_only
        and not any(
            "to" in move.lifecycle
            for move in operation.moves
            if move.lifecycle and move.lifecycle["entity"] == kind.name
        )
    ]
    if untold:
        yield f"what {', '.join(untold)} may change in it is not undone"
