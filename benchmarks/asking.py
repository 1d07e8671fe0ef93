"""Requests to a double in this process: no socket, no client, nothing but the application."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson

from benchmarks.load import WrongAnswer
from mockserver.app import Double


@dataclass(frozen=True)
class Question:
    """One request that must succeed; `target` is path and query, as on the wire.

    The answer must have `mark` in it so many `times`, whatever else is stored.
    """

    title: str
    target: str
    mark: str
    times: int
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None

    def scope(self, sandbox: str) -> dict[str, Any]:
        """The request as a server hands it to an application."""
        path, _, query = self.target.partition("?")
        headers = {**self.headers, "x-duble-sandbox": sandbox, "content-type": "application/json"}
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET" if self.body is None else "POST",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
            "root_path": "",
            "extensions": {},
            "state": {},
        }


async def ask(double: Double, question: Question, sandbox: str) -> bytes:
    """The body of the answer; raises WrongAnswer unless it is what it must be."""
    sent = b"" if question.body is None else orjson.dumps(question.body)
    start: dict[str, Any] = {}
    body = bytearray()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": sent, "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            body.extend(message.get("body", b""))

    await double(question.scope(sandbox), receive, send)
    found = body.count(question.mark.encode())
    if start.get("status") != 200 or found != question.times:
        told = f"{start.get('status')}, {found} times {question.mark}: {bytes(body[:500])!r}"
        raise WrongAnswer(f"{question.title}: {told}")
    return bytes(body)
