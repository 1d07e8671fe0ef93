"""Whether an answer is one that the spec documents: status, media type, headers and body."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
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

from contract_tests.harness import pointer
from contract_tests.harness.contract import Contract
from contract_tests.harness.exchange import Answer
from contract_tests.harness.finding import Difference
from contract_tests.harness.operation import Operation
from contract_tests.harness.outcome import status_fits


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

    def difference(self, operation: Operation, answer: Answer) -> Difference | None:
        """The first thing in which the answer is none of the operation's documented ones."""
        at = self.place(operation, answer.status)
        if at is None:
            return Difference(
                kind="undocumented status",
                said=f"{operation.id} answers {', '.join(operation.definition['responses'])}",
                got=f"status {answer.status}",
                at=f"{operation.pointer}/responses",
                of="status",
            )
        return self._media_type(at, answer) or self._headers(at, answer) or self._body(operation, at, answer)

    def difference_of_stranger(self, operation: Operation, answer: Answer) -> Difference | None:
        """The same for a refusal that comes before the operation, such as an unknown path.

        It shares the envelope with any operation that documents the status, but not the values in it.
        """
        for candidate in (operation, *self.contract.operations.values()):
            at = self.place(candidate, answer.status)
            if at is not None:
                return self._media_type(at, answer) or self._body(candidate, at, answer, values=False)
        return None

    def place(self, operation: Operation, status: int) -> str | None:
        """The pointer of the documented response with this status; exact ones come first."""
        keys = sorted(operation.definition["responses"], key=lambda key: (not key.isdecimal(), key))
        for key in keys:
            if status_fits(key, status):
                return operation.pointer + pointer.join(["responses", key])
        return None

    def _media_type(self, at: str, answer: Answer) -> Difference | None:
        documented = list(self.contract.at(at).get("content", {}))
        if not documented or answer.media_type in (kind.partition(";")[0] for kind in documented):
            return None
        return Difference(
            kind="content type",
            said=f"the answer is {' or '.join(documented)}",
            got=f"Content-Type: {answer.header('content-type') or '(none)'}",
            at=at,
            of="headers",
        )

    def _headers(self, at: str, answer: Answer) -> Difference | None:
        for name in self.contract.at(at).get("headers", {}):
            here = self.contract.canonical(at) + pointer.join(["headers", name])
            if self.contract.at(here).get("required") and not answer.header(name):
                return Difference(
                    kind="missing header",
                    said=f"the answer carries {name}",
                    got=f"no {name}",
                    at=here,
                    of="headers",
                )
        return None

    def _body(
        self, operation: Operation, at: str, answer: Answer, *, values: bool = True
    ) -> Difference | None:
        try:
            described = self.described_operation(operation)
            described.validate_response(Response.from_any(answer.response))
        except FailureGroup as group:
            failures = list(group.exceptions)
        except Failure as failure:
            failures = [failure]
        else:
            return None
        about_shape = [failure for failure in failures if values or not _is_about_values(failure)]
        return self.described(at, answer.media_type, about_shape[0]) if about_shape else None

    def described(self, at: str, media_type: str, failure: Failure) -> Difference:
        """A failure of the response check, as a difference at the schema that it breaks."""
        if not isinstance(failure, JsonSchemaError):
            text = " ".join(failure.message.split())
            return Difference(kind="body", said="the body is readable", got=text, at=at, of="body")
        content = self.contract.at(at).get("content", {})
        kind = media_type if media_type in content else next(iter(content), "application/json")
        root = self.contract.canonical(at) + pointer.join(["content", kind, "schema"])
        where = "/".join(map(str, failure.instance_path))
        return Difference(
            kind="body",
            said=f"/{where} fits its schema",
            got=failure.validation_message,
            at=schema_place(self.contract, root, failure.instance_path),
            of="body",
        )


def _is_about_values(failure: Failure) -> bool:
    return isinstance(failure, JsonSchemaError) and failure.schema_path[-1:] == ["enum"]


def schema_place(contract: Contract, root: str, instance_path: Sequence[str | int]) -> str:
    """The pointer of the schema that a place in an answer is held to, as near as it is written."""
    here = contract.canonical(root)
    for token in instance_path:
        inner = next(_inside(contract, here, token), None)
        if inner is None:
            return here
        here = contract.canonical(inner)
    return here


def _inside(contract: Contract, here: str, token: str | int) -> Iterator[str]:
    schema: Mapping[str, Any] = contract.at(here)
    if isinstance(token, int) and "items" in schema:
        yield f"{here}/items"
    elif token in schema.get("properties", {}):
        yield here + pointer.join(["properties", token])
    for keyword in ("allOf", "oneOf", "anyOf"):
        for index in range(len(schema.get(keyword, ()))):
            yield from _inside(contract, contract.canonical(f"{here}/{keyword}/{index}"), token)
    if isinstance(schema.get("additionalProperties"), Mapping):
        yield f"{here}/additionalProperties"
