"""CITSmart's lists: what is newer, what is older, what is near, and who sees it."""

from __future__ import annotations

from itertools import count
from math import acos, cos, degrees, radians, sin
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.vendors.citsmart.geography import Position, distance_km, place_of, places_around

MOBILE = "2355A68BF75281B73607EEC1A7191645"
BRUNA = "7A1B0C5D3E9F48216B07D1C2E3F4A5B6"
# What waits for the group of the seed's users: request, task, kind.
WAITING = [(318, 297), (322, 301), (89647, 21990), (95923, 22723), (95926, 22727), (95927, 22730)]
WAITING += [(95932, 22736), (95933, 22737), (95935, 22778)]
APPROVALS = [(318, 297), (95932, 22736)]
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


def test_newer_ones_ascend_and_older_ones_descend(double: httpx.Client) -> None:
    assert newest(double, 0) == WAITING
    assert oldest(double, BIGGEST) == WAITING[::-1]


@pytest.mark.parametrize("number", [318, 322, 95932])
def test_the_number_itself_is_neither_newer_nor_older(double: httpx.Client, number: int) -> None:
    assert newest(double, number) == [one for one in WAITING if one[0] > number]
    assert oldest(double, number) == [one for one in WAITING[::-1] if one[0] < number]


@pytest.mark.parametrize("number", [BIGGEST, 10**18, -(2**63)])
def test_numbers_that_nobody_has_are_numbers(double: httpx.Client, number: int) -> None:
    assert newest(double, number) == (WAITING if number < 0 else [])
    assert oldest(double, number) == ([] if number < 0 else WAITING[::-1])


def test_only_approvals(double: httpx.Client) -> None:
    assert newest(double, 0, onlyApproval=1) == APPROVALS
    assert oldest(double, BIGGEST, onlyApproval=1) == APPROVALS[::-1]
    kinds = {one["typeRequest"] for one in near(double, 32.99, 29.99, onlyApproval=1)["notifications"]}
    assert kinds == {1}


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        (1, [(95926, 22727), (95932, 22736), (95933, 22737)]),
        (2, [(318, 297)]),
        (3, []),
        (4, [(322, 301), (89647, 21990), (95927, 22730)]),
        (5, [(95935, 22778)]),
        (6, [(95923, 22723)]),
    ],
)
def test_a_type_leaves_its_own(double: httpx.Client, type_: int, expected: list[tuple[int, int]]) -> None:
    assert newest(double, 0, notificationType=type_) == expected
    assert oldest(double, BIGGEST, notificationType=type_) == expected[::-1]


def test_ten_at_most_the_nearest_and_walking_on_leaves_no_gap(double: httpx.Client) -> None:
    numbers = [number for number, _ in WAITING] + [new(double) for _ in range(25)]

    up: list[int] = []
    while page := newest(double, up[-1] if up else 0):
        assert len(page) <= 10
        up += [number for number, _ in page]
    down: list[int] = []
    while page := oldest(double, down[-1] if down else BIGGEST):
        assert len(page) <= 10
        down += [number for number, _ in page]

    assert up == numbers
    assert down == numbers[::-1]


def test_the_page_size_is_a_parameter_of_the_server(double: httpx.Client) -> None:
    stored(double, "servers", "server", page_size=2)

    assert newest(double, 322) == WAITING[2:4]
    assert oldest(double, 95933) == [WAITING[6], WAITING[5]]


def test_the_queue_of_another_group_is_not_seen(double: httpx.Client) -> None:
    session = gilda(double)
    assert newest(double, 0, session) == [(95934, 22750)]

    stored(double, "users", "gilda", groups=["Escritório", "Campo"])

    assert newest(double, 0, session) == sorted([*WAITING, (95934, 22750)])
    assert newest(double, 95923, session, notificationType=4) == [(95927, 22730), (95934, 22750)]


