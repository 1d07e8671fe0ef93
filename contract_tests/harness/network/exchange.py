"""Requests and answers on the wire, and the curl line that repeats a request."""

from __future__ import annotations

import itertools
import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal
from urllib.parse import quote, urlencode

import httpx

from contract_tests.harness.spec.contract import Contract
from contract_tests.harness.spec.operation import Operation, Parameter

LONG = 400  # bytes of a body that a curl line shows as they are
EXCERPT = 300  # characters of an answer that a finding shows
_RUN = re.compile(rb"(.{1,8}?)\1{40,}", re.DOTALL)


@dataclass(frozen=True)
class Grounds:
    """Why a request may be sent to a server that is not ours; `why` is one sentence."""

    kind: Literal["read", "harmless", "login", "write"]
    why: str


@dataclass(frozen=True, kw_only=True)
class Request:
    """One HTTP request; `path` is absolute and percent-encoded, without the sandbox."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    grounds: Grounds | None = field(default=None, compare=False, repr=False)
    """What the sender claims; that a request only reads or cannot act is never taken on its word."""

    @property
    def line(self) -> str:
        """Method and path, as people quote a request."""
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Answer:
    """What came back, and what it answers."""

    response: httpx.Response = field(repr=False)
    request: Request | None = field(default=None, repr=False)

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.response.status_code

    @property
    def body(self) -> bytes:
        """The decoded body."""
        return self.response.content

    @property
    def media_type(self) -> str:
        """The Content-Type without its parameters, in lower case; empty if there is none."""
        return self.header("content-type").partition(";")[0].strip().lower()

    def header(self, name: str) -> str:
        """A header's value, empty if there is none."""
        return str(self.response.headers.get(name, ""))

    @cached_property
    def json(self) -> Any:
        """The parsed body; ValueError if it is not JSON."""
        return json.loads(self.body.decode("utf-8"))

    @property
    def is_json(self) -> bool:
        """Whether the body can be parsed."""
        try:
            _ = self.json
        except (ValueError, RecursionError):
            return False
        return True

    @property
    def summary(self) -> str:
        """Status, media type and the beginning of the body, on one line."""
        text = " ".join(self.body.decode("utf-8", "replace").split())
        cut = text if len(text) <= EXCERPT else text[:EXCERPT] + f"… ({len(self.body)} bytes)"
        return " ".join(part for part in (str(self.status), self.media_type, cut) if part)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A request in the contract's terms, before it is put on the wire."""

    path: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    has_body: bool = False
    raw: bytes | None = None
    media_type: str | None = None

    @property
    def parts(self) -> dict[str, Any]:
        """What a patch addresses: path, query, headers and, if there is one, body."""
        parts = {"path": dict(self.path), "query": dict(self.query), "headers": dict(self.headers)}
        return parts | ({"body": self.body} if self.has_body else {})


def base_draft(operation: Operation, body: str | None = None) -> Draft:
    """The request that the spec's examples make; `body` names another than the first of them."""
    given: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "header": {}}
    for parameter in operation.parameters:
        if parameter.required or parameter.definition.get("x-base"):
            given[parameter.place][parameter.name] = parameter.example
    name = next(iter(operation.bodies), None) if body is None else body
    return Draft(
        path=given["path"],
        query=given["query"],
        headers={key: _plain(value) for key, value in given["header"].items()},
        body=None if name is None else operation.bodies[name],
        has_body=name is not None,
    )


def drafted(draft: Draft, parts: Mapping[str, Any]) -> Draft:
    """The draft with other parts (see Draft.parts)."""
    return Draft(
        path=parts.get("path", {}),
        query=parts.get("query", {}),
        headers=parts.get("headers", {}),
        body=parts.get("body"),
        has_body="body" in parts,
        raw=draft.raw,
        media_type=draft.media_type,
    )


