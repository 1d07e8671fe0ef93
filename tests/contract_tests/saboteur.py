"""Stands between a double and its clients and breaks what passes, as one fault wants it."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field, replace
from typing import Any

CLOCK = "/_duble/clock"
Message = MutableMapping[str, Any]
App = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]


@dataclass(frozen=True)
class Asked:
    """A request on its way in; `path` has no sandbox."""

    method: str
    path: str
    query: bytes
    headers: dict[str, str]
    body: bytes
    sandbox: str

    @property
    def json(self) -> Any:
        """The parsed body, None if it is no JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    def having(self, body: Any) -> Asked:
        """The same with another JSON body."""
        raw = json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")
        return replace(self, body=raw, headers={**self.headers, "content-length": str(len(raw))})

    def matches(self, method: str, path: str) -> bool:
        """Whether it asks for this; the path is a regular expression, without the base path."""
        return self.method == method and re.fullmatch(f"/(v1|api/2)/{path}", self.path) is not None


@dataclass(frozen=True)
class Told:
    """An answer on its way out."""

    status: int
    headers: dict[str, str]
    body: bytes
    dropped: bool = False
    """Whether the connection breaks instead."""

    @property
    def json(self) -> Any:
        """The parsed body, None if it is no JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def is_json(self) -> bool:
        """Whether the body can be parsed."""
        return self.json is not None

    @property
    def media_type(self) -> str:
        """The Content-Type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def having(self, body: Any, status: int | None = None) -> Told:
        """The same with another JSON body, and perhaps another status."""
        raw = json.dumps(body).encode()
        return Told(status or self.status, {**self.headers, "content-length": str(len(raw))}, raw)

    def without(self, header: str) -> Told:
        """The same without a header."""
        return replace(self, headers={n: v for n, v in self.headers.items() if n != header})

    def saying(self, header: str, value: str) -> Told:
        """The same with another value of a header."""
        return replace(self, headers={**self.headers, header: value})


Ask = Callable[[Asked], Awaitable[Told]]
Fault = Callable[[Asked, Ask], Awaitable[Told]]


async def honest(asked: Asked, ask: Ask) -> Told:
    """No fault at all."""
    return await ask(asked)


@dataclass
class Saboteur:
    """An ASGI application around a double; the control API passes untouched, its clock apart.

    A fault may stop the clock, for that is how time passes here.
    """

    app: App
    fault: Fault = field(default=honest)
    hidden: bool = False
    """Whether clients see no control API, as on a server that is not ours."""

    async def __call__(self, scope: Message, receive: Any, send: Any) -> None:
        """Serve one request, broken as the fault wants it."""
        path = scope.get("raw_path", b"").decode("latin-1")
        found = re.fullmatch(r"/~([^/]+)(/.*)", path)
        sandbox, inner = (found[1], found[2]) if found else ("default", path)
        if scope["type"] == "http" and self.hidden and inner.startswith("/_duble"):
            await send({"type": "http.response.start", "status": 404, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        if scope["type"] != "http" or (inner.startswith("/_duble") and inner != CLOCK):
            await self.app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        body = await _whole(receive)
        asked = Asked(scope["method"], inner, scope["query_string"], headers, body, sandbox)
        told = await self.fault(asked, lambda changed: self._ask(scope, changed))
        if told.dropped:
            scope["extensions"]["duble.transport"].abort()
            return
        fields = [(n.encode("latin-1"), v.encode("latin-1")) for n, v in told.headers.items()]
        await send({"type": "http.response.start", "status": told.status, "headers": fields})
        await send({"type": "http.response.body", "body": told.body})

    async def _ask(self, scope: Message, asked: Asked) -> Told:
        path = f"/~{asked.sandbox}{asked.path}"
        fields = [(n.encode("latin-1"), v.encode("latin-1")) for n, v in asked.headers.items()]
        inner = {
            **scope,
            "method": asked.method,
            "path": path,
            "raw_path": path.encode("latin-1"),
            "query_string": asked.query,
            "headers": fields,
        }
        told: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": asked.body, "more_body": False}

        async def send(message: Message) -> None:
            told.append(message)

        await self.app(inner, receive, send)
        headers = {n.decode("latin-1").lower(): v.decode("latin-1") for n, v in told[0]["headers"]}
        return Told(told[0]["status"], headers, b"".join(m.get("body", b"") for m in told[1:]))


def control(asked: Asked, path: str, body: Any) -> Asked:
    """A request to the control API of the same sandbox."""
    empty = Asked("POST", f"/_duble/{path}", b"", {"content-type": "application/json"}, b"", asked.sandbox)
    return empty.having(body)


async def forgetting(asked: Asked, ask: Ask) -> Told:
    """Let the double answer, and undo whatever it did."""
    await ask(control(asked, "snapshots", {"name": "before"}))
    told = await ask(asked)
    await ask(control(asked, "snapshots/before/restore", {}))
    return told


async def _whole(receive: Callable[[], Awaitable[Message]]) -> bytes:
    body = b""
    while True:
        message = await receive()
        part: bytes = message.get("body", b"")
        body += part
        if not message.get("more_body"):
            return body
