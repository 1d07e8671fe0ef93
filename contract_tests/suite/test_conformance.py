"""Any request meets an answer that the spec documents: schemathesis over every operation."""

from __future__ import annotations

from collections.abc import Iterator

from contract_tests.harness.acting.cases import AtLimit, Fuzzed
from contract_tests.harness.acting.fuzzing import PART, Fuzzing
from contract_tests.harness.acting.recipe import Stage
from contract_tests.harness.judging.finding import ContractBroken, Difference
from contract_tests.harness.judging.grouping import distinct
from contract_tests.harness.judging.judgement import Judgement
from contract_tests.harness.judging.trespass import accepted_beyond
from contract_tests.harness.judging.validity import fits
from contract_tests.harness.network.exchange import Answer
from contract_tests.harness.running.plugin import each
from contract_tests.harness.running.run import Omission, Run
from contract_tests.harness.spec import outcome
from contract_tests.harness.spec.limits import Limit, limits, trespasses
from contract_tests.harness.spec.operation import CatalogueError


def fuzzed(run: Run) -> Iterator[Fuzzed | Omission]:
    """Every operation; on a server that is not ours only those that change nothing."""
    for subject in run.subjects:
        for operation in subject.contract.operations.values():
            if subject.target.double or operation.reads_only:
                yield Fuzzed(subject, operation)
            elif subject.target.writing is None:  # else writes have tests of their own
                why = f"x-effect {operation.effect}, and the server is not ours"
                yield Omission(subject.contract.vendor, PART, operation.id, why)


def at_limits(run: Run) -> Iterator[AtLimit]:
    """Every limit of every operation; on a server that is not ours of those that change nothing."""
    for subject in run.subjects:
        for operation in subject.contract.operations.values():
            if subject.target.double or operation.reads_only:
                for limit in limits(subject.contract, operation):
                    if fits(subject.responses, operation, limit.parts(operation)):
                        yield AtLimit(subject, operation, limit)


def beyond_limits(run: Run) -> Iterator[AtLimit]:
    """Every value that one keyword of a schema forbids; where it is not ours, of reads only."""
    for subject in run.subjects:
        for operation in subject.contract.operations.values():
            if subject.target.double or operation.reads_only:
                for limit in trespasses(subject.contract, operation):
                    if not fits(subject.responses, operation, limit.parts(operation)):
                        yield AtLimit(subject, operation, limit)


@each(fuzzed, varies=True)
def test_every_answer_is_documented(case: Fuzzed) -> None:
    """Valid and invalid requests, enumerated and random."""
    with case.subject.target.sandbox() as sandbox:
        fuzzing = Fuzzing(case.subject, case.operation, sandbox)
        findings = distinct(fuzzing.findings())
    for finding in findings:
        fuzzing.keep(finding)
    if findings:
        raise ContractBroken(*map(fuzzing.tried_again, findings))


@each(at_limits)
def test_a_value_at_its_limit_is_not_refused_for_it(case: AtLimit) -> None:
    """The longest text and the largest number are legal; what they name need not exist."""
    with case.subject.target.sandbox() as sandbox:
        answer = Stage(case.subject, sandbox).call(case.operation, case.limit.parts(case.operation))
        difference = _refused_at(case, answer)
        if difference is not None:
            raise case.subject.broken(PART, case.operation, difference, answer, sandbox)


@each(beyond_limits)
def test_a_value_beyond_its_limit_is_refused(case: AtLimit) -> None:
    """Each keyword of each schema, broken alone; by which refusal is the catalogue's affair."""
    with case.subject.target.sandbox() as sandbox:
        answer = Stage(case.subject, sandbox).call(case.operation, case.limit.parts(case.operation))
        difference = accepted_beyond(case.subject, case.operation, case.limit, answer)
        if difference is not None:
            raise case.subject.broken(PART, case.operation, difference, answer, sandbox)


def _refused_at(case: AtLimit, answer: Answer) -> Difference | None:
    if outcome.succeeded(case.subject.contract, answer):
        return case.subject.responses.difference(case.operation, answer)
    judgement = Judgement(case.subject, case.operation, answer)
    if any(map(judgement.is_refusal, _excused(case))):
        return None
    return Difference(
        kind="refuses valid data",
        said=_allowed(case.limit),
        got=f"refused with {answer.status}",
        at=case.limit.at,
        of="request",
    )


def _excused(case: AtLimit) -> list[CatalogueError]:
    """The refusals that the value may meet; an unknown property none where the request is good without it."""
    if case.limit.is_unknown and case.subject.target.double:
        return []
    return [
        listed.error
        for listed in case.operation.errors
        if case.limit.may_meet(case.subject.responses, case.operation, listed)
    ]


def _allowed(limit: Limit) -> str:
    if limit.is_unknown:
        return f"{limit.place} is a property that the schema does not forbid"
    return f"{limit.place} may be at its {limit.name}"
