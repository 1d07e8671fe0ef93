"""Runs that may write to a server that is not ours: only to their own records, of which nothing is left."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from contract_tests.harness.network.access import Access
from contract_tests.harness.network.exchange import Request
from contract_tests.harness.network.targets import TargetSettings
from contract_tests.harness.outside.cleanup import clean_up
from contract_tests.harness.outside.ledger import read
from contract_tests.harness.outside.own import Own
from contract_tests.harness.outside.safety import Unsafe
from contract_tests.harness.running.prepare import prepared, shipped
from contract_tests.harness.running.run import Run
from contract_tests.harness.running.session import execute
from mockserver.app import VENDORS, spec_path
from tests.contract_tests.foreign import CREDENTIALS, Counter, opened
from tests.contract_tests.runs import Quiet
from tests.contract_tests.saboteur import Ask, Asked, Fault, Told, forgetting, honest

LEFT_BY_THE_CLIENT = {"citsmart": {"sessions", "devices"}}
"""Collections in which a login leaves its trace."""
ENDED: dict[str, dict[str, tuple[Any, ...]]] = {
    "zeev": {"instances": ("state", "FINISHED", "CANCELLED")},
    "persat": {"work_orders": ("state", "CERRADA_NO_CUMPLIDA"), "work_order_labels": ("id",)},
    "huawei_osm": {"cases": ("status", 13), "labels": ("label_id",)},
    "citsmart": {"requests": ("status", 3), "check_ins": ("state", "closed")},
    "taf": {"records": ("state",)},
}
"""By collection the field and the values that end a record; without values it has to be gone."""


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


def written(server: Counter, vendor: str, ledger: Path, **wanted: Any) -> Run:
    """A run with `--writes sandbox` in the smallest profile."""
    resources = wanted.pop("resources", None)
    said = TargetSettings(vendor=vendor, url=server.url, resources=resources) if resources else None
    access = Access(url=None if said else server.url, settings=said, writes="sandbox", ledger=ledger)
    seed = random.randrange(2**32)  # noqa: S311 - any will do, and it is in every finding
    wanted = {"profile": "smoke", "parts": ["lifecycle", "refusals"], "seed": seed, **wanted}
    with prepared([shipped(vendor)], access=access, **wanted) as run:
        execute(run, Quiet())
        return run


def changed(server: Counter, vendor: str) -> dict[tuple[str, str], Any]:
    """What is stored otherwise than in a fresh double, but for what a login leaves."""
    said = server.control("GET", f"changes/{vendor}")["changes"]
    kept = {name: found for name, found in said.items() if name not in LEFT_BY_THE_CLIENT.get(vendor, ())}
    return {(name, key): change for name, found in kept.items() for key, change in found.items()}


def alive(server: Counter, vendor: str) -> list[str]:
    """What was brought into being and is not ended: still there, or in a state that is no end."""
    ended = ENDED[vendor]
    return [
        f"{collection} {key}: {change['now']}"
        for (collection, key), change in changed(server, vendor).items()
        if change["seed"] is None and change["now"] is not None and collection in ended
        if change["now"].get(ended[collection][0]) not in ended[collection][1:]
    ]


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_good_server_is_not_blamed_and_gets_everything_back(vendor: str, tmp_path: Path) -> None:
    with opened([vendor]) as server:
        run = written(server, vendor, tmp_path / "ledger.jsonl")
        touched = [key for key, change in changed(server, vendor).items() if change["seed"] is not None]
        assert [str(finding) for finding in run.findings] == []
        assert run.problems == []
        assert touched == []
        assert alive(server, vendor) == []
    assert run.cleanup is not None
    assert [str(left) for left in run.cleanup.left] == []
    assert run.cleanup.ended > 0
    assert read(tmp_path / "ledger.jsonl").remaining == []


@pytest.mark.parametrize("vendor", VENDORS)
def test_nothing_leaves_before_it_stands_in_the_ledger(vendor: str, tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    writes = {(said["method"], said["path"]) for said in writes_of(vendor)}
    early: list[str] = []
    noted: list[str] = []

    async def look(asked: Asked, ask: Ask) -> Told:
        line = f"{asked.method} {asked.path}"
        if any(asked.method == method and fits(template, asked.path) for method, template in writes):
            noted.append(line)
            last = json.loads(path.read_bytes().splitlines()[-1])
            if (last["step"], last.get("request")) != ("intend", line):
                early.append(line)
        return await ask(asked)

    with opened([vendor], look) as server:
        written(server, vendor, path, parts=["lifecycle"])
    assert early == []
    assert noted


def writes_of(vendor: str) -> list[dict[str, str]]:
    """Methods and whole path templates of a vendor's writes."""
    spec = yaml.safe_load(spec_path(vendor).read_text("utf-8"))
    base = BASES[vendor]
    return [
        {"method": method.upper(), "path": base + path}
        for path, item in spec["paths"].items()
        for method, said in item.items()
        if isinstance(said, Mapping) and said.get("x-effect") in ("write", "destroy")
    ]


