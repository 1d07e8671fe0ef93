"""The suite against Prism, which nobody here wrote: answers made from our specs hold, its own ways are found.

Each run has another seed and looks at some operations of each vendor, at others in the next.
"""

from __future__ import annotations

import random

import pytest

from contract_tests.harness.running.run import Run
from tests.contract_tests.runs import run_shipped
from tests.independent.conftest import promise
from tests.independent.traits import (
    ANY_CREDENTIAL,
    FIELD,
    NO_SUCH_MEDIA_TYPE,
    NO_SUCH_METHOD,
    NO_SUCH_PATH,
    NO_SUCH_STATUS,
    PRISM,
    STATELESS,
    met,
    unexplained,
)

pytestmark = [pytest.mark.prism, pytest.mark.usefixtures("credentials")]

WORDS = {NO_SUCH_MEDIA_TYPE, NO_SUCH_METHOD, NO_SUCH_PATH, NO_SUCH_STATUS}
DOORS = {ANY_CREDENTIAL, FIELD}


def test_answers_made_from_a_spec_satisfy_the_suite_and_prisms_own_do_not(
    vendor: str, prism_url: str, seed: int
) -> None:
    run = checked(vendor, prism_url, seed)
    assert not (odd := unexplained(run, PRISM)), "\n".join(odd)
    found = met(run, PRISM)
    assert found & WORDS, "a vendor's refusals are told from Prism's"
    assert found & DOORS, "a door that any key opens is found"


def checked(vendor: str, url: str, seed: int) -> Run:
    """A run over some operations: those that only read, and one that gets what is refused anyway."""
    known = promise(vendor).operations.values()
    chance = random.Random(f"{seed} {vendor}")  # noqa: S311 - no secret
    safe = sorted(operation.id for operation in known if operation.reads_only)
    others = sorted(operation.id for operation in known if not operation.reads_only)
    chosen = chance.sample(safe, min(2, len(safe))) + chance.sample(others, 1)
    run = run_shipped(url, vendor, operations=chosen, parts=STATELESS)
    assert run.problems == []
    assert {verdict.operation for verdict in run.verdicts} >= set(chosen)
    return run
