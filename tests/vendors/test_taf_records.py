"""TAF: what a record may hold, and the errors of one that is not stored."""

from __future__ import annotations

from typing import Any

import pytest

from tests.vendors.taf_sender import Sender, coded, record, without

MANDATORY = {
    "sourceBranch": "TAFFIL",
    "messageType": "TAFCODMSG",
    "messageSequential": "TAFSEQ",
    "registryType": "TAFTPREG",
    "registryKey": "TAFKEY",
    "integrationMessage": "TAFMSG",
}
REFUSED_BRANCH = "O valor do campo TAFFIL (sourceBranch) nao esta cadastro no complemento de empresas."
PRIORITIES = (
    "0 - Urgente, 1 - Prioridade Critica, 2 - Prioridade Alta, 3 - Prioridade Media, "
    "4 - Prioridade Baixa, 5 - Nao Prioritario"
)


VERSION_1 = '<eSocial xmlns="http://www.esocial.gov.br/schema/evt/evtX/v_S_01_00_00"><evtX/></eSocial>'


VERSION_2 = '<eSocial xmlns="http://www.esocial.gov.br/schema/evt/evtX/v02_05_00"><evtX/></eSocial>'


OPTIONAL = [
    "integrationDate",
    "integrationTime",
    "registryPriority",
    "integrationQueue",
    "erpowner",
    "registryPredecessor",
    "transferBranch",
    "complement",
]


# ------------------------------------------------------------ record by record


@pytest.mark.parametrize(("name", "column"), MANDATORY.items())
def test_a_mandatory_attribute_is_not_there(taf: Sender, name: str, column: str) -> None:
    [_, refused] = taf.post(record("A"), without(name))["registryKey"]

    assert [error["coderr"] for error in refused["error"]] == [800]
    assert f"{column} ({name})" in refused["error"][0]["description"]


@pytest.mark.parametrize("empty", ["", "  ", None])
@pytest.mark.parametrize(("name", "column"), MANDATORY.items())
def test_a_mandatory_attribute_is_empty(taf: Sender, name: str, column: str, empty: str | None) -> None:
    [_, refused] = taf.post(record("A"), record("B") | {name: empty})["registryKey"]

    assert refused["error"][0] == {"coderr": 801, "description": f"Campo {column} ({name}) e Obrigatorio."}
    more = [{"coderr": 803, "description": REFUSED_BRANCH}] if name == "sourceBranch" else []
    assert refused["error"][1:] == more


@pytest.mark.parametrize("value", [2, 2.5, True, [], {}, ["2"]])
@pytest.mark.parametrize(
    "name", [*MANDATORY, "integrationDate", "integrationTime", "registryPriority", "complement"]
)
def test_what_is_no_text_is_invalid(taf: Sender, name: str, value: Any) -> None:
    assert taf.errors(record("A"), record("B") | {name: value}) == [[], [802]]


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("sourceBranch", "9999", 803),
        ("sourceBranch", "0" * 41, 803),
        ("sourceBranch", "T1D MG 01", 812),
        ("messageType", "0", 802),
        ("messageType", "12", 802),
        ("messageSequential", "0001", 802),
        ("registryType", "S-21002200", 804),
        ("registryType", "S-210", 804),
        ("registryType", "s-1010", 804),
        ("registryType", "T99", 804),
        ("registryType", "S-１０１０", 804),
        ("registryKey", "K" * 101, 802),
        ("integrationMessage", "<eSocial/>", 806),
        ("integrationMessage", "PGVTb2NpYWwvPg", 806),
        ("integrationMessage", "PGVT\nb2Np", 806),
        ("integrationDate", "2016121", 802),
        ("integrationDate", "20160230", 802),
        ("integrationDate", "00000101", 802),
        ("integrationDate", "2016-12-10", 802),
        ("integrationTime", "24:00:00", 802),
        ("integrationTime", "14:60:00", 802),
        ("integrationTime", "14:15", 802),
        ("integrationTime", "1:15:22", 802),
        ("registryPriority", "6", 805),
        ("registryPriority", "-1", 805),
        ("registryPriority", "10", 805),
        ("registryPriority", " ", 805),
        ("integrationQueue", "2", 807),
        ("integrationQueue", "F", 807),
        ("erpowner", "D" * 41, 802),
        ("registryPredecessor", "K" * 101, 802),
        ("transferBranch", "0" * 41, 802),
        ("complement", "M" * 101, 802),
    ],
)
def test_a_value_that_means_nothing_has_one_error(taf: Sender, name: str, value: str, code: int) -> None:
    assert taf.errors(record("A"), record("B") | {name: value}) == [[], [code]]
    assert taf.stored() == ["A"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("messageType", "1"),
        ("messageSequential", "ABC"),
        ("registryType", "S-2200"),
        ("registryType", "T001"),
        ("registryKey", "K" * 100),
        ("integrationDate", "00010101"),
        ("integrationDate", "99991231"),
        ("integrationTime", "00:00:00"),
        ("integrationTime", "23:59:59"),
        ("registryPriority", "0"),
        ("integrationQueue", "0"),
        ("integrationQueue", "1"),
        ("erpowner", "ñ" * 40),
        ("registryPredecessor", "K" * 100),
        ("transferBranch", "nowhere"),
        ("complement", "MV"),
        ("another", {"property": 1}),
    ],
)
def test_a_value_at_its_limit_is_taken(taf: Sender, name: str, value: Any) -> None:
    taf.send(record("A") | {name: value})


