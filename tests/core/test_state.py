"""Sandboxes, transactions, snapshots and ids: what one world keeps, another never sees."""

from __future__ import annotations

import base64

import httpx

from tests.core.conftest import KEY


def state(client: httpx.Client, id: str = "1") -> str:
    return str(client.get(f"/_duble/state/acme/orders/{id}").json()["state"])


def test_path_header_and_credential_lead_to_the_same_sandbox(acme_url: str) -> None:
    with httpx.Client(base_url=acme_url, headers=KEY, trust_env=False) as client:
        assert client.post("/~ways/v9/orders/1/cancel").status_code == 200
        by_header = client.get("/v9/orders/1", headers={"X-Duble-Sandbox": "ways"})
        by_key = client.get("/v9/orders/1", headers={"Authorization": "Bearer acme-key~ways"})
        elsewhere = client.get("/v9/orders/1", headers={"Authorization": "Bearer acme-key~others"})
    assert by_header.json()["state"] == by_key.json()["state"] == "CANCELLED"
    assert elsewhere.json()["state"] == "OPEN"


def test_a_credential_in_the_body_names_the_sandbox_too(acme_url: str) -> None:
    made = httpx.post(f"{acme_url}/v9/orders", json={"note": "hello~inbody"}, headers=KEY).json()
    assert made["note"] == "hello"
    kept = httpx.get(f"{acme_url}/~inbody/v9/orders/{made['id']}", headers=KEY)
    assert kept.json()["note"] == "hello"


def test_basic_credentials_carry_the_sandbox_in_the_user_name(acme_url: str) -> None:
    credential = base64.b64encode(b"someone~inbasic:secret").decode()
    answer = httpx.get(f"{acme_url}/v9/orders", headers={"Authorization": f"Basic {credential}"})
    assert answer.status_code == 401
    assert "inbasic" in {box["name"] for box in httpx.get(f"{acme_url}/_duble/sandboxes").json()["sandboxes"]}


def test_the_path_wins_over_the_credential(acme_url: str) -> None:
    key = {"Authorization": "Bearer acme-key~loser"}
    assert httpx.post(f"{acme_url}/~winner/v9/orders/1/cancel", headers=key).status_code == 200
    assert httpx.get(f"{acme_url}/~winner/v9/orders/1", headers=KEY).json()["state"] == "CANCELLED"
    assert httpx.get(f"{acme_url}/~loser/v9/orders/1", headers=KEY).json()["state"] == "OPEN"


def test_a_name_that_no_sandbox_can_have_is_refused_in_plain_words(acme_url: str) -> None:
    for name in ("-a", "a b", "a" * 65, "\u00fc"):
        answer = httpx.get(f"{acme_url}/~{name}/v9/orders", headers=KEY)
        assert (answer.status_code, answer.headers["Content-Type"]) == (400, "text/plain; charset=utf-8")


def test_a_refused_request_leaves_nothing_behind(acme: httpx.Client) -> None:
    acme.put("/_duble/state/acme/orders/1", json={"state": "SHIPPED"})
    refused = acme.post("/v9/orders/1/cancel")
    assert (refused.status_code, refused.json()["text"]) == (409, "It is SHIPPED")
    assert state(acme) == "SHIPPED"


def test_a_broken_promise_and_a_crash_leave_nothing_behind_ids_included(acme: httpx.Client) -> None:
    for note in ("boom", "crash"):
        assert acme.post("/v9/orders", json={"note": note}).status_code == 500
    assert acme.post("/v9/orders", json={"note": "fine"}).json()["id"] == "11"


def test_new_ids_follow_the_highest_there_is_even_after_it_is_gone(acme: httpx.Client) -> None:
    assert acme.post("/v9/orders", json={}).json()["id"] == "11"
    acme.delete("/_duble/state/acme/orders/11")
    assert acme.post("/v9/orders", json={}).json()["id"] == "12"
    acme.put("/_duble/state/acme/orders/40", json={})
    assert acme.post("/v9/orders", json={}).json()["id"] == "41"


