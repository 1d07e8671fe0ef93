"""A state machine built from `x-lifecycle`: an entity's life walked at random."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from contract_tests.harness.entity import Entity
from contract_tests.harness.history import PART, History
from contract_tests.harness.operation import Operation


class Walk(RuleBasedStateMachine):
    """One history; `entity` is set by the machine that is made of it."""

    entity: Entity
    records = Bundle("records")

    def __init__(self) -> None:
        super().__init__()
        self.history = History(self.entity, self.entity.subject.target.sandbox())

    @invariant()
    def everything_reads_as_it_should(self) -> None:
        """After every step."""
        self.history.look_around()

    def teardown(self) -> None:
        """Look at every record once more, and forget the sandbox."""
        try:
            if not self.history.broken:
                self.history.observe(*self.history.states)
        finally:
            self.history.sandbox.__exit__(None, None, None)


def walk(entity: Entity) -> None:
    """Walk an entity's life as often and as far as the profile says; ContractBroken if it breaks."""
    profile = entity.subject.profile
    chosen = entity.subject.derived_seed(PART, entity.name)
    run_state_machine_as_test(
        seed(chosen)(machine(entity)),
        settings=settings(
            max_examples=profile.histories,
            stateful_step_count=profile.steps,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink) if profile.shrinks else (Phase.generate,),
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
            print_blob=False,
            verbosity=Verbosity.quiet,
        ),
    )


def machine(entity: Entity) -> type[Walk]:
    """The state machine of an entity: a rule for each thing that the spec lets happen."""
    return type(f"{entity.name}_life", (Walk,), {"entity": entity, **dict(_rules(entity))})


def _rules(entity: Entity) -> Iterator[tuple[str, Any]]:
    yield "adopt", _adopt(dict(entity.seeded))
    for operation in entity.operations("creates"):
        yield operation.id, _create(operation)
    for operation in entity.operations("from"):
        yield operation.id, _act(operation)
        if "missing" in (operation.lifecycle or {}):
            yield f"{operation.id}_of_nothing", _act_on_nothing(entity, operation)
    for event in entity.backstage_events:
        yield f"backstage_{event}", _happen(event)


def _adopt(seeded: dict[str, str]) -> Any:
    def adopt(self: Walk) -> Any:
        self.history.states.update(seeded)
        return multiple(*seeded)

    return initialize(target=Walk.records)(adopt)


def _create(operation: Operation) -> Any:
    bodies = list((operation.lifecycle or {})["creates"]["states"])

    def create(self: Walk, body: str) -> str:
        return self.history.create(operation, body)

    return rule(target=Walk.records, body=st.sampled_from(bodies))(create)


def _act(operation: Operation) -> Any:
    bodies: list[str | None] = [*operation.bodies] or [None]

    def act(self: Walk, record_id: str, body: str | None) -> None:
        self.history.act(operation, record_id, body)

    return rule(record_id=Walk.records, body=st.sampled_from(bodies))(act)


def _act_on_nothing(entity: Entity, operation: Operation) -> Any:
    def act_on_nothing(self: Walk, record_id: Any) -> None:
        self.history.act_on_nothing(operation, record_id)

    return rule(record_id=st.sampled_from(entity.unknown_ids(operation)))(act_on_nothing)


def _happen(event: str) -> Any:
    def happen(self: Walk, record_id: str) -> None:
        self.history.happen(event, record_id)

    return rule(record_id=Walk.records)(happen)
