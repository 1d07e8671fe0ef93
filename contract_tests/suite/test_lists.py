"""Lists agree with their items, their own rules, their selections and their pages (`list` of x-agreement)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from random import Random
from typing import Any, NoReturn

from contract_tests.harness.acting.agreement import (
    PART,
    Exchange,
    agreement_of,
    contradiction,
    disagreements,
)
from contract_tests.harness.acting.listing import Listing, Selection
from contract_tests.harness.acting.reading import Reading
from contract_tests.harness.acting.recipe import Stage
from contract_tests.harness.judging import verdict
from contract_tests.harness.network.exchange import Answer
from contract_tests.harness.network.target import Sandbox
from contract_tests.harness.outside.foreign import NEEDS_IDS, may_be_asked
from contract_tests.harness.outside.lacking import Stuck, lacking, may_lack
from contract_tests.harness.running.plugin import each
from contract_tests.harness.running.run import Omission, Run
from contract_tests.harness.running.subject import Subject
from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.operation import Operation

PAGE_SIZES = (1, 2)
# A server that is not ours may hold any number of records, and is asked for some of them.
MOST_PAGES, MOST_ALONE = 6, 5
RESTLESS = "the list changes while it is read: somebody else works there"


@dataclass(frozen=True)
class Listed:
    """One list, and perhaps one thing that it is asked for."""

    subject: Subject
    operation: Operation
    selection: Selection | None = None
    size: int | None = None
    also: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The list, and the selection or the size of a page."""
        detail = self.selection.place if self.selection else self.size
        return self.operation.id if detail is None else f"{self.operation.id}-{detail}"

    @property
    def kind(self) -> tuple[str, ...]:
        """The list."""
        return (self.operation.id,)

    @property
    def listing(self) -> Listing:
        """The list as its spec describes it."""
        return Listing(self.operation, agreement_of(self.operation)["list"])


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

    def broken(self, answer: Answer, kind: str, said: str, got: str, at: str) -> NoReturn:
        """Raise what is wrong, unless the list of a server that is not ours has changed meanwhile."""
        operation, whole = self.case.operation, getattr(self, "whole", None)
        if whole is not None and not self.case.subject.target.double:
            again = Stage(self.case.subject, self.sandbox).call(operation, self.listing.whole, look=True)
            if again.body != whole.body:
                raise Stuck(RESTLESS)
        difference = contradiction(operation, kind, said, got, f"list/{at}")
        raise self.case.subject.broken(PART, operation, difference, answer, self.sandbox, self.case.also)


def listing(run: Run) -> Iterator[Listed | Omission]:
    """Every list that the spec describes."""
    for subject in run.subjects:
        for operation in subject.contract.operations.values():
            said = agreement_of(operation).get("list")
            if said is None:
                continue
            if may_be_asked(subject, operation):
                alone = (said["alone"]["operation"],) if "alone" in said else ()
                yield Listed(subject, operation, also=alone)
            else:
                yield Omission(subject.contract.vendor, PART, operation.id, NEEDS_IDS)


def selecting(run: Run) -> Iterator[Listed]:
    """Every list with every place that narrows it."""
    for case in listing(run):
        if isinstance(case, Listed):
            for selection in case.listing.selections:
                yield Listed(case.subject, case.operation, selection)


def paging(run: Run) -> Iterator[Listed]:
    """Every list that comes in pages, in small ones."""
    for case in listing(run):
        if isinstance(case, Listed) and "pages" in case.listing.said:
            yield from (Listed(case.subject, case.operation, size=size) for size in PAGE_SIZES)


@each(listing)
def test_a_list_keeps_its_own_rules(case: Listed) -> None:
    """Each item once, in the documented order, as many as it says, each as it reads alone."""
    with case.subject.target.sandbox() as sandbox:
        look = Look(case, sandbox)
        for index, one in enumerate(look.ids):
            if any(pointer.same(one, other) for other in look.ids[:index]):
                look.broken(look.whole, "item twice", "lists each item once", f"{one!r} twice", "id")
        disorder = case.listing.disorder(look.items)
        if disorder:
            look.broken(look.whole, "wrong order", "keeps its order", disorder, "order")
        _check_total(look, look.whole)
        _check_stored(look)
        for item in _some(case, look.items) if "alone" in case.listing.said else ():
            _check_alone(look, item)


