"""How far a run gets on a server that is not ours: which writes it can try with records of its own."""

from __future__ import annotations

from contract_tests.harness.outside.own import Own
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec.operation import Operation


def can_be_tried(subject: Subject, operation: Operation) -> bool:
    """Whether the run can have every record that a write acts on, as far as the spec and the target tell."""
    own = Own(subject, subject.target.sandbox())
    kinds = own.belongings.kinds.values()
    acted_on = [kind for kind in kinds if operation.id in kind.places]
    if not acted_on:
        return any(operation.id in kind.makers for kind in kinds)
    return all(kind.makers or kind.absent or own.belongings.named(kind.name) for kind in acted_on)


def own_places(subject: Subject, operation: Operation) -> set[str]:
    """Where the operation names what it acts on, or marks what it makes without telling its id."""
    kinds = Own(subject, subject.target.sandbox()).belongings.kinds.values()
    named = {place for kind in kinds for place in kind.places.get(operation.id, ())}
    makers = [kind for kind in kinds if kind.makers.get(operation.id, "") is None]
    return named | {kind.mark for kind in makers if kind.mark is not None}
