"""What a run may write to on a server that is not ours: what it made itself, and what the target names."""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from contract_tests.harness.network.exchange import Answer, Grounds, Request
from contract_tests.harness.outside.kinds import Kind, anywhere, asked, kinds, named_at
from contract_tests.harness.outside.ledger import Intent, Ledger
from contract_tests.harness.outside.unknown import Unknown
from contract_tests.harness.spec import outcome, pointer
from contract_tests.harness.spec.contract import Contract
from contract_tests.harness.spec.operation import Operation

MARK = "duble-"
_BYTES = 6  # of a mark, in hexadecimal digits: 18 characters with the prefix, which the shortest field takes


@dataclass
class Belongings:
    """Records of one vendor that the run may write to; every one it made stands in the ledger."""

    contract: Contract
    ledger: Ledger
    resources: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Ids that the target names, by entity or by parameter."""
    dry: bool = False
    """Whether nothing is sent, so that nothing can be found out."""
    given: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How often the server gave an id to something new, by kind and id."""
    aliases: set[tuple[str, str]] = field(default_factory=set)
    """Places and other ids by which operations know what is ours."""
    bystanders: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By kind, a record that nobody touches, and its state."""
    spare: dict[str, list[str]] = field(default_factory=dict)
    """By kind, records on which nothing has acted, for the next test that needs one."""
    reached: dict[str, list[str]] = field(default_factory=dict)
    """By kind, the states in which the run can have a record."""

    @cached_property
    def kinds(self) -> Mapping[str, Kind]:
        """Every kind of the vendor."""
        return kinds(self.contract)

    def owns(self, kind: str, found: Any) -> bool:
        """Whether the run made it."""
        return (self.contract.vendor, kind, str(found)) in self.ledger.entries.owned

    def may_write(self, kind: str, found: Any) -> bool:
        """Whether the run made it, or the target names it."""
        return self.owns(kind, found) or str(found) in self.named(kind)

    def named(self, kind: str) -> list[str]:
        """Ids of a kind that the target names, under the kind or under a parameter that holds its ids."""
        return [found for name in self.names(kind) for found in self.resources.get(name, ())]

    def names(self, kind: str) -> list[str]:
        """What records of a kind may be named under: the kind, and every parameter that holds its ids."""
        places = self.kinds[kind].places.values() if kind in self.kinds else ()
        parameters = {place.rpartition("/")[2] for at in places for place in at}
        return [kind, *sorted(parameters)]

    @property
    def unresolved(self) -> list[Intent]:
        """Requests that may have made something of which nobody knows the id, in order."""
        return [intent for intent in self.ledger.entries.unknown if intent.vendor == self.contract.vendor]

    @property
    def remaining(self) -> list[tuple[str, str]]:
        """Kinds and ids of what was made and is not ended, the youngest first."""
        vendor = self.contract.vendor
        return [(kind, found) for whose, kind, found in self.ledger.entries.remaining if whose == vendor]

    def own(self, kind: str, found: Any) -> None:
        """Take note of something that the run made."""
        self.ledger.own((self.contract.vendor, kind, str(found)))

    def alias(self, kind: str, found: Any, place: str, other: Any) -> None:
        """Take note of another id by which operations name something at a place, if it may be written to."""
        if self.may_write(kind, found):
            self.aliases.add((anywhere(place), str(other)))

    def mint(self, kind: str) -> str:
        """An id for something new of a kind whose ids clients give; it is ours from now on."""
        found = mark()
        self.own(kind, found)
        return found

    # ------------------------------------------------------------ one request

    def grounds(self, request: Request) -> Grounds | None:
        """Why a write may be sent; None where it is none, or may act on what is not ours."""
        operation = asked(self.contract, request)
        if operation is None or operation.reads_only:
            return None
        made = [kind for kind in self.kinds.values() if operation.id in kind.makers]
        acted_on = [kind for kind in self.kinds.values() if operation.id in kind.places]
        named = [self._named(kind, operation, request) for kind in acted_on]
        if acted_on and any(named) and all(self._is_ours(kind, operation, request) for kind in acted_on):
            return Grounds("write", f"{operation.id} acts on a record of the run's own, or one named for it")
        if made and not acted_on:
            return Grounds("write", f"{operation.id} makes a {made[0].name} of the run's own")
        return None

    def marked(self, request: Request) -> Request:
        """The request with a mark for the text of the spec's example, where it makes something."""
        operation = asked(self.contract, request)
        kind = self._maker(operation) if operation else None
        if operation is None or kind is None or kind.mark is None:
            return request
        where, _, inner = kind.mark.partition("/")
        texts = named_at(self.contract, operation, request, kind.mark)
        if where != "body" or not texts or not isinstance(texts[0], str):
            return request
        shown = [text for body in operation.bodies.values() for text in pointer.every(body, f"/{inner}")]
        new = mark() if texts[0] in shown else _padded(mark(), texts[0])
        change = {"op": "replace", "path": f"/{inner}", "value": new}
        body = pointer.patched(json.loads(request.body or b""), [change])
        return replace(request, body=json.dumps(body, ensure_ascii=False).encode())

    def enter(self, request: Request, shown: str) -> int | None:
        """Write down a request that is about to leave; its number in the ledger, None for a read.

        `shown` is its first line without secrets.
        """
        operation = asked(self.contract, request)
        if operation is None or operation.reads_only:
            return None
        kind = self._maker(operation)
        return self.ledger.intend(
            vendor=self.contract.vendor,
            operation=operation.id,
            request=shown,
            kind=kind.name if kind else None,
            marker=self._marker(kind, operation, request),
        )

    def settle(self, number: int, request: Request, answer: Answer) -> None:
        """Write down that the request was answered, and what was made."""
        operation = asked(self.contract, request)
        kind = self._maker(operation) if operation else None
        if operation is not None and kind is not None:
            at = kind.makers[operation.id]
            made = [] if at is None or not answer.is_json else pointer.every(answer.json, at)
            for found in made:
                self.given[kind.name, str(found)] += 1
                self.own(kind.name, found)
            if not made and outcome.succeeded(self.contract, answer):
                return  # something was made, and the answer does not tell its id
        self.ledger.answered(number, answer.status)

    def _maker(self, operation: Operation) -> Kind | None:
        return next((kind for kind in self.kinds.values() if operation.id in kind.makers), None)

    def _marker(self, kind: Kind | None, operation: Operation, request: Request) -> str | None:
        at = kind.mark if kind else None
        found = named_at(self.contract, operation, request, at) if at else []
        return next((text for text in found if isinstance(text, str) and text.startswith(MARK)), None)

    def _named(self, kind: Kind, operation: Operation, request: Request) -> list[tuple[str, Any]]:
        return [
            (place, value)
            for place in kind.places[operation.id]
            for value in named_at(self.contract, operation, request, place)
        ]

    def _is_ours(self, kind: Kind, operation: Operation, request: Request) -> bool:
        """Whether everything of the kind that the request names is ours, or is nothing at all."""
        unknown = Unknown.of(operation)
        nothing = {(unknown.place, str(found)) for found in unknown.ids} if unknown else set()
        return all(
            isinstance(value, str | int)
            and (
                (not kind.is_alias(operation, place) and self.may_write(kind.name, value))
                or (place, str(value)) in self.aliases | nothing
            )
            for place, value in self._named(kind, operation, request)
        )


