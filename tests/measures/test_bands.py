import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptreach.measures.bands import band_index, band_labels, beyond_label, name_bands
from ptreach.model import Reason

CUTOFFS = (15, 30, 45, 60)


@given(st.integers(0, 65534))
def test_band_is_the_first_cutoff_that_the_seconds_are_under(seconds):
    expected = next((i for i, cutoff in enumerate(CUTOFFS) if seconds < cutoff * 60), -1)
    assert band_index(np.array([seconds / 60]), CUTOFFS)[0] == expected


def test_cutoff_is_strict_and_unreached_has_no_band():
    minutes = [0.0, 899 / 60, 15.0, 3599 / 60, 60.0, np.nan, np.inf]
    assert band_index(minutes, CUTOFFS).tolist() == [0, 0, 1, 3, -1, -1, -1]


def test_labels_name_both_bounds_of_every_band():
    assert band_labels(CUTOFFS) == ("under 15 min", "15 to 30 min", "30 to 45 min", "45 to 60 min")
    assert band_labels((45,)) == ("under 45 min",)
    assert beyond_label(CUTOFFS) == "60 min or more"


def test_names_give_the_reason_where_there_are_no_minutes():
    reasons = [Reason.REACHED.value, Reason.REACHED.value, Reason.OFF_NETWORK.value, Reason.REACHED.value]
    assert name_bands([10.0, 75.0, np.nan, np.nan], reasons, CUTOFFS) == [
        "under 15 min",
        "60 min or more",
        "off network",
        "beyond the limit",
    ]


def test_names_refuse_lists_of_different_length():
    with pytest.raises(ValueError, match="shorter"):
        name_bands([10.0, 20.0], ["reached"], CUTOFFS)
