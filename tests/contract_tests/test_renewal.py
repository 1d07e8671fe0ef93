"""Sessions that end during a run against a server that is not ours: the run logs in again, and goes on."""

from __future__ import annotations

import base64
import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from contract_tests.harness.network.access import Access
from contract_tests.harness.network.exchange import Request
from contract_tests.harness.network.renewal import FEW, MOST_SHORT, ShutOut
from contract_tests.harness.network.tokens import exchanged, refusals_of_tokens
from contract_tests.harness.outside.ledger import read
from contract_tests.harness.reports import summary, write
from contract_tests.harness.reports.terminal import show
from contract_tests.harness.running.prepare import prepared, shipped
from contract_tests.harness.running.run import Run
from contract_tests.harness.running.session import execute
from contract_tests.harness.spec import contract
from mockserver.app import spec_path
from tests.contract_tests.compared import beside, doubles
from tests.contract_tests.doorkeeper import LOGINS, PATHS, Doorkeeper, after
from tests.contract_tests.foreign import Counter, opened
from tests.contract_tests.runs import Quiet
from tests.contract_tests.saboteur import Ask, Asked, Told

UNKNOWN = "00000000000000000000000000000000"


@pytest.fixture(autouse=True)
def logins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Logins, no tokens; whatever is written down lands in a folder of the test's own."""
    monkeypatch.chdir(tmp_path)
    for vendor, (login, password) in LOGINS.items():
        monkeypatch.setenv(f"DUBLE_{vendor.upper()}_LOGIN", login)
        monkeypatch.setenv(f"DUBLE_{vendor.upper()}_PASSWORD", password)


def checked(server: Counter, vendor: str, *, access: Access | None = None, **wanted: Any) -> Run:
    wanted = {"parts": ["authentication", "refusals", "examples"], "seed": 1, **wanted}
    way = access or Access(url=server.url)
    with prepared([shipped(vendor)], access=way, profile="smoke", **wanted) as run:
        execute(run, Quiet())
        return run


def kinds(run: Run) -> list[tuple[str, str]]:
    return [(finding.kind, finding.operation) for finding in run.findings]


def told(vendor: str, times: int) -> str:
    many = "once" if times == 1 else f"{times} times"
    return f"{vendor}: the session ended, and was renewed {many}"


# ---------------------------------------------------------------- the run goes on


@pytest.mark.parametrize("vendor", LOGINS)
def test_a_session_that_ends_is_renewed_and_nobody_is_blamed(vendor: str) -> None:
    door = Doorkeeper(vendor, after(22), by_clock=True)
    with opened([vendor], door) as server:
        run = checked(server, vendor)
    assert [str(finding) for finding in run.findings] == []
    assert run.problems == []
    assert len(door.given) > 1
    assert run.warnings == [told(vendor, len(door.given) - 1)]
    assert run.warnings[0] in summary(run).notes
    assert {"authentication", "refusals", "examples"} <= {verdict.part for verdict in run.verdicts}


def test_generated_requests_go_on_as_well() -> None:
    door = Doorkeeper("zeev", after(10))
    with opened(["zeev"], door) as server:
        run = checked(server, "zeev", parts=["conformance"], operations=["get_instance", "list_my_instances"])
    assert (kinds(run), run.problems) == ([], [])
    assert len(door.given) > 1


def test_every_request_counts_and_one_login_follows_one_end() -> None:
    door = Doorkeeper("citsmart", lambda door, asked: len(door.given) == 1 and door.served > 12)
    with opened(["citsmart"], door) as server:
        run = checked(server, "citsmart", parts=["authentication", "examples"])
        asked = len(server.asked)
    health = 1  # asked by the run, and not shown to the door
    assert run.subjects[0].target.wire.sent == asked + health
    assert len(door.given) == 2
    first, again = door.refused  # the request, and the read that was let in before
    assert first.path != again.path or first.body != again.body
    assert run.warnings == [told("citsmart", 1)]


def test_a_session_that_never_ends_is_not_renewed() -> None:
    """Not by the tests either, whose requests show no session, or one that nobody knows."""
    door = Doorkeeper("citsmart", lambda door, asked: False)
    with opened(["citsmart"], door) as server:
        run = checked(server, "citsmart", parts=["authentication", "examples"])
    assert (kinds(run), run.warnings, len(door.given)) == ([], [], 1)
    assert any(verdict.part == "authentication" for verdict in run.verdicts)


def test_a_request_with_another_session_is_sent_once_and_keeps_its_refusal() -> None:
    with opened(["citsmart"]) as server, begun(server) as run:
        asked = len(server.asked)
        answer = run.subjects[0].target.sandbox().send(showing(UNKNOWN))
        assert (answer.status, len(server.asked) - asked) == (412, 1)


