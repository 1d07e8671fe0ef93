"""Requests and answers as text, whole, and with nothing secret in them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from contract_tests.harness.network.disguise import hidden
from contract_tests.harness.network.exchange import Answer, Request
from contract_tests.harness.network.near_misses import WRONG_CREDENTIAL

LONGEST = 4096  # bytes of a transcript
SHORTEST = 6  # characters of a secret that is looked for everywhere, not only where it is named
HIDDEN = "***"
_TELLING = re.compile(
    r"auth|token|cookie|passw|senha|secret|session|api[-_]?key|credential|signature", re.IGNORECASE
)
_NAMED = re.compile(rf'("[^"]*(?:{_TELLING.pattern})[^"]*"\s*:\s*)"(?:[^"\\]|\\.)*"?', re.IGNORECASE)
_HARMLESS = frozenset({"", HIDDEN, WRONG_CREDENTIAL, "Bearer", "Basic"})


def request(sent: Request, veil: Mapping[str, str]) -> str:
    """Request line, headers and body; `veil` maps credentials to the variables that stand for them."""
    return _text(sent.line, sent.headers.items(), sent.body or b"", veil)


def answer(came: Answer, veil: Mapping[str, str]) -> str:
    """Status line, headers and body; tokens and cookies are stars."""
    line = f"{came.response.http_version} {came.status} {came.response.reason_phrase}"
    return _text(line.strip(), came.response.headers.multi_items(), came.body, veil)


def secrets(requests: Iterable[Request], answers: Iterable[Answer]) -> Iterator[str]:
    """Every text that an exchange calls a token, a password, a session or the like."""
    for sent in requests:
        yield from _in_headers(sent.headers.items())
        yield from _in_body(sent.body or b"")
    for came in answers:
        yield from _in_headers(came.response.headers.multi_items())
        yield from _in_body(came.body)


def _in_headers(headers: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, value in headers:
        if _TELLING.search(name):
            yield from _long(re.split(r"[\s,;=]+", value))


def _in_body(body: bytes) -> Iterator[str]:
    try:
        yield from _long(_told(json.loads(body), named=False))
    except (ValueError, RecursionError):
        return


def _told(value: Any, *, named: bool) -> Iterator[str]:
    if isinstance(value, str) and named:
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _told(item, named=named)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _told(inner, named=_TELLING.search(key) is not None)


def _long(values: Iterable[str]) -> Iterator[str]:
    return (value for value in values if len(value) >= SHORTEST and value not in _HARMLESS)


def _text(line: str, headers: Iterable[tuple[str, str]], body: bytes, veil: Mapping[str, str]) -> str:
    head = [line, *(f"{name}: {_shown(name, value, veil)}" for name, value in headers)]
    text = body[: 2 * LONGEST].decode("utf-8", "backslashreplace")  # more is not shown
    text = _NAMED.sub(rf'\1"{HIDDEN}"', hidden(text, veil))
    return _cut("\n".join([hidden("\n".join(head), veil), *(["", text] if text else [])]), len(body))


def _shown(name: str, value: str, veil: Mapping[str, str]) -> str:
    """The value; where the name tells of a secret, its variable, or stars."""
    if not _TELLING.search(name) or name.lower() == "www-authenticate":
        return value
    scheme, blank, secret = value.rpartition(" ")
    known = secret in veil or secret == WRONG_CREDENTIAL
    return scheme + blank + veil.get(secret, secret) if known else HIDDEN


def _cut(text: str, length: int) -> str:
    raw = text.encode("utf-8", "backslashreplace")
    if len(raw) <= LONGEST:
        return raw.decode("utf-8")
    tail = f"\n… (a body of {length} bytes)"
    return raw[: LONGEST - len(tail.encode())].decode("utf-8", "ignore") + tail
