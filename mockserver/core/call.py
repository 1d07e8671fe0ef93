"""One request as a room sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs


@dataclass(slots=True)
class Call:
    """Method, path and body as sent; header names in lower case.

    `operation_id` is None off the map; `peer` is the client's address.
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
    _query: dict[str, list[str]] | None = None

    @property
    def query(self) -> dict[str, list[str]]:
        """Query parameters by name, each with every value sent, blank ones included."""
        if self._query is None:
            text = self.query_string.decode("latin-1")
            self._query = parse_qs(text, keep_blank_values=True) if text else {}
        return self._query
