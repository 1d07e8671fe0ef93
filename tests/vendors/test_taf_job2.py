"""TAF: job 2, when it runs, in which order, and how it ends for a message."""

from __future__ import annotations

import base64
from typing import Any

import httpx
import pytest

from tests.vendors.taf_sender import TICKET, Sender, record, rubric

DOES_NOT_FIT = "A operacao solicitada no XML esta em desacordo com o cenario do registro na base do TAF"
# The seed records hold the rubric 100, and no 998.
KNOWN, UNKNOWN = "100", "998"


@pytest.fixture
def taf(double: httpx.Client) -> Sender:
    return Sender(double)


def outcome(taf: Sender, *records: dict[str, Any]) -> list[str]:
    """The errorCode of each record after one run; empty where it is integrated, `…` where it waits."""
    taf.send(*records)
    taf.run_job2()
    return [code(taf, one["registryKey"]) for one in records]


def code(taf: Sender, key: str) -> str:
    item = taf.item(key)
    if item["description"].startswith("Aguardando"):
        return "…"
    return "" if item["proccessed"] else str(item["errorCode"])


def deletion(receipt: str) -> str:
    inside = f"<infoExclusao><tpEvento>S-1200</tpEvento><nrRecEvt>{receipt}</nrRecEvt></infoExclusao>"
    return f"<eSocial><evtExclusao>{inside}</evtExclusao></eSocial>"


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
    assert outcome(taf, record("A", message)) == [expected]


@pytest.mark.parametrize("message", [" ", "<eSocial>", rubric("alteracao", UNKNOWN)])
def test_a_text_message_always_ends_well(taf: Sender, message: str) -> None:
    assert outcome(taf, record("A", message, messageType="1")) == [""]


def test_what_taf_has_follows_from_what_came_before(taf: Sender) -> None:
    steps = ["inclusao", "inclusao", "alteracao", "exclusao", "alteracao", "exclusao", "inclusao"]

    codes = [outcome(taf, record(f"K{number}", rubric(step, UNKNOWN))) for number, step in enumerate(steps)]

    assert codes == [[""], ["000008"], [""], [""], ["000007"], ["000007"], [""]]


def test_what_taf_has_is_told_by_group_event_and_identity(taf: Sender) -> None:
    assert outcome(taf, record("A", rubric("inclusao", "7"))) == [""]
    assert outcome(taf, record("B", rubric("inclusao", "8"))) == [""]
    assert outcome(taf, record("C", rubric("inclusao", "7"), registryType="S-1020")) == [""]
    assert outcome(taf, record("D", rubric("inclusao", "7"), sourceBranch="0200")) == ["000008"]

    taf.send(record("E", rubric("inclusao", "7"), sourceBranch="T1D MG 01"))
    taf.run_job2()

    [item] = taf.items(registryKey="E", sourceBranch="T1D MG 01")
    assert item["proccessed"] is True


def test_a_deleted_ticket_takes_what_it_brought_out_of_taf(taf: Sender) -> None:
    assert outcome(taf, record("A", rubric("inclusao", UNKNOWN))) == [""]
    taf.delete(TICKET)

    assert outcome(taf, record("B", rubric("alteracao", UNKNOWN))) == ["000007"]


def test_xml_without_a_declaration_is_no_utf8(taf: Sender) -> None:
    windows = base64.b64encode("<eSocial>ção</eSocial>".encode("cp1252")).decode()
    declared = '<?xml version="1.0" encoding="utf-8"?><eSocial>ção</eSocial>'
    lying = declared.encode("cp1252")

    assert outcome(taf, record("A", integrationMessage=windows), record("B", declared)) == ["", ""]
    assert outcome(taf, record("C", integrationMessage=base64.b64encode(lying).decode())) == ["000001"]


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


# ------------------------------------------------------------ the order of a run


def test_the_lower_priority_number_goes_first(taf: Sender) -> None:
    late = record("A", rubric("inclusao", "7"), registryPriority="5")
    early = record("B", rubric("alteracao", "7"), registryPriority="0")

    assert outcome(taf, late, early) == ["", "000007"]


