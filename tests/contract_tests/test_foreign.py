"""Runs against servers that are not ours: nothing is changed there, and a good one is not blamed."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from contract_tests.harness.network.access import Access
from contract_tests.harness.network.targets import TargetSettings
from contract_tests.harness.running.prepare import prepared, shipped
from contract_tests.harness.running.run import PARTS, CannotCheck, Run
from contract_tests.harness.running.session import execute
from mockserver.app import VENDORS
from tests.contract_tests.consequence import Consequence
from tests.contract_tests.foreign import Counter, opened
from tests.contract_tests.runs import Quiet
from tests.contract_tests.saboteur import Ask, Asked, Fault, Told

NOT_GENERATED = sorted({*PARTS} - {"conformance"})
LEFT_BY_READING = {"sessions", "devices", "tokens"}
"""Where a login of CITSmart leaves its trace, and a look at Zeev's current token, which gives another one."""
LOGINS = {"/services/v2/login"}
"""Where the suite logs in with what it was given for that."""


pytestmark = pytest.mark.usefixtures("credentials")


def anything() -> int:
    return random.randrange(2**32)  # noqa: S311 - any seed will do, and it is printed


def checked(server: Counter, vendor: str, *, profile: str = "smoke", **wanted: Any) -> Run:
    settings = wanted.pop("settings", None)
    access = Access(settings=settings) if settings else Access(url=server.url)
    wanted = {"seed": anything(), **wanted}
    with prepared([shipped(vendor)], access=access, profile=profile, **wanted) as run:
        execute(run, Quiet())
        return run


def settings(server: Counter, vendor: str, **said: Any) -> TargetSettings:
    return TargetSettings(vendor=vendor, url=server.url, kind="sandbox", **said)


# ---------------------------------------------------------------- nothing is changed there


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_server_without_any_check_is_never_asked_to_act(vendor: str) -> None:
    """It reads like the real one, and says yes to everything else.

    Whatever is generated goes to reads alone, so that the smallest profile does for it.
    """
    server = Consequence(vendor)

    async def permissive(asked: Asked, ask: Ask) -> Told:
        if server.only_reads(asked.method, asked.path) or asked.path in LOGINS:
            return await ask(asked)
        return Told(200, {"content-type": "application/json"}, b"{}")

    with opened([vendor], permissive) as counter:
        run = checked(counter, vendor, profile="standard", parts=NOT_GENERATED)
        checked(counter, vendor, profile="smoke", parts=["conformance"])
        asked = [*counter.asked]
    acted = {
        f"{one.method} {one.path} {one.body[:200]!r}: {consequence}"
        for one in asked
        if one.path not in LOGINS and (consequence := server.of(one.method, one.path, one.body))
    }
    assert acted == set()
    assert len(asked) > 50
    assert {"accepted", "status"} & {finding.kind for finding in run.findings}
    assert {"authentication", "refusals", "examples"} <= {verdict.part for verdict in run.verdicts}


# ---------------------------------------------------------------- a good one is not blamed


def moved_on(counter: Counter, vendor: str) -> None:
    """Bring the server into a state that no seed has: of every kind of record one is gone."""
    for name, records in counter.stored(vendor).items():
        if len(records) > 2 and name in SPARE[vendor]:
            counter.control("DELETE", f"state/{vendor}/{name}/{records[0]['id']}")


SPARE = {
    "persat": {"work_orders", "labels"},
    "zeev": {"instances"},
    "huawei_osm": {"cases", "labels"},
    "citsmart": {"tasks"},
    "taf": {"records"},
}


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_good_server_in_another_state_is_not_blamed_and_holds_the_same_afterwards(vendor: str) -> None:
    with opened([vendor]) as counter:
        moved_on(counter, vendor)
        before = counter.stored(vendor)
        run = checked(counter, vendor)
        after = counter.stored(vendor)
    assert {name for name in before if before[name] != after[name]} <= LEFT_BY_READING
    assert run.findings == []
    assert run.problems == []
    assert {"authentication", "refusals", "conformance", "examples"} <= {v.part for v in run.verdicts}