def test_attending_moves_a_request_from_the_group_to_the_user(double: httpx.Client) -> None:
    before = post(double, "update", number=89647)["notifications"][0]
    post(double, "attendRequest", number=89647, latitude=1, longitude=2, dateTime=3)
    (mine,) = post(double, "update", number=89647)["notifications"]
    (hers,) = post(double, "update", BRUNA, number=89647)["notifications"]

    assert (before["personal"], before["inService"], before["waiting"]) == (False, False, 1)
    assert (mine["personal"], mine["inService"], mine["waiting"]) == (True, True, 1)
    assert (hers["personal"], hers["inService"], hers["waiting"]) == (False, True, 0)
    assert (89647, 21990) in newest(double, 0)
    assert (89647, 21990) not in newest(double, 0, BRUNA)
    assert newest(double, 0, BRUNA) == sorted([*WAITING[:2], *WAITING[3:], (95921, 22721)])


def test_many_requests_of_other_people_hide_nothing(double: httpx.Client) -> None:
    """More of them than a list reads at once, and free ones before, at and after every such stretch."""
    numbers = [new(double) for _ in range(40)]
    free = [numbers[place] for place in (15, 16, 17, 39)]
    for number in numbers:
        if number not in free:
            post(double, "attendRequest", BRUNA, number=number, latitude=1, longitude=2, dateTime=3)

    up = [number for number, _ in newest(double, 95935)]
    down = [number for number, _ in oldest(double, BIGGEST)]

    assert up == free
    assert down == [*free[::-1], *[number for number, _ in WAITING[::-1]]][:10]
    assert [number for number, _ in newest(double, 95935, BRUNA)] == numbers[:10]


def test_what_a_user_attends_is_filtered_like_the_rest(double: httpx.Client) -> None:
    post(double, "attendRequest", number=89647, latitude=1, longitude=2, dateTime=3)
    post(double, "attendRequest", number=318, latitude=1, longitude=2, dateTime=3)

    assert newest(double, 0, notificationType=4) == [(322, 301), (89647, 21990), (95927, 22730)]
    assert newest(double, 0, notificationType=2) == [(318, 297)]
    assert newest(double, 0, notificationType=5) == [(95935, 22778)]
    assert newest(double, 0, onlyApproval=1) == APPROVALS
    assert (89647, 21990) not in shown(near(double, -19.369852147, -49.369852147, notificationType=5))


def gilda(double: httpx.Client) -> str:
    """A session of a user of another group."""
    body = {"userName": "gilda", "password": "123456", "token": "t", "platform": "ios"}
    session: str = double.post("/services/v2/login", json=body).json()["sessionID"]
    return session


def test_a_user_may_attend_many_requests_of_other_groups_too(double: httpx.Client) -> None:
    session = gilda(double)
    numbers = [new(double) for _ in range(12)]
    for number in numbers:
        post(double, "attendRequest", session, number=number, latitude=1, longitude=2, dateTime=3)

    assert [number for number, _ in newest(double, 95935, session)] == numbers[:10]
    assert [number for number, _ in oldest(double, BIGGEST, session)] == numbers[:1:-1]
    assert newest(double, 95935, session, notificationType=4) == []
    assert newest(double, 95935, session, onlyApproval=1) == []


@pytest.mark.parametrize("status", [3, 4])
def test_cancelled_and_solved_requests_are_in_no_list_but_still_answer(
    double: httpx.Client, status: int
) -> None:
    stored(double, "requests", 95933, status=status)

    assert 95933 not in [number for number, _ in newest(double, 0) + oldest(double, BIGGEST)]
    around = shown(near(double, 32.998473, 29.998473))
    assert (95933, 22737) not in around
    detail = post(double, "getById", taskId=22737)["notification"]
    assert detail["status"] == {3: "Canceled", 4: "Solved"}[status]
    assert post(double, "update", number=95933)["notifications"][0]["waiting"] == 0


@pytest.mark.parametrize(
    ("now", "flag"),
    [
        ("2026-03-01T10:59:59Z", 0),
        ("2026-03-01T11:00:00Z", 0),
        ("2026-03-01T11:00:01Z", 1),
        ("2026-03-01T12:00:00Z", 1),
        ("2026-03-01T12:00:01Z", 2),
    ],
)
def test_the_time_flag_follows_what_is_left(double: httpx.Client, now: str, flag: int) -> None:
    stored(double, "requests", 322, deadline="2026-03-01T12:00:00Z")
    double.post("/_duble/clock", json={"freeze": now})

    (one,) = post(double, "update", number=322)["notifications"]

    assert (one["timeFlag"], one["endSLA"]) == (flag, "01/03/2026 09:00")
    stored(double, "requests", 322, status=2)
    assert post(double, "update", number=322)["notifications"][0]["timeFlag"] == 3


