"""Who listens in: what an answer shows is kept, told to another process, and never stops a run."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from contract_tests.harness.judging.responses import Responses
from contract_tests.harness.network import credentials
from contract_tests.harness.network.exchange import Answer, Request
from contract_tests.harness.network.target import Target
from contract_tests.harness.network.wire import Wire
from contract_tests.harness.running.profiles import PROFILES
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec import contract, fixtures
from contract_tests.harness.telling.witness import Witness, witnesses
from tests.contract_tests.runs import TOY

PARCEL = {"ok": True, "data": {"id": "1", "state": "WAITING", "weight": 5}}
MISSING = {"ok": False, "error": {"code": "missing", "text": "No parcel 77"}}


@pytest.fixture
def subject() -> Subject:
    spec = contract.load("acme", TOY / "spec.yaml")
    seeded = fixtures.load(TOY / "fixtures")
    ring = credentials.Keyring(spec, seeded.credentials, secret=False)
    return Subject(
        spec, seeded, Target("http://acme", double=True, wire=Wire("http://acme")), ring, PROFILES["smoke"], 1
    )


@pytest.fixture
def witness(subject: Subject) -> Witness:
    return Witness(subject)


def sent(method: str, path: str) -> Request:
    return Request(method=method, path=path)


def answer(status: int, body: Any, **headers: str) -> Answer:
    request = httpx.Request("GET", "http://acme/")
    response = httpx.Response(status, json=body, headers=headers, request=request)
    response.elapsed = timedelta(0)
    return Answer(response)


def missing_of(subject: Subject) -> dict[str, Any]:
    """The refusal of an unknown parcel in the words of the spec."""
    error = subject.contract.errors["missing"]
    return {"ok": False, "error": {"code": error.code, "text": error.message.format(parcel_id="77")}}


def test_a_documented_success_is_seen(witness: Witness) -> None:
    witness(sent("GET", "/v9/parcels/1?verbose=1"), answer(200, PARCEL))
    assert witness.successes == {"get_parcel"}
    assert witness.statuses == {("get_parcel", "200")}
    assert witness.refusals == set()


@pytest.mark.parametrize(
    ("request_", "told"),
    [
        (sent("GET", "/v9/parcels/1"), answer(200, {"ok": True, "data": {"id": "1"}})),
        (sent("GET", "/v9/parcels/1"), answer(200, PARCEL, **{"x-duble-bug": "1"})),
        (sent("OPTIONS", "/v9/parcels/1"), answer(200, PARCEL)),
        (sent("GET", "/v1/parcels/1"), answer(200, PARCEL)),
        (sent("GET", "/_duble/health"), answer(200, PARCEL)),
        (sent("GET", "/v9/parcels/77"), answer(404, {"ok": False, "error": {"code": "x", "text": "y"}})),
    ],
)
def test_what_is_no_documented_answer_of_the_vendor_shows_no_success(
    witness: Witness, request_: Request, told: Answer
) -> None:
    witness(request_, told)
    assert witness.successes == set()
    assert witness.refusals == set()
    assert witness.problem is None


def test_a_refusal_is_seen_at_its_operation(witness: Witness, subject: Subject) -> None:
    witness(sent("GET", "/v9/parcels/77"), answer(404, missing_of(subject)))
    assert witness.refusals == {("get_parcel", "missing")}
    assert witness.statuses == {("get_parcel", "4XX")}


def test_what_was_shown_is_not_looked_at_again(
    witness: Witness, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[int] = []
    judged = Responses.difference

    def counted(self: Responses, operation: Any, told: Answer) -> Any:
        looked.append(told.status)
        return judged(self, operation, told)

    monkeypatch.setattr(Responses, "difference", counted)
    for _ in range(3):
        witness(sent("GET", "/v9/parcels/1"), answer(200, PARCEL))
        witness(sent("GET", "/v9/parcels/77"), answer(404, missing_of(subject)))
    assert looked == [200, 404]


def test_two_witnesses_become_one(witness: Witness, subject: Subject) -> None:
    other = Witness(subject)
    witness(sent("GET", "/v9/parcels/1"), answer(200, PARCEL))
    other(sent("GET", "/v9/parcels/77"), answer(404, missing_of(subject)))
    other(
        sent("GET", "/v9/elsewhere"), answer(404, {"ok": False, "error": {"code": "no_route", "text": "x"}})
    )
    other.refusals.add((None, "route"))
    witness.absorb(json.loads(json.dumps(other.as_json())))
    assert witness.successes == {"get_parcel"}
    assert witness.statuses == {("get_parcel", "200"), ("get_parcel", "4XX")}
    assert witness.refusals == {("get_parcel", "missing"), (None, "route")}


def test_an_answer_that_cannot_be_judged_stops_nothing(
    witness: Witness, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Responses, operation: Any, told: Answer) -> None:
        raise RuntimeError("no schema")

    monkeypatch.setattr(Responses, "difference", broken)
    witness(sent("GET", "/v9/parcels/1"), answer(200, PARCEL))
    witness(sent("GET", "/v9/parcels"), answer(200, PARCEL))
    assert witness.problem == "GET /v9/parcels/1: RuntimeError('no schema')"


def test_every_vendor_has_a_witness_on_its_wire(subject: Subject) -> None:
    found = witnesses([subject])
    assert list(found) == ["acme"]
    assert subject.target.wire.listeners == [found["acme"]]
