"""Which refusal a breach of the contract leads to, and how it reads."""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping
from typing import Any, Self

from mockserver.core.contract import CatalogueEntry, Contract, Operation
from mockserver.core.replies import Refusal, VendorError

_UNKNOWN = "xxxx"
# In a header an unknown value is a number (Retry-After), which a client will parse.
_UNKNOWN_IN_HEADER = "1"
_MOST_DETAILS = 20
_LONGEST_DETAIL = 200
# Some vendors refuse with 200 as well; whoever wishes for that status wants a success.
_FIRST_REFUSAL = 300


class Place(str):
    """Where a request breaks its contract, such as `body/cause`, and by which keyword of the schema.

    A parameter whose text cannot be read as its type breaks `type`; a missing one breaks `required`.
    """

    __slots__ = ("keyword",)

    keyword: str

    def __new__(cls, place: str, keyword: str) -> Self:
        """The place, with its keyword beside it."""
        made = super().__new__(cls, place)
        made.keyword = keyword
        return made


class Breach(Exception):
    """A request that breaks its contract: the places, in the spec's words, such as `body/cause`."""

    def __init__(self, *places: str) -> None:
        super().__init__(*places)
        self.places = places


class Refusals:
    """The refusals of one operation (or, without one, of everything off the map), compiled at start."""

    def __init__(self, contract: Contract, operation: Operation | None) -> None:
        self._catalogue = contract.catalogue
        own = operation.spec.get("x-errors", []) if operation else []
        self._rules = [(str(rule["error"]), tuple(rule.get("refuses", ()))) for rule in own]
        self._rules += [(entry.id, entry.refuses) for entry in contract.catalogue.values()]
        self._by_status = self._statuses(own)

    def of_breach(self, breach: Breach) -> Refusal | None:
        """The refusal for a breach; None where the spec has none for it (a hole in the spec)."""
        for id, refused in self._rules:
            hit = next((place for place in breach.places if _matches(place, refused)), None)
            if hit is not None:
                return self.render(self._catalogue[id], *_described(hit, breach.places))
        return None

    def of_error(self, error: VendorError) -> Refusal:
        """The refusal that behaviour raised."""
        return self.render(self._catalogue[error.catalogue_id], error.vars, error.details)

    def of_status(self, status: int, vars: Mapping[str, Any]) -> Refusal | None:
        """A documented refusal with this HTTP status, for a request that wishes for one."""
        entry = self._by_status.get(status)
        return None if entry is None else self.render(entry, vars, [])

    def of_id(self, id: str, vars: Mapping[str, Any]) -> Refusal:
        """The refusal of a catalogue id; raises KeyError where there is none."""
        return self.render(self._catalogue[id], vars, [])

    @property
    def statuses(self) -> list[int]:
        """HTTP statuses that can be wished for."""
        return sorted(self._by_status)

    @staticmethod
    def render(entry: CatalogueEntry, vars: Mapping[str, Any], details: list[str]) -> Refusal:
        """A catalogue entry with its placeholders filled; what is not known reads `xxxx`."""
        known = _Known(vars)
        in_header = _KnownInHeader(vars)
        headers = {name: _filled(text, in_header) for name, text in entry.headers.items()}
        message = _filled(entry.message, known)
        return Refusal(entry.id, entry.status, entry.code, message, known, entry.vars, details, headers)

    def _statuses(self, own: list[Any]) -> dict[int, CatalogueEntry]:
        ids = [str(rule["error"]) for rule in own]
        ids += [entry.id for entry in self._catalogue.values() if entry.environment or entry.refuses]
        found: dict[int, CatalogueEntry] = {}
        for id in ids:
            entry = self._catalogue[id]
            if entry.status >= _FIRST_REFUSAL:
                found.setdefault(entry.status, entry)
        return found


class _Known(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return _UNKNOWN


class _KnownInHeader(_Known):
    def __missing__(self, key: str) -> str:
        return _UNKNOWN_IN_HEADER


def _filled(text: str, known: _Known) -> str:
    return string.Formatter().vformat(text, (), known) if "{" in text else text


def _matches(place: str, refused: Iterable[str]) -> bool:
    return any(_covers(rule, place) for rule in refused)


def _covers(rule: str, place: str) -> bool:
    """Whether a rule such as `body/cause`, or `body/cause:maxLength`, is about a place."""
    where, _, keyword = rule.partition(":")
    if keyword and getattr(place, "keyword", None) != keyword:
        return False
    return place == where or place.startswith(f"{where}/")


def _described(hit: str, places: Iterable[str]) -> tuple[dict[str, str], list[str]]:
    """Placeholders and details of a breach: `{name}`, `{field}`, and the offending properties."""
    part, _, inside = hit.partition("/")
    named = {"name": inside.partition("/")[0], "field": inside.replace("/", ".")}
    offending = (place.partition("/")[2].replace("/", ".") for place in places if place.startswith("body/"))
    details = [name[:_LONGEST_DETAIL] for name in dict.fromkeys(offending)] if part == "body" else []
    return named, details[:_MOST_DETAILS]
