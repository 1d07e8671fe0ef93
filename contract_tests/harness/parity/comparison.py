"""Two answers compared: what the double says, and what the target says to the same request.

What counts: whether it is a success, and the status; the media type; the headers that the contract documents;
of a refusal code, text, envelope and everything in it; of a success the types and fields that the contract
fixes, how times are written, and what the request itself named (see `bodies.Rigour`).
What does not count: the order of keys, headers that nobody documents, ids, moments, tokens and numbers that a
server gives, names and texts of the records that it happens to hold, and how many there are.
"""

from __future__ import annotations

from collections.abc import Iterator

from contract_tests.harness.judging.finding import Difference
from contract_tests.harness.judging.responses import Responses
from contract_tests.harness.parity.bodies import Bodies, Rigour
from contract_tests.harness.parity.described import Described
from contract_tests.harness.parity.exchange import Exchange
from contract_tests.harness.spec import outcome, pointer, wording
from contract_tests.harness.spec.operation import CatalogueError


def differences(responses: Responses, ours: Exchange, theirs: Exchange, *, own: bool) -> list[Difference]:
    """In what the target's answer is not the double's; `own` if the scenario brought about what it shows."""
    return list(_Comparison(responses, ours, theirs, own).all())


class _Comparison:
    def __init__(self, responses: Responses, ours: Exchange, theirs: Exchange, own: bool) -> None:
        self._responses = responses
        self._ours = ours
        self._theirs = theirs
        self._own = own
        self._operation = ours.operation
        self._contract = ours.contract
        self._place = responses.place(self._operation, ours.answer.status) or f"{self._operation.pointer}"

    def all(self) -> Iterator[Difference]:
        """The gravest first; nothing more once the two answers are about different things."""
        if self._ours.succeeded != self._theirs.succeeded:
            yield self._refused() if self._ours.succeeded else self._accepted()
            return
        if not self._ours.succeeded and (other := self._another_refusal()) is not None:
            yield other
            return
        if self._ours.answer.status != self._theirs.answer.status:
            yield self._differ("status", self._status_place, *self._statuses, of="status")
        if not self._ours.succeeded:
            yield from self._refusals()
        yield from self._headers()
        yield from self._contents()

    # ------------------------------------------------------------ success or not

    def _refused(self) -> Difference:
        answer = self._theirs.answer
        got = f"refused: {answer.status} {_codes(self._theirs)}".strip()
        return self._differ("refused", self._operation.pointer, "success", got, about=(got,))

    def _accepted(self) -> Difference:
        (error, *_) = self._ours.refusals()
        at = self._listed(error) if error else self._place
        said = f"refused as {error.id if error else _codes(self._ours)}, {self._ours.answer.status}"
        return self._differ("accepted", at, said, f"success, {self._theirs.answer.status}")

    def _another_refusal(self) -> Difference | None:
        """The target refuses for another reason that the catalogue knows."""
        (ours, *_), (theirs, *_) = self._ours.refusals(), self._theirs.refusals()
        if ours is None or theirs is None or ours.id == theirs.id or _are_alike(ours, theirs):
            return None
        said, got = f"refused as {ours.id}, {ours.status}", f"refused as {theirs.id}, {theirs.status}"
        return self._differ("another refusal", self._listed(ours), said, got, about=(theirs.id,))

    @property
    def _statuses(self) -> tuple[str, str]:
        return f"status {self._ours.answer.status}", f"status {self._theirs.answer.status}"

    @property
    def _status_place(self) -> str:
        error = None if self._ours.succeeded else next(iter(self._ours.refusals()))
        return f"{error.pointer}/status" if error else self._place

    def _listed(self, error: CatalogueError) -> str:
        """Where the operation lists a refusal; its entry of the catalogue where all operations share it."""
        own = (listed.pointer for listed in self._operation.errors if listed.error.id == error.id)
        return next(own, error.pointer)

    # ------------------------------------------------------------ what a refusal says

    def _refusals(self) -> Iterator[Difference]:
        ours, theirs = self._ours.told, self._theirs.told
        if len(ours) != len(theirs):
            said, got = f"{len(ours)} refusals in one answer", f"{len(theirs)}"
            yield self._differ("refusals", self._place, said, got, of="body")
            return
        for error, here, there in zip(self._ours.refusals(), ours, theirs, strict=True):
            yield from self._code(error, here, there)
            yield from self._message(error, here, there)

    def _code(
        self, error: CatalogueError | None, ours: outcome.Told, theirs: outcome.Told
    ) -> Iterator[Difference]:
        if not pointer.same(ours.code, theirs.code):
            at = f"{error.pointer}/code" if error else self._place
            yield self._differ("code", at, f"code {ours.code!r}", f"code {theirs.code!r}", of="code")

    def _message(
        self, error: CatalogueError | None, ours: outcome.Told, theirs: outcome.Told
    ) -> Iterator[Difference]:
        if error is not None:
            same = wording.says(theirs.message, error.message, self._theirs.values)
            at = f"{error.pointer}/message"
        else:
            names = self._ours.names, self._theirs.names
            texts = str(ours.message), str(theirs.message)
            same = names[0].masked(texts[0]) == names[1].masked(texts[1])
            at = self._place
        if not same and (ours.message or theirs.message):
            yield self._differ("message", at, repr(ours.message), repr(theirs.message), of="message")

    # ------------------------------------------------------------ headers and body

    def _headers(self) -> Iterator[Difference]:
        ours, theirs = self._ours.answer, self._theirs.answer
        if ours.media_type != theirs.media_type:
            said, got = ours.media_type or "none", theirs.media_type or "none"
            yield self._differ("content type", self._place, said, got, of="headers")
        for name, at in self._documented_headers().items():
            yield from self._header(name, at, ours.header(name), theirs.header(name))

    def _documented_headers(self) -> dict[str, str]:
        """Headers and where the spec speaks of them, in lower case."""
        documented = self._contract.at(self._place).get("headers", {})
        here = self._contract.canonical(self._place)
        found = {name.lower(): here + pointer.join(["headers", name]) for name in documented}
        errors = [] if self._ours.succeeded else [error for error in self._ours.refusals() if error]
        found |= {name.lower(): f"{error.pointer}/headers" for error in errors for name in error.headers}
        if self._ours.answer.status == self._theirs.answer.status == 405:
            found.setdefault("allow", pointer.join(["paths", self._operation.path]))
        return {name: at for name, at in found.items() if name != "content-type"}

    def _header(self, name: str, at: str, ours: str, theirs: str) -> Iterator[Difference]:
        if _header_meaning(name, ours) != _header_meaning(name, theirs):
            said, got = (f"{name}: {value}" if value else f"no {name}" for value in (ours, theirs))
            yield self._differ("header", at, said, got, of="headers", about=(name,))

    def _contents(self) -> Iterator[Difference]:
        ours, theirs = self._ours.answer, self._theirs.answer
        if ours.media_type != theirs.media_type:
            return
        if ours.is_json and theirs.is_json:
            rigour: Rigour = ("own" if self._own else "data") if self._ours.succeeded else "refusal"
            described = Described.of_body(self._contract, self._place, ours.media_type)
            skipped = frozenset() if self._ours.succeeded else self._told_places()
            yield from Bodies(self._ours, self._theirs, skipped).differences(described, rigour)
        elif ours.is_json or (bool(ours.body) != bool(theirs.body)):
            said, got = _glance(self._ours), _glance(self._theirs)
            yield self._differ("body", self._place, said, got, of="body")

    def _told_places(self) -> frozenset[str]:
        """Where the envelope keeps what was compared as code and message."""
        said = self._contract.document["x-outcome"]["failure"]
        envelopes = said if isinstance(said, list) else [said]
        return frozenset(
            "/".join("*" if token.isdecimal() else token for token in envelope[name].split("/"))
            for envelope in envelopes
            for name in ("code", "message")
            if name in envelope
        )

    def _differ(
        self,
        kind: str,
        at: str,
        ours: str,
        theirs: str,
        *,
        of: str | None = None,
        about: tuple[str, ...] = (),
    ) -> Difference:
        return Difference(kind=kind, said=ours, got=theirs, at=at, of=of, about=about)


def _are_alike(one: CatalogueError, other: CatalogueError) -> bool:
    """Whether nobody could tell two entries of the catalogue apart but by their texts."""
    return (one.status, one.code) == (other.status, other.code)


def _codes(said: Exchange) -> str:
    return ", ".join(str(told.code if told.code is not None else told.message) for told in said.told)


def _glance(said: Exchange) -> str:
    return said.answer.summary[:120] if said.answer.body else "no body"


def _header_meaning(name: str, value: str) -> object:
    """What of a header's value two servers must share."""
    if name == "allow":
        return frozenset(filter(None, map(str.strip, value.upper().split(",")))) - {"HEAD", "OPTIONS"}
    if name == "www-authenticate":
        return value.partition(" ")[0].lower()
    return "number" if value.isdecimal() else bool(value)
