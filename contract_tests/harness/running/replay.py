"""Generated requests that failed last time, sent again before any new ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http import HTTPStatus

from contract_tests.harness.judging.breaches import breaches, written_at
from contract_tests.harness.judging.finding import Difference
from contract_tests.harness.judging.judgement import PROMISES, Judgement
from contract_tests.harness.network.exchange import Answer, Request
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec import outcome
from contract_tests.harness.spec.operation import Operation

SERVER_ERROR = "server error"
ACCEPTED = "schema-violating request accepted"


def replayed(
    subject: Subject, operation: Operation, send: Callable[[Request], Answer]
) -> Iterator[tuple[Difference, Answer]]:
    """Differences of the kind that each saved request has shown before; one that shows none is dropped."""
    place = subject.address
    for saved in subject.saved.requests(place, operation.id, subject.keyring):
        answer = send(saved.request)
        again = [found for found in _differences(subject, operation, answer) if found.kind == saved.kind]
        yield from ((difference, answer) for difference in again)
        if not again:
            subject.saved.forget(place, operation.id, saved, subject.keyring)


def _differences(subject: Subject, operation: Operation, answer: Answer) -> Iterator[Difference]:
    """Everything that can be told from a request and its answer, without knowing what it was made for."""
    yield from subject.responses.differences(operation, answer)
    judgement = Judgement(subject, operation, answer)
    refused = judgement.of_refusal(None)
    if refused is not None:
        yield refused
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            yield _broken(SERVER_ERROR, "not_a_server_error", f"status {answer.status}", operation.pointer)
    request = answer.request
    if request is not None and outcome.succeeded(subject.contract, answer):
        for place in breaches(subject.responses, operation, request)[:1]:
            at = written_at(subject.contract, operation, place)
            yield _broken(ACCEPTED, "negative_data_rejection", f"accepted, although {place} breaks", at)


def _broken(kind: str, promise: str, got: str, at: str) -> Difference:
    return Difference(kind=kind, said=PROMISES[promise], got=got, at=at, of="request")
