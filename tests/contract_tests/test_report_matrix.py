"""What the matrix of a report says of a run: seen, wrong, missing, left out, not looked for and why."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from contract_tests.harness import reports
from contract_tests.harness.reports.matrix import Cell, Matrix, Row
from contract_tests.harness.running.run import PARTS, Run, Vendor, Verdict
from mockserver.server import serving
from tests.contract_tests.reported import finding
from tests.contract_tests.runs import ACME, TOY, run_toy
from tests.contract_tests.saboteur import Ask, Asked, Fault, Saboteur, Told, honest
from tests.contract_tests.toy.double import Double
from tests.yaml_file import written

# Generated requests take the longest and show nothing that the others don't.
SWIFT = [part for part in PARTS if part != "conformance"]


def ran(fault: Fault = honest, vendor: Vendor = ACME, **wanted: Any) -> Run:
    with serving(Saboteur(Double(), fault)) as url:
        return run_toy(url, vendor, **{"parts": SWIFT, **wanted})


def drawn(run: Run) -> Matrix:
    (vendor,) = reports.summary(run).vendors
    return vendor.matrix


def row(matrix: Matrix, operation: str) -> Row:
    return next(row for row in matrix.rows if row.operation == operation)


def cell(matrix: Matrix, operation: str, section: str, label: str) -> Cell:
    return next(one for one in row(matrix, operation).sections[section] if one.label == label)


def states(matrix: Matrix) -> dict[str, set[str]]:
    """The states of all cells, by section."""
    found: dict[str, set[str]] = {}
    for one in matrix.rows:
        for name, cells in one.sections.items():
            found.setdefault(name, set()).update(cell.state for cell in cells)
    return found


@pytest.fixture(scope="module")
def whole(toy_url: str) -> Run:
    """A complete run against a double that keeps its contract."""
    return run_toy(toy_url)


def test_a_whole_run_has_seen_everything(whole: Run) -> None:
    matrix = drawn(whole)
    # As the spec has them: see the counts in test_coverage.
    assert matrix.counts["operations"] == (6, 6)
    assert matrix.counts["statuses"] == (18, 18)
    assert matrix.counts["moves"] == (4, 4)
    assert matrix.counts["refused moves"] == (4, 4)
    assert set().union(*states(matrix).values()) == {"seen"}


def test_rows_are_the_operations_in_the_order_of_the_spec_and_moves_of_the_staff_come_last(
    whole: Run,
) -> None:
    matrix = drawn(whole)
    spec = written(TOY / "spec.yaml")
    known = [
        (said["operationId"], method.upper(), path)
        for path, item in spec["paths"].items()
        for method, said in item.items()
        if method != "parameters"
    ]
    assert [(one.operation, one.method, one.path) for one in matrix.rows[:-1]] == known
    (move,) = matrix.rows[-1].sections["moves"]
    assert (matrix.rows[-1].operation, move.way, move.label) == ("", "parcel: depart", "WAITING → TRAVELLING")


def test_a_finding_stands_at_the_status_of_its_answer() -> None:
    async def shrunk(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        if asked.path.endswith("/cancel") and told.status == 200:
            return told.having({"ok": True, "data": {**told.json["data"], "weight": "heavy"}})
        return told

    run = ran(shrunk, parts=["examples"])
    matrix = drawn(run)
    (number,) = row(matrix, "cancel_parcel").findings
    assert run.findings[number - 1].operation == "cancel_parcel"
    assert cell(matrix, "cancel_parcel", "statuses", "200") == Cell(
        label="200", way="", state="finding", findings=(number,)
    )
    assert row(matrix, "cancel_parcel").state == "finding"
    assert row(matrix, "get_parcel").findings == ()


def with_finding(run: Run, **changes: Any) -> Run:
    """The run as if one of its tests had met this."""
    met = Verdict("acme", "examples", "cancel_parcel", "cancelled", 0.1, (finding(**changes),))
    return replace(run, verdicts=[*run.verdicts, met])


def test_only_the_operation_that_answered_is_wrong_in_its_status(whole: Run) -> None:
    matrix = drawn(with_finding(whole, answer="200 application/json {}", others=("get_parcel",), line=1))
    assert cell(matrix, "cancel_parcel", "statuses", "200").findings == (1,)
    assert cell(matrix, "get_parcel", "statuses", "200").state == "seen"
    assert row(matrix, "get_parcel").findings == (1,)
    assert row(matrix, "get_parcel").state == "finding"
    assert row(matrix, "list_parcels").findings == ()


def test_of_the_moves_of_an_operation_those_that_were_seen_are_not_the_wrong_ones(whole: Run) -> None:
    (subject,) = whole.subjects
    refused = {step for step in subject.walked if step.mover == "cancel_parcel" and step.refused}
    assert {step.before for step in refused} == {"TRAVELLING", "CANCELLED"}
    kept = subject.walked - {step for step in refused if step.before == "CANCELLED"}
    at = f"{subject.contract.operations['cancel_parcel'].pointer}/x-lifecycle"
    run = with_finding(whole, line=subject.contract.line(at), answer="-")
    changed = replace(subject, walked=kept)
    shown = {"acme": replace(run.shown["acme"], subject=changed)}
    matrix = drawn(replace(run, subjects=[changed], shown=shown))
    assert cell(matrix, "cancel_parcel", "refused moves", "CANCELLED").state == "finding"
    assert cell(matrix, "cancel_parcel", "refused moves", "TRAVELLING").state == "seen"
    assert cell(matrix, "cancel_parcel", "moves", "WAITING → CANCELLED").state == "seen"


def test_a_finding_stands_at_the_refusal_that_it_is_about() -> None:
    async def other_words(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        if told.status != 409:
            return told
        return told.having({"ok": False, "error": {"code": "wrong_state", "text": "Go away"}})

    matrix = drawn(ran(other_words, parts=["refusals", "lifecycle"]))
    about = {
        (one.operation, found.label)
        for one in matrix.rows
        for found in one.sections.get("errors", ())
        if found.state == "finding"
    }
    assert about == {("cancel_parcel", "wrong_state"), ("restore_parcel", "wrong_state")}


def test_what_was_looked_for_and_not_seen_is_a_gap(whole: Run) -> None:
    matrix = drawn(replace(whole, shown={}))
    assert cell(matrix, "create_token", "errors", "tired").state == "unseen"
    assert cell(matrix, "create_token", "statuses", "200").state == "unseen"
    assert all(one.is_gap for one in matrix.rows[:-1])


def test_what_was_not_asked_for_is_no_gap(toy_url: str) -> None:
    matrix = drawn(run_toy(toy_url, parts=["refusals"], operations=["cancel_parcel"]))
    elsewhere = row(matrix, "restore_parcel")
    moves = row(matrix, "cancel_parcel").sections["moves"]
    assert elsewhere.state == "unchecked"
    for one in (*elsewhere.sections["errors"], *moves):
        assert (one.state, one.why) == ("unchecked", "only what was asked for was looked at")
    assert not any(one.is_gap for one in matrix.rows)


def test_a_run_that_was_stopped_has_no_gaps_but_reasons(whole: Run) -> None:
    cut = replace(whole, verdicts=[], shown={}, stopped="the time is up", omissions={})
    for subject in cut.subjects:
        assert subject.walked  # moves that were walked stay seen
    matrix = drawn(cut)
    for one in row(matrix, "list_parcels").sections["statuses"]:
        assert (one.state, one.why) == ("unchecked", "the run was stopped before")
    assert states(matrix)["moves"] == {"seen"}


def test_a_server_that_is_not_ours_has_reasons_and_no_gaps(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.contract_tests.test_whole_runs import SECRET, Foreign

    monkeypatch.setenv("DUBLE_ACME_TOKEN", SECRET)
    with serving(Foreign()) as url:
        run = run_toy(url)
    matrix = drawn(run)
    assert row(matrix, "list_parcels").state == "seen"
    assert row(matrix, "cancel_parcel").state == "unchecked"
    trouble = cell(matrix, "get_parcel", "errors", "tired")
    assert (trouble.state, trouble.why) == ("unchecked", "only a double can be told to fail")
    assert cell(matrix, "get_parcel", "statuses", "5XX") == replace(trouble, label="5XX")
    assert states(matrix)["moves"] == {"unchecked"}


def test_what_the_spec_leaves_out_is_no_gap(tmp_path: Path) -> None:
    spec = written(TOY / "spec.yaml")
    spec["paths"]["/parcels"]["get"]["responses"]["302"] = {"description": "Elsewhere"}
    spec["x-unserved"] = {
        "x-source": {"mark": "documented", "document": "manual"},
        "operations": [{"operationId": "weigh", "method": "GET", "path": "/weights", "errors": []}],
        "statuses": {"list_parcels": ["302"]},
    }
    path = tmp_path / "spec.yaml"
    path.write_text(yaml.safe_dump(spec, sort_keys=False), encoding="utf-8")
    matrix = drawn(ran(vendor=Vendor("acme", path, TOY / "fixtures"), parts=["examples"]))
    assert row(matrix, "weigh") == Row(
        operation="weigh",
        method="GET",
        path="/weights",
        effect="",
        summary="",
        state="unserved",
        findings=(),
        sections={},
    )
    assert cell(matrix, "list_parcels", "statuses", "302").state == "unserved"
    assert matrix.counts["operations"][1] == 6
