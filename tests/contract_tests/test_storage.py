"""A server that does not keep what it is sent is found, whatever it makes of it; and which values tell."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from contract_tests.harness.acting.telling import LOOSE, Telling, left_out, tellings
from contract_tests.harness.judging.responses import Responses
from contract_tests.harness.judging.validity import fits
from contract_tests.harness.network.exchange import base_draft
from contract_tests.harness.running.prepare import shipped
from contract_tests.harness.spec import contract
from contract_tests.harness.spec.contract import Contract
from contract_tests.harness.spec.limits import LEFT_OUT
from mockserver.app import build
from mockserver.server import serving
from tests.contract_tests.runs import run_shipped
from tests.contract_tests.saboteur import Ask, Asked, Fault, Saboteur, Told, honest

CANCEL = ("POST", "work-orders/[^/]+/cancel")
ORDER = ("POST", "work-orders")
ORDER_LABELS = ("PUT", "work-orders/[^/]+")
NEW_LABEL = ("POST", "work-orders-labels")
LABEL = ("PUT", "work-orders-labels/[^/]+")

Edit = Callable[[dict[str, Any]], dict[str, Any]]


@pytest.fixture(scope="module")
def sabotaged() -> Iterator[tuple[Saboteur, str]]:
    """A double with a saboteur before it, and the URL of the two."""
    saboteur = Saboteur(build(["persat"]))
    with serving(saboteur) as url:
        yield saboteur, url


@pytest.fixture(scope="module")
def persat() -> Contract:
    """What the vendor promises."""
    return contract.load("persat", shipped("persat").spec)


# ---------------------------------------------------------------- careless servers


def storing(place: tuple[str, str], edit: Edit) -> Fault:
    """A server that makes something else of what it is sent."""

    async def stores(asked: Asked, ask: Ask) -> Told:
        if not asked.matches(*place) or not isinstance(asked.json, dict):
            return await ask(asked)
        return await ask(asked.having(edit(asked.json)))

    return stores


def texts(name: str, change: Callable[[str], str]) -> Edit:
    """Stores a text otherwise."""
    return lambda sent: {
        **sent,
        **({name: change(sent[name])} if isinstance(sent.get(name), str) else {}),
    }


def inside(names: tuple[str, ...], change: Callable[[Any], Any]) -> Edit:
    """Stores what is deeper in the body otherwise."""

    def edit(sent: dict[str, Any]) -> dict[str, Any]:
        name, *deeper = names
        if name not in sent:
            return sent
        inner = inside(tuple(deeper), change)(sent[name]) if deeper else change(sent[name])
        return {**sent, name: inner}

    return edit


def as_texts(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(value) for name, value in values.items()}


def losing_the_second(place: tuple[str, str]) -> Fault:
    """A server that answers every change of a record, and stores the first."""
    first: dict[tuple[str, str], Asked] = {}

    async def loses(asked: Asked, ask: Ask) -> Told:
        if not asked.matches(*place):
            return await ask(asked)
        before = first.setdefault((asked.sandbox, asked.path), asked)
        told = await ask(asked)
        if told.status == 200 and before is not asked:
            await ask(before)
        return told

    return loses


def refusing_the_second(place: tuple[str, str]) -> Fault:
    """A server that takes a change once."""
    taken: set[tuple[str, str]] = set()

    async def refuses(asked: Asked, ask: Ask) -> Told:
        told = await ask(asked)
        key = (asked.sandbox, asked.path)
        if not asked.matches(*place) or told.status != 200:
            return told
        if key not in taken:
            taken.add(key)
            return told
        error = {"status": 400, "type": "BAD_REQUEST", "userMessage": "Solo una vez"}
        return told.having({"success": False, "error": error}, 400)

    return refuses


CARELESS = {
    "trimmed": ("cancel_work_order", storing(CANCEL, texts("cause", str.strip))),
    "composed": (
        "cancel_work_order",
        storing(CANCEL, texts("cause", lambda text: unicodedata.normalize("NFC", text))),
    ),
    "cut": ("cancel_work_order", storing(CANCEL, texts("cause", lambda text: text[:255]))),
    "a number": (
        "create_work_order_label",
        storing(NEW_LABEL, texts("name", lambda text: str(int(text)) if text.isdecimal() else text)),
    ),
    "rounded": ("create_work_order", storing(ORDER, inside(("wo_data", "service_time"), round))),
    "each once": ("create_work_order", storing(ORDER, inside(("labels_ids",), lambda ids: [*set(ids)]))),
    "sorted": ("update_work_order_labels", storing(ORDER_LABELS, inside(("labels_ids",), sorted))),
    "texts only": (
        "create_work_order",
        storing(ORDER, inside(("wo_data", "instructions", "formvalues"), as_texts)),
    ),
    "the second lost": ("update_work_order_labels", losing_the_second(ORDER_LABELS)),
    "the second refused": ("update_work_order_label", refusing_the_second(LABEL)),
    "left out, reset": (
        "update_work_order_label",
        storing(LABEL, lambda sent: {"name": "Etiqueta", **sent} if sent else sent),
    ),
}


@pytest.mark.parametrize("name", CARELESS)
def test_what_is_not_kept_is_found(sabotaged: tuple[Saboteur, str], name: str) -> None:
    saboteur, url = sabotaged
    operation, saboteur.fault = CARELESS[name]
    run = run_shipped(url, "persat", operations=[operation], parts=["agreement"], seed=1)
    assert run.problems == []
    assert [finding.operation for finding in run.findings] == [operation]


def test_a_careful_server_is_left_in_peace(sabotaged: tuple[Saboteur, str]) -> None:
    saboteur, url = sabotaged
    saboteur.fault = honest
    operations = list(dict.fromkeys(operation for operation, _ in CARELESS.values()))
    run = run_shipped(url, "persat", operations=operations, parts=["agreement"], seed=1)
    assert run.problems == []
    assert run.findings == []


# ---------------------------------------------------------------- which values, and where


def telling_values(persat: Contract, operation: str) -> list[Telling]:
    return [*tellings(Responses(persat), persat, persat.operations[operation])]


def test_only_what_the_schemas_allow_is_sent(persat: Contract) -> None:
    responses, creating = Responses(persat), persat.operations["create_work_order_label"]
    found = telling_values(persat, creating.id)
    assert found
    assert all(fits(responses, creating, one.into(base_draft(creating, one.body).parts)) for one in found)
    longest = next(one.value for one in found if (one.place, one.name) == ("body/name", "long"))
    assert len(longest) == 20  # LabelName has maxLength 20


def test_what_names_a_record_or_has_a_form_of_its_own_is_left_alone(persat: Contract) -> None:
    places = {one.place for one in telling_values(persat, "create_work_order")}
    assert "body/labels_ids" in places
    assert "body/uid_client" not in places  # in x-found
    assert "body/assignation_info/date" not in places  # its pattern allows no other text


def test_what_is_free_in_form_is_tried_with_every_type_of_json(persat: Contract) -> None:
    place = "body/wo_data/instructions/formvalues"
    found = {one.name: one.value for one in telling_values(persat, "create_work_order") if one.place == place}
    assert {name: value["FWMg5UsWo"] for name, value in found.items() if name in LOOSE} == LOOSE
    assert len(found["many"]) > len(found["number"])


def test_a_value_that_is_left_out_is_nowhere_in_the_request(persat: Contract) -> None:
    changing = persat.operations["update_work_order_label"]
    found = {one.place: one for one in left_out(changing)}
    assert found.keys() == {"body/name", "body/color"}
    for place, one in found.items():
        assert one.value is LEFT_OUT
        body = one.into(base_draft(changing, one.body).parts)["body"]
        assert body
        assert place.removeprefix("body/") not in body
