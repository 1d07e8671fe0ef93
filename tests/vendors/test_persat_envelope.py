"""Persat's one envelope: every refusal, whoever makes it, and answers to hostile input."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

CANCEL = "/v1/work-orders/9/cancel"
JSON = {"Content-Type": "application/json"}
# With a request body, or none.
WRITES = [
    ("POST", "/v1/work-orders"),
    ("PUT", "/v1/work-orders/9"),
    ("POST", CANCEL),
    ("POST", "/v1/work-orders-labels"),
    ("PUT", "/v1/work-orders-labels/15"),
]
READS = [
    ("GET", "/v1/work-orders?from=2024-07-15&to=2024-07-16"),
    ("GET", "/v1/work-orders/9"),
    ("GET", "/v1/work-orders/tracklink/9"),
    ("GET", "/v1/work-orders-schemas"),
    ("GET", "/v1/work-orders-schemas/13"),
    ("GET", "/v1/work-orders-labels"),
    ("GET", "/v1/work-orders-labels/15"),
    ("DELETE", "/v1/work-orders-labels/15"),
    ("GET", "/v1/clients/CL-0044"),
]


@pytest.fixture
def persat(double: httpx.Client) -> httpx.Client:
    double.headers["Authorization"] = "Bearer duble-key"
    return double


def refusal(status: int, type_: str, message: str) -> dict[str, Any]:
    return {"success": False, "error": {"status": status, "type": type_, "userMessage": message}}


@pytest.mark.parametrize(("method", "path"), WRITES + READS)
@pytest.mark.parametrize("key", [None, "", "Bearer", "Bearer nobody", "Basic duble-key", "duble-key"])
def test_without_a_known_key_every_operation_answers_401(
    double: httpx.Client, method: str, path: str, key: str | None
) -> None:
    answer = double.request(method, path, headers={} if key is None else {"Authorization": key})

    assert answer.status_code == 401
    assert answer.json() == refusal(401, "UNAUTHORIZED", "Api key inválida")


def test_every_key_of_the_list_sees_the_same_account(persat: httpx.Client) -> None:
    persat.post(CANCEL, json={"cause": "x"})

    other = persat.get("/v1/work-orders/9", headers={"Authorization": "Bearer duble-key-2"})

    assert other.json()["data"]["state"] == "CERRADA_NO_CUMPLIDA"


@pytest.mark.parametrize(("method", "path"), WRITES)
@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "multipart/form-data", None])
def test_another_content_type_answers_415(
    persat: httpx.Client, method: str, path: str, media_type: str | None
) -> None:
    headers = {} if media_type is None else {"Content-Type": media_type}

    answer = persat.request(method, path, content=b'{"cause": "x"}', headers=headers)

    assert answer.status_code == 415
    message = "El Content-Type debe ser application/json"
    assert answer.json() == refusal(415, "UNSUPPORTED_MEDIA_TYPE", message)


def test_a_charset_is_accepted(persat: httpx.Client) -> None:
    headers = {"Content-Type": "Application/JSON; charset=utf-8"}

    assert persat.post(CANCEL, content=b'{"cause": "x"}', headers=headers).status_code == 200


@pytest.mark.parametrize(("method", "path"), WRITES)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"cause"',
        b"\xff",
        b'{"cause": "x",}',
        b'{"cause": NaN}',
        b'{"cause": "\\ud800"}',
        b"[" * 100_000,
        b'{"a": 1e999}',
    ],
)
def test_a_body_that_is_no_json_object_answers_400(
    persat: httpx.Client, method: str, path: str, body: bytes
) -> None:
    answer = persat.request(method, path, content=body, headers=JSON)

    assert answer.status_code == 400
    assert answer.json() == refusal(400, "BAD_REQUEST", "El body no es un JSON válido")


def test_a_chunked_body_is_read(persat: httpx.Client) -> None:
    answer = persat.post(CANCEL, content=iter([b'{"cause"', b': "x"}']), headers=JSON)

    assert answer.json() == {"success": True, "data": {"wo_id": "9"}}


@pytest.mark.parametrize(("method", "path"), WRITES + READS)
def test_a_body_beyond_the_limit_answers_413(persat: httpx.Client, method: str, path: str) -> None:
    answer = persat.request(method, path, content=b" " * 2_000_000, headers=JSON)

    assert answer.status_code == 413
    assert answer.json()["error"]["type"] == "PAYLOAD_TOO_LARGE"


@pytest.mark.parametrize(
    "path", ["/v1", "/v1/nope", "/v1/work-order/9", "/v1/work-orders/9/cancel/x", "/v1/deliveries"]
)
def test_an_unknown_path_answers_404(persat: httpx.Client, path: str) -> None:
    answer = persat.get(path)

    assert answer.status_code == 404
    assert (answer.json()["success"], answer.json()["error"]["type"]) == (False, "NOT_FOUND")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", "/v1/work-orders/9", {"GET", "PUT"}),
        ("GET", CANCEL, {"POST"}),
        ("DELETE", "/v1/work-orders", {"GET", "POST"}),
        ("POST", "/v1/work-orders-labels/15", {"GET", "PUT", "DELETE"}),
        ("PUT", "/v1/clients/CL-0044", {"GET"}),
    ],
)
def test_another_method_answers_405_with_those_allowed(
    persat: httpx.Client, method: str, path: str, allowed: set[str]
) -> None:
    answer = persat.request(method, path)

    assert answer.status_code == 405
    assert answer.json()["error"]["type"] == "METHOD_NOT_ALLOWED"
    assert set(answer.headers["Allow"].split(", ")) - {"HEAD", "OPTIONS"} == allowed


@pytest.mark.parametrize(("method", "path"), WRITES + READS)
@pytest.mark.parametrize(
    ("status", "type_"),
    [(403, "FORBIDDEN"), (429, "TOO_MANY_REQUESTS"), (500, "INTERNAL_SERVER_ERROR")],
)
def test_the_vendors_own_trouble_can_be_ordered_on_every_operation(
    persat: httpx.Client, method: str, path: str, status: int, type_: str
) -> None:
    persat.post("/_duble/faults", json={"vendor": "persat", "status": status, "times": 1})

    answer = persat.request(method, path, content=b"{}" if method in ("POST", "PUT") else None, headers=JSON)

    assert answer.status_code == status
    assert (answer.json()["success"], answer.json()["error"]["type"]) == (False, type_)


@pytest.mark.parametrize(
    ("path", "plain"),
    [("/v1/work-orders/9/", "/v1/work-orders/9"), ("/v1/work-orders-labels/", "/v1/work-orders-labels")],
)
def test_a_trailing_slash_makes_no_difference(persat: httpx.Client, path: str, plain: str) -> None:
    assert persat.get(path).json() == persat.get(plain).json()


@pytest.mark.parametrize("wo_id", ["%00", "%FF", "a%2Fb", "%2e%2e", "{wo_id}", "9" * 5000, "%F0%9F%91%B7"])
def test_any_text_is_an_id_that_may_be_unknown(persat: httpx.Client, wo_id: str) -> None:
    answer = persat.get(f"/v1/work-orders/{wo_id}")

    assert answer.status_code == 404
    assert answer.json()["error"]["userMessage"].startswith("No hay una ot con este numero de wo_id: ")


NEW_ORDER = {
    "uid_client": "AABC9098",
    "wo_data": {"schema_id": 13, "service_time": 45, "instructions": {"formvalues": {"FWMg5UsWo": "x"}}},
    "labels_ids": [15],
    "assignation_info": {
        "date": "2030-07-18",
        "starts_min": 480,
        "responsibles_required": 1,
        "responsibles": [7],
    },
    "responsibles": [7],
}
PLACES = [
    *((name,) for name in NEW_ORDER),
    *(("wo_data", name) for name in ("schema_id", "service_time", "instructions")),
    ("wo_data", "instructions", "formvalues"),
    *(("assignation_info", name) for name in ("date", "starts_min", "responsibles_required", "responsibles")),
]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
values = (
    st.sampled_from([[], {}, 0, 1, 1439, 1440, 13.0, 1e308, -1, [7.0], [8, 7], "CL-0044", "2030-02-29"])
    | st.dates().map(str)
    | st.datetimes().map(lambda instant: f"{instant.isoformat()}Z")
    | json_values
)
edits = st.lists(st.tuples(st.sampled_from(PLACES), st.just(...) | values), max_size=4)


def edited(changes: list[tuple[tuple[str, ...], Any]]) -> dict[str, Any]:
    """A good new order in which some places are gone (`...`) or hold something else."""
    order: dict[str, Any] = deepcopy(NEW_ORDER)
    for (*parents, name), value in changes:
        inside: Any = order
        for parent in parents:
            inside = inside.get(parent) if isinstance(inside, dict) else None
        if isinstance(inside, dict):
            inside[name] = deepcopy(value)
            if value is ...:
                del inside[name]
    return order


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(changes=edits)
def test_whatever_a_new_order_says_the_answer_is_persats(
    persat: httpx.Client, changes: list[tuple[tuple[str, ...], Any]]
) -> None:
    content = json.dumps(edited(changes)).encode()

    answer = persat.post("/v1/work-orders", content=content, headers=JSON)

    assert answer.status_code in (200, 400, 409), answer.text
    if answer.status_code != 200:
        error = answer.json()["error"]
        assert answer.json()["success"] is False
        assert error["status"] == answer.status_code
        return
    made = answer.json()["data"]
    info = made["assignation_info"]
    shape = (info["date"] is not None, info["starts_min"] is not None, bool(info["responsibles"]))
    assert (
        made["state"]
        == {
            (False, False, False): "PENDIENTE",
            (True, True, False): "PROYECTADA",
            (True, True, True): "ASIGNADA",
        }[shape]
    )
    assert persat.get(f"/v1/work-orders/{made['_id']}").json()["data"] == made


@pytest.mark.parametrize(
    ("depth", "status"), [(20, 200), (100, 200), (150, 400), (260, 400), (900, 400), (5000, 400)]
)
def test_a_deeply_nested_form_is_stored_or_refused(persat: httpx.Client, depth: int, status: int) -> None:
    nested = "[" * depth + "]" * depth
    body = '{"uid_client": "AABC9098", "wo_data": {"schema_id": 13, "service_time": 45,'
    body += f' "instructions": {{"formvalues": {{"a": {nested}}}}}}}}}'

    answer = persat.post("/v1/work-orders", content=body.encode(), headers=JSON)

    assert answer.status_code == status
    assert answer.json()["success"] is (status == 200)