def test_without_a_deadline_a_request_is_in_time_and_its_end_null(double: httpx.Client) -> None:
    (one,) = post(double, "update", number=95933)["notifications"]

    assert (one["timeFlag"], one["endSLA"], one["date"]) == (0, None, "27/08/2013")


def test_dates_are_local(double: httpx.Client) -> None:
    stored(double, "requests", 322, opened="2026-01-01T02:59:00Z", deadline="2026-02-01T00:30:00+00:00")

    (one,) = post(double, "update", number=322)["notifications"]

    assert (one["date"], one["endSLA"]) == ("31/12/2025", "31/01/2026 21:30")


def test_update_of_a_request_without_open_tasks_shows_the_last_one(double: httpx.Client) -> None:
    post(double, "feedback", taskId=22736, feedback=0, reasonId=1, comments="x")

    (one,) = post(double, "update", number=95932)["notifications"]

    assert (one["taskId"], one["typeRequest"], one["waiting"]) == (22736, 1, 0)


def test_update_of_a_solved_request_shows_only_its_last_task(double: httpx.Client) -> None:
    stored(double, "tasks", 22727, state="executed")

    assert shown(post(double, "update", number=95926)) == [(95926, 22727)]


def test_update_leaves_closed_tasks_out_while_others_are_open(double: httpx.Client) -> None:
    assert shown(post(double, "update", number=95926)) == [(95926, 22727)]


# ---------------------------------------------------------------- around a position


def test_the_radius_is_the_users_and_its_edge_belongs_to_it(double: httpx.Client) -> None:
    # One degree of a meridian on a sphere of 6371 km is 111.19 km, so 0.0899 degrees are 9.997 km.
    stored(double, "users", "mobile", range_action=10)
    inside, outside = new(double, 40.0899, -100.0), new(double, 40.09, -100.0)

    assert [number for number, _ in shown(near(double, 40.0, -100.0))] == [inside]
    stored(double, "users", "mobile", range_action=11)
    assert [number for number, _ in shown(near(double, 40.0, -100.0))] == [inside, outside]


def test_the_nearest_comes_first_then_the_lower_number(double: httpx.Client) -> None:
    far = new(double, 10.02, 10)
    one, other = new(double, 10, 10.01), new(double, 10, 9.99)
    here = new(double, 10, 10)

    assert [number for number, _ in shown(near(double, 10, 10))] == [here, one, other, far]


def test_a_request_without_a_position_is_where_its_unit_is(double: httpx.Client) -> None:
    assert (322, 301) in shown(near(double, -18.91, -48.27))

    post(double, "coordinates", unitID=222, latitude=50, longitude=50)

    assert (322, 301) in shown(near(double, 50, 50))
    assert (322, 301) not in shown(near(double, -18.91, -48.27))
    assert post(double, "update", number=322)["notifications"][0]["latitude"] == 50
    assert post(double, "update", number=95935)["notifications"][0]["latitude"] == -19.369852147


def test_pages_of_what_is_near(double: httpx.Client) -> None:
    numbers = [new(double, 10, 10) for _ in range(7)]

    pages = [near(double, 10, 10, pager={"page": page, "size": 3}) for page in (1, 2, 3, 4)]

    assert [[number for number, _ in shown(page)] for page in pages] == [
        numbers[:3],
        numbers[3:6],
        numbers[6:],
        [],
    ]
    assert [page["paging"] for page in pages] == [
        {"page": 1, "size": 3, "totalElements": 7, "totalPages": 3},
        {"page": 2, "size": 3, "totalElements": 7, "totalPages": 3},
        {"page": 3, "size": 1, "totalElements": 7, "totalPages": 3},
        None,
    ]


