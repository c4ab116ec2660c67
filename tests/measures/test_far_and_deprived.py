import math

import numpy as np
import pandas as pd
import pytest

from ptreach.measures.far_and_deprived import (
    deprivation_class,
    distance_class,
    far_and_deprived,
    is_far_and_deprived,
    near_and_far_min,
)


def zones(*rows):
    return pd.DataFrame(
        rows, columns=["zone_id", "minutes_p50", "imd_decile", "imd_rank", "population"]
    ).astype({"minutes_p50": float, "imd_decile": float, "imd_rank": float, "population": float})


def test_far_is_not_within_the_cutoff_and_deprived_is_up_to_the_decile():
    minutes = [44.99, 45.0, math.nan, 90.0, 90.0, 90.0]
    decile = [1, 3, 1, 4, math.nan, 3]
    assert is_far_and_deprived(minutes, decile).tolist() == [False, True, True, False, False, True]
    assert is_far_and_deprived(minutes, decile, 46, 4).tolist() == [False, False, True, True, False, True]


def test_zones_are_ordered_by_minutes_beyond_the_cutoff_summed_over_residents():
    table = far_and_deprived(
        zones(
            ("near", 20, 1, 1, 9000),
            ("rich", 100, 9, 30_000, 9000),
            ("b", 54, 1, 10, 1000),  # 9 minutes of 1,000 people: 9,000
            ("a", 50, 3, 9000, 2000),  # 5 minutes of 2,000: 10,000
            ("unreached", math.nan, 2, 4000, 200),  # at least 120 - 45 = 75 minutes of 200: 15,000
            ("edge", 45, 2, 4001, 5000),  # not within 45, and no minute beyond: 0
            ("unknown", 60, 2, 4002, math.nan),  # nobody known: 0, behind the more deprived
        )
    )
    assert table["zone_id"].tolist() == ["unreached", "a", "b", "edge", "unknown"]
    assert table["number"].tolist() == [1, 2, 3, 4, 5]
    assert table["resident_minutes_beyond"].tolist() == [15_000, 10_000, 9000, 0, 0]
    assert list(table.columns) == [
        "number", "zone_id", "minutes_p50", "imd_decile", "imd_rank", "population", "resident_minutes_beyond",
    ]  # fmt: skip


def test_a_limit_of_its_own_counts_for_zones_not_reached():
    table = far_and_deprived(zones(("u", math.nan, 1, 1, 100)), cutoff_min=30, limit_min=90)
    assert table["resident_minutes_beyond"].tolist() == [6000]


def test_equal_zones_follow_their_rank_and_then_their_id():
    table = far_and_deprived(
        zones(("c", 50, 1, 7, 100), ("b", 50, 1, 5, 100), ("a", 50, 1, 7, 100)), cutoff_min=45
    )
    assert table["zone_id"].tolist() == ["b", "a", "c"]


def test_there_are_ten_at_most_and_the_table_is_left_alone():
    frame = zones(*[(f"z{number:02}", 60, 1, number, 1000 - number) for number in range(12)])
    before = frame.copy()
    table = far_and_deprived(frame)
    assert table["zone_id"].tolist() == [f"z{number:02}" for number in range(10)]
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize("frame", [zones(), zones(("a", 10, 1, 1, 100))], ids=["no zones", "none far"])
def test_none_is_an_empty_table_with_the_same_columns(frame):
    table = far_and_deprived(frame)
    assert table.empty
    assert next(iter(table.columns)) == "number"
    assert list(table.columns)[-1] == "resident_minutes_beyond"


def test_classes_part_at_deciles_and_at_cutoffs():
    assert deprivation_class([1, 3, 4, 7, 8, 10, math.nan]).tolist() == [2, 2, 1, 1, 0, 0, -1]
    assert deprivation_class([1, 2, 8, 9], deprived_to=8).tolist() == [2, 2, 2, 0]
    minutes = np.array([0, 29.99, 30, 44.99, 45, 119, math.nan])
    assert distance_class(minutes, (30, 45)).tolist() == [0, 0, 1, 1, 2, 2, 2]


@pytest.mark.parametrize(
    ("cutoffs", "near_and_far"),
    [
        ((15, 30, 45, 60), (30, 45)),  # 45 where it is a cutoff
        ((45, 60), (22, 45)),  # no cutoff before it: half of it
        ((20, 40, 60), (20, 40)),  # else the last but one
        ((10, 20), (5, 10)),
        ((30,), (15, 30)),
    ],
)
def test_near_and_far_are_cutoffs_of_the_town_where_there_are_any(cutoffs, near_and_far):
    assert near_and_far_min(cutoffs) == near_and_far
