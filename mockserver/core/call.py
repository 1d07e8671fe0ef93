"""One request as a room sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs


@dataclass(slots=True)
class Call:
    """Method, path and body as sent; header names in lower case.

    `operation_id` is None off the map; `peer` is the client's address; `raw_path` is the path as it was on
    the wire, sandbox prefix and percent-encoding included; `as_sent` holds headers as they were before a
    sandbox's name was taken off them; `id` is opaque, and another for each request.
    """

    method: str
    path: str
    query_string: bytes
    headers: dict[str, str]
    body: bytes = b""
    operation_id: str | None = None
    path_params: dict[str, str] = field(default_factory=dict)
    json: Any = None
    peer: str | None = None
    raw_path: bytes = b""
    any_case: bool = False
    as_sent: dict[str, str] = field(default_factory=dict)
    id: str = ""
    _query: dict[str, list[str]] | None = None

    def sent_header(self, name: str) -> str | None:
        """A header exactly as it was sent, which is what a signature covers; None where there is none."""
        return self.as_sent.get(name, self.headers.get(name))

    @property
    def query(self) -> dict[str, list[str]]:
        """Query parameters by name, each with every value sent, blank ones included.

        Where the vendor takes names in any casing, they are in lower case here.
        """
        if self._query is None:
            text = self.query_string.decode("latin-1")
            query = parse_qs(text, keep_blank_values=True) if text else {}
            self._query = _merged(query) if self.any_case else query
        return self._query


def _merged(query: dict[str, list[str]]) -> dict[str, list[str]]:
    merged: dict[str, list[str]] = {}
    for name, values in query.items():
        merged.setdefault(name.lower(), []).extend(values)
    return merged
