"""Deviations planted in a server that is not ours, found by writing to records of the run's own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.contract_tests.foreign import opened, written
from tests.contract_tests.saboteur import Ask, Asked, Fault, Told, forgetting, honest

pytestmark = pytest.mark.usefixtures("credentials")
ORDERS = "/v1/work-orders"


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


def labelling(asked: Asked) -> list[Any] | None:
    """The labels that a request gives to an order."""
    is_order = asked.method == "PUT" and asked.path.rpartition("/")[0] == ORDERS
    found = asked.json.get("labels_ids") if is_order and isinstance(asked.json, dict) else None
    return found if isinstance(found, list) else None


async def forgets_labels(asked: Asked, ask: Ask) -> Told:
    """The answer repeats the labels, and the order keeps those that it had."""
    return await (ask(asked) if labelling(asked) is None else forgetting(asked, ask))


def labels_another() -> Fault:
    """The labels go to every order that was created."""
    created: list[str] = []

    async def planted(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        if asked.method == "POST" and asked.path == ORDERS and told.status == 200:
            created.append(told.json["data"]["_id"])
        for order in created if labelling(asked) and told.status == 200 else []:
            await ask(replace(asked, path=f"{ORDERS}/{order}"))
        return told

    return planted


async def takes_any_length(asked: Asked, ask: Ask) -> Told:
    """A cause of more than 500 characters is cut, and taken."""
    body = cancelling(asked)
    if body is not None and isinstance(body.get("cause"), str):
        return await ask(asked.having({**body, "cause": body["cause"][:500]}))
    return await ask(asked)


def gives_one_note() -> Fault:
    """Every order has the note of the first."""
    notes: list[int] = []

    async def planted(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        if asked.method == "POST" and asked.path == ORDERS and told.status == 200:
            data = told.json["data"]
            notes.append(data["note_id"])
            return told.having({**told.json, "data": {**data, "note_id": notes[0]}})
        return told

    return planted


CANCEL, LABEL, CREATE = "cancel_work_order", "update_work_order_labels", "create_work_order"


@pytest.mark.parametrize(
    ("fault", "part", "operation", "kinds"),
    [
        (cancels_in_vain, "lifecycle", CANCEL, {"state"}),
        (cancels_in_vain, "agreement", CANCEL, {"write not read"}),
        (cancels_twice, "lifecycle", CANCEL, {"accepted"}),
        (plans_what_was_cancelled, "lifecycle", CANCEL, {"state"}),
        (takes_anything_for_a_cause, "refusals", CANCEL, {"accepted"}),
        (takes_any_length, "conformance", CANCEL, {"schema-violating request accepted"}),
        (counts_bytes, "conformance", CANCEL, {"refused"}),
        (has_other_words, "lifecycle", CANCEL, {"code", "body"}),
        (created_with_201, "lifecycle", CREATE, {"undocumented status"}),
        (created_with_201, "conformance", CREATE, {"undocumented status"}),
        (refused_yet_stored, "refusals", CANCEL, {"refused, yet stored"}),
        (forgets_labels, "agreement", LABEL, {"write not read"}),
        (labels_another(), "agreement", LABEL, {"another record written"}),
        (gives_one_note(), "agreement", CREATE, {"id given twice"}),
    ],
)
def test_a_planted_deviation_is_found(
    fault: Fault, part: str, operation: str, kinds: set[str], tmp_path: Path
) -> None:
    with opened(["persat"], fault) as server:
        ledger = tmp_path / "ledger.jsonl"
        run = written(server, "persat", ledger, profile="standard", parts=[part], operations=[operation])
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


def test_a_message_that_is_answered_and_never_shown_is_found(tmp_path: Path) -> None:
    """It is new in a record that was there before: the list of the record's messages has to show it."""

    async def hides(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        if asked.method != "GET" or told.status != 200 or b'"message_list"' not in told.body:
            return told
        body = told.json
        if "incident_detail_info" in body:
            return told.having({"incident_detail_info": {**body["incident_detail_info"], "message_list": []}})
        return told.having({**body, "count": 0, "message_list": []})

    with opened(["huawei_osm"], hides) as server:
        ledger = tmp_path / "ledger.jsonl"
        wanted = {"profile": "standard", "parts": ["agreement"], "operations": ["create_messages"]}
        run = written(server, "huawei_osm", ledger, **wanted)
    assert {finding.kind for finding in run.findings} == {"write not read"}
