"""TAF: what GET tells of tickets and keys, and how it comes in pages."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.vendors.taf_sender import PATH, TICKET, Sender, record

WAITING = {
    "success": True,
    "proccessed": False,
    "description": "Aguardando Processamento.",
    "errorCode": "",
    "errorDescription": "",
    "errorDetail": "",
    "receiptNumber": "",
    "registryPriority": "5",
    "integrationQueue": "",
}
SEARCH_MODE = "O parâmetro searchMode deve ser preenchido com 1 ou 2."


def fault(taf: Sender, **query: Any) -> tuple[int, int]:
    answer = taf.client.get(PATH, params=query)
    assert answer.json().keys() == {"errorCode", "errorMessage"}
    return answer.status_code, answer.json()["errorCode"]


def keys(answer: Any) -> list[str]:
    return [item["registryKey"] for item in answer["items"]]


# ------------------------------------------------------------ what is asked for


def test_a_ticket_groups_by_ticket_and_shows_keys(taf: Sender) -> None:
    taf.send(record("A"), record("B", registryPriority="0", integrationQueue="1"))

    assert taf.ask(ticketCode=TICKET) == {
        "type": "ticketCode",
        "code": TICKET,
        "items": [
            WAITING | {"registryKey": "A"},
            WAITING | {"registryKey": "B", "registryPriority": "0", "integrationQueue": "F"},
        ],
        "lastRecNo": 81,
        "maxRecNo": 81,
    }


def test_a_key_groups_by_key_and_shows_tickets(taf: Sender) -> None:
    taf.send(record("A"))

    assert taf.ask(registryKey="A") == {
        "type": "registryKey",
        "code": "A",
        "items": [WAITING | {"ticketCode": TICKET}],
        "lastRecNo": 80,
        "maxRecNo": 80,
    }


def test_both_group_by_ticket_and_find_the_key_in_it(taf: Sender) -> None:
    taf.send(record("A"), record("B"))
    taf.send(record("A", registryType="S-1020"), ticket="other")

    answer = taf.ask(ticketCode=TICKET, registryKey="A")

    assert (answer["type"], answer["code"], keys(answer)) == ("ticketCode", TICKET, ["A"])
    assert (answer["lastRecNo"], answer["maxRecNo"]) == (80, 80)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"ticketCode": "t"}, {"type": "ticketCode", "code": "t", "registryKey": ""}),
        ({"registryKey": "k"}, {"type": "registryKey", "code": "k", "ticketCode": ""}),
        (
            {"ticketCode": "t", "registryKey": "k"},
            {"type": "ticketCode", "code": "t", "registryKey": "k"},
        ),
        ({"ticketCode": "t" * 5000}, {"type": "ticketCode", "code": "t" * 5000, "registryKey": ""}),
    ],
)
def test_nothing_found_is_one_item_without_success(
    taf: Sender, query: dict[str, str], expected: dict[str, str]
) -> None:
    answer = taf.ask(**query)

    [item] = answer.pop("items")
    named = {name: item[name] for name in ("registryKey", "ticketCode") if name in item}
    assert {"type": answer["type"], "code": answer["code"], **named} == expected
    assert (item["success"], item["proccessed"], item["errorCode"]) == (False, False, "")
    assert (answer["lastRecNo"], answer["maxRecNo"]) == (0, 0)


@pytest.mark.parametrize("text", ["Aguardando Processamento do Job2.", "Aguardando Processamento"])
def test_waiting_has_three_texts(taf: Sender, text: str) -> None:
    taf.send(record("A"))
    taf.setting(waiting_text=text)

    assert taf.item("A")["description"] == text


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"ticketCode": TICKET}, 701),
        ({"ticketCode": TICKET, "startRecNo": ""}, 701),
        ({"ticketCode": TICKET, "startRecNo": "-1"}, 701),
        ({"ticketCode": TICKET, "startRecNo": "1.0"}, 701),
        ({"ticketCode": TICKET, "startRecNo": "0x1"}, 701),
        ({"ticketCode": TICKET, "startRecNo": " 1"}, 701),
        ({"ticketCode": TICKET, "startRecNo": "٣"}, 701),
        ({"ticketCode": TICKET, "startRecNo": "9" * 5000}, 701),
        ({"startRecNo": 0}, 701),
        ({"startRecNo": 0, "ticketCode": "", "registryKey": ""}, 701),
        ({"startRecNo": 0, "registryKey": "A", "searchMode": 0}, 703),
        ({"startRecNo": 0, "registryKey": "A", "searchMode": 3}, 703),
        ({"startRecNo": 0, "registryKey": "A", "searchMode": ""}, 703),
        ({"startRecNo": 0, "registryKey": "A", "searchMode": "last"}, 703),
    ],
)
def test_what_cannot_be_asked_is_a_fault(taf: Sender, query: dict[str, Any], code: int) -> None:
    assert fault(taf, **query) == (500, code)


def test_the_checks_come_in_order(taf: Sender) -> None:
    stranger = taf.client.get(PATH, params={"sourceBranch": "9999", "searchMode": 3})
    assert (stranger.status_code, stranger.json()["coderr"]) == (200, 803)
    texts = {
        taf.client.get(PATH, params=query).json()["errorMessage"]
        for query in ({"searchMode": 3}, {"searchMode": 3, "startRecNo": 0})
    }
    assert len(texts) == 2
    assert SEARCH_MODE not in texts
    last = taf.client.get(PATH, params={"searchMode": 3, "startRecNo": 0, "ticketCode": "x"})
    assert last.json() == {"errorCode": 703, "errorMessage": SEARCH_MODE}


def test_an_older_server_has_its_own_number(taf: Sender) -> None:
    taf.setting(old_server=True)

    assert taf.client.get(PATH, params={"startRecNo": 0}).json() == {
        "errorCode": 101,
        "errorMessage": "obrigatorio o envio do parametro ticketCode ou registryKey",
    }
    assert fault(taf) == (500, 701)


# ------------------------------------------------------------ company groups


def test_a_branch_chooses_the_group_and_filters_nothing(taf: Sender) -> None:
    taf.send(record("A", sourceBranch="0100"))
    taf.send(record("A", sourceBranch="T1D MG 01"))

    assert taf.ask(registryKey="A")["maxRecNo"] == 80
    assert taf.ask(registryKey="A", sourceBranch="01")["maxRecNo"] == 80
    assert taf.ask(registryKey="A", sourceBranch="T1D MG 01")["maxRecNo"] == 81
    assert taf.ask(registryKey="A", sourceBranch="")["maxRecNo"] == 80


@pytest.mark.parametrize("branch", ["9999", "x" * 41, "%00", "0100 "])
def test_an_unregistered_branch_is_answered_as_a_batch_is(taf: Sender, branch: str) -> None:
    answer = taf.client.get(PATH, params={"sourceBranch": branch, "registryKey": "A", "startRecNo": 0})

    text = "O valor do campo sourceBranch (TAFFIL) não está no cadastro no complemento de empresas."
    assert (answer.status_code, answer.json()) == (200, {"coderr": 803, "description": text})


def test_without_a_first_branch_there_is_no_group(taf: Sender) -> None:
    taf.setting(first_branch="nowhere")

    answer = taf.client.get(PATH, params={"registryKey": "A", "startRecNo": 0})

    text = "Não há configuração de empresas na chave PrepareIn seção TAF_CFGJOB"
    assert answer.json() == {"coderr": 809, "description": text}


# ------------------------------------------------------------ occurrences of a key


@pytest.fixture
def sent_thrice(taf: Sender) -> Sender:
    """The key A with RecNo 80 integrated, 81 inconsistent and 82 waiting, in three tickets."""
    for ticket, outcome in (("one", "integrate"), ("two", "find_inconsistent"), ("three", None)):
        taf.send(record("A"), ticket=ticket)
        if outcome:
            taf.backstage(outcome, "A")
    return taf


def test_without_search_mode_every_occurrence_comes(sent_thrice: Sender) -> None:
    answer = sent_thrice.ask(registryKey="A")

    assert [item["ticketCode"] for item in answer["items"]] == ["one", "two", "three"]
    assert (answer["lastRecNo"], answer["maxRecNo"]) == (82, 82)


@pytest.mark.parametrize(
    ("mode", "ticket", "recno"), [(1, "three", 82), (2, "one", 80)], ids=["last", "last valid"]
)
def test_search_mode_brings_one_occurrence(sent_thrice: Sender, mode: int, ticket: str, recno: int) -> None:
    answer = sent_thrice.ask(registryKey="A", searchMode=mode)

    assert [item["ticketCode"] for item in answer["items"]] == [ticket]
    assert (answer["lastRecNo"], answer["maxRecNo"]) == (recno, recno)


def test_no_valid_occurrence_is_nothing_found(taf: Sender) -> None:
    taf.send(record("A"))

    answer = taf.ask(registryKey="A", searchMode=2)

    assert (answer["items"][0]["success"], answer["maxRecNo"]) == (False, 0)


def test_search_mode_with_a_ticket_chooses_inside_it(taf: Sender) -> None:
    taf.send(record("A"), record("B"), record("C"))
    taf.backstage("integrate", "B")

    assert keys(taf.ask(ticketCode=TICKET, searchMode=1)) == ["C"]
    assert keys(taf.ask(ticketCode=TICKET, searchMode=2)) == ["B"]
    assert keys(taf.ask(ticketCode=TICKET, registryKey="A", searchMode=1)) == ["A"]


def test_the_occurrence_may_lie_before_the_start(sent_thrice: Sender) -> None:
    answer = sent_thrice.ask(registryKey="A", searchMode=2, startRecNo=81)

    assert (answer["items"][0]["success"], answer["maxRecNo"]) == (False, 0)


# ------------------------------------------------------------ pages


def pages(taf: Sender, **query: Any) -> list[Any]:
    """Every answer, as the page tells clients to go on: from lastRecNo + 1 until it is maxRecNo."""
    answers = [taf.ask(**query)]
    while answers[-1]["lastRecNo"] != answers[-1]["maxRecNo"]:
        answers.append(taf.ask(**query | {"startRecNo": answers[-1]["lastRecNo"] + 1}))
        assert len(answers) < 50
    return answers


def test_500_records_make_a_page(taf: Sender) -> None:
    sent = [record(f"K{number}") for number in range(1001)]
    taf.send(*sent)

    answers = pages(taf, ticketCode=TICKET)

    assert [len(answer["items"]) for answer in answers] == [500, 500, 1]
    assert [key for answer in answers for key in keys(answer)] == [one["registryKey"] for one in sent]
    assert {answer["maxRecNo"] for answer in answers} == {1080}
    assert [answer["lastRecNo"] for answer in answers] == [579, 1079, 1080]


@pytest.mark.parametrize(
    ("quantity", "sizes"),
    [("2", [2, 2, 1]), ("5", [5]), ("600", [5]), ("0", [5]), ("-1", [5]), ("x", [5]), ("", [5])],
)
def test_lot_quantity_takes_the_place_of_the_500(taf: Sender, quantity: str, sizes: list[int]) -> None:
    taf.send(*(record(f"K{number}") for number in range(5)))

    answers = pages(taf, ticketCode=TICKET, lotQuantity=quantity)

    assert [len(answer["items"]) for answer in answers] == sizes


@pytest.mark.parametrize("quantity", [501, 10**20])
def test_lot_quantity_may_exceed_the_500(taf: Sender, quantity: int) -> None:
    taf.send(*(record(f"K{number}") for number in range(501)))

    assert len(taf.items(ticketCode=TICKET, lotQuantity=quantity)) == 501


def test_850_kilobytes_make_a_page(taf: Sender) -> None:
    taf.send(*(record(f"K{number}" + "á" * 90, registryType="T999") for number in range(3000)))

    first = taf.client.get(PATH, params={"ticketCode": TICKET, "startRecNo": 0, "lotQuantity": 5000})
    answers = pages(taf, ticketCode=TICKET, lotQuantity=5000)

    # One more would go beyond; items here differ in one digit at most.
    item = len(json.dumps(answers[0]["items"][-1], ensure_ascii=False, separators=(",", ":")).encode()) + 1
    assert 850_000 - item - 1 <= len(first.content) <= 850_000
    found = [key for answer in answers for key in keys(answer)]
    assert found == [f"K{number}" + "á" * 90 for number in range(3000)]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_page_loses_or_repeats_a_record(taf: Sender, data: st.DataObject) -> None:
    lengths = data.draw(st.lists(st.integers(1, 100), min_size=1, max_size=12))
    size = data.draw(st.integers(1, 1500))
    start = data.draw(st.integers(0, 20))
    query = {"lotQuantity": data.draw(st.integers(1, 14))} if data.draw(st.booleans()) else {}
    taf.control("POST", "reset", {})
    taf.setting(max_bytes=size, max_records=data.draw(st.integers(1, 14)))
    sent = []
    for number, length in enumerate(lengths):
        sent.append(f"{number}".ljust(length, "é"))
        # Records of another ticket between them, so that RecNos have gaps.
        taf.send(record(sent[-1]), ticket=TICKET)
        taf.send(record(f"other {number}"), ticket="other")

    answers = pages(taf, ticketCode=TICKET, startRecNo=80 + start, **query)

    expected = sent[(start + 1) // 2 :]
    assert [key for answer in answers for key in keys(answer)] == (expected or [""])
    for answer in answers:
        taken = len(json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode())
        assert taken <= size or len(answer["items"]) == 1


def test_rec_nos_are_never_given_out_again(taf: Sender) -> None:
    taf.send(record("A"), record("B"))
    taf.delete(TICKET)
    taf.send(record("A"))

    assert taf.ask(registryKey="A")["maxRecNo"] == 82


def test_rec_nos_go_on_from_the_highest_stored(taf: Sender) -> None:
    taf.send(record("A"))
    kept = taf.control("GET", "state/taf/records/80") | {"registry_key": "Z"}
    taf.control("PUT", "state/taf/records/5000", {k: v for k, v in kept.items() if k not in ("id", "recno")})

    taf.send(record("B"))

    assert taf.ask(registryKey="B")["maxRecNo"] == 5001


@pytest.mark.parametrize("start", [81, 82, 10**17, 10**29])
def test_a_start_beyond_the_last_record_finds_nothing(taf: Sender, start: int) -> None:
    taf.send(record("A"))

    assert taf.ask(registryKey="A", startRecNo=start)["maxRecNo"] == 0


def test_asking_changes_nothing(taf: Sender) -> None:
    taf.send(record("A"))
    before = taf.control("GET", "state/taf/records")

    taf.ask(ticketCode=TICKET)

    assert taf.control("GET", "state/taf/records") == before
