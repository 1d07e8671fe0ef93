"""A user of CITSmart, as the tests of its lists use one."""

from __future__ import annotations

from typing import Any

import httpx

MOBILE = "2355A68BF75281B73607EEC1A7191645"
BRUNA = "7A1B0C5D3E9F48216B07D1C2E3F4A5B6"
# What waits for the group of the seed's users: request, task.
WAITING = [
    (318, 297),
    (322, 301),
    (89647, 21990),
    (95923, 22723),
    (95926, 22727),
    (95927, 22730),
    (95932, 22736),
    (95933, 22737),
    (95935, 22778),
]
BIGGEST = 2**63 - 1


def post(double: httpx.Client, name: str, session: str = MOBILE, **body: Any) -> dict[str, Any]:
    answer = double.post(f"/services/v2/{name}", json={"sessionID": session, **body})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def shown(answer: dict[str, Any]) -> list[tuple[int, int]]:
    return [(one["number"], one["taskId"]) for one in answer["notifications"]]


def newest(double: httpx.Client, after: int, session: str = MOBILE, **filters: int) -> list[tuple[int, int]]:
    body = {"notificationType": 0, "onlyApproval": 0, **filters, "newestNumber": after}
    return shown(post(double, "getNewest", session, **body))


def oldest(double: httpx.Client, before: int, session: str = MOBILE, **filters: int) -> list[tuple[int, int]]:
    body = {"notificationType": 0, "onlyApproval": 0, **filters, "oldestNumber": before}
    return shown(post(double, "getOldest", session, **body))


def near(double: httpx.Client, latitude: float, longitude: float, **more: Any) -> dict[str, Any]:
    session = more.pop("session", MOBILE)
    body: dict[str, Any] = {"notificationType": 0, "onlyApproval": 0, **more}
    return post(double, "getByCoordinates", session, latitude=latitude, longitude=longitude, **body)


def new(double: httpx.Client, latitude: float = 0.0, longitude: float = 0.0, session: str = MOBILE) -> int:
    made = post(double, "new", session, description="x", latitude=latitude, longitude=longitude)
    number: int = made["number"]
    return number


def stored(double: httpx.Client, collection: str, id: Any, **changes: Any) -> None:
    """Change a record behind the vendor's counter."""
    place = f"/_duble/state/citsmart/{collection}/{id}"
    found = double.get(place)
    before = found.json() if found.status_code == 200 else {}
    answer = double.put(place, json={**before, **changes})
    assert answer.status_code == 200, answer.text