@each(selecting)
def test_a_selection_holds_what_fits_and_nothing_else(case: Listed) -> None:
    """Compared with the whole list, for some of the values that its items have."""
    assert case.selection is not None
    with case.subject.target.sandbox() as sandbox:
        look = Look(case, sandbox)
        for value in case.listing.values(look.items, case.selection.by, _chance(case)):
            sent = case.selection.sent(value)
            answer, found = look.asked(case.listing.at(case.selection.place, sent))
            source = found if look.is_cut else look.items  # what a cut list leaves out may be found
            expected = case.listing.ids([item for item in source if case.selection.keeps(item, sent)])
            if not pointer.same(expected, case.listing.ids(found)):
                said, got = f"selects by {case.selection.place}: {expected!r}", f"{case.listing.ids(found)!r}"
                at = pointer.join(["selects", case.selection.place]).removeprefix("/")
                look.broken(answer, "wrong selection", said, got, at)


@each(paging)
def test_pages_make_up_the_whole(case: Listed) -> None:
    """No item is on two pages or on none, no page is too long, and the total stays."""
    assert case.size is not None
    with case.subject.target.sandbox() as sandbox:
        look = Look(case, sandbox)
        most = None if case.subject.target.double else MOST_PAGES
        asked, seen = 0, list[Any]()
        for parts in islice(case.listing.pages(case.size, len(look.items)), most):
            answer, page = look.asked(parts)
            asked, seen = asked + 1, seen + case.listing.ids(page)
            if len(page) > case.size:
                got = f"a page of {len(page)}"
                look.broken(answer, "page too long", f"{case.size} items at most", got, "pages")
            if page:
                _check_total(look, answer)
        expected = look.ids[: asked * case.size]
        # Behind the end of a cut list there is more, which nobody has seen.
        seen = seen[: len(expected)] if look.is_cut else seen
        if not pointer.same(seen, expected):
            said = f"the pages hold {expected!r}"
            look.broken(answer, "pages differ from the whole", said, f"{seen!r}", "pages")


def _check_total(look: Look, answer: Answer) -> None:
    total = look.listing.total(answer.json)
    if total is None or pointer.same(total, len(look.items)):
        return
    if look.is_cut and isinstance(total, int) and total > len(look.items):
        return
    said = f"says that there are {len(look.items)}"
    look.broken(answer, "wrong total", said, f"it says {total!r}", "total")


def _check_stored(look: Look) -> None:
    """On a double: everything of the collection is listed."""
    holds = look.listing.said.get("holds")
    if holds is None or not look.case.subject.target.double:
        return
    records = look.sandbox.records(look.case.subject.contract.vendor, holds["collection"])
    stored = sorted(str(pointer.find(record, holds.get("id", "/id"))) for record in records)
    if sorted(map(str, look.ids)) != stored:
        said = f"lists everything: {', '.join(stored)}"
        look.broken(look.whole, "item missing", said, ", ".join(map(str, look.ids)), "holds")


def _check_alone(look: Look, item: Any) -> None:
    alone = look.listing.said["alone"]
    reading = Reading(look.case.subject, look.sandbox, alone)
    answer = reading.answer(Exchange(look.listing.whole, look.whole, item))
    try:
        shown = pointer.find(answer.json if answer.is_json else None, alone.get("at", ""))
    except pointer.Absent:
        shown = None
    problem = next(_unlike(item, shown, alone), None)
    if problem is not None:
        said = f"{reading.operation.id} shows an item as the list does"
        look.broken(
            answer, "list and item disagree", said, f"{look.listing.ids([item])[0]!r}: {problem}", "alone"
        )


def _unlike(item: Any, shown: Any, alone: Mapping[str, Any]) -> Iterator[str]:
    """Where an item and what is read of it alone differ in what both of them have."""
    if not isinstance(shown, Mapping):
        yield "it cannot be read"
        return
    if "same" in alone:
        yield from disagreements(alone["same"], Exchange({}, item=item), shown)
        return
    if alone.get("equal"):
        yield from pointer.differences(item, shown, alone.get("except", ()))[:1]
        return
    for name in (name for name in item if name in shown):
        yield from pointer.differences(item[name], shown[name])[:1]


def _some(case: Listed, items: list[Any]) -> list[Any]:
    """The items that are read alone: on a double all of them."""
    if case.subject.target.double or len(items) <= MOST_ALONE:
        return items
    return _chance(case).sample(items, MOST_ALONE)


def _chance(case: Listed) -> Random:
    return Random(case.subject.derived_seed(PART, case.label))  # noqa: S311 - which values, not secrets
