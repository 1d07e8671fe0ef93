"""Cases about the lives of an entity's records: how they begin, and how they go on at random."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec.entity import Entity
from contract_tests.harness.spec.operation import Operation

LONGEST_WAY = 3  # times that an operation may have to act before it moves a record


@dataclass(frozen=True)
class Birth:
    """One operation that brings a record into being, with one of its example bodies."""

    subject: Subject
    entity: Entity
    operation: Operation
    body: str
    also: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The operation and the body."""
        return f"{whose(self.subject)}{self.operation.id}-{self.body}"


@dataclass(frozen=True)
class Life:
    """One entity."""

    subject: Subject
    entity: Entity
    operation: Operation | None
    also: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The entity."""
        return f"{whose(self.subject)}{self.entity.name}"


def births_of(entity: Entity) -> Iterator[Birth]:
    """Every operation that creates, with each body of which the spec tells the state."""
    for operation in entity.operations("creates"):
        for body in (operation.lifecycle or {})["creates"]["states"]:
            yield Birth(entity.subject, entity, operation, body)


def whose(subject: Subject) -> str:
    """How labels begin: a double's records are there, those of another server are the run's own."""
    return "" if subject.target.writing is None else "own "
