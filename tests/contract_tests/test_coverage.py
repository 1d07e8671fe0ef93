"""The ledger counts what an answer of the run has shown, and names everything else."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from rich.console import Console

from contract_tests.harness.running.run import Vendor
from contract_tests.harness.spec.facts import KINDS, Part
from contract_tests.harness.telling.coverage import Row
from duble.coverage import Surveyed, coverage, show, survey
from duble.served import parts_of
from mockserver.app import VENDORS
from tests.contract_tests.runs import ACME, TOY
from tests.contract_tests.saboteur import Ask, Asked, Saboteur, Told
from tests.contract_tests.toy.double import Double
from tests.yaml_file import written

SPEC = written(TOY / "spec.yaml")
OPERATIONS = (
    "create_token",
    "list_parcels",
    "create_parcel",
    "get_parcel",
    "cancel_parcel",
    "restore_parcel",
)
SERVED: frozenset[Part] = frozenset(
    [
        *(("operation", id) for id in OPERATIONS),
        *(("error", id) for id in SPEC["x-errors"]),
        ("event", "depart"),
    ]
)


# All but generated requests, which take the longest and show nothing that the others don't.
SWIFT = ("examples", "refusals", "lifecycle", "authentication")


def drawn_up(double: Any = None, vendor: Vendor = ACME, served: frozenset[Part] = SERVED) -> Surveyed:
    return survey(vendor, double or Double(), served, profile="smoke", seed=3, parts=SWIFT)


def row(surveyed: Surveyed, kind: str) -> Row:
    return next(row for row in surveyed.ledger.rows if row.kind == kind)


def variant(folder: Path, change: Callable[[dict[str, Any]], None]) -> Vendor:
    """The invented vendor with a spec that says something more."""
    spec = written(TOY / "spec.yaml")
    change(spec)
    path = folder / "spec.yaml"
    path.write_text(yaml.safe_dump(spec, sort_keys=False), encoding="utf-8")
    return Vendor("acme", path, TOY / "fixtures")


@pytest.fixture(scope="module")
def whole() -> Surveyed:
    return drawn_up()


def test_a_double_that_keeps_its_contract_is_complete(whole: Surveyed) -> None:
    counts = {one.kind: (one.captured, one.served, one.tested) for one in whole.ledger.rows}
    assert tuple(counts) == KINDS
    assert counts["operations"] == (6, 6, 6)
    assert counts["statuses"] == (18, 18, 18)
    assert counts["errors"] == (14, 14, 14)
    assert counts["examples"] == (2, 2, 2)
    # created, cancelled, restored, departed
    assert counts["moves"] == (4, 4, 4)
    # cancel while TRAVELLING or CANCELLED, restore while WAITING or TRAVELLING
    assert counts["refused moves"] == (4, 4, 4)
    assert whole.exit_code == 0


def test_facts_are_counted_by_what_they_rest_on(whole: Surveyed) -> None:
    text = (TOY / "spec.yaml").read_text(encoding="utf-8")
    # The anchor of the framework's refusals stands once and is meant for four.
    assert whole.ledger.marks["assumed"] == text.count("mark: assumed") + 3
    assert whole.ledger.marks["observed"] == text.count("mark: observed") == 1
    assert whole.ledger.marks["public"] == 0
    assert whole.ledger.assumptions["ACME-A1"]["refuted_by"] == "A token of two hours that still opens."
    assert whole.ledger.assumptions["ACME-A1"]["facts"] == 1
    assert whole.ledger.assumptions["ACME-A2"]["facts"] == 4


def test_a_refusal_in_other_words_is_not_tested() -> None:
    async def other_words(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        if told.status != 409:
            return told
        return told.having({"ok": False, "error": {"code": "wrong_state", "text": "Go away"}})

    surveyed = drawn_up(Saboteur(Double(), other_words))
    assert row(surveyed, "errors").untested == ("wrong_state",)
    assert row(surveyed, "errors of operations").untested == (
        "cancel_parcel wrong_state",
        "restore_parcel wrong_state",
    )
    assert row(surveyed, "refused moves").tested == 0
    assert surveyed.findings
    assert surveyed.exit_code == 1


def test_an_undocumented_success_tests_nothing() -> None:
    async def accepted(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        cancels = asked.path.endswith("/cancel") and told.status == 200
        return told.having(told.json, 202) if cancels else told

    surveyed = drawn_up(Saboteur(Double(), accepted))
    assert row(surveyed, "operations").untested == ("cancel_parcel",)
    assert row(surveyed, "statuses").untested == ("cancel_parcel 200",)
    assert row(surveyed, "examples").untested == ("cancelled",)
    assert row(surveyed, "moves").untested == ("parcel: cancel_parcel WAITING -> CANCELLED",)


def test_a_move_that_no_client_can_read_is_not_tested() -> None:
    async def forgetful(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        if not told.json or (told.json.get("data") or {}) == {} or asked.method != "GET":
            return told
        data = told.json["data"]
        if isinstance(data, dict) and data.get("state") == "TRAVELLING" and data["id"] != "2":
            return told.having({"ok": True, "data": {**data, "state": "WAITING"}})
        return told

    surveyed = drawn_up(Saboteur(Double(), forgetful))
    assert row(surveyed, "moves").untested == ("parcel: depart WAITING -> TRAVELLING",)


def test_faults_of_the_double_itself_show_nothing() -> None:
    async def buggy(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        return told.saying("x-duble-bug", "1") if asked.path.endswith("/v9/parcels") else told

    surveyed = drawn_up(Saboteur(Double(), buggy))
    assert row(surveyed, "operations").untested == ("list_parcels", "create_parcel")


def test_an_error_without_a_recipe_is_named(tmp_path: Path) -> None:
    def claimed(spec: dict[str, Any]) -> None:
        source = {"mark": "documented", "document": "manual"}
        spec["x-errors"]["lame"] = {"status": 409, "code": "lame", "message": "Tired", "x-source": source}
        spec["paths"]["/parcels"]["get"]["x-errors"].append({"error": "lame"})

    surveyed = drawn_up(vendor=variant(tmp_path, claimed), served=SERVED | {("error", "lame")})
    assert row(surveyed, "errors").untested == ("lame",)
    assert row(surveyed, "errors of operations").untested == ("list_parcels lame",)
    assert surveyed.exit_code == 1


def test_a_wording_that_fits_everything_is_not_shown_by_what_is_worded_closer(tmp_path: Path) -> None:
    def vague(spec: dict[str, Any]) -> None:
        source = {"mark": "documented", "document": "manual"}
        spec["x-errors"]["vague"] = {"status": 400, "code": "invalid", "message": "{x}", "x-source": source}
        spec["paths"]["/parcels"]["get"]["x-errors"].append({"error": "vague"})

    surveyed = drawn_up(vendor=variant(tmp_path, vague), served=SERVED | {("error", "vague")})
    assert row(surveyed, "errors").untested == ("vague",)


def test_what_the_spec_leaves_out_is_named_and_no_gap(tmp_path: Path) -> None:
    def longer(spec: dict[str, Any]) -> None:
        source = {"mark": "documented", "document": "manual"}
        spec["x-errors"]["lame"] = {"status": 409, "code": "lame", "message": "Tired", "x-source": source}
        spec["paths"]["/parcels"]["get"]["responses"]["302"] = {"description": "Elsewhere"}
        spec["x-unserved"] = {
            "x-source": source,
            "operations": [{"operationId": "weigh", "method": "GET", "path": "/weights", "errors": ["lame"]}],
            "statuses": {"list_parcels": ["302"]},
        }

    surveyed = drawn_up(vendor=variant(tmp_path, longer))
    assert row(surveyed, "operations").left_out == ("weigh",)
    assert row(surveyed, "errors").left_out == ("lame",)
    assert row(surveyed, "statuses").left_out == ("list_parcels 302",)
    assert row(surveyed, "operations").captured == row(surveyed, "operations").served + 1 == 7
    assert surveyed.exit_code == 0


def test_what_nothing_serves_is_a_gap() -> None:
    surveyed = drawn_up(Saboteur(Double(), _without_trouble), served=SERVED - {("error", "tired")})
    assert row(surveyed, "errors").unserved == ("tired",)
    assert row(surveyed, "errors").untested == ()
    assert surveyed.exit_code == 1


def test_an_answer_counts_for_more_than_what_the_double_is_said_to_have() -> None:
    surveyed = drawn_up(served=SERVED - {("event", "depart"), ("operation", "restore_parcel")})
    assert surveyed.exit_code == 0


async def _without_trouble(asked: Asked, ask: Ask) -> Told:
    """A double in which no fault ever shows."""
    told = await ask(asked)
    return told.having({"ok": False}, 500) if told.status == 503 else told


def test_the_table_names_what_is_missing_and_what_would_refute() -> None:
    surveyed = drawn_up(Saboteur(Double(), _without_trouble))
    short, long = printed(surveyed, verbose=False), printed(surveyed, verbose=True)
    assert "errors                        14        14        13" in short
    assert "not tested, errors: tired" in short
    assert "in this run; what they are about is not tested" in short
    assert "refuted by" not in short
    assert "refuted by: A token of two hours that still opens." in long


def printed(surveyed: Surveyed, *, verbose: bool) -> str:
    console = Console(file=io.StringIO(), width=200, record=True)
    show(surveyed, console, verbose=verbose)
    return console.export_text()


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_part_of_a_shipped_double_is_known(vendor: str) -> None:
    kinds = {kind for kind, _ in parts_of(vendor)}
    assert {"operation", "error"} <= kinds


def test_the_command_prints_json_and_nothing_else() -> None:
    result = CliRunner().invoke(coverage, ["taf", "--seed", "5", "--json"], catch_exceptions=False)
    said = json.loads(result.stdout)
    (told,) = said["vendors"]
    assert [kind["kind"] for kind in told["kinds"]] == list(KINDS)
    assert {kind["kind"]: kind["untested"] for kind in told["kinds"] if kind["untested"]} == {}
    assert said["exit_code"] == result.exit_code == 0
    assert said["seed"] == 5


def test_an_unknown_vendor_cannot_be_surveyed() -> None:
    result = CliRunner().invoke(coverage, ["nobody"], catch_exceptions=False)
    assert result.exit_code == 2
    assert result.stderr == f"duble: nobody: no such vendor. Known: {', '.join(VENDORS)}\n"
