"""TAF: who may enter, by which addresses, and that nothing hostile is obeyed, stored or waited for."""

from __future__ import annotations

import base64
import json
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.vendors.taf_sender import PATH, TICKET, Sender, coded, record

FAULT = {"errorCode", "errorMessage"}
REQUESTS: list[tuple[str, dict[str, Any]]] = [
    ("POST", {"json": {"ticketCode": TICKET, "lote": [record("A")]}}),
    ("GET", {"params": {"ticketCode": TICKET, "startRecNo": 0}}),
    ("DELETE", {"json": {"deleteTicket": [{"ticketCode": TICKET}]}}),
]
METHODS = [method for method, _ in REQUESTS]


def basic(pair: str) -> str:
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


# ------------------------------------------------------------ credentials


@pytest.mark.parametrize(("method", "request_"), REQUESTS, ids=METHODS)
@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Basic",
        "Basic !!!",
        "Basic /w==",
        "Bearer duble",
        basic("duble"),
        basic("duble:wrong"),
        basic("nobody:duble"),
        basic(":"),
        basic("duble:duble") + "x",
    ],
)
def test_without_credentials_nobody_enters(
    double: httpx.Client, method: str, request_: dict[str, Any], header: str | None
) -> None:
    headers = {} if header is None else {"Authorization": header}

    answer = double.request(method, PATH, headers=headers, **request_)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Basic"
    assert answer.json().keys() == FAULT
    assert answer.json()["errorCode"] == 401


def test_the_scheme_may_be_written_in_any_casing(double: httpx.Client) -> None:
    header = basic("duble:duble").replace("Basic", "bAsIc")

    answer = double.get(PATH, params={"ticketCode": "x", "startRecNo": 0}, headers={"Authorization": header})

    assert answer.status_code == 200


def test_an_installation_may_ask_for_no_credentials(double: httpx.Client) -> None:
    double.put("/_duble/state/taf/settings/service", json={"security": False})

    assert double.get(PATH, params={"ticketCode": "x", "startRecNo": 0}).status_code == 200


def test_a_user_name_names_a_sandbox(taf: Sender, double_url: str) -> None:
    taf.send(record("A"))

    answer = httpx.get(
        f"{double_url}{PATH}",
        params={"registryKey": "A", "startRecNo": 0},
        auth=("duble~taf-elsewhere", "duble"),
        trust_env=False,
    )

    assert answer.json()["items"][0]["success"] is False


# ------------------------------------------------------------ addresses


@pytest.mark.parametrize("path", ["/rest/wstafst2/", "/REST/WSTAFST2", "/Rest/WsTafSt2/"])
def test_paths_match_in_any_casing_and_with_a_slash(taf: Sender, path: str) -> None:
    answer = taf.client.post(path, json={"ticketCode": TICKET, "lote": [record("A")]})

    assert answer.json()["keyAmount"] == 1


def test_query_names_match_in_any_casing(taf: Sender) -> None:
    taf.send(record("A"), record("B"))

    answer = taf.client.get(
        f"{PATH}?TicketCode={TICKET}&REGISTRYKEY=A&startrecno=0&SEARCHMODE=1&SourceBranch=01&LOTQUANTITY=1"
    )

    assert [item["registryKey"] for item in answer.json()["items"]] == ["A"]


@pytest.mark.parametrize("path", ["/rest", "/rest/wstafst1", "/rest/wstafst2/x", "/rest/wstafst22"])
def test_another_path_is_not_found(taf: Sender, path: str) -> None:
    assert taf.client.get(path).status_code == 404


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_another_method_is_told_the_right_ones(taf: Sender, method: str) -> None:
    answer = taf.client.request(method, PATH)

    assert answer.status_code == 405
    assert {"DELETE", "GET", "POST"} <= set(answer.headers["Allow"].split(", "))


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/json;charset=UTF-8", "x/y", "?"])
def test_the_content_type_does_not_matter(taf: Sender, content_type: str | None) -> None:
    body = json.dumps({"ticketCode": TICKET, "lote": [record("ção")]}, ensure_ascii=False).encode()
    headers = {} if content_type is None else {"Content-Type": content_type}

    answer = taf.client.post(PATH, content=body, headers=headers)

    assert answer.json()["registryKey"] == [{"key": "ção", "success": True}]


# ------------------------------------------------------------ the server's own trouble


