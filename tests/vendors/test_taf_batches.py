"""TAF: what POST rejects as a whole, and which branches share a batch."""

from __future__ import annotations

from typing import Any

import pytest

from tests.vendors.taf_sender import PATH, TICKET, Sender, record, without

REJECTED_BRANCH = "O valor do campo sourceBranch (TAFFIL) não está no cadastro no complemento de empresas."


# ------------------------------------------------------------ the batch as a whole


def test_a_batch_answers_every_key_and_counts_all_of_them(taf: Sender) -> None:
    answer = taf.post(record("A"), record("B", registryPriority="8"), record("C"))

    assert [(one["key"], one["success"]) for one in answer["registryKey"]] == [
        ("A", True),
        ("B", False),
        ("C", True),
    ]
    assert (answer["ticketCode"], answer["keyAmount"]) == (TICKET, 3)
    assert taf.stored() == ["A", "C"]


@pytest.mark.parametrize("branch", ["9999", "0" * 41, "0100 "])
def test_the_first_branch_is_not_registered(taf: Sender, branch: str) -> None:
    answer = taf.post(record("A", sourceBranch=branch), record("B"))

    assert answer == {"coderr": 803, "description": REJECTED_BRANCH}
    assert taf.ask(ticketCode=TICKET)["maxRecNo"] == 0


@pytest.mark.parametrize("branch", ["", "  ", None, 100, ["0100"]])
def test_no_record_names_a_branch(taf: Sender, branch: Any) -> None:
    answer = taf.post(record("A", sourceBranch=branch), without("sourceBranch"), "B")

    assert answer["coderr"] == 811
    assert answer.keys() == {"coderr", "description"}


def test_the_first_branch_that_is_there_decides(taf: Sender) -> None:
    assert taf.errors(record("A", sourceBranch=""), record("B")) == [[801, 803], []]
    assert taf.post(record("C", sourceBranch=""), record("D", sourceBranch="9999"))["coderr"] == 803


@pytest.mark.parametrize("lote", [None, [], {}, "x", 1])
def test_without_records_there_is_no_branch(taf: Sender, lote: Any) -> None:
    answer = taf.client.post(PATH, json={"ticketCode": TICKET, "lote": lote})

    assert (answer.status_code, answer.json()["coderr"]) == (200, 811)


@pytest.mark.parametrize("body", [b"[]", b"null", b"7", b'"x"', b"{}"])
def test_json_that_is_no_batch_has_no_branch_either(taf: Sender, body: bytes) -> None:
    answer = taf.client.post(PATH, content=body)

    assert (answer.status_code, answer.json()["coderr"]) == (200, 811)


@pytest.mark.parametrize(
    ("ticket", "code"),
    [("", 801), ("  ", 801), (None, 801), ("T" * 37, 802), (7, 802), (["T"], 802), (True, 802)],
)
def test_a_ticket_that_will_not_do_rejects_the_batch(taf: Sender, ticket: Any, code: int) -> None:
    answer = taf.post(record("A"), ticket=ticket)

    assert answer["coderr"] == code
    assert "TAFTICKET (ticketCode)" in answer["description"]
    assert taf.item("A")["success"] is False


def test_a_ticket_that_is_not_there_rejects_the_batch(taf: Sender) -> None:
    assert taf.client.post(PATH, json={"lote": [record("A")]}).json()["coderr"] == 800


def test_a_ticket_of_36_characters_is_taken(taf: Sender) -> None:
    taf.send(record("A"), ticket="ñ" * 36)

    assert taf.items(ticketCode="ñ" * 36)[0]["registryKey"] == "A"


def test_the_checks_of_a_batch_come_in_order(taf: Sender) -> None:
    def said(**kwargs: Any) -> Any:
        answer = taf.client.post(PATH, **kwargs).json()
        return answer.get("errorCode", answer.get("coderr"))

    stranger = {"ticketCode": "", "lote": [record("A", sourceBranch="9999")]}
    assert said() == 704
    assert said(content=b'{"lote": [') == 705
    assert said(json={"ticketCode": "", "lote": [without("sourceBranch")]}) == 811
    assert said(json=stranger) == 803
    assert said(json={"ticketCode": "", "lote": [record("A", registryPriority="8")]}) == 801


def test_a_server_may_answer_201(taf: Sender) -> None:
    taf.setting(post_status=201)

    answer = taf.client.post(PATH, json={"ticketCode": TICKET, "lote": [record("A")]})
    rejected = taf.client.post(PATH, json={"ticketCode": TICKET, "lote": []})

    assert (answer.status_code, answer.json()["keyAmount"]) == (201, 1)
    assert rejected.status_code == 200


def test_a_later_batch_joins_the_ticket(taf: Sender) -> None:
    taf.send(record("A"))
    taf.send(record("B"))

    assert taf.stored() == ["A", "B"]


# ------------------------------------------------------------ company groups


def test_branches_of_one_group_share_a_batch(taf: Sender) -> None:
    taf.send(record("A"), record("B", sourceBranch="0200"), record("C", sourceBranch="01"))


def test_a_branch_of_another_group_is_refused_by_name(taf: Sender) -> None:
    [_, refused] = taf.post(record("A"), record("B", sourceBranch="T1D MG 01"))["registryKey"]

    text = (
        "Código da Filial ERP T1D MG 01 não pertence ao mesmo Grupo de Empresas no TAF considerando "
        "os registros integrados anteriormente neste lote."
    )
    assert refused["error"] == [{"coderr": 812, "description": text}]


def test_the_comparison_goes_with_the_branch_that_decides(taf: Sender) -> None:
    other = "T1D MG 01"

    assert taf.errors(record("A", sourceBranch=other), record("B"), record("C", sourceBranch=other)) == [
        [],
        [812],
        [],
    ]


def test_branches_are_the_installations(taf: Sender) -> None:
    taf.control("PUT", "state/taf/branches/9999", {"group": "1"})

    taf.send(record("A"), record("B", sourceBranch="9999"))
