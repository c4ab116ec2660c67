"""Long tables as blocks: whatever order, types and gaps they come with."""

import numpy as np
import pandas as pd
import pytest

from ptreach.engine.frames import block_from_frame
from ptreach.model import UNREACHED

ORIGINS, ENDS = ("007", "b"), ("b", "c", "d")


def test_ids_order_and_what_is_not_reached_are_put_back():
    frame = pd.DataFrame(
        {
            "from_id": ["b", "007", "b", "007"],
            "to_id": ["c", "d", "b", "b"],  # 007 to c and b to d have no row
            "travel_time_p5": [3.0, 10.0, 0.0, np.nan],
            "travel_time_p50": [4.0, np.nan, 0.0, np.nan],
        }
    )
    block = block_from_frame(frame, ORIGINS, ENDS, (5, 50), 60)
    assert (block.origin_ids, block.destination_ids, block.percentiles) == (ORIGINS, ENDS, (5, 50))
    assert (block.resolution_s, block.seconds.dtype) == (60, np.uint16)
    none = [UNREACHED, UNREACHED]
    assert block.seconds.tolist() == [
        [none, none, [600, UNREACHED]],
        [[0, 0], [180, 240], none],
    ]


def test_the_median_alone_has_a_column_of_another_name():
    frame = pd.DataFrame({"from_id": ["b"], "to_id": ["d"], "travel_time": [7.0]})
    assert block_from_frame(frame, ("b",), ("d",), (50,), 60).seconds.tolist() == [[[420]]]
    with pytest.raises(KeyError):
        block_from_frame(frame, ("b",), ("d",), (25,), 60)


def test_ids_that_became_numbers_are_known_as_text():
    frame = pd.DataFrame({"from_id": [1], "to_id": [2], "travel_time": [7]})
    assert block_from_frame(frame, ("1",), ("2",), (50,), 60).seconds.tolist() == [[[420]]]


def test_seconds_survive_minutes_with_decimals():
    frame = pd.DataFrame(
        {"from_id": ["a"] * 3, "to_id": ["b", "c", "d"], "travel_time_p50": [7 / 60, 1.1, 59 / 60]}
    )
    assert block_from_frame(frame, ("a",), ENDS, (50,), 1).seconds.ravel().tolist() == [7, 66, 59]


@pytest.mark.parametrize(
    ("row", "resolution_s", "fault"),
    [
        (("x", "b", 1.0), 60, "'x' was not asked"),
        (("b", "x", 1.0), 60, "'x' was"),
        (("b", "c", 1.5), 60, "60 s"),
    ],
)
def test_what_was_not_asked_is_a_fault(row, resolution_s, fault):
    frame = pd.DataFrame([row], columns=["from_id", "to_id", "travel_time"])
    with pytest.raises(ValueError, match=fault):
        block_from_frame(frame, ORIGINS, ENDS, (50,), resolution_s)
