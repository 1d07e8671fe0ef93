"""Parity where the target lets nobody make a record: on one that `resources` names, brought back or told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from contract_tests.harness.acting.step import Step
from contract_tests.harness.outside.ledger import read
from contract_tests.harness.parity import report
from contract_tests.harness.parity.result import Parity
from tests.contract_tests.compared import Doubles, beside, known_there, stranger, told
from tests.contract_tests.saboteur import Ask, Asked, Fault, Told, forgetting, honest

APPROVALS = ["297", "22736"]  # tasks of the seed that await an approval
ACTING = ("feedback", "check_out")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ledgers land in a folder of the test's own, and every vendor's door is open."""
    monkeypatch.chdir(tmp_path)
    for vendor in ("citsmart", "huawei_osm", "persat", "zeev"):
        known_there(monkeypatch, vendor)


def changed(behind: httpx.Client, vendor: str, collection: str) -> dict[str, Any]:
    """Records that the target held before and that are not as they were, by id."""
    said = behind.get(f"/_duble/changes/{vendor}").json()["changes"].get(collection, {})
    return {key: change["now"] for key, change in said.items() if change["seed"] is not None}


def why_left_out(result: Parity) -> dict[str, str]:
    return {omission.what: omission.why for omission in result.omissions}


async def knows_no_flow(asked: Asked, ask: Ask) -> Told:
    """Zeev's server has other flows than the examples'."""
    if not asked.matches("POST", "instances"):
        return await ask(asked)
    came = await forgetting(asked, ask)
    return await ask(asked.having({"flowId": 999_999})) if came.status == 200 else came


async def shows_no_task(asked: Asked, ask: Ask) -> Told:
    """Nor does it show a task that waits, so that nobody can finish one."""
    came = await knows_no_flow(asked, ask)
    if asked.matches("GET", r"instances/\d+") and came.status == 200:
        return came.having({**came.json, "instanceTasks": []})
    return came


async def accepted_with_202(asked: Asked, ask: Ask) -> Told:
    """A feedback is taken with another status than the documented one."""
    came = await ask(asked)
    is_it = asked.path.endswith("/feedback") and came.status == 200
    return came.having(came.json, 202) if is_it else came


async def forgotten(asked: Asked, ask: Ask) -> Told:
    """A feedback is confirmed and forgotten."""
    return await (forgetting if asked.path.endswith("/feedback") else honest)(asked, ask)


# ---------------------------------------------------------------- what is compared


def test_a_life_is_compared_on_a_record_that_the_target_names(ours: Doubles) -> None:
    """Beside it an open check-in of somebody else's, which the account of the run may not close."""
    named = {"approval": APPROVALS[:1], "check_in": ["95922"]}
    with stranger("citsmart") as (url, behind):
        result = beside(ours("citsmart"), url, writes="sandbox", operations=ACTING, resources=named)
        moved = changed(behind, "citsmart", "tasks")
        assert "95922" not in changed(behind, "citsmart", "check_ins")
    assert list(map(told, result.disparities)) == []
    assert feedback("awaiting_approval", "decided") in result.shown
    assert feedback("decided", "decided", refused=True) in result.shown
    assert {key: record["state"] for key, record in moved.items()} == {"297": "decided"}
    why = why_left_out(result)["check_in of resources, then check_out"]
    assert why.startswith("refused there as INPUT.not_checked_in: 95922 of resources.check_in may differ")
    assert result.warnings[0] == (
        "left behind: citsmart approval 297: was in state awaiting_approval before the run; "
        "no operation leads from state decided to awaiting_approval"
    )


def feedback(before: str, after: str, *, refused: bool = False) -> Step:
    return Step(entity="approval", mover="feedback", before=before, after=after, refused=refused)


def test_without_one_nothing_is_done_and_the_remedy_is_told(ours: Doubles) -> None:
    """None is named, or one that the target does not have."""
    with stranger("citsmart") as (url, behind):
        result = beside(
            ours("citsmart"), url, writes="sandbox", operations=ACTING, resources={"approval": ["5"]}
        )
        assert changed(behind, "citsmart", "tasks") == {}
    assert (result.disparities, result.warnings) == ([], [])
    why = why_left_out(result)
    assert why["approval of resources, then feedback"] == (
        "the target shows no state of 5 (resources.approval)"
    )
    assert why["check_in"].endswith("give resources.check_in in duble.toml")


