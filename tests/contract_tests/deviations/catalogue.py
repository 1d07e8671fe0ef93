"""Every deviation that a vendor's spec allows, and a fair sample of them."""

from __future__ import annotations

import random
from collections.abc import Iterator

from contract_tests.harness.network.wire import PATIENCE
from tests.contract_tests.deviations.answers import of_answers
from tests.contract_tests.deviations.company import of_company
from tests.contract_tests.deviations.deviation import Deviation
from tests.contract_tests.deviations.entry import of_credentials
from tests.contract_tests.deviations.inputs import of_invalid_input
from tests.contract_tests.deviations.lives import of_lives
from tests.contract_tests.deviations.memory import of_memory
from tests.contract_tests.deviations.reads import of_reads
from tests.contract_tests.deviations.refusals import of_refusals, of_statuses
from tests.contract_tests.deviations.survey import Survey
from tests.contract_tests.deviations.valid import of_valid_input
from tests.contract_tests.deviations.wires import of_the_wire

TOO_LATE = PATIENCE + 1  # seconds


def every(survey: Survey) -> Iterator[Deviation]:
    """All of them, family by family."""
    yield from of_answers(survey)
    yield from of_statuses(survey)
    yield from of_refusals(survey)
    yield from of_credentials(survey)
    yield from of_invalid_input(survey)
    yield from of_valid_input(survey)
    yield from of_memory(survey)
    yield from of_lives(survey)
    yield from of_reads(survey)
    yield from of_company(survey)
    yield from of_the_wire(survey, TOO_LATE)


def sampled(deviations: list[Deviation], seed: int, each: int) -> list[Deviation]:
    """At most `each` of every kind and vendor, over different operations as far as there are any."""
    chosen: list[Deviation] = []
    by_kind: dict[tuple[str, str], list[Deviation]] = {}
    for one in deviations:
        by_kind.setdefault((one.vendor, one.kind), []).append(one)
    for (vendor, kind), same in by_kind.items():
        chance = random.Random(f"{seed}/{vendor}/{kind}")  # noqa: S311 - which ones, not secrets
        shuffled = chance.sample(same, len(same))
        seen: dict[str, int] = {}
        ranked = []
        for one in shuffled:
            seen[one.operation] = seen.get(one.operation, 0) + 1
            ranked.append((seen[one.operation], one))
        ranked.sort(key=lambda item: item[0])
        chosen += [one for _, one in ranked[:each]]
    return chosen
