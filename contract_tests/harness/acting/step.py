"""One step in the life of a record, as a client was seen to read it before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from contract_tests.harness.spec.operation import Operation


@dataclass(frozen=True, kw_only=True)
class Step:
    """A move that was made, or refused; a record that comes into being has no state before."""

    entity: str
    mover: str
    before: str | None
    after: str
    refused: bool = False


def mover_of(operation: Operation) -> str:
    """What to call an operation in one of its moves: its id, and the request that asks for the move."""
    asked: Mapping[str, Mapping[str, object]] = (operation.lifecycle or {}).get("request", {})
    pairs = [f"{name}={value}" for part in asked.values() for name, value in part.items()]
    return " ".join([operation.id, *pairs])
