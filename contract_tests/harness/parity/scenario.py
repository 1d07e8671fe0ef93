"""A scenario: named steps that both servers are taken through, each with its own ids for the same things."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from contract_tests.harness.outside.kinds import Kind
from contract_tests.harness.spec.entity import Entity
from contract_tests.harness.spec.operation import Operation

Aim = Literal["base", "unknown", "record"]
"""Which record a request names: that of the base request, one that does not exist, or the scenario's own."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One request of a scenario."""

    label: str
    operation: Operation
    body: str | None = None
    """Which of the documented bodies; None for the first."""
    recipe: Mapping[str, Any] = field(default_factory=dict)
    """What makes another request of it: patch, raw, media_type, credential, vars, as in the catalogue."""
    request: Mapping[str, Any] | None = None
    """Parts that replace those of the base request, as a documented exchange has them."""
    aim: Aim = "base"
    method: str | None = None
    """Another method than the operation's."""
    beyond: str = ""
    """What the path goes on with."""
    own: bool = False
    """Whether the answer is about what the scenario itself has brought about."""
    looks: bool = False
    """Whether it only shows in which state the record is."""
    keeps: str | None = None
    """Pointer of the id of the record that it brings into being."""
    entity: Entity | None = None
    """Whose record the scenario is about, where it has a life."""
    kind: Kind | None = None
    """What the scenario is about, where it has none."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """Steps in order; `part` is reads, refusals or lifecycle."""

    name: str
    part: str
    steps: tuple[Step, ...]
    kind: str | None = None
    """What it is about, where it is about something that lives or is used."""
    mints: str | None = None
    """The kind of a thing that begins with an id which the client gives it."""
    borrows: bool = False
    """Whether it works on a record that the target names, for where none of the kind can be made there."""
    otherwise: Scenario | None = None
    """What to play where this one must not be, or has nothing to work on."""

    def calls(self, operations: frozenset[str]) -> bool:
        """Whether it calls one of these operations; whether it calls any where none is named."""
        return not operations or any(step.operation.id in operations for step in self.steps)
