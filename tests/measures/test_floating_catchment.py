import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ptreach.measures.decay import binary_decay, exponential_decay, logistic_decay, power_decay
from ptreach.measures.floating_catchment import two_step_access

NAN = math.nan


def test_plain_method_by_hand():
    # school A (60 places) is reached by zones 0 and 1, B (90) by zones 1 and 2, C by nobody
    minutes = [[10.0, 40.0, NAN], [29.0, 20.0, NAN], [30.0, 5.0, NAN], [NAN, NAN, NAN]]
    access = two_step_access(minutes, [60, 90, 500], [100, 200, 400, 50], binary_decay(30))
    # A: 60 / 300 = 0.2 a child; B: 90 / 600 = 0.15
    assert access == pytest.approx([0.2, 0.35, 0.15, 0])


def test_with_decay_by_hand():
    # half at 10 minutes: school A counts 1 and 1/2 for the zones, B 1/4 and 1
    access = two_step_access([[0.0, 20.0], [10.0, 0.0]], [60, 90], [100, 200], exponential_decay(10))
    a, b = 60 / (100 + 100), 90 / (25 + 200)
    assert access == pytest.approx([a + b / 4, a / 2 + b])


def test_one_place_is_one_column():
    assert two_step_access([[5.0], [5.0], [NAN]], [30], [10, 20, 30], binary_decay(15)).tolist() == [1, 1, 0]


TIMES = arrays(np.float64, (4, 3), elements=st.one_of(st.just(NAN), st.floats(0, 1e4)))
DEMAND = arrays(np.float64, 4, elements=st.one_of(st.just(NAN), st.integers(0, 3000)))
SUPPLY = arrays(np.float64, 3, elements=st.one_of(st.just(NAN), st.integers(0, 2000)))
DECAYS = [binary_decay(30), exponential_decay(15), power_decay(2), logistic_decay(30, 10)]


@pytest.mark.parametrize("decay", DECAYS)
@given(minutes=TIMES, supply=SUPPLY, demand=DEMAND)
def test_all_supply_within_reach_is_given_out_once(decay, minutes, supply, demand):
    access = two_step_access(minutes, supply, demand, decay)
    assert np.all(np.isfinite(access) & (access >= 0))
    reached = 0.0
    for place in range(3):
        counts = any(
            people > 0 and not math.isnan(time) and decay(np.array([time]))[0] >= 1e-12
            for time, people in zip(minutes[:, place], demand, strict=True)
        )
        reached += float(np.nan_to_num(supply[place])) if counts else 0.0
    assert float((access * np.nan_to_num(demand)).sum()) == pytest.approx(reached)


@given(minutes=TIMES, supply=SUPPLY, demand=DEMAND, factor=st.integers(2, 9))
def test_twice_the_supply_or_half_the_demand_is_twice_the_access(minutes, supply, demand, factor):
    decay = exponential_decay(15)
    access = two_step_access(minutes, supply, demand, decay)
    assert two_step_access(minutes, supply * factor, demand, decay) == pytest.approx(access * factor)
    assert two_step_access(minutes, supply, demand / factor, decay) == pytest.approx(access * factor)


def test_zones_without_people_have_access_and_take_none():
    minutes = [[5.0], [5.0], [5.0]]
    assert two_step_access(minutes, [30], [10, 0, NAN], binary_decay(15)).tolist() == [3, 3, 3]


def test_a_place_that_nobody_reaches_gives_nothing():
    assert two_step_access([[5.0], [NAN]], [30], [0, 10], binary_decay(15)).tolist() == [0, 0]


def test_without_zones_or_places_there_is_nothing():
    assert two_step_access(np.empty((0, 2)), [1, 2], [], binary_decay(15)).shape == (0,)
    assert two_step_access(np.empty((2, 0)), [], [5, 5], binary_decay(15)).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("minutes", "supply", "demand", "words"),
    [
        ([5.0, 6.0], [1, 1], [1], "zones, places"),
        ([[5.0, 6.0]], [1], [1], "shape"),
        ([[5.0, 6.0]], [1, 1], [1, 2], "shape"),
        ([[-5.0]], [1], [1], "negative"),
        ([[5.0]], [-1], [1], "negative"),
        ([[5.0]], [1], [-1], "negative"),
    ],
)
def test_what_does_not_belong_together_is_refused(minutes, supply, demand, words):
    with pytest.raises(ValueError, match=words):
        two_step_access(minutes, supply, demand, binary_decay(30))
