"""Credentials that are almost good: what is tried of them where, and how they read in print."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Mapping
from dataclasses import replace

import pytest

from contract_tests.harness.network.access import Access
from contract_tests.harness.network.disguise import hidden
from contract_tests.harness.network.near_misses import near_misses
from contract_tests.harness.running.prepare import prepared, shipped
from contract_tests.harness.running.run import Run
from contract_tests.harness.running.session import execute
from tests.contract_tests.foreign import CREDENTIALS, Counter, opened
from tests.contract_tests.runs import Quiet
from tests.contract_tests.saboteur import Ask, Asked, Told

HOLDERS = {"bearer": "TOKEN", "login": "LOGIN", "password": "PASSWORD"}
PAIR = {"login": "ana", "password": "Secret1"}


def made(good: Mapping[str, str], *, few: bool = False) -> list[tuple[str, ...]]:
    return [tuple(miss.secrets.values()) for miss in near_misses(good, HOLDERS, few=few)]


def test_a_token_is_missed_by_one_character_or_by_its_case() -> None:
    assert made({"bearer": "abC-1"}) == [("abC-1x",), ("abC-",), ("ABc-1",)]


def test_what_has_no_letters_has_no_other_case() -> None:
    assert made({"bearer": "123"}) == [("123x",), ("12",)]


def test_a_miss_is_never_empty_nor_the_same_between_blanks() -> None:
    assert made({"bearer": "7"}) == [("7x",)]
    assert made({"bearer": "77 "}) == [("77 x",)]


def test_each_half_of_a_login_is_wrong_once() -> None:
    assert made(PAIR) == [
        ("ana", "Secret1x"),
        ("ana", "Secret"),
        ("ana", "sECRET1"),
        ("wrong-credential", "Secret1"),
        ("ana", "wrong-credential"),
    ]


def test_blanks_around_a_secret_tell_in_a_body_only() -> None:
    in_body = [tuple(miss.secrets.values()) for miss in near_misses(PAIR, HOLDERS, in_body=True)]
    blanks = {("ana", "Secret1 "), ("ana", " Secret1"), ("ana ", "Secret1"), (" ana", "Secret1")}
    assert {*in_body} - {*made(PAIR)} == blanks


def test_where_accounts_are_locked_only_two_logins_fail() -> None:
    assert made(PAIR, few=True) == [("ana", "Secret1x"), ("ana", "sECRET1")]


@pytest.mark.parametrize("good", [{"bearer": "abC-1"}, PAIR])
def test_a_shell_makes_of_what_is_printed_what_was_sent(good: dict[str, str]) -> None:
    variables = {HOLDERS[name]: value for name, value in good.items()}
    for miss in near_misses(good, HOLDERS, in_body=True):
        line = "printf '%s\\n' " + " ".join(f'"{shown}"' for shown in miss.shown.values())
        said = subprocess.run(
            ["/bin/sh", "-c", line],
            env={**variables, "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert said.stdout.splitlines() == list(miss.secrets.values()), miss.name


def test_what_stands_for_a_secret_is_not_read_again() -> None:
    assert hidden("duble DUBLE", {"duble": "$DUBLE_LOGIN", "DUBLE": "$OTHER"}) == "$DUBLE_LOGIN $OTHER"


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUBLE_EXAMPLES", "off")
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


def checked(vendor: str, server: Counter, profile: str) -> Run:
    access = Access(url=server.url)
    with prepared([shipped(vendor)], access=access, profile=profile, parts=["authentication"]) as run:
        execute(run, Quiet())
        return run


def passwords(asked: Asked) -> str | None:
    """The password of a failed login with a good name, in a header or in a body."""
    shown = asked.headers.get("authorization", "")
    if shown.startswith("Basic "):
        name, _, password = base64.b64decode(shown.removeprefix("Basic ")).decode().partition(":")
        return password if name == "duble" and password != "duble" else None
    body = json.loads(asked.body) if asked.path.endswith("/login") and asked.method == "POST" else {}
    wrong = isinstance(body, dict) and body.get("userName") == "mobile" and body.get("password") != "123456"
    return body["password"] if wrong else None


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(
    ("vendor", "profile", "failed"),
    [
        ("taf", "standard", ["DUBLE", "dublex"]),
        ("taf", "smoke", []),
        ("citsmart", "standard", ["123456x"]),  # it has no letters
        ("citsmart", "smoke", []),
    ],
)
def test_on_a_server_that_is_not_ours_few_logins_fail(vendor: str, profile: str, failed: list[str]) -> None:
    with opened([vendor]) as server:
        run = checked(vendor, server, profile)
    assert sorted(filter(None, map(passwords, server.asked))) == failed
    assert run.findings == []


@pytest.mark.usefixtures("known")
def test_a_key_with_anything_behind_it_is_tried_on_one_read_and_told_without_the_key() -> None:
    async def lenient(asked: Asked, ask: Ask) -> Told:
        shown = asked.headers.get("authorization", "")
        begins = shown.startswith("Bearer duble-key")
        headers = {**asked.headers, **({"authorization": "Bearer duble-key"} if begins else {})}
        return await ask(replace(asked, headers=headers))

    with opened(["persat"], lenient) as server:
        run = checked("persat", server, "standard")
    (finding,) = run.findings
    assert finding.kind == "accepted"
    assert '"Authorization: Bearer ${DUBLE_PERSAT_TOKEN}x"' in finding.curl[-1]
    shown = {asked.path for asked in server.asked if asked.headers.get("authorization") == "Bearer duble-ke"}
    assert len(shown) == 1
