import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptreach.measures.cumulative import opportunities_within

# three origins, four schools
MINUTES = np.array([[5.0, 15.0, 29.9, math.nan], [0.0, 30.0, 60.0, 14.99], [math.nan] * 4])
PLACES = [100, 200, 50, 1000]


def test_places_within_by_hand():
    counts = opportunities_within(MINUTES, PLACES, (15, 30, 61))
    assert counts.tolist() == [[100, 350, 350], [1100, 1100, 1350], [0, 0, 0]]


def test_one_origin_gives_one_row():
    assert opportunities_within(MINUTES[0], PLACES, (15, 30, 61)).tolist() == [100, 350, 350]


def test_cutoffs_may_come_in_any_order_and_are_strict():
    assert opportunities_within([15.0], [7], (15.01, 15, 60)).tolist() == [7, 0, 7]


def test_unknown_places_are_none_and_infinite_times_are_not_reached():
    assert opportunities_within([5, 5, math.inf], [3, math.nan, 9], (1e9,)).tolist() == [3]


@given(
    st.lists(st.tuples(st.one_of(st.just(math.nan), st.floats(0, 120)), st.integers(0, 9)), max_size=8),
    st.floats(0, 130),
)
def test_it_is_the_sum_of_those_under_the_cutoff(places, cutoff):
    expected = sum(size for time, size in places if time < cutoff)
    minutes, sizes = [time for time, _ in places], [size for _, size in places]
    assert opportunities_within(minutes, sizes, (cutoff,)).tolist() == [expected]


def test_without_origins_places_or_cutoffs_there_is_nothing():
    assert opportunities_within(np.empty((0, 4)), PLACES, (15, 30)).shape == (0, 2)
    assert opportunities_within(np.empty((3, 0)), [], (15, 30)).tolist() == [[0, 0]] * 3
    assert opportunities_within([], [], (15,)).tolist() == [0]
    assert opportunities_within(MINUTES, PLACES, ()).shape == (3, 0)


@pytest.mark.parametrize(
    ("minutes", "places", "words"),
    [
        (MINUTES, [1, 2, 3], "shape"),
        (MINUTES.T, PLACES, "shape"),
        (5.0, [1], "expected"),
        (np.zeros((1, 1, 4)), PLACES, "expected"),
        ([-1.0], [1], "negative"),
        ([1.0], [-1], "negative"),
    ],
)
def test_what_does_not_belong_together_is_refused(minutes, places, words):
    with pytest.raises(ValueError, match=words):
        opportunities_within(minutes, places, (15,))