@pytest.mark.parametrize("empty", ["", None])
def test_optional_attributes_may_be_empty_and_get_defaults(taf: Sender, empty: str | None) -> None:
    taf.freeze("2026-03-04T05:06:07Z")

    taf.send(record("A") | dict.fromkeys(OPTIONAL, empty), record("B"))

    first, second = (taf.control("GET", f"state/taf/records/{recno}") for recno in (80, 81))
    for kept in (first, second):
        assert (kept["integration_date"], kept["integration_time"]) == ("20260304", "05:06:07")
        assert (kept["registry_priority"], kept["integration_queue"]) == ("5", "")


def test_a_record_tells_all_its_errors_in_the_order_of_its_attributes(taf: Sender) -> None:
    wrong = {
        "sourceBranch": "9999",
        "messageType": "3",
        "messageSequential": "",
        "registryType": "X",
        "integrationMessage": "?",
        "integrationDate": "x",
        "integrationTime": "x",
        "registryPriority": "9",
        "integrationQueue": "9",
        "complement": "M" * 101,
    }

    assert taf.errors(record("A"), wrong) == [
        [],
        [803, 802, 801, 804, 800, 806, 802, 802, 805, 807, 802],
    ]


def test_a_priority_is_refused_in_the_vendors_words(taf: Sender) -> None:
    [refused] = taf.post(record("A", registryPriority="8"))["registryKey"]

    text = f"Codigo de Prioridade invalido! Codigo enviado: '8'. Codigos validos: {PRIORITIES}"
    assert refused["error"] == [{"coderr": 805, "description": text}]


@pytest.mark.parametrize("item", [None, 1, "x", [], [{}]])
def test_an_item_that_is_no_record_lacks_everything(taf: Sender, item: Any) -> None:
    answer = taf.post(record("A"), item)

    refused = answer["registryKey"][1]
    assert refused["key"] == ""
    assert [error["coderr"] for error in refused["error"]] == [800] * len(MANDATORY)


# ------------------------------------------------------------ layouts and versions


def test_layouts_can_be_narrowed_to_a_list(taf: Sender) -> None:
    taf.setting(layouts=["S-1010"])

    sent = [record("A"), record("B", registryType="S-2200"), record("C", registryType="T999")]
    assert taf.errors(*sent) == [[], [804], []]


@pytest.mark.parametrize(
    ("event", "message", "codes"),
    [
        ("S-1010", VERSION_1, [814]),
        ("S-2200", VERSION_1, [814]),
        ("S-2210", VERSION_1, []),
        ("S-2220", VERSION_1, []),
        ("S-2240", VERSION_1, []),
        ("S-1010", VERSION_2, []),
        ("S-1010", "<eSocial versao='v_S_01_01_00'><evtX/></eSocial>", [814]),
        ("S-1010", "<eSocial><evtX versao='1.1'/></eSocial>", []),
        ("S-1010", "<eSocial><evtX><obs>v_S_01_00_00</obs></evtX></eSocial>", []),
        ("S-1010", "<eSocial><evtX><obs versao='v_S_01_00_00'/></evtX></eSocial>", []),
        ("S-1010", VERSION_1.replace("</evtX>", ""), [814]),
        ("S-1010", VERSION_1[:-5], [814]),
    ],
)
def test_version_1_is_for_sesmt_events(taf: Sender, event: str, message: str, codes: list[int]) -> None:
    assert taf.errors(record("A", message, registryType=event)) == [codes]


def test_which_events_are_sesmt_can_be_set(taf: Sender) -> None:
    taf.setting(sesmt_events=["S-1010"])

    sent = [record("A", VERSION_1), record("B", VERSION_1, registryType="S-2210")]
    assert taf.errors(*sent) == [[], [814]]


def test_a_text_message_has_no_version(taf: Sender) -> None:
    taf.send(record("A", VERSION_1, messageType="1"))


@pytest.mark.parametrize("message", ["<eSocial>", "no XML at all", "<a></b>", " "])
def test_broken_xml_is_stored(taf: Sender, message: str) -> None:
    taf.send(record("A", message))


# ------------------------------------------------------------ keys that wait


def test_the_message_is_kept_as_it_was_sent(taf: Sender) -> None:
    message = '<?xml version="1.0" encoding="utf-8"?><eSocial>ção</eSocial>'
    taf.send(record("A", message))

    assert taf.control("GET", "state/taf/records/80")["integration_message"] == coded(message)
