"""The server under test: a double in a sandbox of its own, or a server that is not ours."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlsplit

import httpx

from contract_tests.harness.exchange import Answer, Request, curl

PATIENCE = 10.0  # seconds for one answer
STARTED_HERE = "$DUBLE_URL"


class Unreachable(Exception):
    """No server there; `str()` is one line with the remedy."""


class BrokenAnswer(Exception):
    """The server gave no complete answer to a request."""

    def __init__(self, request: Request, problem: str) -> None:
        super().__init__(f"{request.line}: {problem}")
        self.request = request
        self.problem = problem


class ControlRefused(Exception):
    """The control API refused what the suite asked for."""

    def __init__(self, request: Request, answer: Answer) -> None:
        super().__init__(f"{request.line} answered {answer.summary}")
        self.status = answer.status


@dataclass(frozen=True)
class Target:
    """A server; `double` tells whether its control API is ours."""

    url: str
    double: bool
    client: httpx.Client = field(repr=False)
    started_here: bool = False
    tag: str = "check"
    _numbers: Iterator[int] = field(default_factory=itertools.count, repr=False)

    @property
    def shown(self) -> str:
        """The URL as curl lines have it; a double of our own is gone when they are read."""
        return STARTED_HERE if self.started_here else self.url

    def sandbox(self) -> Sandbox:
        """A world of its own, in its seed state; on a server that is not ours, the only one."""
        return Sandbox(self, f"{self.tag}-{next(self._numbers)}" if self.double else None)


@dataclass
class Sandbox:
    """One isolated world of a double, and what was sent to it; forgotten on leaving."""

    target: Target
    name: str | None
    steps: list[Request] = field(default_factory=list)
    """What a reader must repeat, in order; reads that only look are left out."""

    @property
    def prefix(self) -> str:
        """What the base URL ends in."""
        return f"/~{self.name}" if self.name else ""

    @property
    def root(self) -> str:
        """The base URL of this world."""
        return self.target.url + self.prefix

    def send(self, request: Request, *, look: bool = False) -> Answer:
        """Send one request; BrokenAnswer if no complete answer comes, Unreachable if nobody does.

        `look` marks a read that only observes and is no part of a reproduction.
        """
        if not look:
            self.steps.append(request)
        try:
            response = self.target.client.request(
                request.method, self.root + request.path, headers=request.headers, content=request.body
            )
        except httpx.ConnectError as problem:
            raise Unreachable(_gone(self.target.url, problem)) from problem
        except httpx.TransportError as problem:
            raise BrokenAnswer(request, _named(problem)) from problem
        return Answer(response)

    def control(self, method: str, path: str, body: Any = None, *, look: bool = False) -> Any:
        """Ask the control API; ControlRefused unless it agrees. The parsed answer, None if empty."""
        request = Request(
            method=method,
            path=f"/_duble/{path}",
            headers={"Content-Type": "application/json"} if body is not None else {},
            body=httpx.Request(method, "http://control/", json=body).content if body is not None else None,
        )
        answer = self.send(request, look=look)
        if not answer.response.is_success:
            raise ControlRefused(request, answer)
        return answer.json if answer.body else None

    def records(self, vendor: str, collection: str) -> list[dict[str, Any]]:
        """The stored records of a collection, each with its `id`."""
        found = self.control("GET", f"state/{vendor}/{collection}", look=True)
        return list(found["records"])

    def record(self, vendor: str, collection: str, record_id: str) -> dict[str, Any] | None:
        """One stored record, None if there is none."""
        place = f"state/{vendor}/{collection}/{quote(record_id, safe='')}"
        try:
            found: dict[str, Any] = self.control("GET", place, look=True)
        except ControlRefused as refused:
            if refused.status == httpx.codes.NOT_FOUND:
                return None
            raise
        return found

    def curls(self, veil: Mapping[str, str]) -> list[str]:
        """Shell lines that repeat what was sent, against a default sandbox."""
        return [curl(step, self.target.shown, veil) for step in self.steps]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.name and kind is not Unreachable:
            self.target.client.delete(f"{self.target.url}/_duble/sandboxes/{self.name}")


@contextmanager
def connected(url: str, *, tag: str, started_here: bool = False) -> Iterator[Target]:
    """A target at a base URL; Unreachable with the remedy if nothing answers there."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise Unreachable(f"{url}: not a base URL. Give one such as http://127.0.0.1:8080")
    root = url.rstrip("/")
    with httpx.Client(timeout=PATIENCE, follow_redirects=False, trust_env=not started_here) as client:
        try:
            health = client.get(f"{root}/_duble/health")
        except httpx.TransportError as problem:
            raise Unreachable(_gone(root, problem)) from problem
        yield Target(root, _is_ours(health), client, started_here, tag)


def _is_ours(health: httpx.Response) -> bool:
    if not health.is_success:
        return False
    try:
        said = health.json()
    except ValueError:
        return False
    return isinstance(said, dict) and said.get("product") == "duble"


def _gone(url: str, problem: Exception) -> str:
    return f"{url}: nobody answers ({_named(problem)}). Start the server, or correct --url"


def _named(problem: Exception) -> str:
    return str(problem) or type(problem).__name__
