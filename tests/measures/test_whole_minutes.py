import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ptreach.measures.whole_minutes import are_whole_minutes, floor_to_minutes

NAN = np.nan


def test_whole_minutes_are_told_from_seconds():
    assert are_whole_minutes([np.array([0.0, 60, NAN]), np.array([7200.0])])
    assert not are_whole_minutes([np.array([0.0, 60, NAN]), np.array([7201.0])])
    assert not are_whole_minutes([np.array([0.0, NAN])])  # a journey to where one is says nothing
    assert not are_whole_minutes([])


def test_times_are_cut_down_never_up():
    assert floor_to_minutes(np.array([0, 59, 60, 119, 3599], dtype=np.float32)).tolist() == [
        0,
        0,
        60,
        60,
        3540,
    ]
    assert np.isnan(floor_to_minutes(np.array([NAN]))).all()


@given(st.lists(st.integers(0, 7200), min_size=1, max_size=50), st.sampled_from([5, 25, 50, 75, 95]))
def test_a_percentile_cut_down_is_that_of_times_cut_down(times, percentile):
    rank = -(-percentile * len(times) // 100) - 1
    cut = floor_to_minutes(np.array(times, dtype=np.float64))
    assert (
        floor_to_minutes(np.array([sorted(times)[rank]], dtype=np.float64))[0] == sorted(cut.tolist())[rank]
    )
