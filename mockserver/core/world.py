"""Everything that one running double shares: its store, journals, seed of chance and limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING

from mockserver.core.journal import Journal
from mockserver.core.store import Store

if TYPE_CHECKING:
    from mockserver.core.delivery import Delivery
    from mockserver.core.service import Service


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds on what strangers may send or make us keep."""

    body_bytes: int = 1_048_576
    body_seconds: float = 30.0
    journal_entries: int = 500


@dataclass(frozen=True, kw_only=True)
class World:
    """One running double. Two in one process share nothing."""

    store: Store
    delivery: Delivery
    seed: int = 0
    limits: Limits = field(default_factory=Limits)
    services: dict[str, Service] = field(default_factory=dict)
    journals: dict[str, Journal] = field(default_factory=dict)

    def journal(self, sandbox: str) -> Journal:
        """The journal of a sandbox."""
        journal = self.journals.get(sandbox)
        if journal is None:
            journal = self.journals[sandbox] = Journal(self.limits.journal_entries)
        return journal

    def call_id(self, sandbox: str) -> str:
        """An opaque name for one more request: 32 hex digits, the same in every run of the same requests."""
        turn = f"{self.seed}/{sandbox}/{self.journal(sandbox).arrival()}"
        return blake2b(turn.encode(), digest_size=16).hexdigest()
