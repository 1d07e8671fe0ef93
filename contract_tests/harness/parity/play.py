"""One scenario played on both sides: request by request, compared as it goes."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field

from contract_tests.harness.acting.recipe import Impossible
from contract_tests.harness.acting.step import Step as Move
from contract_tests.harness.acting.step import mover_of
from contract_tests.harness.judging.finding import Cause, Difference, place
from contract_tests.harness.network.exchange import curl
from contract_tests.harness.network.target import BrokenAnswer
from contract_tests.harness.parity.beside import Beside
from contract_tests.harness.parity.borrowing import borrow, stand_in
from contract_tests.harness.parity.comparison import differences
from contract_tests.harness.parity.exchange import Exchange
from contract_tests.harness.parity.result import Disparity
from contract_tests.harness.parity.scenario import Scenario, Step
from contract_tests.harness.parity.side import Asked, Side
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec import pointer

NOT_ALLOWED = "it might change something there"
# After these the two sides are no longer in the same situation.
_PARTING = frozenset({"refused", "accepted", "state", "no complete answer", "another refusal"})

# These have a place in the spec for each operation, and one cause.
_EVERYWHERE = frozenset({"content type", "accepted", "another refusal", "refused"})


@dataclass
class Performance:
    """What one scenario has shown."""

    disparities: list[Disparity] = field(default_factory=list)
    shown: set[Hashable] = field(default_factory=set)
    doubted: set[Hashable] = field(default_factory=set)
    left_out: str | None = None
    """Why it could not be played, or not to its end."""
    compared: int = 0
    """Steps that were compared."""
    made: bool = False
    """Whether the target let it make something."""
    began: str | None = None
    """The state of the target's record with which it began, where that was there before."""


def play(scenario: Scenario, ours: Subject, theirs: Subject, touched: set[str]) -> Performance:
    """Take both through a scenario; Unreachable and BudgetSpent go up.

    What acts on a record that was there before, in a way that no state tells, is added to `touched`.
    """
    with ours.target.sandbox() as here, theirs.target.sandbox() as there:
        return _Play(scenario, Side(ours, here), Side(theirs, there), touched).run()


