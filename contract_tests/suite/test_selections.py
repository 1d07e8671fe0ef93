"""A selection holds what fits and nothing else, alone and with another (`selects` of x-agreement)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from contract_tests.harness.acting.agreement import PART
from contract_tests.harness.acting.listing import Parts, Selection
from contract_tests.harness.acting.look import Listed, Look, listed
from contract_tests.harness.running.plugin import each
from contract_tests.harness.running.run import Run

__all__ = ["PART"]


@dataclass(frozen=True)
class Selecting(Listed):
    """A list with one place that narrows it."""

    selection: Selection | None = None

    @property
    def detail(self) -> str:
        """The place."""
        assert self.selection is not None
        return self.selection.place


def selecting(run: Run) -> Iterator[Selecting]:
    """Every list with every place that narrows it."""
    for case in listed(run):
        for selection in case.listing.selections:
            yield Selecting(case.subject, case.operation, selection=selection)


def combining(run: Run) -> Iterator[Listed]:
    """Every list with several places that narrow it."""
    return (case for case in listed(run) if len(case.listing.selections) > 1)


@each(selecting)
def test_a_selection_holds_what_fits_and_nothing_else(case: Selecting) -> None:
    """Compared with the whole list, for some of the values that its items have, and for one of nobody's."""
    selection = case.selection
    assert selection is not None
    with case.subject.target.sandbox() as sandbox:
        look = Look(case, sandbox)
        values = case.listing.values(look.items, selection.by, case.chance)
        several: dict[int, tuple[Parts, list[Any]]] = {}
        for sent in selection.tried(values):
            parts = case.listing.at(selection.place, sent)
            ids = look.selected(parts, [(selection, sent)])
            several[len(ids)] = parts, ids
        if "pages" in case.listing.said and max(several, default=0) > 0 and not look.is_cut:
            look.paged(*several[max(several)])


@each(combining)
def test_two_selections_at_once_hold_what_fits_both(case: Listed) -> None:
    """For some pairs of them, with values of one item, so that something is left."""
    with case.subject.target.sandbox() as sandbox:
        look = Look(case, sandbox)
        for pair, values in case.listing.pairs(look.items, case.chance):
            chosen = list(zip(pair, values, strict=True))
            look.selected(case.listing.at_all({one.place: sent for one, sent in chosen}), chosen)
