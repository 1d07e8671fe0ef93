"""The servers that `duble.toml` names: where they are, who we are there, and what a run may do to them."""

from __future__ import annotations

import os
import re
import ssl
import tomllib
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec

FILE = "duble.toml"
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h)?")
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}


class UnreadableTargets(Exception):
    """The file cannot be used; `str()` is one line: file, place, what is wrong."""


class TargetSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One server. Secrets are never in the file: it names the environment variables that hold them."""

    vendor: str
    url: str
    name: str = ""
    """What its table is called."""
    kind: Literal["sandbox", "production", "double"] = "sandbox"
    """What stands there. Nothing is ever written to production; a double is asked for its control API."""
    credential: dict[str, str] = {}
    """Environment variables by what they hold: token, login, password, key, …"""
    headers: dict[str, str] = {}
    """Sent with every request, such as a tenant's name."""
    secret_headers: dict[str, str] = {}
    """The same with the environment variables that hold the values."""
    resources: dict[str, list[str]] = {}
    """Ids of records that the suite may work on, by entity (x-lifecycle) or parameter: work_order, wo_id."""
    values: dict[str, Any] = {}
    """What stands for the spec's example at a place, such as body/client_id, where it means nothing."""
    verify: bool | str = True
    """Whether the server's certificate is checked; or the file of the authority that signed it."""
    client_certificate: str | None = None
    client_key: str | None = None
    proxy: str | None = None
    timeout: float = 30.0
    """Seconds for one whole answer."""
    rate: float | None = None
    """Requests a second."""
    max_requests: int | None = None
    max_time: str | None = None
    """How long a run may take: 90s, 15m, 2h."""

    def __post_init__(self) -> None:
        _demand_url(self.url)
        if self.proxy is not None and urlsplit(self.proxy).scheme not in ("http", "https"):
            raise ValueError("proxy is no http:// or https:// URL")
        if self.timeout <= 0 or (self.rate is not None and self.rate <= 0):
            raise ValueError("timeout and rate are more than 0")
        if self.max_requests is not None and self.max_requests < 1:
            raise ValueError("max_requests is at least 1")
        if self.max_time is not None:
            seconds(self.max_time)

    def tls(self) -> ssl.SSLContext | None:
        """What to check of the server's certificate, and to show of ours; OSError if a file is missing."""
        if self.verify is True and self.client_certificate is None:
            return None  # as everybody does it
        authority = self.verify if isinstance(self.verify, str) else None
        context = ssl.create_default_context(cafile=authority)
        if self.verify is False:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if self.client_certificate is not None:
            context.load_cert_chain(self.client_certificate, self.client_key)
        return context

    def all_headers(self) -> dict[str, str]:
        """Headers, the secret ones read from the environment; KeyError names a variable that is missing."""
        return self.headers | {name: os.environ[known] for name, known in self.secret_headers.items()}


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    targets: dict[str, TargetSettings] = {}
    baseline: str | None = None
    """A file of known findings."""


def target(name: str, path: Path) -> TargetSettings:
    """One target of a file; UnreadableTargets if there is no such target, or no such file."""
    known = read(path).targets
    if name not in known:
        listed = ", ".join(known) or "none"
        raise UnreadableTargets(f"{path}: no target {name}. Known: {listed}. Add a table [targets.{name}]")
    return msgspec.structs.replace(known[name], name=name)


def read(path: Path) -> _File:
    """A whole file; UnreadableTargets names the place of what is wrong with it."""
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except OSError as problem:
        text = f"{path}: {problem.strerror or problem}. Targets are tables [targets.NAME] with vendor and url"
        raise UnreadableTargets(text) from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise UnreadableTargets(f"{path}: not TOML: {problem}") from problem
    try:
        return msgspec.convert(document, _File)
    except msgspec.ValidationError as problem:
        raise UnreadableTargets(f"{path}: {str(problem).replace('`$.', '`').replace('`$', '`')}") from problem


def seconds(text: str) -> float:
    """A duration such as 90, 90s, 15m or 2h in seconds; ValueError if it is none."""
    found = _DURATION.fullmatch(text.strip())
    if found is None or float(found[1]) <= 0:
        raise ValueError(f"{text!r} is no duration such as 90s, 15m or 2h")
    return float(found[1]) * _UNITS[found[2] or ""]


def _demand_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{url!r} is no base URL such as https://sandbox.example/v1")
    if parts.username or parts.password:
        raise ValueError("a URL holds no credential: name environment variables in `credential`")
    if parts.query or parts.fragment:
        raise ValueError(f"{url!r} has a query or a fragment, a base URL has none")
