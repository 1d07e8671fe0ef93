"""What a request on the wire breaks of its operation's contract, and what cannot be told."""

from __future__ import annotations

import pytest

from contract_tests.harness.judging.breaches import breaches, sends_blank
from contract_tests.harness.judging.responses import Responses
from contract_tests.harness.network.exchange import Request
from contract_tests.harness.spec import contract
from contract_tests.harness.spec.operation import Operation
from mockserver.app import spec_path

SPEC = contract.load("huawei_osm", spec_path("huawei_osm"))


@pytest.fixture(scope="module")
def responses() -> Responses:
    return Responses(SPEC)


@pytest.fixture(scope="module")
def listing() -> Operation:
    return SPEC.operations["list_cases"]


@pytest.mark.parametrize(
    ("query", "broken"),
    [
        ("limit=10&offset=0", ()),
        ("limit=101", ("query/limit",)),
        ("limit=ten", ("query/limit",)),
        ("limit=", ()),
    ],
)
def test_a_query_breaks_what_its_values_break(
    responses: Responses, listing: Operation, query: str, broken: tuple[str, ...]
) -> None:
    request = Request(method="GET", path=f"/v2/servicerequest/cases?{query}")
    assert breaches(responses, listing, request) == broken


@pytest.mark.parametrize(
    ("query", "headers", "blank"),
    [
        ("limit=10", {}, False),
        ("limit=", {}, True),
        ("", {"X-Language": ""}, True),
        ("", {"x-language": " "}, True),
        ("", {"X-Language": "en-us"}, False),
        ("unknown=", {"X-Unknown": ""}, False),
    ],
)
def test_what_is_sent_without_a_value_may_be_read_as_not_sent(
    listing: Operation, query: str, headers: dict[str, str], blank: bool
) -> None:
    request = Request(method="GET", path=f"/v2/servicerequest/cases?{query}", headers=headers)
    assert sends_blank(listing, request) is blank
