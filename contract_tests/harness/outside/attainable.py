"""States in which the run can have a record of its own."""

from __future__ import annotations

from contract_tests.harness.outside.lacking import Stuck
from contract_tests.harness.outside.own import LONGEST_WAY, Own
from contract_tests.harness.outside.ways import beginnings, certain, uncertain
from contract_tests.harness.spec import outcome
from contract_tests.harness.spec.entity import Entity
from contract_tests.harness.spec.operation import Operation


def attainable(own: Own, name: str) -> list[str]:
    """The states in which the run can have a record, in the spec's order; Stuck if it can have none.

    Where an operation has several outcomes, a record of the run's own shows which of them come.
    """
    known = own.belongings.reached
    if name not in known:
        entity = Entity(own.subject, name)
        starts = beginnings(entity, own.kind(name).absent)
        if not own.belongings.dry and (not starts or entity.operations("creates")):
            starts.append(own.bystander(name)[1])
        found = certain(entity, starts)
        tried: set[str] = set() if _may_probe(own, name) else set(found)
        while untried := sorted(found - tried):
            tried.add(untried[0])
            ends = [_outcome(own, entity, untried[0], move) for move in uncertain(entity, untried[0])]
            found = certain(entity, found.union(end for end in ends if end is not None))
        known[name] = [state for state in entity.said["states"] if state in found]
    return known[name]


def can_make(own: Own, name: str) -> bool:
    """Whether clients make records of this sort, so that a walk need not use up what the target names."""
    return _is_own(own, name) and bool(beginnings(Entity(own.subject, name), own.kind(name).absent))


def _may_probe(own: Own, name: str) -> bool:
    """Whether a record of the run's own can show what becomes of it: none that the target names."""
    return not own.belongings.dry and _is_own(own, name)


def _is_own(own: Own, name: str) -> bool:
    known = own.belongings.bystanders.get(name)
    return known is None or own.belongings.owns(name, known[0])


def _outcome(own: Own, entity: Entity, state: str, operation: Operation) -> str | None:
    """What becomes of a record in a state when an operation acts on it, more than once if need be."""
    one = Own(own.subject, own.sandbox)
    try:
        record_id = one.record(entity.name, state)
        for _ in range(LONGEST_WAY):
            answer = own.stage.call(operation, own.acting(operation, record_id))
            after = own.state(own.kind(entity.name), record_id)
            if after != state or not outcome.succeeded(own.subject.contract, answer):
                return after
    except Stuck:
        return None
    return None
