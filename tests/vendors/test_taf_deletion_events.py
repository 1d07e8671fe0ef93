"""TAF: deletion events (S-3000), what they find and what they leave."""

from __future__ import annotations

import pytest

from tests.vendors.taf_sender import UNKNOWN, Sender, record, rubric


def deletion(receipt: str) -> str:
    inside = f"<infoExclusao><tpEvento>S-1200</tpEvento><nrRecEvt>{receipt}</nrRecEvt></infoExclusao>"
    return f"<eSocial><evtExclusao>{inside}</evtExclusao></eSocial>"


def test_a_deletion_event_finds_its_target_by_receipt(taf: Sender) -> None:
    taf.send(record("A"))
    taf.run_job2()
    taf.backstage("transmit", "A")
    taf.backstage("authorise", "A", receiptNumber="1.2.42")
    taf.send(record("D", deletion("1.2.42"), registryType="S-3000"))
    taf.run_job2()

    assert (taf.item("A")["active"], taf.item("A")["statusCode"]) == (False, "4")
    shown = taf.item("D")
    assert {name: shown[name] for name in ("proccessed", "active", "statusCode", "receiptNumber")} == {
        "proccessed": True,
        "active": False,
        "statusCode": "",
        "receiptNumber": "",
    }
    assert (shown["statusDescription"], shown["deleteType"]) == ("Registro Integrado", "1")


@pytest.mark.parametrize(
    ("moves", "delete_type"),
    [
        ([], "0"),
        (["validate"], "0"),
        (["invalidate"], "0"),
        (["transmit"], "1"),
        (["transmit", "reject"], "1"),
        (["transmit", "authorise"], "1"),
    ],
)
def test_a_deletion_event_finds_its_target_by_predecessor(
    taf: Sender, moves: list[str], delete_type: str
) -> None:
    taf.send(record("A"))
    taf.run_job2()
    for move in moves:
        taf.backstage(move, "A")
    taf.send(record("D", registryType="S-3000", registryPredecessor="A"))
    taf.run_job2()

    assert taf.item("D")["deleteType"] == delete_type
    assert taf.item("A")["active"] is False
    assert "deleteType" not in taf.item("A")


@pytest.mark.parametrize("predecessor", ["", "W"])
def test_a_deletion_event_without_a_target_does_not_fit(taf: Sender, predecessor: str) -> None:
    taf.send(record("W", rubric("alteracao", UNKNOWN)))
    deleting = record("D", deletion("1.2.404"), registryType="S-3000", registryPredecessor=predecessor)

    assert taf.outcome(deleting) == ["000007"]


def test_an_event_is_deleted_once(taf: Sender) -> None:
    assert taf.outcome(record("A")) == [""]
    assert taf.outcome(record("D", registryType="S-3000", registryPredecessor="A")) == [""]
    assert taf.outcome(record("E", registryType="S-3000", registryPredecessor="A")) == ["000007"]


def test_what_was_deleted_is_no_longer_in_taf(taf: Sender) -> None:
    assert taf.outcome(record("A", rubric("inclusao", "7"))) == [""]
    assert taf.outcome(record("D", registryType="S-3000", registryPredecessor="A")) == [""]

    assert taf.outcome(record("B", rubric("alteracao", "7"))) == ["000007"]
