"""What a sandbox has been asked and what it answered: bounded, and without secrets."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mockserver.core.call import Call
from mockserver.core.replies import JSON

_LONGEST_BODY = 16_384
_MASKED = "***"
_SECRET_HEADERS = frozenset(
    {
        "authorization",
        "proxy-authorization",
        "cookie",
        "set-cookie",
        "x-auth-token",
        "x-api-key",
        "x-duble-control-token",
    }
)
_SECRET_WORDS = ("password", "secret", "token", "apikey", "api_key", "sessionid")


@dataclass(slots=True)
class Entry:
    """One exchange, or one webhook (`kind`). Bodies are kept up to a bound and rendered when looked at."""

    number: int
    at: datetime
    kind: str
    vendor: str
    operation: str | None
    call: Call
    status: int | None
    answer: bytes
    error: str | None = None
    fault: str | None = None
    attempts: int = field(default=0)


class Journal:
    """The last exchanges of one sandbox, oldest first."""

    __slots__ = ("_arrivals", "_arrived", "_entries", "_last")

    def __init__(self, size: int) -> None:
        self._entries: deque[Entry] = deque(maxlen=size)
        self._arrived = asyncio.Event()
        self._last = 0
        self._arrivals = 0

    def arrival(self) -> int:
        """The number of one more request, whether or not it is ever written down."""
        self._arrivals += 1
        return self._arrivals

    def add(
        self, kind: str, at: datetime, vendor: str, call: Call, status: int | None, answer: bytes
    ) -> Entry:
        """Write one exchange down; who waits for it is woken."""
        self._last += 1
        if len(call.body) > _LONGEST_BODY:
            call.body = call.body[:_LONGEST_BODY]
        call.json = None
        entry = Entry(self._last, at, kind, vendor, call.operation_id, call, status, answer[:_LONGEST_BODY])
        self._entries.append(entry)
        self._arrived.set()
        return entry

    def find(self, wanted: Callable[[Entry], bool]) -> list[Entry]:
        """Entries that match, oldest first."""
        return [entry for entry in self._entries if wanted(entry)]

    def clear(self) -> None:
        """Forget everything; numbers go on."""
        self._entries.clear()

    async def wait(self, wanted: Callable[[Entry], bool], count: int, timeout: float) -> list[Entry]:
        """Matching entries as soon as there are `count`, or those there are after `timeout` seconds."""
        deadline = asyncio.get_running_loop().time() + timeout
        while len(found := self.find(wanted)) < count:
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                break
            self._arrived.clear()
            try:
                await asyncio.wait_for(self._arrived.wait(), left)
            except TimeoutError:
                break
        return found


def masked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers with what lets a person in replaced."""
    return {name: _MASKED if name in _SECRET_HEADERS else value for name, value in headers.items()}


def masked(value: JSON) -> JSON:
    """A JSON value with passwords, tokens and their like replaced, however deep they stand."""
    if isinstance(value, list):
        return [masked(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _MASKED if isinstance(item, str) and _is_secret(name) else masked(item)
        for name, item in value.items()
    }


def _is_secret(name: str) -> bool:
    plain = name.lower().replace("-", "")
    return any(word in plain for word in _SECRET_WORDS)
