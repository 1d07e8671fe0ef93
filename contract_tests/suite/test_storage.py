"""What is sent is kept as it was sent, the second time as well, and what is left out stays as it was."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from contract_tests.harness.acting.agreement import PART, Exchange, agreement_of
from contract_tests.harness.acting.reading import Reading
from contract_tests.harness.acting.recipe import Impossible, Stage
from contract_tests.harness.acting.round_trip import Reads, changed_unasked, told_otherwise
from contract_tests.harness.acting.telling import MIXED, Telling, left_out, tellings
from contract_tests.harness.judging import verdict
from contract_tests.harness.judging.finding import Difference
from contract_tests.harness.network.exchange import Answer, base_draft
from contract_tests.harness.network.target import ControlRefused, Sandbox
from contract_tests.harness.outside.foreign import names_what_it_is_told
from contract_tests.harness.outside.kinds import anywhere
from contract_tests.harness.outside.lacking import Stuck, may_lack
from contract_tests.harness.outside.own import Own
from contract_tests.harness.outside.reach import can_be_tried, own_places
from contract_tests.harness.running.plugin import each
from contract_tests.harness.running.run import Run
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec.operation import Operation

__all__ = ["PART"]


@dataclass(frozen=True)
class Stored:
    """One write with a telling value in the place of an example's; None where it has no place for any."""

    subject: Subject
    operation: Operation
    telling: Telling | None
    does: str = "keeps"

    @property
    def label(self) -> str:
        """The operation, the place and the value."""
        what = f" {self.telling.place}-{self.telling.name}" if self.telling else ""
        return f"{self.operation.id} {self.does}{what}"

    @property
    def kind(self) -> tuple[str, ...]:
        """The operation and the place: of several values, the seed chooses one."""
        return (self.operation.id, self.does, self.telling.place if self.telling else "")

    @property
    def also(self) -> tuple[str, ...]:
        """The reads after it."""
        return tuple(read["operation"] for read in self.said.get("reads", ()))

    @property
    def said(self) -> Mapping[str, Any]:
        """The operation's x-agreement."""
        return agreement_of(self.operation)

    @property
    def body(self) -> str | None:
        """The example body."""
        return self.telling.body if self.telling else next(iter(self.operation.bodies), None)


# ---------------------------------------------------------------- cases


def storing(run: Run) -> Iterator[Stored]:
    """Every telling value of every write.

    On a server that is not ours, where each leaves a record behind, one for each place.
    """
    for subject, operation in _writes(run):
        found = _tellings(subject, operation)
        if not subject.target.double:
            found = _one_for_each_place(subject, operation, found)
        yield from (Stored(subject, operation, telling) for telling in found)


def repeating(run: Run) -> Iterator[Stored]:
    """Writes that may be sent again to the same record, in the end with another value if there is any."""
    for subject, operation in _writes(run):
        if _acts_again(operation):
            found = _one_for_each_place(subject, operation, _tellings(subject, operation))
            yield Stored(subject, operation, next(iter(found), None), "again")


def keeping(run: Run) -> Iterator[Stored]:
    """Writes that leave alone what they are not told of."""
    for subject, operation in _writes(run):
        yield from (Stored(subject, operation, telling, "without") for telling in left_out(operation))


def _writes(run: Run) -> Iterator[tuple[Subject, Operation]]:
    """The writes that a run may send, and of which something is to be seen afterwards."""
    for subject in run.subjects:
        for operation in subject.contract.operations.values():
            said = agreement_of(operation)
            if operation.reads_only or not operation.secured or said.keys().isdisjoint({"shows", "reads"}):
                continue
            own = subject.target.writing and "given" not in said and can_be_tried(subject, operation)
            if subject.target.double or own:
                yield subject, operation


def _tellings(subject: Subject, operation: Operation) -> list[Telling]:
    taken = set() if subject.target.double else own_places(subject, operation)
    found = tellings(subject.responses, subject.contract, operation)
    return [telling for telling in found if not {telling.place, anywhere(telling.place)} & taken]


def _one_for_each_place(subject: Subject, operation: Operation, found: list[Telling]) -> list[Telling]:
    by_place: dict[str, list[Telling]] = {}
    for telling in found:
        by_place.setdefault(telling.place, []).append(telling)
    chosen = []
    for place, alike in by_place.items():
        most = [telling for telling in alike if telling.name == MIXED] or alike
        chosen.append(most[subject.derived_seed("telling", operation.id, place) % len(most)])
    return chosen


