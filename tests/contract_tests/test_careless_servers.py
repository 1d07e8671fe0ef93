"""A server that is careless beside the base request is found, and one in another dress is not."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import pytest

from mockserver.app import build
from mockserver.server import serving
from tests.contract_tests.runs import run_shipped
from tests.contract_tests.saboteur import Ask, Asked, Fault, Saboteur, Told, control, honest

ORDER = ("GET", "work-orders/[^/]+")
CANCEL = ("POST", "work-orders/[^/]+/cancel")
LINK = ("GET", "work-orders/tracklink/[^/]+")
LABELS = ("GET", "work-orders-labels")


@pytest.fixture(scope="module")
def sabotaged() -> Iterator[tuple[Saboteur, str]]:
    """A double with a saboteur before it, and the URL of the two."""
    saboteur = Saboteur(build(["persat"]))
    with serving(saboteur) as url:
        yield saboteur, url


def kinds(url: str, operation: str, *parts: str, vendor: str = "persat") -> set[str]:
    run = run_shipped(url, vendor, parts=parts, operations=(operation,))
    assert run.problems == []
    return {finding.kind for finding in run.findings}


# ---------------------------------------------------------------- careless servers


async def labels_on_reading(asked: Asked, ask: Ask) -> Told:
    """A read of the tracking link puts a label on the order."""
    told = await ask(asked)
    if asked.matches(*LINK) and told.status == 200:
        body = {"labels_ids": [1]}
        path = asked.path.replace("/tracklink", "")
        put = replace(asked, method="PUT", path=path).having(body)
        await ask(replace(put, headers={**put.headers, "content-type": "application/json"}))
    return told


async def one_technician(asked: Asked, ask: Ask) -> Told:
    """The second technician's id is a text."""
    told = await ask(asked)
    if not asked.matches(*ORDER) or told.status != 200:
        return told
    body = told.json
    for one in body["data"]["assignation_info"]["responsibles"][1:]:
        one["user_id"] = str(one["user_id"])
    return told.having(body)


async def any_scheme(asked: Asked, ask: Ask) -> Told:
    """The secret counts, whatever stands before it."""
    said = asked.headers.get("authorization", "")
    secret = said.rpartition(" ")[2]
    return await ask(
        replace(
            asked, headers={**asked.headers, "authorization": f"Bearer {secret}"} if said else asked.headers
        )
    )


async def one_key(asked: Asked, ask: Ask) -> Told:
    """Another key of the account is turned away."""
    if asked.headers.get("authorization", "").endswith("duble-key-2"):
        asked = replace(asked, headers={**asked.headers, "authorization": "Bearer nobody"})
    return await ask(asked)


async def ends_with_a_comma(asked: Asked, ask: Ask) -> Told:
    """A reader of JSON that lets a comma pass before the end."""
    if asked.matches(*CANCEL) and asked.body.endswith(b",}"):
        asked = asked.having(json.loads(asked.body[:-2] + b"}"))
    return await ask(asked)


async def letters_count(asked: Asked, ask: Ask) -> Told:
    """A media type is compared letter by letter."""
    if asked.headers.get("content-type", "").startswith("Application"):
        asked = replace(asked, headers={**asked.headers, "content-type": "text/plain"})
    return await ask(asked)


async def trims_ids(asked: Asked, ask: Ask) -> Told:
    """Blanks at the end of an id are cut off."""
    return await ask(
        replace(asked, path=unquote(asked.path).strip()) if asked.path.endswith("%20") else asked
    )


async def ten_labels(asked: Asked, ask: Ask) -> Told:
    """The list goes no further than ten."""
    told = await ask(asked)
    return (
        told.having({**told.json, "data": told.json["data"][:10]})
        if asked.matches(*LABELS) and told.status == 200
        else told
    )


async def cancels_what_begins_so(asked: Asked, ask: Ask) -> Told:
    """A cancellation also takes the order whose id goes on with a 1."""
    told = await ask(asked)
    if asked.matches(*CANCEL) and told.status == 200:
        await ask(replace(asked, path=asked.path.replace("/cancel", "1/cancel")))
    return told


async def forgets_expiry(asked: Asked, ask: Ask) -> Told:
    """An expired order is cancelled as though no time had passed."""
    if not asked.matches(*CANCEL):
        return await ask(asked)
    now = (await ask(replace(control(asked, "clock", {}), method="GET", body=b""))).json["now"]
    await ask(control(asked, "clock", {"freeze": "2024-07-08T08:00:00Z"}))
    told = await ask(asked)
    await ask(control(asked, "clock", {"freeze": now}))
    return told


CARELESS: dict[str, tuple[str, str, Fault, str]] = {
    "a read that writes": (
        "get_work_order_tracklink",
        "agreement",
        labels_on_reading,
        "read that changes something",
    ),
    "another record's second item": ("get_work_order", "agreement", one_technician, "body"),
    "any scheme": ("list_work_order_schemas", "authentication", any_scheme, "accepted"),
    "one key of two": ("list_work_order_schemas", "authentication", one_key, "refused"),
    "nearly JSON": ("cancel_work_order", "refusals", ends_with_a_comma, "accepted"),
    "letters of a media type": ("cancel_work_order", "conformance", letters_count, "refused"),
    "an id with a blank": ("get_work_order", "refusals", trims_ids, "accepted"),
    "a list with an end": ("list_work_order_labels", "agreement", ten_labels, "item missing"),
    "a record with a like id": (
        "cancel_work_order",
        "lifecycle",
        cancels_what_begins_so,
        "another record written",
    ),
    "a record that has expired": ("cancel_work_order", "lifecycle", forgets_expiry, "accepted"),
}


@pytest.mark.parametrize("name", CARELESS)
def test_a_careless_server_is_found(sabotaged: tuple[Saboteur, str], name: str) -> None:
    saboteur, url = sabotaged
    operation, part, fault, kind = CARELESS[name]
    saboteur.fault = fault
    assert kind in kinds(url, operation, part)


# ---------------------------------------------------------------- servers that are right


def turned_round(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: turned_round(inner) for name, inner in reversed(value.items())}
    return [turned_round(item) for item in value] if isinstance(value, list) else value


async def in_another_dress(asked: Asked, ask: Ask) -> Told:
    """The same in gzip, indented, with escapes, properties in another order, and more headers."""
    told = await ask(asked)
    if told.json is None or "gzip" not in asked.headers.get("accept-encoding", ""):
        return told
    body = gzip.compress(json.dumps(turned_round(told.json), indent=1).encode())
    more = {
        "content-type": "application/json; charset=UTF-8",
        "server": "nginx",
        "vary": "Accept-Encoding",
        "etag": '"1"',
    }
    sizes = {"content-encoding": "gzip", "content-length": str(len(body))}
    return Told(told.status, {**told.headers, **more, **sizes}, body)


def test_how_a_conforming_server_writes_its_answers_is_no_finding(sabotaged: tuple[Saboteur, str]) -> None:
    saboteur, url = sabotaged
    saboteur.fault = in_another_dress
    parts = ("examples", "conformance", "agreement")
    assert kinds(url, "get_work_order", *parts) == set()
    saboteur.fault = honest
