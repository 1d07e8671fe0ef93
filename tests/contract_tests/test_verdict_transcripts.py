"""What a finding shows of a request and its answer: all of it up to a limit, and nothing secret."""

from __future__ import annotations

import json

import pytest

from contract_tests.harness.network import transcript
from contract_tests.harness.network.exchange import Request
from tests.contract_tests.test_verdict import answer

VEIL = {"correct-horse": "$DUBLE_ACME_TOKEN"}


def sent(headers: dict[str, str] | None = None, body: object = None) -> Request:
    raw = None if body is None else json.dumps(body).encode()
    return Request(method="POST", path="/v9/tokens", headers=headers or {}, body=raw)


def test_a_request_is_shown_whole() -> None:
    shown = transcript.request(sent({"Accept": "*/*"}, {"reason": "changed my mind"}), VEIL)
    assert shown == 'POST /v9/tokens\nAccept: */*\n\n{"reason": "changed my mind"}'


def test_an_answer_is_shown_with_status_and_headers() -> None:
    shown = transcript.answer(answer(404, b"lost", **{"content-type": "text/plain"}), VEIL)
    assert shown == "HTTP/1.1 404 Not Found\ncontent-type: text/plain\ncontent-length: 4\n\nlost"


@pytest.mark.parametrize(
    ("header", "value", "shown"),
    [
        ("Authorization", "Bearer correct-horse", "Bearer $DUBLE_ACME_TOKEN"),
        ("Authorization", "Bearer wrong-credential", "Bearer wrong-credential"),
        ("Authorization", "Bearer another", "***"),
        ("X-Auth-Token", "another", "***"),
        ("Cookie", "sid=another; theme=dark", "***"),
        ("Set-Cookie", "sid=another", "***"),
    ],
)
def test_a_credential_is_its_variable_or_stars(header: str, value: str, shown: str) -> None:
    assert f"\n{header}: {shown}" in transcript.request(sent({header: value}), VEIL)


@pytest.mark.parametrize(
    "name", ["sessionID", "access_token", "password", "senha", "clientSecret", "api_key"]
)
def test_secrets_in_a_body_are_stars(name: str) -> None:
    body = {"user": "ana", "login": {name: 'hun"ter2'}}
    for shown in (transcript.request(sent(body=body), VEIL), transcript.answer(answer(200, body), VEIL)):
        assert "ter2" not in shown
        assert "***" in shown
        assert "ana" in shown
    assert list(transcript.secrets([sent(body=body)], [])) == ['hun"ter2']


def test_a_long_body_is_cut_and_its_length_told() -> None:
    shown = transcript.request(sent(body="ñ" * 100_000), VEIL)
    assert len(shown.encode()) <= transcript.LONGEST
    assert shown.endswith("(a body of 600002 bytes)")


def test_what_is_no_text_is_escaped() -> None:
    shown = transcript.answer(answer(200, b"\xff\x00"), VEIL)
    assert "\\xff" in shown
