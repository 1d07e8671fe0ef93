"""Findings grouped by what lies behind them: wider causes, wrong witnesses, and what a baseline knows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from contract_tests.harness.judging import baseline
from contract_tests.harness.judging.finding import Difference, Finding
from contract_tests.harness.judging.grouping import grouped
from contract_tests.harness.network.exchange import Request
from tests.contract_tests.runs import run_toy
from tests.contract_tests.test_baseline import KNOWN
from tests.contract_tests.test_verdict import answer, subject

ACME = subject()


def page(name: str) -> Finding:
    """A web page instead of an operation's success."""
    operation = ACME.contract.operations[name]
    told = answer(200, b"<html>", **{"content-type": "text/html"})
    difference = Difference(kind="refused", said="-", got="status 200", at=operation.pointer)
    return ACME.finding("examples", operation, difference, told, ["curl"])


def test_two_operations_may_be_two_mistakes_and_three_are_one() -> None:
    some = [page("get_parcel"), page("cancel_parcel")]
    assert [finding.operation for finding in grouped(some)] == ["get_parcel", "cancel_parcel"]
    (finding,) = grouped([*some, page("list_parcels")])
    assert (finding.operation, *finding.others) == ("get_parcel", "cancel_parcel", "list_parcels")
    assert finding.count == 3


def test_an_operation_keeps_its_fingerprint_whatever_else_is_found() -> None:
    (alone,) = grouped([page("get_parcel")])
    (again,) = grouped([replace(page("get_parcel"), seed=7, line=1, curl=["curl -i"], answer="200 else")])
    assert alone.fingerprint == again.fingerprint
    assert alone.fingerprint != grouped([page("cancel_parcel")])[0].fingerprint


def test_what_is_known_of_all_covers_one_and_of_one_not_all() -> None:
    names = ["get_parcel", "cancel_parcel", "list_parcels"]
    (everywhere,) = grouped(map(page, names))
    (one,) = grouped([page("get_parcel")])
    of_all, of_one = (structs.replace(KNOWN, fingerprint=found.fingerprint) for found in (everywhere, one))
    covered = grouped([page("get_parcel")], {of_all.fingerprint: of_all})
    assert [finding.known for finding in covered] == [of_all]
    partly = grouped(map(page, names), {of_one.fingerprint: of_one})
    assert [finding.known for finding in partly] == [of_one, None]


def test_a_read_that_shows_nothing_of_two_writes_is_one_cause() -> None:
    create, cancel = unread("create_parcel", "list_parcels"), unread("cancel_parcel", "list_parcels")
    (found,) = grouped([create, cancel])
    assert {found.operation, *found.others} == {"create_parcel", "cancel_parcel"}
    assert len(grouped([create, unread("cancel_parcel", "get_parcel")])) == 2
    assert len(grouped([create, unread("create_parcel", "get_parcel")])) == 1


def test_an_exchange_after_a_write_that_is_not_read_shows_the_same_field() -> None:
    lost = seen("write not read", "cancel_parcel", "/data/weight is 1, not 5", "get_parcel")
    weight = seen("documented body", "get_parcel", "/data/weight is 1, not 5", "get_parcel", "data", "weight")
    state = seen("documented body", "get_parcel", "/data/state is 1, not 2", "get_parcel", "data", "state")
    after = [replace(one, before=("cancel_parcel",)) for one in (weight, state)]
    assert len(grouped([lost, after[0]])) == 1
    assert len(grouped([lost, after[1]])) == 2
    assert len(grouped([lost, replace(after[0], before=("create_parcel",))])) == 2


def test_a_read_that_is_known_to_be_wrong_explains_no_lost_write() -> None:
    missing = seen("item missing", "list_parcels", "-", "list_parcels")
    lost = seen("write not read", "create_parcel", "0 such items are listed", "list_parcels")
    (found,) = grouped([missing, lost])
    entry = structs.replace(KNOWN, fingerprint=found.fingerprint)
    told = grouped([missing, lost], {entry.fingerprint: entry})
    assert [(one.kind, one.known) for one in told] == [("item missing", entry), ("write not read", None)]


def test_a_baseline_has_what_a_wrong_read_seems_to_show_as_well(toy_url: str, tmp_path: Path) -> None:
    run = run_toy(toy_url, operations=["get_parcel"], parts=["examples"])
    missing = seen("item missing", "list_parcels", "-", "list_parcels")
    lost = seen("write not read", "create_parcel", "0 such items are listed", "list_parcels")
    run = replace(run, verdicts=[replace(run.verdicts[0], findings=(missing, lost))])
    assert len(run.findings) == 1
    path = tmp_path / "known.toml"
    baseline.write(run, path, owner="Ana", reason="July", expires=date(2999, 1, 1))
    read = baseline.load(path)
    assert {entry.operation for entry in read.entries} == {"list_parcels", "create_parcel"}
    assert replace(run, baseline=read).exit_code == 0


def unread(name: str, read: str) -> Finding:
    """A write that a read does not show."""
    operation, reading = ACME.contract.operations[name], ACME.contract.operations[read]
    parcel = {"id": "2", "state": "WAITING", "weight": 5}
    path, data = {"get_parcel": ("/v9/parcels/2", parcel), "list_parcels": ("/v9/parcels", [])}[read]
    request = Request(method=reading.method, path=path)
    told = replace(answer(200, {"ok": True, "data": data}), request=request)
    assert ACME.responses.difference(reading, told) is None
    difference = Difference(kind="write not read", said="-", got="-", at=operation.pointer, of="body")
    return ACME.finding("agreement", operation, difference, told, ["curl"])


