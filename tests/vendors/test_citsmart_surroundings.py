"""CITSmart's requests around a position: what is near, in which order, on which page."""

from __future__ import annotations

from itertools import count
from math import acos, cos, degrees, radians, sin
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.vendors.citsmart.geography import Position, distance_km, place_of, places_around
from tests.vendors.citsmart_user import (
    BIGGEST,
    BRUNA,
    WAITING,
    near,
    new,
    post,
    shown,
    stored,
)


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
