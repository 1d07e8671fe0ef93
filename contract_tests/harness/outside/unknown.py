"""Ids that no server has given to a record: what the spec's `x-unknown` says of an operation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from contract_tests.harness.network.exchange import base_draft
from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.operation import CatalogueError, Operation


@dataclass(frozen=True)
class Unknown:
    """Where an operation names the record that it acts on or shows, and ids that name none."""

    place: str
    """path/wo_id, or body/deleteTicket/*/ticketCode where several records are named."""
    ids: tuple[Any, ...]

    @classmethod
    def of(cls, operation: Operation) -> Self | None:
        """What the spec says of the operation; None if it says nothing."""
        said = operation.definition.get("x-unknown")
        return None if said is None else cls(said["place"], tuple(said["ids"]))

    def names_nothing(self, parts: Mapping[str, Any]) -> bool:
        """Whether a request of these parts (path, query, body) names such ids, and no others."""
        named = _named(parts, self.place.split("/"))
        known = {str(one) for one in self.ids}
        return bool(named) and all(isinstance(one, str | int) and str(one) in known for one in named)

    def aimed(self, parts: Mapping[str, Any]) -> dict[str, Any]:
        """A request's parts with the first of the ids wherever they name a record."""
        aimed: dict[str, Any] = _set(dict(parts), self.place.split("/"), self.ids[0])
        return aimed


def refusals_of_unknown(operation: Operation) -> Iterator[CatalogueError]:
    """The refusals that the operation's recipes show for a record that does not exist."""
    unknown = Unknown.of(operation)
    for listed in operation.errors if unknown is not None else ():
        for recipe in listed.provoke if isinstance(listed.provoke, list) else ():
            if unknown is not None and _only_names(unknown, operation, recipe):
                yield listed.error
                break


def _only_names(unknown: Unknown, operation: Operation, recipe: Mapping[str, Any]) -> bool:
    """Whether a recipe does nothing but name a record that does not exist."""
    touched = {change["path"] for change in recipe.get("patch", ())}
    if not recipe.keys() <= {"patch", "vars"} or touched != {f"/{unknown.place}"}:
        return False
    try:
        parts = pointer.patched(base_draft(operation).parts, recipe.get("patch", ()))
    except pointer.Absent:
        return False
    return unknown.names_nothing(parts)


def _named(value: Any, names: list[str]) -> list[Any]:
    """Every value that the names lead to; None stands for whatever does not fit them, such as a bare item."""
    if not names:
        return [value]
    first, *rest = names
    if first == "*":
        return [one for item in value for one in _named(item, rest)] if isinstance(value, list) else [None]
    return _named(value[first], rest) if isinstance(value, Mapping) and first in value else [None]


def _set(value: Any, names: list[str], new: Any) -> Any:
    """A copy in which the new value stands at every place that the names lead to."""
    if not names:
        return new
    first, *rest = names
    if first == "*":
        return [_set(item, rest, new) for item in value] if isinstance(value, list) else value
    inside = dict(value) if isinstance(value, Mapping) else {}
    return {**inside, first: _set(inside.get(first), rest, new)}