def on_the_wire(
    contract: Contract, operation: Operation, draft: Draft, credential: Mapping[str, str]
) -> Request:
    """The HTTP request of a draft, with the headers that the credential adds."""
    body = draft.raw
    if body is None and draft.has_body:
        body = json.dumps(draft.body, ensure_ascii=False).encode("utf-8")
    headers = {**{key: str(value) for key, value in draft.headers.items()}, **credential}
    media_type = draft.media_type or next(iter(operation.media_types), "application/json")
    if body is not None and media_type != "none" and "content-type" not in map(str.lower, headers):
        headers["Content-Type"] = media_type
    return Request(
        method=operation.method,
        path=_path(contract, operation, draft),
        headers=headers,
        body=body,
    )


def curl(request: Request, root: str, veil: Mapping[str, str]) -> str:
    """A shell line that repeats the request; `veil` maps secrets to the variables that stand for them."""
    words = ["curl", "-i", "-X", request.method, _quoted(root + request.path, veil)]
    for name, value in request.headers.items():
        words += ["-H", _quoted(f"{name}: {value}", veil)]
    if request.body is None:
        return " ".join(words)
    if _is_short_text(request.body):
        text = request.body.decode()
        return " ".join([*words, "--data-binary", _quoted(text, veil)])
    made = shlex.quote(f"import sys; sys.stdout.buffer.write({_expression(request.body)})")
    return f"python3 -c {made} | " + " ".join([*words, "--data-binary", "@-"])


def _path(contract: Contract, operation: Operation, draft: Draft) -> str:
    path = operation.path
    for name, value in draft.path.items():
        path = path.replace("{" + name + "}", quote(_plain(value), safe=""))
    known = {parameter.name: parameter for parameter in operation.parameters}
    pairs = [pair for name, value in draft.query.items() for pair in _pairs(name, value, known.get(name))]
    return contract.base_path + path + ("?" + urlencode(pairs) if pairs else "")


def _pairs(name: str, value: Any, parameter: Parameter | None) -> Iterator[tuple[str, str]]:
    if value is None:
        return
    if not isinstance(value, list):
        yield name, _plain(value)
    elif parameter is not None and not parameter.definition.get("explode", True):
        yield name, ",".join(map(_plain, value))
    else:
        yield from ((name, _plain(item)) for item in value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else str(value)


def _quoted(text: str, veil: Mapping[str, str]) -> str:
    """A shell word in which secrets are variables."""
    pieces: list[tuple[str, bool]] = [(text, False)]
    for secret, variable in {**veil, "$DUBLE_URL": "$DUBLE_URL"}.items():
        pieces = [new for piece in pieces for new in _veiled(piece, secret, variable)]
    if not any(is_variable for _, is_variable in pieces):
        return shlex.quote(text)
    return '"' + "".join(p if is_variable else _escaped(p) for p, is_variable in pieces) + '"'


def _veiled(piece: tuple[str, bool], secret: str, variable: str) -> Iterable[tuple[str, bool]]:
    text, is_variable = piece
    if is_variable or not secret or secret not in text:
        return [piece]
    between = itertools.repeat((variable, True))
    parts = [(part, False) for part in text.split(secret)]
    return list(itertools.chain.from_iterable(zip(parts, between, strict=False)))[:-1]


def _escaped(text: str) -> str:
    for special in ("\\", '"', "$", "`"):
        text = text.replace(special, "\\" + special)
    return text


def _is_short_text(body: bytes) -> bool:
    """Whether a shell line can show it: what cannot be seen would not survive being copied."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return len(body) <= LONG and all(c.isprintable() or c in "\n\t" for c in text)


def _expression(body: bytes) -> str:
    """A Python expression for the bytes in which long runs are written as products."""
    pieces: list[str] = []
    end = 0
    for run in _RUN.finditer(body):
        pieces += [repr(body[end : run.start()])] if run.start() > end else []
        unit = run[1]
        pieces.append(f"{unit!r} * {len(run[0]) // len(unit)}")
        end = run.end()
    return " + ".join([*pieces, repr(body[end:])] if end < len(body) or not pieces else pieces)
