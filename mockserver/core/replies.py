"""What behaviour answers: a reply, or an exception that carries data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

JSON = Any  # a JSON value; typed only at the edge, where a stranger's data comes in


class Text(str):
    """A body that is plain text, not a JSON string; an envelope may return one."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: HTTP status, JSON body (None: no body, Text: plain text), further headers."""

    status: int
    body: JSON = None
    headers: Mapping[str, str] = field(default_factory=dict)


class VendorError(Exception):
    """A refusal of the vendor.

    It carries data only: `vars` fill the placeholders of the catalogue's message. Status, wording and
    headers come from the spec's `x-errors` under `catalogue_id`; the room's envelope gives the shape.
    """

    catalogue_id: ClassVar[str]

    def __init__(self, *, details: list[str] | None = None, **vars: Any) -> None:
        super().__init__(vars)
        self.vars = vars
        self.details = details or []


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal ready for the envelope: the catalogue entry with its message filled in."""

    id: str
    status: int
    code: str | int | None
    message: str
    vars: Mapping[str, Any]
    var_names: tuple[str, ...]
    details: list[str]
    headers: Mapping[str, str]
    room: Any = None
    """The refused call's room: its clock, its call, and what the vendor's `log` noted of it."""
