"""Runs that may write to a server that is not ours: only to their own records, of which nothing is left."""

from __future__ import annotations

import json
from collections.abc import Mapping
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
from mockserver.app import VENDORS, spec_path
from tests.contract_tests.foreign import Counter, opened, written
from tests.contract_tests.saboteur import Ask, Asked, Told

LEFT_BY_THE_CLIENT = {"citsmart": {"sessions", "devices"}}
"""Collections in which a login leaves its trace."""
ACTING = ("lifecycle", "refusals", "agreement", "conformance")
ENDED: dict[str, dict[str, tuple[Any, ...]]] = {
    "zeev": {"instances": ("state", "FINISHED", "CANCELLED")},
    "persat": {"work_orders": ("state", "CERRADA_NO_CUMPLIDA"), "work_order_labels": ("id",)},
    "huawei_osm": {"cases": ("status", 13), "labels": ("label_id",)},
    "citsmart": {"requests": ("status", 3), "check_ins": ("state", "closed")},
    "taf": {"records": ("state",)},
}
"""By collection the field and the values that end a record; without values it has to be gone."""


pytestmark = pytest.mark.usefixtures("credentials")


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
        run = written(server, vendor, tmp_path / "ledger.jsonl", parts=ACTING)
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
