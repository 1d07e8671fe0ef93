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

from contract_tests.harness.judging import verdict
from contract_tests.harness.judging.breaches import (
    breach_in_query,
    breached,
    breaches,
    sends_blank,
    written_at,
)
from contract_tests.harness.judging.finding import Difference
from contract_tests.harness.judging.validity import meets_valid_data
from contract_tests.harness.network.exchange import Answer
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec import outcome, pointer, wording
from contract_tests.harness.spec.operation import CatalogueError, Operation

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
# Where these fail, our own words name the field and the line.
ABOUT_ANSWERS = frozenset(
    {
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
        "response_headers_conformance",
    }
)
ABOUT_METHODS = frozenset({"unsupported_method", "allow_header_conformance"})


@dataclass(frozen=True)
class Judgement:
    """One answer of one operation."""

    subject: Subject
    operation: Operation
    answer: Answer

    def of_checks(self, failed: Sequence[tuple[str, Failure]]) -> list[Difference]:
        """What the gravest of the checks that failed is about; nothing if none did."""
        order = list(PROMISES)
        ranked = sorted(failed, key=lambda item: order.index(item[0]) if item[0] in order else 99)
        found = (self._differences(name, failure) for name, failure in ranked)
        return next(filter(None, found), [])

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
        if not _is_valid(case) or any(map(self._may_meet_valid_data, matching)) or self._is_doubtful():
            return None
        return Difference(
            kind="refuses valid data",
            said=f"{self.operation.id} accepts what fits its schemas",
            got=f"refused as {' or '.join(dict.fromkeys(error.id for error in matching))}",
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
            at=written_at(self.subject.contract, self.operation, f"query/{breached(breach)}"),
            of="request",
        )

    def _differences(self, check: str, failure: Failure) -> list[Difference]:
        contract, answer = self.subject.contract, self.answer
        if isinstance(failure, AcceptedNegativeData):
            if not outcome.succeeded(contract, answer):
                return []  # refused with a 2XX, as x-outcome allows
            if self._is_doubtful() and not self._breaches():
                return []  # nothing is wrong with it but what may be read as nothing
        if isinstance(failure, ServerError) and any(map(self.is_refusal, self._catalogue())):
            return []  # some vendors refuse with a 5XX, and their catalogue says so
        if check in ABOUT_ANSWERS:
            ours = self.subject.responses.differences(self.operation, answer)
            if ours:
                return ours
        if check in ABOUT_METHODS:
            allow = verdict.against_allow(self.subject, self.operation, answer)
            if allow is not None and answer.status == 405:
                return [allow]
        return [self._in_their_words(check, failure)]

    def _in_their_words(self, check: str, failure: Failure) -> Difference:
        at = self.subject.responses.place(self.operation, self.answer.status)
        got = " ".join((failure.message or f"status {self.answer.status}").split())
        about: tuple[str, ...] = ()
        if check == "ignored_auth" or (check == "missing_required_header" and self._is_credential(got)):
            door = self.subject.contract.refusal_at(self.operation, "credential")
            at, about = (door.pointer if door else at), ("credential",)
        if isinstance(failure, AcceptedNegativeData):
            at, got = self._broken_place(got)
        return Difference(
            kind=failure.title.lower(),
            said=PROMISES.get(check, check),
            got=got,
            at=at or f"{self.operation.pointer}/responses",
            about=about,
        )

    def _is_credential(self, told: str) -> bool:
        """Whether the header that a check speaks of is none of the operation's own."""
        own = [p.name for p in self.operation.parameters if p.place == "header"]
        return self.operation.secured and not any(f"'{name}'" in told for name in own)

    def _broken_place(self, got: str) -> tuple[str, str]:
        """The schema that a request breaks which was accepted all the same, and what the request breaks."""
        places = self._breaches()
        if not places:
            return self.operation.pointer, got
        at = written_at(self.subject.contract, self.operation, places[0])
        return at, f"accepted, although {', '.join(places)} breaks"

    def _breaches(self) -> tuple[str, ...]:
        request = self.answer.request
        return () if request is None else breaches(self.subject.responses, self.operation, request)

    def _is_doubtful(self) -> bool:
        """Whether servers may read the request in more than one way."""
        request = self.answer.request
        return request is not None and sends_blank(self.operation, request)

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
