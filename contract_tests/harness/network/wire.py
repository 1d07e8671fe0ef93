"""The one way to a server: every request of a run leaves through here, bounded in every direction."""

from __future__ import annotations

import ssl
import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

import httpcore
import httpx

from contract_tests.harness.network.budget import Budget
from contract_tests.harness.network.deadline import Clock, Deadline
from contract_tests.harness.network.discreet import unlogged
from contract_tests.harness.network.exchange import Answer, Request

PATIENCE = 10.0  # seconds for one whole answer
LARGEST = 8 * 2**20  # bytes of one answer
CONNECT = 5.0  # seconds to reach the server
IDLE = 2.0  # seconds after which a connection is not trusted to be still open
ASKS = 3  # times that a request is sent again because the server asked to wait
PAUSE = 1.0  # seconds to wait where a server asks to wait but does not say how long
BUSY = 429
UNAVAILABLE = 503
_PACKED = (b"gzip", b"x-gzip", b"deflate")
_COMMON = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "duble"}
_WITH_BODY = ("POST", "PUT", "PATCH")

Listener = Callable[[Request, Answer], None]


class Unreachable(Exception):
    """No server there; `str()` is one line with the remedy."""


class BrokenAnswer(Exception):
    """The server gave no complete answer to a request."""

    def __init__(self, request: Request, problem: str) -> None:
        super().__init__(f"{request.line}: {problem}")
        self.request = request
        self.problem = problem


class Unsendable(ValueError):
    """No HTTP client can send this request; nothing has left."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """How to reach a server: what does not change from request to request."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Sent with every request that does not say otherwise."""
    patience: float = PATIENCE
    largest: int = LARGEST
    tls: ssl.SSLContext | None = field(default=None, repr=False)
    proxy: str | None = field(default=None, repr=False)
    waits: bool = True
    """Whether 429 and Retry-After are obeyed; a double is told to answer so, and means it."""