def test_with_equal_priority_the_lower_rec_no_goes_first(taf: Sender) -> None:
    first = record("A", rubric("inclusao", "7"), registryPriority="2")
    second = record("B", rubric("alteracao", "7"), registryPriority="2")

    assert outcome(taf, first, second) == ["", ""]


def test_a_predecessor_goes_before_its_successor(taf: Sender) -> None:
    late = record("A", rubric("inclusao", "7"), registryPriority="5")
    early = record("B", rubric("alteracao", "7"), registryPriority="0", registryPredecessor="A")

    assert outcome(taf, late, early) == ["", ""]


@pytest.mark.parametrize("queue", ["0", "1"])
def test_an_inconsistent_predecessor_lets_its_successor_pass(taf: Sender, queue: str) -> None:
    wrong = record("A", rubric("alteracao", UNKNOWN))
    successor = record("B", registryPredecessor="A", integrationQueue=queue)

    assert outcome(taf, wrong, successor) == ["000007", ""]


def test_an_unknown_predecessor_stops_a_record_outside_the_queue(taf: Sender) -> None:
    assert outcome(taf, record("A", registryPredecessor="nobody")) == ["000030"]


def test_an_unknown_predecessor_sends_a_record_back_into_the_queue(taf: Sender) -> None:
    assert outcome(taf, record("A", registryPredecessor="later", integrationQueue="1")) == ["…"]
    assert taf.item("A")["integrationQueue"] == "F"

    taf.run_job2()
    assert code(taf, "A") == "…"
    assert outcome(taf, record("later")) == [""]
    assert code(taf, "A") == ""


def test_a_rejected_record_of_the_queue_is_marked(taf: Sender) -> None:
    taf.send(record("A", rubric("alteracao", UNKNOWN), integrationQueue="1"))
    taf.run_job2()

    assert taf.item("A")["integrationQueue"] == "R"


def test_a_predecessor_held_in_process_holds_its_successor(taf: Sender) -> None:
    taf.send(record("A"))
    taf.backstage("take_up", "A")

    assert outcome(taf, record("B", registryPredecessor="A", integrationQueue="1")) == ["…"]
    assert outcome(taf, record("C", registryPredecessor="A")) == ["000030"]
    taf.backstage("put_back", "A")
    taf.run_job2()
    assert [code(taf, key) for key in "AB"] == ["", ""]


@pytest.mark.parametrize(("queue", "expected"), [("0", ["", "000030"]), ("1", ["…", "…"])])
def test_a_circle_of_predecessors_ends(taf: Sender, queue: str, expected: list[str]) -> None:
    circle = [
        record("A", registryPredecessor="B", integrationQueue=queue),
        record("B", registryPredecessor="A", integrationQueue=queue),
    ]

    assert outcome(taf, *circle) == expected


def test_a_record_may_name_itself(taf: Sender) -> None:
    assert outcome(taf, record("A", registryPredecessor="A")) == ["000030"]


def test_a_long_chain_of_predecessors_is_followed_to_its_end(taf: Sender) -> None:
    chain = [record(f"K{n}", registryPredecessor=f"K{n + 1}") for n in range(1500)]

    taf.send(*chain, record("K1500"))
    taf.run_job2()

    assert {item["proccessed"] for item in taf.items(ticketCode=TICKET, lotQuantity=2000)} == {True}


# ------------------------------------------------------------ when it runs


def test_nothing_is_handled_by_itself(taf: Sender) -> None:
    taf.send(record("A"))
    taf.advance(86_400 * 365)

    assert code(taf, "A") == "…"


def test_with_a_delay_it_runs_by_the_clock(taf: Sender) -> None:
    taf.control("PUT", "state/taf/jobs/2", {"delay": 60})
    taf.freeze("2026-01-02T03:04:05Z")
    taf.send(record("A"))

    taf.advance(59.999)
    assert code(taf, "A") == "…"
    assert taf.errors(record("A")) == [[813]]
    taf.advance(0.001)
    assert code(taf, "A") == ""
    taf.send(record("A"))


