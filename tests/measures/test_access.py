import math

import pandas as pd
import pytest

from ptreach.measures.access import summarise_access

NAN = math.nan


def test_columns_follow_by_hand():
    # Zone 1 reaches a (10 places) in 15 min and b (30) in 30; zone 2 reaches b in 29. c offers nothing.
    minutes = [[15.0, 30.0, 1.0], [NAN, 29.0, 1.0]]
    table = summarise_access(minutes, [10, 30, 0], [5, 20], (15, 30, 45))
    assert list(table.columns) == [
        "within_15", "within_30", "within_45", "nearest_1_min", "nearest_2_min", "nearest_3_min", "gravity",
        "a_head",
    ]  # fmt: skip
    assert table[["within_15", "within_30", "within_45"]].to_numpy().tolist() == [[0, 10, 40], [0, 30, 30]]
    assert table["nearest_1_min"].tolist() == [15, 29]
    assert table["nearest_2_min"].tolist() == pytest.approx([30, NAN], nan_ok=True)
    assert table["nearest_3_min"].isna().all()
    assert table["gravity"].tolist() == pytest.approx([10 / 2 + 30 / 4, 30 * 2 ** (-29 / 15)])
    # within 30 min, strictly: a serves the 5 of zone 1 alone, b the 20 of zone 2 alone
    assert table["a_head"].tolist() == pytest.approx([10 / 5, 30 / 20])


@pytest.mark.parametrize("places_n", [0, 2])
def test_nothing_reached_is_nothing_offered(places_n):
    table = summarise_access([[NAN] * places_n] * 3, [1.0] * places_n, [10.0] * 3, (15,))
    assert table["within_15"].tolist() == [0, 0, 0]
    assert table["nearest_1_min"].isna().all()
    assert table["a_head"].tolist() == [0, 0, 0]


def test_no_zones_have_no_rows():
    empty = pd.DataFrame(index=range(0), columns=range(2), dtype=float).to_numpy()
    assert len(summarise_access(empty, [1.0, 1.0], [], (15,))) == 0
