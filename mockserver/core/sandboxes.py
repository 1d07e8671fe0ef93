"""Which isolated world a request belongs to."""

from __future__ import annotations

import base64
import binascii
import re
from functools import cache

import orjson

DEFAULT = "default"
NAME = r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,63})"
_NAME = re.compile(rf"{NAME}\Z")
_TAIL = re.compile(rf"~({NAME})\Z")


class BadSandboxName(ValueError):
    """A name that no sandbox can have."""


def checked_name(name: str) -> str:
    """The name itself; raises BadSandboxName. Letters, digits, `_ . -`, at most 64, no sign in front."""
    if not _NAME.match(name):
        raise BadSandboxName(name[:80])
    return name


def split_credential(credential: str) -> tuple[str, str | None]:
    """A credential without its `~sandbox`, and that sandbox's name if it carries one."""
    if "~" not in credential:
        return _split_basic(credential) if credential[:6].lower() == "basic " else (credential, None)
    found = _TAIL.search(credential)
    return (credential[: found.start()], found.group(1)) if found else (credential, None)


def split_parameter(header: str, name: str) -> tuple[str, str | None]:
    """The same for the value of one parameter in a header such as `SCHEME name=value, other=value`."""
    found = _parameter(name).search(header) if "~" in header else None
    if found is None:
        return header, None
    return header[: found.end(1)] + header[found.end() :], found.group(2)


def split_body(body: bytes, path: tuple[str, ...]) -> tuple[bytes, str | None]:
    """The same for a text at a place inside a JSON body; a body without one stays as it is."""
    try:
        whole = inside = orjson.loads(body)
        for step in path[:-1]:
            inside = inside[step]
        plain, found = split_credential(inside[path[-1]])
        if found is None:
            return body, None
        inside[path[-1]] = plain
        return orjson.dumps(whole), found
    except (ValueError, KeyError, TypeError):  # no JSON, nothing at the place, or no text there
        return body, None


def split_property(body: bytes, path: tuple[str, ...]) -> tuple[bytes, str | None]:
    """The same for the first property of a name, wherever it stands in a JSON body."""
    found = _property(path[0]).search(body)
    if found is None:
        return body, None
    return body[: found.end(1)] + body[found.end(2) :], found.group(2).decode()


@cache
def _property(name: str) -> re.Pattern[bytes]:
    return re.compile(rb'("%s"\s*:\s*"[^"\\]*)~(%s)(?=")' % (re.escape(name).encode(), NAME.encode()))


@cache
def _parameter(name: str) -> re.Pattern[str]:
    return re.compile(rf'((?:^|(?<=[\s,])){re.escape(name)}="?[^\s",]*)~({NAME})(?=["\s,]|\Z)')


def _split_basic(header: str) -> tuple[str, str | None]:
    """HTTP Basic: the user name carries the sandbox, inside the base64."""
    try:
        user, colon, password = base64.b64decode(header[6:], validate=True).partition(b":")
        found = _TAIL.search(user.decode("utf-8")) if b"~" in user else None
    except (binascii.Error, UnicodeDecodeError):
        return header, None
    if found is None:
        return header, None
    plain = user.decode("utf-8")[: found.start()].encode() + colon + password
    return f"Basic {base64.b64encode(plain).decode()}", found.group(1)
