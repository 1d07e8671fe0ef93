"""What an operation promises to answer; every own answer is checked before it leaves."""

from __future__ import annotations

from typing import Any

from mockserver.core.contract import Contract, Operation
from mockserver.core.replies import JSON, Reply, Text
from mockserver.core.schemas import Validator


class BrokenPromise(Exception):
    """The double was about to break its own contract: our fault, never dressed as the vendor's."""


class Answers:
    """The documented answers of one operation, compiled."""

    def __init__(self, contract: Contract, operation: Operation) -> None:
        self._operation = operation.id
        self._validators: dict[int, Validator | None] = {}
        self._examples: dict[str, tuple[int, JSON]] = {}
        for status, response in operation.spec["responses"].items():
            if status.isdigit():
                self._add(int(status), contract.resolve(response), contract)

    @property
    def statuses(self) -> list[int]:
        """Documented HTTP statuses."""
        return sorted(self._validators)

    @property
    def examples(self) -> dict[str, tuple[int, JSON]]:
        """Named examples of answers: status and body."""
        return self._examples

    def check(self, reply: Reply) -> None:
        """Raise BrokenPromise where an answer is not what the spec says."""
        try:
            validator = self._validators[reply.status]
        except KeyError:
            raise BrokenPromise(f"{self._operation} does not document status {reply.status}") from None
        if validator is None:
            if reply.body is not None:
                raise BrokenPromise(f"{self._operation} documents no body with status {reply.status}")
        elif not validator.is_valid(body := _plain(reply.body)):
            first = validator.violations(body)[0]
            place = "/".join(map(str, first.path))
            raise BrokenPromise(f"{self._operation}, {reply.status}: at /{place}: {first.message}")

    def _add(self, status: int, response: Any, contract: Contract) -> None:
        media = next(iter(response.get("content", {}).values()), None)
        self._validators[status] = (
            None if media is None else Validator(media.get("schema", {}), contract.components)
        )
        if media is None:
            return
        if "example" in media:
            self._examples.setdefault(str(status), (status, media["example"]))
        for name, example in media.get("examples", {}).items():
            self._examples.setdefault(name, (status, contract.resolve(example).get("value")))


def _plain(body: JSON) -> JSON:
    """Plain text as the text that it is to a schema."""
    return str(body) if isinstance(body, Text) else body
