"""Where an answer's body breaks its schema: one difference for each field, at the line that speaks of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jsonschema_rs
from schemathesis.core.failures import Failure
from schemathesis.openapi.checks import JsonSchemaError

from contract_tests.harness.judging.alternatives import nearest
from contract_tests.harness.judging.finding import Difference
from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.contract import Contract

_SHOWN = 120  # characters of a keyword's value in a sentence


def differences(
    contract: Contract, at: str, media_type: str, failures: Iterable[Failure]
) -> Iterator[Difference]:
    """What failures of the response check say, `at` being the pointer of the documented response."""
    content = contract.at(at).get("content", {})
    kind = media_type if media_type in content else next(iter(content), "application/json")
    root = contract.canonical(at) + pointer.join(["content", kind, "schema"])
    by_object: dict[tuple[str | int, ...], _Fields] = {}
    of_values: list[_Breach] = []
    for failure in failures:
        if not isinstance(failure, JsonSchemaError):
            text = " ".join(failure.message.split())
            about = ("unreadable",)
            yield Difference(
                kind="body", said="the body is readable", got=text, at=at, of="body", about=about
            )
            continue
        for breach in _breaches(contract, root, failure):
            if breach.keyword in ("required", "additionalProperties"):
                key = breach.path
                by_object.setdefault(key, _Fields(contract, root, key)).take(breach)
            else:
                of_values.append(breach)
    # A value of another type is none of the enumeration either, and fits no pattern: the type says it all.
    mistyped = {breach.path for breach in of_values if breach.keyword == "type"}
    for breach in of_values:
        if breach.keyword == "type" or breach.path not in mistyped:
            yield _of_value(contract, root, breach)
    for fields in by_object.values():
        yield from fields.differences()


@dataclass(frozen=True)
class _Breach:
    """One keyword of a schema that one place of an answer breaks."""

    keyword: str
    path: tuple[str | int, ...]
    sent: Any
    message: str
    known: frozenset[str] = frozenset()
    """Names that the schema has at that place, where the keyword is about names."""


def _breaches(contract: Contract, root: str, failure: JsonSchemaError) -> Iterator[_Breach]:
    """What a failure says; where it is about alternatives, what is wrong with the one that was meant."""
    keyword = str(failure.schema_path[-1]) if failure.schema_path else "schema"
    path = tuple(failure.instance_path)
    if keyword in ("oneOf", "anyOf"):
        here = schema_place(contract, root, path)
        meant = nearest(contract, _holding(contract, here, keyword) or "", failure.instance)
        for error in meant:
            inner = str(error.schema_path[-1])
            names = frozenset(_named(error))
            yield _Breach(inner, (*path, *error.instance_path), error.instance, error.message, names)
        if meant:
            return
    names = frozenset(failure.schema.get("required" if keyword == "required" else "properties", ()))
    yield _Breach(keyword, path, failure.instance, failure.validation_message, names)


def schema_place(contract: Contract, root: str, instance_path: Sequence[str | int]) -> str:
    """The pointer of the schema that a place in an answer is held to, as near as it is written."""
    here = contract.canonical(root)
    for token in instance_path:
        inner = next(_inside(contract, here, token), None)
        if inner is None:
            return here
        here = contract.canonical(inner)
    return here


class _Fields:
    """What one object of an answer lacks, and what it has too many."""

    def __init__(self, contract: Contract, root: str, path: Sequence[str | int]) -> None:
        self._contract = contract
        self._path = path
        self._here = schema_place(contract, root, path)
        self._missing: dict[str, None] = {}
        self._unknown: dict[str, Any] = {}
        self._known: frozenset[str] = frozenset()

    def take(self, breach: _Breach) -> None:
        """Learn from one breach, which may speak for several fields."""
        sent = breach.sent if isinstance(breach.sent, Mapping) else {}
        if breach.keyword == "required":
            self._missing |= {name: None for name in sorted(breach.known) if name not in sent}
        else:
            self._unknown |= {name: value for name, value in sent.items() if name not in breach.known}
            self._known |= sent.keys() & breach.known

    def differences(self) -> Iterator[Difference]:
        """One for each field; a single one that is lost where a single other came is one renamed.

        Where all of it is inside another field, or nothing of it is there, that is one as well.
        """
        lost, new = [*self._missing], [*self._unknown]
        if len(lost) == len(new) == 1:
            yield self._difference(lost[0], f"no {lost[0]}, but {new[0]}", ("renamed", lost[0], new[0]))
            return
        inside = [name for name, value in self._unknown.items() if _holds(value, lost)]
        if lost and len(inside) == 1:
            got = f"{', '.join(lost)} inside {inside[0]}"
            yield self._difference(lost[0], got, ("wrapped", inside[0]))
            new.remove(inside[0])
            lost = []
        elif len(lost) > 1 and new and not self._known:
            got = f"none of {', '.join(lost)}, but {_short(new)}"
            yield self._difference(lost[0], got, ("another shape",))
            return
        for name in lost:
            yield self._difference(name, f"no {name}", ("lost", name))
        for name in new:
            said = f"{self._where} has no fields but the documented ones"
            at = _holding(self._contract, self._here, "additionalProperties") or self._here
            got, about = f"also {name}", (*_names(self._path), "undocumented", name)
            yield Difference(kind="body", said=said, got=got, at=at, of="body", about=about)

    @property
    def _where(self) -> str:
        return pointer.join(self._path) or "the body"

    def _difference(self, name: str, got: str, about: tuple[str, ...]) -> Difference:
        inside = next(_inside(self._contract, self._here, name), None)
        at = inside or _holding(self._contract, self._here, "required") or self._here
        said = f"{self._where} has {name}"
        about = (*_names(self._path), *about)
        return Difference(kind="body", said=said, got=got, at=at, of="body", about=about)


def _holds(value: Any, names: Sequence[str]) -> bool:
    return isinstance(value, Mapping) and all(name in value for name in names)


def _of_value(contract: Contract, root: str, breach: _Breach) -> Difference:
    here = schema_place(contract, root, breach.path)
    where = pointer.join(breach.path) or "the body"
    at = _holding(contract, here, breach.keyword)
    value = None if at is None else contract.at(at)
    return Difference(
        kind="body",
        said=f"{where} fits its schema" if value is None else f"{where} has {breach.keyword} {_short(value)}",
        got=breach.message,
        at=at or here,
        of="body",
        about=(*_names(breach.path), breach.keyword),
    )


def _named(error: jsonschema_rs.ValidationError) -> Iterable[str]:
    """The name that is missing, or all that belong there."""
    kind = error.kind
    if isinstance(kind, jsonschema_rs.ValidationErrorKind.Required):
        return [str(kind.property)]
    if isinstance(kind, jsonschema_rs.ValidationErrorKind.AdditionalProperties):
        sent = error.instance if isinstance(error.instance, Mapping) else {}
        return [str(name) for name in sent if name not in kind.unexpected]
    return ()


def _names(path: Iterable[str | int]) -> tuple[str, ...]:
    """A place in an answer, whichever item of a list it is in."""
    return tuple("*" if isinstance(token, int) else token for token in path)


def _short(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _holding(contract: Contract, here: str, keyword: str) -> str | None:
    """The pointer of a keyword at a schema, or in one of the schemas it is composed of."""
    schema = contract.at(here)
    if keyword in schema:
        return f"{here}/{keyword}"
    for part in range(len(schema.get("allOf", ()))):
        found = _holding(contract, contract.canonical(f"{here}/allOf/{part}"), keyword)
        if found is not None:
            return found
    return None


def _inside(contract: Contract, here: str, token: str | int) -> Iterator[str]:
    schema: Mapping[str, Any] = contract.at(here)
    if isinstance(token, int) and "items" in schema:
        yield f"{here}/items"
    elif token in schema.get("properties", {}):
        yield here + pointer.join(["properties", token])
    for keyword in ("allOf", "oneOf", "anyOf"):
        for index in range(len(schema.get(keyword, ()))):
            yield from _inside(contract, contract.canonical(f"{here}/{keyword}/{index}"), token)
    if isinstance(schema.get("additionalProperties"), Mapping):
        yield f"{here}/additionalProperties"
