"""Huawei's own SDK, unchanged, against the double: every operation served, and the life of a ticket."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException, ServerResponseException
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkosm import v2 as sdk

from tests.yaml_file import written

# Without python-dateutil the SDK warns at each time that it leaves as text.
pytestmark = pytest.mark.filterwarnings("ignore::ImportWarning")

SPEC = written(Path(__file__).parents[2] / "specs/huawei_osm.yaml")
SOURCE_ID = "83aeb0f2834c4df49826c781d32a963e"
_NUMBERS = count(1)


@pytest.fixture(scope="module", autouse=True)
def _at_home_nowhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The SDK writes into the home folder, reads credentials there, and takes the environment's proxies."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("NO_PROXY", "*")
        yield


@pytest.fixture
def sandbox() -> str:
    """The SDK discards the path of an endpoint, so that only its access key can name a sandbox."""
    return f"sdk-{next(_NUMBERS)}"


@pytest.fixture
def control(double_url: str, sandbox: str) -> Iterator[httpx.Client]:
    """The control API of the same sandbox."""
    with httpx.Client(base_url=f"{double_url}/~{sandbox}/_duble", trust_env=False) as client:
        yield client
        httpx.delete(f"{double_url}/_duble/sandboxes/{sandbox}", trust_env=False)


@pytest.fixture
def osm(double_url: str, sandbox: str, control: httpx.Client) -> Any:
    """A client that signs with the key of a Ticket Administrator."""
    return client(double_url, f"AKDUBLE~{sandbox}", "SKDUBLE")


def client(url: str, access_key: str, secret_key: str) -> Any:
    config = HttpConfig.get_default_config()
    config.timeout = (5, 20)
    return (
        sdk.OsmClient.new_builder()
        .with_http_config(config)
        .with_credentials(GlobalCredentials(access_key, secret_key, "0f9e8d7c6b5a49388271605f4e3d2c1b"))
        .with_endpoint(url)
        .build()
    )


def act(osm: Any, case_id: str | None, action_id: str | None, body: Any = None) -> Any:
    return osm.update_cases(sdk.UpdateCasesRequest(case_id=case_id, action_id=action_id, body=body))


def status(osm: Any, case_id: str) -> Any:
    return osm.show_case_status(sdk.ShowCaseStatusRequest(case_id=case_id)).status


def detail(osm: Any, case_id: str) -> Any:
    return osm.show_case_detail(sdk.ShowCaseDetailRequest(case_id=case_id)).incident_detail_info


def create(osm: Any, **more: Any) -> str:
    body = sdk.CreateOrderIncidentV2Req(
        business_type_id="bt-consulting", simple_description="Disk full", source_id=SOURCE_ID, **more
    )
    made: str = osm.create_cases(sdk.CreateCasesRequest(body=body)).incident_id
    return made


def error(answer: Any) -> tuple[Any, Any]:
    return answer.status_code, answer.error_code


def dropped_error(answer: Any) -> Any:
    """The SDK's answer model has no place for the pair; only the raw bytes show it."""
    return re.findall(rb'"error_code":"([^"]+)"', answer.raw_content)


