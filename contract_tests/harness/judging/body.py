"""Where an answer's body breaks its schema: one difference for each field, at the line that speaks of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from schemathesis.core.failures import Failure
from schemathesis.openapi.checks import JsonSchemaError

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
    for failure in failures:
        if not isinstance(failure, JsonSchemaError):
            text = " ".join(failure.message.split())
            about = ("unreadable",)
            yield Difference(
                kind="body", said="the body is readable", got=text, at=at, of="body", about=about
            )
        elif failure.schema_path[-1:] in (["required"], ["additionalProperties"]):
            key = tuple(failure.instance_path)
            by_object.setdefault(key, _Fields(contract, root, key)).take(failure)
        else:
            yield _of_value(contract, root, failure)
    for fields in by_object.values():
        yield from fields.differences()


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
        self._unknown: dict[str, None] = {}

    def take(self, failure: JsonSchemaError) -> None:
        """Learn from one failure, which may speak for several fields."""
        sent = failure.instance if isinstance(failure.instance, Mapping) else {}
        if failure.schema_path[-1] == "required":
            wanted = failure.schema.get("required", [])
            self._missing |= {name: None for name in wanted if name not in sent}
        else:
            known = failure.schema.get("properties", {})
            self._unknown |= {name: None for name in sent if name not in known}

    def differences(self) -> Iterator[Difference]:
        """One for each field; a single one that is lost where a single other came is one renamed."""
        if len(self._missing) == len(self._unknown) == 1:
            (old,), (new,) = self._missing, self._unknown
            yield self._difference(old, f"no {old}, but {new}", ("renamed", old, new))
            return
        for name in self._missing:
            yield self._difference(name, f"no {name}", ("lost", name))
        for name in self._unknown:
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


def _of_value(contract: Contract, root: str, failure: JsonSchemaError) -> Difference:
    here = schema_place(contract, root, failure.instance_path)
    keyword = str(failure.schema_path[-1]) if failure.schema_path else "schema"
    where = pointer.join(failure.instance_path) or "the body"
    value = failure.schema.get(keyword)
    return Difference(
        kind="body",
        said=f"{where} fits its schema" if value is None else f"{where} has {keyword} {_short(value)}",
        got=failure.validation_message,
        at=_holding(contract, here, keyword) or here,
        of="body",
        about=(*_names(failure.instance_path), keyword),
    )


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
