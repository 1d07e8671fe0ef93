"""What lies behind a difference: causes from the nearest to the widest, the same whichever test meets them.

An answer tells more than the test that met it. A 401 to a good credential is one trouble, whether a test
expected a success, another refusal or a documented body; so the answer is looked at first, and the place
in the spec only where the answer has nothing to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from contract_tests.harness.judging.breaches import breaches
from contract_tests.harness.judging.finding import Cause, Difference, place
from contract_tests.harness.judging.responses import Responses
from contract_tests.harness.network.exchange import Answer, Request
from contract_tests.harness.spec import outcome, pointer, wording
from contract_tests.harness.spec.contract import Contract
from contract_tests.harness.spec.operation import CatalogueError, Operation

ACCEPTED = frozenset({"accepted", "schema-violating request accepted", "missing required header accepted"})
ABOUT_TEXTS = frozenset({"message", "refusal outside the catalogue", "documented body"})
REFUSED = frozenset({"refused", "refuses valid data", "documented status"})
DOOR, ANOTHER_DOOR = "good credential refused", "stopped at another door"
OTHER_WORDS: Cause = ("refusals in other words",)
UNEXPECTED = REFUSED | {"status", "state", "credential refused"}
_VALUES = re.compile(r"'[^']*'|\"[^\"]*\"|«[^»]*»|\S*\d\S*")
_LONGEST = 80  # characters of a text that tell it from others


@dataclass(frozen=True)
class Trouble:
    """One difference, with the request and the answer that showed it."""

    responses: Responses
    operation: Operation | None
    difference: Difference
    at: str
    """The pointer of the difference, references followed."""
    request: Request | None = None
    answer: Answer | None = None

    @property
    def causes(self) -> tuple[Cause, ...]:
        """The nearest first; each wider one may stand for several nearer ones (see grouping)."""
        found = self._of_answer() or self._of_what_was_read() or self._of_place()
        return tuple(found)

    # ------------------------------------------------------------ what the answer tells

    def _of_answer(self) -> list[Cause]:
        if self.difference.kind == "no complete answer":
            return self._everywhere("no complete answer", generic(self.difference.got))
        if self.answer is None or (self.difference.of == "state" and self._succeeded):
            return []
        return (
            self._of_failure()
            or self._of_media_type()
            or self._of_door()
            or self._of_acceptance()
            or self._of_refusal()
            or self._of_status()
        )

    def _of_failure(self) -> list[Cause]:
        """The server's own trouble: no refusal that a client could have caused."""
        answer = self._came
        if answer.status < 500 or any(not error.environment for error in self._meant) or self._concerns_meant:
            return []
        if answer.is_json and (not self._meant or self.difference.kind == "content type"):
            return []  # a refusal, and how it is written is the trouble
        body = generic(answer.body.decode("utf-8", "replace"))
        return self._everywhere("server error", str(answer.status), answer.media_type, body)

    def _of_media_type(self) -> list[Cause]:
        """Another media type than the contract has for this answer, or JSON that cannot be read."""
        answer = self._came
        status = "success" if answer.status < 400 else str(answer.status)
        media_type = answer.media_type or "none"
        if answer.media_type not in self._documented_media_types:
            return [*self._everywhere("content type", media_type, status), ("content type", media_type)]
        if answer.media_type.endswith("json") and not answer.is_json:
            return [*self._everywhere("unreadable body", status), ("unreadable body",)]
        return []

    def _of_door(self) -> list[Cause]:
        """A good credential refused, wherever the test wanted to go."""
        expected = self._expected
        if self._succeeded or not self._meant or self.difference.kind not in UNEXPECTED:
            return []
        if expected is not None and is_about_credentials(self._contract, expected):
            return []
        if not all(is_about_credentials(self._contract, error) for error in self._meant):
            return []
        if self.operation is None or not self.operation.secured:
            return [("asks for a credential", self._name)]
        return [(DOOR, str(self._came.status), str(self._code))]

    def _of_refusal(self) -> list[Cause]:
        """A refusal with another envelope, code or text than any of the catalogue, or the wrong one."""
        readable = self._came.is_json or self._came.media_type == "text/plain"
        if self._succeeded or not readable:
            return []
        return (
            self._of_unknown_code()
            or self._of_envelope()
            or self._of_wording()
            or self._of_refused_request()
            or self._of_other_refusal()
        )

    def _of_unknown_code(self) -> list[Cause]:
        if self._meant or self._code is None:
            return []
        return [("unknown refusal", str(self._came.status), repr(self._code))]

    def _of_envelope(self) -> list[Cause]:
        """A field of the envelope, by its name: refusals share one envelope, however often it is written."""
        if self.difference.kind == "body":
            return [("envelope", *self.difference.about)]
        if self._meant and self.difference.kind != "envelope":
            return []
        if self.operation is not None:
            for found in self.responses.differences_of_stranger(self.operation, self._came):
                if found.kind == "body":
                    return [("envelope", *found.about)]
        return [] if self._meant else [("unknown refusal", str(self._came.status), shape(self._came))]

    def _of_wording(self) -> list[Cause]:
        if self.difference.kind not in ABOUT_TEXTS or not outcome.has_place(self._contract, "message"):
            return []
        if any(wording.says(text, error.message, {}) for text in self._texts for error in self._meant):
            return []
        texts = tuple(map(generic, self._texts))
        near = ("unknown text", str(self._came.status), str(self._code), *texts)
        return [near, ("unknown text", *texts), OTHER_WORDS]

    def _of_refused_request(self) -> list[Cause]:
        if self.difference.kind not in REFUSED:
            return []
        return [("refused", self._name, self._ids, *map(generic, self._texts), *self.difference.about)]

    def _of_other_refusal(self) -> list[Cause]:
        expected = self._expected
        if expected is None or self.difference.kind not in ("status", "code"):
            return []
        kind = "other refusal"
        if stops_somebody(expected) and all(map(stops_somebody, self._meant)):
            kind = ANOTHER_DOOR
        return [(kind, self._name, expected.id, self._ids), (kind, expected.id, self._ids)]

    def _of_status(self) -> list[Cause]:
        """A success with a status that the operation does not document."""
        answer = self._came
        if not self._succeeded or self.operation is None or self.difference.kind in ACCEPTED:
            return []
        if self.responses.place(self.operation, answer.status) is not None:
            return []
        return self._everywhere("undocumented status", str(answer.status))

    # ------------------------------------------------------------ what the test tells

    def _of_acceptance(self) -> list[Cause]:
        """A request that should have been refused: what was wrong with it is the cause, not who noticed."""
        expected = self._expected
        if self.difference.about == ("credential",) or self._got_past_the_door:
            return [("anybody enters", self._name), ("anybody enters",)]
        if self.difference.kind not in ACCEPTED and not (expected is not None and self._succeeded):
            return []
        places = self._breaches
        if expected is not None and not places:
            return [("not refused", self._name, expected.id), ("not refused", expected.id)]
        near = "|".join(places) or generic(self.difference.got)
        return [("accepted", self._name, near), ("accepts anything", self._name), ("accepts anything",)]

    @property
    def _got_past_the_door(self) -> bool:
        """Whether somebody whom a refusal should have stopped went further."""
        expected = self._expected
        if expected is None or self.difference.kind not in (*ACCEPTED, "status", "documented status"):
            return False
        return stops_somebody(expected) and not any(map(stops_somebody, self._meant))

    def _of_what_was_read(self) -> list[Cause]:
        """A state that cannot be read: the answer that ought to show it is no documented one."""
        if self.difference.of != "state" or self.answer is None or self.answer.request is None:
            return []
        sent = self.answer.request
        for operation in self._contract.operations.values():
            if operation.method == sent.method and self._contract.is_at(operation, sent.path):
                broken = self.responses.difference(operation, self.answer)
                if broken is not None:
                    where = place(self._contract, broken.at, broken.of).pointer
                    return [*replace(self, operation=operation, difference=broken, at=where).causes]
        return []

    def _of_place(self) -> list[Cause]:
        kind, about = self.difference.kind, self.difference.about
        if kind == "body":
            return [(kind, self.at, *about), (kind, *about)]
        if kind == "lost write":
            return [("state", self._name, "lost"), ("state", "lost")]
        if kind in ("state", "refused, yet stored"):
            return [(kind, self._name, *about), (kind, *about)]
        if kind in ("Allow header", "missing header"):
            return [(kind, self.at, *about), (kind, *about, generic(self.difference.got))]
        if kind.startswith("documented ") or kind == "write not read":
            return [(kind, self._name, *about)]
        return [(kind, self.at, *about)]

    # ------------------------------------------------------------ how

    def _everywhere(self, kind: str, *told: str) -> list[Cause]:
        """The same trouble at this operation, and at whichever."""
        return [(kind, self._name, *told), (kind, *told)]

    @property
    def _contract(self) -> Contract:
        return self.responses.contract

    @property
    def _came(self) -> Answer:
        assert self.answer is not None  # noqa: S101 - asked for only where there is one
        return self.answer

    @property
    def _name(self) -> str:
        return self.operation.id if self.operation else "-"

    @cached_property
    def _succeeded(self) -> bool:
        return outcome.succeeded(self._contract, self._came)

    @cached_property
    def _code(self) -> Any:
        return outcome.told(self._contract, self._came)[0].code

    @cached_property
    def _texts(self) -> list[str]:
        told = outcome.told(self._contract, self._came)
        return [str(one.message) for one in told if one.message is not None]

    @cached_property
    def _meant(self) -> list[CatalogueError]:
        """The errors of the catalogue with the answer's status and code, whatever its text."""
        if self._succeeded:
            return []
        told = outcome.told(self._contract, self._came)
        catalogue = self._contract.errors.values()
        return [error for error in catalogue if _has_code(self._contract, error, self._came, told)]

    @cached_property
    def _spoken(self) -> list[CatalogueError]:
        """Those of them with the answer's text."""
        return [] if self._succeeded else refusals_like(self._contract, self._came)

    @cached_property
    def _breaches(self) -> tuple[str, ...]:
        if self.operation is None or self.request is None:
            return ()
        return breaches(self.responses, self.operation, self.request)

    @property
    def _ids(self) -> str:
        """The errors of the catalogue that the answer shows."""
        return "|".join(sorted(error.id for error in self._spoken))

    @property
    def _expected(self) -> CatalogueError | None:
        """The error of the catalogue that the test wanted to meet."""
        root, *names = pointer.split(self.difference.at)[:2] or [""]
        if root != "x-errors" or not names:
            return None
        return self._contract.errors.get(names[0])

    @property
    def _concerns_meant(self) -> bool:
        """Whether the answer is the refusal that the test wanted, and only something about it differs."""
        return self._expected is not None and self._expected.id in {error.id for error in self._meant}

    @cached_property
    def _documented_media_types(self) -> set[str]:
        """Those of the answer's status; where the operation has no such status, those of the contract."""
        at = self.responses.place(self.operation, self._came.status) if self.operation else None
        places = [at] if at is not None else _responses(self._contract)
        content = [self._contract.at(place).get("content", {}) for place in places]
        return {kind.partition(";")[0] for kinds in content for kind in kinds or [""]} | (
            {self._came.media_type} if at is not None and not content[0] else set()
        )


