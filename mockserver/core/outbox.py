"""Webhooks that a request sends: queued with its writes, delivered only if it succeeds."""

from __future__ import annotations

from dataclasses import dataclass

from mockserver.core.replies import JSON

MOST_ATTEMPTS = 10
LONGEST_BACKOFF = 60.0


@dataclass(frozen=True, slots=True)
class Letter:
    """One webhook: whose, where to, what, and how often to try.

    `backoff` is the pause before the second try in seconds; it doubles with each further one.
    """

    vendor: str
    url: str
    body: JSON
    event: str
    attempts: int = 1
    backoff: float = 0.0


class Outbox:
    """The letters that one vendor sends because of one request."""

    __slots__ = ("_vendor", "letters")

    def __init__(self, vendor: str) -> None:
        self._vendor = vendor
        self.letters: list[Letter] = []

    def post(self, url: str, body: JSON, *, event: str, attempts: int = 1, backoff: float = 0.0) -> None:
        """Queue one webhook. A vendor whose retry policy is unknown tries once."""
        attempts = max(1, min(attempts, MOST_ATTEMPTS))
        backoff = max(0.0, min(backoff, LONGEST_BACKOFF))
        self.letters.append(Letter(self._vendor, url, body, event, attempts, backoff))
