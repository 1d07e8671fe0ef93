"""TAF: forced outcomes of job 2, and what the government answers, as GET shows them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.vendors.taf_sender import Sender, coded, record, rubric

ERRORS = [{"streamingErrorCode": "106", "streamingErrorDetail": "Inscrição não confere."}]
# statusCode of each state after job 2 (5 is not used).
STATUS_CODES = {
    "INTEGRATED": " ",
    "VALID": "0",
    "INVALID": "1",
    "TRANSMITTED": "2",
    "REJECTED": "3",
    "AUTHORISED": "4",
    "EXCLUSION_REQUESTED": "6",
    "EXCLUDED": "7",
}


@pytest.fixture
def transmitted(taf: Sender) -> Sender:
    """The key A, transmitted and not yet answered."""
    taf.send(record("A"))
    taf.run_job2()
    taf.backstage("transmit", "A")
    return taf


@pytest.mark.parametrize(("state", "code"), STATUS_CODES.items())
def test_every_state_has_its_status_code(taf: Sender, state: str, code: str) -> None:
    rows = taf.control("GET", "state/taf/records")["records"]
    key = next(row["registry_key"] for row in rows if row["state"] == state and not row["delete_type"])

    item = taf.item(key)

    assert (item["proccessed"], item["statusCode"]) == (True, code)
    assert len(item["statusDescription"]) <= 25


def test_a_record_moves_on_as_the_government_answers(taf: Sender) -> None:
    taf.send(record("A"))
    taf.run_job2()
    seen = []
    for event in ("validate", "invalidate", "validate", "transmit", "reject", "transmit", "authorise"):
        taf.backstage(event, "A")
        seen.append(taf.item("A")["statusCode"])
    for event in ("request_exclusion", "confirm_exclusion"):
        taf.backstage(event, "A")
        seen.append(taf.item("A")["statusCode"])

    assert seen == ["0", "1", "0", "2", "3", "2", "4", "6", "7"]


@pytest.mark.parametrize(
    ("event", "key"),
    [
        ("transmit", "DUBLE-WAITING"),
        ("authorise", "DUBLE-VALID"),
        ("reject", "KEYQWE7878RE4854545454998598571"),
        ("integrate", "DUBLE-INCONSISTENT"),
        ("lose_log", "DUBLE-WAITING"),
        ("transmit", "nobody"),
    ],
)
def test_a_move_that_is_not_possible_is_refused(taf: Sender, event: str, key: str) -> None:
    before = taf.control("GET", "state/taf/records")

    answer = taf.client.post(f"/_duble/backstage/taf/{event}", json={"id": key})

    assert answer.is_client_error
    assert taf.control("GET", "state/taf/records") == before


# ------------------------------------------------------------ what GET shows of an answer


def test_an_authorised_record_has_its_receipt(transmitted: Sender) -> None:
    transmitted.backstage("authorise", "A", receiptNumber="2.2.558716721752812458585")

    assert transmitted.item("A")["receiptNumber"] == "2.2.558716721752812458585"


def test_without_a_receipt_one_is_made_up_for_each_record(taf: Sender) -> None:
    for key in "AB":
        taf.send(record(key))
        for event in ("integrate", "transmit", "authorise"):
            taf.backstage(event, key)

    first, second = (taf.item(key)["receiptNumber"] for key in "AB")
    assert first != second
    assert 0 < len(first) <= 44


@pytest.mark.parametrize("elements", [None, "1", "2", "x", ""])
def test_the_governments_errors_come_unless_they_are_turned_off(
    transmitted: Sender, elements: str | None
) -> None:
    transmitted.backstage("reject", "A", streamingErrors=ERRORS)
    query = {} if elements is None else {"queryElements": elements}

    assert transmitted.item("A", **query)["streamingErrors"] == ERRORS


@pytest.mark.parametrize("elements", ["0", "00"])
def test_query_elements_0_leaves_them_out(transmitted: Sender, elements: str) -> None:
    transmitted.backstage("reject", "A", streamingErrors=ERRORS)

    assert "streamingErrors" not in transmitted.item("A", queryElements=elements)


def test_errors_go_with_the_rejection(transmitted: Sender) -> None:
    transmitted.backstage("reject", "A", streamingErrors=ERRORS)
    transmitted.backstage("transmit", "A")
    assert "streamingErrors" not in transmitted.item("A")

    transmitted.backstage("reject", "A")
    assert "streamingErrors" not in transmitted.item("A")


@pytest.mark.parametrize("event", ["reject", "authorise"])
@pytest.mark.parametrize("flag", ["True", "true", "TRUE"])
def test_the_governments_xml_comes_where_it_is_asked_for(transmitted: Sender, event: str, flag: str) -> None:
    transmitted.backstage(event, "A", xmlRetResponse=coded("<retorno/>"))

    assert transmitted.item("A", returnRetResponse=flag)["xmlRetResponse"] == coded("<retorno/>")


@pytest.mark.parametrize("flag", [None, "False", "false", "1", "yes", ""])
def test_it_does_not_come_otherwise(transmitted: Sender, flag: str | None) -> None:
    transmitted.backstage("authorise", "A", xmlRetResponse=coded("<retorno/>"))
    query = {} if flag is None else {"returnRetResponse": flag}

    assert "xmlRetResponse" not in transmitted.item("A", **query)


def test_an_empty_xml_is_not_shown(transmitted: Sender) -> None:
    transmitted.backstage("authorise", "A")

    assert "xmlRetResponse" not in transmitted.item("A", returnRetResponse="True")


@pytest.mark.parametrize(
    "details", [{"receipt": "1"}, {"receiptNumber": 1}, {"streamingErrors": [{"code": "1"}]}]
)
def test_an_answer_of_another_shape_is_refused(transmitted: Sender, details: dict[str, Any]) -> None:
    body = {"id": "A", **details}

    for event in ("authorise", "reject", "transmit"):
        answer = transmitted.client.post(f"/_duble/backstage/taf/{event}", json=body)
        assert answer.is_client_error
    assert transmitted.item("A")["statusCode"] == "2"


# ------------------------------------------------------------ forced outcomes


def test_an_outcome_can_be_forced_whatever_the_message_says(taf: Sender) -> None:
    taf.send(record("A", rubric("alteracao", "998")), record("B"))

    taf.backstage("integrate", "A")
    taf.backstage(
        "find_inconsistent",
        "B",
        errorCode="000009",
        errorDescription="Registro não integrado",
        errorDetail="Sem cadastro",
    )

    assert taf.item("A")["proccessed"] is True
    wrong = taf.item("B")
    assert [wrong[name] for name in ("errorCode", "errorDescription", "errorDetail")] == [
        "000009",
        "Registro não integrado",
        "Sem cadastro",
    ]


def test_a_forced_integration_counts_for_later_messages(taf: Sender) -> None:
    taf.send(record("A", rubric("alteracao", "998")))
    taf.backstage("integrate", "A")
    taf.send(record("B", rubric("alteracao", "998")))
    taf.run_job2()

    assert taf.item("B")["proccessed"] is True


def test_events_act_on_the_last_record_of_a_key_and_all_its_parts(taf: Sender) -> None:
    taf.send(record("A"), ticket="old")
    taf.backstage("integrate", "A")
    taf.send(*(record("A", messageSequential=number) for number in ("001", "002")), ticket="new")

    taf.backstage("integrate", "A")
    taf.backstage("transmit", "A")

    assert [item["statusCode"] for item in taf.items(registryKey="A")] == [" ", "2", "2"]


def test_events_leave_an_earlier_record_of_the_same_ticket_alone(taf: Sender) -> None:
    for _ in range(2):
        taf.send(record("A"))
        taf.backstage("integrate", "A")

    taf.backstage("transmit", "A")

    assert [item["statusCode"] for item in taf.items(registryKey="A")] == [" ", "2"]


def test_a_record_without_a_log_says_so(taf: Sender) -> None:
    item = taf.item("DUBLE-LOGLESS")

    assert (item["success"], item["proccessed"], item["errorCode"]) == (True, False, "")
    assert "TAFXERP" in item["description"]


def test_a_record_that_lost_its_log_can_be_sent_again(transmitted: Sender) -> None:
    transmitted.backstage("lose_log", "A")

    transmitted.send(record("A"))
