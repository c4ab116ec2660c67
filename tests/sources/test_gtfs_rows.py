"""Rows of stop_times.txt put together and in order, however they come."""

from __future__ import annotations

import numpy as np
import pytest

from ptreach.sources import gtfs_rows
from ptreach.sources.gtfs_rows import Pile, Rows, in_order


def rows_of(trips, sequence, kind=np.int32):
    """Rows told apart by their arrival."""
    n = len(trips)
    number = np.arange(n, dtype=np.int32)
    flags = number % 2 == 0
    columns = np.array(trips, dtype=np.int32), number + 7, np.array(sequence, dtype=kind)
    return Rows(*columns, number * 60, number * 60 + 1, flags, ~flags)


def in_plain_order(rows):
    """The same by Python's own sort, which is stable."""
    table = list(zip(*(column.tolist() for column in rows), strict=True))
    return sorted(table, key=lambda row: (row[0], row[2]))


def assert_in_order(trips, sequence, kind=np.int32):
    wanted = in_plain_order(rows_of(trips, sequence, kind))
    found = in_order(rows_of(trips, sequence, kind))
    assert list(zip(*(column.tolist() for column in found), strict=True)) == wanted


@pytest.mark.parametrize("kind", [np.int32, np.float64])
def test_trips_are_sorted_and_each_by_its_sequence(kind):
    ten = list(range(10))
    assert_in_order([0] * 10 + [1] * 10, ten * 2, kind)  # as they should be
    assert_in_order([5] * 10 + [1] * 10 + [3] * 10, ten * 3, kind)  # trips in runs
    assert_in_order(
        [5] * 10 + [1] * 10 + [5] * 10, [*ten, *ten, *(k + 10 for k in ten)], kind
    )  # in two parts
    assert_in_order(
        [5] * 10 + [1] * 10 + [5] * 10, [*(k + 10 for k in ten), *ten, *ten], kind
    )  # the last first
    assert_in_order([5] * 10 + [1] * 10 + [5] * 10, ten * 3, kind)  # one between the other
    assert_in_order([1] * 10 + [0] * 10, ten[::-1] * 2, kind)  # backward
    assert_in_order([5] * 10 + [1] * 10 + [5] * 10, [*(k + 9 for k in ten), *ten, *ten], kind)  # ends alike
    assert_in_order([0, 1] * 10, [k // 2 for k in range(20)], kind)
    assert_in_order([], [], kind)


def test_any_rows_are_sorted():
    dice = np.random.default_rng(1)
    for _ in range(200):
        runs = dice.integers(1, 12, size=dice.integers(1, 12))
        trips = np.repeat(dice.integers(0, 4, size=runs.size), runs)
        starts = np.repeat(dice.integers(0, 30, size=runs.size), runs)
        along = np.concatenate([np.arange(n) for n in runs])
        assert_in_order(trips, starts + along * dice.integers(0, 2))


def test_a_pile_gives_back_what_was_put_on_it(monkeypatch):
    monkeypatch.setattr(gtfs_rows, "_LEAST_PIECE", 4)
    monkeypatch.setattr(gtfs_rows, "_LARGEST_PIECE", 8)
    pile, whole = Pile(), rows_of(range(31), range(31))
    for first, last in ((0, 3), (3, 3), (3, 20), (20, 31)):
        pile.add(whole.take(slice(first, last)))
    assert pile.size == 31
    taken = pile.taken()
    assert all((one == two).all() for one, two in zip(taken, whole, strict=True))
    assert [column.dtype for column in taken] == [column.dtype for column in whole]
    assert pile.size == pile.taken().trip.size == 0


def test_sequences_that_are_no_whole_numbers_may_come_late():
    pile = Pile()
    pile.add(rows_of([0, 0], [1, 2]))
    pile.add(rows_of([0, 0], [2.5, 3], np.float64))
    pile.add(rows_of([1], [1]))
    assert pile.taken().sequence.tolist() == [1, 2, 2.5, 3, 1]
