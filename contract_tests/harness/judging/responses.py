"""Whether an answer is one that the spec documents: status, media type, headers and body."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import schemathesis
from schemathesis import Response
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.openapi.checks import JsonSchemaError
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.schemas import OpenApiSchema

from contract_tests.harness.judging import body
from contract_tests.harness.judging.finding import Difference
from contract_tests.harness.network.exchange import Answer
from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.contract import Contract
from contract_tests.harness.spec.operation import Operation
from contract_tests.harness.spec.outcome import status_fits


@dataclass(frozen=True)
class Responses:
    """The documented responses of one contract."""

    contract: Contract

    @cached_property
    def _schema(self) -> OpenApiSchema:
        document = copy.deepcopy(dict(self.contract.document))
        return schemathesis.openapi.from_dict(document, config=SchemathesisConfig())

    def described_operation(self, operation: Operation) -> APIOperation[Any, Any, Any, Any]:
        """The operation as schemathesis has it."""
        found: APIOperation[Any, Any, Any, Any] = self._schema[operation.path][operation.method]
        return found

    def differences(self, operation: Operation, answer: Answer) -> list[Difference]:
        """Everything in which the answer is none of the operation's documented ones; the gravest first."""
        at = self.place(operation, answer.status)
        if at is None:
            documented = ", ".join(operation.definition["responses"])
            return [
                Difference(
                    kind="undocumented status",
                    said=f"{operation.id} answers {documented}",
                    got=f"status {answer.status}",
                    at=f"{operation.pointer}/responses",
                    of="status",
                )
            ]
        return self._at(operation, at, answer)

    def difference(self, operation: Operation, answer: Answer) -> Difference | None:
        """The first thing in which the answer is none of the operation's documented ones."""
        return next(iter(self.differences(operation, answer)), None)

    def differences_of_stranger(self, operation: Operation, answer: Answer) -> list[Difference]:
        """The same for a refusal that comes before the operation, such as an unknown path.

        It shares the envelope with any operation that documents the status, but not the values in it.
        """
        for candidate in (operation, *self.contract.operations.values()):
            at = self.place(candidate, answer.status)
            if at is not None:
                return self._media_type(at, answer) or list(self._body(candidate, at, answer, values=False))
        return []

    def difference_of_stranger(self, operation: Operation, answer: Answer) -> Difference | None:
        """The first of them."""
        return next(iter(self.differences_of_stranger(operation, answer)), None)

    def place(self, operation: Operation, status: int) -> str | None:
        """The pointer of the documented response with this status; exact ones come first."""
        keys = sorted(operation.definition["responses"], key=lambda key: (not key.isdecimal(), key))
        for key in keys:
            if status_fits(key, status):
                return operation.pointer + pointer.join(["responses", key])
        return None

    def _at(self, operation: Operation, at: str, answer: Answer) -> list[Difference]:
        strange = self._media_type(at, answer)  # then nobody can say what the body means
        return strange or [*self._headers(at, answer), *self._body(operation, at, answer)]

    def _media_type(self, at: str, answer: Answer) -> list[Difference]:
        documented = list(self.contract.at(at).get("content", {}))
        if not documented or answer.media_type in (kind.partition(";")[0] for kind in documented):
            return []
        difference = Difference(
            kind="content type",
            said=f"the answer is {' or '.join(documented)}",
            got=f"Content-Type: {answer.header('content-type') or '(none)'}",
            at=at,
            of="headers",
        )
        return [difference]

    def _headers(self, at: str, answer: Answer) -> Iterator[Difference]:
        for name in self.contract.at(at).get("headers", {}):
            here = self.contract.canonical(at) + pointer.join(["headers", name])
            if self.contract.at(here).get("required") and not answer.header(name):
                yield Difference(
                    kind="missing header",
                    said=f"the answer carries {name}",
                    got=f"no {name}",
                    at=here,
                    of="headers",
                )

    def _body(
        self, operation: Operation, at: str, answer: Answer, *, values: bool = True
    ) -> Iterator[Difference]:
        try:
            described = self.described_operation(operation)
            described.validate_response(Response.from_any(answer.response))
        except FailureGroup as group:
            failures = list(group.exceptions)
        except Failure as failure:
            failures = [failure]
        else:
            return
        about_shape = [failure for failure in failures if values or not _is_about_values(failure)]
        yield from body.differences(self.contract, at, answer.media_type, about_shape)


def _is_about_values(failure: Failure) -> bool:
    return isinstance(failure, JsonSchemaError) and failure.schema_path[-1:] == ["enum"]
