"""Ways to sign a request: those that let in, and those in which one thing does not fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from contract_tests.harness.network.exchange import Request
from contract_tests.harness.network.signing import DATE, AccessKey, dated, signed

HOST = "Host"
NOW = datetime(2030, 5, 6, 7, 8, 9, tzinfo=UTC)
"""When requests are signed: the clock of the double stands there, so that a seed gives the same ones."""
OTHER_HOST = "good signatures: something between us and the server changes the Host, which is signed"

Sign = Callable[[Request, AccessKey, int], Request]
"""Signs a request with a key; seconds are what the clock may be off."""


def _at(limits: int, seconds: int = 0) -> Sign:
    """Signed so many times the allowed time from now, and seconds more."""
    return lambda request, key, allowed: signed(
        request, key, NOW + timedelta(seconds=limits * allowed + seconds)
    )


def _as_if(**changes: Callable[[Any], Any]) -> Sign:
    """With the signature of a request that differs in one thing."""

    def sign(request: Request, key: AccessKey, _: int) -> Request:
        other = {name: change(getattr(request, name)) for name, change in changes.items()}
        made = signed(replace(request, **other), key, NOW).headers
        return replace(request, headers={**made, **request.headers})

    return sign


def _with_another_secret(request: Request, key: AccessKey, _: int) -> Request:
    return signed(request, AccessKey(key.access_key, f"{key.secret_key}x"), NOW)


def _ending_otherwise(request: Request, key: AccessKey, _: int) -> Request:
    """As though only the beginning of a signature were looked at."""
    made = signed(request, key, NOW)
    said = made.headers["Authorization"]
    return replace(
        made, headers={**made.headers, "Authorization": said[:-1] + ("0" if said[-1] != "0" else "1")}
    )


def _without_its_token(request: Request, key: AccessKey, _: int) -> Request:
    return signed(request, replace(key, security_token=None), NOW)


def _with_another_token(request: Request, key: AccessKey, _: int) -> Request:
    return signed(request, replace(key, security_token=f"{key.security_token}x"), NOW)


def _dated_later(request: Request, key: AccessKey, _: int) -> Request:
    made = signed(request, key, NOW)
    return replace(made, headers={**made.headers, DATE: dated(NOW + timedelta(seconds=1))})


def _longer(path: str) -> str:
    before, mark, query = path.partition("?")
    return f"{before}x{mark}{query}"


ENTERS: dict[str, Sign] = {
    "now": _at(0),
    "as late as allowed": _at(-1),
    "as early as allowed": _at(1),
}
IS_REFUSED: dict[str, Sign] = {
    "with another secret": _with_another_secret,
    "with another last digit": _ending_otherwise,
    "too long ago": _at(-1, -1),
    "too far ahead": _at(1, 1),
    "and dated a second later": _dated_later,
    "as another method": _as_if(method=lambda method: "PUT" if method == "POST" else "POST"),
    "as another path": _as_if(path=_longer),
    "as another query": _as_if(path=lambda path: f"{path}{'&' if '?' in path else '?'}other=1"),
    "for another host": _as_if(headers=lambda headers: {**headers, HOST: "elsewhere.example.com"}),
    "with another body": _as_if(body=lambda body: (body or b"") + b" "),
}
WITH_A_BODY: dict[str, Sign] = {"as though it had no body": _as_if(body=lambda _: b"")}
"""Those that differ only where there is a body."""
TEMPORARY: dict[str, Sign] = {
    "without its security token": _without_its_token,
    "with another security token": _with_another_token,
}
"""Those that are refused with a temporary pair of keys only."""
REFUSED = {**IS_REFUSED, **WITH_A_BODY, **TEMPORARY}
