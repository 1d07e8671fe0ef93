"""Every rule for specs can be broken, and says where."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockserver.app import data_path
from mockserver.core.contract import Contract
from mockserver.core.errors import SpecError
from mockserver.core.specrules import all_faults, check_at_start

ACME = Path(__file__).parent / "acme" / "acme.yaml"
EXTENSIONS = data_path("specs", "extensions.schema.json")

CLEANUP = """x-assumptions: {}
x-cleanup: {order: {x-source: {mark: documented, document: handbook}, """

BREAKS = {
    "an unknown key of OpenAPI": ("openapi: 3.0.3", "openapi: 3.0.3\nservices: []", "unexpected"),
    "another OpenAPI": ("openapi: 3.0.3", "openapi: 3.1.0", "OpenAPI 3.1.0 is not served"),
    "an effect that is none": ("x-effect: destroy", "x-effect: harmless", "is not one of"),
    "a mark that is none": (
        "x-source: {mark: documented, document: handbook}\n      x-effect: read",
        "x-source: {mark: rumoured, document: handbook}\n      x-effect: read",
        "is not valid under any",
    ),
    "an error nobody knows": (
        "x-errors: [{error: no_order}]",
        "x-errors: [{error: no_ordr}]",
        "no error 'no_ordr'",
    ),
    "no words for an unknown path": ("refuses: [route], ", "", "no entry refuses 'route'"),
    "a status that is not documented": (
        '"409": {$ref: "#/components/responses/No"}',
        '"410": {$ref: "#/components/responses/No"}',
        "closed has status 409, which cancel_order does not document",
    ),
    "an error that nothing uses": (
        "x-errors: [{error: no_order}, {error: closed}]",
        "x-errors: [{error: no_order}]",
        "no operation names closed",
    ),
    "an assumption that is not registered": (
        "x-assumptions: {}\n",
        "x-assumptions: {}\ntags: [{name: orders, x-source: {mark: assumed, assumption: ACME-A1}}]\n",
        "ACME-A1 is not registered",
    ),
    "an assumption that nothing rests on": (
        "x-assumptions: {}",
        "x-assumptions: {ACME-A1: {silent: a, chosen: b, refuted_by: c}}",
        "nothing in the spec rests on ACME-A1",
    ),
    "a document that is not listed": (
        "x-source: {mark: documented, document: handbook}\n      x-effect: read",
        "x-source: {mark: documented, document: brochure}\n      x-effect: read",
        "no document 'brochure'",
    ),
    "an example that breaks its schema": (
        "note: null}}}",
        "note: 5}}}",
        "the example breaks its schema at /note",
    ),
    "a body without an example": (
        "            examples: {plain: {value: {note: hello}}}\n",
        "",
        "a required body has no example",
    ),
    "a parameter without an example": (
        'required: true, example: "1", schema',
        "required: true, schema",
        "'orderId' has no example",
    ),
    "an event from a state that is none": ("from: [OPEN]", "from: [OPENED]", "there is no state 'OPENED'"),
    "a lifecycle seen through nothing": (
        "observe: {operation: get_order,",
        "observe: {operation: show_order,",
        "an operation that is not there",
    ),
    "a refusal of a parameter that is none": (
        "refuses: [body/note]",
        "refuses: [query/nope]",
        "has no parameter 'query/nope'",
    ),
    "a read that is no operation": (
        "- {operation: get_order, bodies",
        "- {operation: show_order, bodies",
        "there is no operation 'show_order'",
    ),
    "a read that is none": (
        "- {operation: get_order, bodies",
        "- {operation: create_order, bodies",
        "create_order is no read",
    ),
    "a read after an example that is none": (
        "bodies: [plain], request",
        "bodies: [fancy], request",
        "no example 'fancy'",
    ),
    "a read with a parameter that is none": (
        'request: {path: {orderId: "{answer/id}"}}',
        'request: {path: {orderID: "{answer/id}"}}',
        "get_order has no parameter 'path/orderID'",
    ),
    "a page by a parameter that is none": (
        "number: query/page}",
        "number: query/pages}",
        "list_orders has no parameter 'query/pages'",
    ),
    "a selection by a parameter that is none": (
        "selects: {query/states:",
        "selects: {query/state:",
        "list_orders has no parameter 'query/state'",
    ),
    "a difference by a parameter that is none": (
        "matters: [{query: {states:",
        "matters: [{query: {state:",
        "list_orders has no parameter 'query/state'",
    ),
    "a place of the request that is none": (
        '{/id: "{path/orderId}"}',
        '{/id: "{path/orderID}"}',
        "cancel_order has no parameter 'path/orderID'",
    ),
    "an unknown record where none is named": (
        "x-effect: destroy\n",
        "x-effect: destroy\n      x-unknown: {place: query/orderId, ids: [nobody]}\n",
        "cancel_order names no record at query/orderId",
    ),
    "an unknown record without an id": (
        "x-effect: destroy\n",
        "x-effect: destroy\n      x-unknown: {place: path/orderId, ids: []}\n",
        "x-unknown",
    ),
    "an unknown record of an operation that creates": (
        "x-effect: write\n      x-agreement:\n        reads:",
        (
            "x-effect: write\n      x-unknown: {place: body/note, ids: [nobody]}\n"
            "      x-lifecycle: {entity: order, creates: {id: /id, states: {plain: OPEN}}}\n"
            "      x-agreement:\n        reads:"
        ),
        "create_order creates: there is no record yet",
    ),
    "a login by nothing": (
        "x-assumptions: {}",
        "x-assumptions: {}\nx-login: {operation: enter, login: body/a, password: body/b, gives: /token}",
        "there is no operation 'enter'",
    ),
    "a signature refused by nothing": (
        "securitySchemes: {key: {type: http, scheme: bearer}}",
        (
            "securitySchemes: {key: {type: http, scheme: bearer, x-signature:"
            " {algorithm: SDK-HMAC-SHA256, credential: signed, tolerance: 900, refusal: unsigned}}}"
        ),
        "no error 'unsigned'",
    ),
    "an algorithm that nobody can sign by": (
        "securitySchemes: {key: {type: http, scheme: bearer}}",
        (
            "securitySchemes: {key: {type: http, scheme: bearer, x-signature:"
            " {algorithm: ROT13, credential: signed, tolerance: 900, refusal: closed}}}"
        ),
        'not one of "SDK-HMAC-SHA256"',
    ),
    "ids looked up by a write": (
        "x-assumptions: {}",
        "x-assumptions: {}\nx-found: {orderId: [{operation: create_order, at: /id}]}",
        "create_order is no operation that only reads",
    ),
    "a window of a list by an unknown parameter": (
        "pages: {size: query/limit, number: query/page}",
        "pages: {size: query/limit, number: query/page}\n          also: [{query: {since: 1}}]",
        "list_orders has no parameter 'query/since'",
    ),
    "a projection by an unknown parameter": (
        "matters: [{query: {states: [OPEN]}}]",
        'projects: {query/fields: {of: ""}}',
        "list_orders has no parameter 'query/fields'",
    ),
    "something that varies without a place": (
        "x-assumptions: {}",
        'x-assumptions: {}\nx-agreement: {varies: [""], x-source: {mark: documented, document: handbook}}',
        "x-agreement",
    ),
    "something that stays as it is and nobody sees": (
        "x-agreement: {shows:",
        "x-agreement: {keeps: {places: [body/reason]}, shows:",
        "nothing shows body/reason of cancel_order",
    ),
    "an agreement that is none": ("x-agreement: {shows:", "x-agreement: {show:", "'show' was unexpected"),
    "a record that is ended by nobody's operation": (
        "x-assumptions: {}",
        f"{CLEANUP}end: [{{call: shred_order}}]}}}}",
        "there is no operation 'shred_order'",
    ),
    "a record that ends in a state that is none": (
        "x-assumptions: {}",
        f"{CLEANUP}ended: [GONE]}}}}",
        "there is no state 'GONE'",
    ),
    "a record that is gone with an unknown error": (
        "x-assumptions: {}",
        f"{CLEANUP}remains: It stays., gone: vanished}}}}",
        "no error 'vanished'",
    ),
    "a record that is ended in two ways": (
        "x-assumptions: {}",
        f"{CLEANUP}remains: It stays., ended: [OPEN]}}}}",
        "x-cleanup",
    ),
    "a message that nobody can fill": ("message: Too big", 'message: "Too big {size}"', "nobody fills size"),
}


def broken(folder: Path, old: str, new: str) -> Contract:
    text = ACME.read_text("utf-8")
    assert old in text
    path = folder / "acme.yaml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    return Contract(path)


def test_the_invented_vendors_spec_holds() -> None:
    assert list(all_faults(Contract(ACME), EXTENSIONS)) == []


@pytest.mark.parametrize(("old", "new", "problem"), BREAKS.values(), ids=BREAKS.keys())
def test_a_broken_rule_is_named(tmp_path: Path, old: str, new: str, problem: str) -> None:
    contract = broken(tmp_path, old, new)
    lines = [fault.at(contract.path) for fault in all_faults(contract, EXTENSIONS)]
    assert any(problem in line for line in lines), lines
    assert all(line.startswith(f"{contract.path}:") for line in lines)


@pytest.mark.parametrize(
    "name", ["an unknown key of OpenAPI", "an error nobody knows", "no words for an unknown path"]
)
def test_what_a_double_cannot_do_without_stops_its_start(tmp_path: Path, name: str) -> None:
    old, new, problem = BREAKS[name]
    with pytest.raises(SpecError, match=problem):
        check_at_start(broken(tmp_path, old, new), EXTENSIONS)