def test_the_whole_life_of_a_ticket(osm: Any, control: httpx.Client) -> None:
    case_id = create(osm, accessory_ids=["acc-1"])
    assert status(osm, case_id) == 0
    assert error(act(osm, case_id, "press")) == (200, None)

    for event, content in (("accept", None), ("ask_feedback", "Which disk?")):
        said = {"id": case_id} if content is None else {"id": case_id, "content": content}
        assert control.post(f"backstage/huawei_osm/{event}", json=said).status_code == 200
    assert status(osm, case_id) == 17

    osm.create_messages(
        sdk.CreateMessagesRequest(case_id=case_id, body={"message": {"content": "The second one."}})
    )
    assert status(osm, case_id) == 1
    talk = osm.list_messages(sdk.ListMessagesRequest(case_id=case_id))
    assert [(one.type, one.content) for one in talk.message_list] == [
        (0, "Disk full"),
        (1, "Which disk?"),
        (0, "The second one."),
    ]

    rating = sdk.IncidentSatisfactionV2Do(satisfaction_id=1, satisfaction_value=5, satisfaction_name="speed")
    closing = {"judgement": "good", "operate_desc": "solved", "incident_satisfaction_list": [rating]}
    assert error(act(osm, case_id, "close", closing)) == (200, None)
    closed = detail(osm, case_id)
    assert (closed.status, closed.judgement) == (3, "good")
    assert closed.incident_satisfaction[0].satisfaction_value == 5

    again = {"judgement": "very good", "incident_satisfaction_list": []}
    assert error(osm.create_scores(sdk.CreateScoresRequest(case_id=case_id, body=again))) == (200, None)
    assert detail(osm, case_id).judgement == "very good"

    log = osm.list_case_operate_logs(sdk.ListCaseOperateLogsRequest(case_id=case_id))
    assert [entry.operate_type for entry in log.incident_operate_log_list] == [1, 2, 8, 8, 6, 4, 7]

    assert error(act(osm, case_id, "delete")) == (200, None)
    assert status(osm, case_id) is None
    listed = osm.list_cases(sdk.ListCasesRequest(incident_id=case_id))
    assert (listed.total_count, listed.incident_info_list) == (0, [])


@pytest.mark.parametrize("body", [None, {}, {"operate_desc": "no longer needed"}])
def test_a_cancellation_needs_no_body(osm: Any, body: Any) -> None:
    case_id = create(osm)

    assert error(act(osm, case_id, "cancel", body)) == (200, None)
    assert status(osm, case_id) == 4


def test_a_second_cancellation_is_an_exception(osm: Any) -> None:
    case_id = create(osm)
    act(osm, case_id, "cancel")

    with pytest.raises(ClientRequestException) as refused:
        act(osm, case_id, "cancel")

    assert (refused.value.status_code, refused.value.error_code) == (403, "OSM.0003")
    assert refused.value.error_msg == "Forbidden"
    assert re.fullmatch("[0-9a-f]{32}", refused.value.request_id)


def test_business_refusals_are_no_exceptions(osm: Any) -> None:
    case_id = create(osm)
    act(osm, case_id, "press")

    assert error(act(osm, case_id, "press")) == (200, "OSM.01010004")
    assert error(act(osm, case_id, "reopen")) == (200, "OSM.01010013")
    assert error(act(osm, case_id, None)) == (200, "OSM.01010001")
    assert error(act(osm, "TT209901010001", "press")) == (200, "OSM.01010015")


def test_a_refusal_that_the_answer_model_has_no_place_for_is_dropped(osm: Any) -> None:
    answer = osm.show_case_status(sdk.ShowCaseStatusRequest(case_id="TT209901010001"))

    assert answer.status is None
    assert dropped_error(answer) == [b"OSM.01010015"]


@pytest.mark.parametrize("case_id", ["a/b", "a?b", "ä b", "100%", "...", "x" * 64])
def test_odd_ids_are_signed_and_routed(osm: Any, case_id: str) -> None:
    assert error(act(osm, case_id, "press")) == (200, "OSM.01010015")


def test_a_missing_id_goes_out_as_its_placeholder(osm: Any) -> None:
    assert error(act(osm, None, "press")) == (200, "OSM.01010015")


def test_too_long_a_value_is_left_to_the_server(osm: Any) -> None:
    assert error(act(osm, "x" * 65, "press")) == (200, "OSM.01010001")
    assert error(act(osm, "case-123", "press", {"judgement": "x" * 401})) == (200, "OSM.01010001")


def test_the_wrong_type_is_an_exception(osm: Any) -> None:
    with pytest.raises(ClientRequestException) as refused:
        act(osm, "case-123", "press", {"incident_satisfaction_list": {}})

    assert (refused.value.status_code, refused.value.error_code) == (400, "OSM.0001")


def test_a_wrong_secret_is_an_exception(double_url: str, sandbox: str, control: httpx.Client) -> None:
    with pytest.raises(ClientRequestException) as refused:
        status(client(double_url, f"AKDUBLE~{sandbox}", "SKWRONG"), "case-123")

    assert (refused.value.status_code, refused.value.error_code) == (401, "APIGW.0301")
    assert refused.value.error_msg.startswith("Incorrect IAM authentication information: ")
    assert re.fullmatch("[0-9a-f]{32}", refused.value.request_id)


