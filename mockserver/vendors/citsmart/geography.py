"""Distances on the globe, and an order of positions in which neighbours stand together."""

from __future__ import annotations

from collections.abc import Iterator
from math import asin, cos, degrees, floor, radians, sin, sqrt
from typing import NamedTuple

_EARTH_KM = 6371.0
_KM_A_DEGREE = _EARTH_KM * radians(1)
_ROW_DEGREES = 0.25
_ROWS = round(180 / _ROW_DEGREES)
# Rows follow each other on one line of numbers; 360 degrees of longitude must fit between two of them.
_ROW_LENGTH = 1000.0
# The haversine formula and this index round differently, so ranges are a hair wider than the circle.
_HAIR = 1e-6


class Position(NamedTuple):
    """Latitude and longitude in degrees."""

    latitude: float
    longitude: float


def distance_km(one: Position, other: Position) -> float:
    """The great-circle distance of two positions in kilometres (CITSMART-A18)."""
    up = radians(other.latitude - one.latitude)
    along = radians(other.longitude - one.longitude)
    scale = cos(radians(one.latitude)) * cos(radians(other.latitude))
    return 2 * _EARTH_KM * asin(min(1.0, sqrt(sin(up / 2) ** 2 + scale * sin(along / 2) ** 2)))


def place_of(position: Position) -> float:
    """A position as one number: rows of a quarter degree from south to north, west to east within each."""
    return _row(position.latitude) * _ROW_LENGTH + position.longitude + 180


def places_around(centre: Position, radius_km: float) -> Iterator[tuple[float, float]]:
    """Ranges of `place_of` that together hold every position within the radius, and some beyond it."""
    reach = radius_km / _KM_A_DEGREE + _HAIR
    south, north = max(centre.latitude - reach, -90.0), min(centre.latitude + reach, 90.0)
    for row in range(_row(south), _row(north) + 1):
        start = row * _ROW_LENGTH + 180
        for west, east in _longitudes(centre, radius_km):
            yield start + west, start + east


def _row(latitude: float) -> int:
    return min(floor((latitude + 90) / _ROW_DEGREES), _ROWS - 1)


def _longitudes(centre: Position, radius_km: float) -> list[tuple[float, float]]:
    """The longitudes that the circle touches; two ranges where it crosses the 180th meridian."""
    angle = radius_km / _EARTH_KM
    narrowing = cos(radians(centre.latitude))
    if angle >= radians(90) or sin(angle) >= narrowing:
        return [(-180.0, 180.0)]  # a pole lies inside
    reach = degrees(asin(sin(angle) / narrowing)) + _HAIR
    west, east = centre.longitude - reach, centre.longitude + reach
    if west < -180:
        return [(-180.0, east), (west + 360, 180.0)]
    if east > 180:
        return [(-180.0, east - 360), (west, 180.0)]
    return [(west, east)]
