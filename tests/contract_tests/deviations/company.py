"""Deviations that show only in company: a second filter, a later page, a second look."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Any

from contract_tests.harness.acting.agreement import agreement_of
from contract_tests.harness.acting.constancy import steady
from contract_tests.harness.acting.listing import Listing
from contract_tests.harness.spec import pointer
from contract_tests.harness.spec.operation import Operation
from tests.contract_tests.deviations.address import ABSENT, read, written
from tests.contract_tests.deviations.answers import lost_in_last, places, swapped
from tests.contract_tests.deviations.deviation import Deviation, always, at, succeeded
from tests.contract_tests.deviations.survey import Seen, Survey
from tests.contract_tests.saboteur import Ask, Asked, Fault, Told

_BOUND = frozenset({"enum", "format", "pattern", "maxLength"})


def of_company(survey: Survey) -> Iterator[Deviation]:
    """Every deviation of this family that the double's reads allow."""
    for operation in survey.contract.operations.values():
        seen = survey.seen(operation)
        if seen is not None and operation.reads_only:
            yield from _restless(survey, seen)
            yield from _lists(survey, operation)


def _restless(survey: Survey, seen: Seen) -> Iterator[Deviation]:
    """Each free text, another at every second read."""
    stays = steady(survey.contract, seen.operation, seen.told.json)
    for place in places(survey, seen):
        is_free = isinstance(place.value, str) and _BOUND.isdisjoint(place.schema)
        if is_free and pointer.every(stays, place.pointer):
            plant = _every_second(survey, seen.operation, place.pointer)
            yield _planted(survey, seen.operation, "changes by itself", place.pointer, plant)


def _every_second(survey: Survey, operation: Operation, place: str) -> Callable[[], Fault]:
    change = swapped(place, lambda value: f"{value} again" if isinstance(value, str) else value)

    def plant() -> Fault:
        number = count()

        async def changing(asked: Asked, ask: Ask) -> Told:
            told = await ask(asked)
            is_next = succeeded(survey.contract, told) and next(number) % 2
            return change(told) if is_next else told

        return at(survey.addresses, operation, changing)

    return plant


def _lists(survey: Survey, operation: Operation) -> Iterator[Deviation]:
    said = agreement_of(operation).get("list")
    if said is None:
        return
    listing = Listing(operation, said)
    told = survey.ask(operation, listing.whole)
    items = listing.items(told.json) if succeeded(survey.contract, told) else []
    if _tells(survey, listing, items):
        fault = _first_only(survey, listing)
        yield _planted(survey, operation, "second filter ignored", said["items"], always(fault))
    if "pages" in said and len(items) > 1 and isinstance(items[-1], Mapping):
        for name in items[-1]:
            fault = _poorer(survey, listing, f"{said['items']}/*{pointer.join([name])}")
            yield _planted(survey, operation, "less on later pages", name, always(fault))


def _tells(survey: Survey, listing: Listing, items: list[Any]) -> bool:
    """Whether some second filter makes a difference to what the seed records give."""
    for (first, second), (one, other) in listing.pairs(items, survey.chance(0, listing.operation.id)):
        both = survey.ask(listing.operation, listing.at_all({first.place: one, second.place: other}))
        alone = survey.ask(listing.operation, listing.at(first.place, one))
        if not survey.same(listing.operation, both, alone):
            return True
    return False


def _first_only(survey: Survey, listing: Listing) -> Fault:
    """Of several filters only the first counts."""
    contract, operation = survey.contract, listing.operation
    usual = {one.place: _usual(listing, one.place) for one in listing.selections}

    async def choosing(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        said = {place: read(contract, operation, asked, place) for place in usual}
        given = [place for place, value in said.items() if _told(value) != _told(usual[place])]
        if not succeeded(contract, told) or len(given) < 2:
            return told
        for place in given[1:]:
            asked = written(contract, operation, asked, place, usual[place])
        return await ask(asked)

    return at(survey.addresses, listing.operation, choosing)


def _poorer(survey: Survey, listing: Listing, place: str) -> Fault:
    """The last item of every page but the first lacks a property."""
    pages = listing.said["pages"]
    start = pages.get("offset") or pages["number"]
    first = 0 if "offset" in pages else pages.get("first", 1)

    async def thinning(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        begin = read(survey.contract, listing.operation, asked, start)
        is_first = begin is ABSENT or _told(begin) == str(first)
        return told if is_first or not succeeded(survey.contract, told) else lost_in_last(place)(told)

    return at(survey.addresses, listing.operation, thinning)


def _usual(listing: Listing, place: str) -> Any:
    found = pointer.every(listing.whole, f"/{place}")
    return found[0] if found else ABSENT


def _told(value: Any) -> str:
    return str(value).lower()


def _planted(
    survey: Survey, operation: Operation, kind: str, detail: str, plant: Callable[[], Fault]
) -> Deviation:
    return Deviation(kind, survey.contract.vendor, operation.id, detail, plant)
