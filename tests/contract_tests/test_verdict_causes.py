"""One cause is one finding, however many tests and operations meet it; two causes are two."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mockserver.server import serving
from tests.contract_tests.runs import run_toy
from tests.contract_tests.saboteur import Ask, Asked, Fault, Saboteur, Told
from tests.contract_tests.toy.double import Double

PARTS = ("examples", "refusals", "authentication", "lifecycle")
SOME = ("get_parcel", "cancel_parcel", "list_parcels", "restore_parcel")
PAGE = Told(200, {"content-type": "text/html"}, b"<!doctype html><title>Log in</title>")


def changing(change: Callable[[Told], Told]) -> Fault:
    """Every answer changed."""

    async def fault(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        return told if asked.path.startswith("/_duble") else change(told)

    return fault


def renamed(body: Any, old: str, new: str) -> Any:
    return {new if name == old else name: value for name, value in body.items()}


def in_error(told: Told, **changes: Any) -> Told:
    """The same refusal with other fields inside its error."""
    return told.having({**told.json, "error": {**told.json["error"], **changes}})


def is_refusal(told: Told) -> bool:
    return isinstance(told.json, dict) and isinstance(told.json.get("error"), dict)


@changing
def renamed_envelope(told: Told) -> Told:
    return told.having(renamed(told.json, "error", "fault")) if is_refusal(told) else told


@changing
def renamed_code(told: Told) -> Told:
    if not is_refusal(told):
        return told
    return told.having({**told.json, "error": renamed(told.json["error"], "code", "kind")})


@changing
def lost_shared_field(told: Told) -> Told:
    if not isinstance(told.json, dict) or "ok" not in told.json:
        return told
    return told.having({name: value for name, value in told.json.items() if name != "ok"})


@changing
def changed_code(told: Told) -> Told:
    wrong = is_refusal(told) and told.json["error"].get("code") == "missing"
    return in_error(told, code="gone") if wrong else told


@changing
def changed_status(told: Told) -> Told:
    return replace(told, status=422) if told.status == 409 else told


@changing
def changed_text(told: Told) -> Told:
    wrong = is_refusal(told) and told.json["error"].get("code") == "missing"
    return in_error(told, text="Nichts da") if wrong else told


@changing
def plain_text_everywhere(told: Told) -> Told:
    return told.saying("content-type", "text/plain")


@changing
def lost_allow(told: Told) -> Told:
    return told.without("allow")


@changing
def wrapped_refusal(told: Told) -> Told:
    return told.having({"fault": told.json}) if is_refusal(told) else told


@changing
def another_refusal(told: Told) -> Told:
    return told.having({"timestamp": 1, "detail": "no"}) if is_refusal(told) else told


async def refusals_of_one_as_another_status(asked: Asked, ask: Ask) -> Told:
    told = await ask(asked)
    wrong = asked.path.endswith("/cancel") and told.status in (400, 404, 409) and is_refusal(told)
    return replace(told, status=422) if wrong else told


async def another_code_in_one_state(asked: Asked, ask: Ask) -> Told:
    told = await ask(asked)
    return in_error(told, code="missing", text="No such parcel") if told.status == 409 else told


async def token_refused(asked: Asked, ask: Ask) -> Told:
    headers = {**asked.headers, "authorization": "Bearer nobody"}
    return await ask(replace(asked, headers=headers) if "authorization" in asked.headers else asked)


async def a_page_everywhere(asked: Asked, ask: Ask) -> Told:
    return await ask(asked) if asked.path.startswith("/_duble") else PAGE


async def writes_fail(asked: Asked, ask: Ask) -> Told:
    if asked.method == "GET" or asked.path.startswith("/_duble"):
        return await ask(asked)
    return Told(500, {"content-type": "text/plain"}, b"Internal Server Error")


async def anybody_enters(asked: Asked, ask: Ask) -> Told:
    key = {**asked.headers, "authorization": "Bearer acme-key"}
    return await ask(asked if asked.path.startswith("/_duble") else replace(asked, headers=key))


async def cancel_forgotten(asked: Asked, ask: Ask) -> Told:
    told = await ask(asked)
    if asked.path.endswith("/cancel") and told.status == 200:
        key = {"authorization": asked.headers["authorization"]}
        undone = asked.path.removesuffix("/cancel") + "/restore"
        await ask(replace(asked, path=undone, headers=key, body=b""))
    return told


async def lost_and_lost(asked: Asked, ask: Ask) -> Told:
    told = await ask(asked)
    data = told.json.get("data") if isinstance(told.json, dict) else None
    if asked.method != "GET" or not isinstance(data, dict) or "weight" not in data:
        return told
    kept = {name: value for name, value in data.items() if name not in ("weight", "state")}
    return told.having({**told.json, "data": kept})


async def two_failures(asked: Asked, ask: Ask) -> Told:
    if asked.path.endswith("/cancel"):
        return Told(500, {"content-type": "text/plain"}, b"cancel broke")
    if asked.path.endswith("/restore"):
        return Told(500, {"content-type": "text/plain"}, b"restore broke")
    return await ask(asked)


ONE = {
    "renamed envelope": renamed_envelope,
    "renamed code": renamed_code,
    "refusals of one as another status": refusals_of_one_as_another_status,
    "another code in one state": another_code_in_one_state,
    "wrapped refusal": wrapped_refusal,
    "another refusal": another_refusal,
    "lost shared field": lost_shared_field,
    "changed code": changed_code,
    "changed status": changed_status,
    "changed text": changed_text,
    "plain text everywhere": plain_text_everywhere,
    "lost Allow": lost_allow,
    "token refused": token_refused,
    "a page everywhere": a_page_everywhere,
    "writes fail": writes_fail,
    "anybody enters": anybody_enters,
    "cancel forgotten": cancel_forgotten,
}


@pytest.mark.parametrize("name", ONE)
def test_one_cause_is_one_finding(name: str) -> None:
    with serving(Saboteur(Double(), ONE[name])) as url:
        run = run_toy(url, parts=PARTS, operations=SOME)
    assert [str(finding) for finding in run.findings[1:]] == []
    assert len(run.findings) == 1
    assert not run.findings[0].intermittent
    assert run.exit_code == 1


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (lost_and_lost, {("get_parcel", "no weight"), ("get_parcel", "no state")}),
        (two_failures, {("cancel_parcel", "status 500"), ("restore_parcel", "status 500")}),
    ],
)
def test_two_causes_are_two_findings(fault: Fault, told: set[tuple[str, str]]) -> None:
    with serving(Saboteur(Double(), fault)) as url:
        run = run_toy(url, parts=(*PARTS, "conformance"), operations=SOME)
    assert {(finding.operation, finding.got) for finding in run.findings} == told
    assert len(run.findings) == 2
