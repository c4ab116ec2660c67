import math

import numpy as np
import pytest
from scipy import stats

from ptreach.measures.bootstrap import bootstrap_interval, spatial_blocks


def mean(values, times):
    return (times @ values) / times.sum(axis=1)


def weighted_mean(values, people, times):
    return (times @ (values * people)) / (times @ people)


def bounds(interval):
    return interval.low, interval.high


def test_the_interval_of_a_mean_is_that_of_the_textbook():
    values = np.random.default_rng(1).normal(size=200)
    found = bootstrap_interval(mean, values, blocks=None, seed=1, draws=9999)
    assert found.estimate == pytest.approx(values.mean())
    half = 1.96 * values.std() / math.sqrt(200)
    assert bounds(found) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.1 * half)
    assert (found.level, found.method, found.zones, found.blocks, found.draws) == (
        0.95,
        "bca",
        200,
        200,
        9999,
    )
    narrow = bootstrap_interval(mean, values, blocks=None, seed=1, level=0.5)
    assert narrow.high - narrow.low == pytest.approx(2 * half * 0.6745 / 1.96, rel=0.1)


def test_the_seed_makes_the_interval():
    values = np.random.default_rng(2).exponential(size=30)
    first = bootstrap_interval(mean, values, blocks=None, seed=3, draws=199)
    assert first == bootstrap_interval(mean, values, blocks=None, seed=3, draws=199)
    assert bounds(first) != bounds(bootstrap_interval(mean, values, blocks=None, seed=4, draws=199))


@pytest.mark.parametrize("method", ["bca", "percentile"])
def test_a_block_of_copies_counts_as_one_zone(method):
    values = np.random.default_rng(5).exponential(size=25)
    once = bootstrap_interval(mean, values, blocks=None, seed=1, draws=499, method=method)
    copies = np.tile(values, 4)
    whole = bootstrap_interval(
        mean, copies, blocks=np.tile(np.arange(25), 4), seed=1, draws=499, method=method
    )
    assert bounds(whole) == pytest.approx(bounds(once))
    assert (whole.zones, whole.blocks) == (100, 25)
    each = bootstrap_interval(mean, copies, blocks=None, seed=1, draws=499, method=method)
    # four times the zones look like half the error
    assert 0.4 < (each.high - each.low) / (once.high - once.low) < 0.6


def test_a_zone_of_more_people_counts_as_so_many_of_one():
    rng = np.random.default_rng(6)
    values, people = rng.normal(size=40), rng.integers(1, 6, size=40)
    weighted = bootstrap_interval(weighted_mean, values, people, blocks=None, seed=1, draws=299)
    each = bootstrap_interval(
        mean,
        np.repeat(values, people),
        blocks=np.repeat([f"E{zone:02}" for zone in range(40)], people),
        seed=1,
        draws=299,
    )
    assert weighted.estimate == pytest.approx(each.estimate)
    assert bounds(weighted) == pytest.approx(bounds(each))


@pytest.mark.parametrize("method", ["bca", "percentile"])
def test_the_interval_is_the_one_scipy_finds_by_drawing_rows(method):
    rng = np.random.default_rng(10)
    values, people = rng.exponential(size=60), rng.integers(1, 9, size=60)
    ward = rng.integers(0, 12, size=60)

    def of_wards(drawn):
        rows = np.concatenate([np.flatnonzero(ward == one) for one in drawn])
        return np.average(values[rows], weights=people[rows])

    theirs = stats.bootstrap(
        (np.arange(12),), of_wards, n_resamples=250, vectorized=False, confidence_level=0.9,
        method={"bca": "BCa"}.get(method, method), rng=np.random.default_rng(11),
    ).confidence_interval  # fmt: skip
    ours = bootstrap_interval(
        weighted_mean, values, people, blocks=ward, seed=11, draws=250, level=0.9, method=method
    )
    assert ours.method == method
    assert bounds(ours) == pytest.approx((theirs.low, theirs.high), rel=1e-12)