def test_an_access_key_names_its_sandbox(double_url: str, osm: Any, control: httpx.Client) -> None:
    case_id = create(osm)

    assert control.get(f"state/huawei_osm/cases/{case_id}").status_code == 200
    assert status(client(double_url, "AKDUBLE", "SKDUBLE"), case_id) is None


def test_a_signature_counts_before_a_token(osm: Any) -> None:
    osm.preset_headers = {"X-Auth-Token": "nobody's"}

    assert status(osm, "case-123") == 1


def test_repeated_and_sorted_query_values_are_signed(osm: Any) -> None:
    words = sdk.ListCasesRequest(search_key=["window", "Server unreachable", "a,b", "ü"], label_id_list=["9"])
    assert osm.list_cases(words).total_count == 0

    words.search_key = ["window", "server unreachable"]
    assert [one.incident_id for one in osm.list_cases(words).incident_info_list] == ["TT202601020001"]


def test_integer_lists_are_signed_in_order_of_number(osm: Any) -> None:
    put = sdk.CreateCaseLabelsRequest(case_id="case-123", label_ids=[10, 9])

    assert error(osm.create_case_labels(put)) == (200, None)
    labels = osm.list_case_labels(sdk.ListCaseLabelsRequest(case_id="case-123")).case_label_list
    assert [one.label_id for one in labels] == [9, 10]


def test_the_common_headers_are_taken_and_signed(osm: Any) -> None:
    asked = sdk.ShowCaseStatusRequest(
        case_id="case-123", x_site=1, x_language="en-us", x_time_zone="Mars/Olympus"
    )
    assert osm.show_case_status(asked).status == 1

    asked.x_site = 2
    assert dropped_error(osm.show_case_status(asked)) == [b"OSM.01010001"]


def test_a_server_error_and_throttling_are_exceptions(osm: Any, control: httpx.Client) -> None:
    control.post("faults", json={"vendor": "huawei_osm", "status": 500, "times": 1})
    with pytest.raises(ServerResponseException) as broken:
        status(osm, "case-123")
    assert (broken.value.status_code, broken.value.error_code) == (500, "OSM.0004")

    control.post("faults", json={"vendor": "huawei_osm", "status": 429, "times": 1})
    with pytest.raises(ClientRequestException) as throttled:
        act(osm, "case-123", "press")
    assert (throttled.value.status_code, throttled.value.error_code) == (429, "APIGW.0308")


def calls(osm: Any) -> dict[str, Any]:
    """One successful call of every operation that the SDK has and the double serves."""
    label = sdk.CreateLabelsRequest(body={"name": "n", "color": "#000000"})
    renamed = sdk.UpdateLabelsRequest(label_id=9, body={"name": "n", "color": "#000000"})
    score = {"judgement": "", "incident_satisfaction_list": []}
    labels = {"case_id": "case-123", "label_ids": [9]}
    severities = sdk.ListSeveritiesRequest(product_category_id="pc-ecs", business_type_id="bt-fault")
    return {
        "update_cases": lambda: act(osm, "case-123", "press"),
        "create_cases": lambda: osm.create_cases(
            sdk.CreateCasesRequest(
                body=sdk.CreateOrderIncidentV2Req(
                    business_type_id="bt-consulting", simple_description="x", source_id=SOURCE_ID
                )
            )
        ),
        "list_cases": lambda: osm.list_cases(sdk.ListCasesRequest()),
        "list_case_counts": lambda: osm.list_case_counts(sdk.ListCaseCountsRequest(status=0)),
        "show_case_detail": lambda: osm.show_case_detail(sdk.ShowCaseDetailRequest(case_id="case-123")),
        "show_case_status": lambda: osm.show_case_status(sdk.ShowCaseStatusRequest(case_id="case-123")),
        "create_messages": lambda: osm.create_messages(
            sdk.CreateMessagesRequest(case_id="case-123", body={"message": {"content": "x"}})
        ),
        "list_messages": lambda: osm.list_messages(sdk.ListMessagesRequest(case_id="case-123", limit=1)),
        "list_case_operate_logs": lambda: osm.list_case_operate_logs(
            sdk.ListCaseOperateLogsRequest(case_id="case-123", offset=1)
        ),
        "create_scores": lambda: osm.create_scores(
            sdk.CreateScoresRequest(case_id="TT202601020004", body=score)
        ),
        "list_case_labels": lambda: osm.list_case_labels(sdk.ListCaseLabelsRequest(case_id="case-123")),
        "create_case_labels": lambda: osm.create_case_labels(sdk.CreateCaseLabelsRequest(**labels)),
        "delete_case_labels": lambda: osm.delete_case_labels(sdk.DeleteCaseLabelsRequest(**labels)),
        "list_labels": lambda: osm.list_labels(sdk.ListLabelsRequest(name="urg")),
        "create_labels": lambda: osm.create_labels(label),
        "update_labels": lambda: osm.update_labels(renamed),
        "delete_labels": lambda: osm.delete_labels(sdk.DeleteLabelsRequest(label_id=9)),
        "list_satisfaction_dimensions": lambda: osm.list_satisfaction_dimensions(
            sdk.ListSatisfactionDimensionsRequest()
        ),
        "list_problem_types": lambda: osm.list_problem_types(sdk.ListProblemTypesRequest()),
        "list_case_categories": lambda: osm.list_case_categories(sdk.ListCaseCategoriesRequest()),
        "list_product_categories": lambda: osm.list_product_categories(sdk.ListProductCategoriesRequest()),
        "list_severities": lambda: osm.list_severities(severities),
        "list_regions": lambda: osm.list_regions(sdk.ListRegionsRequest()),
    }


