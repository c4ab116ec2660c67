import math

import numpy as np
import pytest
import shapely
from scipy import stats

from ptreach.measures.autocorrelation import morans_i
from ptreach.measures.bootstrap import bootstrap_interval, spatial_blocks
from ptreach.measures.neighbours import touching_zones
from ptreach.measures.time_relation import relate_to_travel_time


@pytest.fixture(scope="module")
def town():
    """A square of 14 by 14 zones: their places, who touches whom, minutes from a corner, and a score."""
    side = 14
    xy_m = np.array([(x, y) for y in range(side) for x in range(side)], dtype=float) * 500
    zones = touching_zones([shapely.box(x, y, x + 500, y + 500) for x, y in xy_m])
    distance_m = np.hypot(*(xy_m[:, None] - xy_m[None]).transpose(2, 0, 1))
    root = np.linalg.cholesky(np.exp(-distance_m / 700) + 1e-9 * np.eye(side * side))
    rng = np.random.default_rng(31)
    smooth = root @ rng.normal(size=(side * side, 2))
    return xy_m, zones, 30 + 5 * smooth[:, 0], 20 - 6 * smooth[:, 0] + 6 * smooth[:, 1]


def test_one_record_says_rho_its_interval_both_p_and_both_morans(town):
    xy_m, zones, minutes, score = town
    found = relate_to_travel_time(minutes, score, xy_m, zones, seed=4, draws=499)
    theirs = stats.spearmanr(minutes, score)
    assert found.rho == pytest.approx(theirs.statistic)
    assert found.p_naive == pytest.approx(theirs.pvalue)
    assert (found.zones, found.not_reached, found.not_known, found.blocks, found.level) == (
        196,
        0,
        0,
        14,
        0.95,
    )
    assert found.rho_low < found.rho < found.rho_high < 0
    assert found.p_naive < found.p_spatial < 0.05
    assert 3 < found.effective_zones < 100
    moran = [morans_i(values, zones, seed=4) for values in (minutes, score)]
    assert [found.minutes_moran_i, found.figure_moran_i] == [each.value for each in moran]
    assert [found.minutes_moran_p, found.figure_moran_p] == [each.p for each in moran]
    assert found == relate_to_travel_time(minutes, score, xy_m, zones, seed=4, draws=499)


def test_the_interval_is_that_of_scipys_rho_of_the_rows_drawn(town):
    xy_m, zones, minutes, score = town
    minutes = np.round(minutes)  # so that zones tie

    def of_draws(first, second, times):
        drawn = [np.repeat(np.arange(len(row)), row.astype(int)) for row in times]
        return np.array([stats.spearmanr(first[some], second[some]).statistic for some in drawn])

    found = relate_to_travel_time(minutes, score, xy_m, zones, seed=6, draws=99)
    theirs = bootstrap_interval(
        of_draws, minutes, score, blocks=spatial_blocks(xy_m), seed=6, draws=99, level=0.95
    )
    assert (found.rho_low, found.rho_high) == pytest.approx((theirs.low, theirs.high))


def test_zones_that_lack_one_of_the_two_are_left_out_and_counted(town):
    xy_m, zones, minutes, score = town
    late, unknown = minutes.copy(), score.copy()
    late[:20] = np.nan
    unknown[15:30] = np.nan
    found = relate_to_travel_time(late, unknown, xy_m, zones, draws=99)
    assert (found.zones, found.not_reached, found.not_known) == (166, 20, 10)
    assert found.rho == pytest.approx(stats.spearmanr(minutes[30:], score[30:]).statistic)
    both = np.where(np.arange(196) < 30, np.nan, minutes)
    assert found.minutes_moran_i == morans_i(both, zones).value


def test_blocks_may_be_wards(town):
    xy_m, zones, minutes, score = town
    ward = [f"ward {int(x) // 3500}{int(y) // 3500}" for x, y in xy_m]
    found = relate_to_travel_time(minutes, score, xy_m, zones, blocks=ward, draws=99)
    assert found.blocks == 4
    assert found.rho_low < found.rho < found.rho_high


@pytest.mark.parametrize("minutes", [[10.0] * 196, [5.0, 9.0] + [math.nan] * 194])
def test_a_place_without_two_figures_that_vary_has_no_rho(town, minutes):
    xy_m, zones, _, score = town
    found = relate_to_travel_time(minutes, score, xy_m, zones, draws=99)
    unknown = (
        found.rho,
        found.rho_low,
        found.rho_high,
        found.p_naive,
        found.p_spatial,
        found.minutes_moran_i,
    )
    assert all(map(math.isnan, unknown))
    assert found.blocks == 0
