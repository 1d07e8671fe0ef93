"""Who listens in: every exchange of a double, and what of the contract its answer shows."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Iterator, MutableMapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any

import httpx

from contract_tests.harness import outcome, pointer, wording
from contract_tests.harness.exchange import Answer
from contract_tests.harness.judgement import Judgement
from contract_tests.harness.operation import CatalogueError, Operation
from contract_tests.harness.responses import Responses
from contract_tests.harness.subject import Subject

_SANDBOX = re.compile(r"^/~[^/]*")
_UNASKED = ("HEAD", "OPTIONS")  # answered for every path, documented for none

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


@dataclass
class Listener:
    """An ASGI application that passes everything on to another, and tells a witness of every answer.

    Whatever client sends a request, its answer comes by here. `problem` is why the witness could not
    make sense of one, if that happened.
    """

    app: App
    witness: Witness | None = None
    problem: Exception | None = None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request, or the server's lifespan."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start: Message = {}
        body = bytearray()

        async def heard(message: Message) -> None:
            await send(message)
            if message["type"] == "http.response.start":
                start.update(message)
            elif message["type"] == "http.response.body":
                body.extend(message.get("body", b""))
                if not message.get("more_body"):
                    self._tell(scope, start, bytes(body))

        await self.app(scope, receive, heard)

    def _tell(self, scope: Message, start: Message, body: bytes) -> None:
        if self.witness is None:
            return
        path = _SANDBOX.sub("", scope["raw_path"].decode("latin-1"), count=1)
        request = httpx.Request(scope["method"], f"http://double{path}")
        response = httpx.Response(
            start["status"], headers=start.get("headers", []), content=body, request=request
        )
        response.elapsed = timedelta()
        try:
            self.witness.hears(scope["method"], path, Answer(response))
        except Exception as problem:  # noqa: BLE001  # told to whoever asked; the server is not to suffer
            self.problem = problem


@dataclass
class Witness:
    """What the answers to one vendor's requests have shown so far."""

    subject: Subject
    successes: set[str] = field(default_factory=set)
    """Operations that have succeeded, as a client sees it, with a documented answer."""
    statuses: set[tuple[str, str]] = field(default_factory=set)
    """Operation and documented status, of answers that are documented ones."""
    refusals: set[tuple[str | None, str]] = field(default_factory=set)
    """Operation, None off the map, and catalogue id, of answers with its status, code and wording."""

    @cached_property
    def _responses(self) -> Responses:
        return Responses(self.subject.contract)  # its own: answers are heard in the server's thread

    @cached_property
    def _addresses(self) -> list[tuple[re.Pattern[str], str, dict[str, Operation]]]:
        """Path templates, those without parameters first, each with its operations by method."""
        contract = self.subject.contract
        unserved = contract.document.get("x-unserved", {}).get("operations", ())
        paths: dict[str, dict[str, Operation]] = {said["path"]: {} for said in unserved}
        for operation in self._operations:
            paths.setdefault(operation.path, {})[operation.method] = operation
        ordered = sorted(paths.items(), key=lambda item: item[0].count("{"))
        return [(_pattern(contract.base_path + path), path, known) for path, known in ordered]

    @property
    def _operations(self) -> Collection[Operation]:
        return self.subject.contract.operations.values()

    @cached_property
    def _anywhere(self) -> list[CatalogueError]:
        """Refusals that any operation may give: each that no operation's list claims for itself alone."""
        own = {listed.error.id for operation in self._operations for listed in operation.errors}
        catalogue = self.subject.contract.errors.values()
        return [error for error in catalogue if error.refuses or error.environment or error.id not in own]

    def hears(self, method: str, path: str, answer: Answer) -> None:
        """Take one exchange in; those of other vendors, and faults of the double itself, show nothing."""
        if method in _UNASKED or not self._is_ours(path) or answer.header("x-duble-bug"):
            return
        known = next((known for pattern, _, known in self._addresses if pattern.fullmatch(path)), None)
        if known is None:
            self._note_refusals(None, answer)
        elif method in known:
            self._note(known[method], answer)
        else:  # a wrong method concerns every operation of the path
            for operation in known.values():
                self._note(operation, answer, stranger=True)

    def _is_ours(self, path: str) -> bool:
        return path.startswith(f"{self.subject.contract.base_path}/") and not path.startswith("/_duble")

    def _note(self, operation: Operation, answer: Answer, *, stranger: bool = False) -> None:
        succeeded = not stranger and outcome.succeeded(self.subject.contract, answer)
        self._note_status(operation, answer, succeeded=succeeded, stranger=stranger)
        if not succeeded:
            self._note_refusals(operation, answer)

    def _note_status(self, operation: Operation, answer: Answer, *, succeeded: bool, stranger: bool) -> None:
        at = self._responses.place(operation, answer.status)
        if at is None:
            return
        key = (operation.id, pointer.split(at)[-1])
        if key in self.statuses and (operation.id in self.successes or not succeeded):
            return
        judge = self._responses.difference_of_stranger if stranger else self._responses.difference
        if judge(operation, answer) is None:
            self.statuses.add(key)
            self.successes.update([operation.id] if succeeded else [])

    def _note_refusals(self, operation: Operation | None, answer: Answer) -> None:
        where = None if operation is None else operation.id
        for error in self._recognised(operation, answer):
            self.refusals.add((where, error.id))

    def _recognised(self, operation: Operation | None, answer: Answer) -> Iterator[CatalogueError]:
        """The refusals that the answer shows; of several that fit one wording, the most literal."""
        judgement = Judgement(self.subject, operation or next(iter(self._operations)), answer)
        listed = [own.error for own in operation.errors] if operation else []
        candidates = {
            error.id: error for error in (*listed, *self._anywhere) if error.status == answer.status
        }
        found = [error for error in candidates.values() if judgement.is_refusal(error)]
        for one in found:
            rivals = [error for error in found if pointer.same(error.code, one.code)]
            if _literal(one) == max(map(_literal, rivals)):
                yield one


def _literal(error: CatalogueError) -> int:
    """How much of a message is fixed."""
    nothing = dict.fromkeys(wording.placeholders(error.message), "")
    return len(wording.rendered(error.message, nothing))


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"(\{[^}]*\})", template)
    return re.compile("".join("[^/]+" if part.startswith("{") else re.escape(part) for part in parts))
