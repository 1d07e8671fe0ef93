"""TAF: how job 2 ends for a message, and for a message in parts."""

from __future__ import annotations

import base64

import pytest

from tests.vendors.taf_sender import KNOWN, TICKET, UNKNOWN, Sender, record, rubric

DOES_NOT_FIT = "A operacao solicitada no XML esta em desacordo com o cenario do registro na base do TAF"


# ------------------------------------------------------------ how it ends


def test_an_integrated_record_is_active_and_has_a_blank_status(taf: Sender) -> None:
    taf.send(record("A", registryPriority="3", integrationQueue="1"))
    taf.run_job2()

    assert taf.item("A") == {
        "success": True,
        "proccessed": True,
        "description": "Registro Processado.",
        "ticketCode": TICKET,
        "statusCode": " ",
        "statusDescription": "Registro Integrado",
        "active": True,
        "receiptNumber": "",
    }


def test_an_inconsistent_record_says_why(taf: Sender) -> None:
    taf.send(record("A", rubric("alteracao", UNKNOWN), registryPriority="3"))
    taf.run_job2()

    assert taf.item("A") == {
        "success": True,
        "proccessed": False,
        "description": "Registro Inconsistente.",
        "ticketCode": TICKET,
        "errorCode": "000007",
        "errorDescription": DOES_NOT_FIT,
        "errorDetail": "",
        "receiptNumber": "",
        "registryPriority": "3",
        "integrationQueue": "",
    }


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (rubric("inclusao", UNKNOWN), ""),
        (rubric("inclusao", KNOWN), "000008"),
        (rubric("alteracao", KNOWN), ""),
        (rubric("alteracao", UNKNOWN), "000007"),
        (rubric("exclusao", KNOWN), ""),
        (rubric("exclusao", UNKNOWN), "000007"),
        ("<eSocial/>", ""),
        ("<eSocial><evtTabRubrica><inclusao/></evtTabRubrica></eSocial>", ""),
        ("<eSocial>", "000001"),
        ("<a></b>", "000001"),
        ("text", "000001"),
        ('<?xml version="1.0" encoding="nobody-knows"?><a/>', "000001"),
        (" \n ", "000032"),
    ],
)
def test_a_message_ends_by_what_it_asks(taf: Sender, message: str, expected: str) -> None:
    assert taf.outcome(record("A", message)) == [expected]


@pytest.mark.parametrize("message", [" ", "<eSocial>", rubric("alteracao", UNKNOWN)])
def test_a_text_message_always_ends_well(taf: Sender, message: str) -> None:
    assert taf.outcome(record("A", message, messageType="1")) == [""]


def test_what_taf_has_follows_from_what_came_before(taf: Sender) -> None:
    steps = ["inclusao", "inclusao", "alteracao", "exclusao", "alteracao", "exclusao", "inclusao"]

    codes = [taf.outcome(record(f"K{number}", rubric(step, UNKNOWN))) for number, step in enumerate(steps)]

    assert codes == [[""], ["000008"], [""], [""], ["000007"], ["000007"], [""]]


def test_what_taf_has_is_told_by_group_event_and_identity(taf: Sender) -> None:
    assert taf.outcome(record("A", rubric("inclusao", "7"))) == [""]
    assert taf.outcome(record("B", rubric("inclusao", "8"))) == [""]
    assert taf.outcome(record("C", rubric("inclusao", "7"), registryType="S-1020")) == [""]
    assert taf.outcome(record("D", rubric("inclusao", "7"), sourceBranch="0200")) == ["000008"]

    taf.send(record("E", rubric("inclusao", "7"), sourceBranch="T1D MG 01"))
    taf.run_job2()

    [item] = taf.items(registryKey="E", sourceBranch="T1D MG 01")
    assert item["proccessed"] is True


def test_a_deleted_ticket_takes_what_it_brought_out_of_taf(taf: Sender) -> None:
    assert taf.outcome(record("A", rubric("inclusao", UNKNOWN))) == [""]
    taf.delete(TICKET)

    assert taf.outcome(record("B", rubric("alteracao", UNKNOWN))) == ["000007"]


def test_xml_without_a_declaration_is_no_utf8(taf: Sender) -> None:
    windows = base64.b64encode("<eSocial>ção</eSocial>".encode("cp1252")).decode()
    declared = '<?xml version="1.0" encoding="utf-8"?><eSocial>ção</eSocial>'
    lying = declared.encode("cp1252")

    assert taf.outcome(record("A", integrationMessage=windows), record("B", declared)) == ["", ""]
    assert taf.outcome(record("C", integrationMessage=base64.b64encode(lying).decode())) == ["000001"]


# ------------------------------------------------------------ messages in parts


def test_parts_are_joined_by_sequence_and_share_the_outcome(taf: Sender) -> None:
    message = rubric("alteracao", UNKNOWN)
    parts = {"2": message[20:], "1": message[:20]}

    taf.send(*(record("A", part, messageSequential=number) for number, part in parts.items()))
    taf.run_job2()

    items = taf.items(registryKey="A")
    assert [item["errorCode"] for item in items] == ["000007", "000007"]


def test_parts_that_make_no_document_fail_together(taf: Sender) -> None:
    taf.send(record("A", "<eSocial>", messageSequential="001"), record("A", "<a>", messageSequential="002"))
    taf.run_job2()

    assert [item["errorCode"] for item in taf.items(registryKey="A")] == ["000001", "000001"]


def test_a_part_that_comes_after_its_message_was_taken_up_is_handled_alone(taf: Sender) -> None:
    taf.send(record("A", messageSequential="001"))
    taf.backstage("take_up", "A")
    taf.send(record("A", messageSequential="002"))
    taf.run_job2()

    assert [item["proccessed"] for item in taf.items(registryKey="A")] == [False, True]
