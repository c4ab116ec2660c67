import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptreach.measures.cumulative import opportunities_within
from ptreach.measures.decay import binary_decay, exponential_decay, gaussian_decay, power_decay
from ptreach.measures.gravity import gravity_access

MINUTES = np.array([[0.0, 10.0, 20.0], [30.0, math.nan, 10.0], [math.nan] * 3])
JOBS = [100, 40, 8]


def test_by_hand():
    # 100 + 40/2 + 8/4; 100/8 + 8/2
    assert gravity_access(MINUTES, JOBS, exponential_decay(10)).tolist() == [122, 16.5, 0]
    # 100 + 40/2 + 8/16; 100/512 + 8/2
    assert gravity_access(MINUTES, JOBS, gaussian_decay(10)).tolist() == [120.5, 100 / 512 + 4, 0]
    assert gravity_access(MINUTES, JOBS, power_decay(1)) == pytest.approx([104.4, 100 / 30 + 0.8, 0])


def test_one_origin_gives_one_figure_and_unknown_jobs_are_none():
    one = gravity_access(MINUTES[0], [100, math.nan, 8], exponential_decay(10))
    assert one.shape == ()
    assert one == 102


@given(
    st.lists(st.tuples(st.one_of(st.just(math.nan), st.floats(0, 90)), st.integers(0, 9)), max_size=8),
    st.integers(1, 90),
)
def test_with_a_binary_decay_it_is_the_cumulative_measure(places, cutoff):
    minutes, sizes = [time for time, _ in places], [size for _, size in places]
    within = opportunities_within(minutes, sizes, (cutoff,))
    assert gravity_access(minutes, sizes, binary_decay(cutoff)).tolist() == within[0]


def test_without_origins_or_places_there_is_nothing():
    assert gravity_access(np.empty((0, 3)), JOBS, exponential_decay(10)).shape == (0,)
    assert gravity_access(np.empty((2, 0)), [], exponential_decay(10)).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("minutes", "jobs", "words"),
    [
        (MINUTES, [1, 2], "shape"),
        (5.0, [1], "expected"),
        ([-5.0], [1], "negative"),
        ([5.0], [-1], "negative"),
    ],
)
def test_what_does_not_belong_together_is_refused(minutes, jobs, words):
    with pytest.raises(ValueError, match=words):
        gravity_access(minutes, jobs, exponential_decay(10))