def test_what_is_lost_explains_what_is_read_afterwards() -> None:
    cancel, get = ACME.contract.operations["cancel_parcel"], ACME.contract.operations["get_parcel"]
    stays = Difference(kind="state", said="-", got="-", at=cancel.pointer, of="state", about=("lost",))
    lost = ACME.finding("lifecycle", cancel, stays, answer(200, {"ok": True}), ["curl"])
    unlike = Difference(kind="documented body", said="-", got="-", at=get.pointer)
    read = ACME.finding("examples", get, unlike, answer(200, {"ok": True}), ["curl"])
    after = replace(read, before=("cancel_parcel",))
    (found,) = grouped([lost, after])
    assert len(grouped([lost, read])) == 2
    entry = structs.replace(KNOWN, fingerprint=found.fingerprint)
    assert [one.known for one in grouped([lost, after], {entry.fingerprint: entry})] == [entry, None]
    assert len(grouped([after])) == 1


def test_a_read_that_is_wrong_itself_accuses_no_write() -> None:
    cancel, get = ACME.contract.operations["cancel_parcel"], ACME.contract.operations["get_parcel"]
    data = {"id": "2", "state": "CANCELLED", "weight": "heavy"}
    told = replace(
        answer(200, {"ok": True, "data": data}), request=Request(method=get.method, path="/v9/parcels/2")
    )
    broken = ACME.responses.difference(get, told)
    assert broken is not None
    wrong = ACME.finding("examples", get, broken, told, ["curl"])
    unread = Difference(kind="write not read", said="-", got="-", at=cancel.pointer, of="body")
    (found,) = grouped([ACME.finding("agreement", cancel, unread, told, ["curl", "curl"]), wrong])
    assert (found.operation, found.kind, found.others) == ("get_parcel", "body", ("cancel_parcel",))
    fine = replace(answer(200, {"ok": True, "data": {**data, "weight": 5}}), request=told.request)
    assert len(grouped([ACME.finding("agreement", cancel, unread, fine, ["curl"]), wrong])) == 2
    # Once the read is known to be wrong, what it seems to show is told by itself: no baseline hides it.
    entry = structs.replace(KNOWN, fingerprint=found.fingerprint)
    some = [ACME.finding("agreement", cancel, unread, told, ["curl"]), wrong]
    assert [(one.kind, one.known) for one in grouped(some, {entry.fingerprint: entry})] == [
        ("write not read", None),
        ("body", entry),
    ]


def seen(kind: str, name: str, got: str, read: str, *about: str) -> Finding:
    """A difference of an operation, as a documented answer of a read showed it."""
    operation, reading = ACME.contract.operations[name], ACME.contract.operations[read]
    path = {"get_parcel": "/v9/parcels/2", "list_parcels": "/v9/parcels"}[read]
    told = replace(answer(200, {"ok": True}), request=Request(method=reading.method, path=path))
    difference = Difference(kind=kind, said="-", got=got, at=operation.pointer, of="body", about=about)
    found = ACME.finding("agreement", operation, difference, told, ["curl"])
    assert found.seen_in == read
    return replace(found, causes=((kind, name, *about),), witness=())


@pytest.mark.parametrize(
    ("findings", "number"),
    [
        # A list that shows nothing shows no write either.
        ([("write not read", "create_parcel", "0 such items", "list_parcels")], 1),
        ([("item missing", "list_parcels", "-", "list_parcels")], 1),
        (
            [
                ("write not read", "create_parcel", "0 such items are listed", "list_parcels"),
                ("write not read", "cancel_parcel", "0 such items are listed", "list_parcels"),
                ("item missing", "list_parcels", "-", "list_parcels"),
            ],
            1,
        ),
        # A field that comes and goes explains that field, and no other.
        (
            [
                ("changes by itself", "get_parcel", "/data/trace is 1, and then 2", "get_parcel"),
                ("write not read", "cancel_parcel", "/data/state is 'WAITING'", "get_parcel"),
            ],
            2,
        ),
        # What another read shows is another matter.
        (
            [
                ("write not read", "create_parcel", "/data/weight is 1, not 5", "get_parcel"),
                ("item missing", "list_parcels", "-", "list_parcels"),
            ],
            2,
        ),
        # A field that is always wrong in one of two reads that should agree.
        (
            [
                ("list and item disagree", "list_parcels", "'2': /weight is 1, not 5", "get_parcel"),
                ("documented body", "get_parcel", "/data/weight is 1, not 5", "get_parcel", "data", "weight"),
                ("write not read", "create_parcel", "/data/weight is 1, not 5", "get_parcel"),
            ],
            1,
        ),
        (
            [
                ("documented body", "get_parcel", "/data/weight is 1, not 5", "get_parcel", "data", "weight"),
                (
                    "write not read",
                    "cancel_parcel",
                    "/data/state is 'WAITING', not 'CANCELLED'",
                    "get_parcel",
                ),
            ],
            2,
        ),
    ],
)
def test_what_a_read_shows_wrong_by_itself_is_no_lost_write(findings: list[Any], number: int) -> None:
    for some in (findings, findings[::-1]):
        found = grouped(seen(*one) for one in some)
        assert len(found) == number
        assert {one.operation for one in found} == {one[1] for one in some} or number == 1
