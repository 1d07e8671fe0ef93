"""Webhooks on their way: sent after the commit, tried as often as asked, written in the journal."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

import httpx
import orjson

from mockserver.core.call import Call
from mockserver.core.journal import Journal
from mockserver.core.outbox import Letter

_SECONDS = 5.0
_MOST_WAITING = 1000


class Delivery:
    """Sends letters in the background; a receiver that is slow or gone delays no answer."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._client: httpx.AsyncClient | None = None

    def send(self, letters: Iterable[Letter], journal: Journal, at: datetime) -> None:
        """Start delivering, as of the sandbox's instant `at`.

        Past a bound of waiting letters the rest is journalled as not sent.
        """
        for letter in letters:
            if len(self._tasks) >= _MOST_WAITING:
                self._write(letter, journal, at, None, b"", "not sent: too many webhooks are waiting", 0)
                continue
            task = asyncio.get_running_loop().create_task(self._deliver(letter, journal, at))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Stop what is still under way."""
        for task in list(self._tasks):
            task.cancel()
        if self._client is not None:
            await self._client.aclose()

    async def _deliver(self, letter: Letter, journal: Journal, at: datetime) -> None:
        pause = letter.backoff
        for attempt in range(1, letter.attempts + 1):
            status, answer, error = await self._post(letter)
            self._write(letter, journal, at, status, answer, error, attempt)
            if status is not None and 200 <= status < 300:
                return
            if attempt < letter.attempts:
                await asyncio.sleep(pause)
                pause *= 2

    async def _post(self, letter: Letter) -> tuple[int | None, bytes, str | None]:
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=_SECONDS, follow_redirects=False, trust_env=False)
        try:
            async with self._client.stream("POST", letter.url, json=letter.body) as response:
                return response.status_code, await _start_of(response), None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            return None, b"", f"{type(error).__name__}: {error}"

    def _write(
        self,
        letter: Letter,
        journal: Journal,
        at: datetime,
        status: int | None,
        answer: bytes,
        error: str | None,
        attempt: int,
    ) -> None:
        host, path = _address(letter.url)
        call = Call("POST", path, b"", {"host": host})
        call.body = orjson.dumps(letter.body)
        call.operation_id = letter.event
        entry = journal.add("webhook", at, letter.vendor, call, status, answer)
        entry.error, entry.attempts = error, attempt


def _address(url: str) -> tuple[str, str]:
    """Host and path of a URL; of one that is none, the text itself."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", url
    return parts.netloc, parts.path or "/"


async def _start_of(response: httpx.Response) -> bytes:
    """The first bytes of an answer; a receiver that never stops talking is cut short."""
    async for chunk in response.aiter_bytes(4096):
        return chunk
    return b""
