"""A double beside a server that seems not to be ours: no difference where there is none, and each that is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import httpx
import pytest

from contract_tests.harness.parity.result import Parity
from contract_tests.harness.spec import contract, pointer
from mockserver.app import VENDORS, spec_path
from tests.contract_tests.compared import Doubles, beside, known_there, stranger, told
from tests.contract_tests.saboteur import Ask, Asked, Fault, Told, forgetting

SCHEMAS = "/components/schemas"
LATER = "2027-09-01T07:08:09Z"
# By vendor, the refusals that a reader of the spec would at least expect to see compared without writes.
REFUSALS = {
    "persat": {"UNAUTHORIZED", "BAD_REQUEST.cause", "BAD_REQUEST.json", "NOT_FOUND.work_order"},
    "zeev": {"token_missing", "token_invalid", "missing_filter", "instance_not_found"},
    "huawei_osm": {"APIGW.0301", "OSM.01010001", "OSM.01010015", "OSM.01010013"},
    "citsmart": {"SESSION.invalid", "INPUT.task_not_found", "INPUT.request_type", "BAD_REQUEST"},
    "taf": {"401", "701.key", "703"},
}


@pytest.fixture(autouse=True)
def ledgers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is written down lands in a folder of the test's own."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_same_server_shows_no_difference(
    vendor: str, ours: Doubles, monkeypatch: pytest.MonkeyPatch
) -> None:
    known_there(monkeypatch, vendor)
    with stranger(vendor) as (url, _):
        result = beside(ours(vendor), url)
    assert list(map(told, result.disparities)) == []
    assert (result.exit_code, result.stopped, result.doubted) == (0, None, set())
    reading = {o.id for o in ours(vendor).contract.operations.values() if o.reads_only}
    assert {name for kind, name in seen(result, "success")} >= reading
    assert {error for kind, _, error in seen(result, "refusal")} >= REFUSALS[vendor]


def seen(result: Parity, kind: str) -> list[tuple[str, ...]]:
    """What of one kind both sides have shown alike."""
    return [key for key in result.shown if isinstance(key, tuple) and key[0] == kind]


@pytest.mark.parametrize("vendor", VENDORS)
def test_other_records_and_another_clock_are_no_difference(
    vendor: str, ours: Doubles, monkeypatch: pytest.MonkeyPatch
) -> None:
    known_there(monkeypatch, vendor)
    with stranger(vendor) as (url, behind):
        live_on(behind, vendor)
        result = beside(ours(vendor), url, writes="sandbox")
    assert list(map(told, result.disparities)) == []
    assert result.exit_code == 0


def live_on(behind: httpx.Client, vendor: str) -> None:
    """All but the last two records with a life are gone, and years have passed."""
    lives = contract.load(vendor, spec_path(vendor)).lifecycles.values()
    for collection in {life["collection"] for life in lives}:
        place = f"/_duble/state/{vendor}/{collection}"
        for record in behind.get(place).json()["records"][:-2]:
            assert behind.delete(f"{place}/{record['id']}").status_code == 200
    assert behind.post("/_duble/clock", json={"freeze": LATER}).status_code == 200


# ---------------------------------------------------------------- planted differences


@dataclass(frozen=True)
class Planted:
    """One thing that the other server does otherwise, and what must be said of it."""

    name: str
    vendor: str
    fault: Fault
    operation: str
    kind: str
    place: str
    """Pointer into the spec: what the double was built from."""
    refutes: tuple[str, ...] = ()
    writes: Literal["none", "sandbox"] = "none"
    got: str = ""
    """What must stand in what the target is said to answer."""


def when(applies: Callable[[Asked, Told], bool], change: Callable[[Told], Told]) -> Fault:
    """Answers that a condition picks, changed."""

    async def fault(asked: Asked, ask: Ask) -> Told:
        came = await ask(asked)
        return change(came) if applies(asked, came) else came

    return fault


def at(method: str, path: str, status: int) -> Callable[[Asked, Told], bool]:
    """Answers with a status to requests for a path without its base path."""
    return lambda asked, came: asked.matches(method, path) and came.status == status


def having(place: str, value: Any) -> Callable[[Told], Told]:
    """Another value at a pointer of the body."""
    return lambda came: came.having(
        pointer.patched(came.json, [{"op": "add", "path": place, "value": value}])
    )


def lacking(place: str) -> Callable[[Told], Told]:
    """Nothing at a pointer of the body."""
    return lambda came: came.having(pointer.patched(came.json, [{"op": "remove", "path": place}]))


async def open_door(asked: Asked, ask: Ask) -> Told:
    """Whoever has no credential is let in to read."""
    came = await ask(asked)
    if came.status == 401 and asked.method == "GET":
        return await ask(replace(asked, headers={**asked.headers, "authorization": "Bearer duble-key"}))
    return came


async def lost_cancellation(asked: Asked, ask: Ask) -> Told:
    """A cancellation is confirmed and forgotten."""
    return await (forgetting if asked.path.endswith("/cancel") else _plain)(asked, ask)


async def _plain(asked: Asked, ask: Ask) -> Told:
    return await ask(asked)


ORDER = at("GET", "work-orders/[^/]+", 200)
NO_ORDER = at("GET", "work-orders/[^/]+", 404)
CANCEL_ORDER = "/paths/~1work-orders~1{wo_id}~1cancel/post"
PLANTED = (
    Planted(
        "another status", "persat", when(NO_ORDER, lambda came: replace(came, status=410)),
        "get_work_order", "status", "/x-errors/NOT_FOUND.work_order/status", got="410",
    ),
    Planted(
        "another code", "persat", when(NO_ORDER, having("/error/type", "MISSING")),
        "get_work_order", "code", "/x-errors/NOT_FOUND.work_order/code", got="MISSING",
    ),
    Planted(
        "another message", "persat", when(NO_ORDER, having("/error/userMessage", "Orden no encontrada")),
        "get_work_order", "message", "/x-errors/NOT_FOUND.work_order/message", ("PERSAT-A9",), got="Orden",
    ),
    Planted(
        "a lost field", "persat", when(ORDER, lacking("/data/created_by_user_id")),
        "get_work_order", "field", f"{SCHEMAS}/WorkOrder/properties/created_by_user_id", got="missing",
    ),
    Planted(
        "an undocumented field", "persat", when(ORDER, having("/data/vip", value=True)),
        "get_work_order", "field", f"{SCHEMAS}/WorkOrder", got="vip is there",
    ),
    Planted(
        "another type", "persat", when(ORDER, having("/data/created_by_user_id", "-1")),
        "get_work_order", "type", f"{SCHEMAS}/WorkOrder/properties/created_by_user_id", got="string",
    ),
    Planted(
        "an unknown state", "persat", when(ORDER, having("/data/state", "ARCHIVADA")),
        "get_work_order", "value", f"{SCHEMAS}/State", got="ARCHIVADA",
    ),
    Planted(
        "another way to write a time", "persat", when(ORDER, having("/data/created", "16/07/2024 14:46")),
        "get_work_order", "time format", f"{SCHEMAS}/WorkOrder/properties/created", ("PERSAT-A33",),
        got="16/07/2024",
    ),
    Planted(
        "no Allow", "persat", when(lambda _, came: came.status == 405, lambda came: came.without("allow")),
        "get_work_order", "header", "/components/responses/MethodNotAllowed/headers/Allow", ("PERSAT-A43",),
        got="no allow",
    ),
    Planted(
        "another content type", "persat",
        when(ORDER, lambda came: came.saying("content-type", "text/plain; charset=utf-8")),
        "get_work_order", "content type", "/paths/~1work-orders~1{wo_id}/get/responses/200", got="text/plain",
    ),
    Planted(
        "an error of the server", "persat",
        when(at("GET", "work-orders-labels", 200), lambda came: came.having({"oops": 1}, 500)),
        "list_work_order_labels", "refused", "/paths/~1work-orders-labels/get", got="500",
    ),
    Planted(
        "no answer at all", "persat", when(ORDER, lambda came: replace(came, dropped=True)),
        "get_work_order", "no complete answer", "/paths/~1work-orders~1{wo_id}/get",
    ),
    Planted(
        "an open door", "persat", open_door,
        "list_work_order_labels", "accepted", "/paths/~1work-orders-labels/get/x-errors/0", got="success",
    ),
    Planted(
        "another status of a success", "persat",
        when(at("POST", "work-orders/[^/]+/cancel", 200), lambda came: replace(came, status=202)),
        "cancel_work_order", "status", f"{CANCEL_ORDER}/responses/200", writes="sandbox", got="202",
    ),
    Planted(
        "something else than was asked for", "persat",
        when(at("POST", "work-orders", 200), having("/data/wo_data/service_time", 1)),
        "create_work_order", "value", f"{SCHEMAS}/WorkOrder/properties/wo_data/properties/service_time",
        writes="sandbox", got="/data/wo_data/service_time: 1",
    ),
    Planted(
        "a cancellation that changes nothing", "persat", lost_cancellation,
        "cancel_work_order", "state", f"{CANCEL_ORDER}/x-lifecycle", ("PERSAT-A1",),
        writes="sandbox", got="ASIGNADA",
    ),
    Planted(
        "another state after a cancellation", "persat",
        when(
            lambda asked, came: ORDER(asked, came) and came.json["data"]["state"] == "CERRADA_NO_CUMPLIDA",
            having("/data/state", "CERRADA_CUMPLIDA"),
        ),
        "cancel_work_order", "state", f"{CANCEL_ORDER}/x-lifecycle", ("PERSAT-A1",),
        writes="sandbox", got="CERRADA_CUMPLIDA",
    ),
    Planted(
        "a second cancellation", "persat",
        when(at("POST", "work-orders/[^/]+/cancel", 409), lambda came: came.having({"success": True}, 200)),
        "cancel_work_order", "accepted", f"{CANCEL_ORDER}/x-errors/7", writes="sandbox", got="success",
    ),
    Planted(
        "another code in Zeev's envelope", "zeev",
        when(at("GET", "instances/[^/]+", 404), having("/error/key", "no_such_instance")),
        "get_instance", "code", "/x-errors/instance_not_found/code", got="no_such_instance",
    ),
    Planted(
        "an item of a list without a field", "zeev",
        when(at("GET", "assignments", 200), lacking("/0/id")),
        "list_my_assignments", "field", f"{SCHEMAS}/Assignment/properties/id", got="missing",
    ),
)  # fmt: skip


@pytest.fixture
def other_server(planted: Planted, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    known_there(monkeypatch, planted.vendor)
    with stranger(planted.vendor, planted.fault) as (url, _):
        yield url


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.name)
def test_a_planted_difference_is_found_at_its_line(
    planted: Planted, other_server: str, ours: Doubles
) -> None:
    double = ours(planted.vendor)
    result = beside(double, other_server, writes=planted.writes, operations=(planted.operation,))
    assert result.exit_code == 1
    spec = double.contract
    line = f"specs/{planted.vendor}.yaml:{spec.lines[planted.place]}"
    fitting = [
        found
        for found in result.disparities
        if found.target.kind == planted.kind and line in found.places and planted.got in found.target.got
    ]
    assert len(fitting) == 1, list(map(told, result.disparities))
    (found,) = fitting
    assert found.repeated
    assert found.double_curl[-1].startswith("curl -i ")
    assert "$DUBLE_URL" in found.double_curl[-1]
    assert other_server in found.target.curl[-1]
    assert found.target.operation == planted.operation
    for assumption in planted.refutes:
        assert assumption in found.target.refutes
        assert assumption in found.verdict
    if not found.target.refutes:
        assert found.verdict.endswith("contradicted by the vendor")


def test_what_shows_once_is_told_as_such(ours: Doubles, monkeypatch: pytest.MonkeyPatch) -> None:
    known_there(monkeypatch, "persat")
    seen: list[str] = []

    async def once(asked: Asked, ask: Ask) -> Told:
        came = await ask(asked)
        if not NO_ORDER(asked, came) or seen:
            return came
        seen.append(asked.path)
        return replace(came, status=410)

    with stranger("persat", once) as (url, _):
        result = beside(ours("persat"), url, operations=("get_work_order",))
    assert [(found.target.kind, found.repeated) for found in result.disparities] == [("status", False)]


def test_what_was_made_there_is_ended_there(ours: Doubles, monkeypatch: pytest.MonkeyPatch) -> None:
    known_there(monkeypatch, "persat")
    place = "/_duble/state/persat/work_orders"
    with stranger("persat") as (url, behind):
        before = {record["id"]: record for record in behind.get(place).json()["records"]}
        result = beside(ours("persat"), url, writes="sandbox", operations=("create_work_order",))
        after = {record["id"]: record for record in behind.get(place).json()["records"]}
    assert {id: after[id] for id in before} == before
    made = {record["state"] for id, record in after.items() if id not in before}
    assert (made, result.warnings) == ({"CERRADA_NO_CUMPLIDA"}, [])


def test_one_cause_is_one_difference(ours: Doubles, monkeypatch: pytest.MonkeyPatch) -> None:
    known_there(monkeypatch, "persat")
    wrong = when(lambda asked, came: came.status == 401, having("/error/userMessage", "No"))
    with stranger("persat", wrong) as (url, _):
        result = beside(ours("persat"), url)
    (found,) = result.disparities
    guarded = {o.id for o in ours("persat").contract.operations.values()}
    assert {*found.operations} == guarded - {
        "create_work_order",
        "create_work_order_label",
    }  # not without writes


def test_a_move_that_was_not_made_is_not_verified(ours: Doubles, monkeypatch: pytest.MonkeyPatch) -> None:
    known_there(monkeypatch, "persat")
    with stranger("persat", lost_cancellation) as (url, _):
        result = beside(ours("persat"), url, writes="sandbox", operations=("cancel_work_order",))
    assert ("success", "cancel_work_order") in result.doubted


def test_a_difference_is_not_verified(ours: Doubles, monkeypatch: pytest.MonkeyPatch) -> None:
    known_there(monkeypatch, "persat")
    with stranger("persat", when(ORDER, lacking("/data/created_by_user_id"))) as (url, _):
        result = beside(ours("persat"), url, operations=("get_work_order",))
    assert ("success", "get_work_order") in result.doubted
