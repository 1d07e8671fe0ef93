"""What a client reads after a write: the `reads` of x-agreement, asked and judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from contract_tests.harness.acting.agreement import Exchange, agreement_of, disagreements, parted
from contract_tests.harness.acting.listing import Listing
from contract_tests.harness.acting.recipe import Stage
from contract_tests.harness.network.exchange import Answer, base_draft
from contract_tests.harness.network.target import Sandbox
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec import outcome, pointer
from contract_tests.harness.spec.operation import Operation


@dataclass(frozen=True)
class Reading:
    """One read that the spec lets follow a write."""

    subject: Subject
    sandbox: Sandbox
    said: Mapping[str, Any]
    """One entry of `reads`, or the `alone` of a list."""
    named: frozenset[str] = frozenset()
    """Ids of records that were there before the write; such a one is in a list only if that selects it."""

    @property
    def operation(self) -> Operation:
        """The read."""
        return self.subject.contract.operations[self.said["operation"]]

    def answer(self, exchange: Exchange) -> Answer:
        """What the read answers, asked with the words of the write; pointer.Absent if these are not there."""
        return self._asked(self.said, exchange)

    def before(self, parts: Mapping[str, Any]) -> Answer | None:
        """What it shows before the write; None where only the answer of the write names what to read."""
        try:
            return self._asked(self.said, Exchange(parts))
        except pointer.Absent:
            return None

    def of(self, name: str, record_id: str) -> Answer | None:
        """What it shows of another record by the same path parameter; None if it is no such read."""
        asked = [
            key for key, said in self.said.get("request", {}).get("path", {}).items() if said == f"{{{name}}}"
        ]
        if not asked:
            return None
        other = {"operation": self.operation.id, "request": {"path": {asked[0]: record_id}}}
        return self._asked(other, Exchange({}))

    def problem(self, exchange: Exchange, before: Answer | None, answer: Answer) -> str | None:
        """The first thing that it shows otherwise than the write before it asks for."""
        return next(self._problems(exchange, before, answer), None)

    def _asked(self, said: Mapping[str, Any], exchange: Exchange) -> Answer:
        """Ask, and before it whatever has to be found out."""
        if "find" in said:
            found = self._asked(said["find"], exchange)
            body = found.json if found.is_json else None
            kept = {name: pointer.find(body, at) for name, at in said["find"]["keep"].items()}
            exchange = replace(exchange, kept=kept)
        operation = self.subject.contract.operations[said["operation"]]
        asked = exchange.filled(said.get("request", {}))
        return Stage(self.subject, self.sandbox).call(
            operation, pointer.merged(base_draft(operation).parts, asked)
        )

    def _problems(self, exchange: Exchange, before: Answer | None, answer: Answer) -> Iterator[str]:
        succeeded = outcome.succeeded(self.subject.contract, answer)
        if self.said.get("changes") and before is not None and before.body == answer.body:
            yield "it reads as before"
        if "item" in self.said and succeeded:
            known = before is not None and outcome.succeeded(self.subject.contract, before)
            yield from self._unlisted(exchange, before if known else None, answer)
        elif self.said.get("gone"):
            yield from ["it is still there"] if succeeded else []
        elif not succeeded:
            yield f"refused: {answer.summary}"
        else:
            yield from disagreements(self.said.get("shows", {}), exchange, answer.json)

    def _unlisted(self, exchange: Exchange, before: Answer | None, answer: Answer) -> Iterator[str]:
        """The same of a read whose answer is a list: the one item, and all others as they were."""
        at = self.said["item"]["at"]
        try:
            where = exchange.filled(self.said["item"]["where"])
        except pointer.Absent:
            return  # nothing was sent that could be found again
        try:
            found, others = parted(pointer.find(answer.json, at), where)
        except pointer.Absent as absent:
            yield f"nothing at {absent}"
            return
        if self.said.get("gone"):
            yield from ("it is still listed" for _ in found)
        elif not found and (self._may_go_on(answer) or self._is_not_selected(before, where)):
            return
        elif len(found) != 1:
            yield f"{len(found)} such items are listed"
        else:
            yield from disagreements(self.said.get("shows", {}), exchange, found[0])
        if self._is_alone and self.said.get("others") != "any" and before is not None:
            yield from pointer.differences(parted(pointer.find(before.json, at), where)[1], others)[:1]

    @property
    def _is_alone(self) -> bool:
        """Whether nobody else writes there, so that other items stay as they are."""
        return self.subject.target.double

    def _is_not_selected(self, before: Answer | None, where: Mapping[str, Any]) -> bool:
        """Whether the base request of the list never asked for a record that the run has made for itself."""
        if before is None or self.named.isdisjoint(map(str, where.values())):
            return False
        return not parted(pointer.every(before.json, self.said["item"]["at"] + "/*"), where)[0]

    def _may_go_on(self, answer: Answer) -> bool:
        """Whether the list of a server that is not ours may have the item on another page."""
        listed = agreement_of(self.operation).get("list")
        if self._is_alone or listed is None:
            return False
        asked = pointer.merged(base_draft(self.operation).parts, self.said.get("request", {}))
        return Listing(self.operation, listed).is_cut(asked, answer)