@contextmanager
def begun(server: Counter) -> Iterator[Run]:
    """A run that has looked around, and carries out no test."""
    with prepared([shipped("citsmart")], access=Access(url=server.url), profile="smoke", seed=1) as run:
        yield run


def showing(session: str) -> Request:
    """A read of CITSmart with a session."""
    body = json.dumps({"sessionID": session}).encode()
    headers = {"Content-Type": "application/json"}
    return Request(method="POST", path="/services/v2/contracts", headers=headers, body=body)


def test_a_token_of_the_environment_is_never_renewed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUBLE_ZEEV_TOKEN", "duble-token")
    door = Doorkeeper("zeev", after(6), given=["duble-token"])
    with opened(["zeev"], door) as server:
        run = checked(server, "zeev", parts=["examples"])
        logins = [one for one in server.asked if (one.method, one.path) == ("POST", PATHS["zeev"])]
    assert logins == []
    assert run.findings
    assert run.warnings == []


# ---------------------------------------------------------------- the server lets nobody in any more


@pytest.mark.parametrize("vendor", LOGINS)
def test_another_session_that_is_refused_as_well_is_one_finding(vendor: str) -> None:
    door = Doorkeeper(vendor, lambda door, asked: len(door.given) > 1 or door.served > 30)
    with opened([vendor], door) as server:
        run = checked(server, vendor)
    assert [kind for kind, _ in kinds(run)] == ["credential refused"]
    assert "and so is what another login gave" in run.findings[0].got
    assert (run.exit_code, len(door.given)) == (1, 2)
    assert len(door.refused) == 4  # the request and the read before it, with either session; and nothing more
    assert server.asked[-1] is door.refused[-1]
    assert run.stopped is not None


def test_nothing_is_sent_once_the_server_lets_nobody_in() -> None:
    everybody = [False]
    door = Doorkeeper("citsmart", lambda door, asked: everybody[0])
    with opened(["citsmart"], door) as server, begun(server) as run:
        sandbox = run.subjects[0].target.sandbox()
        assert sandbox.send(showing(door.given[0])).status == 200
        everybody[0] = True
        with pytest.raises(ShutOut):
            sandbox.send(showing(door.given[0]))
        asked = len(server.asked)
        for session in (door.given[0], UNKNOWN):
            with pytest.raises(ShutOut):
                sandbox.send(showing(session))
        assert len(server.asked) == asked


def test_a_login_that_gives_no_other_session_is_one_finding() -> None:
    door = Doorkeeper("citsmart", after(12))

    async def locked(asked: Asked, ask: Ask) -> Told:
        if door.given and asked.path == PATHS["citsmart"]:
            asked = asked.having({**asked.json, "password": "changed"})
        return await door(asked, ask)

    with opened(["citsmart"], locked) as server:
        run = checked(server, "citsmart", parts=["authentication", "examples"])
    assert [kind for kind, _ in kinds(run)] == ["credential refused"]
    assert "login gives no other: 412" in run.findings[0].got


def test_sessions_that_end_at_once_are_not_renewed_for_ever() -> None:
    door = Doorkeeper("citsmart", after(3))
    with opened(["citsmart"], door) as server:
        run = checked(server, "citsmart")
    assert [kind for kind, _ in kinds(run)] == ["credential refused"]
    assert f"like {MOST_SHORT} sessions before it, each within {FEW} requests" in run.findings[0].got
    assert len(door.given) == 1 + MOST_SHORT


def test_one_operation_that_lets_nobody_in_does_not_end_the_session() -> None:
    """It is refused with the words of a session that has ended, and every other operation is checked."""

    async def shut(asked: Asked, ask: Ask) -> Told:
        if asked.path == "/services/v2/getById" and isinstance(asked.json, dict):
            asked = asked.having({**asked.json, "sessionID": UNKNOWN})
        return await door(asked, ask)

    door = Doorkeeper("citsmart", lambda door, asked: False)
    with opened(["citsmart"], shut) as server:
        run = checked(server, "citsmart")
    assert {operation for _, operation in kinds(run)} == {"get_by_id"}
    assert (len(door.given), run.stopped, run.warnings) == (1, None, [])


# ---------------------------------------------------------------- writes, parity, secrets


