"""Huawei, labels and what new tickets refer to."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

BASE = "/v2/servicerequest"
LABELS = f"{BASE}/labels"
ON_CASE = f"{BASE}/cases/case-123/labels"
INVALID = {"error_code": "OSM.01010001", "error_msg": "Param validation failed."}


@pytest.fixture
def osm(double: httpx.Client) -> httpx.Client:
    double.headers["X-Auth-Token"] = "duble-token"
    return double


def labels(osm: httpx.Client, **query: Any) -> list[tuple[int, str, str]]:
    found = osm.get(LABELS, params=query).json()["label_list"]
    return [(one["label_id"], one["name"], one["color"]) for one in found]


def on_case(osm: httpx.Client) -> list[int]:
    return [one["label_id"] for one in osm.get(ON_CASE).json()["case_label_list"]]


def test_a_new_label_is_found_by_its_name(osm: httpx.Client) -> None:
    assert osm.post(LABELS, json={"name": "waiting", "color": "#000000"}).json() == {}

    assert labels(osm, name="ait") == [(11, "waiting", "#000000")]


def test_the_first_label_of_an_empty_sandbox_is_number_one(osm: httpx.Client) -> None:
    for label_id in (9, 10):
        osm.delete(f"/_duble/state/huawei_osm/labels/{label_id}")
    osm.post(LABELS, json={"name": "n", "color": "c"})

    assert [label[1] for label in labels(osm)] == ["n"]


def test_labels_come_in_pages_of_ten_by_id(osm: httpx.Client) -> None:
    for number in range(10):
        osm.post(LABELS, json={"name": f"wait{number}", "color": "#000000"})

    first, rest = osm.get(LABELS).json(), osm.get(LABELS, params={"offset": 10, "limit": 100}).json()

    assert [one["label_id"] for one in first["label_list"]] == list(range(9, 19))
    assert [one["label_id"] for one in rest["label_list"]] == [19, 20]
    assert (first["total_count"], rest["total_count"]) == (12, 12)
    third = osm.get(LABELS, params={"name": "wait", "offset": 2, "limit": 1}).json()
    assert third == {
        "total_count": 10,
        "label_list": [{"label_id": 13, "name": "wait2", "color": "#000000"}],
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"name": "urg"}, [9]),
        ({"name": "URG"}, []),
        ({"name": ""}, [9, 10]),
        ({"label_id": 10}, [10]),
        ({"label_id": 10, "name": "urg"}, []),
        ({"label_id": 999}, []),
        ({"label_id": -(10**20)}, []),
    ],
)
def test_labels_are_narrowed(osm: httpx.Client, query: dict[str, Any], expected: list[int]) -> None:
    assert [label[0] for label in labels(osm, **query)] == expected


def test_a_changed_label_changes_on_its_tickets(osm: httpx.Client) -> None:
    assert osm.put(f"{LABELS}/9", json={"name": "later", "color": "#ffffff"}).json() == {}

    shown = osm.get(f"{BASE}/cases", params={"label_id_list": 9}).json()["incident_info_list"][0]
    assert shown["label_list"] == [{"label_id": 9, "name": "later", "color": "#ffffff"}]


def test_a_deleted_label_leaves_every_ticket(osm: httpx.Client) -> None:
    osm.post(ON_CASE, params={"label_ids": [9, 10]})

    assert osm.delete(f"{LABELS}/9").json() == {}

    assert on_case(osm) == [10]
    assert osm.get(f"{BASE}/cases/TT202601020001/labels").json() == {"case_label_list": []}
    links = osm.get("/_duble/state/huawei_osm/case_labels").json()["records"]
    assert [link["label_id"] for link in links] == [10]


@pytest.mark.parametrize("label_id", ["999", "0", "-1", "9" * 30])
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_an_unknown_label_is_an_invalid_parameter(osm: httpx.Client, method: str, label_id: str) -> None:
    body = {"name": "n", "color": "c"} if method == "PUT" else None

    answer = osm.request(method, f"{LABELS}/{label_id}", json=body)

    assert (answer.status_code, answer.json()) == (200, INVALID)


@pytest.mark.parametrize(
    "query", ["label_ids=10&label_ids=9", "label_ids=10,9", "label_ids=9&label_ids=10&label_ids=9"]
)
def test_label_ids_are_repeated_or_separated_by_commas(osm: httpx.Client, query: str) -> None:
    assert osm.post(f"{ON_CASE}?{query}").json() == {}
    assert on_case(osm) == [9, 10]
    assert osm.post(f"{ON_CASE}?{query}").json() == {}
    assert on_case(osm) == [9, 10]

    assert osm.delete(f"{ON_CASE}?{query}").json() == {}
    assert on_case(osm) == []
    assert osm.delete(f"{ON_CASE}?{query}").json() == {}


@pytest.mark.parametrize("ids", [[9, 999], [1, 2, 3, 4, 5, 6], [9] * 6, []])
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_too_many_or_unknown_labels_change_nothing(osm: httpx.Client, method: str, ids: list[int]) -> None:
    osm.post(ON_CASE, params={"label_ids": 10})

    answer = osm.request(method, ON_CASE, params={"label_ids": ids})

    assert (answer.status_code, answer.json()) == (200, INVALID)
    assert on_case(osm) == [10]


def test_labels_are_not_logged(osm: httpx.Client) -> None:
    before = osm.get("/_duble/state/huawei_osm/operate_logs").json()
    osm.post(ON_CASE, params={"label_ids": 9})
    osm.delete(ON_CASE, params={"label_ids": 9})

    assert osm.get("/_duble/state/huawei_osm/operate_logs").json() == before


def config(osm: httpx.Client, path: str, name: str, key: str, **query: str) -> list[str]:
    answer = osm.get(f"{BASE}/config/{path}", params=query).json()
    found = [one[key] for one in answer[name]]
    assert answer.get("total_count", len(found)) == len(found)
    return found


def test_problem_types_of_a_product(osm: httpx.Client) -> None:
    where = ("problems", "incident_business_type_list", "business_type_id")

    assert config(osm, *where) == ["bt-consulting", "bt-fault", "bt-quota"]
    assert config(osm, *where, product_category_id="pc-obs") == ["bt-consulting", "bt-fault"]
    assert config(osm, *where, product_category_id="pc-unknown") == ["bt-consulting"]


def test_products_by_part_of_their_name(osm: httpx.Client) -> None:
    where = ("product-categories", "incident_product_category_list", "incident_product_category_id")

    assert config(osm, *where) == ["pc-ecs", "pc-obs"]
    assert config(osm, *where, product_category_name="STORAGE") == ["pc-obs"]


def test_sub_types_carry_their_products(osm: httpx.Client) -> None:
    answer = osm.get(f"{BASE}/config/categories").json()

    assert [
        (
            one["incident_sub_type_id"],
            [p["incident_product_category_id"] for p in one["incident_product_category_list"]],
        )
        for one in answer["incident_sub_type_list"]
    ] == [("st-compute", ["pc-ecs"]), ("st-storage", ["pc-obs"])]


def test_severities_whatever_is_asked_for(osm: httpx.Client) -> None:
    where = ("severities", "severity_list", "severity_id")

    found = config(osm, *where, product_category_id="pc-x", business_type_id="bt-x")

    assert found == ["sev-high", "sev-low", "sev-medium"]
    assert osm.get(f"{BASE}/config/severities", params={"product_category_id": "pc-ecs"}).json() == INVALID


def test_regions_and_dimensions(osm: httpx.Client) -> None:
    assert config(osm, "regions", "data_center_list", "region_id") == ["ap-southeast-3", "cn-south-1"]
    dimensions = osm.get(f"{BASE}/config/satisfaction-dimensions").json()["satisfaction_dimension_list"]
    assert [(one["satisfaction_id"], one["satisfaction_name"], one["value"]) for one in dimensions] == [
        (1, "speed", 5),
        (3, "result", 5),
    ]
