"""Answers that say nothing about each other, because they are about what only one of the servers holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from contract_tests.harness.acting.step import mover_of
from contract_tests.harness.judging.validity import meets_valid_data
from contract_tests.harness.network.credentials import NONE, WRONG
from contract_tests.harness.outside.ways import uncertain
from contract_tests.harness.parity.exchange import Exchange
from contract_tests.harness.parity.scenario import Scenario, Step
from contract_tests.harness.parity.side import Side
from contract_tests.harness.spec.operation import Operation

NOTHING_THERE = "the target holds nothing that it could show"


@dataclass(frozen=True)
class Beside:
    """The two sides in the middle of a scenario."""

    scenario: Scenario
    ours: Side
    theirs: Side
    made: bool
    """Whether it has made something at the target."""
    last: Step | None
    """What was done last."""
    state: str | None
    """The state of the record before that."""

    def the_point(self, step: Step, here: Exchange, there: Exchange) -> str | None:
        """Why two answers say nothing about each other; None where they do."""
        if step.looks and self._has_ends_of_its_own(step):
            return f"{self.last.label if self.last else step.label}: where it leads depends on the record"
        if here.succeeded and there.succeeded:
            return NOTHING_THERE if _holds(here) and not _holds(there) and not step.own else None
        if self.scenario.kind is not None:
            return self._in_a_life(step, here, there)
        return None if step.aim == "unknown" or there.succeeded else self._alone(step, here, there)

    def _has_ends_of_its_own(self, step: Step) -> bool:
        """Whether the last move leads to one state or another, as a record has it that was there before."""
        if not self.scenario.borrows or step.entity is None or self.last is None or self.state is None:
            return False
        return any(self.last.label == mover_of(move) for move in uncertain(step.entity, self.state))

    def _alone(self, step: Step, here: Exchange, there: Exchange) -> str | None:
        """Why the target's refusal of a single request says nothing."""
        error = there.refusals()[0]
        if error is None or (not here.succeeded and error == here.refusals()[0]):
            return None
        if not self._depends_on_data(step.operation, error.id):
            return None
        if self.theirs.names_known_record(step, there.parts) and not _depends_on_who_asks(
            step.operation, error.id
        ):
            return None
        return f"refused there as {error.id}: {self.theirs.remedy(step)}"

    def _in_a_life(self, step: Step, here: Exchange, there: Exchange) -> str | None:
        """Why a refusal by one side says nothing of the other.

        What the scenario has made itself is the same on both. What it needs to make it may be missing, and
        a record that was there before may differ in more than its state.
        """
        if step.looks or self.made:
            return None
        errors = [None if said.succeeded else said.refusals()[0] for said in (here, there)]
        if errors[0] == errors[1]:
            return None
        for who, error in zip(("by the double", "there"), errors, strict=True):
            if error is not None and self._is_about_data(step, error.id):
                return f"refused {who} as {error.id}: {self._remedy(step)}"
        return None

    def _is_about_data(self, step: Step, error: str) -> bool:
        """Whether a refusal may be about data, and not about a state that both records are in."""
        lifecycle = step.operation.lifecycle or {}
        if error == lifecycle.get("missing"):
            return False
        of_states = {lifecycle.get("otherwise")}
        if step.entity is not None:
            states = step.entity.said["states"]
            refusals = (step.entity.refusal_in(step.operation, state) for state in states)
            of_states |= {refusal.id for refusal in refusals if refusal is not None}
        if error not in of_states:
            return self._depends_on_data(step.operation, error)
        return self._depends_on_data(_without_states(step.operation, error), error)

    def _remedy(self, step: Step) -> str:
        named = f"resources.{self.scenario.kind}"
        if self.scenario.borrows:
            return f"{self.theirs.record} of {named} may differ in more than its state: name another one"
        return f"give `values` for {step.operation.id}, or {named}, in duble.toml"

    def _depends_on_data(self, operation: Operation, error: str) -> bool:
        """Whether a refusal is the right answer to this request for other records or other people."""
        responses = self.ours.subject.responses
        listed = [own for own in operation.errors if own.error.id == error]
        return _depends_on_who_asks(operation, error) or any(
            meets_valid_data(responses, operation, own) for own in listed
        )


def _holds(said: Exchange) -> bool:
    """Whether an answer shows anything beyond that it is a success."""
    if not said.answer.is_json:
        return bool(said.answer.body)
    where = said.contract.document["x-outcome"]["success"].get("where", {})
    return any(f"/{name}" not in where and _has_scalar(value) for name, value in _top(said.answer.json))


def _top(body: object) -> Iterator[tuple[str, object]]:
    yield from body.items() if isinstance(body, dict) else [("", body)]


def _has_scalar(value: object) -> bool:
    waiting = [value]  # no recursion: the server decides how deep it goes
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            waiting += found.values()
        elif isinstance(found, list):
            waiting += found
        elif found is not None:
            return True
    return False


def _without_states(operation: Operation, error: str) -> Operation:
    """The operation with no other recipes of a refusal than those that only ask for something else."""
    found = [
        replace(listed, provoke=[one for one in listed.provoke if one.keys() <= {"patch", "vars"}])
        for listed in operation.errors
        if listed.error.id == error and isinstance(listed.provoke, list)
    ]
    return replace(operation, errors=tuple(listed for listed in found if listed.provoke))


def _depends_on_who_asks(operation: Operation, error: str) -> bool:
    """Whether only other people's credentials lead to a refusal."""
    recipes = [
        recipe
        for listed in operation.errors
        if listed.error.id == error and isinstance(listed.provoke, list)
        for recipe in listed.provoke
    ]
    shown = {recipe.get("credential", NONE) for recipe in recipes}
    return bool(shown) and shown.isdisjoint({NONE, WRONG})
