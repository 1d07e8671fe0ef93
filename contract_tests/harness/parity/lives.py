"""Scenarios that bring something into being on both sides and lead it through its life."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from contract_tests.harness.acting.step import mover_of
from contract_tests.harness.outside.kinds import Kind, kinds
from contract_tests.harness.parity.scenario import Scenario, Step
from contract_tests.harness.running.run import Omission
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec.entity import Entity
from contract_tests.harness.spec.operation import Operation

PART = "lifecycle"
NO_BEGINNING = "no operation makes one and tells its id"


def lives(subject: Subject) -> Iterator[Scenario | Omission]:
    """Every way in which something begins, then every operation on it, and every other one after that.

    Where the target names records of a kind, the same follows for one of them: it is to be played only if
    none of that kind could be made.
    """
    for kind in kinds(subject.contract).values():
        found: list[Scenario] = []
        if kind.has_life:
            found += _entity(Entity(subject, kind.name), kind)
        found = found or list(_without_a_life(subject, kind))
        found += _borrowed(subject, kind)
        yield from (replace(one, kind=kind.name) for one in found)
        if not found:
            yield Omission(subject.contract.vendor, PART, kind.name, _why_none(kind))


def _why_none(kind: Kind) -> str:
    return NO_BEGINNING + (f": give resources.{kind.name} in duble.toml" if kind.places else "")


def _entity(entity: Entity, kind: Kind) -> Iterator[Scenario]:
    for creating in entity.operations("creates"):
        for body in (creating.lifecycle or {})["creates"]["states"]:
            birth = _birth(creating, body, entity=entity)
            yield from _life(f"{creating.id} {body}", entity, (birth, _look(entity)))
    if kind.absent is not None:  # clients give the ids: a new one is the name of what is not there yet
        yield from _life(f"new {entity.name}", entity, (_look(entity),), mints=kind.name)


def _borrowed(subject: Subject, kind: Kind) -> Iterator[Scenario]:
    """What begins with a record that the target names."""
    writing = subject.target.writing
    if writing is None or not kind.places or not writing.of(subject.contract.vendor).named(kind.name):
        return
    name = f"{kind.name} of resources"
    if kind.has_life:
        entity = Entity(subject, kind.name)
        found = list(_life(name, entity, (_look(entity),)))
    else:
        found = [_used(f"{name}, then {used}", (), subject, kind, used) for used in kind.places]
    for one in found:
        yield replace(one, borrows=True, steps=tuple(replace(step, own=False) for step in one.steps))


def _life(name: str, entity: Entity, begun: tuple[Step, ...], mints: str | None = None) -> Iterator[Scenario]:
    """The beginning, and the beginning followed by each operation and then by all of them."""
    yield Scenario(name=name, part=PART, steps=begun, mints=mints)
    acting = entity.operations("from")
    for first in acting:
        later = (first, *(other for other in acting if other is not first))
        steps = [step for operation in (first, *later) for step in (_act(entity, operation), _look(entity))]
        title = f"{name}, then {mover_of(first)}"
        yield Scenario(name=title, part=PART, steps=(*begun, *steps), mints=mints)


def _without_a_life(subject: Subject, kind: Kind) -> Iterator[Scenario]:
    """Something that only is there, or is not: made, then used by each operation that names it, twice."""
    operations = subject.contract.operations
    for name, at in kind.makers.items():
        if at is None:
            continue
        made = _birth(operations[name], None, keeps=at)
        yield Scenario(name=name, part=PART, steps=(made,))
        for used in kind.places:
            yield _used(f"{name}, then {used}", (made,), subject, kind, used)


def _used(name: str, begun: tuple[Step, ...], subject: Subject, kind: Kind, operation: str) -> Scenario:
    used = subject.contract.operations[operation]
    step = Step(label=operation, operation=used, aim="record", own=True, kind=kind)
    return Scenario(name=name, part=PART, steps=(*begun, step, step))


def _birth(
    creating: Operation, body: str | None, *, entity: Entity | None = None, keeps: str | None = None
) -> Step:
    place = keeps or (creating.lifecycle or {})["creates"]["id"]
    label = creating.id if body is None else f"{creating.id} {body}"
    return Step(label=label, operation=creating, body=body, own=True, keeps=place, entity=entity)


def _act(entity: Entity, operation: Operation) -> Step:
    return Step(label=mover_of(operation), operation=operation, aim="record", own=True, entity=entity)


def _look(entity: Entity) -> Step:
    return Step(
        label=f"{entity.observer.id} shows it",
        operation=entity.observer,
        aim="record",
        own=True,
        looks=True,
        entity=entity,
    )
