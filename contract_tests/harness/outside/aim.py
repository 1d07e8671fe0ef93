"""Generated requests that act on nothing but records of the run's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from schemathesis import Case
from schemathesis.core import NotSet

from contract_tests.harness.judging.validity import fits
from contract_tests.harness.network.adapter import as_request
from contract_tests.harness.network.exchange import Answer
from contract_tests.harness.network.target import Sandbox
from contract_tests.harness.outside.foreign import may_be_sent
from contract_tests.harness.outside.own import Own
from contract_tests.harness.outside.reach import own_places
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec import outcome, pointer
from contract_tests.harness.spec.operation import Operation

MOST = 20
"""Random requests for each operation: whatever they make, somebody has to end."""


@dataclass
class Aim:
    """Lets generated cases of one write name a record of the run's own; a new one once it was written to."""

    subject: Subject
    operation: Operation
    sandbox: Sandbox
    _parts: Mapping[str, Any] | None = field(default=None, init=False)

    def takes(self, case: Case[Any]) -> bool:
        """Aim the case; whether it may be sent, and breaks the contract where it is meant to. Stuck."""
        if self._parts is None:
            self._parts = Own(self.subject, self.sandbox).parts(self.operation)
        for place in (*own_places(self.subject, self.operation), *self._told):
            _aimed(case, place, self._parts)
        if case.meta is not None and case.meta.generation.mode.is_negative and self._fits(case):
            return False  # what was wrong with it was the record that it named
        return may_be_sent(self.subject, self._request(case))

    def met(self, answer: Answer) -> None:
        """Take note of an answer: a record that was written to may be in another state, or gone."""
        if outcome.succeeded(self.subject.contract, answer):
            self._parts = None

    @property
    def _told(self) -> Mapping[str, Any]:
        """Places of which the target's settings, or its login, tell the values."""
        return self.subject.contract.known.get(self.operation.id, {})

    def _fits(self, case: Case[Any]) -> bool:
        parts = {"path": case.path_parameters, "query": case.query, "headers": case.headers}
        if isinstance(case.body, bytes):
            return False
        body = {} if isinstance(case.body, NotSet) else {"body": case.body}
        return fits(self.subject.responses, self.operation, {**parts, **body})

    def _request(self, case: Case[Any]) -> Any:
        root = self.sandbox.root
        sent = requests.Request(**case.as_transport_kwargs(base_url=root + self.subject.contract.base_path))
        return as_request(sent.prepare(), root)


def _aimed(case: Case[Any], place: str, parts: Mapping[str, Any]) -> None:
    """Let a place of the case hold what it holds in these parts, where the case has room for it."""
    where, _, inner = place.partition("/")
    at = "/" + inner.partition("/*")[0]
    if not pointer.exists(parts.get(where), at):
        return
    change = {"op": "add", "path": at, "value": pointer.find(parts[where], at)}
    name = {"path": "path_parameters"}.get(where, where)
    holder = getattr(case, name)
    if isinstance(holder, Mapping) and pointer.exists(holder, at.rpartition("/")[0]):
        setattr(case, name, pointer.patched(dict(holder), [change]))
