"""The same request in other words: whatever HTTP and JSON let a client write otherwise must not matter."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from contract_tests.harness.acting.recipe import base_request
from contract_tests.harness.judging import verdict
from contract_tests.harness.network.exchange import Request
from contract_tests.harness.running.plugin import each
from contract_tests.harness.running.run import Run
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec.operation import Operation

PART = "conformance"

Spell = Callable[[Request], Request]


def _typed(media_type: str | None) -> Spell:
    def spelled(request: Request) -> Request:
        others = {name: text for name, text in request.headers.items() if name.lower() != "content-type"}
        return replace(request, headers={**others, **({"Content-Type": media_type} if media_type else {})})

    return spelled


def _written(**how: Any) -> Spell:
    return lambda request: replace(request, body=json.dumps(json.loads(request.body or b""), **how).encode())


def _turned_round(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _turned_round(inner) for name, inner in reversed(value.items())}
    return [_turned_round(item) for item in value] if isinstance(value, list) else value


def _reversed(request: Request) -> Request:
    return replace(request, body=json.dumps(_turned_round(json.loads(request.body or b""))).encode())


def _shouted(request: Request) -> Request:
    return replace(request, headers={name.upper(): text for name, text in request.headers.items()})


SPELLINGS: dict[str, Spell] = {
    "content type in capitals": _typed("Application/JSON"),
    "charset": _typed('application/json;charset="UTF-8"'),
    "parameter of the content type": _typed("application/json; version=1"),
    "letters as escapes": _written(ensure_ascii=True),
    "blanks and line breaks": _written(indent="\t"),
    "no blanks": _written(separators=(",", ":")),
    "properties in another order": _reversed,
}
OF_HEADERS: dict[str, Spell] = {"header names in capitals": _shouted}
OF_ANY_TYPE: dict[str, Spell] = {
    "no content type": _typed(None),
    "another content type": _typed("text/plain"),
}
"""For operations that refuse no content type."""
WAYS = {**OF_HEADERS, **SPELLINGS, **OF_ANY_TYPE}


@dataclass(frozen=True)
class Spelled:
    """The base request of an operation, written in another way."""

    subject: Subject
    operation: Operation
    way: str
    also: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The operation and the way."""
        return f"{self.operation.id}-{self.way}"

    @property
    def kind(self) -> tuple[str, ...]:
        """The way: one reader of requests stands before all operations."""
        return "spelled", self.way


def spelled(run: Run) -> Iterator[Spelled]:
    """Every operation of a double, in every way that it can be asked."""
    for subject in run.subjects:
        for operation in subject.contract.operations.values() if subject.target.double else ():
            of_json = SPELLINGS if operation.bodies and "application/json" in operation.media_types else {}
            heeds_type = subject.contract.refusal_at(operation, "media-type") is not None
            of_any = OF_ANY_TYPE if of_json and not heeds_type else {}
            yield from (Spelled(subject, operation, way) for way in (*OF_HEADERS, *of_json, *of_any))


@each(spelled)
def test_how_a_request_is_written_does_not_matter(case: Spelled) -> None:
    """It succeeds as the base request does."""
    with case.subject.target.sandbox() as sandbox:
        request = WAYS[case.way](base_request(case.subject, case.operation))
        answer = sandbox.send(request)
        found = verdict.against_success(case.subject, case.operation, answer)
        if found is not None:
            raise case.subject.broken(PART, case.operation, found, answer, sandbox)
