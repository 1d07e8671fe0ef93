"""A closed-loop HTTP/1.1 client: a fixed number of connections, each asks again once answered."""

from __future__ import annotations

import asyncio
import gc
import time
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, cast

import orjson
import uvloop

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"content-length:"


class WrongAnswer(Exception):
    """A server answered something else than it was to: there is nothing to measure."""


@dataclass(frozen=True)
class Sample:
    """One round against one server. Latencies in seconds, ascending."""

    answered: int
    seconds: float
    latencies: array[float]
    client_busy: float  # share of the round that the client's processor time takes, 0 to 1

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answered / self.seconds

    def percentile(self, percent: float) -> float:
        """The latency, in seconds, that this percentage of the requests did not exceed."""
        return self.latencies[min(len(self.latencies) - 1, int(len(self.latencies) * percent / 100))]


class Load:
    """The state that one round's connections share."""

    def __init__(
        self, requests: Iterable[tuple[bytes, str]], answer: Callable[[str], Any], seconds: float
    ) -> None:
        self.requests: Iterator[tuple[bytes, str]] = iter(requests)
        self.answer = answer
        self.seconds = seconds
        self.latencies: array[float] = array("d")
        self.open = 0
        self.started = self.finished = 0.0
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def next(self, now: float) -> tuple[bytes, str] | None:
        """The next request and its id; None when the time is up or the requests are used up."""
        return None if now - self.started >= self.seconds else next(self.requests, None)

    def closed(self) -> None:
        """One connection is done; the last one ends the round."""
        self.open -= 1
        if not self.open and not self.over.done():
            self.over.set_result(None)

    def fail(self, problem: Exception) -> None:
        """End the round: its figures would mean nothing."""
        if not self.over.done():
            self.over.set_exception(problem)


class Connection(asyncio.Protocol):
    """One keep-alive connection with at most one request in flight."""

    _transport: asyncio.WriteTransport  # known once connected

    def __init__(self, load: Load) -> None:
        self._load = load
        self._received = b""
        self._id = ""
        self._waiting = False
        self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the start of the round."""
        self._transport = cast("asyncio.WriteTransport", transport)
        self._load.open += 1

    def ask(self) -> None:
        """Send the next request, or hang up when there is none."""
        self._sent = time.perf_counter()
        request = self._load.next(self._sent)
        if request is None:
            self._load.finished = self._sent
            self._transport.close()
            return
        message, self._id = request
        self._waiting = True
        self._transport.write(message)

    def data_received(self, data: bytes) -> None:
        """Take in an answer; once it is whole, check it and ask again."""
        received = self._received = self._received + data
        end_of_head = received.find(_END_OF_HEAD)
        if end_of_head < 0:
            return
        head = received[:end_of_head].lower()
        start = head.find(_LENGTH)
        if start < 0 or not head.startswith(b"http/1.1 200"):
            self._load.fail(WrongAnswer(f"work order {self._id}: {received[:500]!r}"))
            return
        line_end = head.find(b"\r", start)
        length = int(head[start + len(_LENGTH) : line_end if line_end > 0 else None])
        body = received[end_of_head + len(_END_OF_HEAD) :]
        if len(body) >= length:
            self._answered(body)

    def connection_lost(self, error: Exception | None) -> None:
        """Done, or cut off by the server."""
        if self._waiting:
            self._load.fail(WrongAnswer(f"work order {self._id}: the connection was cut: {error}"))
        self._load.closed()

    def _answered(self, body: bytes) -> None:
        self._load.latencies.append(time.perf_counter() - self._sent)
        if orjson.loads(body) != self._load.answer(self._id):
            self._load.fail(WrongAnswer(f"work order {self._id}: {body[:500]!r}"))
            return
        self._received = b""
        self._waiting = False
        self.ask()


def run_load(
    port: int,
    requests: Iterable[tuple[bytes, str]],
    answer: Callable[[str], Any],
    *,
    connections: int,
    seconds: float,
) -> Sample:
    """Load a server on this machine for some seconds; raises WrongAnswer, OSError."""
    gc.collect()
    gc.disable()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(_round(port, requests, answer, connections, seconds))
    finally:
        gc.enable()


async def _round(
    port: int,
    requests: Iterable[tuple[bytes, str]],
    answer: Callable[[str], Any],
    connections: int,
    seconds: float,
) -> Sample:
    loop = asyncio.get_running_loop()
    load = Load(requests, answer, seconds)
    opened = [
        await loop.create_connection(lambda: Connection(load), "127.0.0.1", port) for _ in range(connections)
    ]
    busy = time.process_time()
    load.started = time.perf_counter()
    try:
        for _, connection in opened:
            connection.ask()
        await load.over
    finally:
        for transport, _ in opened:
            transport.abort()
    busy = time.process_time() - busy
    took = load.finished - load.started
    return Sample(len(load.latencies), took, array("d", sorted(load.latencies)), busy / took)