SERVED = {operation["operationId"] for item in SPEC["paths"].values() for operation in item.values()}
# What an answer is known by, member of the SDK's model -> what the seed says; E: nothing but the pair.
E: dict[str, Any] = {"error_code": None, "error_msg": None}
EXPECTED: dict[str, dict[str, Any]] = {
    "update_cases": E,
    "create_messages": E,
    "create_scores": E,
    "create_case_labels": E,
    "delete_case_labels": E,
    "create_labels": E,
    "update_labels": E,
    "delete_labels": E,
    "create_cases": {},
    "list_cases": {"total_count": 9},
    "list_case_counts": {},
    "show_case_detail": {},
    "show_case_status": {"status": 1},
    "list_messages": {"count": 2},
    "list_case_operate_logs": {"total_count": 2},
    "list_case_labels": {"case_label_list": []},
    "list_labels": {"total_count": 1},
    "list_satisfaction_dimensions": {"total_count": 2},
    "list_problem_types": {"total_count": 3},
    "list_case_categories": {"total_count": 2},
    "list_product_categories": {"total_count": 2},
    "list_severities": {"show": True},
    "list_regions": {"total_count": 2},
}


def test_every_operation_of_the_sdk_that_the_spec_has_is_called(osm: Any) -> None:
    assert calls(osm).keys() == EXPECTED.keys() == SERVED - {"create_token"}


@pytest.mark.parametrize("operation", sorted(EXPECTED))
def test_every_operation_answers_the_sdk(osm: Any, control: httpx.Client, operation: str) -> None:
    answer = calls(osm)[operation]()

    assert answer.status_code == 200
    assert {name: getattr(answer, name) for name in EXPECTED[operation]} == EXPECTED[operation]
    members = set(answer.openapi_types) - {"error_code", "error_msg"}
    assert [name for name in members if getattr(answer, name) is None] == []
    seen = control.get("requests", params={"operation": operation}).json()["requests"]
    assert [one["status"] for one in seen] == [200]


UNSERVED = [one["operationId"] for one in SPEC["x-unserved"]["operations"]]


def test_the_sdk_has_every_operation_that_is_named_as_not_served() -> None:
    assert [name for name in UNSERVED if not callable(getattr(sdk.OsmClient, name, None))] == []
    assert len(UNSERVED) == 52


def test_an_operation_that_is_not_served_says_so_through_the_sdk(osm: Any) -> None:
    with pytest.raises(ServerResponseException) as refused:
        osm.list_relation(sdk.ListRelationRequest(case_id="case-123"))

    assert refused.value.status_code == 501
    assert "does not simulate" in refused.value.error_msg
