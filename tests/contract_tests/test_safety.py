"""The guard before a server that is not ours: what it lets out, and what it never does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract_tests.harness.network.exchange import Grounds, Request
from contract_tests.harness.network.target import Sandbox, connected
from contract_tests.harness.outside.safety import Guard, Unsafe, is_unreadable
from contract_tests.harness.spec import contract
from mockserver.app import VENDORS, spec_path
from tests.contract_tests.consequence import Consequence
from tests.contract_tests.foreign import opened

GUARDS = {name: Guard([contract.load(name, spec_path(name))]) for name in VENDORS}
PERSAT, ZEEV, CITSMART, TAF, HUAWEI = (
    GUARDS[name] for name in ("persat", "zeev", "citsmart", "taf", "huawei_osm")
)
CANCELLING = json.dumps({"cause": "No me encuentro en el domicilio"}).encode()
ORDER = json.dumps({"uid_client": "AABC9098", "wo_data": {"schema_id": 13, "service_time": 45}}).encode()


def ask(method: str, path: str, body: bytes | None = None, **headers: str) -> Request:
    return Request(method=method, path=path, headers=headers, body=body)


def citsmart(path: str, **body: Any) -> Request:
    return ask("POST", f"/services/v2/{path}", json.dumps(body).encode())


HARMLESS = {
    "a read": (PERSAT, ask("GET", "/v1/work-orders/9"), "read"),
    "a read by POST": (CITSMART, citsmart("getById", taskId=22737), "read"),
    "a read whose address also fits another template": (ZEEV, ask("POST", "/api/2/instances/report"), "read"),
    "a read with a broken body": (CITSMART, ask("POST", "/services/v2/contracts", b'{"sessionID'), "read"),
    "a cancel of nothing": (PERSAT, ask("POST", "/v1/work-orders/xxxx/cancel", CANCELLING), "harmless"),
    "a deletion of nothing": (PERSAT, ask("DELETE", "/v1/work-orders-labels/-1"), "harmless"),
    "a feedback on nothing": (CITSMART, citsmart("feedback", taskId=-1, feedback=1), "harmless"),
    "tickets that nobody sent": (
        TAF,
        ask("DELETE", "/rest/wstafst2", b'{"deleteTicket": [{"ticketCode": "DUBLE-NO-SUCH-TICKET"}]}'),
        "harmless",
    ),
    "a creation without a value": (PERSAT, ask("POST", "/v1/work-orders", b'{"uid_client": '), "harmless"),
    "a creation of an open bracket": (PERSAT, ask("POST", "/v1/work-orders", b"{"), "harmless"),
    "an address that begins like none": (PERSAT, ask("DELETE", "/v1/duble-knows-no-such-place"), "harmless"),
    "an address beside the templates": (
        HUAWEI,
        ask("POST", "/v2/servicerequest/duble-knows-no-such-place"),
        "harmless",
    ),
    "GET of an unknown address": (PERSAT, ask("GET", "/v1/work-orders/9/cancel/nowhere"), "harmless"),
    "a wrong method on nothing": (PERSAT, ask("DELETE", "/v1/work-orders/-1"), "harmless"),
    "GET where POST reads": (CITSMART, ask("GET", "/services/v2/contracts"), "harmless"),
    "OPTIONS": (PERSAT, ask("OPTIONS", "/v1/work-orders/9/cancel"), "harmless"),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_cannot_act_may_leave(name: str) -> None:
    guard, request, kind = HARMLESS[name]
    grounds = guard.grounds(request)
    assert grounds is not None
    assert grounds.kind == kind
    assert grounds.why
    guard.demand(request)


MIGHT_ACT = {
    "a cancel": (PERSAT, ask("POST", "/v1/work-orders/9/cancel", CANCELLING)),
    "a cancel without credential": (PERSAT, ask("POST", "/v1/work-orders/9/cancel", CANCELLING)),
    "a cancel with a wrong credential": (
        PERSAT,
        ask("POST", "/v1/work-orders/9/cancel", CANCELLING, Authorization="Bearer wrong-credential"),
    ),
    "a cancel without a cause": (PERSAT, ask("POST", "/v1/work-orders/9/cancel", b"{}")),
    "a cancel with a cut body": (PERSAT, ask("POST", "/v1/work-orders/9/cancel", CANCELLING[:-1])),
    "a cancel with an unreadable body": (PERSAT, ask("POST", "/v1/work-orders/9/cancel", b"{")),
    "a cancel by another content type": (
        PERSAT,
        ask("POST", "/v1/work-orders/9/cancel", CANCELLING, **{"Content-Type": "text/plain"}),
    ),
    "a slash more": (PERSAT, ask("POST", "/v1/work-orders/9/cancel/", CANCELLING)),
    "another case": (PERSAT, ask("POST", "/V1/Work-Orders/9/CANCEL", CANCELLING)),
    "an encoded letter": (PERSAT, ask("POST", "/v1/work-orders/9/%63ancel", CANCELLING)),
    "something behind it": (PERSAT, ask("POST", "/v1/work-orders/9/cancel/more", CANCELLING)),
    "a way round": (PERSAT, ask("POST", "/v1/nowhere/../work-orders/9/cancel", CANCELLING)),
    "an encoded way round": (PERSAT, ask("POST", "/v1/nowhere/%2e%2e/work-orders/9/cancel", CANCELLING)),
    "a way out of an unknown record": (PERSAT, ask("DELETE", "/v1/work-orders-labels/-1/../15")),
    "a doubled slash": (PERSAT, ask("POST", "/v1//work-orders/9/cancel", CANCELLING)),
    "a read that says it is a deletion": (
        PERSAT,
        ask("POST", "/v1/work-orders/xxxx/cancel", CANCELLING, **{"X-HTTP-Method-Override": "DELETE"}),
    ),
    "a creation": (PERSAT, ask("POST", "/v1/work-orders", ORDER)),
    "a creation with a field missing": (PERSAT, ask("POST", "/v1/work-orders", b'{"wo_data": {}}')),
    "a creation with a cut body": (PERSAT, ask("POST", "/v1/work-orders", ORDER[:-1])),
    "a creation and something more": (PERSAT, ask("POST", "/v1/work-orders", ORDER + b"}")),
    "a creation of nothing at all": (PERSAT, ask("POST", "/v1/work-orders", b"")),
    "a creation without a body": (PERSAT, ask("POST", "/v1/work-orders")),
    "a wrong method on a collection": (PERSAT, ask("DELETE", "/v1/work-orders-labels")),
    "a wrong method on a record": (PERSAT, ask("DELETE", "/v1/work-orders/9")),
    "GET of an action": (PERSAT, ask("GET", "/v1/work-orders/9/cancel")),
    "tickets of which one may exist": (
        TAF,
        ask(
            "DELETE",
            "/rest/wstafst2",
            b'{"deleteTicket": [{"ticketCode": "DUBLE-NO-SUCH-TICKET"}, {"ticketCode": "T1"}]}',
        ),
    ),
    "a ticket that is no object": (
        TAF,
        ask(
            "DELETE",
            "/rest/wstafst2",
            b'{"deleteTicket": [{"ticketCode": "DUBLE-NO-SUCH-TICKET"}, "WIO9753123654789789"]}',
        ),
    ),
    "no ticket named": (TAF, ask("DELETE", "/rest/wstafst2", b'{"deleteTicket": []}')),
    "a label that does not exist for a case that may": (
        HUAWEI,
        ask("POST", "/v2/servicerequest/cases/case-123/labels?label_ids=2147483647"),
    ),
    "a login that nobody gave": (CITSMART, citsmart("login", userName="mobile", password="123456")),
    "our control API": (PERSAT, ask("GET", "/_duble/health")),
}


@pytest.mark.parametrize("name", MIGHT_ACT)
def test_what_might_act_is_not_sent(name: str) -> None:
    guard, request = MIGHT_ACT[name]
    assert guard.grounds(request) is None
    with pytest.raises(Unsafe, match="was not sent"):
        guard.demand(request)


@pytest.mark.parametrize("kind", ["read", "harmless", "write"])
def test_the_sender_is_not_believed(kind: Any) -> None:
    claimed = Request(
        method="POST", path="/v1/work-orders/9/cancel", body=CANCELLING, grounds=Grounds(kind, "trust me")
    )
    assert PERSAT.grounds(claimed) is None


def test_a_login_is_a_login_nowhere_else() -> None:
    claimed = Grounds("login", "the login was given")
    body = b'{"userName": "mobile", "password": "123456"}'
    assert CITSMART.grounds(Request(method="POST", path="/services/v2/login", body=body, grounds=claimed))
    assert not CITSMART.grounds(Request(method="POST", path="/services/v2/new", body=body, grounds=claimed))


def test_no_vendor_answers_for_another() -> None:
    both = Guard([*PERSAT.contracts, *HUAWEI.contracts])
    assert both.grounds(ask("POST", "/v1/work-orders", ORDER)) is None
    assert both.grounds(ask("GET", "/v1/work-orders/9")) is not None


@pytest.mark.parametrize(
    ("body", "unreadable"),
    [
        (b"{", True),
        (b"[", True),
        (b'{"name', True),
        (b'{"name": ', True),
        (b'{"deleteTicket": [', True),
        (b"", False),
        (b"{}", False),
        (b"[]", False),
        (b"null", False),
        (b'{"name": "x', False),
        (b'{"name": 1', False),
        (b'{"a": ["x"', False),
        (b"name=x", False),
        (b"<name>x</name>", False),
        (None, False),
    ],
)
def test_only_a_body_without_any_value_is_unreadable(body: bytes | None, unreadable: bool) -> None:
    assert is_unreadable(body) is unreadable


IDS = st.sampled_from(
    ["9", "890360388", "case-123", "22736", "xxxx", "-1", "2147483647", "TT209901010001", "%2d1"]
)
BODIES = st.sampled_from(
    [b"", b"{", b'{"a": ', b"{}", b"[]", b'{"taskId": -1}', b'{"taskId": 22736}', ORDER, ORDER[:-1]]
)
METHODS = st.sampled_from(["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"])
TAILS = st.sampled_from(["", "", "", "/", "/more", "?a=1", "/..", "//"])


@settings(max_examples=400, deadline=None)
@given(vendor=st.sampled_from(sorted(GUARDS)), method=METHODS, tail=TAILS, body=BODIES, data=st.data())
def test_nothing_that_would_have_consequences_ever_leaves(
    vendor: str, method: str, tail: str, body: bytes, data: st.DataObject
) -> None:
    """Judged by what a server without any check would do, written down apart from the rules."""
    guard = GUARDS[vendor]
    (promise,) = guard.contracts
    template = data.draw(st.sampled_from(sorted(promise.document["paths"])))
    path = template
    while "{" in path:
        before, _, rest = path.partition("{")
        path = before + data.draw(IDS) + rest.partition("}")[2]
    request = ask(method, promise.base_path + path + tail, body)
    if Consequence(vendor).of(request.method, request.path, body) is not None:
        assert guard.grounds(request) is None, request.line


def test_the_guard_stands_before_the_wire() -> None:
    with opened(["persat"]) as server:
        promise = PERSAT.contracts
        with connected(server.url, tag="t", contracts=promise) as target, target.sandbox() as sandbox:
            _send_refused(sandbox)
            sandbox.send(ask("GET", "/v1/work-orders/9"))
            assert sandbox.steps == [ask("GET", "/v1/work-orders/9")]
    assert [(asked.method, asked.path) for asked in server.asked] == [("GET", "/v1/work-orders/9")]


def _send_refused(sandbox: Sandbox) -> None:
    with pytest.raises(Unsafe):
        sandbox.send(ask("POST", "/v1/work-orders/9/cancel", CANCELLING))
    with pytest.raises(Unsafe):
        sandbox.control("POST", "reset", {})
