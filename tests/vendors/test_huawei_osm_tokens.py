"""Huawei, tokens: issued by IAM's call, good for 24 hours of the sandbox's clock, and who enters."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import httpx
import pytest

TOKENS = "/v3/auth/tokens"
STATUS = "/v2/servicerequest/cases/case-123/status"
UNAUTHORIZED = (401, {"error_code": "OSM.0002", "error_msg": "Unauthorized"})
WRONG = {"error": {"code": 401, "message": "The username or password is wrong.", "title": "Unauthorized"}}
INVALID = {"error": {"code": 400, "message": "The request body is invalid", "title": "Bad Request"}}
DUBLE = "0f9e8d7c6b5a49388271605f4e3d2c1b"
_NUMBERS = count(1)


def login(
    client: httpx.Client,
    name: str = "duble",
    password: str = "duble",  # noqa: S107  # an example
    scope: Any = None,
) -> httpx.Response:
    user = {"name": name, "password": password, "domain": {"name": "duble"}}
    identity = {"methods": ["password"], "password": {"user": user}}
    scope = {"domain": {"name": "duble"}} if scope is None else scope
    return client.post(TOKENS, json={"auth": {"identity": identity, "scope": scope}})


def status(client: httpx.Client, token: str | None) -> tuple[int, Any]:
    answer = client.get(STATUS, headers={} if token is None else {"X-Auth-Token": token})
    return answer.status_code, answer.json()


def test_a_token_holds_for_a_day_of_the_sandboxs_clock(double: httpx.Client) -> None:
    double.post("/_duble/clock", json={"freeze": "2030-05-06T07:08:09Z"})
    token = login(double).headers["X-Subject-Token"]
    assert status(double, token) == (200, {"status": 1})

    double.post("/_duble/clock", json={"advance": 86_399})
    assert status(double, token) == (200, {"status": 1})
    double.post("/_duble/clock", json={"advance": 1})
    assert status(double, token) == UNAUTHORIZED


def test_a_new_token_does_not_end_an_older_one(double: httpx.Client) -> None:
    tokens = [login(double).headers["X-Subject-Token"] for _ in range(3)]

    assert len(set(tokens)) == 3
    assert [status(double, token)[0] for token in tokens] == [200] * 3


def test_a_token_at_the_end_of_time(double: httpx.Client) -> None:
    double.post("/_duble/clock", json={"freeze": "9999-12-31T23:59:59.5Z"})

    issued = login(double)

    assert issued.json()["token"]["expires_at"] == "9999-12-31T23:59:59.999999Z"
    assert status(double, issued.headers["X-Subject-Token"]) == (200, {"status": 1})


@pytest.mark.parametrize("token", [None, "", "nobody's", "duble-token ", "x" * 6_000, "duble-expired"])
def test_no_good_token_no_entry(double: httpx.Client, token: str | None) -> None:
    answer = status(double, token.strip() if token == "duble-token " else token)

    assert answer == ((200, {"status": 1}) if token == "duble-token " else UNAUTHORIZED)


def test_a_token_of_the_fixtures_has_no_end(double: httpx.Client) -> None:
    double.post("/_duble/clock", json={"freeze": "9999-12-31T00:00:00Z"})

    assert status(double, "duble-token") == (200, {"status": 1})


@pytest.mark.parametrize("header", ["Bearer duble-token", "Basic ZHVibGU6ZHVibGU=", "duble-token"])
def test_authorization_of_another_kind_is_no_signature(double: httpx.Client, header: str) -> None:
    alone = double.get(STATUS, headers={"Authorization": header})
    with_token = double.get(STATUS, headers={"Authorization": header, "X-Auth-Token": "duble-token"})

    assert (alone.status_code, alone.json()) == UNAUTHORIZED
    assert with_token.status_code == 200


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("duble", "wrong"),
        ("nobody", "duble"),
        ("duble", ""),
        ("", ""),
        ("nobody-special", ""),
        ("IAMUser", "IAMPassword"),
    ],
)
def test_one_text_for_every_wrong_login(double: httpx.Client, name: str, password: str) -> None:
    answer = login(double, name, password)

    assert (answer.status_code, answer.json()) == (401, WRONG)
    assert "X-Subject-Token" not in answer.headers


@pytest.mark.parametrize(
    ("scope", "shown"),
    [
        ({"domain": {"id": DUBLE}}, {"domain": {"id": DUBLE, "name": "duble"}}),
        ({"domain": {"name": "duble", "id": DUBLE}}, {"domain": {"id": DUBLE, "name": "duble"}}),
        (
            {"project": {"name": "cn-south-1"}},
            {
                "project": {
                    "domain": {"id": DUBLE, "name": "duble"},
                    "id": "0a1b2c3d4e5f40718293a4b5c6d7e8f9",
                    "name": "cn-south-1",
                }
            },
        ),
    ],
)
def test_the_scope_is_shown(double: httpx.Client, scope: Any, shown: dict[str, Any]) -> None:
    token = login(double, scope=scope).json()["token"]

    assert {name: token[name] for name in ("domain", "project") if name in token} == shown


@pytest.mark.parametrize(
    ("scope", "code", "body"),
    [
        ({"domain": {"name": "IAMDomain"}}, 401, WRONG),
        ({"project": {"name": "cn-north-1"}}, 401, WRONG),
        ({"project": {"id": "0a1b2c3d4e5f40718293a4b5c6d7e8f9", "name": "other"}}, 401, WRONG),
        ({"project": {}}, 401, WRONG),
        ({"domain": {}}, 401, WRONG),
        ({}, 400, INVALID),
        ({"planet": {"name": "earth"}}, 400, INVALID),
        ({"project": {"id": 5}}, 400, INVALID),
        ([], 400, INVALID),
    ],
)
def test_a_scope_that_is_not_ones_own(double: httpx.Client, scope: Any, code: int, body: Any) -> None:
    answer = login(double, scope=scope)

    assert (answer.status_code, answer.json()) == (code, body)


def test_an_operators_token_is_an_operators(double: httpx.Client) -> None:
    issued = login(double, "operator", "operator")
    new = {
        "business_type_id": "b",
        "simple_description": "s",
        "source_id": "83aeb0f2834c4df49826c781d32a963e",
    }
    token = {"X-Auth-Token": issued.headers["X-Subject-Token"]}

    refused = double.post("/v2/servicerequest/cases", json=new, headers=token).json()

    assert issued.json()["token"]["roles"] == [{"id": "0", "name": "Ticket Group Operator"}]
    assert refused["error_code"] == "OSM.01010007"
    assert status(double, token["X-Auth-Token"]) == (200, {"status": 1})


def test_a_user_who_is_gone_enters_no_more(double: httpx.Client) -> None:
    double.delete("/_duble/state/huawei_osm/users/u-admin")

    assert status(double, "duble-token") == UNAUTHORIZED


@pytest.fixture
def plain(double_url: str) -> Iterator[httpx.Client]:
    """A client without a path prefix."""
    with httpx.Client(base_url=double_url, timeout=30, trust_env=False) as client:
        yield client


@pytest.fixture
def sandbox(plain: httpx.Client) -> Iterator[str]:
    name = f"token-{next(_NUMBERS)}"
    yield name
    plain.delete(f"/_duble/sandboxes/{name}")


def test_a_token_names_its_sandbox(plain: httpx.Client, sandbox: str) -> None:
    osm = {"X-Auth-Token": f"duble-token~{sandbox}"}
    plain.post("/v2/servicerequest/cases/case-123/action?action_id=close", headers=osm)

    assert status(plain, osm["X-Auth-Token"]) == (200, {"status": 3})
    assert status(plain, "duble-token") == (200, {"status": 1})


def test_a_login_names_its_sandbox_and_so_does_its_token(plain: httpx.Client, sandbox: str) -> None:
    issued = login(plain, f"duble~{sandbox}")

    token = issued.headers["X-Subject-Token"]
    assert issued.status_code == 201
    assert token.endswith(f"~{sandbox}")
    assert issued.json()["token"]["user"]["name"] == "duble"
    assert status(plain, token) == (200, {"status": 1})
    assert status(plain, token.partition("~")[0]) == UNAUTHORIZED


def test_a_tilde_elsewhere_in_a_body_is_text(double: httpx.Client) -> None:
    """Only the login's own place may carry a sandbox; a label may be called `a~b`."""
    double.headers["X-Auth-Token"] = "duble-token"
    double.post("/v2/servicerequest/labels", json={"name": "a~b", "color": "c~d"})

    found = double.get("/v2/servicerequest/labels", params={"name": "~"}).json()["label_list"]
    assert [(one["name"], one["color"]) for one in found] == [("a~b", "c~d")]
