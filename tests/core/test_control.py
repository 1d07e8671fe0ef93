"""The control API: faults, clock, journal, backstage, records, and who may use it."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from mockserver.app import Double
from mockserver.control.room import is_local
from mockserver.server import serving
from mockserver.settings import Settings
from tests.core.acme import SOURCE
from tests.core.conftest import KEY


def fault(client: httpx.Client, **rule: object) -> httpx.Response:
    return client.post("/_duble/faults", json=rule)


def test_a_fault_by_catalogue_id_strikes_as_often_as_told(acme: httpx.Client) -> None:
    assert fault(acme, vendor="acme", operation="get_order", error="busy", times=2).status_code == 200
    answers = [acme.get("/v9/orders/1") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert answers[0].json() == {"fault": "BUSY", "text": "Busy", "at": []}
    assert answers[0].headers["Retry-After"] == "7"
    assert acme.get("/_duble/faults").json()["faults"][0]["hits"] == 2


def test_a_fault_concerns_its_operation_only(acme: httpx.Client) -> None:
    fault(acme, operation="get_order", status=429)
    assert acme.get("/v9/orders").status_code == 200
    assert acme.get("/v9/orders/1").status_code == 429


def test_a_faulted_request_changes_nothing(acme: httpx.Client) -> None:
    fault(acme, operation="cancel_order", status=429, times=1)
    assert acme.post("/v9/orders/1/cancel").status_code == 429
    assert acme.get("/v9/orders/1").json()["state"] == "OPEN"


def test_a_wrong_key_is_refused_before_a_fault_strikes(acme: httpx.Client) -> None:
    fault(acme, status=429)
    assert acme.get("/v9/orders/1", headers={"Authorization": "Bearer nobody"}).status_code == 401


def test_a_status_that_the_catalogue_lacks_leaves_without_an_envelope(acme: httpx.Client) -> None:
    fault(acme, status=503)
    answer = acme.get("/v9/orders/1")
    assert (answer.status_code, answer.content) == (503, b"")


@pytest.mark.parametrize("kind", ["drop", "truncate"])
def test_a_broken_connection_is_one(acme: httpx.Client, kind: str) -> None:
    fault(acme, **{kind: True, "times": 1})
    with pytest.raises(httpx.RemoteProtocolError):
        acme.get("/v9/orders/1")
    assert acme.get("/v9/orders/1").status_code == 200


def test_a_malformed_body_is_no_json(acme: httpx.Client) -> None:
    fault(acme, malformed=True)
    answer = acme.get("/v9/orders/1")
    assert answer.status_code == 200
    with pytest.raises(ValueError, match="line 1 column"):
        answer.json()


def test_a_chance_falls_the_same_way_in_every_sandbox(acme_url: str) -> None:
    def row(name: str, seed: int) -> list[int]:
        with httpx.Client(base_url=f"{acme_url}/~{name}", headers=KEY, trust_env=False) as client:
            fault(client, status=429, probability=0.5, seed=seed)
            return [client.get("/v9/orders/1").status_code for _ in range(40)]

    first = row("dice-a", 1)
    assert first == row("dice-b", 1)
    assert first != row("dice-c", 2)
    assert {200, 429} == set(first)


@pytest.mark.parametrize(
    ("rule", "status"),
    [
        ({}, 422),
        ({"status": 429, "error": "busy"}, 422),
        ({"drop": True, "malformed": True}, 422),
        ({"operation": "nope", "status": 429}, 422),
        ({"vendor": "acme", "error": "nope"}, 422),
        ({"error": "busy"}, 422),
        ({"vendor": "nope", "status": 429}, 404),
        ({"status": 200}, 400),
        ({"latency_ms": 10**9}, 400),
        ({"probability": 2, "status": 429}, 400),
        ({"unknown": 1}, 400),
        ([], 400),
    ],
)
def test_a_fault_rule_that_makes_no_sense_is_refused(acme: httpx.Client, rule: object, status: int) -> None:
    answer = acme.post("/_duble/faults", json=rule)
    assert answer.status_code == status
    assert answer.json()["error"]["message"]
    assert acme.get("/_duble/faults").json() == {"faults": []}


def test_rules_are_dropped_one_by_one_or_all(acme: httpx.Client) -> None:
    ids = [fault(acme, status=429).json()["id"] for _ in range(3)]
    assert acme.delete(f"/_duble/faults/{ids[0]}").json() == {"deleted": 1}
    assert acme.delete(f"/_duble/faults/{ids[0]}").status_code == 404
    assert acme.delete("/_duble/faults").json() == {"deleted": 2}


def test_a_preferred_code_gives_the_documented_refusal(acme: httpx.Client) -> None:
    answer = acme.get("/v9/orders/77", headers={"Prefer": "wait=5, code=404"})
    assert (answer.status_code, answer.json()["text"]) == (404, "No order xxxx")


def test_a_preferred_example_gives_it(acme: httpx.Client) -> None:
    answer = acme.get("/v9/orders/1", headers={"Prefer": "example=shipped"})
    assert (answer.status_code, answer.json()["id"]) == (200, "7")
    assert answer.headers["Preference-Applied"] == "example=shipped"


@pytest.mark.parametrize("wish", ["code=418", "example=none", "code=abc", "code="])
def test_a_wish_that_the_spec_does_not_know_is_said_in_plain_words(acme: httpx.Client, wish: str) -> None:
    answer = acme.get("/v9/orders/1", headers={"Prefer": wish})
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "text/plain; charset=utf-8")


def test_a_preferred_success_is_served_as_usual(acme: httpx.Client) -> None:
    assert acme.get("/v9/orders/1", headers={"Prefer": "code=200"}).json()["id"] == "1"


def test_the_clock_freezes_advances_and_resumes(acme: httpx.Client) -> None:
    frozen = acme.post("/_duble/clock", json={"freeze": "2026-01-02T00:04:05-03:00"}).json()
    assert frozen == {"now": "2026-01-02T03:04:05.000Z", "frozen": True, "touched": True}
    assert acme.post("/_duble/clock", json={"advance": 601}).json()["now"] == "2026-01-02T03:14:06.000Z"
    assert acme.post("/_duble/clock", json={"advance": -1}).json()["now"] == "2026-01-02T03:14:05.000Z"
    resumed = acme.post("/_duble/clock", json={"resume": True}).json()
    assert resumed["frozen"] is False
    assert resumed["now"].startswith("2026-01-02T03:14:0")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"advance": 1, "resume": True}, 400),
        ({"resume": False}, 400),
        ({"advance": 1e12}, 422),
        ({"freeze": "tomorrow"}, 422),
        ({"freeze": "0001-01-01T00:00:00+23:59"}, 422),
    ],
)
def test_a_clock_cannot_be_set_to_nonsense(acme: httpx.Client, body: object, status: int) -> None:
    assert acme.post("/_duble/clock", json=body).status_code == status
    assert acme.get("/_duble/clock").json()["touched"] is False


def test_the_journal_tells_what_was_asked_without_secrets(acme: httpx.Client) -> None:
    acme.post("/v9/orders?token=x", json={"note": "hi", "password": "hunter2"})
    entry = acme.get("/_duble/requests", params={"operation": "create_order"}).json()["requests"][0]
    assert (entry["vendor"], entry["method"], entry["path"], entry["status"]) == (
        "acme",
        "POST",
        "/v9/orders",
        200,
    )
    assert entry["body"] == {"note": "hi", "password": "***"}
    assert entry["answer"]["note"] == "hi"
    assert entry["headers"]["authorization"] == "***"
    assert "acme-key" not in str(entry)


def test_the_journal_is_searched_counted_and_cleared(acme: httpx.Client) -> None:
    acme.get("/v9/orders/1")
    acme.get("/v9/orders/77")
    acme.get("/v9/nowhere")
    counts = {
        "operation=get_order": 2,
        "status=404": 2,
        "path=/v9/orders/77": 1,
        "method=post": 0,
        "vendor=acme": 3,
        "kind=webhook": 0,
    }
    for query, count in counts.items():
        assert acme.get(f"/_duble/requests/count?{query}").json() == {"count": count}
    assert acme.delete("/_duble/requests").json() == {"deleted": 3}
    assert acme.get("/_duble/requests/count").json() == {"count": 0}


def test_the_journal_is_bounded(acme_url: str) -> None:
    with serving(Double([SOURCE], Settings(journal_entries=3))) as url:
        for number in range(5):
            httpx.get(f"{url}/v9/orders/{number}", headers=KEY)
        paths = [entry["path"] for entry in httpx.get(f"{url}/_duble/requests").json()["requests"]]
    assert paths == ["/v9/orders/2", "/v9/orders/3", "/v9/orders/4"]


def test_waiting_ends_with_the_request_that_was_waited_for(acme: httpx.Client) -> None:
    url = str(acme.base_url.join("v9/orders/1"))
    timer = threading.Timer(0.1, lambda: httpx.get(url, headers=KEY))
    timer.start()
    waited = acme.get("/_duble/requests/wait?operation=get_order&timeout=20")
    timer.join()
    assert waited.json()["enough"] is True


def test_waiting_in_vain_says_so(acme: httpx.Client) -> None:
    assert acme.get("/_duble/requests/wait?count=1&timeout=0").json() == {"enough": False, "requests": []}


def test_backstage_moves_only_from_the_states_of_the_lifecycle(acme: httpx.Client) -> None:
    assert acme.post("/_duble/backstage/acme/ship", json={"id": "1"}).json()["state"] == "SHIPPED"
    again = acme.post("/_duble/backstage/acme/ship", json={"id": "1"})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "conflict")
    assert acme.post("/_duble/backstage/acme/ship", json={"id": "77"}).status_code == 404
    assert acme.post("/_duble/backstage/acme/nope", json={"id": "1"}).status_code == 404
    assert acme.post("/_duble/backstage/nope/ship", json={"id": "1"}).status_code == 404


def test_a_record_that_does_not_fit_is_refused_with_the_reason(acme: httpx.Client) -> None:
    answer = acme.put("/_duble/state/acme/orders/1", json={"sate": "OPEN"})
    assert answer.status_code == 422
    assert "unknown field `sate`" in answer.json()["error"]["message"]
    assert acme.put("/_duble/state/acme/orders/1", json={"id": "2"}).status_code == 422
    assert acme.put("/_duble/state/acme/orders/1", json={"due": "x"}).status_code == 422
    assert acme.get("/_duble/state/acme/orders/1").json()["state"] == "OPEN"


def test_unknown_addresses_name_what_there_is(acme: httpx.Client) -> None:
    assert "acme" in acme.get("/_duble/state/nope/orders").json()["error"]["message"]
    assert "orders" in acme.get("/_duble/state/acme/nope").json()["error"]["message"]
    assert acme.get("/_duble/state/acme").json() == {"collections": ["orders"]}


def changes(acme: httpx.Client) -> object:
    return acme.get("/_duble/changes/acme").json()["changes"]


def test_changes_are_what_a_fresh_sandbox_would_not_hold(acme: httpx.Client) -> None:
    assert changes(acme) == {}
    acme.post("/v9/orders/1/cancel")
    acme.post("/v9/orders", json={"note": "new"})
    acme.delete("/_duble/state/acme/orders/10")
    first = {"id": "1", "state": "OPEN", "note": None, "due": 5}
    assert changes(acme) == {
        "orders": {
            "1": {"seed": first, "now": {**first, "state": "CANCELLED"}},
            "10": {"seed": {"id": "10", "state": "CANCELLED", "note": None, "due": None}, "now": None},
            "11": {"seed": None, "now": {"id": "11", "state": "OPEN", "note": "new", "due": None}},
        }
    }


def test_what_reads_as_before_is_no_change(acme: httpx.Client) -> None:
    acme.put("/_duble/state/acme/orders/1", json={"due": 6})
    acme.put("/_duble/state/acme/orders/1", json={"due": 5})
    acme.put("/_duble/state/acme/orders/7", json={})
    acme.delete("/_duble/state/acme/orders/7")
    acme.post("/v9/orders/10/cancel")
    assert changes(acme) == {}


def test_what_the_clock_alone_does_is_no_change(acme: httpx.Client) -> None:
    acme.post("/_duble/clock", json={"advance": 1})
    assert acme.get("/_duble/state/acme/orders/2").json()["state"] == "LATE"
    assert changes(acme) == {}


def test_changes_count_from_the_seed_whatever_was_kept_since(acme: httpx.Client) -> None:
    for number in range(20):
        acme.put(f"/_duble/state/acme/orders/{100 + number}", json={})
        acme.post("/_duble/snapshots", json={"name": f"s{number}"})
    acme.post("/_duble/snapshots/s1/restore")
    found = acme.get("/_duble/changes/acme").json()["changes"]["orders"]
    assert list(found) == ["100", "101"]
    acme.post("/_duble/reset", json={})
    assert changes(acme) == {}


def test_changes_of_a_vendor_that_is_not_there_are_refused(acme: httpx.Client) -> None:
    answer = acme.get("/_duble/changes/nope")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


class _Receiver(http.server.BaseHTTPRequestHandler):
    statuses: list[int]
    bodies: list[bytes]

    def do_POST(self) -> None:
        self.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(self.statuses.pop(0))
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def receiver(*statuses: int) -> Iterator[tuple[str, list[bytes]]]:
    """A webhook receiver that answers these statuses in turn; its address and what it got."""
    bodies: list[bytes] = []
    handler = type("Handler", (_Receiver,), {"statuses": list(statuses), "bodies": bodies})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", bodies
    finally:
        server.shutdown()
        server.server_close()


def test_webhooks_are_delivered_and_journalled(acme: httpx.Client) -> None:
    with receiver(204) as (hook, bodies):
        acme.post("/_duble/backstage/acme/ship", json={"id": "1", "hook": hook})
        waited = acme.get("/_duble/requests/wait?kind=webhook&timeout=20").json()
    assert bodies == [b'{"shipped":"1"}']
    entry = waited["requests"][0]
    assert (entry["operation"], entry["status"], entry["attempt"]) == ("order.shipped", 204, 1)


def test_a_webhook_is_tried_again_only_as_often_as_told(acme: httpx.Client) -> None:
    with receiver(500, 503, 200, 200) as (hook, bodies):
        acme.post("/_duble/backstage/acme/ship", json={"id": "1", "hook": hook, "attempts": 5})
        acme.get("/_duble/requests/wait?kind=webhook&status=200&timeout=20")
        statuses = [entry["status"] for entry in acme.get("/_duble/requests?kind=webhook").json()["requests"]]
    assert (len(bodies), statuses) == (3, [500, 503, 200])


def test_a_webhook_to_no_address_is_journalled_too(acme: httpx.Client) -> None:
    acme.post("/_duble/backstage/acme/ship", json={"id": "1", "hook": "http://[", "attempts": 2})
    waited = acme.get("/_duble/requests/wait?kind=webhook&count=2&timeout=20").json()
    assert [entry["path"] for entry in waited["requests"]] == ["http://[", "http://["]


def test_a_webhook_that_reaches_nobody_is_journalled_with_the_reason(acme: httpx.Client) -> None:
    acme.post("/_duble/backstage/acme/ship", json={"id": "1", "hook": "http://127.0.0.1:1/"})
    entry = acme.get("/_duble/requests/wait?kind=webhook&timeout=20").json()["requests"][0]
    assert (entry["status"], "ConnectError" in entry["error"]) == (None, True)


def test_a_control_token_protects_the_control_api_and_nothing_else() -> None:
    with serving(Double([SOURCE], Settings(control_token="s3same"))) as url:
        assert httpx.get(f"{url}/_duble/health").status_code == 200
        for header in ({}, {"Authorization": "Bearer nope"}, {"Authorization": "Basic s3same"}):
            assert httpx.get(f"{url}/_duble/clock", headers=header).status_code == 401
        assert httpx.get(f"{url}/_duble/clock", headers={"Authorization": "Bearer s3same"}).status_code == 200
        assert httpx.get(f"{url}/v9/orders", headers=KEY).status_code == 200


def test_without_a_token_only_this_machine_is_let_in() -> None:
    assert [is_local(peer) for peer in ("127.0.0.1", "127.9.9.9", "::1", None)] == [True] * 4
    assert [is_local(peer) for peer in ("192.168.0.7", "2001:db8::1", "unix")] == [False] * 3


def test_there_are_only_so_many_sandboxes() -> None:
    with serving(Double([SOURCE], Settings(max_sandboxes=2))) as url:
        for name in ("a", "b"):
            assert httpx.get(f"{url}/~{name}/v9/orders", headers=KEY).status_code == 200
        assert httpx.get(f"{url}/~c/v9/orders", headers=KEY).status_code == 429
        assert httpx.post(f"{url}/~a/_duble/sandboxes", json={"name": "c"}).status_code == 409
        httpx.delete(f"{url}/~a/_duble/sandboxes/b")
        assert httpx.get(f"{url}/~c/v9/orders", headers=KEY).status_code == 200
