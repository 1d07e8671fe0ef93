"""What a server would do that checks nothing at all: the measure of what may be sent to a stranger."""

from __future__ import annotations

import json
import posixpath
import re
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit

from mockserver.app import spec_path
from tests.yaml_file import written

# Ids that no server gives, by what the vendors' fact sheets say of their form: numbers below any counter
# or at the end of its type, words for nothing, a case of the year 2099, a ticket with our name.
NOBODY = frozenset(
    {"-1", "xxxx", "NO-EXISTE", "2147483647", "9223372036854775807", "TT209901010001", "DUBLE-NO-SUCH-TICKET"}
)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# The body's property that names the record, where the address names none.
NAMED_IN_BODY = {
    "send_coordinates": "unitID",
    "attend_request": "number",
    "feedback": "taskId",
    "check_in": "taskId",
    "check_out": "taskId",
    "check_in_denied": "taskId",
    "delete_tickets": "deleteTicket",
}


@dataclass(frozen=True)
class Consequence:
    """One vendor's server without any check; all that exists, but for `NOBODY`."""

    vendor: str

    def of(self, method: str, target: str, body: bytes) -> str | None:
        """What a request would bring about there; None if nothing."""
        for at, names, known in self._meant(method, target):
            if known is None:
                if method not in SAFE and NOBODY.isdisjoint(names):
                    return f"{method} on what is at {at}"
            elif known["x-effect"] != "read" and self._acts(known, names, body):
                return str(known["operationId"])
        return None

    def only_reads(self, method: str, target: str) -> bool:
        """Whether a request asks for what is documented as a read."""
        meant = self._meant(method, target)
        return bool(meant) and all(known is not None and known["x-effect"] == "read" for _, _, known in meant)

    def _meant(self, method: str, target: str) -> list[tuple[str, list[str], dict[str, Any] | None]]:
        """Path templates that an address fits, values of their parameters, and the operation there."""
        document = _document(self.vendor)
        base = urlsplit(document["servers"][0]["url"]).path.rstrip("/")
        path = re.sub("/+", "/", posixpath.normpath(unquote(urlsplit(target).path)))
        fitting = [(at, names) for at in document["paths"] if (names := _fits(base + at, path)) is not None]
        # An overly patient router, where nothing fits exactly, takes what the address begins with.
        fitting = fitting or _beginning(document, base, path)
        found = [(at, names, document["paths"][at].get(method.lower())) for at, names in fitting]
        return [one for one in found if one[2] is not None] or found

    def _acts(self, operation: dict[str, Any], names: list[str], body: bytes) -> bool:
        if names:
            return NOBODY.isdisjoint(names)
        content = _read(body)
        if content is None:
            return False
        record = NAMED_IN_BODY.get(operation["operationId"])
        if record is None or not isinstance(content, dict) or record not in content:
            return True
        named = content[record]
        listed = named if isinstance(named, list) else [named]
        texts = {str(one.get("ticketCode", "")) if isinstance(one, dict) else str(one) for one in listed}
        return not texts <= NOBODY


@cache
def _document(vendor: str) -> Any:
    return written(spec_path(vendor))


def _beginning(document: Any, base: str, path: str) -> list[tuple[str, list[str]]]:
    found = [(at, _fits(base + at, path, more=True)) for at in document["paths"]]
    return [(at, names) for at, names in found if names is not None]


def _fits(template: str, path: str, *, more: bool = False) -> list[str] | None:
    """The values of the template's parameters, whatever the letters' case, perhaps with something behind."""
    pattern = re.sub(r"\\\{[^{}]*\\\}", "([^/]+)", re.escape(template))
    found = re.fullmatch(pattern + ("/.*" if more else "/?"), path, re.IGNORECASE)
    return None if found is None else [value for value in found.groups() if value is not None]


def _read(body: bytes) -> Any:
    """What a lenient parser makes of a body: JSON, cut off or with something behind it, else nothing."""
    text = body.decode("utf-8", "replace").strip()
    if not text:
        return {}
    for end in ("", "}", "]}", '"}', '"]}', "null}", "]"):
        try:
            found, _ = json.JSONDecoder().raw_decode(text + end)
        except ValueError:
            continue
        return found if _holds_something(found) or not end else None
    return None


def _holds_something(value: Any) -> bool:
    """Whether anything but names and brackets is there."""
    if isinstance(value, dict):
        return any(map(_holds_something, value.values()))
    if isinstance(value, list):
        return any(map(_holds_something, value))
    return value is not None
