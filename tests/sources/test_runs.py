"""Runs of arrays, told by where they start and how long they are."""

from __future__ import annotations

import numpy as np
import pytest

from ptreach.sources import runs
from ptreach.sources.runs import gathered, ranges


def test_ranges_follow_each_other():
    assert ranges(np.array([5, 0, 9]), np.array([2, 0, 3])).tolist() == [5, 6, 9, 10, 11]
    assert ranges(np.array([], dtype=np.int64), np.array([], dtype=np.int64)).tolist() == []


@pytest.mark.parametrize("at_once", [1, 2, 100])
def test_values_of_runs_are_gathered_however_many_at_once(monkeypatch, at_once):
    monkeypatch.setattr(runs, "_RUNS_AT_ONCE", at_once)
    values = np.arange(10, dtype=np.int32) * 10
    found = gathered(values, np.array([8, 0, 3]), np.array([2, 1, 3]))
    assert found.tolist() == [80, 90, 0, 30, 40, 50]
    assert found.dtype == np.int32
    assert gathered(values, *(np.array([], dtype=np.int64) for _ in range(2))).size == 0
