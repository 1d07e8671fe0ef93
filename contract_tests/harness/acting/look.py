"""One test's look at a list: the whole of it, what is asked afterwards, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, NoReturn

from contract_tests.harness.acting.agreement import PART, agreement_of, contradiction
from contract_tests.harness.acting.constancy import steady
from contract_tests.harness.acting.listing import Listing, Selection
from contract_tests.harness.acting.recipe import Stage
from contract_tests.harness.judging import verdict
from contract_tests.harness.network.exchange import Answer
from contract_tests.harness.network.target import Sandbox
from contract_tests.harness.outside.foreign import NEEDS_IDS, may_be_asked
from contract_tests.harness.outside.lacking import Stuck, lacking, may_lack
from contract_tests.harness.running.run import Omission, Run
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.operation import Operation

RESTLESS = "the list changes while it is read: somebody else works there"


@dataclass(frozen=True)
class Listed:
    """One list that the spec describes."""

    subject: Subject
    operation: Operation
    also: tuple[str, ...] = ()

    @property
    def detail(self) -> Any:
        """What it is asked for, beside the whole; None for nothing."""
        return None

    @property
    def label(self) -> str:
        """The list, and what it is asked for."""
        return self.operation.id if self.detail is None else f"{self.operation.id}-{self.detail}"

    @property
    def kind(self) -> tuple[str, ...]:
        """The list."""
        return (self.operation.id,)

    @property
    def listing(self) -> Listing:
        """The list as its spec describes it."""
        return Listing(self.operation, agreement_of(self.operation)["list"])

    @property
    def chance(self) -> Random:
        """What decides which values are tried."""
        return Random(self.subject.derived_seed(PART, self.label))  # noqa: S311 - no secrets


@dataclass
class Look:
    """One test's look at a list: the whole of it, and what is asked afterwards."""

    case: Listed
    sandbox: Sandbox
    whole: Answer = field(init=False)
    items: list[Any] = field(init=False)

    def __post_init__(self) -> None:
        self.whole, self.items = self.asked(self.listing.whole)

    @property
    def listing(self) -> Listing:
        """The list as its spec describes it."""
        return self.case.listing

    @property
    def ids(self) -> list[Any]:
        """What names each item of the whole."""
        return self.listing.ids(self.items)

    @property
    def is_cut(self) -> bool:
        """Whether a server that is not ours may hold more than the whole shows."""
        return not self.case.subject.target.double and self.listing.is_cut(self.listing.whole, self.whole)

    def asked(self, parts: Mapping[str, Any]) -> tuple[Answer, list[Any]]:
        """The answer to a request, and its items, each with its id."""
        subject, operation = self.case.subject, self.case.operation
        answer = Stage(subject, self.sandbox).call(operation, parts)
        difference = verdict.against_success(subject, operation, answer)
        if difference is not None and not subject.target.double and may_lack(subject, operation, answer):
            raise Stuck(lacking(operation.id, operation, answer))
        if difference is not None:
            raise subject.broken(PART, operation, difference, answer, self.sandbox)
        try:
            items = self.listing.items(answer.json)
            self.listing.ids(items)
        except pointer.Absent as absent:
            self.broken(answer, "item without its id", "names every item", f"nothing at {absent}", "id")
        return answer, items

    def steady_items(self, answer: Answer) -> list[Any]:
        """The items of an answer without what the spec declares to vary from read to read."""
        return self.listing.items(self._steady(answer))

    def selected(self, parts: Mapping[str, Any], chosen: Sequence[tuple[Selection, Any]]) -> list[Any]:
        """Hold an answer to the whole: it has what every selection keeps for the value sent, and no more.

        The ids of what it has.
        """
        answer, found = self.asked(parts)
        source = found if self.is_cut else self.items  # what a cut list leaves out may be found
        kept = [item for item in source if all(one.keeps(item, sent) for one, sent in chosen)]
        expected = self.listing.ids(kept)
        if not pointer.same(expected, self.listing.ids(found)):
            asked = " and ".join(f"{one.place} {sent!r}" for one, sent in chosen)
            at = pointer.join(["selects", chosen[-1][0].place]).removeprefix("/")
            said, got = f"{asked} selects {expected!r}", f"{self.listing.ids(found)!r}"
            self.broken(answer, "wrong selection", said, got, at)
        return self.listing.ids(found)

    def paged(self, parts: Mapping[str, Any], ids: Sequence[Any]) -> None:
        """Hold the second page of a selection, of one item, to the ids of all of it, and to their number."""
        answer, page = self.asked(self.listing.page(parts, 1, 1))
        if not pointer.same(self.listing.ids(page), list(ids[1:2])):
            said, got = f"the second page has the second of {list(ids)!r}", f"{self.listing.ids(page)!r}"
            self.broken(answer, "pages differ from the selection", said, got, "pages")
        total = self.listing.total(answer.json) if page else None
        if total is not None and not pointer.same(total, len(ids)):
            said = f"says that {len(ids)} are selected"
            self.broken(answer, "wrong total", said, f"it says {total!r}", "total")

    def broken(self, answer: Answer, kind: str, said: str, got: str, at: str) -> NoReturn:
        """Raise what is wrong, unless the list of a server that is not ours has changed meanwhile."""
        operation, whole = self.case.operation, getattr(self, "whole", None)
        if whole is not None and not self.case.subject.target.double:
            again = Stage(self.case.subject, self.sandbox).call(operation, self.listing.whole, look=True)
            if not pointer.same(self._steady(again), self._steady(whole)):
                raise Stuck(RESTLESS)
        difference = contradiction(operation, kind, said, got, f"list/{at}")
        raise self.case.subject.broken(PART, operation, difference, answer, self.sandbox, self.case.also)

    def _steady(self, answer: Answer) -> Any:
        body = answer.json if answer.is_json else None
        return steady(self.case.subject.contract, self.case.operation, body)


def listing(run: Run) -> Iterator[Listed | Omission]:
    """Every list that the spec describes."""
    for subject in run.subjects:
        for operation in subject.contract.operations.values():
            said = agreement_of(operation).get("list")
            if said is None:
                continue
            if may_be_asked(subject, operation):
                yield Listed(subject, operation)
            else:
                yield Omission(subject.contract.vendor, PART, operation.id, NEEDS_IDS)


def listed(run: Run) -> Iterator[Listed]:
    """Every list that may be asked."""
    return (case for case in listing(run) if isinstance(case, Listed))