def test_what_a_list_shows_is_read() -> None:
    """Ids of the seed are gone, and reads succeed all the same."""
    with opened(["persat"]) as counter:
        for order in ("9", "13"):
            counter.control("DELETE", f"state/persat/work_orders/{order}")
        run = checked(counter, "persat", parts=["examples"])
        read = [asked.path for asked in counter.asked if asked.path.startswith("/v1/work-orders/")]
    assert run.findings == []
    assert read
    assert not any(path.endswith(("/9", "/13")) for path in read)
    assert not [omission for omission in run.omissions if "with success" in omission.what]


def test_what_nobody_knows_is_said() -> None:
    async def empty(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        lists = asked.method == "GET" and asked.path == "/v1/work-orders" and told.status == 200
        return told.having({"success": True, "data": []}) if lists else told

    with opened(["persat"], empty) as counter:
        run = checked(counter, "persat", parts=["examples"])
    left_out = {omission.what: omission.why for omission in run.omissions}
    assert left_out["get_work_order with success"] == (
        "no wo_id is known there: give resources.wo_id in duble.toml"
    )


def test_a_target_tells_ids_and_values() -> None:
    with opened(["persat"]) as counter:
        told = settings(
            counter,
            "persat",
            resources={"work_order": ["15"], "label_id": ["6"]},
            values={"query/from": "2024-07-16T00:00:00.000Z"},
        )
        run = checked(counter, "persat", settings=told, parts=["examples"])
        asked = [(one.path, one.query.decode()) for one in counter.asked]
    assert run.findings == []
    assert ("/v1/work-orders/15", "") in asked
    assert ("/v1/work-orders-labels/6", "") in asked
    listed = {query for path, query in asked if path == "/v1/work-orders" and query}
    assert listed
    assert all("from=2024-07-16" in query for query in listed)


def test_a_listed_record_that_cannot_be_read_is_found() -> None:
    async def forgetful(asked: Asked, ask: Ask) -> Told:
        if asked.matches("GET", r"work-orders/\d+"):
            return await ask(replace(asked, path="/v1/work-orders/xxxx"))
        return await ask(asked)

    with opened(["persat"], forgetful) as counter:
        run = checked(counter, "persat", parts=["examples"], operations=["get_work_order"])
    (finding,) = run.findings
    assert finding.kind == "refused"


# ---------------------------------------------------------------- a bad one is found out


async def no_doors(asked: Asked, ask: Ask) -> Told:
    """Nobody is asked who he is."""
    return await ask(replace(asked, headers={**asked.headers, "authorization": "Bearer duble-key"}))


async def other_code(asked: Asked, ask: Ask) -> Told:
    """What is not there is told in other words, of writes alone."""
    told = await ask(asked)
    if told.status == 404 and asked.matches("POST", "work-orders/[^/]+/cancel"):
        wrong = {"success": False, "error": {"status": 404, "type": "GONE", "userMessage": "Se fue"}}
        return told.having(wrong)
    return told


async def careless(asked: Asked, ask: Ask) -> Told:
    """Bodies that are none succeed."""
    told = await ask(asked)
    return told.having({"success": True}, 200) if told.status == 400 and asked.json is None else told


async def bare_405(asked: Asked, ask: Ask) -> Told:
    """A wrong method does not hear of the right ones."""
    told = await ask(asked)
    return told.without("allow") if told.status == 405 else told


@pytest.mark.parametrize(
    ("fault", "part", "operation", "kind"),
    [
        (no_doors, "authentication", "create_work_order", "status"),
        (no_doors, "authentication", "cancel_work_order", "status"),
        (other_code, "refusals", "cancel_work_order", "body"),
        (careless, "refusals", "create_work_order_label", "accepted"),
        (careless, "refusals", "cancel_work_order", "accepted"),
        (bare_405, "refusals", "cancel_work_order", "Allow header"),
    ],
)
def test_faults_of_writes_are_found_without_writing(
    fault: Fault, part: str, operation: str, kind: str
) -> None:
    with opened(["persat"], fault) as counter:
        before = counter.stored("persat")
        # Smoke would try one broken body of each kind, and not each of them is one for a careless server.
        run = checked(counter, "persat", profile="standard", parts=[part], operations=[operation])
        assert counter.stored("persat") == before
    assert kind in {finding.kind for finding in run.findings}


# ---------------------------------------------------------------- who we are there


def test_a_session_is_got_by_a_login_and_sent_where_the_spec_has_it() -> None:
    with opened(["citsmart"]) as counter:
        run = checked(counter, "citsmart", parts=["examples"])
        (login, *others) = counter.asked
    assert login.path == "/services/v2/login"
    assert {"userName": "mobile", "password": "123456"}.items() <= login.json.items()
    sessions = {one.json["sessionID"] for one in others}
    assert len(sessions) == 1
    assert sessions.isdisjoint({"2355A68BF75281B73607EEC1A7191645"})
    assert run.findings == []
    assert run.exit_code == 0


def test_a_session_may_be_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGIN", "PASSWORD"):
        monkeypatch.delenv(f"DUBLE_CITSMART_{name}")
    monkeypatch.setenv("DUBLE_CITSMART_TOKEN", "7A1B0C5D3E9F48216B07D1C2E3F4A5B6")
    with opened(["citsmart"]) as counter:
        checked(counter, "citsmart", parts=["examples"], operations=["list_contracts"])
        assert {one.json["sessionID"] for one in counter.asked} == {"7A1B0C5D3E9F48216B07D1C2E3F4A5B6"}


@pytest.mark.parametrize(("vendor", "header"), [("zeev", "authorization"), ("huawei_osm", "x-auth-token")])
def test_a_token_is_got_by_a_login(monkeypatch: pytest.MonkeyPatch, vendor: str, header: str) -> None:
    monkeypatch.delenv(f"DUBLE_{vendor.upper()}_TOKEN")
    monkeypatch.setenv(f"DUBLE_{vendor.upper()}_LOGIN", "duble")
    monkeypatch.setenv(f"DUBLE_{vendor.upper()}_PASSWORD", "duble")
    with opened([vendor]) as counter:
        run = checked(counter, vendor, parts=["examples"])
        (_, *others) = counter.asked
    assert run.findings == []
    assert len({one.headers[header] for one in others}) == 1
    assert "duble-token" not in others[0].headers[header]


def test_a_login_that_is_refused_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUBLE_CITSMART_PASSWORD", "not-the-password")
    with opened(["citsmart"]) as counter, pytest.raises(CannotCheck) as told:
        checked(counter, "citsmart")
    assert str(told.value).startswith("citsmart: login refused the login: 412 ")
    assert str(told.value).endswith("Correct DUBLE_CITSMART_LOGIN and DUBLE_CITSMART_PASSWORD")
    assert "not-the-password" not in str(told.value)


def test_no_credential_at_all_is_told_with_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGIN", "PASSWORD"):
        monkeypatch.delenv(f"DUBLE_CITSMART_{name}")
    with opened(["citsmart"]) as counter, pytest.raises(CannotCheck) as told:
        checked(counter, "citsmart")
    assert str(told.value) == (
        "citsmart: no credential. Set DUBLE_CITSMART_TOKEN, "
        "or DUBLE_CITSMART_LOGIN and DUBLE_CITSMART_PASSWORD"
    )
    assert counter.asked == []


@pytest.mark.parametrize("bad", [3, 2])
def test_what_is_wrong_at_one_door_and_over_by_the_time_of_the_tests_is_told(bad: int) -> None:
    """A list is a page when it is looked up, and twice when the run knocks; once there is nothing."""
    asked_so_often: list[str] = []

    async def starts_badly(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        if asked.path == "/v1/work-orders-schemas":
            asked_so_often.append(asked.path)
            if len(asked_so_often) <= bad:
                return Told(200, {"content-type": "text/html"}, b"<html>Starting</html>")
        return told

    with opened(["persat"], starts_badly) as server:
        run = checked(server, "persat", parts=["examples"])
    told = ["web page instead of the API"] if bad > 2 else []
    assert [finding.kind for finding in run.findings] == told
    assert len(run.verdicts) > 1
