"""The server under test: a double in a sandbox of its own, or a server that is not ours."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self
from urllib.parse import quote, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from contract_tests.harness.network.budget import Budget
from contract_tests.harness.network.exchange import Answer, Request
from contract_tests.harness.network.targets import TargetSettings
from contract_tests.harness.network.wire import PATIENCE, BrokenAnswer, Line, Unreachable, Wire
from contract_tests.harness.outside.belongings import Writing
from contract_tests.harness.outside.safety import Guard
from contract_tests.harness.running.naming import SandboxNames
from contract_tests.harness.spec.contract import Contract

if TYPE_CHECKING:
    from contract_tests.harness.network.renewal import Renewal

__all__ = ["BrokenAnswer", "ControlRefused", "Sandbox", "Target", "Unreachable", "connected", "is_ours"]

STARTED_HERE = "$DUBLE_URL"

Writes = Literal["all", "none", "sandbox"]


class ControlRefused(Exception):
    """The control API refused what the suite asked for."""

    def __init__(self, request: Request, answer: Answer) -> None:
        super().__init__(f"{request.line} answered {answer.summary}")
        self.status = answer.status


@dataclass(frozen=True)
class Target:
    """A server; `double` tells whether its control API is ours."""

    url: str
    """Everything before the vendor's own base path, without a slash at its end."""
    double: bool
    wire: Wire = field(repr=False)
    started_here: bool = False
    tag: str = "check"
    writes: Writes = "all"
    """What may be sent: all to our own doubles, to others only what changes nothing, or also writes."""
    settings: TargetSettings | None = None
    guard: Guard | None = field(default=None, repr=False)
    """Asked before anything leaves for a server that is not ours."""
    writing: Writing | None = field(default=None, repr=False)
    """What keeps the ledger of writes to a server that is not ours; None where none may happen."""
    renewals: list[Renewal] = field(default_factory=list, repr=False)
    """What keeps the run let in there, for each vendor to which it has logged in."""

    @property
    def shown(self) -> str:
        """The URL as curl lines have it; a double of our own is gone when they are read."""
        return STARTED_HERE if self.started_here else self.url

    @property
    def path(self) -> str:
        """The path of its URL."""
        return urlsplit(self.url).path

    @cached_property
    def names(self) -> SandboxNames:
        """What its sandboxes are called."""
        return SandboxNames(self.tag)

    def sandbox(self, *, named: bool = False) -> Sandbox:
        """A world of its own, in its seed state; on a server that is not ours, the only one."""
        return Sandbox(self, self.names.next() if self.double else None, named)


@dataclass
class Sandbox:
    """One isolated world of a double, and what was sent to it; forgotten on leaving."""

    target: Target
    name: str | None
    named: bool = False
    """Whether curl lines name it, for what was signed with its path holds nowhere else."""
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

    @property
    def shown(self) -> str:
        """The base URL as curl lines have it: mostly that of the default sandbox, where people try things."""
        return self.target.shown + (self.prefix if self.named else "")

    def send(self, request: Request, *, look: bool = False) -> Answer:
        """Send one request; BrokenAnswer if no complete answer comes, Unreachable if nobody does.

        A session that has ended is renewed on the way; the answer names the request as it was given here.
        `look` marks a read that only observes and is no part of a reproduction. Unsafe if the request may
        not be sent to a server that is not ours.
        """
        writing = self.target.writing
        if writing is not None:
            request = writing.marked(request)
        self._demand_safe(request)
        if not look:
            self.steps.append(request)
        send = self._left
        for renewal in self.target.renewals:
            send = partial(renewal.send, send=send)
        answer = send(request)
        return answer if answer.request is request else replace(answer, request=request)

    def _demand_safe(self, request: Request) -> None:
        if self.target.guard is not None:
            self.target.guard.demand(request)

    def _left(self, request: Request) -> Answer:
        """The answer to a request as it leaves: whatever was made of it, the guard has seen it."""
        self._demand_safe(request)
        writing = self.target.writing
        return self._sent(request) if writing is None else writing.send(request, self._sent)

    def _sent(self, request: Request) -> Answer:
        return self.target.wire.send(request, self.target.path + self.prefix)

    def control(self, method: str, path: str, body: Any = None, *, look: bool = False) -> Any:
        """Ask the control API; ControlRefused unless it agrees. The parsed answer, None if empty."""
        request = Request(
            method=method,
            path=f"/_duble/{path}",
            headers={"Content-Type": "application/json"} if body is not None else {},
            body=json.dumps(body).encode() if body is not None else None,
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

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.name and kind is not Unreachable:
            forget = Request(method="DELETE", path=f"/_duble/sandboxes/{self.name}")
            self.target.wire.send(forget, self.target.path)


@contextmanager
def connected(
    url: str,
    *,
    tag: str,
    started_here: bool = False,
    settings: TargetSettings | None = None,
    writes: Writes = "none",
    budget: Budget | None = None,
    ask: bool = True,
    contracts: Sequence[Contract] = (),
) -> Iterator[Target]:
    """A target at a base URL; Unreachable with the remedy if nothing answers there.

    Whether it is one of our doubles is asked of it, unless its settings tell or `ask` forbids it.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Unreachable(f"{url}: not a base URL. Give one such as http://127.0.0.1:8080")
    root = url.rstrip("/")
    line = Line(waits=False) if started_here else _line(root, settings)
    with Wire(f"{parts.scheme}://{parts.netloc}", line, budget or Budget()) as wire:
        may_be = ask and (settings is None or settings.kind == "double")
        double = started_here or (may_be and is_ours(wire, urlsplit(root).path))
        if double:
            wire.obey(waiting=False)
        guard = None if double or writes == "all" else Guard(contracts, writes)
        yield Target(root, double, wire, started_here, tag, "all" if double else writes, settings, guard)


def _line(root: str, settings: TargetSettings | None) -> Line:
    """How to reach a server; Unreachable says which of its settings cannot be met."""
    if settings is None:
        return Line(proxy=_usual_proxy(root), patience=PATIENCE)
    try:
        return Line(
            headers=settings.all_headers(),
            patience=settings.timeout,
            tls=settings.tls(),
            proxy=settings.proxy or _usual_proxy(root),
        )
    except KeyError as missing:
        raise Unreachable(f"{root}: a header's value is missing. Set {missing.args[0]}") from missing
    except OSError as problem:
        text = f"{root}: certificate or key of the target cannot be read ({problem.strerror or problem})"
        raise Unreachable(text) from problem


def _usual_proxy(root: str) -> str | None:
    """The proxy of the environment (HTTPS_PROXY, NO_PROXY and their like)."""
    parts = urlsplit(root)
    if proxy_bypass(parts.hostname or ""):
        return None
    found = getproxies().get(parts.scheme)
    return found if found is None or "://" in found else f"http://{found}"


def is_ours(wire: Wire, path: str) -> bool:
    """Whether our control API answers there."""
    try:
        health = wire.send(Request(method="GET", path="/_duble/health"), path)
    except BrokenAnswer:
        return False
    return (
        health.status == httpx.codes.OK
        and health.is_json
        and isinstance(health.json, dict)
        and health.json.get("product") == "duble"
    )
