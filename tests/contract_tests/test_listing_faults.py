"""Lists and reads that are wrong only in company: a second filter, a later page, a second look."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
import yaml

from contract_tests.harness.acting.agreement import agreement_of
from contract_tests.harness.acting.listing import Listing
from contract_tests.harness.running.prepare import prepared, shipped
from contract_tests.harness.running.run import Run
from contract_tests.harness.running.session import execute
from contract_tests.harness.spec import contract
from mockserver.app import build
from mockserver.server import serving
from tests.contract_tests.foreign import opened
from tests.contract_tests.runs import Quiet, run_shipped
from tests.contract_tests.saboteur import Ask, Asked, Fault, Saboteur, Told

Query = list[tuple[str, str]]


@pytest.fixture(scope="module")
def sabotaged() -> Iterator[tuple[Saboteur, str]]:
    """A double with a saboteur before it, and the URL of the two."""
    saboteur = Saboteur(build(["persat", "zeev", "huawei_osm"]))
    with serving(saboteur) as url:
        yield saboteur, url


def queried(change: Callable[[Query], Query]) -> Fault:
    """A server that reads another query than it was sent."""

    async def querying(asked: Asked, ask: Ask) -> Told:
        query = change(parse_qsl(asked.query.decode(), keep_blank_values=True))
        return await ask(Asked(**{**vars(asked), "query": urlencode(query).encode()}))

    return querying


def shown(path: str, change: Callable[[Any, Asked], Any]) -> Fault:
    """A server that shows another body of its successes at a path."""

    async def showing(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        if asked.matches("GET", path) and told.status == 200:
            return told.having(change(told.json, asked))
        return told

    return showing


def one_filter_only(query: Query) -> Query:
    return [(name, value) for name, value in query if name != "states" or "uid_client" not in dict(query)]


def last_state_only(query: Query) -> Query:
    states = [pair for pair in query if pair[0] == "states"]
    return [pair for pair in query if pair not in states[:-1]]


def no_offset_beside_a_filter(query: Query) -> Query:
    filtered = not {"name", "label_id"}.isdisjoint(dict(query))
    return [(name, value) for name, value in query if name != "offset" or not filtered]


def whole_names_only(body: Any, asked: Asked) -> Any:
    wanted = dict(parse_qsl(asked.query.decode())).get("name")
    if wanted is None:
        return body
    labels = [one for one in body["label_list"] if one["name"].lower() == wanted.lower()]
    return {**body, "label_list": labels, "total_count": len(labels)}


def no_codes_on_later_pages(body: Any, asked: Asked) -> Any:
    if dict(parse_qsl(asked.query.decode())).get("pageNumber", "1") == "1":
        return body
    return [{name: value for name, value in one.items() if name != "confirmationCode"} for one in body]


def id_with_everything(body: Any, asked: Asked) -> Any:
    return {**body, "id": 890360388}


def no_results_once_closed(body: Any, asked: Asked) -> Any:
    work = {name: value for name, value in body["data"]["wo_data"].items() if name != "results"}
    closed = body["data"]["state"] == "CERRADA_OK"
    return {**body, "data": {**body["data"], "wo_data": work}} if closed else body


def another_link_each_time() -> Callable[[Any, Asked], Any]:
    number = count()
    return lambda body, _: {
        **body,
        "data": {**body["data"], "tracklink": f"{HASH}{next(number)}"},
    }


def colour_of_another_type(body: Any, asked: Asked) -> Any:
    """Of every label but the one of the examples."""
    is_example = asked.path.endswith("/15")
    return body if is_example else {**body, "data": {**body["data"], "color": 7}}


SEED = 1
HASH = "https://wotracking.persat.com.ar/?hash="
LINK = "get_work_order_tracklink"
LINKS = r"work-orders/tracklink/[^/]+"
FAULTS = [
    (
        "only the example's answer fits",
        "persat",
        "get_work_order_label",
        "body",
        shown(r"work-orders-labels/\d+", colour_of_another_type),
    ),
    ("one filter of two", "persat", "list_work_orders", "wrong selection", queried(one_filter_only)),
    (
        "first page of what is selected",
        "huawei_osm",
        "list_labels",
        "pages differ from the selection",
        queried(no_offset_beside_a_filter),
    ),
    ("one value of two", "persat", "list_work_orders", "wrong selection", queried(last_state_only)),
    (
        "lost in one state",
        "persat",
        "list_work_orders",
        "list and item disagree",
        shown(r"work-orders/\d+", no_results_once_closed),
    ),
    ("changes by itself", "persat", LINK, "changes by itself", shown(LINKS, another_link_each_time())),
    (
        "less on later pages",
        "zeev",
        "list_my_instances",
        "page and whole disagree",
        shown("instances", no_codes_on_later_pages),
    ),
    (
        "more than selected",
        "zeev",
        "get_instance",
        "wrong projection",
        shown(r"instances/\d+", id_with_everything),
    ),
]


@pytest.mark.parametrize(
    ("vendor", "operation", "kind", "fault"), [one[1:] for one in FAULTS], ids=[one[0] for one in FAULTS]
)
def test_a_fault_that_shows_only_in_company_is_found(
    sabotaged: tuple[Saboteur, str], vendor: str, operation: str, kind: str, fault: Fault
) -> None:
    saboteur, url = sabotaged
    saboteur.fault = fault
    run = run_shipped(url, vendor, operations=[operation], parts=["agreement"], seed=SEED)
    assert kind in {finding.kind for finding in run.findings}


def total_of_the_page(body: Any, asked: Asked) -> Any:
    is_selected = bool(dict(parse_qsl(asked.query.decode())).keys() - {"limit", "offset"})
    return {**body, "total_count": len(body["incident_info_list"])} if is_selected else body


@pytest.mark.parametrize(
    ("change", "path", "operation", "kind"),
    [
        (whole_names_only, "labels", "list_labels", "wrong selection"),
        (total_of_the_page, "cases", "list_cases", "wrong total"),
    ],
)
def test_a_fault_of_what_is_selected_is_found(
    sabotaged: tuple[Saboteur, str], change: Callable[[Any, Asked], Any], path: str, operation: str, kind: str
) -> None:
    saboteur, url = sabotaged

    async def selecting(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        is_list = (
            asked.method == "GET" and asked.path.endswith(f"/servicerequest/{path}") and told.status == 200
        )
        return told.having(change(told.json, asked)) if is_list else told

    saboteur.fault = selecting
    run = run_shipped(url, "huawei_osm", operations=[operation], parts=["agreement"], seed=SEED)
    assert run.problems == []
    assert kind in {finding.kind for finding in run.findings}


def test_the_windows_of_a_list_show_every_state_in_which_it_can_show_a_record() -> None:
    vendor = shipped("persat")
    operation = contract.load("persat", vendor.spec).operations["list_work_orders"]
    listing = Listing(operation, agreement_of(operation)["list"])
    windows = [listing, *(listing.through(number) for number in range(len(listing.said["also"])))]
    days = [(one.whole["query"]["from"][:10], one.whole["query"]["to"][:10]) for one in windows]
    orders = yaml.safe_load(Path(vendor.fixtures, "seed.yaml").read_text())["records"]["work_orders"]
    dated = [(order["state"], str(order["date"])) for order in orders if order.get("date")]
    seen = {state for state, day in dated for first, last in days if first <= day <= last}
    assert seen == {state for state, _ in dated}


# ---------------------------------------------------------------- a server that is not ours


def asked_for_links(fault: Fault) -> Run:
    """A run that reads the tracking links of somebody else's server."""
    wanted: dict[str, Any] = {"parts": ["agreement"], "operations": [LINK], "profile": "standard"}
    with (
        opened(["persat"], fault) as server,
        prepared([shipped("persat")], url=server.url, **wanted) as run,
    ):
        execute(run, Quiet())
        return run


@pytest.mark.usefixtures("credentials")
def test_elsewhere_what_is_another_each_time_is_found() -> None:
    run = asked_for_links(shown(LINKS, another_link_each_time()))
    assert {finding.kind for finding in run.findings} == {"changes by itself"}


@pytest.mark.usefixtures("credentials")
def test_elsewhere_what_somebody_changes_between_two_reads_is_not_blamed() -> None:
    number = count()
    run = asked_for_links(
        shown(
            LINKS,
            lambda body, _: {
                **body,
                "data": {**body["data"], "tracklink": f"{HASH}{next(number) // 2}"},
            },
        )
    )
    assert [str(finding) for finding in run.findings] == []
    assert run.problems == []
