"""Trouble on order: rules that make a double fail as the vendor or the network would."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from mockserver.core.ids import Ids
from mockserver.core.records import Record, Table
from mockserver.core.store import Transaction

Spoil = Literal["drop", "truncate", "malformed"]


class FaultRule(Record, frozen=True):
    """One rule; what is None does not restrict, or does not happen.

    `status` or `error` (catalogue id) replaces the answer, `latency_ms` delays it, `spoil` damages it on
    the way out. `times` counts down; `probability` with `seed` makes it happen now and then, on every
    run alike.
    """

    id: str
    vendor: str | None = None
    operation: str | None = None
    status: int | None = None
    error: str | None = None
    latency_ms: int = 0
    spoil: Spoil | None = None
    times: int | None = None
    probability: float = 1.0
    seed: int = 0
    hits: int = 0


FAULTS: Table[FaultRule] = Table("faults", FaultRule)


async def struck(transaction: Transaction, ids: Ids, vendor: str, operation: str) -> FaultRule | None:
    """The first rule that strikes this request; its count is kept in the transaction."""
    rules: Any = await transaction.between(FAULTS, "", None, None, down=False)
    for rule in list(rules):
        if not _concerns(rule, vendor, operation):
            continue
        if rule.probability < 1.0 and await ids.roll(rule.id, rule.seed) >= rule.probability:
            continue
        await transaction.put(FAULTS, msgspec.structs.replace(rule, hits=rule.hits + 1))
        found: FaultRule = rule
        return found
    return None


def _concerns(rule: FaultRule, vendor: str, operation: str) -> bool:
    return (
        (rule.vendor is None or rule.vendor == vendor)
        and (rule.operation is None or rule.operation == operation)
        and (rule.times is None or rule.hits < rule.times)
    )
