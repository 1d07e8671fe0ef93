"""TAF: DELETE takes tickets back, with everything that became of their records."""

from __future__ import annotations

from typing import Any

import pytest

from tests.vendors.taf_sender import PATH, TICKET, Sender, record, rubric


def fault(taf: Sender, **request: Any) -> tuple[int, int]:
    answer = taf.client.request("DELETE", PATH, **request)
    assert answer.json().keys() == {"errorCode", "errorMessage"}
    return answer.status_code, answer.json()["errorCode"]


def found(taf: Sender, ticket: str, **query: Any) -> bool:
    return bool(taf.items(ticketCode=ticket, **query)[0]["success"])


def test_a_ticket_goes_with_all_its_records(taf: Sender) -> None:
    taf.send(record("A"), record("B"))
    taf.send(record("C"), ticket="other")

    assert taf.delete(TICKET) == {"success": True}

    assert (found(taf, TICKET), found(taf, "other")) == (False, True)
    assert [taf.item(key)["success"] for key in "ABC"] == [False, False, True]


@pytest.mark.parametrize("text", ["\x1c", "\x1d", "\x85"])
def test_what_only_python_calls_blank_is_a_ticket(taf: Sender, text: str) -> None:
    taf.send(record("A"), ticket=text)
    assert taf.delete(text) == {"success": True}


@pytest.mark.parametrize("text", ["", " ", "\t\r\n", "\u00a0\u3000", "\ufeff"])
def test_a_blank_is_no_ticket(taf: Sender, text: str) -> None:
    assert fault(taf, json={"deleteTicket": [{"ticketCode": text}]}) == (500, 704)


def test_several_tickets_go_at_once(taf: Sender) -> None:
    for ticket in ("one", "two", "three"):
        taf.send(record(ticket), ticket=ticket)

    taf.delete("one", "three", "unknown", "one")

    assert [found(taf, ticket) for ticket in ("one", "two", "three")] == [False, True, False]


def test_a_key_stays_in_other_tickets(taf: Sender) -> None:
    taf.send(record("A"), ticket="old")
    taf.run_job2()
    taf.send(record("A"), ticket="new")

    taf.delete("new")

    [item] = taf.items(registryKey="A")
    assert (item["ticketCode"], item["proccessed"]) == ("old", True)


@pytest.mark.parametrize("state", ["WAITING", "INCONSISTENT", "TRANSMITTED", "AUTHORISED", "LOGLESS"])
def test_a_ticket_goes_whatever_became_of_it(taf: Sender, state: str) -> None:
    rows = taf.control("GET", "state/taf/records")["records"]
    [ticket] = {row["ticket_code"] for row in rows if row["state"] == state}

    assert taf.delete(ticket) == {"success": True}

    left = taf.control("GET", "state/taf/records")["records"]
    assert left == [row for row in rows if row["ticket_code"] != ticket]


def test_a_record_in_process_goes_too(taf: Sender) -> None:
    taf.send(record("A"))
    taf.backstage("take_up", "A")

    taf.delete(TICKET)

    taf.send(record("A"))


def test_a_key_is_free_again_once_its_ticket_is_gone(taf: Sender) -> None:
    taf.send(record("A"))
    taf.delete(TICKET)

    taf.send(record("A"), ticket="again")


def test_what_was_integrated_leaves_taf(taf: Sender) -> None:
    taf.send(record("A", rubric("inclusao", "7")))
    taf.run_job2()
    taf.delete(TICKET)
    taf.send(record("B", rubric("inclusao", "7")))
    taf.run_job2()

    assert taf.item("B")["proccessed"] is True


def test_only_the_branchs_group_is_touched(taf: Sender) -> None:
    other = "T1D MG 01"
    taf.send(record("A"))
    taf.send(record("A", sourceBranch=other))

    taf.delete(TICKET)
    assert (found(taf, TICKET), found(taf, TICKET, sourceBranch=other)) == (False, True)
    taf.delete(TICKET, sourceBranch="0200")
    assert found(taf, TICKET, sourceBranch=other) is True
    taf.delete(TICKET, sourceBranch=other)
    assert found(taf, TICKET, sourceBranch=other) is False


def test_an_unregistered_branch_deletes_nothing(taf: Sender) -> None:
    taf.send(record("A"))

    text = "O valor do campo sourceBranch (TAFFIL) não está no cadastro no complemento de empresas."
    assert taf.delete(TICKET, sourceBranch="9999") == {"coderr": 803, "description": text}
    assert found(taf, TICKET)


def test_nothing_to_delete_is_no_error(taf: Sender) -> None:
    assert taf.delete() == {"success": True}
    assert taf.delete("unknown") == {"success": True}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", 704),
        (b"{}", 704),
        (b"[]", 704),
        (b"null", 704),
        (b'"x"', 704),
        (b'{"deleteTicket": null}', 704),
        (b'{"deleteTicket": {}}', 704),
        (b'{"deleteTicket": "x"}', 704),
        (b'{"deleteTicket": [', 705),
        (b"\xff", 705),
        (b'{"deleteTicket": [{"ticketCode": "\\ud800"}]}', 705),
    ],
)
def test_a_body_that_names_no_tickets_is_a_fault(taf: Sender, body: bytes, code: int) -> None:
    assert fault(taf, content=body) == (500, code)


@pytest.mark.parametrize("ticket", [None, "", "  ", 7, True, ["x"], "T" * 37])
def test_an_item_without_a_ticket_is_a_fault_and_deletes_nothing(taf: Sender, ticket: Any) -> None:
    taf.send(record("A"))
    items = [{"ticketCode": TICKET}, {"ticketCode": ticket}, {"ticketCode": None}]

    answer = taf.client.request("DELETE", PATH, json={"deleteTicket": items})

    assert (answer.status_code, answer.json()["errorCode"]) == (500, 704)
    assert "item 2 " in answer.json()["errorMessage"]
    assert found(taf, TICKET)


@pytest.mark.parametrize("item", [None, TICKET, [], {}, {"ticket": TICKET}])
def test_an_item_that_is_none_is_counted_from_1(taf: Sender, item: Any) -> None:
    answer = taf.client.request("DELETE", PATH, json={"deleteTicket": [item]})

    assert (answer.status_code, answer.json()["errorCode"]) == (500, 704)
    assert "item 1 " in answer.json()["errorMessage"]


def test_the_checks_come_in_order(taf: Sender) -> None:
    def code(**request: Any) -> int:
        answer = taf.client.request("DELETE", PATH, params={"sourceBranch": "9999"}, **request).json()
        return int(answer.get("errorCode", answer.get("coderr")))

    assert code() == 704
    assert code(content=b"{") == 705
    assert code(json={}) == 704
    assert code(json={"deleteTicket": [{}]}) == 803
