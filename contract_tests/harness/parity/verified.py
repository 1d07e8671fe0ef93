"""The record of what was verified against a vendor: by fact, with its day, until the spec says otherwise."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from contract_tests.harness.parity.result import Parity
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.contract import Contract
from contract_tests.harness.spec.facts import Fact, facts

FILE = "duble-verified.json"
VERSION = 1
KINDS = ("operations", "statuses", "errors", "errors of operations", "moves", "refused moves")
# Words for readers, and what shows how to ask: changing them changes no promise.
_WORDS = frozenset(
    {"description", "summary", "tags", "note", "title", "example", "examples", "provoke", "externalDocs"}
    | {"x-source", "x-found", "x-unknown", "x-agreement", "x-base"}
)


class UnreadableRecord(Exception):
    """The file cannot be used; `str()` is one line: file, what is wrong, the remedy."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """When and where one fact was verified."""

    on: date
    target: str
    """Its name in duble.toml, or the host of a URL."""
    kind: str
    duble: str
    """The version of this product."""
    spec: str
    """Digest of what the spec said of the fact."""


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    version: int
    vendors: dict[str, dict[str, dict[str, Entry]]] = {}
    """By vendor, kind of fact and name."""


EMPTY = Record(VERSION)


@dataclass(frozen=True)
class Standing:
    """What of a vendor's contract is verified by now."""

    vendor: str
    totals: Mapping[str, int]
    """How many facts of each kind there are."""
    standing: Mapping[str, Mapping[str, Entry]] = field(repr=False)
    """By kind and name, what still holds."""
    void: Mapping[str, Mapping[str, Entry]] = field(repr=False)
    """By kind and name, what the spec says otherwise since, or no longer says."""

    @property
    def latest(self) -> date | None:
        """The last day on which something that still holds was verified; None if nothing is."""
        days = [entry.on for known in self.standing.values() for entry in known.values()]
        return max(days, default=None)

    def as_json(self) -> dict[str, Any]:
        """The standing in JSON values."""
        return {
            "on": self.latest.isoformat() if self.latest else None,
            "totals": dict(self.totals),
            "verified": {kind: _as_json(known) for kind, known in self.standing.items()},
            "void": {kind: _as_json(known) for kind, known in self.void.items()},
        }


def read(path: Path) -> Record:
    """A record; an empty one if the file is not there. UnreadableRecord if it cannot be understood."""
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Record)
    except FileNotFoundError:
        return EMPTY
    except OSError as problem:
        raise UnreadableRecord(f"{path}: {problem.strerror or problem}") from problem
    except msgspec.DecodeError as problem:
        text = (
            f"{path}: no record of verifications ({problem}). Restore it, or delete it and run parity again"
        )
        raise UnreadableRecord(text) from problem
    if found.version != VERSION:
        raise UnreadableRecord(f"{path}: version {found.version}, this product writes {VERSION}")
    return found


def standing(record: Record, subject: Subject) -> Standing:
    """What of a vendor still stands, given what its spec says today."""
    known = record.vendors.get(subject.contract.vendor, {})
    today = {(fact.kind, fact.name): fact for fact in _verifiable(subject)}
    digests = {key: digest(subject.contract, fact) for key, fact in today.items()}
    return Standing(
        vendor=subject.contract.vendor,
        totals={kind: sum(key[0] == kind for key in today) for kind in KINDS},
        standing={
            kind: {n: e for n, e in known.get(kind, {}).items() if digests.get((kind, n)) == e.spec}
            for kind in KINDS
        },
        void={
            kind: {n: e for n, e in known.get(kind, {}).items() if digests.get((kind, n)) != e.spec}
            for kind in KINDS
        },
    )


def verified(result: Parity, subject: Subject) -> list[Fact]:
    """The facts that both sides showed alike, and nowhere differently."""
    return [fact for fact in _verifiable(subject) if _holds(fact, result)]


def written(path: Path, result: Parity, subject: Subject, version: str) -> int:
    """Enter a comparison with a vendor; how many facts it verified. What it cast doubt on is struck out.

    UnreadableRecord if the file holds something else, OSError if it cannot be written.
    """
    record = read(path)
    known = {kind: dict(record.vendors.get(result.vendor, {}).get(kind, {})) for kind in KINDS}
    for fact in _verifiable(subject):
        if _holds(fact, result):
            known[fact.kind][fact.name] = Entry(
                on=result.started.date(),
                target=result.target_name,
                kind=result.target_kind,
                duble=version,
                spec=digest(subject.contract, fact),
            )
        elif fact.shown_by & result.doubted:
            known[fact.kind].pop(fact.name, None)
    vendors = {**record.vendors, result.vendor: {kind: found for kind, found in known.items() if found}}
    _store(path, Record(VERSION, dict(sorted(vendors.items()))))
    return len(verified(result, subject))


def digest(contract: Contract, fact: Fact) -> str:
    """Sixteen hexadecimal digits of everything that the spec promises about a fact."""
    said = [_promise(contract, at, frozenset()) for at in _places(contract, fact)]
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _holds(fact: Fact, result: Parity) -> bool:
    return bool(fact.shown_by & result.shown) and not fact.shown_by & result.doubted


def _verifiable(subject: Subject) -> Iterator[Fact]:
    """Facts that a client can be shown: none of what the double does not serve, nor what staff or time do."""
    for fact in facts(subject):
        served = fact.kind != "operations" or fact.name in subject.contract.operations
        if fact.kind in KINDS and served and (fact.operation or fact.kind == "errors"):
            yield fact


def _places(contract: Contract, fact: Fact) -> Iterator[str]:
    """Every place of the spec that speaks of a fact."""
    yield fact.at
    if fact.operation is None:
        return
    operation = contract.operations[fact.operation]
    if fact.kind == "errors of operations":
        yield from (own.pointer for own in operation.errors if own.error.id == fact.label)
    elif fact.kind.endswith("moves"):
        entities = {move.lifecycle["entity"] for move in operation.moves if move.lifecycle}
        yield from (pointer.join(["x-lifecycle", entity]) for entity in sorted(entities))


def _promise(contract: Contract, at: str, above: frozenset[str]) -> Any:
    """What is written at a place, references followed, without the words for readers."""
    here = contract.canonical(at)
    if here in above:
        return {"again": here}
    return _plain(contract, pointer.find(contract.document, here), here, above | {here})


def _plain(contract: Contract, value: Any, here: str, above: frozenset[str]) -> Any:
    if isinstance(value, Mapping) and isinstance(value.get("$ref"), str):
        return _promise(contract, here, above)
    if isinstance(value, Mapping):
        named = here.endswith("/properties")  # there, a name is a field's
        return {
            str(key): _plain(contract, inner, here + pointer.join([key]), above)
            for key, inner in value.items()
            if named or key not in _WORDS
        }
    if isinstance(value, list):
        return [_plain(contract, inner, f"{here}/{index}", above) for index, inner in enumerate(value)]
    return value


def _as_json(known: Mapping[str, Entry]) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(dict(known))
    return found


def _store(path: Path, record: Record) -> None:
    """Write it whole, or leave what is there."""
    text = msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n"
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(text)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
