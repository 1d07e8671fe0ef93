"""Zeev: what does not reach an operation is refused in the vendor's envelope, and nothing is stored."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

CANCEL = "/api/2/instances/890360388/cancel"
WITH_BODY = [
    ("PATCH", CANCEL),
    ("POST", "/api/2/instances"),
    ("POST", "/api/2/instances/report"),
    ("POST", "/api/2/tokens"),
    ("PUT", "/api/2/assignments/70020"),
]


@pytest.fixture
def zeev(double: httpx.Client) -> httpx.Client:
    double.headers["Authorization"] = "Bearer duble-token"
    return double


def refusal(status: int, key: str, message: str) -> tuple[int, dict[str, Any]]:
    error = {"code": str(status), "key": key, "message": message, "vars": [], "details": []}
    return status, {"error": error}


def answered(answer: httpx.Response) -> tuple[int, Any]:
    assert answer.headers["content-type"] == "application/json"
    return answer.status_code, answer.json()


@pytest.mark.parametrize(
    "path", ["/api/2/nada", "/api/2", "/api/2/instances/1/cancel/undo/x", "/api/2/instances/"]
)
def test_an_unknown_path_is_not_found(zeev: httpx.Client, path: str) -> None:
    assert answered(zeev.get(path)) == refusal(404, "not_found", "Recurso não encontrado")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/api/2/instances/report", {"GET", "POST"}),
        ("GET", CANCEL, {"PATCH"}),
        ("POST", CANCEL, {"PATCH"}),
        ("PUT", "/api/2/tokens", {"GET", "POST"}),
        ("PATCH", "/api/2/assignments/70020", {"PUT"}),
    ],
)
def test_a_wrong_method_names_the_right_ones(
    zeev: httpx.Client, method: str, path: str, allowed: set[str]
) -> None:
    answer = zeev.request(method, path)

    assert answered(answer) == refusal(405, "method_not_allowed", "Método não permitido")
    assert set(answer.headers["allow"].split(", ")) - {"HEAD", "OPTIONS"} == allowed


@pytest.mark.parametrize(("method", "path"), WITH_BODY)
def test_a_body_of_another_type_is_refused(zeev: httpx.Client, method: str, path: str) -> None:
    answer = zeev.request(method, path, content=b"reason=x", headers={"Content-Type": "text/plain"})

    expected = refusal(415, "unsupported_media_type", "Tipo de conteúdo não suportado")
    assert answered(answer) == expected


def test_a_missing_content_type_counts_as_json(zeev: httpx.Client) -> None:
    answer = zeev.patch(CANCEL, content=b'{"reason": "x"}')

    assert "content-type" not in answer.request.headers
    assert answered(answer) == (200, {"success": True})


@pytest.mark.parametrize(("method", "path"), WITH_BODY)
@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"[]", b"1"])
def test_a_body_that_is_no_json_object_is_refused(
    zeev: httpx.Client, method: str, path: str, content: bytes
) -> None:
    before = zeev.get("/_duble/state/zeev/instances").json()

    answer = zeev.request(method, path, content=content, headers={"Content-Type": "application/json"})

    assert answered(answer) == refusal(400, "invalid_body", "Corpo da requisição inválido")
    assert zeev.get("/_duble/state/zeev/instances").json() == before


def test_an_oversized_body_is_refused(zeev: httpx.Client) -> None:
    answer = zeev.patch(CANCEL, json={"reason": "a" * 12_000_000})

    assert answered(answer) == refusal(413, "payload_too_large", "Corpo da requisição muito grande")


@pytest.mark.parametrize("wish", ["code=500", "code=429"])
def test_the_vendors_own_trouble_can_be_had_on_demand(zeev: httpx.Client, wish: str) -> None:
    answer = zeev.patch(CANCEL, json={}, headers={"Prefer": wish})

    expected = {
        "code=500": refusal(500, "internal_error", "Erro interno"),
        "code=429": refusal(429, "too_many_requests", "Limite de requisições excedido"),
    }
    assert answered(answer) == expected[wish]
    assert answer.headers.get("retry-after", "1") == "1"
    assert zeev.get("/_duble/state/zeev/instances/890360388").json()["state"] == "RUNNING"


def test_records_that_a_test_has_torn_apart_still_read(zeev: httpx.Client) -> None:
    zeev.delete("/_duble/state/zeev/people/1")
    zeev.delete("/_duble/state/zeev/applications/12")
    elisa = zeev.get("/_duble/state/zeev/people/11").json()
    zeev.put("/_duble/state/zeev/people/11", json=elisa | {"may_cancel": [12]})
    zeev.headers["Authorization"] = "Bearer duble-reimbursements"

    found = zeev.get("/api/2/instances/890360388", params={"showPendingInstanceTasks": "true"}).json()

    assert (found["requester"]["name"], found["requestName"], found["active"]) == ("", " v0", True)
    assert answered(zeev.patch(CANCEL, json={})) == (200, {"success": True})
