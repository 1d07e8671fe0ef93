"""The suite notices what is planted: of each family one deviation of each vendor, always the same ones."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator

import pytest

from mockserver.app import VENDORS
from tests.contract_tests.deviations.catalogue import sampled
from tests.contract_tests.deviations.deviation import Deviation
from tests.contract_tests.deviations.trial import Stand, stand

SEED = secrets.randbits(16)
# One for each family; `python -m tests.contract_tests.deviations` tries them all.
KINDS = (
    "number as text",
    "changed error code",
    "wrong credential accepted",
    "almost good credential accepted",
    "lost write",
    "stale read, cached",
    "another's record",
    "last item lost",
    "item twice",
)
# What the generator finds no place for in a vendor's spec; a kind that vanishes elsewhere is noticed.
IMPOSSIBLE = {
    "taf": ("stale read, cached", "another's record", "last item lost", "item twice"),
    "zeev": ("last item lost", "item twice"),
    "citsmart": ("another's record",),
}
CHOICE = 1
"""Which deviations are planted: a test has the same verdict every day; the runner tries others."""


@pytest.fixture(scope="module", params=list(VENDORS))
def place(request: pytest.FixtureRequest) -> Iterator[Stand]:
    """A vendor's double with a saboteur before it."""
    with stand(request.param) as found:
        yield found


def chosen(place: Stand, kind: str) -> Deviation | None:
    """One deviation of a kind, if this vendor's spec allows any."""
    known = [one for one in place.deviations if one.kind == kind]
    return next(iter(sampled(known, CHOICE, 1)), None)


@pytest.mark.parametrize("kind", KINDS)
def test_a_planted_deviation_is_caught(place: Stand, kind: str) -> None:
    deviation = chosen(place, kind)
    if kind in IMPOSSIBLE.get(place.survey.contract.vendor, ()):
        assert deviation is None
        return
    assert deviation is not None, f"the generator has no {kind} any more"
    trial = place.tried(deviation, SEED)
    assert trial.caught, f"seed {SEED}: {deviation}"


def test_nothing_is_found_where_nothing_is_planted(place: Stand) -> None:
    vendor = place.survey.contract.vendor
    operations = list(place.survey.contract.operations)
    some = random.Random(SEED).sample(operations, min(3, len(operations)))  # noqa: S311 - which ones, not secrets
    run = place.run(vendor, SEED, "standard", operations=some, parts=("agreement", "examples", "refusals"))
    assert [str(finding) for finding in run.findings] == [], f"seed {SEED}"
    assert run.problems == []


def test_every_vendor_can_go_wrong_in_most_ways(place: Stand) -> None:
    kinds = {one.kind for one in place.deviations}
    assert len(kinds) >= 40


def test_a_sample_spreads_over_operations(place: Stand) -> None:
    known = [one for one in place.deviations if one.kind == "changed status"]
    picked = sampled(known, SEED, 3)
    assert len(picked) == 3
    assert len({one.operation for one in picked}) == 3
