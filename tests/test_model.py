"""The types that cross rooms: what they refuse, and the units they count in."""

import datetime as dt

import numpy as np
import pytest

from ptreach.errors import InputError
from ptreach.model import Points, Query

DAY = dt.date(2020, 6, 16)


def query(**changes):
    return Query(**{"date": DAY, "window_start_s": 7 * 3600, "window_end_s": 9 * 3600, **changes})


def test_points_keep_their_order_and_are_read_only():
    points = Points.of(["b", "a"], [-1.5, 0], [50, 51.25])
    assert points.ids == ("b", "a")
    assert len(points) == 2
    assert points.lon.tolist() == [-1.5, 0.0]
    assert points.lat.dtype == np.float64
    with pytest.raises(ValueError, match="read-only"):
        points.lat[0] = 52


def test_points_can_be_none_at_all():
    assert len(Points.of([], [], [])) == 0


def test_points_refuse_ids_that_occur_twice():
    with pytest.raises(InputError, match=r"^stops\.csv: id 'x' occurs more than once \(2 such ids\)\. Give"):
        Points.of(["x", "y", "x", "z", "y"], range(5), range(5), where="stops.csv")


def test_points_refuse_columns_of_different_lengths():
    with pytest.raises(InputError, match="2 ids, 3 longitudes and 2 latitudes"):
        Points.of(["a", "b"], [1, 2, 3], [1, 2])


@pytest.mark.parametrize(
    ("lon", "lat", "remedy"),
    [
        (np.nan, 50, "Fill in"),
        (1, np.inf, "Fill in"),
        (459154, 92600, "not projected metres"),
        (50.7, -91, "put longitude in lon"),
        (-180.001, 0, "put longitude in lon"),
    ],
)
def test_points_refuse_what_is_no_place_on_earth(lon, lat, remedy):
    with pytest.raises(InputError) as caught:
        Points.of(["fine", "bad"], [0, lon], [0, lat], where="p.csv")
    assert str(caught.value).startswith("p.csv: ")
    assert "'bad'" in str(caught.value)
    assert "(1 such points)" in str(caught.value)
    assert remedy.lower() in str(caught.value).lower()


def test_points_take_the_rim_of_the_globe():
    assert len(Points.of(["a", "b"], [-180, 180], [-90, 90])) == 2


@pytest.mark.parametrize(
    ("end_s", "departures"), [(7 * 3600 + 1, 1), (7 * 3600 + 60, 1), (7 * 3600 + 61, 2), (9 * 3600, 120)]
)
def test_a_window_departs_each_minute_with_the_end_excluded(end_s, departures):
    assert query(window_end_s=end_s).departures_n == departures


def test_limits_are_counted_in_whole_seconds():
    assert query(max_time_min=0.51, max_walk_min=12.5).max_time_s == 31
    assert query(max_time_min=0.51, max_walk_min=12.5).max_walk_s == 750


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("window", {"window_end_s": 7 * 3600}),
        ("window", {"window_start_s": -60}),
        ("window", {"window_end_s": 30 * 3600 + 1}),
        ("window", {"window_start_s": 0, "window_end_s": 24 * 3600 + 1}),
        ("percentiles", {"percentiles": ()}),
        ("percentiles", {"percentiles": (0, 50)}),
        ("percentiles", {"percentiles": (50, 101)}),
        ("percentiles", {"percentiles": (50, 25)}),
        ("percentiles", {"percentiles": (50, 50)}),
        ("direction", {"direction": "there"}),
        ("walk_speed_kph", {"walk_speed_kph": 0.4}),
        ("walk_speed_kph", {"walk_speed_kph": float("nan")}),
        ("max_walk_min", {"max_walk_min": 0}),
        ("max_walk_min", {"max_walk_min": 121}),
        ("max_time_min", {"max_time_min": 0}),
        ("max_time_min", {"max_time_min": 601}),
        ("max_rides", {"max_rides": 0}),
        ("max_rides", {"max_rides": 17}),
    ],
)
def test_a_query_that_no_search_can_answer_is_refused(field, changes):
    with pytest.raises(InputError) as caught:
        query(**changes)
    assert caught.value.where == f"query, {field}"
    assert caught.value.remedy


def test_a_query_may_run_past_midnight_for_a_whole_day():
    assert query(window_start_s=6 * 3600, window_end_s=30 * 3600).departures_n == 1440
