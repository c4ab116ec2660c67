"""Two matrices as one list of pairs: none lost, none doubled, and words where they have nothing in common."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptreach.errors import InputError
from ptreach.matrix.long_tables import LongMatrix
from ptreach.matrix.pairs import join_matrices
from ptreach.measures.comparison import compare_times

IDS = st.sampled_from(["a", "b", "c", "d", "01", "1"])
ROWS = st.dictionaries(st.tuples(IDS, IDS), st.integers(0, 7200), min_size=1, max_size=20)


def matrix(rows, where="m", percentile=50, several=""):
    """A matrix of {(from, to): seconds}, in that order of rows."""
    pairs = list(rows)
    made = LongMatrix.of(
        where, [a for a, _ in pairs], [b for _, b in pairs], {percentile: list(rows.values())}
    )
    return made._replace(several=several)


def told(pairs):
    """{(from, to): (seconds, seconds)}, None where not reached."""
    return {
        (pairs.ids[a], pairs.ids[b]): tuple(None if np.isnan(time) else time for time in times)
        for a, b, *times in zip(
            pairs.from_idx, pairs.to_idx, pairs.first_s[50], pairs.second_s[50], strict=True
        )
    }


@given(ROWS, ROWS, st.booleans())
def test_pairs_are_those_of_both_each_once_in_order(first, second, common):
    ends = [({a for a, _ in rows}, {b for _, b in rows}) for rows in (first, second)]
    shared = ends[0][0] & ends[1][0], ends[0][1] & ends[1][1]
    if not all(shared):
        with pytest.raises(InputError, match=r"no (origin|destination) in common"):
            join_matrices(matrix(first), matrix(second))
        return
    pairs, overlap = join_matrices(matrix(first), matrix(second), common=common)
    wanted = {
        pair: (first.get(pair), second.get(pair))
        for pair in sorted({*first, *second})
        if not common or (pair[0] in shared[0] and pair[1] in shared[1])
    }
    found = told(pairs)
    assert found == wanted
    assert list(found) == list(wanted)
    assert overlap.origins == (len(ends[0][0] - shared[0]), len(ends[1][0] - shared[0]))
    assert overlap.destinations == (len(ends[0][1] - shared[1]), len(ends[1][1] - shared[1]))
    apart = [sum(a not in shared[0] or b not in shared[1] for a, b in rows) for rows in (first, second)]
    assert overlap.pairs == tuple(apart)


def test_a_pair_that_is_there_twice_is_named_with_its_row():
    twice = LongMatrix.of("x.csv", ["a", "a", "a"], ["b", "c", "b"], {50: [1, 2, 3]})
    one = matrix({("a", "b"): 1})
    for sides in ((twice, one), (one, twice)):
        with pytest.raises(InputError, match=r"x\.csv, row 4: 'a' to 'b' is there twice \(1 such rows\)\."):
            join_matrices(*sides)
    with pytest.raises(InputError, match=r"x\.parquet, row 3: .*it has a row for each departure_time"):
        join_matrices(one, twice._replace(where="x.parquet", several="departure_time"))


def test_what_may_have_happened_is_said_where_nothing_is_in_common():
    ours = matrix({("o", "x"): 1, ("o", "y"): 1})
    with pytest.raises(InputError, match="Swap from and to in one of them"):
        join_matrices(ours, matrix({("x", "o"): 1}))
    with pytest.raises(InputError, match="leading zeros are lost"):
        join_matrices(matrix({("007", "x"): 1}), matrix({("7", "x"): 1}))
    with pytest.raises(
        InputError, match=r"no destination in common: such as 'x' and 'q'. Give both the same ids"
    ):
        join_matrices(ours, matrix({("o", "q"): 1}))
    with pytest.raises(InputError, match="no percentile in common: p50 and p25"):
        join_matrices(ours, matrix({("o", "x"): 1}, percentile=25))


def test_percentiles_of_one_side_alone_are_left_out_and_told():
    first = LongMatrix.of("a", ["o"], ["x"], {5: [1], 50: [2]})
    second = LongMatrix.of("b", ["o"], ["x"], {50: [2], 95: [4]})
    pairs, overlap = join_matrices(first, second)
    assert list(pairs.first_s) == list(pairs.second_s) == [50]
    assert overlap.percentiles == ((5,), (95,))


def test_common_ends_without_a_common_pair_leave_nothing():
    first, second = matrix({("a", "y"): 1, ("b", "x"): 1}), matrix({("a", "z"): 1, ("c", "x"): 1})
    pairs, overlap = join_matrices(first, second, common=True)
    assert told(pairs) == {}
    assert overlap.pairs == (2, 2)
    assert compare_times(pairs).shown_at.neither == 0
    assert len(told(join_matrices(first, second)[0])) == 4