@dataclass
class Wire:
    """A connection to one origin, `scheme://host:port`; it leads nowhere else, and follows no redirect."""

    origin: str
    line: Line = field(default_factory=Line)
    budget: Budget = field(default_factory=Budget)
    listeners: list[Listener] = field(default_factory=list, repr=False)
    """Told of every exchange with the vendor's own paths, without the sandbox."""

    def __post_init__(self) -> None:
        self._clock = Clock()
        self._pool = _pool(self.line, self._clock)

    @property
    def sent(self) -> int:
        """How many requests have left."""
        return self.budget.sent

    def send(self, request: Request, prefix: str = "") -> Answer:
        """Send one request; `prefix` comes before its path.

        Unreachable if nobody is there, BrokenAnswer if no complete answer comes, Unsendable if it is no
        HTTP, BudgetSpent if the run must end.
        """
        answer = self._ask(request, prefix)
        for _ in range(ASKS):
            wait = self._asked_to_wait(answer)
            if wait is None:
                break
            self.budget.wait(wait, "the moment at which the server wants to be asked again")
            answer = self._ask(request, prefix)
        if not request.path.startswith("/_duble"):
            for listener in self.listeners:
                listener(request, answer)
        return answer

    def obey(self, *, waiting: bool) -> None:
        """Whether 429 and Retry-After are obeyed from now on."""
        self.line = replace(self.line, waits=waiting)

    def close(self) -> None:
        """Hang up."""
        self._pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # ------------------------------------------------------------ one exchange

    def _ask(self, request: Request, prefix: str) -> Answer:
        self.budget.take()
        began = time.monotonic()
        self._clock.start(self.line.patience)
        try:
            with unlogged():
                return self._exchange(request, prefix)
        except (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.ProxyError) as problem:
            raise Unreachable(unreachable(self.origin, problem)) from problem
        except httpcore.TimeoutException as problem:
            self.budget.lose(time.monotonic() - began)
            raise BrokenAnswer(request, f"no complete answer in {self.line.patience:g} s") from problem
        except httpcore.LocalProtocolError as problem:
            raise Unsendable(f"{request.line}: {problem}") from problem
        except (httpcore.NetworkError, httpcore.ProtocolError) as problem:
            raise BrokenAnswer(request, str(problem) or type(problem).__name__) from problem

    def _exchange(self, request: Request, prefix: str) -> Answer:
        began = time.monotonic()
        scheme, host, port = self._place
        target = (prefix + request.path).encode("utf-8")
        with self._pool.stream(
            request.method,
            httpcore.URL(scheme=scheme, host=host, port=port, target=target),
            headers=self._headers(request),
            content=request.body or b"",
            extensions={"timeout": {"connect": CONNECT}},
        ) as response:
            raw = self._read(request, response)
        found = httpx.Response(
            response.status,
            headers=_without_encoding(response.headers),
            content=raw,
            request=httpx.Request(request.method, f"{self.origin}/"),
        )
        found.elapsed = timedelta(seconds=time.monotonic() - began)
        return Answer(found, request)

    def _read(self, request: Request, response: httpcore.Response) -> bytes:
        """The whole body, unpacked; BrokenAnswer as soon as it is larger than an answer has a right to be."""
        packed = any(
            name.lower() == b"content-encoding" and value.lower() in _PACKED
            for name, value in response.headers
        )
        unpack = zlib.decompressobj(zlib.MAX_WBITS | 32) if packed else None
        body = bytearray()
        for chunk in response.iter_stream():
            try:
                body += chunk if unpack is None else unpack.decompress(chunk, self.line.largest + 1)
            except zlib.error as problem:
                text = f"a body that its Content-Encoding does not fit: {problem}"
                raise BrokenAnswer(request, text) from problem
            if len(body) > self.line.largest:
                raise BrokenAnswer(request, f"an answer of more than {self.line.largest:,} bytes")
        return bytes(body)

    def _headers(self, request: Request) -> list[tuple[bytes, bytes]]:
        own = {name.lower() for name in request.headers}
        common = {"Host": urlsplit(self.origin).netloc, **_COMMON, **self.line.headers}
        headers = {name: text for name, text in common.items() if name.lower() not in own}
        headers |= request.headers
        if request.body is not None or request.method in _WITH_BODY:
            headers["Content-Length"] = str(len(request.body or b""))
        return [(_octets(name), _octets(text)) for name, text in headers.items()]

    @cached_property
    def _place(self) -> tuple[bytes, bytes, int | None]:
        parts = urlsplit(self.origin)
        return parts.scheme.encode(), (parts.hostname or "").encode("idna"), parts.port

    def _asked_to_wait(self, answer: Answer) -> float | None:
        """Seconds, if the answer asks to come again later."""
        said = answer.header("retry-after")
        if not self.line.waits or not (answer.status == BUSY or (answer.status == UNAVAILABLE and said)):
            return None
        return _seconds(said)


def _octets(text: str) -> bytes:
    """As HTTP had it first, and as everybody sends what that cannot express."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8")


def unreachable(url: str, problem: Exception) -> str:
    """Why nobody answers at a URL, and what to do."""
    why = str(problem) or type(problem).__name__
    return f"{url}: nobody answers ({why}). Start the server, or correct the URL"


def _pool(line: Line, clock: Clock) -> httpcore.ConnectionPool:
    # Verifying takes 20 ms and a megabyte to set up, which no plain http server needs.
    network = Deadline(clock)
    proxy = None if line.proxy is None else _proxy(line.proxy)
    return httpcore.ConnectionPool(
        ssl_context=line.tls,
        proxy=proxy,
        keepalive_expiry=IDLE,
        network_backend=network,
    )


def _proxy(url: str) -> httpcore.Proxy:
    parts = urlsplit(url)
    auth = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    port = parts.port or {"https": 443, "socks5": 1080}.get(parts.scheme, 80)
    return httpcore.Proxy(f"{parts.scheme}://{parts.hostname}:{port}", auth=auth)


def _without_encoding(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """What the answer says of itself, but for an encoding that has been undone."""
    return [
        (name, value)
        for name, value in headers
        if not (name.lower() == b"content-encoding" and value.lower() in _PACKED)
    ]


def _seconds(said: str) -> float:
    """How long a Retry-After asks to wait (RFC 9110, 10.2.3): a number of seconds, or a date."""
    try:
        return max(float(said), 0.0)
    except ValueError:
        pass
    try:
        return max((parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return PAUSE
