"""Any write to a record of the run's own meets an answer that the spec documents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from contract_tests.harness.acting.cases import AtLimit, Fuzzed
from contract_tests.harness.acting.fuzzing import PART, Fuzzing
from contract_tests.harness.acting.recipe import Stage
from contract_tests.harness.judging import verdict
from contract_tests.harness.judging.finding import ContractBroken
from contract_tests.harness.judging.grouping import distinct
from contract_tests.harness.judging.trespass import accepted_beyond
from contract_tests.harness.judging.validity import fits
from contract_tests.harness.network.exchange import Answer
from contract_tests.harness.network.login import login_of
from contract_tests.harness.outside.aim import MOST, Aim
from contract_tests.harness.outside.kinds import anywhere
from contract_tests.harness.outside.lacking import Stuck, lacking, matching, may_lack
from contract_tests.harness.outside.own import Own
from contract_tests.harness.outside.reach import can_be_tried, own_places
from contract_tests.harness.running.plugin import each
from contract_tests.harness.running.run import Omission, Run
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec import outcome, pointer
from contract_tests.harness.spec.contract import covers
from contract_tests.harness.spec.limits import Limit, limits, trespasses
from contract_tests.harness.spec.operation import Operation

NOT_OURS = "it acts on what is neither the run's own nor named in resources of duble.toml"


@dataclass(frozen=True)
class Valid:
    """A request that keeps the contract: an example of the spec, or one with a value at its limit."""

    subject: Subject
    operation: Operation
    body: str | None = None
    limit: Limit | None = None
    also: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The operation, and the example or the limit."""
        detail = f"{self.limit.place}-{self.limit.name}" if self.limit else self.body
        return f"own {self.operation.id}" + (f"-{detail}" if detail else "")

    @property
    def kind(self) -> tuple[str, ...]:
        """The operation, and the example if it is one."""
        return (self.operation.id, *([] if self.limit else [str(self.body)]))


def fuzzed(run: Run) -> Iterator[Fuzzed | Omission]:
    """Every write that the run can aim at a record of its own."""
    for subject, operation in _writes(run):
        if can_be_tried(subject, operation):
            yield Fuzzed(subject, operation)
        else:
            yield Omission(subject.contract.vendor, PART, operation.id, NOT_OURS)


def valid(run: Run) -> Iterator[Valid]:
    """Every example body of every write, and every limit that a valid request can reach."""
    for subject, operation in _tried(run):
        yield from (Valid(subject, operation, body) for body in operation.bodies or [None])
        for limit in _elsewhere(subject, operation, limits(subject.contract, operation)):
            if fits(subject.responses, operation, limit.parts(operation)):
                yield Valid(subject, operation, limit=limit)


def invalid(run: Run) -> Iterator[AtLimit]:
    """Every value that one keyword of a schema forbids."""
    for subject, operation in _tried(run):
        for limit in _elsewhere(subject, operation, trespasses(subject.contract, operation)):
            if not fits(subject.responses, operation, limit.parts(operation)):
                yield AtLimit(subject, operation, limit)


@each(fuzzed, varies=True)
def test_every_answer_is_documented(case: Fuzzed) -> None:
    """Random requests, valid and invalid, to records of the run's own."""
    few = replace(case.subject.profile, examples=min(MOST, case.subject.profile.examples), thorough=False)
    subject = replace(case.subject, profile=few)
    with subject.target.sandbox() as sandbox:
        aim = Aim(subject, case.operation, sandbox)
        fuzzing = Fuzzing(subject, case.operation, sandbox, aim)
        findings = distinct(fuzzing.findings())
    if findings:
        raise ContractBroken(*map(fuzzing.tried_again, findings))


@each(valid)
def test_what_keeps_the_contract_is_accepted(case: Valid) -> None:
    """With the documented answer, unless it names what only the vendor knows."""
    with case.subject.target.sandbox() as sandbox:
        parts = Own(case.subject, sandbox).parts(case.operation, case.body)
        if case.limit is not None:
            parts = pointer.patched(parts, [case.limit.change])
        answer = Stage(case.subject, sandbox).call(case.operation, parts)
        found = verdict.against_success(case.subject, case.operation, answer)
        if found is None or (case.limit is not None and _is_about_something_else(case, case.limit, answer)):
            return
        if may_lack(case.subject, case.operation, answer):
            raise Stuck(lacking(case.operation.id, case.operation, answer))
        raise case.subject.broken(PART, case.operation, found, answer, sandbox)


@each(invalid)
def test_a_value_beyond_its_limit_is_refused(case: AtLimit) -> None:
    """Each keyword of each schema, broken alone; and the record reads as before."""
    with case.subject.target.sandbox() as sandbox:
        own = Own(case.subject, sandbox)
        parts = pointer.patched(own.parts(case.operation), [case.limit.change])
        before = own.seen()
        answer = Stage(case.subject, sandbox).call(case.operation, parts)
        found = accepted_beyond(case.subject, case.operation, case.limit, answer)
        found = found or verdict.against_changes(own.changed(before), case.operation.pointer)
        if found is not None:
            raise case.subject.broken(PART, case.operation, found, answer, sandbox)
        own.release()


def _writes(run: Run) -> Iterator[tuple[Subject, Operation]]:
    for subject in run.subjects:
        login = login_of(subject.contract)
        for operation in subject.contract.operations.values() if subject.target.writing else ():
            if not operation.reads_only and (login is None or login.operation != operation):
                yield subject, operation


def _tried(run: Run) -> Iterator[tuple[Subject, Operation]]:
    return ((subject, operation) for subject, operation in _writes(run) if can_be_tried(subject, operation))


def _elsewhere(subject: Subject, operation: Operation, found: Iterator[Limit]) -> Iterator[Limit]:
    """Those that leave the record named, the session told, and what is made to be found again."""
    kept = {*own_places(subject, operation), *subject.contract.known.get(operation.id, {})}
    for limit in found:
        named = (limit.place, anywhere(limit.place))
        if not any(f"{place}/".startswith(f"{name}/") for place in kept for name in named):
            yield limit


def _is_about_something_else(case: Valid, limit: Limit, answer: Answer) -> bool:
    """Whether a refusal has nothing to do with the value at its limit."""
    if outcome.succeeded(case.subject.contract, answer):
        return False
    return any(
        not covers((*listed.refuses, *listed.error.refuses), limit.place)
        for listed in matching(case.subject, case.operation, answer)
    )
