"""Two faults in one request: which recipes go together, and that the wrong one of two refusals is told."""

from __future__ import annotations

from typing import Any

import pytest

from contract_tests.harness.acting.pairing import both
from mockserver.server import serving
from tests.contract_tests.runs import run_toy
from tests.contract_tests.saboteur import Ask, Asked, Saboteur, Told
from tests.contract_tests.toy.double import Double

BAD = {"op": "replace", "path": "/body/reason", "value": 5}
LOST = {"op": "replace", "path": "/path/id", "value": "lost"}


async def looks_the_parcel_up_first(asked: Asked, ask: Ask) -> Told:
    """Whoever names a parcel that nobody has hears of that, whatever the body says."""
    return await ask(asked.having({"reason": "fine"}) if asked.path.endswith("/lost/cancel") else asked)


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        (
            {"patch": [BAD]},
            {"patch": [LOST], "vars": {"id": "lost"}},
            {"patch": [BAD, LOST], "vars": {"name": "reason", "field": "reason"}},
        ),
        (
            {"patch": [BAD], "vars": {"field": "why"}},
            {"state": "CANCELLED"},
            {"patch": [BAD], "state": "CANCELLED", "vars": {"name": "reason", "field": "why"}},
        ),
        ({"credential": "none"}, {"patch": [LOST]}, {"credential": "none", "patch": [LOST], "vars": {}}),
        ({"credential": "none"}, {"credential": "unprivileged"}, None),
        ({"patch": [BAD]}, {"patch": [BAD]}, None),
        ({"patch": [BAD]}, {"patch": [{"op": "replace", "path": "/body", "value": {}}]}, None),
        ({"patch": [{**BAD, "path": "/body/reason/0"}]}, {"patch": [BAD]}, None),
        ({"state": "CANCELLED"}, {"patch": [LOST]}, None),
        ({"patch": [BAD]}, {"raw": "[]"}, None),
        ({"patch": [BAD]}, {"media_type": "text/plain"}, None),
    ],
)
def test_recipes_go_together_unless_one_undoes_the_other(
    first: dict[str, Any], second: dict[str, Any], joined: dict[str, Any] | None
) -> None:
    assert both(first, second) == joined


def test_places_that_begin_alike_are_apart() -> None:
    assert both({"patch": [BAD]}, {"patch": [{**BAD, "path": "/body/reasons"}]}) is not None


def test_an_order_of_checks_that_is_not_the_listed_one_is_told() -> None:
    with serving(Saboteur(Double(), looks_the_parcel_up_first)) as url:
        run = run_toy(url, operations=["cancel_parcel"], parts=["refusals"])

    assert [(finding.operation, finding.kind) for finding in run.findings] == [("cancel_parcel", "status")]


def test_the_listed_order_is_no_finding(toy_url: str) -> None:
    run = run_toy(toy_url, operations=["cancel_parcel"], parts=["refusals"])

    assert run.findings == []
    assert any("reason-0 before missing" in verdict.label for verdict in run.verdicts)
