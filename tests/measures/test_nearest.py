import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptreach.measures.nearest import minutes_to_count, minutes_to_nearest, nearest_opportunity

NAN = math.nan
MINUTES = np.array([[9.0, 5.0, 5.0, NAN], [NAN, 7.0, NAN, 3.5], [NAN] * 4])
PLACES = [100, 30, 20, 1000]


def same(result, expected):
    assert np.array_equal(result, expected, equal_nan=True), result


def test_kth_nearest_by_hand():
    same(minutes_to_nearest(MINUTES), [5, 3.5, NAN])
    same(minutes_to_nearest(MINUTES, 2), [5, 7, NAN])
    same(minutes_to_nearest(MINUTES, 3), [9, NAN, NAN])
    same(minutes_to_nearest(MINUTES, 4), [NAN, NAN, NAN])
    same(minutes_to_nearest(MINUTES, 5), [NAN, NAN, NAN])


def test_which_is_the_kth_nearest_the_first_of_equals():
    assert nearest_opportunity(MINUTES).tolist() == [1, 3, -1]
    assert nearest_opportunity(MINUTES, 2).tolist() == [2, 1, -1]
    assert nearest_opportunity(MINUTES, 3).tolist() == [0, -1, -1]
    assert nearest_opportunity(MINUTES, 5).tolist() == [-1, -1, -1]


def test_minutes_to_a_number_of_places_by_hand():
    same(minutes_to_count(MINUTES, PLACES, 30), [5, 3.5, NAN])
    same(minutes_to_count(MINUTES, PLACES, 50), [5, 3.5, NAN])
    same(minutes_to_count(MINUTES, PLACES, 51), [9, 3.5, NAN])
    same(minutes_to_count(MINUTES, PLACES, 1001), [NAN, 7, NAN])
    same(minutes_to_count(MINUTES, [0, 0, NAN, 5], 1), [NAN, 3.5, NAN])


def test_one_origin_gives_one_figure():
    assert minutes_to_nearest(MINUTES[0], 3).shape == ()
    assert minutes_to_nearest(MINUTES[0], 3) == 9
    assert nearest_opportunity(MINUTES[0], 3) == 0
    assert minutes_to_count(MINUTES[0], PLACES, 51) == 9


@given(
    st.lists(st.tuples(st.one_of(st.just(NAN), st.integers(0, 20)), st.integers(0, 4)), max_size=8),
    st.integers(1, 9),
)
def test_one_place_at_a_time_in_the_order_of_their_times(places, wanted):
    minutes = np.array([time for time, _ in places], dtype=float)
    reached = sorted(time for time, _ in places if not math.isnan(time))
    expected = reached[wanted - 1] if len(reached) >= wanted else NAN
    same(minutes_to_nearest(minutes, wanted), expected)
    which = int(nearest_opportunity(minutes, wanted))
    same(minutes[which] if which >= 0 else NAN, expected)
    # a place each is a school of its own
    seats = sorted(time for time, size in places for _ in range(size) if not math.isnan(time))
    same(
        minutes_to_count(minutes, [size for _, size in places], wanted),
        seats[wanted - 1] if len(seats) >= wanted else NAN,
    )


def test_without_origins_or_places_nothing_is_near():
    assert minutes_to_nearest(np.empty((0, 4))).shape == (0,)
    assert nearest_opportunity(np.empty((0, 4))).shape == (0,)
    assert minutes_to_count(np.empty((0, 4)), PLACES, 1).shape == (0,)
    same(minutes_to_nearest(np.empty((2, 0))), [NAN, NAN])
    assert nearest_opportunity(np.empty((2, 0))).tolist() == [-1, -1]
    same(minutes_to_count(np.empty((2, 0)), [], 1), [NAN, NAN])
    same(minutes_to_nearest([]), NAN)


@pytest.mark.parametrize("measure", [minutes_to_nearest, nearest_opportunity])
def test_the_zeroth_nearest_and_impossible_minutes_are_refused(measure):
    with pytest.raises(ValueError, match="1 or more"):
        measure(MINUTES, 0)
    with pytest.raises(ValueError, match="negative"):
        measure([-1.0])
    with pytest.raises(ValueError, match="expected"):
        measure(np.zeros((1, 2, 3)))


def test_a_count_of_nothing_and_sizes_of_other_places_are_refused():
    with pytest.raises(ValueError, match="more than 0"):
        minutes_to_count(MINUTES, PLACES, 0)
    with pytest.raises(ValueError, match="more than 0"):
        minutes_to_count(MINUTES, PLACES, NAN)
    with pytest.raises(ValueError, match="shape"):
        minutes_to_count(MINUTES, [1, 2], 1)