def coverage(sample, truth, blocks, method="bca"):
    hits = []
    for seed in range(150):
        found = bootstrap_interval(mean, sample(), blocks=blocks, seed=seed, draws=199, method=method)
        hits.append(found.low <= truth <= found.high)
    return np.mean(hits)


def test_intervals_of_skewed_zones_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(7)
    found = coverage(lambda: rng.exponential(size=60), truth=1.0, blocks=None)
    print(f"coverage of 95 % intervals: {found:.3f}")
    assert 0.89 <= found <= 0.99


def test_blocks_hold_the_truth_where_neighbours_are_alike_and_single_zones_do_not():
    """Thirty wards of eight zones that share most of what they have."""
    rng = np.random.default_rng(8)
    ward = np.repeat(np.arange(30), 8)

    def sample():
        return rng.normal(size=30)[ward] + 0.5 * rng.normal(size=240)

    single, whole = (coverage(sample, 0.0, blocks, "percentile") for blocks in (None, ward))
    print(f"coverage of 95 % intervals: zones {single:.3f}, wards {whole:.3f}")
    assert single < 0.7
    assert 0.88 <= whole <= 0.99


def test_a_statistic_that_no_draw_changes_has_an_interval_of_no_width():
    found = bootstrap_interval(mean, np.full(8, 2.5), blocks=None, seed=1, draws=99)
    assert (found.estimate, found.low, found.high, found.method) == (2.5, 2.5, 2.5, "percentile")


def test_a_statistic_that_some_draws_lack_has_no_interval():
    def mean_of_the_poor(values, poor, times):
        with np.errstate(invalid="ignore"):
            return (times @ (values * poor)) / (times @ poor)

    values, poor = np.arange(6.0), np.arange(6) == 0
    found = bootstrap_interval(mean_of_the_poor, values, poor, blocks=None, seed=1, draws=99)
    assert found.estimate == 0
    assert math.isnan(found.low)
    assert math.isnan(found.high)


def test_columns_of_other_zones_and_a_single_block_are_refused():
    with pytest.raises(ValueError, match="lengths"):
        bootstrap_interval(weighted_mean, [1.0, 2.0], [1.0, 2.0, 3.0], blocks=None, seed=1)
    with pytest.raises(ValueError, match="1 block"):
        bootstrap_interval(mean, [1.0, 2.0], blocks=["Ryde", "Ryde"], seed=1)


def test_blocks_of_a_square_are_its_quarters():
    side = np.arange(4.0)
    xy_m = np.array([(x, y) for y in side for x in side])
    quarters = (xy_m[:, 0] >= 2) * 2 + (xy_m[:, 1] >= 2)
    assert spatial_blocks(xy_m).tolist() == quarters.tolist()  # 16 zones, so 4 blocks


@pytest.mark.parametrize(("zones_n", "blocks_n"), [(89, None), (190, None), (50, 7), (5, 5), (3, 1)])
def test_blocks_are_even_and_apart(zones_n, blocks_n):
    xy_m = np.random.default_rng(9).random((zones_n, 2)) * [4000, 1000]
    block = spatial_blocks(xy_m, blocks_n)
    sizes = np.bincount(block)
    wanted = blocks_n or round(math.sqrt(zones_n))
    assert sizes.size == wanted
    assert sizes.min() >= zones_n // wanted - 1
    assert sizes.max() <= zones_n // wanted + 2
    boxes = [(xy_m[block == b].min(axis=0), xy_m[block == b].max(axis=0)) for b in range(wanted)]
    for low, high in boxes:
        assert ((xy_m >= low) & (xy_m <= high)).all(axis=1).sum() in sizes
    np.testing.assert_array_equal(block, spatial_blocks(xy_m.copy(), blocks_n))


def test_zones_at_one_place_still_fall_into_blocks():
    assert np.bincount(spatial_blocks(np.zeros((9, 2)))).tolist() == [3, 3, 3]


@pytest.mark.parametrize("blocks_n", [0, 4])
def test_no_block_and_more_blocks_than_zones_are_refused(blocks_n):
    with pytest.raises(ValueError, match="blocks of 3 zones"):
        spatial_blocks(np.zeros((3, 2)), blocks_n)
