"""Lets libraries that speak through `requests` leave by our own wire, all of them, whatever they open."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

from contract_tests.harness.network.exchange import Answer, Request
from contract_tests.harness.network.wire import BrokenAnswer, Unsendable

Send = Callable[[Request], Answer]


class Stray(Exception):
    """A request to another host than the one under test."""


class WireAdapter(BaseAdapter):
    """A transport adapter that hands every request to `send`; `root` is the base URL that it stands for."""

    def __init__(self, root: str, send: Send) -> None:
        super().__init__()
        self._root = root
        self._send = send

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send one prepared request; Stray if it is meant for anybody else."""
        sent = as_request(request, self._root)
        try:
            answer = self._send(sent)
        except BrokenAnswer as problem:
            raise requests.exceptions.ConnectionError(problem.problem, request=request) from problem
        except Unsendable as problem:
            raise requests.exceptions.InvalidHeader(str(problem), request=request) from problem
        return _as_response(answer, request)

    def close(self) -> None:
        """Nothing is held open here."""


@contextmanager
def through(root: str, send: Send) -> Iterator[None]:
    """Whatever any session of `requests` sends meanwhile leaves through `send`."""
    adapter = WireAdapter(root, send)
    with mock.patch.object(requests.Session, "get_adapter", return_value=adapter):
        yield


def as_request(sent: requests.PreparedRequest, root: str) -> Request:
    """A prepared request in our terms; Stray unless its URL lies below the root."""
    url = sent.url or ""
    if not url.startswith(root) or urlsplit(url).netloc != urlsplit(root).netloc:
        raise Stray(f"{url} is not at {root}")
    body = sent.body.encode() if isinstance(sent.body, str) else sent.body
    assert body is None or isinstance(body, bytes)  # noqa: S101 - cases are never streamed
    headers = {_text(name): _text(value) for name, value in sent.headers.items()}
    kept = {name: value for name, value in headers.items() if name.lower() not in ("content-length", "host")}
    return Request(method=sent.method or "GET", path=url.removeprefix(root) or "/", headers=kept, body=body)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _as_response(answer: Answer, request: requests.PreparedRequest) -> requests.Response:
    found = requests.Response()
    found.status_code = answer.status
    found.headers = requests.structures.CaseInsensitiveDict(answer.response.headers)
    found.encoding = requests.utils.get_encoding_from_headers(found.headers)
    of_the_wire = {"content-length", "content-encoding", "transfer-encoding"}  # the body is unpacked already
    found.raw = HTTPResponse(
        io.BytesIO(answer.body),
        headers={name: text for name, text in answer.response.headers.items() if name not in of_the_wire},
        status=answer.status,
        reason=answer.response.reason_phrase,
        version=11,
        preload_content=False,
        decode_content=False,
    )
    found.reason = answer.response.reason_phrase
    found.url = request.url or ""
    found.request = request
    found.elapsed = timedelta(seconds=answer.response.elapsed.total_seconds())
    return found
