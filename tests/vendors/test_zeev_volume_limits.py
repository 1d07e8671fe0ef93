"""Zeev: calls per second, minute, hour and day, counted per person by the sandbox's clock."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

START = "2026-03-19T12:00:00Z"
LIMITS = "/_duble/state/zeev/limits/default"
OTHER = {"Authorization": "Bearer duble-unprivileged"}


@pytest.fixture
def zeev(double: httpx.Client) -> httpx.Client:
    double.headers["Authorization"] = "Bearer duble-token"
    double.post("/_duble/clock", json={"freeze": START})
    return double


def statuses(zeev: httpx.Client, calls: int) -> list[int]:
    return [zeev.get("/api/2/assignments").status_code for _ in range(calls)]


def advance(zeev: httpx.Client, seconds: float) -> None:
    zeev.post("/_duble/clock", json={"advance": seconds})


def test_limits_are_off_by_default(zeev: httpx.Client) -> None:
    assert statuses(zeev, 30) == [200] * 30


def test_switched_on_without_figures_they_are_one_call_per_second(zeev: httpx.Client) -> None:
    zeev.put(LIMITS, json={})

    assert statuses(zeev, 3) == [200, 429, 429]
    advance(zeev, 1)
    assert statuses(zeev, 2) == [200, 429]


def test_calls_that_overlap_are_all_counted(zeev: httpx.Client) -> None:
    zeev.put(LIMITS, json={"second": None, "day": 8})
    zeev.post("/_duble/faults", json={"vendor": "zeev", "latency_ms": 50})

    with ThreadPoolExecutor(12) as pool:
        overlapping = list(pool.map(lambda _: zeev.get("/api/2/assignments").status_code, range(12)))

    assert sorted(overlapping) == [200] * 8 + [429] * 4


def test_the_refusal_carries_retry_after_and_the_envelope(zeev: httpx.Client) -> None:
    zeev.put(LIMITS, json={"second": 1})
    zeev.get("/api/2/assignments")

    answer = zeev.get("/api/2/assignments")

    assert answer.headers["retry-after"] == "1"
    assert answer.json() == {
        "error": {
            "code": "429",
            "key": "too_many_requests",
            "message": "Limite de requisições excedido",
            "vars": [],
            "details": [],
        }
    }


@pytest.mark.parametrize(
    ("window", "seconds"), [("second", 1), ("minute", 60), ("hour", 3600), ("day", 86_400)]
)
def test_each_window_takes_its_maximum_and_opens_again_after_its_length(
    zeev: httpx.Client, window: str, seconds: int
) -> None:
    zeev.put(LIMITS, json={window: 3})
    assert statuses(zeev, 4) == [200, 200, 200, 429]

    advance(zeev, seconds - 0.5)
    refused = zeev.get("/api/2/assignments")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")

    advance(zeev, 0.5)
    assert statuses(zeev, 4) == [200, 200, 200, 429]


def test_retry_after_waits_for_the_longest_of_the_full_windows(zeev: httpx.Client) -> None:
    zeev.put(LIMITS, json={"second": 1, "minute": 1})
    zeev.get("/api/2/assignments")
    advance(zeev, 0.25)

    assert zeev.get("/api/2/assignments").headers["retry-after"] == "60"


def test_following_retry_after_succeeds(zeev: httpx.Client) -> None:
    zeev.put(LIMITS, json={"second": 2, "minute": 2})
    assert statuses(zeev, 3) == [200, 200, 429]
    advance(zeev, 12.3)

    advance(zeev, int(zeev.get("/api/2/assignments").headers["retry-after"]))

    assert statuses(zeev, 1) == [200]


def test_a_failed_call_counts(zeev: httpx.Client) -> None:
    zeev.put(LIMITS, json={"minute": 4})
    failed = [
        zeev.get("/api/2/instances/1").status_code,
        zeev.patch("/api/2/instances/890360372/cancel", json={}).status_code,
        zeev.get("/api/2/instances/nope").status_code,
        zeev.patch("/api/2/instances/890360388/cancel", content=b"{").status_code,
    ]

    assert failed == [404, 400, 400, 400]
    assert statuses(zeev, 1) == [429]


def test_a_call_refused_by_the_limit_does_not_count(zeev: httpx.Client) -> None:
    zeev.put(LIMITS, json={"second": 1, "minute": 3})

    assert statuses(zeev, 10) == [200] + [429] * 9
    advance(zeev, 1)
    assert statuses(zeev, 2) == [200, 429]
    advance(zeev, 1)
    assert statuses(zeev, 1) == [200]


def test_a_person_is_counted_over_all_operations_and_tokens_and_apart_from_others(zeev: httpx.Client) -> None:
    zeev.put(LIMITS, json={"minute": 2})
    mine = zeev.post("/api/2/tokens", json={"login": "duble", "password": "duble"}).json()["temporaryToken"]

    assert zeev.get("/api/2/tokens").status_code == 200
    assert zeev.get("/api/2/instances", headers={"Authorization": f"Bearer {mine}"}).status_code == 200
    assert zeev.get("/api/2/assignments").status_code == 429
    assert zeev.get("/api/2/assignments", headers=OTHER).status_code == 200


def test_logging_in_is_not_counted(zeev: httpx.Client) -> None:
    zeev.put(LIMITS, json={"minute": 1})
    login = {"login": "duble", "password": "duble"}

    assert [zeev.post("/api/2/tokens", json=login).status_code for _ in range(5)] == [200] * 5
    assert statuses(zeev, 2) == [200, 429]


def test_a_caller_without_a_token_is_refused_before_the_limit_and_not_counted(zeev: httpx.Client) -> None:
    zeev.put(LIMITS, json={"minute": 1})
    wrong = [
        zeev.get("/api/2/assignments", headers={"Authorization": "Bearer x"}).status_code for _ in range(3)
    ]

    assert wrong == [401, 401, 401]
    assert statuses(zeev, 2) == [200, 429]


def test_a_refused_call_changes_nothing(zeev: httpx.Client) -> None:
    zeev.put(LIMITS, json={"minute": 1})
    zeev.get("/api/2/assignments")

    assert zeev.patch("/api/2/instances/890360388/cancel", json={}).status_code == 429
    assert zeev.get("/_duble/state/zeev/instances/890360388").json()["state"] == "RUNNING"


def test_reset_forgets_limits_and_counts_and_a_snapshot_brings_them_back(zeev: httpx.Client) -> None:
    zeev.put(LIMITS, json={"day": 2})
    assert statuses(zeev, 1) == [200]
    zeev.post("/_duble/snapshots", json={"name": "one-left"})
    assert statuses(zeev, 2) == [200, 429]

    zeev.post("/_duble/snapshots/one-left/restore")
    assert statuses(zeev, 2) == [200, 429]

    zeev.post("/_duble/reset", json={})
    assert statuses(zeev, 5) == [200] * 5


def test_one_sandbox_does_not_use_up_anothers_calls(zeev: httpx.Client, double_url: str) -> None:
    zeev.put(LIMITS, json={"day": 1})
    assert statuses(zeev, 2) == [200, 429]

    with httpx.Client(
        base_url=f"{double_url}/~zeev-elsewhere", headers=zeev.headers, trust_env=False
    ) as there:
        assert statuses(there, 1) == [200]
        there.delete("/_duble/sandboxes/zeev-elsewhere")


def test_deleting_the_record_switches_the_limits_off(zeev: httpx.Client) -> None:
    zeev.put(LIMITS, json={})
    assert statuses(zeev, 2) == [200, 429]

    zeev.delete(LIMITS)

    assert statuses(zeev, 3) == [200, 200, 200]


def test_turning_the_clock_back_does_not_lock_a_person_out(zeev: httpx.Client) -> None:
    zeev.put(LIMITS, json={"day": 1})
    assert statuses(zeev, 2) == [200, 429]

    zeev.post("/_duble/clock", json={"freeze": "2020-01-01T00:00:00Z"})

    assert statuses(zeev, 2) == [200, 429]


def test_a_figure_below_one_is_no_limit_that_can_be_set(zeev: httpx.Client) -> None:
    assert zeev.put(LIMITS, json={"second": 0}).status_code == 422
    assert statuses(zeev, 3) == [200, 200, 200]