@pytest.mark.parametrize(("method", "request_"), REQUESTS, ids=METHODS)
def test_702_can_be_ordered_on_every_method(taf: Sender, method: str, request_: dict[str, Any]) -> None:
    taf.control("POST", "faults", {"vendor": "taf", "error": "702", "times": 1})

    answer = taf.client.request(method, PATH, **request_)

    text = "Erro na criação/abertura da tabela TAFST2 ou TAFXERP"
    assert (answer.status_code, answer.json()) == (500, {"errorCode": 702, "errorMessage": text})


@pytest.mark.parametrize(("error", "code"), [("808", 808), ("810.record", 810), ("813", 813), ("805", 805)])
def test_an_error_of_records_can_be_ordered_for_each_of_them(taf: Sender, error: str, code: int) -> None:
    taf.control("POST", "faults", {"vendor": "taf", "error": error, "times": 1})

    answer = taf.post(record("A"), record("B"), 7)

    assert (answer["ticketCode"], answer["keyAmount"]) == (TICKET, 3)
    assert [one["key"] for one in answer["registryKey"]] == ["A", "B", ""]
    assert [error["coderr"] for one in answer["registryKey"] for error in one["error"]] == [code] * 3
    assert taf.item("A")["success"] is False
    taf.send(record("A"))


@pytest.mark.parametrize(
    ("error", "code"), [("803", 803), ("809", 809), ("810", 810), ("811", 811), ("801", 801)]
)
def test_an_error_of_a_batch_can_be_ordered(taf: Sender, error: str, code: int) -> None:
    taf.control("POST", "faults", {"vendor": "taf", "error": error, "times": 1})

    answer = taf.post(record("A"))

    assert (answer.keys(), answer["coderr"]) == ({"coderr", "description"}, code)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"ticketCode": 1, "lote": []}', b'{"ticketCode": "x"}'])
def test_an_error_of_records_rejects_what_is_no_batch(taf: Sender, body: bytes) -> None:
    taf.control("POST", "faults", {"vendor": "taf", "error": "808", "times": 1})

    assert taf.client.post(PATH, content=body).json()["coderr"] == 808


def test_a_wish_for_success_is_left_to_behaviour(taf: Sender) -> None:
    answer = taf.client.get(PATH, params={"ticketCode": "x", "startRecNo": 0}, headers={"Prefer": "code=200"})

    assert answer.json()["type"] == "ticketCode"


# ------------------------------------------------------------ hostile requests


BILLION_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE e [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {n} "{f"&{p};" * 10}">' for p, n in zip("abcdefghi", "bcdefghij", strict=True))
    + "]><e>&j;</e>"
)
DANGEROUS = {
    "billion laughs": BILLION_LAUGHS,
    "quadratic blow-up": f'<!DOCTYPE e [<!ENTITY a "{"a" * 10_000}">]><e>{"&a;" * 10_000}</e>',
    "external entity": '<!DOCTYPE e [<!ENTITY a SYSTEM "file:///etc/passwd">]><e>&a;</e>',
    "external document type": '<!DOCTYPE e SYSTEM "http://127.0.0.1:9/x.dtd"><e/>',
    "parameter entity": '<!DOCTYPE e [<!ENTITY % a SYSTEM "http://127.0.0.1:9/x"> %a;]><e/>',
    "a document type alone": "<!DOCTYPE e><e/>",
    "129 levels": "<e>" * 129 + "</e>" * 129,
    "100,000 levels": "<e>" * 100_000,
}


@pytest.mark.parametrize("message", DANGEROUS.values(), ids=DANGEROUS)
def test_dangerous_xml_is_refused_and_not_stored(taf: Sender, message: str) -> None:
    assert taf.errors(record("A", message), record("B")) == [[806], []]
    assert taf.item("A")["success"] is False


def test_128_levels_are_read(taf: Sender) -> None:
    taf.send(record("A", "<e>" * 128 + "</e>" * 128))
    taf.run_job2()

    assert taf.item("A")["proccessed"] is True


def test_danger_that_only_shows_when_parts_are_joined_ends_in_job_2(taf: Sender) -> None:
    halves = (DANGEROUS["a document type alone"][:5], DANGEROUS["a document type alone"][5:])
    taf.send(*(record("A", half, messageSequential=str(n)) for n, half in enumerate(halves)))
    taf.run_job2()

    assert {item["errorCode"] for item in taf.items(registryKey="A")} == {"000001"}


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_ten_megabytes_are_too_many(taf: Sender, method: str) -> None:
    body = {"ticketCode": TICKET, "lote": [record("A", integrationMessage="QUFB" * 2_500_000)]}

    answer = taf.client.request(method, PATH, json=body)

    assert (answer.status_code, answer.json()["errorCode"]) == (413, 413)
    assert taf.item("A")["success"] is False


