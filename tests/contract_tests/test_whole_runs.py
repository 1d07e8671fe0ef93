"""Whole runs against the invented vendor: what holds, what is found, and what is left alone."""

from __future__ import annotations

import io
import json
import random
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.console import Console

from contract_tests.harness import reports
from contract_tests.harness.network.target import connected
from contract_tests.harness.network.wire import Wire
from contract_tests.harness.reports import terminal
from contract_tests.harness.running.prepare import prepared
from contract_tests.harness.running.run import CannotCheck, Run, Vendor
from contract_tests.harness.running.session import execute
from mockserver.server import serving
from tests.contract_tests.runs import ACME, TOY, Quiet, run_shipped, run_toy
from tests.contract_tests.saboteur import Ask, Asked, Fault, Saboteur, Told
from tests.contract_tests.toy.double import Double
from tests.yaml_file import written

SECRET = "correct-horse-battery"


class Foreign:
    """The invented vendor's own server: no control API, one key, and a list of what it was asked."""

    def __init__(self, fault: Fault | None = None) -> None:
        self.asked: list[Asked] = []
        self.double = Double()
        self.saboteur = Saboteur(self.double, self.hear)
        self.fault = fault

    async def hear(self, asked: Asked, ask: Ask) -> Told:
        """Remember the request; let the secret in, and our example key not."""
        self.asked.append(asked)
        if asked.headers.get("authorization") == f"Bearer {SECRET}":
            asked = replace(asked, headers={**asked.headers, "authorization": "Bearer acme-key"})
        elif asked.headers.get("authorization") == "Bearer acme-key":
            asked = replace(asked, headers={})
        return await (self.fault(asked, ask) if self.fault else ask(asked))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        if scope["type"] == "http" and scope["path"].startswith("/_duble"):
            await send({"type": "http.response.start", "status": 404, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        await self.saboteur(scope, receive, send)


@contextmanager
def sabotaged(fault: Fault) -> Iterator[str]:
    with serving(Saboteur(Double(), fault)) as url:
        yield url


def variant(folder: Path, **changes: Any) -> Vendor:
    """The invented vendor with a spec that says something else."""
    spec = written(TOY / "spec.yaml")
    for at, value in changes.items():
        spec[at] = value(spec[at])
    path = folder / "spec.yaml"
    path.write_text(yaml.safe_dump(spec, sort_keys=False), encoding="utf-8")
    return Vendor("acme", path, TOY / "fixtures")


@pytest.mark.parametrize("number", range(3))
def test_a_double_that_keeps_its_contract_has_no_findings(toy_url: str, number: int) -> None:
    run = run_toy(toy_url, seed=random.randrange(2**32))  # noqa: S311 - any seed will do, and it is printed
    assert run.findings == []
    assert run.problems == []
    assert run.exit_code == 0
    assert {verdict.part for verdict in run.verdicts} == set(run.parts)
    assert not run.omissions


def test_a_double_that_runs_is_left_as_it_was_found() -> None:
    double = Double()
    with serving(double) as url:
        run_toy(url)
    assert set(double.worlds) <= {"default"}


def test_the_same_seed_sends_the_same_requests() -> None:
    heard = []
    for _ in range(2):
        listener = Saboteur(Double())
        asked: list[tuple[str, str, bytes, bytes]] = []

        async def hear(request: Asked, ask: Ask, asked: list[tuple[str, str, bytes, bytes]] = asked) -> Told:
            asked.append((request.method, request.path, request.query, request.body))
            return await ask(request)

        listener.fault = hear
        with serving(listener) as url:
            run_toy(url, seed=7, parts=["conformance", "lifecycle"])
        heard.append(asked)
    assert heard[0] == heard[1]
    assert len(heard[0]) > 100


def test_one_cause_is_one_finding_over_all_operations() -> None:
    async def other_words(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        if told.status != 401 or told.json["error"]["code"] != "unauthorized":
            return told
        return told.having({"ok": False, "error": {"code": "unauthorized", "text": "Go away"}})

    with sabotaged(other_words) as url:
        run = run_toy(url, parts=["authentication"])
    (finding,) = run.findings
    assert {finding.operation, *finding.others} == {
        "list_parcels",
        "create_parcel",
        "get_parcel",
        "cancel_parcel",
        "restore_parcel",
    }
    assert finding.count == 5 * (
        2 + 3 + 3
    )  # without a credential, with a wrong one, three that are almost good, and three in another scheme
    assert finding.kind == "message"


def test_a_finding_says_place_source_answer_and_how_to_repeat_it() -> None:
    async def other_state(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        if told.status != 409:
            return told
        return told.having({"ok": False, "error": {"code": "wrong_state", "text": "Not while it is red"}})

    with sabotaged(other_state) as url:
        run = run_toy(url, parts=["refusals"], operations=["cancel_parcel"], seed=99)
    (finding,) = run.findings
    number = int(finding.place.removeprefix("toy/spec.yaml:"))
    text = (TOY / "spec.yaml").read_text(encoding="utf-8").splitlines()[number - 1]
    assert text.strip() == 'message: "Not while it is {state}"'
    assert finding.judgement == "observed: A customer's post"
    assert finding.said == "wrong_state says 'Not while it is TRAVELLING'"
    assert finding.got == "'Not while it is red'"
    assert finding.answer.startswith("409 application/json {")
    assert finding.seed == 99
    (line,) = finding.curl
    assert line == (
        f"curl -i -X POST {url}/v9/parcels/2/cancel"
        ' -H "Authorization: Bearer $DUBLE_ACME_TOKEN"'
        """ -H 'Content-Type: application/json' --data-binary '{"reason": "changed my mind"}'"""
    )


def test_a_guess_that_is_refuted_is_called_so() -> None:
    async def longer_life(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        if told.status != 401 or told.json["error"]["code"] != "expired":
            return told
        return await ask(replace(asked, headers={**asked.headers, "authorization": "Bearer acme-key"}))

    with sabotaged(longer_life) as url:
        run = run_toy(url, parts=["authentication"], operations=["get_parcel"])
    (finding,) = run.findings
    assert finding.judgement == (
        "refutes assumption ACME-A1: One hour. Refuted by: A token of two hours that still opens."
    )
    assert finding.refutes == ("ACME-A1",)
    assert [step.split(" -H")[0].split("/", 3)[3] for step in finding.curl] == [
        "v9/tokens",
        "_duble/clock",
        "v9/parcels/1",
    ]


def test_a_recipe_that_cannot_be_carried_out_is_a_finding(toy_url: str, tmp_path: Path) -> None:
    def without_record(errors: dict[str, Any]) -> dict[str, Any]:
        errors["missing"]["provoke"] = [{"given": [{"backstage": "vanish", "id": "1"}]}]
        return errors

    def unprovoked(paths: dict[str, Any]) -> dict[str, Any]:
        paths["/parcels/{parcel_id}"]["get"]["x-errors"] = [{"error": "missing"}]
        return paths

    vendor = variant(tmp_path, **{"x-errors": without_record, "paths": unprovoked})
    run = run_toy(toy_url, vendor, parts=["refusals"], operations=["get_parcel"])
    kinds = {finding.kind for finding in run.findings}
    assert "accepted" in kinds or "recipe cannot be carried out" in kinds
    assert run.exit_code == 1


def test_an_error_without_a_recipe_is_reported_as_not_checked(toy_url: str, tmp_path: Path) -> None:
    def unprovoked(paths: dict[str, Any]) -> dict[str, Any]:
        paths["/parcels/{parcel_id}"]["get"]["x-errors"] = [{"error": "missing"}]
        return paths

    run = run_toy(toy_url, variant(tmp_path, paths=unprovoked), parts=["refusals"])
    assert [(omission.what, omission.why) for omission in run.omissions] == [
        ("get_parcel missing", "the spec has no recipe for it")
    ]


def test_a_server_that_is_not_ours_is_asked_nothing_that_could_act(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUBLE_ACME_TOKEN", SECRET)
    foreign = Foreign()
    with serving(foreign) as url:
        run = run_toy(url)
    assert run.findings == []
    assert run.exit_code == 0
    others = [asked for asked in foreign.asked if asked.method not in ("GET", "HEAD", "OPTIONS")]
    assert others
    for asked in others:
        nothing = re.match("/v9/parcels/lost(/|$)|/v9/duble-", asked.path)
        assert nothing or asked.body in (b"{", b'{"user": ', b'{"weight": ', b'{"login": '), asked
    assert not [asked for asked in foreign.asked if asked.path.startswith("/_duble")]
    assert {"list_parcels", "get_parcel", "cancel_parcel"} <= {verdict.operation for verdict in run.verdicts}
    left_out = {(omission.part, omission.what) for omission in run.omissions}
    assert ("conformance", "cancel_parcel") in left_out
    assert ("lifecycle", "parcel") in left_out
    assert ("examples", "all of it") in left_out
    assert ("refusals", "faults") in left_out
    assert foreign.double.worlds["default"].parcels["1"]["state"] == "WAITING"


def test_a_secret_is_never_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def telling(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        return told.having({"ok": True, "data": {"key": SECRET}}) if told.status == 200 else told

    monkeypatch.setenv("DUBLE_ACME_TOKEN", SECRET)
    with serving(Foreign(telling)) as url:
        run = run_toy(url)
    reports.write(run, tmp_path)
    console = Console(record=True, width=400, file=io.StringIO())
    terminal.show(reports.summary(run), console)
    written = [(tmp_path / name).read_text(encoding="utf-8") for name in reports.FILES]
    assert run.exit_code == 1
    for text in (console.export_text(), *written):
        assert "DUBLE_ACME_TOKEN" in text
        assert SECRET not in text


@pytest.mark.parametrize("health", [b'{"product": "another"}', b"[]", b"<html>"])
def test_only_our_own_health_makes_a_double(health: bytes) -> None:
    async def serve(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": health})
            return
        message = await receive()
        await send({"type": message["type"] + ".complete"})

    with serving(serve) as url, connected(url, tag="check") as target:
        assert target.double is False


def test_a_server_that_is_not_ours_needs_a_credential(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DUBLE_ACME_TOKEN", raising=False)
    with (
        serving(Foreign()) as url,
        pytest.raises(CannotCheck, match=r"^acme: no credential\. Set DUBLE_ACME_TOKEN$"),
        prepared([ACME], url=url),
    ):
        pass


@pytest.mark.parametrize("lost", ["spec.yaml", "fixtures/seed.yaml", "fixtures/examples/token.yaml"])
def test_a_promise_that_cannot_be_read_cannot_be_checked(toy_url: str, tmp_path: Path, lost: str) -> None:
    shutil.copytree(TOY, tmp_path, dirs_exist_ok=True)
    (tmp_path / lost).write_text("a: [", encoding="utf-8")
    vendor = Vendor("acme", tmp_path / "spec.yaml", tmp_path / "fixtures")
    with pytest.raises(CannotCheck, match=f"{lost}: not YAML"), prepared([vendor], url=toy_url):
        pass


def test_a_double_that_does_not_start_cannot_be_checked() -> None:
    with pytest.raises(CannotCheck, match="the double does not start: acme"), prepared([ACME]):
        pass


def test_a_server_that_goes_away_stops_the_run() -> None:
    with serving(Double()) as url, prepared([ACME], url=url, profile="smoke") as run:
        pass
    gone = replace_targets(run)
    execute(gone, Quiet())
    assert gone.exit_code == 2
    assert len(gone.problems) >= 1
    assert "nobody answers" in gone.problems[0]


def replace_targets(run: Run) -> Run:
    """The same run, with clients that are open again."""
    subjects = [
        replace(subject, target=replace(subject.target, wire=Wire(subject.target.url)))
        for subject in run.subjects
    ]
    return replace(run, subjects=subjects, parts=("refusals",))


def test_an_empty_run_is_no_success(toy_url: str) -> None:
    run = run_toy(toy_url, parts=["lifecycle"], operations=["create_token"])
    assert run.verdicts == []
    assert run.exit_code == 2
    assert run.problems == ["nothing was checked: no test fits the parts and operations that were asked for"]


def test_json_and_junit_say_the_same(toy_url: str, tmp_path: Path) -> None:
    run = run_toy(toy_url, parts=["examples"])
    reports.write(run, tmp_path)
    said = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert said["exit_code"] == 0
    assert said["vendors"][0]["parts"] == [
        {"part": "examples", "checked": len(run.verdicts), "findings": 0, "undecided": 0}
    ]
    assert (tmp_path / "junit.xml").read_text(encoding="utf-8").count("<testcase") == len(run.verdicts)


@pytest.mark.parametrize("vendor", ["persat", "zeev"])
def test_a_shipped_double_keeps_its_contract(double_url: str, vendor: str) -> None:
    run = run_shipped(double_url, vendor, parts=["conformance", "lifecycle"])
    assert run.findings == []
    assert run.exit_code == 0
