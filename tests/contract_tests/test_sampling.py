"""What a small profile leaves out: never the last of its kind, and chosen by the seed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from contract_tests.harness.running.prepare import prepared
from contract_tests.harness.running.run import Run
from contract_tests.harness.running.sampling import sampled
from contract_tests.harness.running.session import execute
from contract_tests.harness.running.subject import Subject
from tests.contract_tests.runs import ACME, QUIET


@dataclass(frozen=True)
class Alike:
    """A case that others resemble."""

    subject: Subject
    label: str
    kind: tuple[str, ...]
    operation: None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Alone:
    """A case like no other."""

    subject: Subject
    label: str
    operation: None = None
    also: tuple[str, ...] = field(default=())


def run_of(url: str, profile: str, seed: int) -> Run:
    with prepared([ACME], url=url, profile=profile, seed=seed, parts=["refusals"]) as run:
        execute(run, QUIET)
        return run


def labels(subject: Subject) -> list[str]:
    cases: list[Any] = [Alike(subject, f"{kind}{n}", (kind,)) for kind in "ab" for n in range(9)]
    return [case.label for case in sampled([cases[0], Alone(subject, "alone"), *cases[1:]])]


def test_one_of_each_kind_is_kept_in_order_and_the_seed_says_which(toy_url: str) -> None:
    chosen = set()
    for seed in range(20):
        with prepared([ACME], url=toy_url, seed=seed) as run:
            found = labels(run.subjects[0])
            assert found == labels(run.subjects[0])
        assert sorted(label[0] for label in found) == ["a", "a", "b"]
        assert "alone" in found
        chosen.update(found)
    assert len(chosen) > 10


def test_smoke_meets_every_error_of_every_operation(toy_url: str) -> None:
    whole, small = run_of(toy_url, "standard", 1), run_of(toy_url, "smoke", 1)
    assert small.shown["acme"].refusals == whole.shown["acme"].refusals
    assert len(small.verdicts) + small.left_out == len(whole.verdicts)
    assert small.left_out > whole.left_out == 0
