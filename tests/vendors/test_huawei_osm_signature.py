"""Huawei, SDK-HMAC-SHA256: test vectors, and requests signed here by the rules of the documents."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from urllib.parse import quote, unquote, urlsplit

import httpx
import pytest

from mockserver.core.call import Call
from mockserver.vendors.huawei_osm.signature import authorization, canonical_requests, fits

STATUS = "/v2/servicerequest/cases/case-123/status"
ACTION = "/v2/servicerequest/cases/case-123/action?action_id=press"
BASE = {"x-sdk-date": "20260102T030405Z", "host": "127.0.0.1:8080"}
VECTORS = [
    (
        Call(
            "POST",
            "",
            b"action_id=press",
            {**BASE, "content-type": "application/json"},
            b'{"operate_desc":"please hurry"}',
            raw_path=b"/v2/servicerequest/cases/TT202601020001/action",
        ),
        "content-type;host;x-sdk-date",
        "04a55bdd5c7449009aa422675402d8427b42cacd48ab9a07c4d5be7186216bbd",
        "784010c5a59ed18794a300335fe4c8726342ce1cbcf8099401dc4bc13d1d4cc4",
    ),
    (
        Call(
            "GET",
            "",
            b"limit=10&offset=0&search_key=a%2Cb&search_key=disk%20full",
            {**BASE, "content-type": "application/json", "x-domain-id": "d1"},
            raw_path=b"/v2/servicerequest/cases",
        ),
        "content-type;host;x-domain-id;x-sdk-date",
        "f65f266954c86fb619e6f132cf0f71f4e48fa62531f7b11eaf93aa0c030484a0",
        "1855264d522b41e7a61cd2ebed8efd48873a1f888ada05290e59fa79c5433f0b",
    ),
    (
        Call("GET", "", b"", BASE, raw_path=b"/v2/servicerequest/cases/a%2Fb/status"),
        "host;x-sdk-date",
        "0f0d1c7e996f610b37027e9e26ba94bb2d71cfd1e6eacd28adf18083c00254af",
        "4cb21aa3bdac28c2c1337e72b06d9fe9685ef3acbcda9b8db2a27552fc5a95d1",
    ),
]
_NUMBERS = count(1)


@pytest.mark.parametrize(("call", "names", "digest", "signature"), VECTORS)
def test_the_vendors_test_vectors_hold(call: Call, names: str, digest: str, signature: str) -> None:
    given = authorization(f"SDK-HMAC-SHA256 Access=AKEXAMPLE, SignedHeaders={names}, Signature={signature}")
    assert given is not None

    digests = {hashlib.sha256(one.encode()).hexdigest() for one in canonical_requests(call, given)}
    assert digest in digests
    assert fits(call, given, "SKEXAMPLE")
    assert not fits(call, given, "SKEXAMPLF")


def sign(
    request: httpx.Request,
    *,
    access_key: str = "AKDUBLE",
    secret_key: str = "SKDUBLE",  # noqa: S107  # an example
    at: datetime | None = None,
    names: tuple[str, ...] = ("content-type", "host", "x-sdk-date"),
    sort: bool = True,
    body_hash: str | None = None,
) -> httpx.Request:
    """Sign a request: six lines, their digest, the HMAC; after the documents, not after the room."""
    request.headers["X-Sdk-Date"] = f"{at or datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    url = urlsplit(str(request.url))
    path = "/".join(quote(piece, safe="-_.~") for piece in unquote(url.path).split("/")).rstrip("/") + "/"
    pairs = [pair.partition("=") for pair in url.query.split("&") if pair]
    texts = [f"{quote(unquote(k), safe='-_.~')}={quote(unquote(v), safe='-_.~')}" for k, _, v in pairs]
    signed = [name for name in names if name in request.headers]
    lines = [
        request.method,
        path,
        "&".join(sorted(texts) if sort else texts),
        "".join(f"{name}:{request.headers[name]}\n" for name in signed),
        ";".join(signed),
        body_hash or hashlib.sha256(request.content).hexdigest(),
    ]
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    to_sign = f"SDK-HMAC-SHA256\n{request.headers['X-Sdk-Date']}\n{digest}"
    made = hmac.new(secret_key.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    parts = f"Access={access_key}, SignedHeaders={';'.join(signed)}, Signature={made}"
    request.headers["Authorization"] = f"SDK-HMAC-SHA256 {parts}"
    return request


def action(client: httpx.Client, body: bytes = b'{"operate_desc":"hurry"}') -> httpx.Request:
    return client.build_request("POST", ACTION, content=body, headers={"Content-Type": "application/json"})


@pytest.fixture
def plain(double_url: str) -> Iterator[httpx.Client]:
    """A client without a path prefix, as the SDK is one."""
    with httpx.Client(base_url=double_url, timeout=30, trust_env=False) as client:
        yield client


@pytest.fixture
def sandbox(plain: httpx.Client) -> Iterator[str]:
    name = f"signed-{next(_NUMBERS)}"
    yield name
    plain.delete(f"/_duble/sandboxes/{name}")


def is_refused(answer: httpx.Response, reason: str = "verify aksk signature fail") -> bool:
    body = answer.json()
    return (
        answer.status_code == 401
        and body["error_code"] == "APIGW.0301"
        and body["error_msg"] == f"Incorrect IAM authentication information: {reason}"
        and body["request_id"] == answer.headers["X-Request-Id"]
    )


def test_a_signed_request_enters(double: httpx.Client) -> None:
    answer = double.send(sign(action(double)))

    assert (answer.status_code, answer.json()) == (200, {})


def test_the_path_is_signed_as_it_was_sent_sandbox_prefix_included(double: httpx.Client) -> None:
    assert str(double.base_url).rstrip("/").rpartition("/")[2].startswith("~")

    assert double.send(sign(double.build_request("GET", STATUS))).json() == {"status": 1}


@pytest.mark.parametrize("name", ["method", "path", "query", "body", "host", "content-type", "x-sdk-date"])
def test_whatever_was_signed_cannot_be_changed(double: httpx.Client, name: str) -> None:
    signed = sign(action(double))
    headers, url, body, method = dict(signed.headers), str(signed.url), signed.content, signed.method
    if name == "method":
        method, url = "GET", url.replace("/action?action_id=press", "/status")
    elif name == "path":
        url = url.replace("case-123", "TT202601020002")
    elif name == "query":
        url = url.replace("press", "close")
    elif name == "body":
        body = body.replace(b"hurry", b"relax")
    else:
        headers[name] = {"x-sdk-date": f"{datetime.now(UTC) + timedelta(seconds=2):%Y%m%dT%H%M%SZ}"}.get(
            name, "application/json; charset=utf-8" if name == "content-type" else "osm.example.com"
        )

    answer = double.send(httpx.Request(method, url, headers=headers, content=body))

    assert is_refused(answer)
    assert double.get("/_duble/state/huawei_osm/cases/case-123").json()["pressed_at"] is None


def test_a_body_whose_length_differs_is_refused(double: httpx.Client) -> None:
    signed = sign(action(double, b""))
    altered = httpx.Request("POST", signed.url, headers=dict(signed.headers), content=b" ")
    altered.headers["Content-Length"] = "1"

    assert is_refused(double.send(altered))


@pytest.mark.parametrize(
    "query", ["b=2&a=1", "label_ids=9&label_ids=10", "a=%20&a=%2B&a=~", "a&b=", "%C3%BC=%C3%BC"]
)
@pytest.mark.parametrize("sort", [True, False])
def test_a_query_counts_sorted_and_as_received(double: httpx.Client, query: str, sort: bool) -> None:
    request = double.build_request("GET", f"/v2/servicerequest/config/regions?{query}")

    assert double.send(sign(request, sort=sort)).json()["total_count"] == 2


def test_an_id_with_an_encoded_slash_is_routed_and_signed(double: httpx.Client) -> None:
    answer = double.send(sign(double.build_request("GET", STATUS.replace("case-123", "a%2Fb"))))

    assert (answer.status_code, answer.json()["error_code"]) == (200, "OSM.01010015")


@pytest.mark.parametrize(
    ("seconds", "enters"), [(0, True), (-890, True), (890, True), (-910, False), (910, False)]
)
def test_the_clock_may_be_fifteen_minutes_off(double: httpx.Client, seconds: int, enters: bool) -> None:
    at = datetime.now(UTC) + timedelta(seconds=seconds)

    answer = double.send(sign(double.build_request("GET", STATUS), at=at))

    assert answer.status_code == 200 if enters else is_refused(answer)


def test_the_sandboxs_clock_decides(double: httpx.Client) -> None:
    double.post("/_duble/clock", json={"freeze": "2026-01-02T03:19:05Z"})
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

    assert double.send(sign(double.build_request("GET", STATUS), at=at)).json() == {"status": 1}
    double.post("/_duble/clock", json={"advance": 1})
    assert is_refused(double.send(sign(double.build_request("GET", STATUS), at=at)))


@pytest.mark.parametrize(
    "date", ["", "20260102", "20260230T030405Z", "20260102T030405", "٢٠٢٦٠١٠٢T030405Z", "x" * 5_000]
)
def test_a_time_of_signing_that_is_none_is_refused(double: httpx.Client, date: str) -> None:
    request = sign(double.build_request("GET", STATUS))
    raw = [(key, value) for key, value in request.headers.raw if key.lower() != b"x-sdk-date"]
    request.headers = httpx.Headers([*raw, (b"X-Sdk-Date", date.encode())])

    assert is_refused(double.send(request))


@pytest.mark.parametrize(
    "header",
    [
        "SDK-HMAC-SHA256",
        "SDK-HMAC-SHA256 Access=AKDUBLE",
        "SDK-HMAC-SHA256 Access=AKDUBLE, SignedHeaders=host, Signature=abc",
        "SDK-HMAC-SHA256 Access=AKDUBLE, SignedHeaders=, Signature=" + "0" * 64,
        "SDK-HMAC-SHA256 Access=AKDUBLE, SignedHeaders=host, Signature=" + "G" * 64,
        "SDK-HMAC-SHA256 Signature=" + "0" * 64,
        "SDK-HMAC-SM3 Access=AKDUBLE, SignedHeaders=host, Signature=" + "0" * 64,
        "SDK-HMAC-SHA256 Access=AKDUBLE, SignedHeaders=" + "a;" * 10_000 + "a, Signature=" + "0" * 64,
    ],
)
def test_a_header_of_another_form_enters_nobody(double: httpx.Client, header: str) -> None:
    answer = double.get(STATUS, headers={"Authorization": header, "X-Sdk-Date": "20260102T030405Z"})

    assert answer.status_code == 401
    assert answer.json()["error_code"] == (
        "APIGW.0301" if header.startswith("SDK-HMAC-SHA256") else "OSM.0002"
    )


def test_an_unknown_access_key_is_named(double: httpx.Client) -> None:
    answer = double.send(sign(double.build_request("GET", STATUS), access_key="AKNOBODY"))

    assert is_refused(answer, "the access key AKNOBODY does not exist")


def test_a_signature_counts_before_a_token(double: httpx.Client) -> None:
    good = sign(double.build_request("GET", STATUS, headers={"X-Auth-Token": "nobody's"}))
    bad = sign(double.build_request("GET", STATUS, headers={"X-Auth-Token": "duble-token"}), secret_key="SK")

    assert double.send(good).json() == {"status": 1}
    assert is_refused(double.send(bad))


def test_a_signer_has_the_role_of_the_user(double: httpx.Client) -> None:
    body = b'{"business_type_id":"b","simple_description":"s","source_id":"83aeb0f2834c4df49826c781d32a963e"}'
    request = double.build_request("POST", "/v2/servicerequest/cases", content=body)

    answer = double.send(sign(request, access_key="AKOPERATOR", secret_key="SKOPERATOR"))

    assert answer.json()["error_code"] == "OSM.01010007"


@pytest.mark.parametrize(
    ("token", "enters"), [("duble-security-token", True), ("other", False), (None, False)]
)
def test_a_temporary_key_comes_with_its_security_token(
    double: httpx.Client, token: str | None, enters: bool
) -> None:
    headers = {} if token is None else {"X-Security-Token": token}
    request = double.build_request("GET", STATUS, headers=headers)
    names = ("host", "x-sdk-date", "x-security-token")

    answer = double.send(sign(request, access_key="AKTEMPORARY", secret_key="SKTEMPORARY", names=names))

    assert answer.json() == {"status": 1} if enters else is_refused(answer)


def test_the_same_signature_may_come_again(double: httpx.Client) -> None:
    request = sign(double.build_request("GET", STATUS))

    assert [double.send(request).status_code for _ in range(6)] == [200] * 6


def test_wrong_signatures_lock_nothing(double: httpx.Client) -> None:
    for _ in range(6):
        assert is_refused(double.send(sign(double.build_request("GET", STATUS), secret_key="SK")))

    assert double.send(sign(double.build_request("GET", STATUS))).status_code == 200


UNSIGNED = "UNSIGNED-PAYLOAD"


@pytest.mark.parametrize(
    ("marker", "digest", "enters"),
    [(UNSIGNED, UNSIGNED, True), ("0" * 64, "0" * 64, False), ("SIGNED", UNSIGNED, False)],
)
def test_only_the_documented_marker_stands_for_the_body(
    double: httpx.Client, marker: str, digest: str, enters: bool
) -> None:
    """As the SDK signs uploads: the marker is a signed header, and stands in the place of the hash."""
    request = action(double)
    request.headers["X-Sdk-Content-Sha256"] = marker
    names = ("content-type", "host", "x-sdk-content-sha256", "x-sdk-date")

    answer = double.send(sign(request, names=names, body_hash=digest))

    assert answer.json() == {} if enters else is_refused(answer)


def test_an_access_key_names_its_sandbox(plain: httpx.Client, sandbox: str) -> None:
    answer = plain.send(sign(action(plain), access_key=f"AKDUBLE~{sandbox}"))

    assert answer.json() == {}
    pressed = {
        name: plain.get(f"/~{name}/_duble/state/huawei_osm/cases/case-123").json()["pressed_at"]
        for name in (sandbox, "default")
    }
    assert (pressed[sandbox] is None, pressed["default"] is None) == (False, True)


def test_a_signed_token_header_is_verified_as_it_was_sent(plain: httpx.Client, sandbox: str) -> None:
    """The token's sandbox is taken off for the look-up, but the signature covers it."""
    request = plain.build_request("GET", STATUS, headers={"X-Auth-Token": f"duble-token~{sandbox}"})

    answer = plain.send(sign(request, names=("host", "x-auth-token", "x-sdk-date")))

    assert answer.json() == {"status": 1}
    assert plain.get(f"/~{sandbox}/_duble/requests/count").json()["count"] == 1