def test_a_write_that_was_refused_is_sent_again_and_ended_afterwards(tmp_path: Path) -> None:
    """It stands in the ledger both times; of the refused one it is known that it made nothing."""
    made = "/api/2/instances"

    def before_it_is_made(door: Doorkeeper, asked: Asked) -> bool:
        return len(door.given) == 1 and (asked.method, asked.path) == ("POST", made)

    door = Doorkeeper("zeev", before_it_is_made)
    path = tmp_path / "ledger.jsonl"
    with opened(["zeev"], door) as server:
        access = Access(url=server.url, writes="sandbox", ledger=path)
        run = checked(server, "zeev", access=access, parts=["lifecycle"])
        first, second = [one.json for one in server.asked if (one.method, one.path) == ("POST", made)][:2]
    assert (kinds(run), run.problems, len(door.given)) == ([], [], 2)
    assert first == second
    entries = read(path)
    intents = [intent for intent in entries.intents.values() if intent.operation == "create_instance"][:2]
    assert [intent.answered for intent in intents] == [True, True]
    assert intents[0].marker is not None
    assert intents[0].marker == intents[1].marker
    assert (entries.remaining, entries.unknown) == ([], [])


def test_parity_goes_on_with_another_session() -> None:
    door = Doorkeeper("zeev", after(21))
    with doubles() as started, opened(["zeev"], door) as server:
        result = beside(started("zeev"), server.url)
    assert (result.disparities, result.stopped, result.exit_code) == ([], None, 0)
    assert result.warnings == [told("zeev", len(door.given) - 1)]


def test_no_session_is_written_or_printed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither one that has ended nor one that took its place, though every answer tells them all."""
    caplog.set_level(logging.DEBUG)
    door = Doorkeeper("citsmart", after(12))

    async def telling(asked: Asked, ask: Ask) -> Told:
        told = await door(asked, ask)
        if asked.path == PATHS["citsmart"] or not isinstance(told.json, dict):
            return told
        everything = " ".join(form for session in door.given for form in forms(session))
        return told.having({**told.json, "echo": everything}).saying("x-echo", everything)

    with opened(["citsmart"], telling) as server:
        run = checked(server, "citsmart", parts=["authentication", "examples"])
    write(run, tmp_path / "report")
    console = Console(record=True, width=10_000, file=io.StringIO())
    show(summary(run), console)
    written = {
        str(path): path.read_text("utf-8", "replace") for path in tmp_path.rglob("*") if path.is_file()
    }
    printed = {"terminal": console.export_text(), "log": caplog.text, "streams": "".join(capfd.readouterr())}
    assert run.findings
    assert len(door.given) > 2
    for place, text in {**written, **printed}.items():
        held = [form for session in door.given for form in forms(session) if form in text]
        assert held == [], f"{place} holds them"


def forms(secret: str) -> Iterator[str]:
    """What a reader could make a secret of again."""
    yield secret
    yield base64.b64encode(secret.encode()).decode()
    yield secret.encode().hex()


# ---------------------------------------------------------------- its parts


@pytest.mark.parametrize(
    ("vendor", "refusals"),
    [
        ("citsmart", {"SESSION.invalid"}),
        ("zeev", {"token_missing", "token_invalid", "token_expired"}),
        ("huawei_osm", {"OSM.0002", "APIGW.0301"}),
        ("taf", {"401"}),
    ],
)
def test_which_refusals_may_end_a_session(vendor: str, refusals: set[str]) -> None:
    """Not that of a person who is locked, or whom the login does not know."""
    loaded = contract.load(vendor, spec_path(vendor))
    assert {error.id for error in refusals_of_tokens(loaded)} == refusals


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ({"headers": {"Authorization": "Bearer a.b"}}, {"headers": {"Authorization": "Bearer n"}}),
        ({"headers": {"X-Auth-Token": "a.b"}}, {"headers": {"X-Auth-Token": "n"}}),
        ({"path": "/x?a=1&key=a.b"}, {"path": "/x?a=1&key=n"}),
        ({"body": b'{"s": "a.b", "t": 1'}, {"body": b'{"s": "n", "t": 1'}),
        ({"headers": {"Authorization": "Bearer a.bc"}}, None),
        ({"headers": {"Authorization": "Bearer xa.b"}}, None),
        ({"body": b'{"s": "a.b "}'}, None),
        ({"path": "/a.b?key"}, None),
    ],
)
def test_a_token_is_exchanged_where_it_is_the_whole_value(
    before: dict[str, Any], expected: dict[str, Any] | None
) -> None:
    request = Request(**{"method": "POST", "path": "/x", **before})
    changed = exchanged(request, "a.b", "n")
    if expected is None:
        assert changed is request
    else:
        assert changed == Request(**{"method": "POST", "path": "/x", **expected})


def test_a_token_is_exchanged_however_json_escapes_it() -> None:
    for escapes in (True, False):
        request = Request(
            method="POST", path="/x", body=json.dumps({"s": 'é"/'}, ensure_ascii=escapes).encode()
        )
        assert json.loads(exchanged(request, 'é"/', "ñ").body or b"") == {"s": "ñ"}
