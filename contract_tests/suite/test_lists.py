"""Lists agree with their items, their own rules and their pages (`list` of x-agreement)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from contract_tests.harness.acting.agreement import PART, Exchange, disagreements
from contract_tests.harness.acting.listing import Listing
from contract_tests.harness.acting.look import Listed, Look, listed, listing
from contract_tests.harness.acting.reading import Reading
from contract_tests.harness.network.exchange import Answer
from contract_tests.harness.running.plugin import each
from contract_tests.harness.running.run import Omission, Run
from contract_tests.harness.spec import pointer

__all__ = ["PART"]

PAGE_SIZES = (1, 2)
CROWD = 60
FIRST = 1_000_000  # of the ids of a crowd, where ids are numbers
# A server that is not ours may hold any number of records, and is asked for some of them.
MOST_PAGES, MOST_ALONE = 6, 5


@dataclass(frozen=True)
class Windowed(Listed):
    """A list through its whole, or through one of the windows that show what the whole leaves out."""

    window: int | None = None

    @property
    def detail(self) -> int | None:
        """The window's number in the spec."""
        return self.window

    @property
    def listing(self) -> Listing:
        """The list as its spec describes it, seen through the window."""
        return super().listing if self.window is None else super().listing.through(self.window)


@dataclass(frozen=True)
class Paged(Listed):
    """A list in pages of a size."""

    size: int = 1

    @property
    def detail(self) -> int:
        """The size."""
        return self.size


def looking(run: Run) -> Iterator[Windowed | Omission]:
    """Every list that the spec describes, through each of its windows."""
    for case in listing(run):
        if isinstance(case, Omission):
            yield case
            continue
        said = case.listing.said
        alone = (said["alone"]["operation"],) if "alone" in said else ()
        for window in (None, *range(len(said.get("also", ())))):
            yield Windowed(case.subject, case.operation, alone, window)


def paging(run: Run) -> Iterator[Paged]:
    """Every list that comes in pages, in small ones."""
    for case in listed(run):
        if "pages" in case.listing.said:
            yield from (Paged(case.subject, case.operation, size=size) for size in PAGE_SIZES)


def crowding(run: Run) -> Iterator[Listed]:
    """Every list of a double that holds a whole collection at once."""
    for case in listed(run):
        said = case.listing.said
        if case.subject.target.double and "holds" in said and not {"pages", "most"} & said.keys():
            yield case


@each(looking)
def test_a_list_keeps_its_own_rules(case: Windowed) -> None:
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


@each(crowding)
def test_a_list_without_pages_has_no_end(case: Listed) -> None:
    """Many more records than the seed has, and all of them are listed."""
    holds, vendor = case.listing.said["holds"], case.subject.contract.vendor
    at = holds.get("id", "/id")
    with case.subject.target.sandbox() as sandbox:
        records = sandbox.records(vendor, holds["collection"])
        for number in range(CROWD):
            one = records[number % len(records)]
            named = _another(pointer.find(one, at), number)
            change = {"op": "replace", "path": at, "value": named}
            place = f"state/{vendor}/{holds['collection']}/{named}"
            sandbox.control("PUT", place, pointer.patched({**one, "id": str(named)}, [change]), look=True)
        _check_stored(Look(case, sandbox))


@each(paging)
def test_pages_make_up_the_whole(case: Paged) -> None:
    """Each item is on one page, as the whole shows it; no page is too long, and the total stays."""
    with case.subject.target.sandbox() as sandbox:
        look = Look(case, sandbox)
        most = None if case.subject.target.double else MOST_PAGES
        asked, seen = 0, list[Any]()
        for parts in islice(case.listing.pages(case.size, len(look.items)), most):
            answer, page = look.asked(parts)
            asked, seen = asked + 1, seen + look.steady_items(answer)
            if len(page) > case.size:
                got = f"a page of {len(page)}"
                look.broken(answer, "page too long", f"{case.size} items at most", got, "pages")
            if page:
                _check_total(look, answer)
        _check_pages(look, answer, look.steady_items(look.whole)[: asked * case.size], seen)


def _check_pages(look: Look, answer: Answer, expected: list[Any], seen: list[Any]) -> None:
    # Behind the end of a cut list there is more, which nobody has seen.
    seen = seen[: len(expected)] if look.is_cut else seen
    ids, shown = look.listing.ids(expected), look.listing.ids(seen)
    if not pointer.same(shown, ids):
        said = f"the pages hold {ids!r}"
        look.broken(answer, "pages differ from the whole", said, f"{shown!r}", "pages")
    for item, on_page in zip(expected, seen, strict=True):
        problem = next(iter(pointer.differences(item, on_page)), None)
        if problem is not None:
            said, got = (
                "shows an item on its page as in the whole",
                f"{look.listing.ids([item])[0]!r}: {problem}",
            )
            look.broken(answer, "page and whole disagree", said, got, "pages")


def _another(known: Any, number: int) -> Any:
    """An id of the same sort that no record of the seed has."""
    return FIRST + number if isinstance(known, int) else f"{known}x{number}"


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
        yield from _lacking(pointer.differences(item, shown, alone.get("except", ()))[:1])
        return
    for name in (name for name in item if name in shown):
        yield from _lacking(pointer.differences(item[name], shown[name])[:1])


def _lacking(lines: list[str]) -> Iterator[str]:
    """The same in words that blame neither: what is there more is what the list has less."""
    return (line.replace(pointer.SURPLUS, "is missing in the list") for line in lines)


def _some(case: Listed, items: list[Any]) -> list[Any]:
    """The items that are read alone: on a double all of them."""
    if case.subject.target.double or len(items) <= MOST_ALONE:
        return items
    return case.chance.sample(items, MOST_ALONE)
