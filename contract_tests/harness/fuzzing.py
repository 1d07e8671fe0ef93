"""Generated requests against one operation: schemathesis' engine, judged by the contract."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import requests
import schemathesis
from schemathesis import engine
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events
from schemathesis.engine.recorder import Interaction, ScenarioRecorder

from contract_tests.harness.exchange import Answer, Request, curl
from contract_tests.harness.finding import Difference, Finding
from contract_tests.harness.judgement import Judgement, only_adds_headers
from contract_tests.harness.operation import Operation, Parameter
from contract_tests.harness.recipe import base_request
from contract_tests.harness.subject import Subject
from contract_tests.harness.target import Sandbox

PART = "conformance"
# The vendor's parser never sees other methods: servers refuse them before any application does.
UNEXPECTED_METHODS = ["get", "put", "post", "delete", "options", "patch", "trace"]
_OFTEN, _SOMETIMES = 0.75, 0.3
_OURS = {
    "accept",
    "accept-encoding",
    "connection",
    "content-length",
    "host",
    "user-agent",
    "x-schemathesis-testcaseid",
}


class EngineFailed(Exception):
    """Schemathesis could not test the operation."""


@dataclass(frozen=True)
class Fuzzing:
    """One operation, fuzzed in a sandbox of its own."""

    subject: Subject
    operation: Operation
    sandbox: Sandbox

    def findings(self) -> Iterator[Finding]:
        """Run examples, enumerated and random requests, valid and invalid; yield what is wrong."""
        schema = schemathesis.openapi.from_dict(
            copy.deepcopy(dict(self.subject.contract.document)), config=self._config()
        ).include(operation_id=self.operation.id)
        answered = 0
        for event in engine.from_schema(schema).execute():
            if isinstance(event, events.ScenarioFinished):
                answered += len(event.recorder.interactions)
                yield from self._judged(event.recorder)
            elif isinstance(event, events.NonFatalError):
                yield from self._interrupted(event)
            elif isinstance(event, events.FatalError):
                raise EngineFailed(str(event.exception)) from event.exception
        if not answered:
            raise EngineFailed("no request was generated")

    # ------------------------------------------------------------ what is generated

    def _config(self) -> SchemathesisConfig:
        known = dict(self._known_values())
        return SchemathesisConfig.from_dict(
            {
                "seed": self.subject.derived_seed(PART, self.operation.id),
                "base-url": self.sandbox.root + self.subject.contract.base_path,
                "headers": self.subject.keyring.headers(self.operation),
                "continue-on-failure": True,  # every cause, not only the first
                "generation": {
                    "max-examples": self.subject.profile.examples,
                    "database": "none",
                },
                "phases": {
                    "stateful": {"enabled": False},  # x-lifecycle says more than links do
                    "coverage": {"unexpected-methods": self._unexpected_methods()},
                },
                "checks": {
                    "positive_data_acceptance": {"enabled": False},  # the catalogue knows better
                    "ignored_auth": {"enabled": self.operation.secured and self._rejects_by_status()},
                },
                "dictionaries": {name: {"values": values} for name, (values, _) in known.items()},
                "parameters": {
                    name: {"dictionary": name, "probability": likely} for name, (_, likely) in known.items()
                },
            }
        )

    def _unexpected_methods(self) -> list[str]:
        """Schemathesis expects 405 and nothing else; a vendor may have other words for it."""
        refusal = self.subject.contract.root_error("method")
        expected = self.subject.target.double and refusal is not None and refusal.status == 405
        return UNEXPECTED_METHODS if expected else []

    def _rejects_by_status(self) -> bool:
        refusal = self.subject.contract.refusal_at(self.operation, "credential")
        return refusal is not None and refusal.status in (401, 403)

    def _known_values(self) -> Iterator[tuple[str, tuple[list[Any], float]]]:
        """Values that reach something, by `place.name`, with how often they are taken."""
        for parameter in self.operation.parameters:
            values = [value for value in self._values(parameter) if isinstance(value, str | int)]
            if values and parameter.place in ("path", "query"):
                likely = _OFTEN if parameter.required else _SOMETIMES
                yield f"{parameter.place}.{parameter.name}", (values, likely)

    def _values(self, parameter: Parameter) -> list[Any]:
        shown = [parameter.example] if parameter.has_example else []
        lifecycle = self.operation.lifecycle or {}
        if lifecycle.get("id") != f"{parameter.place}/{parameter.name}" or "locate" in lifecycle:
            return shown
        if not self.subject.target.double:
            return shown
        entity = self.subject.contract.lifecycles[lifecycle["entity"]]
        records = self.sandbox.records(self.subject.contract.vendor, entity["collection"])
        as_number = parameter.schema.get("type") == "integer"
        return [int(record["id"]) if as_number else str(record["id"]) for record in records] + shown

    # ------------------------------------------------------------ what came back

    def _judged(self, recorder: ScenarioRecorder) -> Iterator[Finding]:
        """At most one finding for each exchange: what follows from a wrong answer is no news."""
        for case_id, interaction in recorder.interactions.items():
            answer = _answer(interaction)
            node = recorder.cases.get(case_id)
            if answer is None or node is None:
                continue
            judgement = Judgement(self.subject, self.operation, answer)
            failed = [
                (check.name, check.failure_info.failure)
                for check in recorder.checks.get(case_id, ())
                if check.failure_info is not None
                and not (check.name == "negative_data_rejection" and only_adds_headers(node.value))
            ]
            # A check that asks again, with another credential for example, derives its own case.
            own = node.value if node.parent_id is None else None
            query = urlsplit(interaction.request.uri).query
            difference = (
                judgement.of_checks(failed)
                or judgement.of_refusal(own)
                or judgement.of_acceptance(own, query)
            )
            if difference is not None:
                yield self._finding(difference, interaction, answer)

    def _finding(self, difference: Difference, interaction: Interaction, answer: Answer) -> Finding:
        line = curl(
            _request(interaction, self.sandbox.root),
            self.subject.target.shown,
            self.subject.keyring.veil,
        )
        return self.subject.finding(PART, self.operation, difference, answer.summary, [line])

    def _interrupted(self, event: events.NonFatalError) -> Iterator[Finding]:
        if not isinstance(event.value, requests.RequestException):
            raise EngineFailed(f"{event.info.title}: {event.info.message}") from event.value
        difference = Difference(
            kind="no complete answer",
            said="every request is answered",
            got=" ".join(str(event.value).split())[:200],
            at=self.operation.pointer,
        )
        sent = event.value.request
        request = (
            _as_request(sent, self.sandbox.root)
            if isinstance(sent, requests.PreparedRequest)
            else base_request(self.subject, self.operation)  # the error does not say which it was
        )
        line = curl(request, self.subject.target.shown, self.subject.keyring.veil)
        yield self.subject.finding(PART, self.operation, difference, "-", [line])


def _answer(interaction: Interaction | None) -> Answer | None:
    if interaction is None or interaction.response is None:
        return None
    response = interaction.response
    headers = [
        (name, value)
        for name, values in response.headers.items()
        if name != "content-encoding"  # the content is decoded already
        for value in values
    ]
    return Answer(httpx.Response(response.status_code, headers=headers, content=response.content))


def _request(interaction: Interaction, root: str) -> Request:
    sent = interaction.request
    headers = {name: values[0] for name, values in sent.headers.items()}
    return _wire(sent.method, sent.uri, headers, sent.body, root)


def _as_request(sent: requests.PreparedRequest, root: str) -> Request:
    body = sent.body.encode() if isinstance(sent.body, str) else sent.body
    assert body is None or isinstance(body, bytes)  # noqa: S101 - cases are never streamed
    headers = {str(name): str(value) for name, value in sent.headers.items()}
    return _wire(sent.method or "GET", sent.url or root, headers, body, root)


def _wire(method: str, url: str, headers: Mapping[str, str], body: bytes | None, root: str) -> Request:
    kept = {name: value for name, value in headers.items() if name.lower() not in _OURS}
    return Request(method=method, path=url.removeprefix(root), headers=kept, body=body)