@pytest.mark.parametrize(
    ("fault", "named", "kind", "repeated", "used_up"),
    [
        (accepted_with_202, APPROVALS, "status", True, False),
        (accepted_with_202, APPROVALS[:1], "status", False, True),
        (forgotten, APPROVALS[:1], "state", True, False),
    ],
)
def test_a_planted_difference_is_found(
    fault: Fault, named: list[str], kind: str, repeated: bool, used_up: bool, ours: Doubles
) -> None:
    """Whether it shows again can only be told where there is another record, or the same in its old state."""
    with stranger("citsmart", fault) as (url, _):
        result = beside(
            ours("citsmart"), url, writes="sandbox", operations=("feedback",), resources={"approval": named}
        )
    (found,) = [one for one in result.disparities if one.target.operation == "feedback"]
    assert (found.target.kind, found.repeated, found.used_up) == (kind, repeated, used_up)
    assert found.as_json()["repeated"] is (None if used_up else repeated)
    assert (report.USED_UP in report.as_markdown(result)) is used_up


# ---------------------------------------------------------------- what becomes of the record


def test_it_is_used_where_none_can_be_made_and_brought_back(ours: Doubles) -> None:
    """That the target knows none of the flows which the examples name is no fault of the double."""
    number = "890360388"
    with stranger("zeev", shows_no_task) as (url, behind):
        result = beside(
            ours("zeev"),
            url,
            writes="sandbox",
            operations=("create_instance", "cancel_instance"),
            resources={"instance": [number]},
        )
        assert behind.get(f"/_duble/state/zeev/instances/{number}").json()["state"] == "RUNNING"
        assert changed(behind, "zeev", "instances").keys() <= {number}
    assert list(map(told, result.disparities)) == []
    assert why_left_out(result)["create_instance by_flow"] == (
        "refused there as invalid_application: give `values` for create_instance, or resources.instance, "
        "in duble.toml"
    )
    assert {(move.mover, move.before, move.after) for move in moves(result) if not move.refused} == {
        ("cancel_instance", "RUNNING", "CANCELLED"),
        ("undo_cancel_instance", "CANCELLED", "RUNNING"),
    }
    assert result.warnings == []
    (ledger,) = Path(".duble").glob("ledger-*.jsonl")
    assert read(ledger).found == {("zeev", "instance", number): "RUNNING"}
    assert read(ledger).borrowed == {}


def test_where_a_move_leads_may_depend_on_the_record(ours: Doubles) -> None:
    """The last task of this instance and the first of the double's: finished, and going on."""
    with stranger("zeev", knows_no_flow) as (url, _):
        result = beside(
            ours("zeev"),
            url,
            writes="sandbox",
            operations=("finish_assignment",),
            resources={"instance": ["890360388"]},
        )
    assert list(map(told, result.disparities)) == []
    why = why_left_out(result)["instance of resources, then finish_assignment"]
    assert why == "finish_assignment: where it leads depends on the record"
    assert ("success", "finish_assignment") in result.shown


def moves(result: Parity) -> list[Step]:
    """Every move that both sides have shown alike."""
    return [found for found in result.shown if isinstance(found, Step)]


def test_it_is_left_alone_where_one_can_be_made(ours: Doubles) -> None:
    with stranger("persat") as (url, behind):
        result = beside(
            ours("persat"),
            url,
            writes="sandbox",
            operations=("cancel_work_order",),
            resources={"work_order": ["9"]},
        )
        assert "9" not in changed(behind, "persat", "work_orders")
    assert (result.disparities, result.warnings) == ([], [])
    assert ("success", "cancel_work_order") in result.shown


def test_what_no_state_tells_is_told(ours: Doubles) -> None:
    """A label of the vendor's, which says its id to nobody who makes one: changed and deleted."""
    with stranger("huawei_osm") as (url, behind):
        result = beside(
            ours("huawei_osm"),
            url,
            writes="sandbox",
            operations=("update_labels", "delete_labels"),
            resources={"label": ["9"]},
        )
        assert changed(behind, "huawei_osm", "labels") == {"9": None}
    assert list(map(told, result.disparities)) == []
    assert {("success", "update_labels"), ("success", "delete_labels")} <= result.shown
    assert result.warnings == [
        f"huawei_osm label 9: {name} acted on it, and no state tells whether it is as before"
        for name in ("delete_labels", "update_labels")
    ]
