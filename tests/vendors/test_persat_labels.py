"""Persat's labels, schemas and clients."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

NOT_AN_INTEGER = "'label_id' debe ser un number (entero) obligatorio"


@pytest.fixture
def persat(double: httpx.Client) -> httpx.Client:
    double.headers["Authorization"] = "Bearer duble-key"
    return double


def refusal(answer: httpx.Response) -> tuple[int, str, str]:
    error = answer.json()["error"]
    assert error["status"] == answer.status_code
    return answer.status_code, error["type"], error["userMessage"]


def test_the_printed_label_reads_as_printed(persat: httpx.Client) -> None:
    answer = persat.get("/v1/work-orders-labels/15")

    assert answer.json() == {"success": True, "data": {"id": 15, "name": "Urgente", "color": "RED_2"}}


@pytest.mark.parametrize("label_id", ["urgente", "15.5", "1e1", "%20", "null", "9" * 5000])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_label_id_must_be_an_integer(persat: httpx.Client, method: str, label_id: str) -> None:
    body = {"name": "x"} if method == "PUT" else None

    answer = persat.request(method, f"/v1/work-orders-labels/{label_id}", json=body)

    assert refusal(answer) == (400, "BAD_REQUEST", NOT_AN_INTEGER)


@pytest.mark.parametrize(
    "label_id", ["3215", "-1", "0", "99999999999999999999", "-109425651704639115153639826260320256"]
)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_an_unknown_label_is_named(persat: httpx.Client, method: str, label_id: str) -> None:
    body = {"name": "x"} if method == "PUT" else None

    answer = persat.request(method, f"/v1/work-orders-labels/{label_id}", json=body)

    message = f"No existe la etiqueta de orden de trabajo con id: {label_id}"
    assert refusal(answer) == (404, "NOT_FOUND", message)


def test_a_label_lives_from_creation_to_deletion(persat: httpx.Client) -> None:
    made = persat.post("/v1/work-orders-labels", json={"name": "Avisar por teléfono", "color": "YELLOW"})
    label = made.json()["data"]
    assert made.status_code == 200
    assert label == {"id": 16, "name": "Avisar por teléfono", "color": "YELLOW"}
    assert label in persat.get("/v1/work-orders-labels").json()["data"]

    renamed = persat.put("/v1/work-orders-labels/16", json={"name": "Llamar"}).json()["data"]
    assert renamed == {"id": 16, "name": "Llamar", "color": "YELLOW"}
    recoloured = persat.put("/v1/work-orders-labels/16", json={"color": "BLUE"}).json()["data"]
    assert recoloured == {"id": 16, "name": "Llamar", "color": "BLUE"}
    assert persat.get("/v1/work-orders-labels/16").json()["data"] == recoloured
    plain = persat.put("/v1/work-orders-labels/16", json={"color": ""}).json()["data"]
    assert plain == {"id": 16, "name": "Llamar", "color": ""}
    assert persat.put("/v1/work-orders-labels/16", json={}).json()["data"] == plain

    assert persat.delete("/v1/work-orders-labels/16").json() == {"success": True, "data": {"id": 16}}
    assert persat.get("/v1/work-orders-labels/16").status_code == 404
    assert persat.delete("/v1/work-orders-labels/16").status_code == 404


def test_a_deleted_label_stays_in_the_orders_that_carry_it(persat: httpx.Client) -> None:
    persat.delete("/v1/work-orders-labels/15")

    assert persat.get("/v1/work-orders/9").json()["data"]["labels_ids"] == [15]
    assert [label["id"] for label in persat.get("/v1/work-orders-labels").json()["data"]] == [1, 6]


@pytest.mark.parametrize("name", ["Ñandú de 20 letras..", "👷" * 20, "x"])
def test_a_name_of_20_characters_is_accepted(persat: httpx.Client, name: str) -> None:
    answer = persat.post("/v1/work-orders-labels", json={"name": name, "color": "YELLOW"})

    assert answer.json()["data"]["name"] == name


@pytest.mark.parametrize("name", ["", "á" * 21, None, 5, ["x"]])
def test_another_name_is_refused_and_nothing_changes(persat: httpx.Client, name: Any) -> None:
    before = persat.get("/v1/work-orders-labels").json()

    created = persat.post("/v1/work-orders-labels", json={"name": name, "color": "YELLOW"})
    changed = persat.put("/v1/work-orders-labels/15", json={"name": name, "color": "YELLOW"})

    assert (created.status_code, changed.status_code) == (400, 400)
    assert persat.get("/v1/work-orders-labels").json() == before


@pytest.mark.parametrize("body", [{"name": "x"}, {"color": "YELLOW"}, {"name": "x", "color": None}])
def test_a_new_label_needs_name_and_colour(persat: httpx.Client, body: Any) -> None:
    assert persat.post("/v1/work-orders-labels", json=body).status_code == 400


def test_schemas_keep_the_vendors_misspelling(persat: httpx.Client) -> None:
    listed = persat.get("/v1/work-orders-schemas").json()["data"]

    assert [schema["wo_shema_id"] for schema in listed] == [13, 14]
    for schema in listed:
        answer = persat.get(f"/v1/work-orders-schemas/{schema['wo_shema_id']}")
        assert answer.json() == {"success": True, "data": schema}


@pytest.mark.parametrize(
    ("wo_schema_id", "status"),
    [
        ("13.0", 200),
        ("motores", 400),
        ("nan", 400),
        ("inf", 400),
        ("1e400", 400),
        ("999", 404),
        ("13.5", 404),
        ("1e308", 404),
    ],
)
def test_a_schema_id_is_a_number(persat: httpx.Client, wo_schema_id: str, status: int) -> None:
    assert persat.get(f"/v1/work-orders-schemas/{wo_schema_id}").status_code == status


def test_a_client_shows_what_the_page_lists(persat: httpx.Client) -> None:
    required = {
        "uid_client",
        "company_name",
        "company_description",
        "type_id",
        "group_id",
        "latitude",
        "longitude",
        "street",
        "street_nbr",
        "neighborhood",
        "city",
        "country",
        "last_updated",
        "custom_fields",
    }

    plain = persat.get("/v1/clients/CL-0044").json()["data"]
    full = persat.get("/v1/clients/AABC9098").json()["data"]

    assert set(plain) == required
    assert set(full) == required | {"service_time", "wt"}
    assert full["company_name"] == "Fabrica de Motores"


def test_an_unknown_client_is_refused(persat: httpx.Client) -> None:
    answer = persat.get("/v1/clients/NO-EXISTE")

    assert refusal(answer) == (404, "NOT_FOUND", "No existe un cliente con este número.")
