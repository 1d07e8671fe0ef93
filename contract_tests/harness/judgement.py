"""Whether the answer to a generated request keeps the contract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from schemathesis.core.failures import AcceptedNegativeData, Failure, ServerError
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.case import Case
from schemathesis.generation.meta import (
    REQUEST_SHAPE_PROBES,
    CoveragePhaseData,
    CoverageScenario,
    coverage_scenario,
)
from schemathesis.openapi.checks import JsonSchemaError

from contract_tests.harness import outcome, pointer, wording
from contract_tests.harness.exchange import Answer
from contract_tests.harness.finding import Difference
from contract_tests.harness.operation import CatalogueError, Operation
from contract_tests.harness.subject import Subject
from contract_tests.harness.validity import breach_in_query, meets_valid_data

# What the contract says where a check of schemathesis fails, the gravest first.
PROMISES = {
    "not_a_server_error": "no request makes the server fail",
    "ignored_auth": "nobody enters without a good credential",
    "status_code_conformance": "the status is a documented one",
    "content_type_conformance": "the content type is a documented one",
    "response_schema_conformance": "the body fits its schema",
    "response_headers_conformance": "the headers fit their schemas",
    "negative_data_rejection": "a request that breaks the contract is refused",
    "missing_required_header": "a request without a required header is refused",
    "unsupported_method": "a method that is not documented meets 405 with Allow",
    "allow_header_conformance": "Allow lists the documented methods",
}


@dataclass(frozen=True)
class Judgement:
    """One answer of one operation."""

    subject: Subject
    operation: Operation
    answer: Answer

    def of_checks(self, failed: Sequence[tuple[str, Failure]]) -> Difference | None:
        """The gravest of the checks that failed, if one did."""
        order = list(PROMISES)
        ranked = sorted(failed, key=lambda item: order.index(item[0]) if item[0] in order else 99)
        found = (self._difference(name, failure) for name, failure in ranked)
        return next((difference for difference in found if difference is not None), None)

    def of_refusal(self, case: Case[Any] | None) -> Difference | None:
        """A refusal is one of the catalogue, and valid data meets none but the operation's own.

        `case` is the generated request; None for one whose data was tampered with on purpose.
        """
        if outcome.succeeded(self.subject.contract, self.answer) or _asks_for_methods(case):
            return None
        matching = [error for error in self._catalogue() if self.is_refusal(error)]
        if not matching:
            code = outcome.told(self.subject.contract, self.answer)[0].code
            return Difference(
                kind="refusal outside the catalogue",
                said=f"{self.operation.id} refuses with one of its x-errors",
                got=f"status {self.answer.status}, code {code!r}",
                at=f"{self.operation.pointer}/x-errors",
            )
        if not _is_valid(case) or any(map(self._may_meet_valid_data, matching)):
            return None
        return Difference(
            kind="refuses valid data",
            said=f"{self.operation.id} accepts what fits its schemas",
            got=f"refused as {' or '.join(error.id for error in matching)}",
            at=self.operation.pointer,
        )

    def of_acceptance(self, case: Case[Any] | None, query: str) -> Difference | None:
        """A request whose query breaks the contract is refused.

        schemathesis lets such a request pass as soon as another parameter of the query is valid.
        """
        if case is None or not outcome.succeeded(self.subject.contract, self.answer):
            return None
        if _asks_for_methods(case) or case.method.upper() != self.operation.method:
            return None
        breach = breach_in_query(self.subject.responses, self.operation, query)
        if breach is None:
            return None
        return Difference(
            kind="schema-violating request accepted",
            said=PROMISES["negative_data_rejection"],
            got=f"accepted, although {breach}",
            at=f"{self.operation.pointer}/parameters",
            of="request",
        )

    def _difference(self, check: str, failure: Failure) -> Difference | None:
        contract, answer = self.subject.contract, self.answer
        if isinstance(failure, AcceptedNegativeData) and not outcome.succeeded(contract, answer):
            return None  # refused with a 2XX, as x-outcome allows
        if isinstance(failure, ServerError) and any(map(self.is_refusal, self._catalogue())):
            return None  # some vendors refuse with a 5XX, and their catalogue says so
        at = self.subject.responses.place(self.operation, answer.status)
        if isinstance(failure, JsonSchemaError) and at is not None:
            return self.subject.responses.described(at, answer.media_type, failure)
        return Difference(
            kind=failure.title.lower(),
            said=PROMISES.get(check, check),
            got=" ".join((failure.message or f"status {answer.status}").split()),
            at=at or f"{self.operation.pointer}/responses",
        )

    def _catalogue(self) -> Iterator[CatalogueError]:
        yield from (listed.error for listed in self.operation.errors)
        yield from (error for error in self.subject.contract.errors.values() if error.refuses)

    def _may_meet_valid_data(self, error: CatalogueError) -> bool:
        """Whether the operation's list shows the refusal of a request that its schemas accept."""
        return any(
            meets_valid_data(self.subject.responses, self.operation, listed)
            for listed in self.operation.errors
            if listed.error.id == error.id
        )

    def is_refusal(self, error: CatalogueError) -> bool:
        """Whether the answer is this refusal, whatever its placeholders say."""
        contract, answer = self.subject.contract, self.answer
        return answer.status == error.status and any(
            (not outcome.has_place(contract, "code") or pointer.same(told.code, error.code))
            and (
                not outcome.has_place(contract, "message")
                or not self.subject.target.double
                or wording.says(told.message, error.message, {})
            )
            for told in outcome.told(contract, answer)
        )


def only_adds_headers(case: Case[Any]) -> bool:
    """Whether the request breaks the contract by nothing but headers that nobody has documented.

    No server refuses those (RFC 9110, 5.1); schemathesis expects it where an operation has header parameters.
    """
    data = case.meta.phase.data if case.meta is not None else None
    return (
        isinstance(data, CoveragePhaseData)
        and data.scenario is CoverageScenario.OBJECT_UNEXPECTED_PROPERTIES
        and data.parameter_location is ParameterLocation.HEADER
    )


def _asks_for_methods(case: Case[Any] | None) -> bool:
    """OPTIONS has no place in the catalogue; its Allow header is checked for itself."""
    return case is not None and case.method.upper() in ("OPTIONS", "HEAD")


def _is_valid(case: Case[Any] | None) -> bool:
    return (
        case is not None
        and case.meta is not None
        and case.meta.generation.mode.is_positive
        and coverage_scenario(case) not in REQUEST_SHAPE_PROBES
    )