def test_the_control_api_sees_what_the_clock_has_done(taf: Sender) -> None:
    taf.control("PUT", "state/taf/jobs/2", {"delay": 60})
    taf.send(record("A"))
    taf.advance(61)

    assert taf.control("GET", "state/taf/records/80")["state"] == "INTEGRATED"
    listed = taf.control("GET", "state/taf/records")["records"]
    assert {one["recno"]: one["state"] for one in listed}[80] == "INTEGRATED"


def test_without_any_delay_a_record_is_handled_before_the_next_request(taf: Sender) -> None:
    taf.control("PUT", "state/taf/jobs/2", {"delay": 0})

    assert taf.errors(record("A"), record("A")) == [[], [813]]
    assert code(taf, "A") == ""


def test_what_became_due_earlier_is_handled_first(taf: Sender) -> None:
    taf.control("PUT", "state/taf/jobs/2", {"delay": 60})
    taf.send(record("A", rubric("inclusao", "7"), registryPriority="5"))
    taf.advance(10)
    taf.send(record("B", rubric("inclusao", "7"), registryPriority="0"))
    taf.advance(100)

    assert [code(taf, key) for key in "AB"] == ["", "000008"]


def test_parts_that_arrived_in_time_are_handled_with_the_first(taf: Sender) -> None:
    taf.control("PUT", "state/taf/jobs/2", {"delay": 60})
    taf.send(record("A", "<eSocial>", messageSequential="001"))
    taf.advance(30)
    taf.send(record("A", "</eSocial>", messageSequential="002"))
    taf.advance(31)

    assert [item["proccessed"] for item in taf.items(registryKey="A")] == [True, True]


def test_a_record_back_in_the_queue_is_released_by_its_predecessor(taf: Sender) -> None:
    taf.control("PUT", "state/taf/jobs/2", {"delay": 60})
    taf.send(record("A", registryPredecessor="later", integrationQueue="1"))
    taf.advance(61)
    assert code(taf, "A") == "…"
    taf.send(record("later"))
    taf.advance(61)

    assert [code(taf, key) for key in ("A", "later")] == ["", ""]


@pytest.mark.parametrize("outcome", ["integrate", "find_inconsistent"])
def test_it_is_released_by_a_forced_outcome_too(taf: Sender, outcome: str) -> None:
    taf.control("PUT", "state/taf/jobs/2", {"delay": 60})
    taf.send(record("A", registryPredecessor="later", integrationQueue="1"))
    taf.advance(61)
    assert code(taf, "A") == "…"
    taf.send(record("later"))

    taf.backstage(outcome, "later")

    assert code(taf, "A") == ""


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_the_ends_of_the_calendar_stop_nobody(taf: Sender, instant: str) -> None:
    taf.control("PUT", "state/taf/jobs/2", {"delay": 60})
    taf.freeze(instant)
    taf.send(record("A"))

    assert code(taf, "A") == "…"
    taf.run_job2()
    assert code(taf, "A") == ""


# ------------------------------------------------------------ S-3000


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

    assert outcome(taf, deleting) == ["000007"]


def test_an_event_is_deleted_once(taf: Sender) -> None:
    assert outcome(taf, record("A")) == [""]
    assert outcome(taf, record("D", registryType="S-3000", registryPredecessor="A")) == [""]
    assert outcome(taf, record("E", registryType="S-3000", registryPredecessor="A")) == ["000007"]


def test_what_was_deleted_is_no_longer_in_taf(taf: Sender) -> None:
    assert outcome(taf, record("A", rubric("inclusao", "7"))) == [""]
    assert outcome(taf, record("D", registryType="S-3000", registryPredecessor="A")) == [""]

    assert outcome(taf, record("B", rubric("alteracao", "7"))) == ["000007"]
