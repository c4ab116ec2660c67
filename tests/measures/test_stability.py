import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptreach.measures.departures import share_of_departures
from ptreach.measures.stability import share_in_band, unstable_zones
from ptreach.model import UNREACHED

CUTOFFS = (15, 30, 45)


def made_zones(*times_min, cutoffs=CUTOFFS):
    """Zones by the minutes of each departure, None unreached; the median by nearest rank."""
    seconds = np.array(
        [[UNREACHED if t is None else round(t * 60) for t in row] for row in times_min], dtype=np.uint16
    )
    middle = np.sort(seconds, axis=1)[:, (seconds.shape[1] + 1) // 2 - 1].astype(float)
    frame = pd.DataFrame({"minutes_p50": np.where(middle == UNREACHED, np.nan, middle / 60)})
    return frame.assign(**{f"departures_within_{c}": share_of_departures(seconds, c) for c in cutoffs})


@pytest.mark.parametrize(
    ("times", "share", "unstable"),
    [
        ((20, 20, 20, 20), 1.0, False),
        ((10, 20, 20, 40), 0.5, False),  # half is enough
        ((10, 20, 40, 40, 50), 0.4, True),  # median 40
        ((10, 20, 40), 1 / 3, True),  # median 20
        ((14.99, 15, 29.99, 30), 0.5, False),  # a cutoff is strict on both sides
        ((10, 15, 30), 1 / 3, True),
        ((10, 20, None), 1 / 3, True),  # a minute without a journey is beyond
        ((10, None, None), 2 / 3, False),  # shown as not reached, which most minutes are
        ((None, None), 1.0, False),
        ((50, 60, None), 1.0, False),  # beyond the last cutoff, reached or not, is one band
        ((7,), 1.0, False),
    ],
)
def test_a_zone_is_unstable_where_most_minutes_are_in_other_bands(times, share, unstable):
    zones = made_zones(times)
    assert share_in_band(zones, CUTOFFS)[0] == pytest.approx(share)
    assert unstable_zones(zones, CUTOFFS).tolist() == [unstable]


def test_a_half_that_rounding_makes_a_hair_less_is_a_half():
    zones = pd.DataFrame({"minutes_p50": [20.0], "departures_within_15": 0.4, "departures_within_30": 0.9})
    zones["departures_within_30"] = np.nextafter(0.9, 0)
    assert share_in_band(zones, (15, 30))[0] < 0.5
    assert not unstable_zones(zones, (15, 30))[0]


def test_zones_without_departures_are_not_called_unstable():
    zones = pd.DataFrame(
        {"minutes_p50": [20.0], "departures_within_15": np.nan, "departures_within_30": np.nan}
    )
    assert not unstable_zones(zones, (15, 30))[0]


@given(st.lists(st.one_of(st.none(), st.integers(0, 90)), min_size=1, max_size=13))
def test_the_nearest_and_the_farthest_band_are_never_unstable(times):
    zones = made_zones(times)
    median = zones["minutes_p50"][0]
    if not 15 <= median < 45:  # the nearest band, or beyond, NaN too
        assert not unstable_zones(zones, CUTOFFS)[0]
    assert not unstable_zones(zones, (30,))[0]
