"""HTTP in and out: bodies read within bounds, answers sent, connections broken on order."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import orjson
from starlette.types import Receive, Scope, Send

from mockserver.core.call import Call
from mockserver.core.faults import Spoil
from mockserver.core.replies import JSON, Text

# What is too large is still taken in (and thrown away) up to here, so that the client reads its answer.
_DRAIN_BYTES = 33_554_432
_JSON = b"application/json"
_TEXT = b"text/plain; charset=utf-8"


class TooLarge(Exception):
    """The body is larger than the double takes."""


class TooSlow(Exception):
    """The body did not arrive in time."""


class Gone(Exception):
    """The client went away while it was still sending."""


def call_of(scope: Scope) -> Call:
    """Method, path, query and headers of a request; repeated headers are joined as HTTP says."""
    raw: list[tuple[bytes, bytes]] = scope["headers"]
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in raw}
    if len(headers) != len(raw):
        headers = _joined(raw)
    client = scope.get("client")
    peer = client[0] if client else None
    raw_path = scope.get("raw_path") or b""
    return Call(scope["method"], scope["path"], scope["query_string"], headers, peer=peer, raw_path=raw_path)


def _joined(raw: list[tuple[bytes, bytes]]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in raw:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


async def read_body(scope: Scope, receive: Receive, limit: int, seconds: float) -> bytes:
    """The whole body, chunked or not; raises TooLarge, TooSlow or Gone."""
    arrived = scope.get("extensions", {}).get("duble.arrived")
    if arrived is not None and arrived():
        message = await receive()
        body: bytes = message.get("body", b"")
        if message["type"] == "http.disconnect":
            raise Gone
        if len(body) > limit:
            raise TooLarge
        return body
    try:
        async with asyncio.timeout(seconds):
            return await _whole(receive, limit)
    except TimeoutError:
        raise TooSlow from None


async def _whole(receive: Receive, limit: int) -> bytes:
    parts: list[bytes] = []
    size, more = 0, True
    while more and size <= _DRAIN_BYTES:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        part = message.get("body", b"")
        size += len(part)
        if size <= limit:
            parts.append(part)
        more = message.get("more_body", False)
    if size > limit:
        raise TooLarge
    return b"".join(parts)


def encoded(body: JSON) -> bytes:
    """A body as bytes; None is an answer without one."""
    if body is None:
        return b""
    return body.encode() if isinstance(body, Text) else orjson.dumps(body)


def content_type(body: JSON) -> bytes:
    """The Content-Type that goes with a body."""
    return _TEXT if isinstance(body, Text) else _JSON


async def respond(
    send: Send,
    status: int,
    body: bytes,
    headers: Mapping[str, str],
    content_type: bytes = _JSON,
    bodiless: bool = False,
) -> None:
    """Send one whole answer; `bodiless` keeps the length and leaves the bytes away (HEAD)."""
    raw = [(b"content-length", str(len(body)).encode())]
    if body:
        raw.append((b"content-type", content_type))
    raw += [
        (name.lower().encode("latin-1"), value.encode("latin-1", "replace"))
        for name, value in headers.items()
    ]
    if status in (204, 304):
        del raw[0]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": b"" if bodiless else body})


async def plain(
    send: Send, status: int, text: str, headers: Mapping[str, str], bodiless: bool = False
) -> None:
    """Our own words, never in a vendor's envelope."""
    await respond(send, status, f"{text}\n".encode(), headers, _TEXT, bodiless)


async def spoilt(scope: Scope, send: Send, kind: Spoil, status: int, body: bytes) -> None:
    """An answer damaged on order: not sent, cut in the middle, or no longer JSON."""
    transport = scope.get("extensions", {}).get("duble.transport")
    if kind == "drop" and transport is not None:
        transport.abort()
        await asyncio.sleep(0)
        return
    if kind == "malformed":
        await respond(send, status, body[: len(body) * 2 // 3] + b"<!--", {})
        return
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body) + 1).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
    if transport is not None:
        transport.close()
        await asyncio.sleep(0)
