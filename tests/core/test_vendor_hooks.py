"""What a vendor may tell the core: finer refusals, leniency, a last touch, and what is unserved."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from mockserver.app import Double, Source
from mockserver.core.call import Call
from mockserver.core.documents import read_yaml
from mockserver.core.errors import SpecError
from mockserver.core.replies import Reply
from mockserver.core.room import Room
from mockserver.server import serving
from mockserver.settings import Settings
from tests.core.acme import ACME, SOURCE

_NUMBERS = count(1)
HANDBOOK = {"mark": "documented", "document": "handbook"}


async def _forgive(room: Room, call: Call) -> None:
    """Single quotes are taken for double ones."""
    call.body = call.body.replace(b"'", b'"')


async def _authenticate(room: Room, call: Call) -> str:
    """The key beside its name; remembers what was sent."""
    SENT.append(call.sent_header("authorization"))
    return await ACME.authenticate(room, replace(call, headers={"authorization": "Bearer acme-key"}))  # type: ignore[no-any-return]


SENT: list[str | None] = []


def _finish(call: Call, reply: Reply) -> Reply:
    return Reply(reply.status, reply.body, {**reply.headers, "X-Call": call.id})


def _spec() -> Any:
    spec = read_yaml(SOURCE.spec, SpecError)
    spec["x-errors"]["bad_type"] = {
        "status": 400,
        "code": "TYPE",
        "message": "Another type",
        "refuses": ["body:type", "query:type"],
        "x-source": HANDBOOK,
    }
    # The first entry that matches wins, so the new one goes to the front.
    spec["x-errors"] = {"bad_type": spec["x-errors"].pop("bad_type"), **spec["x-errors"]}
    spec["paths"]["/orders"]["post"]["x-errors"] = [{"error": "bad_note", "refuses": ["body/note:maxLength"]}]
    spec["x-unserved"] = {
        "x-source": HANDBOOK,
        "operations": [
            {"operationId": "export_orders", "method": "GET", "path": "/orders/export"},
            {"operationId": "list_lines", "method": "GET", "path": "/orders/{orderId}/lines"},
            {"operationId": "drop_order", "method": "DELETE", "path": "/orders/{orderId}"},
        ],
    }
    return spec


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path: Path = tmp_path_factory.mktemp("acme") / "acme.yaml"
    path.write_text(json.dumps(_spec()), "utf-8")
    vendor = replace(
        ACME,
        authenticate=_authenticate,
        forgive=_forgive,
        finish=_finish,
        sandbox_in=("header/authorization/Key", "body/from/name"),
    )
    with serving(Double([Source(vendor, path, SOURCE.seed)], Settings())) as served:
        yield served


@pytest.fixture
def acme(url: str) -> Iterator[httpx.Client]:
    name = f"hooks-{next(_NUMBERS)}"
    with httpx.Client(base_url=f"{url}/~{name}", timeout=30, trust_env=False) as client:
        yield client


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"note": "x" * 31}, "NOTE"),
        ({"note": 5}, "TYPE"),
        ({"due": "soon"}, "TYPE"),
        ({"due": "soon", "note": "x" * 31}, "NOTE"),
        ([], "TYPE"),
        (None, "TYPE"),
    ],
)
def test_a_place_may_end_in_a_keyword(acme: httpx.Client, body: Any, code: str) -> None:
    answer = acme.post("/v9/orders", content=json.dumps(body), headers=JSON)

    assert (answer.status_code, answer.json()["fault"]) == (400, code)


JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(("limit", "code"), [("ten", "TYPE"), ("1.5", "TYPE"), ("", "TYPE"), ("0", "VALUE")])
def test_a_parameter_of_another_type_breaks_type(acme: httpx.Client, limit: str, code: str) -> None:
    assert acme.get("/v9/orders", params={"limit": limit}).json()["fault"] == code


def test_leniency_comes_before_validation(acme: httpx.Client) -> None:
    answer = acme.post("/v9/orders", content=b"{'note': 'quoted'}", headers=JSON)

    assert (answer.status_code, answer.json()["note"]) == (200, "quoted")


def test_every_answer_gets_the_last_touch_and_an_id_of_its_own(acme: httpx.Client) -> None:
    answers = [
        acme.get("/v9/orders/1"),
        acme.get("/v9/orders/none"),
        acme.get("/v9/nowhere"),
        acme.put("/v9/orders"),
        acme.post("/v9/orders", content=b"{", headers=JSON),
    ]

    assert [answer.status_code for answer in answers] == [200, 404, 404, 405, 400]
    ids = {answer.headers["X-Call"] for answer in answers}
    assert {len(id) for id in ids} == {32}
    assert len(ids) == 5


def test_the_same_requests_have_the_same_ids_in_every_run(url: str, acme: httpx.Client) -> None:
    name = str(acme.base_url).rpartition("~")[2].strip("/")
    first = [acme.get("/v9/orders").headers["X-Call"] for _ in range(2)]
    acme.delete(f"/_duble/sandboxes/{name}")

    again = [acme.get("/v9/orders").headers["X-Call"] for _ in range(2)]

    assert first == again


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("GET", "/v9/orders/export", "export_orders"),
        ("GET", "/v9/orders/1/lines", "list_lines"),
        ("DELETE", "/v9/orders/1", "drop_order"),
    ],
)
def test_what_is_unserved_is_said_in_our_own_words(
    acme: httpx.Client, method: str, path: str, operation: str
) -> None:
    answer = acme.request(method, path)

    assert (answer.status_code, answer.headers["Content-Type"]) == (501, "text/plain; charset=utf-8")
    assert answer.text == f"Acme orders has the operation {operation}; the double does not simulate it.\n"
    (entry,) = acme.get("/_duble/requests").json()["requests"]
    assert (entry["operation"], entry["status"]) == (operation, 501)


def test_only_what_is_listed_is_unserved(acme: httpx.Client) -> None:
    assert acme.get("/v9/orders/1/line").status_code == 404
    assert acme.put("/v9/orders/1").status_code == 405
    assert acme.get("/v9/orders/exports").json()["text"] == "No order exports"


def made_in(client: httpx.Client, name: str) -> int:
    records = client.get(f"/~{name}/_duble/state/acme/orders").json()["records"]
    return sum(record["note"] == "mine" for record in records)


def test_a_parameter_of_a_header_names_a_sandbox_and_is_kept_as_sent(url: str) -> None:
    name = f"key-{next(_NUMBERS)}"
    header = f"ACME Key=abc~{name}, Signature=~other"
    with httpx.Client(base_url=url, trust_env=False) as client:
        client.post("/v9/orders", json={"note": "mine"}, headers={"Authorization": header})

        assert (made_in(client, name), made_in(client, "default")) == (1, 0)
    assert SENT[-1] == header


def test_a_place_in_a_body_names_a_sandbox(url: str) -> None:
    name = f"body-{next(_NUMBERS)}"
    body = {"note": "mine", "from": {"name": f"me~{name}"}, "to": {"name": "you~elsewhere"}}
    with httpx.Client(base_url=url, trust_env=False) as client:
        client.post("/v9/orders", json=body)

        assert (made_in(client, name), made_in(client, "elsewhere"), made_in(client, "default")) == (1, 0, 0)
