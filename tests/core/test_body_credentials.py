"""A vendor whose credential is in the body, and who numbers every call, refused ones included."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from mockserver.app import Double, Source
from mockserver.core.call import Call
from mockserver.core.documents import read_yaml
from mockserver.core.errors import SpecError
from mockserver.core.replies import JSON, Refusal, Text
from mockserver.core.room import Room
from mockserver.server import serving
from mockserver.settings import Settings
from tests.core.acme import ACME, SOURCE, WrongKey

JSON_TYPE = {"Content-Type": "application/json"}


def spec() -> Any:
    """Acme's contract, with the key of a new order in its body and a plain text for what is no JSON."""
    document = read_yaml(SOURCE.spec, SpecError)
    create = document["paths"]["/orders"]["post"]
    create["security"] = []
    create["x-errors"] = [
        {"error": "bad_key", "refuses": ["credential", "body/key"]},
        {"error": "bad_note", "refuses": ["body/note:null", "body/note:maxLength"]},
    ]
    document["x-errors"]["bad_body"]["message"] = "Bad body"
    create["requestBody"]["content"]["application/json"]["schema"] = {
        "type": "object",
        "required": ["key"],
        "properties": {"key": {"type": "string"}, "note": {"type": "string", "maxLength": 30}},
    }
    create["responses"]["400"] = {
        "description": "A refusal",
        "content": {"text/plain": {"schema": {"type": "string"}}},
    }
    return document


async def log(room: Room, call: Call) -> int:
    return await room.ids.next("calls")


async def authenticate(room: Room, call: Call) -> str:
    if not isinstance(call.json, dict) or call.json.get("key") != "acme-key":
        raise WrongKey
    return "acme"


def envelope(refusal: Refusal) -> JSON:
    if refusal.status == 400:
        return Text(refusal.message)
    return {
        "fault": refusal.code,
        "text": f"{refusal.room.call.operation_id} {refusal.room.logged}",
        "at": [],
    }


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path: Path = tmp_path_factory.mktemp("acme") / "acme.yaml"
    path.write_text(json.dumps(spec()), "utf-8")  # JSON is YAML
    vendor = replace(
        ACME, envelope=envelope, authenticate=authenticate, log=log, sandbox_in=("body/key", "body/second")
    )
    with serving(Double([Source(vendor, path, SOURCE.seed)], Settings())) as served:
        yield served


@pytest.fixture
def acme(url: str, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{url}/~{request.node.name[:60]}", timeout=30, trust_env=False) as client:
        yield client


def number_of(answer: httpx.Response) -> int:
    return int(answer.json()["text"].rpartition(" ")[2])


def test_content_type_and_syntax_come_before_the_credential(acme: httpx.Client) -> None:
    assert acme.post("/v9/orders", content=b"{}", headers={"Content-Type": "text/plain"}).status_code == 415
    unreadable = acme.post("/v9/orders", content=b"{", headers=JSON_TYPE)
    assert (unreadable.status_code, unreadable.text) == (400, "Unreadable")
    assert unreadable.headers["Content-Type"].startswith("text/plain")


def test_the_credential_comes_before_the_other_fields(acme: httpx.Client) -> None:
    assert acme.post("/v9/orders", json={"key": "wrong", "note": None}).json()["fault"] == "KEY"
    assert acme.post("/v9/orders", json={"note": None}).json()["fault"] == "KEY"
    assert acme.post("/v9/orders", json={"key": "acme-key"}).status_code == 200


def test_refused_calls_are_numbered_and_unreadable_ones_are_not(acme: httpx.Client) -> None:
    def refused() -> httpx.Response:
        return acme.post("/v9/orders", json={"key": "wrong"})

    first = number_of(refused())
    assert acme.post("/v9/orders", json={"key": "acme-key"}).status_code == 200
    assert acme.post("/v9/orders", content=b"{", headers=JSON_TYPE).status_code == 400
    assert number_of(refused()) == first + 2
    assert refused().json()["text"] == f"create_order {first + 3}"


def test_a_null_is_told_from_a_wrong_type(acme: httpx.Client) -> None:
    null = acme.post("/v9/orders", json={"key": "acme-key", "note": None})
    number = acme.post("/v9/orders", json={"key": "acme-key", "note": 5})
    assert (null.status_code, null.text) == (400, "Bad note")
    assert (number.status_code, number.text) == (400, "Bad body")


def test_a_sandbox_in_the_body_is_found_and_always_taken_off(url: str) -> None:
    with httpx.Client(base_url=url, timeout=30, trust_env=False) as client:
        tagged = {"key": "acme-key~body-one", "second": "x~body-two"}
        assert client.post("/v9/orders", json=tagged).status_code == 200
        assert client.post("/~body-three/v9/orders", json=tagged).status_code == 200
        named = client.get("/_duble/sandboxes").json()
    assert "body-one" in str(named)
    assert "body-three" in str(named)
    assert "body-two" not in str(named)
