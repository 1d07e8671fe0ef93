"""Requests that schemathesis makes from a spec, valid and invalid, each with Prism's answer to it."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping

import httpx
import schemathesis
from schemathesis import engine
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events
from schemathesis.engine.recorder import Interaction

from contract_tests.harness.network.exchange import Request
from contract_tests.harness.spec.contract import Contract
from contract_tests.harness.spec.operation import Operation

_ITS_OWN = {"connection", "content-length", "host", "transfer-encoding", "accept-encoding"}
EXAMPLES = 10  # random requests for each operation, on top of those that schemathesis enumerates


def exchanges(
    contract: Contract, operation: Operation, url: str, credential: Mapping[str, str], seed: int
) -> Iterator[tuple[Request, httpx.Response]]:
    """Every request that is made for an operation, with the answer of the server at `url`."""
    document = copy.deepcopy(dict(contract.document))
    config = _config(url + contract.base_path, credential, seed)
    schema = schemathesis.openapi.from_dict(document, config=config).include(operation_id=operation.id)
    for event in engine.from_schema(schema).execute():
        if isinstance(event, events.FatalError):
            raise event.exception
        if isinstance(event, events.NonFatalError):
            raise event.value
        if isinstance(event, events.ScenarioFinished):
            for interaction in event.recorder.interactions.values():
                yield _request(interaction, url), _answer(interaction)


def _config(url: str, credential: Mapping[str, str], seed: int) -> SchemathesisConfig:
    return SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "base-url": url,
            "headers": dict(credential),
            "continue-on-failure": True,
            "generation": {"max-examples": EXAMPLES, "database": "none"},
            "phases": {"stateful": {"enabled": False}, "coverage": {"unexpected-methods": []}},
            "checks": {"ignored_auth": {"enabled": False}},  # it asks again, without the credential
        }
    )


def _request(interaction: Interaction, url: str) -> Request:
    sent = interaction.request
    headers = {name: values[0] for name, values in sent.headers.items() if name.lower() not in _ITS_OWN}
    return Request(method=sent.method, path=sent.uri.removeprefix(url), headers=headers, body=sent.body)


def _answer(interaction: Interaction) -> httpx.Response:
    answer = interaction.response
    assert answer is not None, f"no answer to {interaction.request.method} {interaction.request.uri}"
    headers = [
        (name, value)
        for name, values in answer.headers.items()
        if name != "content-encoding"  # the content is decoded already
        for value in values
    ]
    return httpx.Response(answer.status_code, headers=headers, content=answer.content)
