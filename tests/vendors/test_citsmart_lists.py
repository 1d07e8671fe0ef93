"""CITSmart's lists: what is newer, what is older, and who sees it."""

from __future__ import annotations

import httpx
import pytest

from tests.vendors.citsmart_user import (
    BIGGEST,
    BRUNA,
    WAITING,
    near,
    new,
    newest,
    oldest,
    post,
    shown,
    stored,
)

APPROVALS = [(318, 297), (95932, 22736)]


def gilda(double: httpx.Client) -> str:
    """A session of a user of another group."""
    body = {"userName": "gilda", "password": "123456", "token": "t", "platform": "ios"}
    session: str = double.post("/services/v2/login", json=body).json()["sessionID"]
    return session


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
