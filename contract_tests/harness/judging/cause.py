"""What lies behind a difference: causes from the nearest to the widest, the same whichever test meets them.

An answer tells more than the test that met it. A 401 to a good credential is one trouble, whether a test
expected a success, another refusal or a documented body; so the answer is looked at first, and the place
in the spec only where the answer has nothing to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property

from contract_tests.harness.judging.breaches import breaches
from contract_tests.harness.judging.finding import Cause, Difference, place
from contract_tests.harness.judging.reply import Reply, is_about_credentials, stops_somebody
from contract_tests.harness.judging.responses import Responses
from contract_tests.harness.network.exchange import Answer, Request
from contract_tests.harness.spec import outcome, pointer, wording
from contract_tests.harness.spec.contract import Contract
from contract_tests.harness.spec.operation import CatalogueError, Operation

ACCEPTED = frozenset({"accepted", "schema-violating request accepted", "missing required header accepted"})
ABOUT_TEXTS = frozenset({"message", "refusal outside the catalogue", "documented body"})
OF_REFUSALS = frozenset({"status", "code", "documented status", "documented body"})
REFUSED = frozenset({"refused", "refuses valid data", "documented status"})
UNREAD, UNREAD_IN = "write not read", "nothing new in"
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
        return tuple(self._of_answer() or self._of_place())

    @property
    def witness(self) -> tuple[Cause, ...]:
        """The causes of what is wrong with the answer itself, where it only bears witness to something else.

        A state, or a write, cannot be read where the answer that ought to show it is none that its operation
        documents. Empty where the answer is in order, or is what the difference is about.
        """
        asked = self._asked
        if asked is None or (asked == self.operation and self.difference.of != "state"):
            return ()
        broken = self.responses.difference(asked, self._came)
        if broken is None:
            return ()
        where = place(self._contract, broken.at, broken.of).pointer
        return replace(self, operation=asked, difference=broken, at=where).causes

    # ------------------------------------------------------------ what the answer tells

    def _of_answer(self) -> list[Cause]:
        if self.difference.kind == "no complete answer":
            return self._everywhere("no complete answer", generic(self.difference.got))
        if self.answer is None or (self.difference.of == "state" and self._reply.succeeded):
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
        meant = self._reply.meant
        if answer.status < 500 or any(not error.environment for error in meant) or self._concerns_meant:
            return []
        if answer.is_json and (not meant or self.difference.kind == "content type"):
            return []  # a refusal, and how it is written is the trouble
        body = generic(answer.body.decode("utf-8", "replace"))
        return self._everywhere("server error", str(answer.status), answer.media_type, body)

    def _of_media_type(self) -> list[Cause]:
        """Another media type than the contract has for this answer, or JSON that cannot be read."""
        answer = self._came
        status = "success" if answer.status < 400 else str(answer.status)
        media_type = answer.media_type or "none"
        if answer.media_type not in self._reply.media_types(self.operation):
            return [*self._everywhere("content type", media_type, status), ("content type", media_type)]
        if answer.media_type.endswith("json") and not answer.is_json:
            return [*self._everywhere("unreadable body", status), ("unreadable body",)]
        return []

    def _of_door(self) -> list[Cause]:
        """A good credential refused, wherever the test wanted to go."""
        expected = self._expected
        if self._reply.succeeded or not self._reply.meant or self.difference.kind not in UNEXPECTED:
            return []
        if expected is not None and is_about_credentials(self._contract, expected):
            return []
        if not all(is_about_credentials(self._contract, error) for error in self._reply.meant):
            return []
        if self.operation is None or not self.operation.secured:
            return [("asks for a credential", self._name)]
        return [(DOOR, str(self._came.status), str(self._reply.code))]

    def _of_refusal(self) -> list[Cause]:
        """A refusal with another envelope, code or text than any of the catalogue, or the wrong one."""
        readable = self._came.is_json or self._came.media_type == "text/plain"
        if self._reply.succeeded or not readable:
            return []
        return (
            self._of_unknown_code()
            or self._of_envelope()
            or self._of_wording()
            or self._of_refused_request()
            or self._of_other_refusal()
        )

    def _of_unknown_code(self) -> list[Cause]:
        if self._reply.meant or self._reply.code is None:
            return []
        status, expected = str(self._came.status), self._expected
        near: Cause = ("unknown refusal", status, repr(self._reply.code))
        if expected is None or self._reply.code != expected.code or self._came.status == expected.status:
            return [near]
        return [near, ("status of refusals", self._name, status)]

    def _of_envelope(self) -> list[Cause]:
        """A field of the envelope, by its name: refusals share one envelope, however often it is written."""
        if self.difference.kind == "body":
            return [("envelope", *self.difference.about)]
        if self._reply.meant and self.difference.kind != "envelope":
            return []
        if self.operation is not None:
            for found in self.responses.differences_of_stranger(self.operation, self._came):
                if found.kind == "body":
                    return [("envelope", *found.about)]
        if self._reply.meant:
            return []
        return [("unknown refusal", str(self._came.status), self._reply.shape)]

    def _of_wording(self) -> list[Cause]:
        if self.difference.kind not in ABOUT_TEXTS or not outcome.has_place(self._contract, "message"):
            return []
        reply = self._reply
        if any(wording.says(text, error.message, {}) for text in reply.texts for error in reply.meant):
            return []
        texts = tuple(map(generic, reply.texts))
        near = ("unknown text", str(self._came.status), str(reply.code), *texts)
        return [near, ("unknown text", *texts), OTHER_WORDS]

    def _of_refused_request(self) -> list[Cause]:
        if self.difference.kind not in REFUSED or self._expected is not None:
            return []
        texts = map(generic, self._reply.texts)
        return [("refused", self._name, self._reply.ids, *texts, *self.difference.about)]

    def _of_other_refusal(self) -> list[Cause]:
        """The refusal of another error."""
        expected = self._expected
        if expected is None or self.difference.kind not in OF_REFUSALS:
            return []
        if self._concerns_meant and self.difference.kind.startswith("documented "):
            return []
        kind = "other refusal"
        if stops_somebody(expected) and all(map(stops_somebody, self._reply.meant)):
            kind = ANOTHER_DOOR
        return self._everywhere(kind, expected.id, self._reply.ids)

    def _of_status(self) -> list[Cause]:
        """A success with a status that the operation does not document."""
        answer, operation = self._came, self._asked or self.operation
        if not self._reply.succeeded or operation is None or self.difference.kind in ACCEPTED:
            return []
        if self.responses.place(operation, answer.status) is not None:
            return []
        return self._everywhere("undocumented status", str(answer.status))

    # ------------------------------------------------------------ what the test tells

    def _of_acceptance(self) -> list[Cause]:
        """A request that should have been refused: what was wrong with it is the cause, not who noticed."""
        expected = self._expected
        if self.difference.about == ("credential",) or self._got_past_the_door:
            return [("anybody enters", self._name), ("anybody enters",)]
        if self.difference.kind not in ACCEPTED and not (expected is not None and self._reply.succeeded):
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
        return stops_somebody(expected) and not any(map(stops_somebody, self._reply.meant))

    def _of_place(self) -> list[Cause]:
        kind, about = self.difference.kind, self.difference.about
        if kind == "body":
            return [(kind, self.at, *about), (kind, *about)]
        if kind == "lost write":
            kind, about = "state", ("lost",)
        if kind in ("state", "refused, yet stored"):
            return [(kind, self._name, *about), (kind, *about)]
        if kind in ("Allow header", "missing header"):
            return [(kind, self.at, *about), (kind, *about, generic(self.difference.got))]
        if kind == UNREAD:
            reader = self._asked
            found = [] if reader in (None, self.operation) else [(UNREAD_IN, reader.id)]
            return [(kind, self._name, *about), *found]
        if kind.startswith("documented "):
            return [(kind, self._name, *about), *([(kind, *about)] if about else [])]
        return [(kind, self.at, *about)]

    # ------------------------------------------------------------ how

    def _everywhere(self, kind: str, *told: str) -> list[Cause]:
        """The same trouble at this operation, and at whichever."""
        return [(kind, self._name, *told), (kind, *told)]

    @property
    def _contract(self) -> Contract:
        return self.responses.contract

    @property
    def _asked(self) -> Operation | None:
        """The operation that gave the answer: a read, where a write is not read."""
        sent = None if self.answer is None else self.answer.request
        return None if sent is None else self._contract.asked(sent.method, sent.path)

    @property
    def _came(self) -> Answer:
        assert self.answer is not None  # noqa: S101 - asked for only where there is one
        return self.answer

    @property
    def _name(self) -> str:
        return self.operation.id if self.operation else "-"

    @cached_property
    def _reply(self) -> Reply:
        return Reply(self.responses, self._came)

    @cached_property
    def _breaches(self) -> tuple[str, ...]:
        if self.operation is None or self.request is None:
            return ()
        return breaches(self.responses, self.operation, self.request)

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
        return self._expected is not None and self._expected.id in {error.id for error in self._reply.meant}


def generic(text: str, longest: int | None = _LONGEST) -> str:
    """A text without what differs from request to request: quoted words, and words with digits."""
    return " ".join(_VALUES.sub("#", text).split())[:longest]