BASES = {
    "zeev": "/api/2",
    "persat": "/v1",
    "huawei_osm": "",
    "citsmart": "/services/v2",
    "taf": "/rest",
}


def fits(template: str, path: str) -> bool:
    parts, own = template.split("/"), path.split("/")
    return len(parts) == len(own) and all(
        one == other or one.startswith("{") for one, other in zip(parts, own, strict=True)
    )


@pytest.mark.parametrize(
    ("vendor", "method", "path", "body"),
    [
        ("persat", "POST", "/v1/work-orders/9/cancel", b'{"cause": "x"}'),
        ("persat", "PUT", "/v1/work-orders/9", b'{"labels_ids": []}'),
        ("persat", "DELETE", "/v1/work-orders-labels/15", None),
        ("zeev", "PATCH", "/api/2/instances/890360388/cancel", b"{}"),
        ("zeev", "PUT", "/api/2/assignments/890360388", b'{"result": "Aprovado"}'),
        ("huawei_osm", "POST", "/v2/servicerequest/cases/case-123/action?action_id=delete", b"{}"),
        ("huawei_osm", "DELETE", "/v2/servicerequest/labels/9", None),
        ("taf", "DELETE", "/rest/wstafst2", b'{"deleteTicket": [{"ticketCode": "duble-ticket-authorised"}]}'),
        ("citsmart", "POST", "/services/v2/checkout", b'{"taskId": 22722, "status": 3}'),
        ("citsmart", "POST", "/services/v2/disassociate", b'{"token": "x"}'),
    ],
)
def test_a_write_to_what_is_not_the_runs_own_does_not_leave(
    vendor: str, method: str, path: str, body: bytes | None, tmp_path: Path
) -> None:
    with opened([vendor]) as server:
        access = Access(url=server.url, writes="sandbox", ledger=tmp_path / "ledger.jsonl")
        with prepared([shipped(vendor)], access=access) as run:
            server.asked.clear()
            subject = run.subjects[0]
            with pytest.raises(Unsafe), subject.target.sandbox() as sandbox:
                sandbox.send(Request(method=method, path=path, body=body))
        assert server.asked == []


def test_a_record_of_ones_own_beside_a_strangers_does_not_open_the_way(tmp_path: Path) -> None:
    with opened(["taf"]) as server:
        access = Access(url=server.url, writes="sandbox", ledger=tmp_path / "ledger.jsonl")
        with prepared([shipped("taf")], access=access) as run:
            subject = run.subjects[0]
            writing = subject.target.writing
            assert writing is not None
            own = writing.of("taf").mint("record")
            mixed = f'{{"deleteTicket": [{{"ticketCode": "{own}"}}, {{"ticketCode": "STRANGER"}}]}}'.encode()
            alias = writing.of("taf")
            alias.alias("record", own, "body/deleteTicket/0/ticketCode", own)
            request = Request(method="DELETE", path="/rest/wstafst2", body=mixed)
            assert writing.grounds(request) is None
            alone = f'{{"deleteTicket": [{{"ticketCode": "{own}"}}]}}'.encode()
            assert writing.grounds(Request(method="DELETE", path="/rest/wstafst2", body=alone)) is not None


def test_a_record_that_the_target_names_is_brought_back(tmp_path: Path) -> None:
    """Made use of where nothing can be made: cancelled here, and running again after the run."""
    number = "890360388"

    async def closed(asked: Asked, ask: Ask) -> Told:
        if asked.method == "POST" and asked.path == "/api/2/instances":
            return await ask(asked.having({"flowId": 999_999}))
        return await ask(asked)

    with opened(["zeev"], closed) as server:
        said = TargetSettings(vendor="zeev", url=server.url, resources={"instance": [number]})
        access = Access(settings=said, writes="sandbox", ledger=tmp_path / "ledger.jsonl")
        with prepared([shipped("zeev")], access=access) as run, run.subjects[0].target.sandbox() as sandbox:
            assert Own(run.subjects[0], sandbox).record("instance", "CANCELLED") == number
            assert server.control("GET", f"state/zeev/instances/{number}")["state"] == "CANCELLED"
            done = clean_up(run.subjects)
        assert server.control("GET", f"state/zeev/instances/{number}")["state"] == "RUNNING"
    assert (done.left, done.ended) == ([], 0)
    assert read(tmp_path / "ledger.jsonl").borrowed == {}


def test_a_record_that_cannot_be_brought_back_is_told(tmp_path: Path) -> None:
    with opened(["persat"]) as server:
        said = TargetSettings(vendor="persat", url=server.url, resources={"work_order": ["9"]})
        access = Access(settings=said, writes="sandbox", ledger=tmp_path / "ledger.jsonl")
        with prepared([shipped("persat")], access=access) as run:
            before = server.control("GET", "state/persat/work_orders/9")["state"]
            writing = run.subjects[0].target.writing
            assert writing is not None
            writing.of("persat").ledger.find(("persat", "work_order", "9"), before)
            with run.subjects[0].target.sandbox() as sandbox:
                own = Own(run.subjects[0], sandbox)
                own.bring(own.kind("work_order"), "9", ["CERRADA_NO_CUMPLIDA"])
            (left,) = clean_up(run.subjects).left
    assert str(left) == (
        f"persat work_order 9: was in state {before} before the run; "
        f"no operation leads from state CERRADA_NO_CUMPLIDA to {before}"
    )


