"""Zeev: who may enter, for how long, and who is turned away with which 401."""

from __future__ import annotations

import httpx
import pytest

START = "2026-03-19T12:00:00Z"


def log_in(double: httpx.Client, login: str = "duble", word: str = "duble") -> httpx.Response:
    return double.post("/api/2/tokens", json={"login": login, "password": word})


def entering(double: httpx.Client, header: str | None) -> tuple[int, str | None]:
    headers = {} if header is None else {"Authorization": header}
    answer = double.get("/api/2/instances", headers=headers)
    assert "www-authenticate" not in answer.headers
    return answer.status_code, answer.json()["error"]["key"] if answer.status_code != 200 else None


def bearer(token: str) -> str:
    return f"Bearer {token}"


def test_a_login_gives_a_temporary_token_that_opens(double: httpx.Client) -> None:
    answer = log_in(double, "ana.souza", "exemplo")

    token = answer.json().pop("temporaryToken")
    assert answer.status_code == 200
    assert answer.json() | {"temporaryToken": ""} == {
        "userId": 7,
        "name": "Ana Souza",
        "username": "ana.souza",
        "temporaryToken": "",
    }
    assert entering(double, bearer(token)) == (200, None)


def test_a_temporary_token_opens_for_ten_minutes_and_not_a_second_longer(double: httpx.Client) -> None:
    double.post("/_duble/clock", json={"freeze": START})
    token = log_in(double).json()["temporaryToken"]

    double.post("/_duble/clock", json={"advance": 600})
    assert entering(double, bearer(token)) == (200, None)

    double.post("/_duble/clock", json={"advance": 1})
    assert entering(double, bearer(token)) == (401, "token_expired")


def test_a_permanent_token_never_expires(double: httpx.Client) -> None:
    double.post("/_duble/clock", json={"advance": 10 * 365 * 86_400})

    assert entering(double, bearer("duble-token")) == (200, None)


def test_a_further_token_has_its_own_ten_minutes_and_leaves_the_older_one_valid(double: httpx.Client) -> None:
    double.post("/_duble/clock", json={"freeze": START})
    first = log_in(double).json()["temporaryToken"]
    double.post("/_duble/clock", json={"advance": 400})

    answer = double.get("/api/2/tokens", headers={"Authorization": bearer(first)})

    second = answer.json().pop("temporaryToken")
    assert answer.json().keys() == {"userId", "username", "temporaryToken"}
    assert (answer.json()["userId"], answer.json()["username"]) == (1, "duble")
    assert second != first
    assert entering(double, bearer(first)) == (200, None)
    double.post("/_duble/clock", json={"advance": 400})
    assert entering(double, bearer(first)) == (401, "token_expired")
    assert entering(double, bearer(second)) == (200, None)


@pytest.mark.parametrize(
    ("header", "refused"),
    [
        (None, "token_missing"),
        ("duble-token", "token_missing"),
        ("bearer duble-token", "token_missing"),
        ("Basic ZHVibGU6ZHVibGU=", "token_missing"),
        ("Bearer nobody", "token_invalid"),
        ("Bearer duble", "token_invalid"),
        ("Bearer duble-inactive", "user_inactive"),
        ("Bearer duble-locked", "user_inactive"),
    ],
)
def test_whoever_may_not_enter_is_told_why(double: httpx.Client, header: str | None, refused: str) -> None:
    assert entering(double, header) == (401, refused)


@pytest.mark.parametrize("change", [{"active": False}, {"locked": True}])
def test_a_person_deactivated_or_locked_since_cannot_enter_any_more(
    double: httpx.Client, change: dict[str, bool]
) -> None:
    token = log_in(double).json()["temporaryToken"]
    person = double.get("/_duble/state/zeev/people/1").json()

    double.put("/_duble/state/zeev/people/1", json=person | change)

    assert entering(double, bearer(token)) == (401, "user_inactive")
    assert entering(double, bearer("duble-token")) == (401, "user_inactive")


@pytest.mark.parametrize(
    ("login", "password", "refused"),
    [
        ("duble", "errada", "invalid_credentials"),
        ("ninguem", "duble", "invalid_credentials"),
        ("carla.dias", "errada", "invalid_credentials"),
        ("carla.dias", "exemplo", "user_inactive"),
        ("davi.rocha", "exemplo", "user_inactive"),
    ],
)
def test_a_refused_login_says_no_more_than_it_must(
    double: httpx.Client, login: str, password: str, refused: str
) -> None:
    answer = log_in(double, login, password)

    assert (answer.status_code, answer.json()["error"]["key"]) == (401, refused)


@pytest.mark.parametrize(
    ("body", "details"),
    [
        ({}, ["login", "password"]),
        ({"login": "duble"}, ["password"]),
        ({"password": "duble"}, ["login"]),
        ({"login": None, "password": "duble"}, ["login"]),
        ({"login": "duble", "password": 1}, ["password"]),
    ],
)
def test_an_incomplete_login_is_refused_with_what_offends(
    double: httpx.Client, body: dict[str, object], details: list[str]
) -> None:
    answer = double.post("/api/2/tokens", json=body)

    error = answer.json()["error"]
    assert (answer.status_code, error["key"], sorted(error["details"])) == (400, "invalid_body", details)


def test_a_login_needs_no_token_and_ignores_a_wrong_one(double: httpx.Client) -> None:
    double.headers["Authorization"] = "Bearer nobody"

    assert log_in(double).status_code == 200


def test_a_token_finds_its_sandbox_without_a_path_prefix(double_url: str) -> None:
    instance, permanent = "/api/2/instances/890360388", {"Authorization": bearer("duble-token")}
    with httpx.Client(base_url=double_url, trust_env=False) as client:
        token = log_in(client, "duble~zeev-tokens").json()["temporaryToken"]
        before = client.get(instance, headers=permanent).json()

        cancelled = client.patch(f"{instance}/cancel", json={}, headers={"Authorization": bearer(token)})

        there = client.get(f"/~zeev-tokens{instance}", headers=permanent).json()
        here = client.get(instance, headers=permanent).json()
        client.delete("/_duble/sandboxes/zeev-tokens")
    assert (cancelled.status_code, there["active"], here) == (200, False, before)