def test_records_come_in_numeric_order(acme: httpx.Client) -> None:
    acme.put("/_duble/state/acme/orders/b", json={})
    acme.put("/_duble/state/acme/orders/3", json={})
    records = acme.get("/_duble/state/acme/orders").json()["records"]
    assert [record["id"] for record in records] == ["1", "2", "3", "10", "b"]


def test_reset_brings_the_seed_back_and_forgets_the_rest(acme: httpx.Client) -> None:
    acme.post("/v9/orders/1/cancel")
    acme.post("/v9/orders", json={})
    acme.post("/_duble/clock", json={"advance": 60})
    acme.post("/_duble/faults", json={"status": 429})
    assert acme.post("/_duble/reset", json={}).status_code == 200
    assert [record["id"] for record in acme.get("/_duble/state/acme/orders").json()["records"]] == [
        "1",
        "2",
        "10",
    ]
    assert state(acme) == "OPEN"
    assert acme.get("/_duble/clock").json()["touched"] is False
    assert acme.get("/_duble/faults").json() == {"faults": []}
    assert acme.get("/_duble/requests").json() == {"requests": []}


def test_snapshots_keep_records_clock_and_ids(acme: httpx.Client) -> None:
    acme.post("/_duble/clock", json={"freeze": "2026-01-02T03:04:05Z"})
    acme.post("/v9/orders", json={})
    acme.post("/_duble/snapshots", json={"name": "before"})
    acme.post("/v9/orders/1/cancel")
    acme.post("/v9/orders", json={})
    acme.post("/_duble/clock", json={"advance": 3600})
    assert acme.post("/_duble/snapshots/before/restore").json() == {"name": "before"}
    assert state(acme) == "OPEN"
    assert acme.get("/_duble/clock").json()["now"] == "2026-01-02T03:04:05.000Z"
    assert acme.post("/v9/orders", json={}).json()["id"] == "12"
    assert acme.post("/_duble/snapshots/before/restore").status_code == 200
    assert acme.get("/v9/orders/12").status_code == 404


def test_many_snapshots_melt_without_losing_anything(acme: httpx.Client) -> None:
    for number in range(30):
        acme.put(f"/_duble/state/acme/orders/{100 + number}", json={"note": str(number)})
        acme.delete(f"/_duble/state/acme/orders/{100 + number - 5}")
        acme.post("/_duble/snapshots", json={"name": f"s{number}"})
    acme.post("/_duble/snapshots/s20/restore")
    ids = [record["id"] for record in acme.get("/_duble/state/acme/orders").json()["records"]]
    assert ids == ["1", "2", "10", "116", "117", "118", "119", "120"]


def test_snapshots_are_listed_and_dropped(acme: httpx.Client) -> None:
    acme.post("/_duble/snapshots", json={"name": "a"})
    assert acme.get("/_duble/snapshots").json() == {"snapshots": [{"name": "a"}]}
    assert acme.delete("/_duble/snapshots/a").json() == {"deleted": 1}
    assert acme.post("/_duble/snapshots/a/restore").status_code == 404


def test_sandboxes_are_made_listed_and_forgotten(acme_url: str) -> None:
    made = httpx.post(f"{acme_url}/_duble/sandboxes", json={}).json()
    assert made["path_prefix"] == f"/~{made['name']}"
    assert made in httpx.get(f"{acme_url}/_duble/sandboxes").json()["sandboxes"]
    assert httpx.delete(f"{acme_url}/_duble/sandboxes/{made['name']}").json() == {"deleted": 1}
    assert httpx.delete(f"{acme_url}/_duble/sandboxes/{made['name']}").status_code == 404


def test_what_time_brings_about_is_seen_when_looked_at(acme: httpx.Client) -> None:
    assert state(acme, "2") == "OPEN"
    acme.post("/_duble/clock", json={"advance": 1})
    assert state(acme, "2") == "LATE"
    assert acme.get("/v9/orders", params={"states": "LATE"}).json()[0]["id"] == "2"
