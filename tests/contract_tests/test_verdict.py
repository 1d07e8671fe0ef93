"""What an answer must be: each way to miss it has a name of its own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from contract_tests.harness.judging import verdict
from contract_tests.harness.network import credentials
from contract_tests.harness.network.exchange import Answer
from contract_tests.harness.network.target import Target
from contract_tests.harness.network.wire import Wire
from contract_tests.harness.running.profiles import PROFILES
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec import contract, fixtures
from tests.contract_tests.runs import TOY

RIGHT = {"ok": False, "error": {"code": "wrong_state", "text": "Not while it is TRAVELLING"}}
PARCEL = {"ok": True, "data": {"id": "1", "state": "CANCELLED", "weight": 5}}
TIRED = {"ok": False, "error": {"code": "tired", "text": "Come back in 7 seconds"}}


def subject(*, double: bool = True) -> Subject:
    spec = contract.load("acme", TOY / "spec.yaml")
    seeded = fixtures.load(TOY / "fixtures")
    ring = credentials.Keyring(spec, seeded.credentials, secret=False)
    return Subject(
        spec, seeded, Target("http://acme", double, Wire("http://acme")), ring, PROFILES["smoke"], 1
    )


@pytest.fixture(scope="module")
def acme() -> Subject:
    return subject()


def answer(status: int, body: Any, **headers: str) -> Answer:
    request = httpx.Request("POST", "http://acme/v9/parcels/2/cancel")
    if isinstance(body, bytes):
        response = httpx.Response(status, content=body, headers=headers, request=request)
    else:
        response = httpx.Response(status, json=body, headers=headers, request=request)
    response.elapsed = timedelta(0)
    return Answer(response)


def with_error(**changes: Any) -> dict[str, Any]:
    return {"ok": False, "error": {**RIGHT["error"], **changes}}  # type: ignore[dict-item]  # a literal


def kind(found: Any) -> str | None:
    return None if found is None else found.kind


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        (answer(409, RIGHT), None),
        (answer(200, PARCEL), "accepted"),
        (answer(404, RIGHT), "status"),
        (answer(409, {"ok": True, "error": RIGHT["error"]}), "envelope"),
        (answer(409, b"Conflict", **{"content-type": "text/plain"}), "envelope"),
        (answer(409, b"{", **{"content-type": "application/json"}), "body"),
        (answer(200, b"{", **{"content-type": "application/json"}), "body"),
        (answer(409, RIGHT, **{"content-type": "text/html"}), "content type"),
        (answer(409, {**RIGHT, "trace": 1}), "body"),
        (answer(409, with_error(text=7)), "body"),
        (answer(409, with_error(code="state")), "code"),
        (answer(409, with_error(text="Not while it is WAITING")), "message"),
    ],
)
def test_a_refusal_is_the_one_of_the_catalogue(acme: Subject, told: Answer, wrong: str | None) -> None:
    operation, error = acme.contract.operations["cancel_parcel"], acme.contract.errors["wrong_state"]
    found = verdict.against_refusal(acme, operation, error, {"state": "TRAVELLING"}, told)
    assert kind(found) == wrong


@pytest.mark.parametrize(
    ("headers", "wrong"),
    [({"retry-after": "7"}, None), ({}, "header"), ({"retry-after": "soon"}, "header")],
)
def test_a_refusal_carries_its_headers(acme: Subject, headers: dict[str, str], wrong: str | None) -> None:
    operation, error = acme.contract.operations["cancel_parcel"], acme.contract.errors["tired"]
    told = answer(503, TIRED, **headers)
    assert kind(verdict.against_refusal(acme, operation, error, {"retry_after": 7}, told)) == wrong


def test_a_real_server_is_not_held_to_words_that_are_ours() -> None:
    real = subject(double=False)
    operation = real.contract.operations["cancel_parcel"]
    observed, documented = real.contract.errors["wrong_state"], real.contract.errors["missing"]
    other_words = answer(409, with_error(text="Em trânsito"))
    assert verdict.against_refusal(real, operation, observed, {"state": "TRAVELLING"}, other_words) is None
    lost = answer(404, {"ok": False, "error": {"code": "missing", "text": "Perdido"}})
    assert kind(verdict.against_refusal(real, operation, documented, {"parcel_id": "1"}, lost)) == "message"


def test_a_stranger_shares_the_envelope_but_not_the_values(acme: Subject) -> None:
    operation, error = acme.contract.operations["cancel_parcel"], acme.contract.errors["route"]
    right = {"ok": False, "error": {"code": "no_route", "text": "No such address"}}
    assert verdict.against_refusal(acme, operation, error, {}, answer(404, right)) is None
    other = answer(404, {**right, "detail": "Not Found"})
    assert kind(verdict.against_refusal(acme, operation, error, {}, other)) == "body"


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        (answer(200, PARCEL), None),
        (answer(404, RIGHT), "refused"),
        (answer(200, {"ok": False, "data": {}}), "refused"),
        (answer(202, PARCEL), "undocumented status"),
        (answer(200, {"ok": True, "data": {"id": "1"}}), "body"),
    ],
)
def test_a_success_is_a_documented_one(acme: Subject, told: Answer, wrong: str | None) -> None:
    found = verdict.against_success(acme, acme.contract.operations["cancel_parcel"], told)
    assert kind(found) == wrong


@pytest.mark.parametrize(
    ("allow", "right"),
    [
        ("GET, POST", True),
        ("post,get,head,OPTIONS", True),
        ("GET", False),
        ("GET, POST, DELETE", False),
        ("", False),
    ],
)
def test_allow_lists_the_methods_of_the_path(
    acme: Subject,
    allow: str,
    right: bool,
) -> None:
    told = answer(405, RIGHT, **({"allow": allow} if allow else {}))
    found = verdict.against_allow(acme, acme.contract.operations["list_parcels"], told)
    assert (found is None) is right


def test_what_a_refused_request_changed_is_named() -> None:
    before = {"parcels": {"1": {"id": "1", "state": "WAITING"}}}
    after = {"parcels": {"1": {"id": "1", "state": "CANCELLED"}, "2": {}}}
    found = verdict.against_change(before, after, "/paths")
    assert found is not None
    assert found.got == "/parcels/1/state is 'CANCELLED', not 'WAITING'; /parcels/2 ought not to be there"
    assert verdict.against_change(before, before, "/paths") is None