def _acts_again(operation: Operation) -> bool:
    """Whether the spec says so, or that the record is afterwards in a state in which the operation acts."""
    lives = [move.lifecycle or {} for move in operation.moves]
    stays = all("from" in life and "to" not in life for life in lives)
    return bool(agreement_of(operation).get("again", stays and bool(lives)))


# ---------------------------------------------------------------- tests


@each(storing)
def test_a_value_is_kept_as_it_was_sent(case: Stored) -> None:
    """The answer and every documented read show it, whatever a careless store would make of it."""
    assert case.telling is not None
    with case.subject.target.sandbox() as sandbox:
        parts, reads = _prepared(case, sandbox)
        exchange = _sent(case, sandbox, case.telling.into(parts))
        if exchange is not None:
            _hold(case, sandbox, exchange, reads)


@each(repeating)
def test_a_second_write_counts_as_much_as_the_first(case: Stored) -> None:
    """The same again succeeds again, and with another value the reads show that one."""
    with case.subject.target.sandbox() as sandbox:
        parts, reads = _prepared(case, sandbox)
        if _sent(case, sandbox, parts) is None:
            return
        again = _sent(case, sandbox, parts, second=True)
        assert again is not None
        _hold(case, sandbox, again, reads)
        other = case.telling and _sent(case, sandbox, case.telling.into(parts))
        if other:
            _hold(case, sandbox, other, reads)


@each(keeping)
def test_what_is_left_out_stays_as_it_was(case: Stored) -> None:
    """Every documented read that shows it shows what it showed before."""
    assert case.telling is not None
    with case.subject.target.sandbox() as sandbox:
        parts, reads = _prepared(case, sandbox)
        exchange = _sent(case, sandbox, case.telling.into(parts))
        if exchange is not None:
            for answer, difference in changed_unasked(case.operation, case.telling.place, exchange, reads):
                _break(case, sandbox, answer, difference)


# ---------------------------------------------------------------- requests


def _prepared(case: Stored, sandbox: Sandbox) -> tuple[dict[str, Any], Reads]:
    """The request, once everything is done that comes before it, and the reads after it; Stuck."""
    double, named = case.subject.target.double, frozenset[str]()
    if double:
        parts = base_draft(case.operation, case.body).parts
    else:
        own = Own(case.subject, sandbox)
        parts = own.parts(case.operation, case.body)
        named = own.named(case.operation, parts)
    _before(case, sandbox)
    reads = [
        (index, Reading(case.subject, sandbox, said, named))
        for index, said in enumerate(case.said.get("reads", ()))
        if case.body in said.get("bodies", [case.body])
        if double or names_what_it_is_told(case.subject, said)
    ]
    return parts, [(index, read, read.before(parts)) for index, read in reads]


def _before(case: Stored, sandbox: Sandbox) -> None:
    stage = Stage(case.subject, sandbox)
    try:
        for step in case.said.get("given", ()):
            stage.step(step)
    except (Impossible, ControlRefused) as problem:
        raise Stuck(str(problem)) from problem


def _sent(
    case: Stored, sandbox: Sandbox, parts: Mapping[str, Any], *, second: bool = False
) -> Exchange | None:
    """The exchange as it was on the wire; None where a refusal says of valid data that it is not wanted here.

    Not so the second time: what was wanted a moment ago still is.
    """
    answer = Stage(case.subject, sandbox).call(case.operation, parts)
    found = verdict.against_success(case.subject, case.operation, answer)
    if found is not None and not second and may_lack(case.subject, case.operation, answer):
        return None
    if found is not None:
        _break(case, sandbox, answer, found)
    sent = answer.request.body if answer.request else None
    return Exchange({**parts, "body": json.loads(sent)} if sent else parts, answer)


def _hold(case: Stored, sandbox: Sandbox, exchange: Exchange, reads: Reads) -> None:
    for answer, difference in told_otherwise(case.operation, exchange, reads):
        _break(case, sandbox, answer, difference)


def _break(case: Stored, sandbox: Sandbox, answer: Answer, difference: Difference) -> NoReturn:
    raise case.subject.broken(PART, case.operation, difference, answer, sandbox, case.also)
