"""What tests are about, on doubles and on records of the run's own: an operation, a limit, a life."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contract_tests.harness.acting.agreement import agreement_of
from contract_tests.harness.acting.recipe import aimed
from contract_tests.harness.network.exchange import base_draft
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec.entity import Entity
from contract_tests.harness.spec.limits import Limit
from contract_tests.harness.spec.operation import Operation

LONGEST_WAY = 3  # times that an operation may have to act before it moves a record


@dataclass(frozen=True)
class Asked:
    """One operation with one of its example bodies."""

    subject: Subject
    operation: Operation
    body: str | None
    also: tuple[str, ...] = ()
    record: str | None = None
    """The record that it is to act on, in the place of the example's."""

    @property
    def label(self) -> str:
        """The operation, the body if there are several, and the record if it is another."""
        name = f"{whose(self.subject, self.operation)}{self.operation.id}"
        record = None if self.record is None else f"of {self.record}"
        return "-".join(part for part in (name, self.body, record) if part is not None)

    @property
    def kind(self) -> tuple[str, ...]:
        """The operation and the body; all other records are of one kind."""
        return self.operation.id, str(self.body) if self.record is None else "of another record"

    @property
    def parts(self) -> dict[str, Any]:
        """The request that the example makes, about the record."""
        parts = base_draft(self.operation, self.body).parts
        lifecycle = self.operation.lifecycle or {}
        for place in () if self.record is None else (lifecycle["id"], *lifecycle.get("also", ())):
            aimed(parts, place, self.record)
        return parts

    @property
    def said(self) -> Mapping[str, Any]:
        """The operation's x-agreement."""
        return agreement_of(self.operation)


@dataclass(frozen=True)
class Fuzzed:
    """One operation under generated requests."""

    subject: Subject
    operation: Operation
    also: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The operation."""
        return f"{whose(self.subject, self.operation)}{self.operation.id}"


@dataclass(frozen=True)
class AtLimit:
    """One operation with a value at one of its limits, or beyond it."""

    subject: Subject
    operation: Operation
    limit: Limit
    also: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The operation, the place and the limit."""
        place = f"{self.limit.place}-{self.limit.name}"
        return f"{whose(self.subject, self.operation)}{self.operation.id}-{place}"

    @property
    def kind(self) -> tuple[str, ...]:
        """The operation."""
        return (self.operation.id,)


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
        return f"{whose(self.subject, self.operation)}{self.operation.id}-{self.body}"


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


def whose(subject: Subject, operation: Operation | None = None) -> str:
    """How labels begin: a double's records are there, what is written elsewhere is the run's own."""
    reads_only = operation is not None and operation.reads_only
    return "" if subject.target.writing is None or reads_only else "own "
