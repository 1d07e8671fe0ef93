"""Every refusal wears the vendor's envelope, whatever it was that could not be served."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

JSON_TYPE = {"Content-Type": "application/json"}


def refusal(code: str, text: str, *at: str) -> dict[str, object]:
    return {"fault": code, "text": text, "at": list(at)}


def test_an_unknown_path_is_refused_in_the_vendors_words(acme: httpx.Client) -> None:
    answer = acme.get("/v9/nowhere")
    assert (answer.status_code, answer.json()) == (404, refusal("NOPATH", "No such path"))


def test_a_wrong_method_says_which_are_allowed(acme: httpx.Client) -> None:
    answer = acme.put("/v9/orders")
    assert (answer.status_code, answer.json()) == (405, refusal("NOMETHOD", "No such method"))
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, POST"


def test_options_tells_the_methods(acme: httpx.Client) -> None:
    answer = acme.options("/v9/orders/1/cancel")
    assert (answer.status_code, answer.headers["Allow"], answer.content) == (204, "OPTIONS, POST", b"")


def test_head_answers_as_get_does_without_a_body(acme: httpx.Client) -> None:
    get, head = acme.get("/v9/orders/1"), acme.head("/v9/orders/1")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == str(len(get.content))


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/jsonp", "multipart/form-data"])
def test_another_content_type_is_refused(acme: httpx.Client, content_type: str | None) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    answer = acme.post("/v9/orders", content=b"{}", headers=headers)
    assert (answer.status_code, answer.json()) == (415, refusal("NOTYPE", "Not JSON"))


@pytest.mark.parametrize(
    "content_type", ["application/json; charset=utf-8", "APPLICATION/JSON", "application/json;"]
)
def test_parameters_and_case_of_the_content_type_do_not_matter(acme: httpx.Client, content_type: str) -> None:
    assert acme.post("/v9/orders", content=b"{}", headers={"Content-Type": content_type}).status_code == 200


UNREADABLE = {
    "empty": b"",
    "cut": b'{"note": "a',
    "not utf-8": b'{"note": "\xff"}',
    "lone surrogate": b'{"note": "\\ud800"}',
    "nested 4,000 deep": b"[" * 4_000 + b"]" * 4_000,
    "not a number": b'{"due": NaN}',
    "byte order mark": b"\xef\xbb\xbf{}",
    "two values": b"{}{}",
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_is_not_json_is_refused(acme: httpx.Client, body: bytes) -> None:
    answer = acme.post("/v9/orders", content=body, headers=JSON_TYPE)
    assert (answer.status_code, answer.json()) == (400, refusal("NOJSON", "Unreadable"))


def test_a_chunked_body_is_a_body(acme: httpx.Client) -> None:
    def chunks() -> Iterator[bytes]:
        yield b'{"no'
        yield b'te": "in pieces"}'

    answer = acme.post("/v9/orders", content=chunks(), headers=JSON_TYPE)
    assert (answer.status_code, answer.json()["note"]) == (200, "in pieces")


@pytest.mark.parametrize("size", [10_001, 3_000_000])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_the_limit_is_refused_and_the_connection_lives(
    acme: httpx.Client, size: int, chunked: bool
) -> None:
    body = b"x" * size
    answer = acme.post("/v9/orders", content=iter([body]) if chunked else body, headers=JSON_TYPE)
    assert (answer.status_code, answer.json()) == (413, refusal("BIG", "Too big"))
    assert acme.get("/v9/orders/1").status_code == 200


def test_a_body_of_just_the_limit_is_taken(acme: httpx.Client) -> None:
    body = b'{"note": "a"}' + b" " * (10_000 - 13)
    assert acme.post("/v9/orders", content=body, headers=JSON_TYPE).status_code == 200


def test_the_operations_own_refusal_comes_before_the_general_one(acme: httpx.Client) -> None:
    answer = acme.post("/v9/orders", json={"due": "soon", "note": 5})
    assert (answer.status_code, answer.json()) == (400, refusal("NOTE", "Bad note", "due", "note"))


def test_a_general_refusal_names_the_field(acme: httpx.Client) -> None:
    answer = acme.post("/v9/orders", json={"due": "soon"})
    assert (answer.status_code, answer.json()) == (400, refusal("BODY", "Bad due", "due"))


@pytest.mark.parametrize("limit", ["0", "101", "abc", "", "1.5", "9" * 5_000, "1_0", "\u0661"])
def test_a_parameter_that_does_not_fit_is_refused_by_name(acme: httpx.Client, limit: str) -> None:
    answer = acme.get("/v9/orders", params={"limit": limit})
    assert (answer.status_code, answer.json()) == (400, refusal("VALUE", "Bad limit"))


@pytest.mark.parametrize("states", ["states=OPEN&states=LATE", "states=OPEN,LATE", 'states=["OPEN","LATE"]'])
def test_a_lenient_array_comes_in_three_forms(acme: httpx.Client, states: str) -> None:
    assert [order["id"] for order in acme.get(f"/v9/orders?{states}").json()] == ["1", "2"]


def test_an_encoded_slash_is_part_of_the_id(acme: httpx.Client) -> None:
    answer = acme.get("/v9/orders/a%2Fb%20c")
    assert (answer.status_code, answer.json()) == (404, refusal("NOORDER", "No order a/b c"))


def test_placeholders_in_what_a_client_sends_stay_text(acme: httpx.Client) -> None:
    assert acme.get("/v9/orders/{order_id.__class__}").json()["text"] == "No order {order_id.__class__}"


def test_a_trailing_slash_is_taken_where_the_vendor_takes_it(acme: httpx.Client) -> None:
    assert acme.get("/v9/orders/").json() == acme.get("/v9/orders").json()


def test_our_own_fault_never_wears_the_vendors_envelope(acme: httpx.Client) -> None:
    for note in ("boom", "crash"):
        answer = acme.post("/v9/orders", json={"note": note})
        assert (answer.status_code, answer.headers["X-Duble-Bug"]) == (500, "1")
        assert answer.headers["Content-Type"].startswith("text/plain")
        assert "Traceback" not in answer.text


def test_no_vendor_at_a_path_is_said_in_plain_words(acme_url: str) -> None:
    answer = httpx.get(f"{acme_url}/v99/orders")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/plain; charset=utf-8")
    assert "acme at /v9" in answer.text


def raw(url: str, request: bytes) -> bytes:
    """Send bytes as they are; what comes back until the server closes or pauses."""
    place = urlsplit(url)
    with socket.create_connection((place.hostname or "", place.port or 0), timeout=5) as connection:
        connection.sendall(request)
        connection.settimeout(1)
        received = b""
        try:
            while part := connection.recv(65_536):
                received += part
        except TimeoutError:
            pass
        return received


def request(line: bytes, *headers: bytes) -> bytes:
    """A request by hand; the server closes after it."""
    return b"\r\n".join([line + b" HTTP/1.1", b"Host: x", b"Connection: close", *headers, b"", b""])


KEY = b"Authorization: Bearer acme-key"
HOSTILE = {
    "no http": b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
    "nul and newline in the path": request(b"GET /v9/orders/%00%0a", KEY),
    "path not utf-8": request(b"GET /v9/orders/%ff%fe", KEY),
    "header not ascii": request(b"GET /v9/orders", b"Authorization: \xff\xfe~\xff"),
    "two lengths": request(b"POST /v9/orders", b"Content-Length: 1", b"Content-Length: 2") + b"{}",
    "options of the whole server": request(b"OPTIONS *"),
    "unknown method": request(b"BREW /v9/orders"),
    "long sandbox name": request(b"GET /~" + b"a" * 5_000 + b"/v9/orders"),
    "no path after the sandbox": request(b"GET /~a"),
    "odd preference": request(b"GET /v9/orders", KEY, b"Prefer: code=,;=\xff, example"),
    "basic that is no base64": request(b"GET /v9/orders", b"Authorization: Basic %%%"),
}


@pytest.mark.parametrize("request_bytes", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_requests_get_an_answer_below_500(acme_url: str, request_bytes: bytes) -> None:
    status = int(raw(acme_url, request_bytes).split(b" ", 2)[1])
    assert 200 <= status < 500