def test_a_pager_may_be_missing_null_or_empty(double: httpx.Client) -> None:
    numbers = [new(double, 10, 10) for _ in range(12)]

    pagers: list[dict[str, Any]] = [
        {},
        {"pager": None},
        {"pager": {}},
        {"pager": {"page": 1}},
        {"pager": {"size": 10}},
    ]
    for more in pagers:
        answer = near(double, 10, 10, **more)
        assert [number for number, _ in shown(answer)] == numbers[:10]
        assert answer["paging"] == {"page": 1, "size": 10, "totalElements": 12, "totalPages": 2}


def test_a_page_may_be_as_large_and_as_far_as_numbers_go(double: httpx.Client) -> None:
    assert near(double, 32.99, 29.99, pager={"page": BIGGEST, "size": BIGGEST})["notifications"] == []
    assert len(near(double, 32.99, 29.99, pager={"page": 1, "size": BIGGEST})["notifications"]) == 3


def test_what_others_attend_is_not_near_anybody_else(double: httpx.Client) -> None:
    assert (95921, 22721) in shown(near(double, -19.37, -49.37, session=BRUNA))
    assert (95921, 22721) not in shown(near(double, -19.37, -49.37))


def test_a_radius_around_the_whole_earth_finds_everything(double: httpx.Client) -> None:
    stored(double, "users", "mobile", range_action=20_100)

    answer = near(double, 12.5, 170.0, pager={"page": 1, "size": 100})

    assert sorted(shown(answer)) == WAITING


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ((0, 179.99), (0, -179.99)),
        ((-45, -180), (-45, 180)),
        ((89.99, 0), (89.99, 180)),
        ((-90, 5), (-90, -120)),
    ],
)
def test_meridian_180_and_the_poles_are_places_like_others(
    double: httpx.Client, here: tuple[float, float], there: tuple[float, float]
) -> None:
    number = new(double, *there)

    assert [one for one, _ in shown(near(double, *here))] == [number]


def angle_km(one: Position, other: Position) -> float:
    """The distance by the spherical law of cosines: another formula than the double's."""
    up, over = radians(one.latitude), radians(other.latitude)
    along = radians(other.longitude - one.longitude)
    cosine = sin(up) * sin(over) + cos(up) * cos(over) * cos(along)
    return radians(degrees(acos(max(-1.0, min(1.0, cosine))))) * 6371


positions = st.builds(Position, st.floats(-90, 90), st.floats(-180, 180))
edges = st.builds(
    Position,
    st.sampled_from([-90.0, -89.99, 0.0, 89.99, 90.0]),
    st.sampled_from([-180.0, -179.99, 0.0, 180.0]),
)


@settings(max_examples=400)
@given(here=positions | edges, there=positions | edges, radius=st.floats(0.001, 25_000))
def test_no_position_within_the_radius_is_left_out(here: Position, there: Position, radius: float) -> None:
    distance = distance_km(here, there)

    # The law of cosines is exact to some metres only where the two positions are close.
    assert distance == pytest.approx(angle_km(here, there), abs=0.5)
    if distance <= radius:
        assert any(low <= place_of(there) <= high for low, high in places_around(here, radius))


@settings(max_examples=100)
@given(here=positions, radius=st.floats(0.1, 200))
def test_what_is_looked_through_is_not_much_more_than_the_radius(here: Position, radius: float) -> None:
    ranges = list(places_around(here, radius))

    assert len(ranges) <= 2 * (2 * radius / 27.7 + 2)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(places=st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), min_size=1, max_size=6), data=st.data())
def test_pages_laid_together_are_the_whole(
    double: httpx.Client, places: list[tuple[float, float]], data: Any
) -> None:
    double.post("/_duble/reset", json={})
    stored(double, "users", "mobile", range_action=100)
    made = {new(double, 60 + up, 60 + along): Position(60 + up, 60 + along) for up, along in places}
    size = data.draw(st.integers(1, 4))

    pages: list[int] = []
    for page in count(1):
        found = shown(near(double, 60, 60, pager={"page": page, "size": size}))
        if not found:
            break
        pages += [number for number, _ in found]

    distances = {number: distance_km(Position(60, 60), place) for number, place in made.items()}
    expected = sorted((far, number) for number, far in distances.items() if far <= 100)
    assert pages == [number for _, number in expected]
