"""A place where a server and its contract differ, with all that a reader needs to judge and repeat it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec

from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.contract import Contract

Cause = tuple[str, ...]
"""Words that name a cause, the same in every run: no lines, no seeds, no values of one request."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What one answer does against the contract; `at` is the place in the spec that says otherwise."""

    kind: str
    said: str
    got: str
    at: str
    of: str | None = None
    """The aspect of the place that is concerned: status, code, message, body, headers, request or state."""
    about: Cause = ()
    """What tells it from other differences of this kind at this place, such as the name of a lost field."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place in a spec: where it is written, and on whose word."""

    pointer: str
    file: str
    line: int
    sources: Sequence[Mapping[str, Any]]
    """The marks of the place: the vendor's own document, or the assumption that would be refuted."""
    judgement: str
    """Whose promise it is, in words: document and section, or the assumption and what refutes it."""

    @property
    def refutes(self) -> tuple[str, ...]:
        """The assumptions on which the place rests."""
        return tuple(dict.fromkeys(s["assumption"] for s in self.sources if s["mark"] == "assumed"))

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Known(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An entry of a baseline: who answers for a finding, why it may stay, and until which day."""

    fingerprint: str
    vendor: str
    operation: str
    what: str
    owner: str
    reason: str
    expires: date

    def __str__(self) -> str:
        return f"{self.fingerprint} ({self.vendor} {self.operation}, {self.what}; {self.owner})"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One difference, or one cause of many."""

    vendor: str
    part: str
    operation: str
    kind: str
    said: str
    got: str
    answer: str
    """Status, media type and the beginning of the body, on one line."""
    file: str
    line: int
    sources: Sequence[Mapping[str, Any]]
    judgement: str
    refutes: tuple[str, ...] = ()
    """Assumptions, by id, that cannot stand if the answer is the vendor's."""
    curl: Sequence[str]
    request: str = ""
    """The whole request, secrets veiled, at most 4 KiB."""
    payload: str = ""
    """The whole answer, secrets veiled, at most 4 KiB."""
    seed: int
    step: str = field(default="", repr=False)
    """The request of its history that showed it, as another try can make it again."""
    causes: tuple[Cause, ...] = field(repr=False)
    """What may lie behind it, the nearest first; each wider one may stand for several nearer ones."""
    witness: tuple[Cause, ...] = field(default=(), repr=False)
    """The causes of what is wrong with the answer itself, where it only bears witness to something else."""
    seen_in: str = field(default="", repr=False)
    """The operation whose answer showed it: that of a read, where a write is not read."""
    before: tuple[str, ...] = ()
    """Operations called before, in the same history."""
    others: tuple[str, ...] = ()
    """Further operations with the same cause, or called before."""
    parts: tuple[str, ...] = ()
    """Every part that met the cause."""
    count: int = 1
    seen: int = 1
    """In how many of `tries` it showed."""
    tries: int = 1
    known: Known | None = None
    """The entry of the baseline that covers it."""

    @property
    def place(self) -> str:
        """Spec file and line."""
        return f"{self.file}:{self.line}"

    @property
    def intermittent(self) -> bool:
        """Whether it did not show again when the same was tried again."""
        return self.seen < self.tries

    @property
    def fingerprint(self) -> str:
        """The same for the same cause in every run, whatever the seed and wherever its line moves."""
        return fingerprint(self.vendor, self.causes[0])

    @property
    def fingerprints(self) -> frozenset[str]:
        """Those of every cause that may lie behind it."""
        return frozenset(fingerprint(self.vendor, cause) for cause in self.causes)

    def as_json(self) -> dict[str, Any]:
        """The finding as reports have it."""
        return {
            "fingerprint": self.fingerprint,
            "vendor": self.vendor,
            "operation": self.operation,
            "other_operations": list(self.others),
            "parts": list(self.parts or (self.part,)),
            "kind": self.kind,
            "contract": {
                "says": self.said,
                "place": self.place,
                "file": self.file,
                "line": self.line,
                "x-source": list(self.sources),
            },
            "judgement": self.judgement,
            "refutes": list(self.refutes),
            "got": self.got,
            "answer": self.answer,
            "request": self.request,
            "payload": self.payload,
            "curl": list(self.curl),
            "seed": self.seed,
            "count": self.count,
            "intermittent": self.intermittent,
            "tries": {"seen": self.seen, "of": self.tries},
            "known": None if self.known is None else _known_as_json(self.known),
        }

    def __str__(self) -> str:
        return "\n".join(
            [
                f"{self.vendor} {self.operation}: {self.kind} ({self.part})",
                f"  contract  {self.said}",
                f"            {self.place} - {self.judgement}",
                f"  got       {self.got}",
                f"  answer    {self.answer}",
                *([f"  seen      in {self.seen} of {self.tries} tries"] if self.intermittent else []),
                *(f"  repeat    {line}" for line in self.curl),
                f"  seed      {self.seed}",
            ]
        )


class ContractBroken(AssertionError):
    """Raised by a test of the suite; carries its findings."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__("\n\n".join(map(str, findings)))
        self.findings = findings


def fingerprint(vendor: str, cause: Cause) -> str:
    """Sixteen hexadecimal digits that stand for a cause."""
    return hashlib.sha256("\0".join([vendor, *cause]).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def place(contract: Contract, at: str, of: str | None) -> Place:
    """Where something of the spec is written, and on whose word."""
    try:
        here = contract.canonical(at)
    except pointer.Absent:
        here = at
    sources = contract.sources(here, of) or contract.sources(at, of)
    return Place(
        pointer=here,
        file=f"{contract.path.parent.name}/{contract.path.name}",
        line=contract.line(here),
        sources=sources,
        judgement="; ".join(_judged(contract, source) for source in sources) or "no source is given",
    )


def _judged(contract: Contract, source: Mapping[str, Any]) -> str:
    if source["mark"] == "assumed":
        said = contract.document.get("x-assumptions", {}).get(source["assumption"], {})
        told = f": {said['chosen']} Refuted by: {said['refuted_by']}" if "chosen" in said else ""
        return f"refutes assumption {source['assumption']}{told}"
    known = contract.document.get("x-source", {}).get("documents", {}).get(source["document"], {})
    section = f", {source['section']}" if "section" in source else ""
    return f"{source['mark']}: {known.get('title', source['document'])}{section}"


def _known_as_json(known: Known) -> dict[str, str]:
    return {"owner": known.owner, "reason": known.reason, "expires": known.expires.isoformat()}
