"""Stops far from the others."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptreach.check.stops import far_stops, great_circle_m

CITY_LON, CITY_LAT = -1.9, 52.5


def law_of_cosines_m(lon0, lat0, lon1, lat1):
    """Great-circle distance by the spherical law of cosines."""
    a, b, c = math.radians(lat0), math.radians(lat1), math.radians(lon1 - lon0)
    cosine = math.sin(a) * math.sin(b) + math.cos(a) * math.cos(b) * math.cos(c)
    return 6_371_008.8 * math.acos(max(-1.0, min(1.0, cosine)))


degrees = st.tuples(st.floats(-180, 180), st.floats(-85, 85))


@given(degrees, degrees)
def test_distances_are_those_of_another_formula(one, other):
    assert great_circle_m(*map(np.float64, (*one, *other))) == pytest.approx(
        law_of_cosines_m(*one, *other), abs=1.0
    )


def city(*strays):
    """Ninety stops within 10 km of a middle, and strays."""
    angle = np.linspace(0, 2 * np.pi, 90, endpoint=False)
    lon = CITY_LON + 0.1 * np.cos(angle)
    lat = CITY_LAT + 0.06 * np.sin(angle)
    return np.r_[lon, [x for x, _ in strays]], np.r_[lat, [y for _, y in strays]]


def test_a_stop_at_zero_is_far_and_one_beside_the_city_is_not():
    lon, lat = city((0.1, 0.1), (CITY_LON + 0.3, CITY_LAT))
    far = far_stops(lon, lat, np.arange(lon.size))
    assert far.stop.tolist() == [90]
    assert far.km[0] == pytest.approx(law_of_cosines_m(0.1, 0.1, CITY_LON, CITY_LAT) / 1000, rel=0.01)


def test_stops_that_nothing_calls_at_are_left_alone():
    lon, lat = city((0.1, 0.1))
    assert far_stops(lon, lat, np.arange(90)).stop.size == 0


def test_a_coach_to_the_next_city_is_no_fault():
    lon, lat = city((CITY_LON, CITY_LAT + 0.4))  # 44 km off
    assert far_stops(lon, lat, np.arange(lon.size)).stop.size == 0
