"""A run that goes on until its time is up: rounds with other seeds, and what each of them adds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contract_tests.harness.running.prepare import prepared
from contract_tests.harness.running.profiles import Profile
from contract_tests.harness.running.rounds import seed_of
from contract_tests.harness.running.run import Run
from contract_tests.harness.running.session import execute
from tests.contract_tests.runs import ACME, Quiet

SMALL = Profile("small", examples=2, histories=2, steps=4, shrinks=False, thorough=False)
SEED = 7


class Minutes(Quiet):
    """A clock on which a round takes a minute, and nothing else takes any time."""

    def __init__(self) -> None:
        self.time = 0.0

    def begins(self, total: int) -> None:
        """Another round, another minute: none of its tests is over before the clock says so."""
        self.time += 60.0


def timed(url: str, seconds: float) -> Run:
    """A run that may take so long, on a clock of its own."""
    clock = Minutes()
    profile = replace(SMALL, seconds=seconds)
    with prepared([ACME], url=url, profile=profile, seed=SEED, parts=["lifecycle"]) as run:
        run.now = lambda: clock.time
        execute(run, clock, workers=1)
    return run


@pytest.mark.parametrize(("seconds", "rounds"), [(61.0, 1), (121.0, 2)])
def test_rounds_go_on_with_other_seeds_until_the_time_is_up(
    seconds: float, rounds: int, toy_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The round that the end of the time cuts short counts as none, and is no problem."""
    seeds: list[int] = []
    take_in = Run.take_in

    def heard(run: Run, again: Run) -> None:
        seeds.append(again.seed)
        take_in(run, again)

    monkeypatch.setattr(Run, "take_in", heard)
    run = timed(toy_url, seconds)
    assert (run.rounds, run.problems, run.seed) == (rounds, [], SEED)
    assert seeds == [seed_of(SEED, number) for number in range(2, rounds + 2)]
    assert len({verdict.test for verdict in run.verdicts}) == len(run.verdicts) > 0


def test_the_first_round_has_the_seed_of_the_run_and_no_other_has_it_again() -> None:
    assert seed_of(SEED, 1) == SEED
    assert len({seed_of(SEED, number) for number in range(1, 100)}) == 99


def test_what_another_round_finds_is_found(toy_url: str) -> None:
    with prepared([ACME], url=toy_url, profile=SMALL, parts=["examples"]) as run:
        execute(run, Quiet())
    again = replace(run, verdicts=[replace(run.verdicts[0], problem="lost", seconds=1.0)], rounds=1)
    before, tests = run.verdicts[0].seconds, len(run.verdicts)
    run.take_in(again)
    assert (len(run.verdicts), run.rounds) == (tests, 2)
    assert run.verdicts[0].seconds == before + 1.0
    assert run.exit_code == 2
