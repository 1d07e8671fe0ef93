"""What a server says to a request in which a single value is at its limit, or beyond it."""

from __future__ import annotations

from contract_tests.harness.judging.breaches import written_at
from contract_tests.harness.judging.finding import Difference
from contract_tests.harness.judging.judgement import Judgement
from contract_tests.harness.network.exchange import Answer
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec import outcome
from contract_tests.harness.spec.limits import Limit
from contract_tests.harness.spec.operation import Operation


def accepted_beyond(
    subject: Subject, operation: Operation, limit: Limit, answer: Answer
) -> Difference | None:
    """What is wrong with the answer to a value that its schema forbids; any refusal of its own is right."""
    if not outcome.succeeded(subject.contract, answer):
        return Judgement(subject, operation, answer).of_refusal(None)
    return Difference(
        kind="schema-violating request accepted",
        said="a request that breaks the contract is refused",
        got=f"accepted, although {limit.place} is {limit.name}",
        at=written_at(subject.contract, operation, _outermost(limit.place)),
        of="request",
    )


def _outermost(place: str) -> str:
    """The property of the body that a place lies in, or the place itself: what lies below has one reader."""
    return "/".join(place.split("/")[:2])