# ---------------------------------------------------------------- planted deviations are found


def cancelling(asked: Asked) -> dict[str, Any] | None:
    """The body of a request to cancel an order."""
    body = asked.json
    return body if asked.path.endswith("/cancel") and isinstance(body, dict) else None


async def cancels_in_vain(asked: Asked, ask: Ask) -> Told:
    """The order is said to be cancelled, and is not."""
    return await (forgetting(asked, ask) if asked.path.endswith("/cancel") else ask(asked))


async def cancels_twice(asked: Asked, ask: Ask) -> Told:
    """A second cancel succeeds as the first did."""
    told = await ask(asked)
    if asked.path.endswith("/cancel") and told.status == 409:
        return told.having({"success": True, "data": {"wo_id": asked.path.split("/")[3]}}, 200)
    return told


async def plans_what_was_cancelled(asked: Asked, ask: Ask) -> Told:
    """What was cancelled reads as done."""
    told = await ask(asked)
    if asked.method == "GET" and b'"CERRADA_NO_CUMPLIDA"' in told.body and told.status == 200:
        body = told.json
        if isinstance(body["data"], dict):
            body["data"]["state"] = "CERRADA_OK"
            return told.having(body)
    return told


async def takes_anything_for_a_cause(asked: Asked, ask: Ask) -> Told:
    """A cause of the wrong type is taken, and the order cancelled."""
    body = asked.json
    if (
        asked.path.endswith("/cancel")
        and isinstance(body, dict)
        and not isinstance(body.get("cause", ""), str)
    ):
        return await ask(asked.having({**body, "cause": "x"}))
    return await ask(asked)


async def counts_bytes(asked: Asked, ask: Ask) -> Told:
    """A cause at its limit is refused where its letters take two bytes."""
    body = asked.json
    if (
        asked.path.endswith("/cancel")
        and isinstance(body, dict)
        and len(str(body.get("cause", "")).encode()) > 500
    ):
        return await ask(asked.having({**body, "cause": "a" * 501}))
    return await ask(asked)


async def has_other_words(asked: Asked, ask: Ask) -> Told:
    """The conflict has another code."""
    told = await ask(asked)
    if told.status == 409 and asked.path.endswith("/cancel"):
        return told.having({**told.json, "error": {**told.json["error"], "type": "STATE"}})
    return told


async def created_with_201(asked: Asked, ask: Ask) -> Told:
    """A new order is answered with another status than the documented one."""
    told = await ask(asked)
    if asked.method == "POST" and asked.path == "/v1/work-orders" and told.status == 200:
        return told.having(told.json, 201)
    return told


async def refused_yet_stored(asked: Asked, ask: Ask) -> Told:
    """Labels are replaced although the cause is missing."""
    body = cancelling(asked)
    if body is not None and "cause" not in body:
        order = asked.path.removesuffix("/cancel")
        await ask(replace(asked, method="PUT", path=order).having({"labels_ids": [7]}))
    return await ask(asked)


@pytest.mark.parametrize(
    ("fault", "part", "kinds"),
    [
        (cancels_in_vain, "lifecycle", {"state"}),
        (cancels_twice, "lifecycle", {"accepted"}),
        (plans_what_was_cancelled, "lifecycle", {"state"}),
        (takes_anything_for_a_cause, "refusals", {"accepted"}),
        (counts_bytes, "refusals", {"refused"}),
        (has_other_words, "lifecycle", {"code", "body"}),
        (created_with_201, "lifecycle", {"undocumented status", "status", "undocumented HTTP status code"}),
        (refused_yet_stored, "refusals", {"refused, yet stored"}),
    ],
)
def test_a_planted_deviation_is_found(fault: Fault, part: str, kinds: set[str], tmp_path: Path) -> None:
    with opened(["persat"], fault) as server:
        run = written(
            server,
            "persat",
            tmp_path / "ledger.jsonl",
            profile="standard",
            parts=[part],
            operations=["create_work_order" if fault is created_with_201 else "cancel_work_order"],
        )
    assert kinds & {finding.kind for finding in run.findings}


def test_an_id_that_is_given_twice_is_found(tmp_path: Path) -> None:
    async def same_id(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        if asked.method == "POST" and asked.path == "/v1/work-orders" and told.status == 200:
            return told.having({**told.json, "data": {**told.json["data"], "_id": "13"}})
        return told

    with opened(["persat"], same_id) as server:
        run = written(server, "persat", tmp_path / "ledger.jsonl", operations=["create_work_order"])
    assert {finding.kind for finding in run.findings} & {"id given twice", "state"}


def test_the_honest_server_of_these_tests_has_no_findings(tmp_path: Path) -> None:
    with opened(["persat"], honest) as server:
        run = written(
            server,
            "persat",
            tmp_path / "ledger.jsonl",
            profile="standard",
            operations=["create_work_order", "cancel_work_order"],
        )
    assert run.findings == []