def test_a_get_may_not_be_larger_either(taf: Sender) -> None:
    answer = taf.client.request("GET", PATH, content=b" " * 2_000_000)

    assert (answer.status_code, answer.json().keys()) == (413, FAULT)


def test_more_records_than_can_be_answered_are_too_many(taf: Sender) -> None:
    answer = taf.client.post(PATH, json={"ticketCode": TICKET, "lote": [record("A")] + [0] * 300_000})

    assert (answer.status_code, answer.json()["errorCode"]) == (413, 413)
    assert taf.item("A")["success"] is False


def test_how_many_records_a_batch_may_have_can_be_set(taf: Sender) -> None:
    taf.setting(max_lote=2)

    taf.send(record("A"), record("B"))
    answer = taf.client.post(PATH, json={"ticketCode": TICKET, "lote": [record(key) for key in "CDE"]})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"lote":' * 5_000 + b"1" + b"}" * 5_000,
        b'{"ticketCode": "\\ud800"}',
        b'{"ticketCode": "T", "lote": [{"registryKey": "\\udfff"}]}',
        b'{"ticketCode": NaN}',
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\x00}\x00",
        b"{}{}",
    ],
)
def test_what_is_no_json_cannot_be_parsed(taf: Sender, body: bytes) -> None:
    answer = taf.client.post(PATH, content=body)

    text = "Erro ao realizar parser da mensagem"
    assert (answer.status_code, answer.json()) == (500, {"errorCode": 705, "errorMessage": text})


def test_an_empty_body_is_an_empty_file(taf: Sender) -> None:
    answer = taf.client.post(PATH)

    assert (answer.status_code, answer.json()) == (500, {"errorCode": 704, "errorMessage": "Arquivo vazio"})


@pytest.mark.parametrize("number", ["9" * 30, "-1e300", "0.1"])
def test_numbers_are_no_texts(taf: Sender, number: str) -> None:
    body = f'{{"ticketCode": "T", "lote": [{json.dumps(record("A"))}, {{"sourceBranch": {number}}}]}}'

    answer = taf.client.post(PATH, content=body.encode())

    assert answer.json()["registryKey"][1]["error"][0]["coderr"] == 802


@pytest.mark.parametrize("number", ["9" * 4000, "1e999"])
def test_a_number_beyond_all_others_cannot_be_parsed(taf: Sender, number: str) -> None:
    answer = taf.client.post(PATH, content=f'{{"ticketCode": {number}}}'.encode())

    assert (answer.status_code, answer.json()["errorCode"]) == (500, 705)


@pytest.mark.parametrize(
    "key", ["\x00", "'; DROP TABLE TAFST2; --", "../../etc", "{key}", "{0.__class__}", "%s", "👷" * 50]
)
def test_any_text_is_a_key(taf: Sender, key: str) -> None:
    taf.send(record(key))

    assert taf.items(registryKey=key)[0]["success"] is True
    [refused] = taf.post(record(key))["registryKey"]
    assert refused["error"][0]["description"].startswith(f"O TAFKEY {key} já existe")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
values = (
    json_values
    | st.sampled_from(["0100", "0200", "T1D MG 01", "S-1010", "S-2210", "2", "1", "001", "20161210", ""])
    | st.builds(coded, st.text(max_size=30))
)
records = st.dictionaries(
    st.sampled_from([*record("K"), "integrationDate", "integrationTime", "registryPriority", "complement"]),
    values,
).map(lambda changes: record("K") | changes)


@pytest.mark.parametrize("sequence", [[], {}, ["001"], 1])
def test_a_sequence_of_any_type_is_judged_beside_one_that_waits(taf: Sender, sequence: Any) -> None:
    assert taf.errors(record("K")) == [[]]
    again = {**record("K"), "messageSequential": sequence}
    ((error, *_),) = taf.errors(again)
    assert error == 802


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batch=st.lists(records | json_values, max_size=4), ticket=st.just(TICKET) | values)
def test_whatever_is_sent_the_answer_is_the_vendors_and_says_what_is_stored(
    taf: Sender, batch: list[Any], ticket: Any
) -> None:
    taf.control("POST", "reset", {})
    before = taf.control("GET", "state/taf/records")["records"]

    answer = taf.client.post(PATH, content=json.dumps({"ticketCode": ticket, "lote": batch}).encode())

    assert answer.status_code in (200, 500), answer.text
    after = taf.control("GET", "state/taf/records")["records"]
    stored = [row["registry_key"] for row in after if row not in before]
    results = answer.json().get("registryKey", [])
    assert stored == [one["key"] for one in results if one["success"]]
    assert answer.json().get("keyAmount", len(batch)) == len(batch)
