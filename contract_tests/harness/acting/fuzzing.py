"""Generated requests against one operation: schemathesis' engine, judged by the contract."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import requests
import schemathesis
from schemathesis import Case, HookContext, engine
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events
from schemathesis.engine.recorder import Interaction, ScenarioRecorder

from contract_tests.harness.acting.recipe import base_request
from contract_tests.harness.judging.confirm import tries_of
from contract_tests.harness.judging.finding import Cause, Difference, Finding
from contract_tests.harness.judging.judgement import Judgement, only_adds_headers
from contract_tests.harness.network.adapter import as_request, through
from contract_tests.harness.network.budget import BudgetSpent
from contract_tests.harness.network.exchange import Answer, Request
from contract_tests.harness.network.target import Sandbox, Unreachable
from contract_tests.harness.outside.aim import Aim
from contract_tests.harness.outside.lacking import Stuck
from contract_tests.harness.outside.safety import Unsafe
from contract_tests.harness.running.replay import replayed
from contract_tests.harness.running.saved import SavedRequest
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec import outcome
from contract_tests.harness.spec.operation import Operation, Parameter

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
    aim: Aim | None = None
    """What keeps generated writes to records of the run's own, on a server that is not ours."""
    shown: dict[Cause, tuple[Difference, Answer]] = field(default_factory=dict)
    """The first answer that showed each cause."""
    _ended: list[Exception] = field(default_factory=list)

    def findings(self) -> Iterator[Finding]:
        """Run examples, enumerated and random requests, valid and invalid; yield what is wrong."""
        schema = schemathesis.openapi.from_dict(
            self.subject.contract.illustrated(), config=self._config()
        ).include(operation_id=self.operation.id)
        answered = 0
        if self.aim is not None:
            schema.hooks.hook("filter_case")(self._aimed(self.aim))
        else:  # records of the run's own are gone by the next run
            for difference, answer in replayed(self.subject, self.operation, self._send):
                yield self._finding(difference, answer)
        with through(self.sandbox.root, self._send):
            for event in engine.from_schema(schema).execute():
                if self._ended:
                    raise self._ended[0]
                if isinstance(event, events.ScenarioFinished):
                    answered += len(event.recorder.interactions)
                    yield from self._judged(event.recorder)
                elif isinstance(event, events.NonFatalError):
                    yield from self._interrupted(event)
                elif isinstance(event, events.FatalError):
                    raise EngineFailed(str(event.exception)) from event.exception
        if not answered:
            raise EngineFailed("no request was generated")

    def keep(self, finding: Finding) -> None:
        """Keep the request behind a finding for the next run, which sends it first."""
        difference, answer = self.shown.get(finding.causes[0], (None, None))
        if difference is not None and answer is not None and answer.request is not None:
            failed = SavedRequest(difference.kind, answer.request)
            self.subject.saved.keep(self.subject.address, self.operation.id, failed, self.subject.keyring)

    def tried_again(self, finding: Finding) -> Finding:
        """The finding after its request alone was sent again, as often as it takes to be certain.

        Each time in a fresh world: what does not come back may need what came before, and stays as it is.
        """
        if finding.causes[0] not in self.shown:
            return finding
        difference, before = self.shown[finding.causes[0]]
        if before.request is None:
            return finding
        for _ in range(tries_of(finding) - 1):
            with self.subject.target.sandbox() as sandbox:
                answer = sandbox.send(before.request)
            if not self._is_same(difference, before, answer):
                return finding
        return replace(finding, seen=tries_of(finding), tries=tries_of(finding))

    def _is_same(self, difference: Difference, before: Answer, answer: Answer) -> bool:
        """Whether another answer to the same request shows the same difference."""
        if (answer.status, answer.media_type) != (before.status, before.media_type):
            return False
        differences = self.subject.responses.differences
        if difference in differences(self.operation, before):
            return difference in differences(self.operation, answer)
        contract = self.subject.contract
        return outcome.told(contract, answer) == outcome.told(contract, before)

    def _send(self, request: Request) -> Answer:
        """Send what the engine wants to send; whatever ends the run ends the engine, which would go on."""
        if self._ended:
            raise self._ended[0].with_traceback(None)  # or it would grow with each request
        try:
            answer = self.sandbox.send(request, look=True)
        except (Unreachable, BudgetSpent, Unsafe) as end:
            self._ended.append(end)
            raise
        if self.aim is not None:
            self.aim.met(answer)
        return answer

    def _aimed(self, aim: Aim) -> Callable[[HookContext, Case[Any]], bool]:
        def aims(context: HookContext, case: Case[Any]) -> bool:
            try:
                return aim.takes(case)
            except (Unreachable, BudgetSpent, Unsafe, Stuck) as end:
                self._ended.append(end)
                raise

        return aims

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
                    "examples": {"enabled": self.aim is None},  # they name records of the fixtures
                    "coverage": {
                        "enabled": self.subject.profile.thorough,
                        "unexpected-methods": self._unexpected_methods(),
                    },
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
        found = [*self.subject.found.get(parameter.name, ())]
        shown = found + ([parameter.example] if parameter.has_example else [])
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
            answer = _answer(interaction, self.sandbox.root)
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
            differences = judgement.of_checks(failed) or [
                found
                for found in (judgement.of_refusal(own) or judgement.of_acceptance(own, query),)
                if found is not None
            ]
            yield from (self._finding(difference, answer) for difference in differences)

    def _finding(self, difference: Difference, answer: Answer) -> Finding:
        curls = self.subject.curls([answer.request] if answer.request else [])
        finding = self.subject.finding(PART, self.operation, difference, answer, curls)
        self.shown.setdefault(finding.causes[0], (difference, answer))
        return finding

    def _interrupted(self, event: events.NonFatalError) -> Iterator[Finding]:
        if isinstance(event.value, requests.exceptions.InvalidHeader):
            return  # no client can send it
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
            _own(as_request(sent, self.sandbox.root))
            if isinstance(sent, requests.PreparedRequest)
            else base_request(self.subject, self.operation)  # the error does not say which it was
        )
        curls = self.subject.curls([request])
        yield self.subject.finding(PART, self.operation, difference, "-", curls, request)


def _answer(interaction: Interaction | None, root: str) -> Answer | None:
    if interaction is None or interaction.response is None:
        return None
    response = interaction.response
    headers = [
        (name, value)
        for name, values in response.headers.items()
        if name != "content-encoding"  # the content is decoded already
        for value in values
    ]
    asked = httpx.Request(interaction.request.method, root)
    came = httpx.Response(response.status_code, headers=headers, content=response.content, request=asked)
    came.elapsed = timedelta(seconds=response.elapsed)
    return Answer(came, _request(interaction, root))


def _request(interaction: Interaction, root: str) -> Request:
    sent = interaction.request
    headers = {name: values[0] for name, values in sent.headers.items()}
    path = sent.uri.removeprefix(root)
    return _own(Request(method=sent.method, path=path, headers=headers, body=sent.body))


def _own(request: Request) -> Request:
    """The request without what every client adds by itself."""
    kept = {name: value for name, value in request.headers.items() if name.lower() not in _OURS}
    return Request(method=request.method, path=request.path, headers=kept, body=request.body)
