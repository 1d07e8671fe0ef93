"""The suite signs as the vendor's signer does, and finds a gateway that looks at them otherwise."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contract_tests.harness.acting.signatures import ENTERS, IS_REFUSED, OTHER_HOST
from contract_tests.harness.network.exchange import Request
from contract_tests.harness.network.signing import AccessKey, canonical_request, signed
from contract_tests.harness.running.run import Run
from mockserver.app import Double, build
from mockserver.server import serving
from mockserver.vendors.huawei_osm import signature
from tests.contract_tests.runs import run_shipped

CASES = "/v2/servicerequest/cases"
PLAIN = {"Host": "127.0.0.1:8080"}
JSON = {**PLAIN, "Content-Type": "application/json"}
PRESS = Request(
    method="POST",
    path=f"{CASES}/TT202601020001/action?action_id=press",
    headers=JSON,
    body=b'{"operate_desc":"please hurry"}',
)
VECTORS = [
    (
        PRESS,
        "04a55bdd5c7449009aa422675402d8427b42cacd48ab9a07c4d5be7186216bbd",
        "784010c5a59ed18794a300335fe4c8726342ce1cbcf8099401dc4bc13d1d4cc4",
    ),
    (
        Request(method="GET", path=f"{CASES}/a%2Fb/status", headers=PLAIN),
        "0f0d1c7e996f610b37027e9e26ba94bb2d71cfd1e6eacd28adf18083c00254af",
        "4cb21aa3bdac28c2c1337e72b06d9fe9685ef3acbcda9b8db2a27552fc5a95d1",
    ),
]
"""Requests signed by AKEXAMPLE with SKEXAMPLE: the digest of what is signed, and the signature."""

Headers = list[tuple[bytes, bytes]]

TIMES = {"too long ago", "too far ahead"}
BESIDE = "with another secret beside a default token"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A double whose gateway the tests break."""
    with serving(build(["huawei_osm"])) as url:
        yield url


@dataclass
class Rewritten:
    """A double behind something that changes the headers of requests."""

    change: Callable[[Headers], Headers]
    double: Double = field(default_factory=lambda: build(["huawei_osm"]))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass it on."""
        headers = self.change(list(scope.get("headers", ())))
        await self.double({**scope, "headers": headers}, receive, send)


def checked(url: str) -> Run:
    run = run_shipped(url, "huawei_osm", parts=("authentication",), operations=("show_case_status",))
    assert run.problems == []
    return run


def failing(url: str) -> set[str]:
    """The ways of signing that are answered otherwise than documented."""
    verdicts = {verdict.label.partition("-signed ")[2]: verdict for verdict in checked(url).verdicts}
    assert verdicts.keys() >= {*ENTERS, *IS_REFUSED, BESIDE, "now beside a wrong token"}
    return {way for way, verdict in verdicts.items() if verdict.findings and way}


# ---------------------------------------------------------------- the signer


@pytest.mark.parametrize(("unsigned", "digest", "made"), VECTORS)
def test_the_vendors_test_vectors_hold(unsigned: Request, digest: str, made: str) -> None:
    key = AccessKey("AKEXAMPLE", "SKEXAMPLE")

    request = signed(unsigned, key, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))

    assert hashlib.sha256(canonical_request(request).encode()).hexdigest() == digest
    assert request.headers["Authorization"].startswith("SDK-HMAC-SHA256 Access=AKEXAMPLE, SignedHeaders=")
    assert request.headers["Authorization"].endswith(f", Signature={made}")
    assert request.headers["X-Sdk-Date"] == "20260102T030405Z"


# ---------------------------------------------------------------- gateways


def test_a_gateway_that_keeps_the_contract_is_told_nothing(url: str) -> None:
    assert failing(url) == set()


def test_a_gateway_that_takes_any_signature(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signature, "fits", lambda *_: True)
    assert failing(url) == {*IS_REFUSED, BESIDE} - TIMES


def test_a_gateway_that_takes_signatures_of_any_age(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signature, "is_timely", lambda *_: True)
    assert failing(url) == TIMES


@pytest.mark.parametrize("seconds", [1, -1])
def test_a_gateway_that_allows_another_time(url: str, seconds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signature, "TOLERANCE", signature.TOLERANCE + timedelta(seconds=seconds))
    assert failing(url) == (TIMES if seconds > 0 else {"as late as allowed", "as early as allowed"})


def test_a_gateway_that_lets_nobody_sign(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signature, "fits", lambda *_: False)
    assert failing(url) == {*ENTERS, "now beside a wrong token", "now by temporary"}


def test_a_gateway_to_which_a_token_counts_first() -> None:
    def token_first(headers: Headers) -> Headers:
        by_token = any(name == b"x-auth-token" for name, _ in headers)
        return [(name, text) for name, text in headers if not by_token or name != b"authorization"]

    with serving(Rewritten(token_first)) as url:
        assert failing(url) == {"now beside a wrong token", BESIDE}


def test_what_changes_the_host_on_the_way_is_told_and_is_no_finding() -> None:
    def renamed(headers: Headers) -> Headers:
        return [(name, b"inside.example.com" if name == b"host" else text) for name, text in headers]

    with serving(Rewritten(renamed)) as url:
        run = checked(url)
    assert run.findings == []
    assert OTHER_HOST in {omission.why for omission in run.omissions}
