"""Where a schema has alternatives, a finding names the field that is wrong with the one that was meant."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from contract_tests.harness.judging.finding import Difference
from contract_tests.harness.judging.responses import Responses
from contract_tests.harness.network.exchange import Answer
from contract_tests.harness.spec import contract
from mockserver.app import spec_path

HUAWEI = Responses(contract.load("huawei_osm", spec_path("huawei_osm")))
HEADERS = {"X-Request-Id": "5f4e7b0b2a8d4c1e9f60718293a4b5c6"}
ASKED = httpx.Request("GET", "http://huawei/labels")
LABEL = {"label_id": 9, "name": "urgent", "color": "#d0021b"}
PAGE = {"total_count": 1, "label_list": [LABEL]}
REFUSAL = {"error_code": "OSM.0003", "error_msg": "Forbidden"}


def differences(body: Any) -> list[Difference]:
    """What is wrong with a list of labels."""
    came = httpx.Response(200, json=body, headers=HEADERS, request=ASKED)
    came.elapsed = timedelta(0)
    return HUAWEI.differences(HUAWEI.contract.operations["list_labels"], Answer(came))


@pytest.mark.parametrize("body", [PAGE, REFUSAL])
def test_either_alternative_is_right(body: Any) -> None:
    assert differences(body) == []


@pytest.mark.parametrize(
    ("body", "said", "got"),
    [
        ({**PAGE, "label_list": [{"label_id": 9, "name": "x"}]}, "/label_list/0 has color", "no color"),
        ({"label_list": []}, "the body has total_count", "no total_count"),
        ({"total": 1, "label_list": []}, "the body has total_count", "no total_count, but total"),
        ({**PAGE, "more": True}, "the body has no fields but the documented ones", "also more"),
        ({**PAGE, "total_count": "1"}, "/total_count has type integer", '"1" is not of type "integer"'),
        ({"error_code": 3, "error_msg": "?"}, "/error_code has type string", '3 is not of type "string"'),
    ],
)
def test_the_field_is_named(body: Any, said: str, got: str) -> None:
    assert [(one.said, one.got) for one in differences(body)] == [(said, got)]


def test_two_fields_are_two_differences() -> None:
    body = {"total_count": "1", "label_list": [{**LABEL, "color": None}]}
    assert [one.about for one in differences(body)] == [
        ("label_list", "*", "color", "type"),
        ("total_count", "type"),
    ]


def test_what_resembles_no_alternative_is_told_as_that() -> None:
    (found,) = differences({"hello": "world"})
    assert found.about == ("oneOf",)
