"""Prism's validator and our double's call the same requests valid, reads and writes alike.

Requests are generated and hand-made, valid and invalid; where Prism reads one in its own way, a rule says so.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator

import pytest

from contract_tests.harness.spec.operation import Operation
from tests.independent.comparison import Comparison
from tests.independent.conftest import compared
from tests.independent.generated import exchanges
from tests.independent.probes import probes

pytestmark = pytest.mark.prism

PROBED, GENERATED = 3, 1  # operations of each vendor in a run; other runs take others


@pytest.fixture
def comparison(vendor: str, prism_url: str) -> Iterator[Comparison]:
    """Both servers; what the hollow double says of its own emptiness stays out of the log."""
    log = logging.getLogger("duble")
    before, log.disabled = log.disabled, True
    with compared(vendor, prism_url) as made:
        yield made
    log.disabled = before


def test_requests_in_doubt_meet_one_verdict(comparison: Comparison, seed: int) -> None:
    found: list[str] = []
    for operation in _some(comparison, seed, PROBED):
        asked = probes(comparison.contract, operation, comparison.credential)
        found += comparison.disagreements(operation, ((request, None) for _, request in asked))
    assert not found, "\n".join(found)


def test_generated_requests_meet_one_verdict(comparison: Comparison, seed: int) -> None:
    found: list[str] = []
    for operation in _some(comparison, seed, GENERATED):
        made = exchanges(comparison.contract, operation, comparison.prism, comparison.credential, seed)
        found += comparison.disagreements(operation, made)
    assert not found, "\n".join(found)


def _some(comparison: Comparison, seed: int, most: int) -> list[Operation]:
    known = list(comparison.contract.operations.values())
    chance = random.Random(f"{seed} {comparison.contract.vendor}")  # noqa: S311 - no secret
    return chance.sample(known, min(most, len(known)))
