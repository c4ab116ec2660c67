"""Percentiles against their definition."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import town
from ptreach.engine.raptor.percentiles import LISTS, rank_lists, ranking


@given(
    values_n=st.integers(1, 300),
    percentiles=st.lists(st.integers(1, 100), min_size=1, max_size=5, unique=True),
    most=st.sampled_from([1, 5, 65535]),
    seed=st.integers(0, 2**32 - 1),
)
def test_each_percentile_is_the_nearest_rank(values_n, percentiles, most, seed):
    lists = np.random.default_rng(seed).integers(0, most + 1, (values_n, LISTS)).astype(np.uint16)
    ranks = ranking(tuple(sorted(percentiles)), values_n)
    ranked = lists.copy()
    rank_lists(ranks.low, ranks.high, ranked)
    for column in (0, LISTS // 2, LISTS - 1):
        expected = [town.nearest_rank(lists[:, column].tolist(), p) for p in sorted(percentiles)]
        assert ranked[ranks.rank, column].tolist() == expected
