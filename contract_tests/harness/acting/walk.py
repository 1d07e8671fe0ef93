"""A state machine built from `x-lifecycle`: an entity's life walked at random."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any
from unittest import SkipTest, mock

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky
from hypothesis.internal.conjecture import engine
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from contract_tests.harness.acting.history import PART, History
from contract_tests.harness.outside.lacking import Stuck
from contract_tests.harness.outside.own import Own
from contract_tests.harness.running.profiles import LONGEST_WALK, Profile
from contract_tests.harness.running.saved import Saved
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec.entity import Entity
from contract_tests.harness.spec.operation import Operation

LONGEST_SHRINKING = 20  # seconds; Hypothesis would take five minutes where reads are many
MOST_KEPT = 10  # walks of earlier runs that are walked again, where none of them fails any more


class Walk(RuleBasedStateMachine):
    """One history; `entity` is set by the machine that is made of it."""

    entity: Entity
    met: list[Exception]
    records = Bundle("records")

    def __init__(self) -> None:
        super().__init__()
        self.history = History(self.entity, self.entity.subject.target.sandbox(), met=self.met)

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
    """Walk an entity's life as often and as far as the profile says; ContractBroken if it breaks.

    Where the same steps then end otherwise, what was met first is raised in an ExceptionGroup.
    """
    profile = entity.subject.profile
    if entity.subject.target.writing is not None:
        profile = profile.on_a_foreign_server
    chosen = entity.subject.derived_seed(PART, entity.name)
    life = machine(entity)
    try:
        _run(seed(chosen)(life), profile, entity.subject)
    except Flaky as flaky:
        if not life.met:
            raise
        raise ExceptionGroup("the same steps ended otherwise", life.met[:1]) from flaky


def _run(life: Any, profile: Profile, subject: Subject) -> None:
    # A walk that failed on a double may do to another server what this run must not.
    saved = subject.saved if subject.target.double else Saved()
    if saved.replays:
        # Hypothesis cuts a kept walk off at the steps of today's profile, and then drops it as mended.
        longest = replace(profile, histories=MOST_KEPT, steps=max(profile.steps, LONGEST_WALK))
        with suppress(SkipTest):  # nothing is kept
            _machine_run(life, longest, saved, Phase.reuse)
    _machine_run(life, profile, saved, Phase.generate)


def _machine_run(life: Any, profile: Profile, saved: Saved, phase: Phase) -> None:
    wanted = settings(
        max_examples=profile.histories,
        stateful_step_count=profile.steps,
        deadline=None,
        database=saved.store,
        phases=[phase] + [Phase.shrink] * profile.shrinks,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
        verbosity=Verbosity.quiet,
    )
    with mock.patch.object(engine, "MAX_SHRINKING_SECONDS", LONGEST_SHRINKING):  # there is no setting for it
        run_state_machine_as_test(life, settings=wanted)


def machine(entity: Entity) -> type[Walk]:
    """The state machine of an entity: a rule for each thing that the spec lets happen."""
    # Hypothesis keeps walks that failed by the name of the machine.
    name = f"{entity.subject.contract.vendor}_{entity.name}_life"
    return type(name, (Walk,), {"entity": entity, "met": [], **dict(_rules(entity))})


def _rules(entity: Entity) -> Iterator[tuple[str, Any]]:
    if entity.subject.target.writing is None:
        yield "adopt", _adopt(dict(entity.seeded))
    else:
        yield "begin", _begin(entity)
    for operation in entity.operations("creates"):
        yield operation.id, _create(operation)
    for operation in entity.operations("from"):
        yield operation.id, _act(operation)
        if "missing" in (operation.lifecycle or {}) and entity.unknown_ids(operation):
            yield f"{operation.id}_of_nothing", _act_on_nothing(entity, operation)
    for event in entity.backstage_events if entity.subject.target.writing is None else ():
        yield f"backstage_{event}", _happen(event)


def _adopt(seeded: dict[str, str]) -> Any:
    def adopt(self: Walk) -> Any:
        self.history.states.update(seeded)
        return multiple(*seeded)

    return initialize(target=Walk.records)(adopt)


def _begin(entity: Entity) -> Any:
    """Two records of the run's own, so that one can be looked at while the other is moved."""

    def begin(self: Walk) -> Any:
        own = Own(entity.subject, self.history.sandbox)
        kind = own.kind(entity.name)
        made = [own.make(kind) for _ in range(2)]
        for record_id in made:
            state = own.state(kind, record_id)
            if state is None:
                raise Stuck(f"{entity.name} {record_id} cannot be read after it was made")
            self.history.states[record_id] = state
        return multiple(*made)

    return initialize(target=Walk.records)(begin)


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
