"""Lists of a server that is not ours: it may hold any number of records, and others may work there."""

from __future__ import annotations

from typing import Any

import pytest

from contract_tests.harness.running.prepare import prepared, shipped
from contract_tests.harness.running.run import Run
from contract_tests.harness.running.session import execute
from tests.contract_tests.foreign import Counter, opened
from tests.contract_tests.runs import Quiet
from tests.contract_tests.saboteur import Ask, Asked, Told

pytestmark = pytest.mark.usefixtures("credentials")
LABELS = "/v2/servicerequest/labels"
MANY = 120  # more than the 50 that one answer holds


def looked(server: Counter) -> Run:
    """A run that reads the labels of Huawei Cloud."""
    wanted: dict[str, Any] = {"parts": ["agreement"], "operations": ["list_labels"], "profile": "standard"}
    with prepared([shipped("huawei_osm")], url=server.url, **wanted) as run:
        execute(run, Quiet())
        return run


def fill(server: Counter) -> None:
    """More labels than a page holds."""
    for number in range(MANY):
        label = {"label_id": 100 + number, "name": f"Extra {number}", "color": "#4a90e2"}
        server.control("PUT", f"state/huawei_osm/labels/{100 + number}", label)


def test_a_list_that_is_longer_than_one_answer_is_not_blamed_and_not_read_to_its_end() -> None:
    with opened(["huawei_osm"]) as server:
        fill(server)
        run = looked(server)
    assert [str(finding) for finding in run.findings] == []
    assert run.problems == []
    assert 0 < sum(asked.path == LABELS for asked in server.asked) < MANY


@pytest.mark.parametrize("shown", [49, 200])
def test_a_wrong_total_is_found_however_long_the_list_is(shown: int) -> None:
    async def counts(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        if asked.path == LABELS and told.status == 200 and told.is_json:
            total = shown if told.json["total_count"] > 50 or shown > 50 else told.json["total_count"]
            return told.having({**told.json, "total_count": total})
        return told

    with opened(["huawei_osm"], counts) as server:
        if shown < 50:
            fill(server)
        run = looked(server)
    assert "wrong total" in {finding.kind for finding in run.findings}


def test_a_list_that_grows_while_it_is_read_is_left_out_and_told() -> None:
    added: list[int] = []

    async def grows(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        if asked.path == LABELS and told.status == 200 and told.is_json:
            added.append(100 + len(added))
            items = [{"label_id": number, "name": f"New {number}", "color": "#4a90e2"} for number in added]
            listed = told.json["label_list"] + items
            return told.having({**told.json, "label_list": listed, "total_count": len(listed)})
        return told

    with opened(["huawei_osm"], grows) as server:
        run = looked(server)
    assert [str(finding) for finding in run.findings] == []
    assert any("somebody else works there" in omission.why for omission in run.omissions)
