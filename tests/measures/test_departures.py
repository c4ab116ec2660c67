import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ptreach.measures.departures import (
    best_departure_s,
    longest_gap_min,
    longest_wait_min,
    share_of_departures,
    summarise_departures,
    worst_departure_s,
)
from ptreach.model import UNREACHED

NAN = math.nan
START_S = 7 * 3600 + 15 * 60
X = UNREACHED


def grid(*rows):
    return np.array(rows, dtype=np.uint16)


# a bus at the third and the sixth minute, 600 s on board; on foot 1,500 s; a last bus at the second minute;
# nothing at all
BUS = [720, 660, 600, 720, 660, 600]
WALK = [1500] * 6
LAST = [960, 900, X, X, X, X]
NEVER = [X] * 6
SECONDS = grid(BUS, WALK, LAST, NEVER)


def same(result, expected):
    assert np.array_equal(result, expected, equal_nan=True), result


def test_share_of_departures_by_hand():
    same(share_of_departures(SECONDS), [1, 1, 2 / 6, 0])
    same(share_of_departures(SECONDS, 11), [2 / 6, 0, 0, 0])  # 660 s is not within 11
    same(share_of_departures(SECONDS, 15.5), [1, 0, 1 / 6, 0])
    same(share_of_departures(SECONDS, 10_000), [1, 1, 2 / 6, 0])  # beyond any cutoff, unreached stays it


def test_best_and_worst_minute_are_the_first_of_equals():
    same(best_departure_s(SECONDS, START_S), [START_S + 120, START_S, START_S + 60, NAN])
    same(worst_departure_s(SECONDS, START_S), [START_S, START_S, START_S + 120, NAN])


def test_longest_gap_by_hand():
    same(longest_gap_min(SECONDS), [0, 0, 4, 6])
    same(longest_gap_min(SECONDS, 11), [2, 6, 6, 6])
    same(longest_gap_min(grid([X, 1, X, X, 1, X])), [2])


def test_longest_wait_by_hand():
    # buses leave at 120 s and 300 s: who leaves at 0 may wait 2 minutes, at 180 s 2 minutes
    same(longest_wait_min(SECONDS), [2, 0, 1, 0])
    # the same arrival before and after a minute that is not reached is no wait
    same(longest_wait_min(grid([300, X, 180])), [0])
    # nor is one into or out of it, whatever the number that stands for it
    same(longest_wait_min(grid([X, X - 60], [X - 60, X])), [0, 0])
    same(longest_wait_min(grid([X, X - 60], [X - 60, X]), "to"), [0, 0])
    # a service each 12 minutes, 20 minutes on board
    minutes = np.arange(60)
    same(longest_wait_min(grid(1200 + 60 * (11 - minutes % 12))), [11])


def test_for_arrivals_the_wait_is_at_the_far_end():
    # in the town at 0, 60 s, 120 s … with the bus that gets there at 0 and at 180 s after 600 s
    seconds = grid([600, 660, 720, 600, 660, 720])
    same(longest_wait_min(seconds, "to"), [2])
    same(longest_wait_min(seconds, "from"), [0])


def test_summary_by_hand():
    table = summarise_departures(SECONDS, START_S, (11, 16))
    assert table.index.tolist() == [0, 1, 2, 3]
    expected = {
        "share_reached": [1, 1, 2 / 6, 0],
        "share_within_11": [2 / 6, 0, 0, 0],
        "share_within_16": [1, 0, 1 / 6, 0],
        "best_departure_s": [26220, 26100, 26160, NAN],
        "best_min": [10, 25, 15, NAN],
        "worst_departure_s": [26100, 26100, 26220, NAN],
        "worst_min": [12, 25, NAN, NAN],
        "longest_gap_min": [0, 0, 4, 6],
        "longest_wait_min": [2, 0, 1, 0],
    }
    assert list(table.columns) == list(expected)
    for name, column in expected.items():
        same(table[name].to_numpy(), column)
    assert set(table.dtypes.astype(str)) == {"float64"}
    mirrored = summarise_departures(SECONDS, START_S, (), "to")
    assert [name for name in mirrored if name.endswith("_s")] == ["best_arrival_s", "worst_arrival_s"]


def test_clock_times_may_pass_midnight():
    same(best_departure_s(grid([500, 400]), 86_400), [86_460])


@given(arrays(np.uint16, (3, 7), elements=st.sampled_from([0, 59, 60, 120, 180, 899, 900, 65534, X])))
def test_minute_by_minute_in_plain_python(seconds):
    table = summarise_departures(seconds, START_S, (15,))
    for row, (_, found) in zip(seconds.tolist(), table.iterrows(), strict=True):
        reached = [time for time in row if time != X]
        assert found["share_reached"] == pytest.approx(len(reached) / 7)
        assert found["share_within_15"] == pytest.approx(sum(time < 900 for time in reached) / 7)
        gaps = "".join("x" if time == X else " " for time in row).split()
        assert found["longest_gap_min"] == max(map(len, gaps), default=0)
        waits = [
            later - sooner
            for sooner in range(7)
            for later in range(sooner, 7)
            if all(
                row[k] != X and row[k] + 60 * k == row[sooner] + 60 * sooner for k in range(sooner, later + 1)
            )
        ]
        assert found["longest_wait_min"] == max(waits, default=0)
        if not reached:
            assert found[["best_departure_s", "best_min", "worst_departure_s", "worst_min"]].isna().all()
            continue
        assert found["best_min"] * 60 == pytest.approx(min(reached))
        assert found["best_departure_s"] == START_S + 60 * row.index(min(reached))
        assert found["worst_departure_s"] == START_S + 60 * row.index(max(row))
        if X in row:
            assert math.isnan(found["worst_min"])
        else:
            assert found["worst_min"] * 60 == pytest.approx(max(row))


def test_without_zones_there_are_no_rows():
    table = summarise_departures(np.empty((0, 120), dtype=np.uint16), START_S, (15,))
    assert table.shape == (0, 8)


def test_without_departures_nothing_is_known():
    table = summarise_departures(np.empty((2, 0), dtype=np.uint16), START_S, (15,))
    assert len(table) == 2
    assert table.isna().all(axis=None)


def test_a_single_departure_is_the_best_and_the_worst():
    (row,) = summarise_departures(grid([600]), START_S, (15,)).to_numpy().tolist()
    assert row == [1, 1, START_S, 10, START_S, 10, 0, 0]


@pytest.mark.parametrize(
    "seconds", [np.zeros((2, 3)), np.zeros((2, 3), dtype=np.int64), np.zeros(3, dtype=np.uint16)]
)
@pytest.mark.parametrize(
    "measure",
    [
        share_of_departures,
        longest_gap_min,
        longest_wait_min,
        lambda seconds: best_departure_s(seconds, START_S),
        lambda seconds: worst_departure_s(seconds, START_S),
        lambda seconds: summarise_departures(seconds, START_S, (15,)),
    ],
)
def test_other_types_and_shapes_are_refused(measure, seconds):
    with pytest.raises(ValueError, match="expected uint16"):
        measure(seconds)
