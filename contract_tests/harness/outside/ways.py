"""Ways through the life of a record: which operations of a client lead from one state to another."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping

from contract_tests.harness.spec.entity import Entity
from contract_tests.harness.spec.operation import Operation


def beginnings(entity: Entity, absent: str | None) -> list[str]:
    """The states in which a client's new records begin; `absent` is that of an id which nobody has used."""
    states = {
        state: None
        for operation in entity.operations("creates")
        for state in (operation.lifecycle or {})["creates"]["states"].values()
    }
    return [*states, *([absent] if absent else [])]


def way(entity: Entity, start: str, goals: Collection[str]) -> list[Operation] | None:
    """The fewest moves of a client from a state to one of the goals; None where there is no way.

    A move with several outcomes counts as leading to each of them: whoever walks looks where he is.
    """
    found: dict[str, list[Operation]] = {start: []}
    waiting = deque([start])
    while waiting:
        state = waiting.popleft()
        if state in goals:
            return found[state]
        for operation, after, _ in _moves(entity, state):
            if after not in found:
                found[after] = [*found[state], operation]
                waiting.append(after)
    return None


def certain(entity: Entity, starts: Collection[str]) -> set[str]:
    """States to which a client surely brings a record that begins in one of some states."""
    found = set(starts)
    while True:
        more = {after for state in found for _, after, sure in _moves(entity, state) if sure} - found
        if not more:
            return found
        found |= more


def uncertain(entity: Entity, state: str) -> list[Operation]:
    """Operations that the record itself lets lead from a state to one of several."""
    return list(dict.fromkeys(operation for operation, _, sure in _moves(entity, state) if not sure))


def drifts(entity: Entity, start: str) -> set[str]:
    """States to which the vendor's staff, or time, may have brought a record meanwhile."""
    events = entity.said.get("events", {}).values()
    found = {start}
    while True:
        more = {event["to"] for event in events if found & set(event["from"])} - found
        if not more:
            return found - {start}
        found |= more


def _moves(entity: Entity, state: str) -> Iterator[tuple[Operation, str, bool]]:
    """Operations with the states to which they lead, and whether that is sure."""
    for operation in entity.operations("from"):
        lifecycle = operation.lifecycle or {}
        to = lifecycle.get("to")
        if state not in lifecycle["from"] or to is None:
            continue
        if isinstance(to, Mapping):
            to = to.get(state, [])
        ends = [to] if isinstance(to, str) else to
        yield from ((operation, after, len(ends) == 1) for after in ends)
