"""A double that is broken in one place, over HTTP: the suite finds it, and names the operation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from mockserver.app import build
from mockserver.server import serving
from tests.contract_tests.runs import run_shipped
from tests.contract_tests.saboteur import Ask, Asked, Fault, Saboteur, Told, forgetting, honest

CANCEL = ("POST", "work-orders/[^/]+/cancel")
READ = ("GET", "work-orders/[^/]+")
LABEL = ("GET", "work-orders-labels/[^/]+")
ZEEV_CANCEL = ("PATCH", "instances/[^/]+/cancel")
UNDO = ("PATCH", "instances/[^/]+/cancel/undo")
ACCEPTED = "schema-violating request accepted"
LONGEST_CAUSE = 500
LONGEST_NAME = 20


@pytest.fixture(scope="module")
def sabotaged() -> Iterator[tuple[Saboteur, str]]:
    """A double with a saboteur before it, and the URL of the two."""
    saboteur = Saboteur(build(["persat", "zeev"]))
    with serving(saboteur) as url:
        yield saboteur, url


# ---------------------------------------------------------------- answers that are not as documented


async def wrong_type(asked: Asked, ask: Ask) -> Told:
    told = await ask(asked)
    if not asked.matches(*READ) or told.status != 200:
        return told
    data = {**told.json["data"], "note_id": str(told.json["data"]["note_id"])}
    return told.having({**told.json, "data": data})


async def lost_field(asked: Asked, ask: Ask) -> Told:
    told = await ask(asked)
    if not asked.matches(*LABEL) or told.status != 200:
        return told
    data = {name: value for name, value in told.json["data"].items() if name != "color"}
    return told.having({**told.json, "data": data})


async def renamed_field(asked: Asked, ask: Ask) -> Told:
    told = await ask(asked)
    if not asked.matches(*CANCEL) or told.status != 200:
        return told
    return told.having({"success": True, "data": {"id": told.json["data"]["wo_id"]}})


async def extra_field(asked: Asked, ask: Ask) -> Told:
    told = await ask(asked)
    if not asked.matches(*LABEL) or told.status != 200:
        return told
    return told.having({**told.json, "data": {**told.json["data"], "deleted": False}})


async def changed_status(asked: Asked, ask: Ask) -> Told:
    told = await ask(asked)
    return replace(told, status=201) if asked.matches(*CANCEL) and told.status == 200 else told


async def wrong_content_type(asked: Asked, ask: Ask) -> Told:
    told = await ask(asked)
    return told.saying("content-type", "text/html") if asked.matches(*LABEL) else told


async def truncated_body(asked: Asked, ask: Ask) -> Told:
    told = await ask(asked)
    if not asked.matches(*LABEL) or told.status != 200:
        return told
    return replace(told, body=told.body[:-9]).saying("content-length", str(len(told.body) - 9))


async def broken_off(asked: Asked, ask: Ask) -> Told:
    told = await ask(asked)
    if not asked.matches(*LABEL) or told.status != 200:
        return told
    return replace(told, body=told.body[:-9]).saying("connection", "close")


async def changed_sort_of_id(asked: Asked, ask: Ask) -> Told:
    told = await ask(asked)
    if not asked.matches("POST", "instances") or told.status != 200:
        return told
    return told.having({"id": str(told.json["id"])})


# ---------------------------------------------------------------- refusals in other words


def _worded(told: Told, text: str) -> Told:
    return told.having({"success": False, "error": {**told.json["error"], "userMessage": text}})


async def changed_wording(asked: Asked, ask: Ask) -> Told:
    told = await ask(asked)
    if not asked.matches(*CANCEL) or told.status != 404:
        return told
    return _worded(told, "No existe la OT")


async def refusal_of_its_own(asked: Asked, ask: Ask) -> Told:
    told = await ask(asked)
    if not asked.matches("POST", "work-orders-labels") or told.status != 400:
        return told
    return _worded(told, "La etiqueta no es válida")


async def wrong_state_in_the_text(asked: Asked, ask: Ask) -> Told:
    told = await ask(asked)
    if not asked.matches(*CANCEL) or told.status != 409:
        return told
    text = "No se puede cancelar la OT cuando se encuentra en estado 'CERRADA_OK'"
    return _worded(told, text)


async def changed_envelope(asked: Asked, ask: Ask) -> Told:
    told = await ask(asked)
    if not asked.matches(*CANCEL) or told.status != 400:
        return told
    return told.having({"message": told.json["error"]["userMessage"]})


async def changed_code(asked: Asked, ask: Ask) -> Told:
    told = await ask(asked)
    if not asked.matches(*ZEEV_CANCEL) or told.status != 403:
        return told
    return told.having({"error": {**told.json["error"], "key": "forbidden"}})


async def lost_allow_header(asked: Asked, ask: Ask) -> Told:
    told = await ask(asked)
    return told.without("allow") if told.status == 405 else told


async def short_allow_header(asked: Asked, ask: Ask) -> Told:
    told = await ask(asked)
    return told.saying("allow", "GET") if told.status == 405 else told


async def framework_404(asked: Asked, ask: Ask) -> Told:
    told = await ask(asked)
    if told.status != 404 or "duble-knows-no-such-place" not in asked.path:
        return told
    return told.having({"detail": "Not Found"})


async def lost_retry_after(asked: Asked, ask: Ask) -> Told:
    told = await ask(asked)
    return told.without("retry-after") if told.status == 429 else told


async def gateway_500(asked: Asked, ask: Ask) -> Told:
    told = await ask(asked)
    if told.status != 500:
        return told
    return Told(500, {"content-type": "text/plain"}, b"Internal Server Error")


# ---------------------------------------------------------------- who may enter


async def authentication_ignored(asked: Asked, ask: Ask) -> Told:
    headers = {**asked.headers, "authorization": "Bearer duble-key"}
    return await ask(replace(asked, headers=headers) if asked.matches(*CANCEL) else asked)


async def expired_token_accepted(asked: Asked, ask: Ask) -> Told:
    told = await ask(asked)
    if told.status != 401 or told.json["error"]["key"] != "token_expired":
        return told
    return await ask(replace(asked, headers={**asked.headers, "authorization": "Bearer duble-token"}))


async def public_operation_asks(asked: Asked, ask: Ask) -> Told:
    if asked.matches("POST", "tokens") and "authorization" not in asked.headers:
        return await ask(replace(asked, method="GET"))
    return await ask(asked)


# ---------------------------------------------------------------- requests taken for others


async def too_long_accepted(asked: Asked, ask: Ask) -> Told:
    body = asked.json
    if asked.matches(*CANCEL) and isinstance(body, dict) and isinstance(body.get("cause"), str):
        return await ask(asked.having({**body, "cause": body["cause"][:LONGEST_CAUSE]}))
    return await ask(asked)


async def longest_refused(asked: Asked, ask: Ask) -> Told:
    body = asked.json
    if asked.matches(*CANCEL) and isinstance(body, dict) and len(str(body.get("cause"))) == LONGEST_CAUSE:
        return await ask(asked.having({**body, "cause": None}))
    return await ask(asked)


async def fails_on_one_input(asked: Asked, ask: Ask) -> Told:
    body = asked.json
    if asked.matches("POST", "work-orders-labels") and len(str((body or {}).get("name"))) == LONGEST_NAME:
        return Told(500, {"content-type": "text/plain"}, b"Internal Server Error")
    return await ask(asked)


async def nonsense_accepted(asked: Asked, ask: Ask) -> Told:
    told = await ask(asked)
    if asked.matches(*CANCEL) and told.status == 400 and asked.json is None:
        return await ask(asked.having({"cause": "no importa"}))
    return told


async def labels_dropped(asked: Asked, ask: Ask) -> Told:
    body = asked.json
    if asked.matches(*CANCEL) and isinstance(body, dict) and "labels_ids" not in body:
        return await ask(asked.having({**body, "labels_ids": []}))
    return await ask(asked)


async def required_query_forgotten(asked: Asked, ask: Ask) -> Told:
    if asked.matches("GET", "work-orders") and b"to=" not in asked.query:
        return await ask(replace(asked, query=b"from=2024-07-16&to=2024-07-16"))
    return await ask(asked)


# ---------------------------------------------------------------- what is remembered


async def lost_write(asked: Asked, ask: Ask) -> Told:
    return await (forgetting(asked, ask) if asked.matches(*CANCEL) else ask(asked))


async def forgotten_undo(asked: Asked, ask: Ask) -> Told:
    return await (forgetting(asked, ask) if asked.matches(*UNDO) else ask(asked))


async def second_cancel_accepted(asked: Asked, ask: Ask) -> Told:
    told = await ask(asked)
    if not asked.matches(*CANCEL) or told.status != 409 or "NO_CUMPLIDA" not in str(told.body):
        return told
    return told.having({"success": True, "data": {"wo_id": asked.path.split("/")[3]}}, status=200)


async def refused_and_stored(asked: Asked, ask: Ask) -> Told:
    told = await ask(asked)
    if asked.matches(*CANCEL) and told.status == 400:
        await ask(asked.having({"cause": "a escondidas"}))
    return told


async def stored_without_a_key(asked: Asked, ask: Ask) -> Told:
    told = await ask(asked)
    if asked.matches("POST", "work-orders-labels") and told.status == 401:
        headers = {**asked.headers, "authorization": "Bearer duble-key"}
        await ask(replace(asked, headers=headers))
    return told


async def wrong_record_cancelled(asked: Asked, ask: Ask) -> Told:
    told = await ask(asked)
    if asked.matches(*ZEEV_CANCEL) and told.status == 200:
        await ask(replace(asked, path="/api/2/instances/890360388/cancel"))
    return told


async def ids_given_twice(asked: Asked, ask: Ask) -> Told:
    told = await ask(asked)
    if not asked.matches("POST", "work-orders") or told.status != 200:
        return told
    return told.having({**told.json, "data": {**told.json["data"], "_id": "9"}})


@dataclass(frozen=True)
class Planted:
    """A fault, the part of the suite that must find it, and what the finding must name."""

    fault: Fault
    part: str
    vendor: str
    operation: str
    kind: str


def planted(fault: Fault, *wanted: str) -> Any:
    return pytest.param(Planted(fault, *wanted), id=fault.__name__)


FAULTS = [
    planted(wrong_type, "conformance", "persat", "get_work_order", "body"),
    planted(lost_field, "conformance", "persat", "get_work_order_label", "body"),
    planted(renamed_field, "examples", "persat", "cancel_work_order", "body"),
    planted(extra_field, "conformance", "persat", "get_work_order_label", "body"),
    planted(changed_status, "examples", "persat", "cancel_work_order", "documented status"),
    planted(wrong_content_type, "conformance", "persat", "get_work_order_label", "content type"),
    planted(truncated_body, "conformance", "persat", "get_work_order_label", "body"),
    planted(broken_off, "examples", "persat", "get_work_order_label", "no complete answer"),
    planted(changed_sort_of_id, "lifecycle", "zeev", "create_instance", "body"),
    planted(changed_wording, "refusals", "persat", "cancel_work_order", "message"),
    planted(
        refusal_of_its_own,
        "conformance",
        "persat",
        "create_work_order_label",
        "refusal outside the catalogue",
    ),
    planted(wrong_state_in_the_text, "refusals", "persat", "cancel_work_order", "message"),
    planted(changed_envelope, "refusals", "persat", "cancel_work_order", "envelope"),
    planted(changed_code, "refusals", "zeev", "cancel_instance", "body"),
    planted(lost_allow_header, "refusals", "persat", "get_client", "Allow header"),
    planted(short_allow_header, "refusals", "persat", "update_work_order_label", "Allow header"),
    planted(framework_404, "refusals", "zeev", "get_instance", "body"),
    planted(lost_retry_after, "refusals", "zeev", "undo_cancel_instance", "missing header"),
    planted(gateway_500, "refusals", "zeev", "cancel_instance", "content type"),
    planted(authentication_ignored, "authentication", "persat", "cancel_work_order", "accepted"),
    planted(expired_token_accepted, "authentication", "zeev", "cancel_instance", "accepted"),
    planted(public_operation_asks, "authentication", "zeev", "create_token", "refused"),
    planted(too_long_accepted, "refusals", "persat", "cancel_work_order", "accepted"),
    planted(longest_refused, "conformance", "persat", "cancel_work_order", "refuses valid data"),
    planted(fails_on_one_input, "conformance", "persat", "create_work_order_label", "server error"),
    planted(nonsense_accepted, "refusals", "persat", "cancel_work_order", "accepted"),
    planted(labels_dropped, "examples", "persat", "cancel_work_order", "documented body"),
    planted(
        required_query_forgotten,
        "conformance",
        "persat",
        "list_work_orders",
        ACCEPTED,
    ),
    planted(lost_write, "lifecycle", "persat", "cancel_work_order", "state"),
    planted(forgotten_undo, "lifecycle", "zeev", "undo_cancel_instance", "state"),
    planted(second_cancel_accepted, "lifecycle", "persat", "cancel_work_order", "accepted"),
    planted(refused_and_stored, "refusals", "persat", "cancel_work_order", "refused, yet stored"),
    planted(
        stored_without_a_key, "authentication", "persat", "create_work_order_label", "refused, yet stored"
    ),
    planted(wrong_record_cancelled, "lifecycle", "zeev", "cancel_instance", "state"),
    planted(ids_given_twice, "lifecycle", "persat", "create_work_order", "id given twice"),
]


@pytest.mark.parametrize("broken", FAULTS)
def test_a_planted_fault_is_found_and_named(sabotaged: tuple[Saboteur, str], broken: Planted) -> None:
    saboteur, url = sabotaged
    saboteur.fault = broken.fault
    run = run_shipped(url, broken.vendor, operations=[broken.operation], parts=[broken.part])
    found = [
        (finding.kind, name) for finding in run.findings for name in (finding.operation, *finding.others)
    ]
    assert run.exit_code == 1
    assert (broken.kind, broken.operation) in found


def test_an_honest_saboteur_changes_nothing(sabotaged: tuple[Saboteur, str]) -> None:
    saboteur, url = sabotaged
    saboteur.fault = honest
    run = run_shipped(url, "persat", operations=["cancel_work_order"])
    assert run.findings == []
    assert run.problems == []
    assert run.exit_code == 0
