"""The suite against Connexion's own mock: another router, another validator, other words."""

from __future__ import annotations

import random

import pytest

from tests.contract_tests.runs import run_shipped
from tests.independent.conftest import promise
from tests.independent.traits import CONNEXION, PROBLEM, STATELESS, met, unexplained

pytestmark = pytest.mark.usefixtures("credentials")

MOST = 2  # operations of a run


def test_examples_of_a_spec_satisfy_the_suite_and_connexions_own_words_do_not(
    vendor: str, connexion_url: str, seed: int
) -> None:
    reads = sorted(operation.id for operation in promise(vendor).operations.values() if operation.reads_only)
    chance = random.Random(f"{seed} {vendor}")  # noqa: S311 - no secret
    chosen = chance.sample(reads, min(MOST, len(reads)))
    run = run_shipped(connexion_url, vendor, operations=chosen, parts=STATELESS)
    assert run.problems == []
    assert {verdict.operation for verdict in run.verdicts} >= set(chosen)
    assert not (odd := unexplained(run, CONNEXION)), "\n".join(odd)
    assert PROBLEM in met(run, CONNEXION), "a vendor's refusals are told from Connexion's"
