"""CITSmart, login: who enters, for how long, and what every call leaves in the log."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

SEEDED = "2355A68BF75281B73607EEC1A7191645"
WITHOUT_RIGHTS = "F0A2C4E6081B3D5F7194B6D8FA1C3E50"
LOGIN = {
    "userName": "mobile",
    "password": "123456",
    "token": "API132654ASFE32132121Â5412",
    "platform": "android",
}
SESSION = ("SESSION", "Sessão não existe ou está expirada")
# Everything but login, each with a body that would be served.
SECURED: dict[str, dict[str, Any]] = {
    "contracts": {},
    "deniedReasons": {},
    "status": {},
    "units": {"contractID": 1233},
    "coordinates": {"unitID": 222, "latitude": -19.3, "longitude": -49.3},
    "disassociate": {"connection": "http://x", "token": "API132654ASFE32132121¬5412"},
    "getNewest": {"notificationType": 0, "onlyApproval": 0, "newestNumber": 0},
    "getOldest": {"notificationType": 0, "onlyApproval": 0, "oldestNumber": 99999},
    "getByCoordinates": {"notificationType": 0, "onlyApproval": 0, "latitude": 33.0, "longitude": 30.0},
    "update": {"number": 322},
    "getById": {"taskId": 22737},
    "getReasons": {"taskId": 22737},
    "attendRequest": {"number": 89647, "latitude": -19.3, "longitude": -49.3, "dateTime": 1},
    "location": {"latitude": -19.3, "longitude": -49.3, "dateTime": 1},
    "feedback": {"taskId": 22736, "feedback": 1, "reasonId": 4, "comments": "x"},
    "new": {"description": "x", "latitude": -19.3, "longitude": -49.3},
    "checkin": {"taskId": 22721, "latitude": -19.3, "longitude": -49.3, "startTime": 1},
    "checkout": {"taskId": 22722, "latitude": -19.3, "longitude": -49.3, "status": 1},
    "denied": {"taskId": 22778, "latitude": -19.3, "longitude": -49.3, "dateTime": 1, "reasonId": 1},
}
WITH_SUCCESS = {"coordinates", "disassociate", "attendRequest", "location"}


def call(double: httpx.Client, name: str, **body: Any) -> httpx.Response:
    return double.post(f"/services/v2/{name}", json=body)


def login(double: httpx.Client, **changes: Any) -> httpx.Response:
    body = {**LOGIN, **changes}
    return call(double, "login", **{name: value for name, value in body.items() if value is not ...})


def open_session(double: httpx.Client, user: str = "mobile") -> str:
    id: str = login(double, userName=user).json()["sessionID"]
    return id


def error(answer: httpx.Response) -> tuple[str, str]:
    assert answer.status_code == 412
    said = answer.json()["error"]
    assert said.keys() == {"code", "description"}
    return said["code"], said["description"]


def test_a_login_answers_the_three_documented_fields(double: httpx.Client) -> None:
    answer = login(double)

    assert answer.status_code == 200
    assert answer.json().keys() == {"sessionID", "rangeAction", "locationInterval"}
    assert re.fullmatch(r"[0-9A-F]{32}", answer.json()["sessionID"].partition("~")[0])
    assert (answer.json()["rangeAction"], answer.json()["locationInterval"]) == (10, 10)


def test_a_user_has_a_radius_and_an_interval_of_his_own(double: httpx.Client) -> None:
    user = double.get("/_duble/state/citsmart/users/bruna").json()
    double.put(
        "/_duble/state/citsmart/users/bruna", json={**user, "range_action": 42, "location_interval": 3}
    )

    answer = login(double, userName="bruna").json()

    assert (answer["rangeAction"], answer["locationInterval"]) == (42, 3)


def test_a_session_ends_1800_seconds_after_the_login_however_it_is_used(double: httpx.Client) -> None:
    session = open_session(double)
    for _ in range(2):
        double.post("/_duble/clock", json={"advance": 880})
        assert call(double, "contracts", sessionID=session).status_code == 200

    double.post("/_duble/clock", json={"advance": 40})

    assert error(call(double, "contracts", sessionID=session)) == SESSION


def test_a_second_before_its_end_a_session_is_good(double: httpx.Client) -> None:
    double.post("/_duble/clock", json={"freeze": "2026-01-02T03:04:05Z"})
    session = open_session(double)

    double.post("/_duble/clock", json={"advance": 1799})
    before = call(double, "contracts", sessionID=session)
    double.post("/_duble/clock", json={"advance": 1})
    after = call(double, "contracts", sessionID=session)

    assert before.status_code == 200
    assert error(after) == SESSION


def test_the_lifetime_is_a_setting(double: httpx.Client) -> None:
    server = double.get("/_duble/state/citsmart/servers/server").json()
    double.put("/_duble/state/citsmart/servers/server", json={**server, "session_seconds": 60})
    double.post("/_duble/clock", json={"freeze": "2026-01-02T03:04:05Z"})
    session = open_session(double)

    double.post("/_duble/clock", json={"advance": 60})

    assert error(call(double, "contracts", sessionID=session)) == SESSION


def test_a_second_login_leaves_the_first_session_alone(double: httpx.Client) -> None:
    first, second = open_session(double), open_session(double)

    assert first != second
    assert call(double, "contracts", sessionID=first).status_code == 200
    assert call(double, "contracts", sessionID=second).status_code == 200


def test_a_session_of_a_user_who_is_gone_is_gone(double: httpx.Client) -> None:
    double.delete("/_duble/state/citsmart/users/mobile")

    assert error(call(double, "contracts", sessionID=SEEDED)) == SESSION


@pytest.mark.parametrize("name", SECURED)
@pytest.mark.parametrize("session", [..., None, "", "x", 5, [SEEDED], SEEDED.lower(), f" {SEEDED}"])
def test_every_other_operation_asks_for_a_session(double: httpx.Client, name: str, session: Any) -> None:
    body = SECURED[name] if session is ... else {**SECURED[name], "sessionID": session}

    answer = call(double, name, **body)

    assert error(answer) == SESSION
    assert answer.json().get("success") is (False if name in WITH_SUCCESS else None)


@pytest.mark.parametrize("name", SECURED)
def test_every_other_operation_asks_for_the_right_to_it(double: httpx.Client, name: str) -> None:
    """Before any field: an empty body is refused the same way."""
    served = call(double, name, **SECURED[name], sessionID=WITHOUT_RIGHTS)
    empty = call(double, name, sessionID=WITHOUT_RIGHTS)

    assert error(served) == error(empty) == ("PERMISSION", "Usuário não tem acesso à operação")


def test_rights_are_given_operation_by_operation(double: httpx.Client) -> None:
    user = double.get("/_duble/state/citsmart/users/fabio").json()
    double.put("/_duble/state/citsmart/users/fabio", json={**user, "operations": ["list_contracts"]})

    assert call(double, "contracts", sessionID=WITHOUT_RIGHTS).status_code == 200
    assert error(call(double, "status", sessionID=WITHOUT_RIGHTS))[0] == "PERMISSION"


def test_headers_query_and_cookies_are_no_session(double: httpx.Client) -> None:
    answer = double.post(
        f"/services/v2/contracts?sessionID={SEEDED}",
        json={},
        headers={"sessionID": SEEDED, "Authorization": f"Bearer {SEEDED}", "Cookie": f"JSESSIONID={SEEDED}"},
    )

    assert error(answer) == SESSION


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"userName": ..., "password": ..., "token": ...}, ("SESSION", "Usuário não informado")),
        ({"userName": None}, ("SESSION", "Usuário não informado")),
        ({"userName": ""}, ("SESSION", "Usuário não informado")),
        ({"password": ..., "token": ""}, ("SESSION", "Senha não informada")),
        ({"password": "", "platform": "WS"}, ("SESSION", "Senha não informada")),
        ({"userName": "ninguem", "token": ...}, ("SESSION", "Usuário não encontrado e/ou senha inválida")),
        ({"password": "12345", "platform": "x"}, ("SESSION", "Usuário não encontrado e/ou senha inválida")),
        ({"password": "1234567"}, ("SESSION", "Usuário não encontrado e/ou senha inválida")),
        ({"userName": "Mobile"}, ("SESSION", "Usuário não encontrado e/ou senha inválida")),
        ({"userName": 5}, ("INPUT", "Campo userName inválido")),
        ({"password": 123456, "token": ...}, ("INPUT", "Campo password inválido")),
        ({"token": ..., "platform": ...}, ("INPUT", "Token não informado")),
        ({"token": ""}, ("INPUT", "Token não informado")),
        ({"token": "a" * 301}, ("INPUT", "Campo token inválido")),
        ({"platform": ...}, ("INPUT", "Plataforma inválida")),
        ({"platform": "windows"}, ("INPUT", "Plataforma inválida")),
        ({"platform": "Android"}, ("INPUT", "Plataforma inválida")),
    ],
)
def test_a_login_is_checked_in_the_order_of_its_fields_the_pair_before_the_device(
    double: httpx.Client, changes: dict[str, Any], refusal: tuple[str, str]
) -> None:
    assert error(login(double, **changes)) == refusal
    assert len(double.get("/_duble/state/citsmart/devices").json()["records"]) == 1


def test_a_token_of_300_characters_and_both_platforms_are_taken(double: httpx.Client) -> None:
    for platform in ("ios", "android"):
        assert login(double, token="ñ" * 300, platform=platform).status_code == 200


def test_a_login_associates_the_device_and_disassociating_ends_that_once(double: httpx.Client) -> None:
    session = login(double, token="meu-aparelho").json()["sessionID"]
    body = {"connection": "http://citsmart.example.com", "token": "meu-aparelho", "sessionID": session}

    assert call(double, "disassociate", **body).json()["success"] is True
    again = call(double, "disassociate", **body)
    login(double, token="meu-aparelho")
    after_login = call(double, "disassociate", **body)

    assert error(again) == ("INPUT", "Associação de dispositivo inexistente")
    assert after_login.json()["success"] is True


def test_a_device_of_somebody_else_is_not_disassociated(double: httpx.Client) -> None:
    login(double, userName="bruna", token="dela")

    answer = call(double, "disassociate", connection="x", token="dela", sessionID=SEEDED)

    assert error(answer) == ("INPUT", "Associação de dispositivo inexistente")
    assert double.get("/_duble/state/citsmart/devices/bruna:dela").json()["active"] is True
    hers = open_session(double, "bruna")
    assert call(double, "disassociate", connection="x", token="dela", sessionID=hers).status_code == 200


def test_each_call_has_the_next_operation_id_refused_or_not(double: httpx.Client) -> None:
    numbers = [
        call(double, "contracts", sessionID=SEEDED).json()["operationID"],
        call(double, "contracts", sessionID="x").json()["operationID"],
        login(double, password="x").json()["operationID"],
        call(double, "getById", sessionID=SEEDED, taskId=1).json()["operationID"],
        call(double, "getById", sessionID=SEEDED).json()["operationID"],
        call(double, "contracts", sessionID=WITHOUT_RIGHTS).json()["operationID"],
    ]
    login(double)
    double.post("/services/v2/contracts", content=b"{", headers={"Content-Type": "application/json"})
    numbers.append(call(double, "status", sessionID=SEEDED).json()["operationID"])

    first = numbers[0]
    # The login in between has a number too, though its answer does not show it; what is no JSON has none.
    assert numbers == [first, first + 1, first + 2, first + 3, first + 4, first + 5, first + 7]


def test_injected_trouble_wears_the_envelope_and_has_a_number(double: httpx.Client) -> None:
    before = call(double, "status", sessionID=SEEDED).json()["operationID"]
    double.post("/_duble/faults", json={"vendor": "citsmart", "error": "INTERNAL.error", "times": 1})

    answer = call(double, "location", **SECURED["location"], sessionID=SEEDED)

    assert error(answer)[0] == "INTERNAL"
    assert (answer.json()["operationID"], answer.json()["success"]) == (before + 1, False)


def test_date_time_is_the_clock_in_milliseconds(double: httpx.Client) -> None:
    double.post("/_duble/clock", json={"freeze": "2014-09-30T18:32:27Z"})

    assert call(double, "contracts", sessionID=SEEDED).json()["dateTime"] == 1412101947000
    assert call(double, "contracts", sessionID="x").json()["dateTime"] == 1412101947000


def test_a_user_name_may_choose_the_sandbox_and_the_session_finds_it_again(double_url: str) -> None:
    with httpx.Client(base_url=double_url, timeout=30, trust_env=False) as client:
        session = login(client, userName="mobile~citsmart-elsewhere").json()["sessionID"]
        made = call(client, "new", description="x", latitude=1, longitude=2, sessionID=session).json()
        here = call(client, "update", number=made["number"], sessionID=session)
        by_path = call_at(client, "/~citsmart-elsewhere", "update", number=made["number"], sessionID=session)
        outside = call(client, "contracts", sessionID=session.partition("~")[0])

    assert session.endswith("~citsmart-elsewhere")
    assert here.json()["notifications"] == by_path.json()["notifications"]
    assert error(outside) == SESSION


def call_at(client: httpx.Client, prefix: str, name: str, **body: Any) -> httpx.Response:
    return client.post(f"{prefix}/services/v2/{name}", json=body)