@dataclass(frozen=True)
class Writing:
    """The way of every request to a server that is not ours and may be written to."""

    belongings: Sequence[Belongings]

    def of(self, vendor: str) -> Belongings:
        """What is ours of one vendor."""
        return next(found for found in self.belongings if found.contract.vendor == vendor)

    def grounds(self, request: Request) -> Grounds | None:
        """Why a write may be sent; None where it is none, or may act on what is not ours."""
        return next(filter(None, (found.grounds(request) for found in self.belongings)), None)

    def marked(self, request: Request) -> Request:
        """The request with a text of its own, where it makes something and has room for one."""
        for found in self.belongings:
            request = found.marked(request)
        return request

    def send(self, request: Request, send: Callable[[Request], Answer]) -> Answer:
        """Let the request leave once it stands in the ledger, and note what it made."""
        shown = f"{request.method} {urlsplit(request.path).path}"
        entered = [(found, found.enter(request, shown)) for found in self.belongings]
        answer = send(request)
        for found, number in entered:
            if number is not None:
                found.settle(number, request, answer)
        return answer


def mark() -> str:
    """A text that no other request has."""
    return MARK + secrets.token_hex(_BYTES)


def _padded(new: str, text: str) -> str:
    """The text; one that only repeats a letter, to be long, begins with the mark and is as long as before."""
    return new + text[len(new) :] if len(text) > len(new) and len(set(text)) == 1 else text
