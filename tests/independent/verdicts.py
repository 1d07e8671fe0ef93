"""Whether a server takes a request for one that its spec allows: Prism's word, and our double's."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from contract_tests.harness.network.exchange import Request
from tests.independent.hollow import Hollow

VIOLATIONS = "sl-violations"  # the header in which Prism tells what it holds against a request
_JUST_MANY = "Too many violations!"
_FAULT = "a fault of the double"


@dataclass(frozen=True)
class Verdict:
    """One server's word on one request; `why` is empty where it accepts."""

    server: str
    accepted: bool
    why: str = ""

    @property
    def is_fault(self) -> bool:
        """Whether the server refused because it failed, and not for the request's sake."""
        return self.why.startswith(_FAULT)

    def __str__(self) -> str:
        return f"{self.server} {'accepts' if self.accepted else 'refuses: ' + self.why}"


def sent(client: httpx.Client, url: str, request: Request) -> httpx.Response:
    """Send a request byte by byte as it stands: no header added but those that HTTP needs."""
    target = httpx.URL(url).copy_with(raw_path=request.path.encode("ascii"))
    return client.send(
        httpx.Request(request.method, target, headers=dict(request.headers), content=request.body)
    )


def of_prism(answer: httpx.Response) -> Verdict:
    """Prism's word: its own problem documents refuse, and so does a violation of the request."""
    if answer.headers.get("content-type", "").startswith("application/problem+json"):
        return Verdict("Prism", accepted=False, why=answer.text)
    if answer.status_code == httpx.codes.BAD_REQUEST and '"invalid_json"' in answer.text:
        return Verdict("Prism", accepted=False, why="invalid JSON")
    told = answer.headers.get(VIOLATIONS, "[]")
    if told.startswith(_JUST_MANY):
        return Verdict("Prism", accepted=False, why=told)
    against = [said for said in json.loads(told) if _is_about_the_request(said)]
    return Verdict("Prism", accepted=not against, why="; ".join(_worded(said) for said in against))


def of_double(hollow: Hollow, client: httpx.Client, url: str, request: Request) -> Verdict:
    """Our double's word: it accepts what reaches the operation's behaviour."""
    hollow.reached.clear()
    answer = sent(client, url, request)
    if "x-duble-bug" in answer.headers:
        return Verdict("the double", accepted=False, why=f"{_FAULT}: {answer.text}")
    return Verdict("the double", accepted=bool(hollow.reached), why="" if hollow.reached else answer.text)


def _is_about_the_request(said: Any) -> bool:
    return bool(said["location"][0] == "request" and said["severity"] == "Error")


def _worded(said: Any) -> str:
    return f"{said['code']} at {'.'.join(map(str, said['location']))}: {said['message']}"


def shown(request: Request, verdicts: Sequence[Verdict]) -> str:
    """A disagreement as people read it: the request, and what each server says of it."""
    headers = "".join(f"\n    {name}: {value}" for name, value in request.headers.items())
    body = "" if request.body is None else f"\n    {request.body[:400]!r}"
    words = "".join(f"\n  {str(verdict)[:400]}" for verdict in verdicts)
    return f"{request.line[:600]}{headers}{body}{words}"
