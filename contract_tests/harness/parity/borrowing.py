"""A record that the target names, and one of the double's in the same state: for where none can be made.

In which state it was stands in the ledger before anything is done to it, so that it is brought back after the
run, or told.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress

from contract_tests.harness.acting.recipe import Impossible
from contract_tests.harness.network.target import BrokenAnswer
from contract_tests.harness.outside.kinds import Kind
from contract_tests.harness.outside.lacking import Stuck
from contract_tests.harness.outside.own import Own
from contract_tests.harness.parity.side import Side
from contract_tests.harness.spec.entity import Entity


def borrow(theirs: Side, name: str, wanted: Collection[str]) -> str | None:
    """Let a scenario work on a record of a kind that the target names, best on one in a wanted state.

    Its state, None for something without a life; Impossible if the target shows none of them.
    """
    own = Own(theirs.subject, theirs.sandbox)
    kind = own.kind(name)
    named = own.belongings.named(name)
    if not kind.has_life:
        theirs.record = named[0]
        return None
    found: dict[str, str] = {}
    for record_id in named:
        state = _as_it_was(own, kind, record_id)
        if state is not None:
            found[record_id] = state
        if state in wanted:
            break
    if not found:
        raise Impossible(f"the target shows no state of {', '.join(named)} (resources.{name})")
    theirs.record = min(found, key=lambda record_id: found[record_id] not in wanted)
    theirs.names.learn([theirs.record])
    return found[theirs.record]


def stand_in(ours: Side, name: str, state: str | None) -> None:
    """Let the scenario work on the double's first record in a state; Impossible if its seed has none.

    Something without a life is what the double's own example names.
    """
    if state is None:
        return
    seeded = Entity(ours.subject, name).seeded
    ours.record = next((record_id for record_id, shown in seeded if shown == state), None)
    if ours.record is None:
        raise Impossible(f"the double's seed has no {name} in state {state}")
    ours.names.learn([ours.record])


def _as_it_was(own: Own, kind: Kind, record_id: str) -> str | None:
    """The record's state, brought back to what it was before the run if need be; None if nobody can tell."""
    ledger = own.belongings.ledger
    named = (own.subject.contract.vendor, kind.name, record_id)
    try:
        state = own.state(kind, record_id)
        if state is None:
            return None
        ledger.find(named, state)
        before = ledger.entries.found[named]
        if state == before:
            return state
        with suppress(Stuck):  # what it is now will do
            own.bring(kind, record_id, [before])
        return own.state(kind, record_id)
    except BrokenAnswer as broken:
        raise Impossible(broken.problem) from broken
