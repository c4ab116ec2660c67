"""Stops far from the others, and trips faster than their mode."""

import math

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptreach.check.stops import far_stops, fast_trips, great_circle_m
from weeks import every_minutes

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
    assert far.swapped.tolist() == [False]


def test_exchanged_coordinates_are_known_as_such():
    lon, lat = city((CITY_LAT, CITY_LON))
    far = far_stops(lon, lat, np.arange(lon.size))
    assert (far.stop.tolist(), far.swapped.tolist()) == ([90], [True])


def test_a_place_left_blank_on_the_british_grid_is_known_as_such():
    to_degrees = pyproj.Transformer.from_crs("EPSG:27700", "EPSG:4326", always_xy=True)
    lon, lat = city(to_degrees.transform(0, 0), to_degrees.transform(0, 3_000))
    far = far_stops(lon, lat, np.arange(lon.size))
    assert (far.stop.tolist(), far.blank.tolist()) == ([90, 91], [True, False])


def test_stops_that_nothing_calls_at_are_left_alone():
    lon, lat = city((0.1, 0.1))
    assert far_stops(lon, lat, np.arange(90)).stop.size == 0


def test_a_coach_to_the_next_city_is_no_fault():
    lon, lat = city((CITY_LON, CITY_LAT + 0.4))  # 44 km off
    assert far_stops(lon, lat, np.arange(lon.size)).stop.size == 0


STOPS = {"A": (0.0, 0.0), "B": (900.0, 0.0), "C": (10_900.0, 0.0)}


@pytest.mark.parametrize(
    ("ride_s", "fast"),
    [
        # 10 km at 130 km/h take 277 s; a minute is allowed for rounding: 217 s pass, 216 do not
        (217, 0),
        (216, 3),
    ],
)
def test_a_leg_may_not_be_faster_than_its_mode(survey, write, ride_s, fast):
    trips = every_minutes(3, stops=("B", "C"), ride_s=ride_s)
    feeds = survey(write(trips, stops=STOPS)).feeds
    found = fast_trips(feeds, np.full(3, 130.0))
    assert found.trip.size == fast
    if fast:
        assert [feeds.stop_ids[stop] for stop in (found.from_stop[0], found.to_stop[0])] == ["bus:B", "bus:C"]
        assert found.leg_m[0] == pytest.approx(10_000, abs=1)
        assert found.leg_s.tolist() == [ride_s] * 3


def test_short_legs_at_one_time_are_rounding(survey, write):
    feeds = survey(write(every_minutes(3, stops=("A", "B"), ride_s=0), stops=STOPS)).feeds
    assert fast_trips(feeds, np.full(3, 130.0)).trip.size == 0


def test_the_worst_leg_of_each_trip_is_given(survey, write):
    call = [("A", "8:00:00"), ("C", "8:02:00"), ("B", "8:02:10"), ("C", "8:30:00")]
    feeds = survey(write([("x", "weekdays", call)], stops=STOPS)).feeds
    found = fast_trips(feeds, np.array([130.0]))
    assert found.trip.tolist() == [0]
    assert (found.from_stop[0], found.to_stop[0], found.leg_s[0]) == (2, 1, 10)
