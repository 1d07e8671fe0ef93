"""CITSmart's refusals of what it cannot take: wrong places, wrong bodies, wrong fields, hostile values."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

SEEDED = "2355A68BF75281B73607EEC1A7191645"
CARLA = "C4E8A2F60B1D47935E7C9A0B2D4F6E81"
POSITION = {"latitude": -19.369852147, "longitude": -49.369852147}
FILTER = {"notificationType": 0, "onlyApproval": 0}
# Each operation with a good body, in the documented order of its fields.
BODIES: dict[str, dict[str, Any]] = {
    "contracts": {},
    "deniedReasons": {},
    "status": {},
    "units": {"contractID": 1233},
    "coordinates": {"unitID": 222, **POSITION},
    "disassociate": {"connection": "http://x", "token": "API132654ASFE32132121¬5412"},
    "getNewest": {**FILTER, "newestNumber": 322},
    "getOldest": {**FILTER, "oldestNumber": 322},
    "getByCoordinates": {**FILTER, **POSITION},
    "update": {"number": 322},
    "getById": {"taskId": 22737},
    "getReasons": {"taskId": 22737},
    "attendRequest": {"number": 89647, **POSITION, "dateTime": 1377618517000},
    "location": {**POSITION, "dateTime": 1412102841000},
    "feedback": {"taskId": 22736, "feedback": 0, "reasonId": 1, "comments": "Comments"},
    "new": {"description": "Teste mobile", **POSITION},
    "checkin": {"taskId": 22778, **POSITION, "startTime": 1377618543000},
    "checkout": {"taskId": 22722, **POSITION, "status": 1},
    "denied": {"taskId": 22778, **POSITION, "dateTime": 1377618543000, "reasonId": 1},
}
# Texts of the server for a missing field, where it has a special one.
SPECIAL = {
    "taskId": "Id da tarefa não informado",
    ("feedback", "reasonId"): "Justificativa não informada",
    ("new", "description"): "Descrição da solicitação de serviço não informada",
}
TEXTS = ("connection", "token", "comments", "description")
FIELDS = [(name, field) for name, body in BODIES.items() for field in body]
JSON_TYPE = {"Content-Type": "application/json"}


@pytest.fixture
def citsmart(double: httpx.Client) -> httpx.Client:
    """With an assignment, so that every body above is served."""
    attended = post(double, "attendRequest", {**BODIES["attendRequest"], "number": 95935})
    assert attended.status_code == 200
    return double


def post(client: httpx.Client, name: str, body: dict[str, Any]) -> httpx.Response:
    session = CARLA if name == "checkout" else SEEDED
    content = json.dumps({"sessionID": session, **body}).encode()
    return client.post(f"/services/v2/{name}", content=content, headers=JSON_TYPE)


def error(answer: httpx.Response) -> tuple[str, str]:
    assert answer.status_code == 412, answer.text
    return answer.json()["error"]["code"], answer.json()["error"]["description"]


def world(client: httpx.Client) -> dict[str, Any]:
    """Everything that is stored."""
    names = client.get("/_duble/state/citsmart").json()["collections"]
    return {name: client.get(f"/_duble/state/citsmart/{name}").json()["records"] for name in names}


@pytest.mark.parametrize("name", BODIES)
def test_a_good_body_is_served_with_the_envelope(citsmart: httpx.Client, name: str) -> None:
    answer = post(citsmart, name, BODIES[name])

    assert answer.status_code == 200
    assert {"dateTime", "operationID", "error"} <= answer.json().keys()
    assert answer.json()["error"] is None


@pytest.mark.parametrize(("name", "field"), FIELDS)
@pytest.mark.parametrize("how", ["left out", "null"])
def test_a_missing_field_is_named_and_nothing_changes(
    citsmart: httpx.Client, name: str, field: str, how: str
) -> None:
    before = world(citsmart)
    body = {key: value for key, value in BODIES[name].items() if key != field}

    answer = post(citsmart, name, body if how == "left out" else {**body, field: None})

    text = SPECIAL.get((name, field)) or SPECIAL.get(field) or f"Campo {field} não informado"
    assert error(answer) == ("INPUT", text)
    assert world(citsmart) == before


@pytest.mark.parametrize(("name", "field"), [pair for pair in FIELDS if pair[1] in TEXTS])
def test_an_empty_text_is_a_missing_one(citsmart: httpx.Client, name: str, field: str) -> None:
    answer = post(citsmart, name, {**BODIES[name], field: ""})

    assert error(answer)[0] == "INPUT"
    assert error(answer)[1].endswith(("não informado", "não informada"))


def wrong_values(field: str) -> list[Any]:
    """Values of a wrong type or beyond 64 bits; a text field takes texts, a position takes fractions."""
    values = [True, [], {}, 2**63, 10**30, -(2**63) - 1, 1e308]
    return [*values, *([] if field in TEXTS else ["12"]), *([] if field in POSITION else [1.5])]


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [(name, field, value) for name, field in FIELDS for value in wrong_values(field)],
)
def test_a_value_of_another_type_or_range_is_refused(
    citsmart: httpx.Client, name: str, field: str, value: Any
) -> None:
    answer = post(citsmart, name, {**BODIES[name], field: value})

    if field == "notificationType":
        assert error(answer) == ("INPUT", "Pelo menos um tipo de solicitação deve ser selecionado")
    else:
        assert error(answer) == ("INPUT", f"Campo {field} inválido")


@pytest.mark.parametrize(
    ("field", "legal", "refused"),
    [("latitude", (-90, 90, 0), (-90.0001, 90.0001, 91)), ("longitude", (-180, 180), (-180.0001, 181))],
)
@pytest.mark.parametrize("name", [name for name, body in BODIES.items() if "latitude" in body])
def test_positions_have_a_range(
    citsmart: httpx.Client, name: str, field: str, legal: tuple[float, ...], refused: tuple[float, ...]
) -> None:
    for value in refused:
        assert error(post(citsmart, name, {**BODIES[name], field: value})) == (
            "INPUT",
            f"Campo {field} inválido",
        )
    assert post(citsmart, name, {**BODIES[name], field: legal[0]}).status_code == 200


@pytest.mark.parametrize("value", [7, -1, 99])
def test_a_type_outside_the_list_selects_nothing(citsmart: httpx.Client, value: int) -> None:
    for name in ("getNewest", "getOldest", "getByCoordinates"):
        answer = post(citsmart, name, {**BODIES[name], "notificationType": value})
        assert error(answer) == ("INPUT", "Pelo menos um tipo de solicitação deve ser selecionado")
        assert (
            error(post(citsmart, name, {**BODIES[name], "onlyApproval": 2}))[1]
            == "Campo onlyApproval inválido"
        )


@pytest.mark.parametrize(
    ("pager", "field"),
    [
        ({"page": 0, "size": 10}, "pager.page"),
        ({"page": -1}, "pager.page"),
        ({"page": "1"}, "pager.page"),
        ({"page": 2**63}, "pager.page"),
        ({"size": 0}, "pager.size"),
        ({"size": -5}, "pager.size"),
        ([], "pager"),
        (1, "pager"),
    ],
)
def test_pages_count_from_one(citsmart: httpx.Client, pager: Any, field: str) -> None:
    answer = post(citsmart, "getByCoordinates", {**BODIES["getByCoordinates"], "pager": pager})

    assert error(answer) == ("INPUT", f"Campo {field} inválido")


def test_the_first_offending_field_in_documented_order_counts(citsmart: httpx.Client) -> None:
    body = {"number": None, "latitude": "x", "longitude": None, "dateTime": 1.5}
    expected = [
        ("number", 89647, "Campo number não informado"),
        ("latitude", 1, "Campo latitude inválido"),
        ("longitude", 2, "Campo longitude não informado"),
        ("dateTime", 3, "Campo dateTime inválido"),
    ]
    for field, good, text in expected:
        assert error(post(citsmart, "attendRequest", body)) == ("INPUT", text)
        body[field] = good
    assert post(citsmart, "attendRequest", body).status_code == 200


def test_fields_come_before_existence_and_existence_before_state(citsmart: httpx.Client) -> None:
    unknown = {**BODIES["feedback"], "taskId": 1, "reasonId": 99}
    assert error(post(citsmart, "feedback", {**unknown, "comments": ""}))[1] == "Campo comments não informado"
    assert error(post(citsmart, "feedback", unknown))[1] == "Tarefa não encontrada"
    assert error(post(citsmart, "feedback", {**unknown, "taskId": 22737}))[1] == "Motivo não encontrado"
    known = {**unknown, "taskId": 22737, "reasonId": 1}
    assert error(post(citsmart, "feedback", known))[1] == "A tarefa já foi aprovada ou não está em aprovação"


def test_unknown_properties_are_ignored(citsmart: httpx.Client) -> None:
    assert post(citsmart, "status", {"messageID": "ListSolicitationStatus", "x": [1]}).status_code == 200


@pytest.mark.parametrize("name", ["login", *BODIES])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"5",
        b'"sessionID"',
        b"\xff",
        b'{"sessionID": "\\ud800"}',
        b'{"sessionID": NaN}',
        b'{"sessionID": "x", "taskId": 1' + b"0" * 400 + b"}",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><a>&d;</a>',
    ],
)
def test_what_is_no_json_object_is_refused_in_plain_text(
    double: httpx.Client, name: str, body: bytes
) -> None:
    answer = double.post(f"/services/v2/{name}", content=body, headers=JSON_TYPE)

    assert answer.status_code == 400
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "error" not in answer.text


def test_another_content_type_is_refused_in_plain_text_and_none_is_json(double: httpx.Client) -> None:
    content = json.dumps({"sessionID": SEEDED}).encode()
    for content_type in ("text/xml", "application/xml", "application/x-www-form-urlencoded", "text/plain"):
        answer = double.post("/services/v2/status", content=content, headers={"Content-Type": content_type})
        assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (415, "text/plain")
    for headers in ({}, {"Content-Type": "application/json; charset=UTF-8"}):
        assert double.post("/services/v2/status", content=content, headers=headers).status_code == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_only_post_is_known(double: httpx.Client, method: str) -> None:
    answer = double.request(method, "/services/v2/checkin")

    assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (405, "text/plain")
    assert set(answer.headers["Allow"].split(", ")) - {"OPTIONS"} == {"POST"}


@pytest.mark.parametrize(
    "path",
    [
        "/services/v2",
        "/services/v2/CheckIn",
        "/services/v2/getnewest",
        "/services/v2/checkin/",
        "/services/v2/getWorkflow",
        "/mobile/v2/notification/getByUser",
        "/mobile/v2/notification/contracts",
        "/mobile/notification/checkin",
        "/mobile",
        "/citsmart",
        "/citsmart/x",
        "/citsmart/citsmart/services/v2/status",
    ],
)
def test_an_unknown_path_is_404_in_plain_text(double: httpx.Client, path: str) -> None:
    answer = double.post(path, json={"sessionID": SEEDED})

    assert (answer.status_code, answer.text) == (404, "Recurso não encontrado")


@pytest.mark.parametrize("context", ["", "/citsmart"])
@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/services/v2/device/disassociate", "disassociate"),
        *((f"/services/v2/{name}", name) for name in BODIES),
        *(
            (f"/mobile/v2/notification/{name}", name)
            for name in BODIES
            if name.startswith("get")
            or name in ("update", "attendRequest", "location", "checkin", "checkout")
        ),
        *((f"/mobile/v2/notification/{name}", name) for name in ("feedback", "new")),
        ("/mobile/v2/notification/checkin/denied", "denied"),
        *((f"/mobile/notification/{name}", name) for name in ("feedback", "new", "getReasons")),
    ],
)
def test_every_published_address_answers(
    citsmart: httpx.Client, context: str, address: str, name: str
) -> None:
    session = CARLA if name == "checkout" else SEEDED

    answer = citsmart.post(context + address, json={**BODIES[name], "sessionID": session})

    assert answer.status_code == 200
    assert answer.json()["error"] is None


def test_ten_megabytes_are_refused_and_the_next_call_is_served(double: httpx.Client) -> None:
    body = {"sessionID": SEEDED, "description": "QUJD" * 2_500_000, **POSITION}

    answer = double.post("/services/v2/new", json=body)

    assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (413, "text/plain")
    assert double.post("/services/v2/status", json={"sessionID": SEEDED}).status_code == 200


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_the_ends_of_the_calendar_are_days_like_others(citsmart: httpx.Client, instant: str) -> None:
    citsmart.post("/_duble/clock", json={"freeze": instant})

    made = post(citsmart, "new", BODIES["new"]).json()
    (shown,) = post(citsmart, "update", {"number": made["number"]}).json()["notifications"]

    assert shown["date"].endswith(f"/{instant[:4]}")
    assert made["dateTime"] == shown_milliseconds(instant)
    for name in ("getNewest", "getOldest", "getByCoordinates", "checkin"):
        assert post(citsmart, name, BODIES[name]).status_code == 200


def shown_milliseconds(instant: str) -> int:
    return {"0001": -62135596800000, "9999": 253402300799000}[instant[:4]]


NAMES = st.sampled_from(list(BODIES))
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=40)
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
) | st.sampled_from(
    [
        0,
        1,
        2,
        3,
        4,
        22721,
        22722,
        22728,
        22736,
        22737,
        22778,
        95922,
        95935,
        2**63 - 1,
        -(2**63),
        10**30,
        90,
        -180,
        1e-320,
    ]
)
MORE = ("pager", "solution", "descSolution", "sessionID", "page")


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(name=NAMES, data=st.data())
@example(name="checkout", data=None)
def test_whatever_the_fields_hold_the_answer_is_the_vendors(
    citsmart: httpx.Client, name: str, data: Any
) -> None:
    body = dict(BODIES[name])
    if data is not None:
        for field in data.draw(st.lists(st.sampled_from([*body, *MORE]), unique=True, max_size=4)):
            body[field] = data.draw(values)
    before = world(citsmart)

    answer = post(citsmart, name, body)

    # A lone surrogate cannot be sent as JSON text that anybody reads.
    assert answer.status_code in (200, 400, 412), answer.text
    if answer.status_code == 412:
        said = answer.json()
        assert said["error"]["code"] in ("SESSION", "INPUT")
        assert isinstance(said["operationID"], int)
    if answer.status_code != 200:
        assert world(citsmart) == before
