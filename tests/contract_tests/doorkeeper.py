"""Stands before a double that seems to be none, and ends the sessions that it gave as a test wants it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from tests.contract_tests.saboteur import Ask, Asked, Told, control

LOGINS = {"citsmart": ("mobile", "123456"), "zeev": ("duble", "duble"), "huawei_osm": ("duble", "duble")}
"""Vendors with a login, and one that a fresh double accepts."""
PATHS = {
    "citsmart": "/services/v2/login",
    "zeev": "/api/2/tokens",
    "huawei_osm": "/v3/auth/tokens",
}
TWO_DAYS = 172_800  # seconds; no session of any vendor lasts that long

Ends = Callable[["Doorkeeper", Asked], bool]


@dataclass
class Doorkeeper:
    """A fault: forgets the session that a request shows where `ends` says so."""

    vendor: str
    ends: Ends
    by_clock: bool = False
    """Whether time passes, so that the double ends the session; otherwise it is one that nobody knows."""
    given: list[str] = field(default_factory=list)
    """The sessions that logins gave, in order."""
    served: int = 0
    """Requests with the session that was given last."""
    ended: set[str] = field(default_factory=set)
    refused: list[Asked] = field(default_factory=list)
    """Requests with a session that had ended."""

    async def __call__(self, asked: Asked, ask: Ask) -> Told:
        """Answer one request."""
        if asked.method == "POST" and asked.path == PATHS[self.vendor]:
            return self._noted(await ask(asked))
        shown = next((session for session in self.given if session in _text(asked)), None)
        if shown is None:
            return await ask(asked)
        self.served += 1
        if shown not in self.ended and self.ends(self, asked):
            self.ended.add(shown)
            if self.by_clock:
                await ask(control(asked, "clock", {"advance": TWO_DAYS}))
        if shown in self.ended:
            self.refused.append(asked)
            return await ask(asked if self.by_clock else _with(asked, shown, "0" * len(shown)))
        return await ask(asked)

    def _noted(self, told: Told) -> Told:
        body = told.json if isinstance(told.json, dict) else {}
        names = ("sessionID", "temporaryToken")
        found = [body.get(name) for name in names] + [told.headers.get("x-subject-token")]
        session = next(filter(None, found), None)
        if session is not None:
            self.given.append(session)
            self.served = 0
        return told


def after(requests: int) -> Ends:
    """Each session ends after so many requests."""
    return lambda door, asked: door.served > requests


def _text(asked: Asked) -> str:
    return json.dumps(asked.headers) + asked.body.decode("utf-8", "replace")


def _with(asked: Asked, session: str, other: str) -> Asked:
    headers = {name: value.replace(session, other) for name, value in asked.headers.items()}
    return replace(asked, headers=headers, body=asked.body.replace(session.encode(), other.encode()))