def generic(text: str, longest: int | None = _LONGEST) -> str:
    """A text without what differs from request to request: quoted words, and words with digits."""
    return " ".join(_VALUES.sub("#", text).split())[:longest]


def shape(answer: Answer) -> str:
    """The names of a JSON body's outermost fields."""
    if not answer.is_json:
        return "no JSON"
    return ",".join(sorted(answer.json)) if isinstance(answer.json, dict) else type(answer.json).__name__


def stops_somebody(error: CatalogueError) -> bool:
    """Whether a refusal depends on who asks."""
    recipes: list[Mapping[str, Any]] = error.provoke if isinstance(error.provoke, list) else []
    return "credential" in error.refuses or any("credential" in recipe for recipe in recipes)


def is_about_credentials(contract: Contract, error: CatalogueError) -> bool:
    """Whether a refusal turns away who has no good credential."""
    door = contract.root_error("credential")
    if door is None or error.status != door.status:
        return False
    recipes: list[Mapping[str, Any]] = error.provoke if isinstance(error.provoke, list) else []
    return error is door or any("credential" in recipe for recipe in recipes)


def refusals_like(contract: Contract, answer: Answer) -> list[CatalogueError]:
    """The refusals of the catalogue that an answer may be; those with its text alone, if there are any."""
    told = outcome.told(contract, answer)
    meant = [error for error in contract.errors.values() if _has_code(contract, error, answer, told)]
    texts = [one.message for one in told]
    spoken = [error for error in meant if any(wording.says(text, error.message, {}) for text in texts)]
    return spoken or meant


def _has_code(
    contract: Contract, error: CatalogueError, answer: Answer, told: Sequence[outcome.Told]
) -> bool:
    if error.status != answer.status:
        return False
    return not outcome.has_place(contract, "code") or any(pointer.same(one.code, error.code) for one in told)


def _responses(contract: Contract) -> Iterator[str]:
    for operation in contract.operations.values():
        for status in operation.definition["responses"]:
            yield operation.pointer + pointer.join(["responses", status])