@dataclass
class _Play:
    scenario: Scenario
    ours: Side
    theirs: Side
    touched: set[str]
    seen: Performance = field(default_factory=Performance)
    last: Step | None = None
    """The last step that was to change something, what its answer showed, and whether it was refused."""
    last_shows: set[Hashable] = field(default_factory=set)
    was_refused: bool = False
    state: str | None = None

    def run(self) -> Performance:
        try:
            self._begin()
        except (Impossible, pointer.Absent) as problem:
            self.seen.left_out = self._veiled(str(problem))
            return self.seen
        for number, step in enumerate(self.scenario.steps, start=1):
            try:
                goes_on = self._step(number, step)
            except (Impossible, pointer.Absent) as problem:
                self.seen.left_out = self._veiled(f"{step.label}: {problem}")
                goes_on = False
            if not goes_on:
                break
        return self.seen

    def _begin(self) -> None:
        """Have a record on both sides where the scenario begins with one."""
        if self.scenario.mints is not None:
            self.ours.mint(self.scenario.mints)
            self.theirs.mint(self.scenario.mints)
        if self.scenario.borrows and self.scenario.kind is not None:
            first = next((step.operation for step in self.scenario.steps if not step.looks), None)
            wanted = (first.lifecycle or {}).get("from", ()) if first else ()
            self.seen.began = borrow(self.theirs, self.scenario.kind, wanted)
            stand_in(self.ours, self.scenario.kind, self.seen.began)

    def _veiled(self, text: str) -> str:
        return self.theirs.subject.keyring.veiled(text)

    def _step(self, number: int, step: Step) -> bool:
        """Play one step; whether the scenario goes on."""
        theirs = self.theirs.asked(step)
        if not self.theirs.may_send(theirs.request):
            self.seen.left_out = NOT_ALLOWED
            return False
        here = self.ours.send(step, self.ours.asked(step))
        there = self._answered(number, step, here, theirs)
        self._acted(step, there)
        if there is None:
            return False
        beside = Beside(
            self.scenario, self.ours, self.theirs, made=self.seen.made, last=self.last, state=self.state
        )
        if (why := beside.the_point(step, here, there)) is not None:
            self.seen.left_out = why
            return False
        for side, said in ((self.ours, here), (self.theirs, there)):
            side.learn(step, said)
        found = self._compared(step, here, there)
        self.seen.compared += 1
        self._note(step, here, alike=not found)
        self.seen.disparities += [self._disparity(number, step, one, here, there) for one in found]
        return not any(one.kind in _PARTING for one in found)

    def _answered(self, number: int, step: Step, here: Exchange, asked: Asked) -> Exchange | None:
        try:
            return self.theirs.send(step, asked)
        except BrokenAnswer as broken:
            got = broken.problem
            at = step.operation.pointer
            difference = Difference(kind="no complete answer", said=here.answer.summary, got=got, at=at)
            self.seen.disparities.append(self._disparity(number, step, difference, here, None))
            self.seen.compared += 1
            return None

    def _acted(self, step: Step, there: Exchange | None) -> None:
        """Take down what was done there, or may have been where no complete answer came."""
        if step.looks or (there is not None and not there.succeeded):
            return
        if not self.scenario.borrows:
            self.seen.made |= there is not None
        elif "to" not in (step.operation.lifecycle or {}) and not step.operation.reads_only:
            record = f"{self.scenario.kind} {self.theirs.record}"
            self.touched.add(f"{record}: {step.operation.id} acted on it")

    # ------------------------------------------------------------ what is compared

    def _compared(self, step: Step, here: Exchange, there: Exchange) -> list[Difference]:
        if step.looks and step.entity is not None and here.succeeded and there.succeeded:
            states = [frozenset(step.entity.states_shown(said.answer)) for said in (here, there)]
            if states[0] != states[1]:
                return [self._state(step, *states)]
        return differences(self.ours.subject.responses, here, there, own=step.own)

    def _state(self, step: Step, ours: frozenset[str], theirs: frozenset[str]) -> Difference:
        last = self.last or step
        said, got = (f"{' and '.join(sorted(shown)) or 'no state'}" for shown in (ours, theirs))
        lifecycle = f"{last.operation.pointer}/x-lifecycle"
        words = f"after {last.label} it is"
        return Difference(
            kind="state",
            said=f"{words} {said}",
            got=f"{words} {got}",
            at=lifecycle,
            of="state",
            about=(last.label,),
        )

    # ------------------------------------------------------------ what is verified

    def _note(self, step: Step, here: Exchange, *, alike: bool) -> None:
        """Take down what the double's answer shows of the contract: verified, or in doubt."""
        notes = self.seen.shown if alike else self.seen.doubted
        shows = set(self._shows(step, here))
        if step.looks and step.entity is not None:
            notes.update(self._moves(step, here))
            if not alike:  # whatever brought the record there is in doubt as well
                notes.update(self.last_shows)
        else:
            self.last, self.last_shows, self.was_refused = step, shows, not here.succeeded
        notes.update(shows)

    def _shows(self, step: Step, here: Exchange) -> Iterator[Hashable]:
        known = step.method is None and not step.beyond
        where = step.operation.id if known else None
        status = self.ours.subject.responses.place(step.operation, here.answer.status)
        if known and status is not None:
            yield "status", step.operation.id, pointer.split(status)[-1]
        if here.succeeded:
            yield "success", step.operation.id
        else:
            yield from (("refusal", where, error.id) for error in here.refusals() if error is not None)

    def _moves(self, step: Step, here: Exchange) -> Iterator[Hashable]:
        """The step in the record's life that this look shows."""
        assert step.entity is not None  # noqa: S101 - asked for looks only
        shown = step.entity.states_shown(here.answer)
        before, self.state = self.state, next(iter(shown)) if len(shown) == 1 else None
        if self.last is None or self.state is None or (self.last.keeps is None and before is None):
            return
        yield Move(
            entity=step.entity.name,
            mover=mover_of(self.last.operation),
            before=before,
            after=self.state,
            refused=self.was_refused,
        )

    def _disparity(
        self, number: int, step: Step, difference: Difference, here: Exchange, there: Exchange | None
    ) -> Disparity:
        theirs, ours = self.theirs, self.ours
        answer = there.answer if there else difference.got
        curls = theirs.subject.curls(theirs.sandbox.steps)
        request = there.request if there else None
        where = place(theirs.subject.contract, difference.at, difference.of)
        at_fault = self.last if difference.kind == "state" and self.last else step
        return Disparity(
            scenario=self.scenario.name,
            step=step.label,
            number=number,
            cause=_cause(difference, where.pointer),
            target=theirs.subject.finding("parity", at_fault.operation, difference, answer, curls, request),
            double_answer=here.answer.summary,
            double_curl=tuple(curl(sent, ours.subject.target.shown, {}) for sent in ours.sandbox.steps),
        )


def _cause(difference: Difference, at: str) -> Cause:
    """What the same difference has in common wherever it shows: mostly the place in the spec."""
    if difference.kind in _EVERYWHERE:
        return difference.kind, difference.said, difference.got
    return difference.kind, at, *difference.about
