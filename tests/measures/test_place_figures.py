import math

import numpy as np
import pytest
from shapely.geometry import box

from ptreach.measures.bootstrap import bootstrap_interval, spatial_blocks
from ptreach.measures.concentration import concentration_index
from ptreach.measures.deprivation import weighted_median
from ptreach.measures.neighbours import touching_zones
from ptreach.measures.place_figures import (
    DRAWS,
    FEWEST_ZONES,
    LEVEL,
    SEED,
    relate_to_deprivation,
    summarise_place,
)

NAN = math.nan


def a_place(side=6):
    """Zones of 100 people in a square; the nearer to a corner, the sooner and the more deprived."""
    column, row = np.meshgrid(np.arange(side), np.arange(side))
    xy_m = 1000.0 * np.column_stack([column.ravel(), row.ravel()])
    minutes = 5.0 + xy_m.sum(axis=1) / 250
    rank = 1.0 + np.arange(side * side)[np.argsort(np.argsort(minutes, kind="stable"))]
    return minutes, np.full(side * side, 100.0), rank, xy_m


def rows_of(table):
    return table.set_index(["figure", "about"])


def test_figures_of_few_zones_follow_by_hand_and_have_no_intervals():
    # 300 people at 10 min, 100 at 20, 100 not reached; the most deprived are the nearest.
    table = summarise_place([10.0, 20.0, NAN], [300, 100, 100], [1, 2, 3], (15, 30), np.eye(3)[:, :2])
    assert list(table.columns) == ["figure", "about", "unit", "value", "low", "high", "zones", "blocks"]
    rows = rows_of(table)
    value = rows["value"]
    assert value["people", "all"] == 500
    assert value["median_min", "all"] == 10
    assert value["share_within_15", "all"] == 0.6
    assert value["share_within_30", "all"] == 0.8
    assert value["people_counted", "minutes"] == 400
    assert value["share_counted", "minutes"] == 0.8
    # 300 of 400 people have 10, 100 have 20: mean 12.5, mean difference 2 * 3/4 * 1/4 * 10 = 3.75
    assert value["gini", "minutes"] == pytest.approx(3.75 / 25)
    assert value["concentration_index", "minutes"] == pytest.approx(3.75 / 25)
    assert table["low"].isna().all()
    assert (table["blocks"] == 0).all()
    assert set(table["unit"]) == {"people", "minutes", "share of people", "index", "ratio"}


def test_tenths_are_those_of_the_place_itself():
    minutes, people, rank, xy_m = a_place(10)
    value = rows_of(summarise_place(minutes, people, rank, (30,), xy_m))["value"]
    order = np.argsort(rank)
    nearest, farthest = minutes[order[:10]], minutes[order[-10:]]
    assert value["median_min", "most_deprived_tenth"] == np.sort(nearest)[4]
    assert value["median_min", "least_deprived_tenth"] == np.sort(farthest)[4]
    assert value["median_min", "most_minus_least_deprived_tenth"] == (
        value["median_min", "most_deprived_tenth"] - value["median_min", "least_deprived_tenth"]
    )
    assert value["share_within_30", "most_deprived_tenth"] == 1
    assert value["share_within_30", "least_deprived_tenth"] == 0


def test_intervals_hold_their_figure_and_are_those_of_blocks():
    minutes, people, rank, xy_m = a_place()
    table = summarise_place(minutes, people, rank, (15, 30), xy_m)
    assert table.equals(summarise_place(minutes, people, rank, (15, 30), xy_m))
    rows = rows_of(table)
    for key in (("median_min", "all"), ("share_within_30", "all"), ("concentration_index", "minutes")):
        row = rows.loc[key]
        assert row["low"] <= row["value"] <= row["high"]
        assert row["low"] < row["high"]
        assert (row["zones"], row["blocks"]) == (36, 6)


def test_intervals_are_those_of_places_drawn_zone_by_zone():
    """Of each draw by the measure itself, over rows that stand as often as they are drawn."""
    minutes, _, rank, xy_m = a_place()
    people = np.random.default_rng(1).integers(100, 900, minutes.size).astype(float)
    minutes[35] = NAN
    rows = rows_of(summarise_place(minutes, people, rank, (30,), xy_m))

    def by_rows(measure):
        def of_draws(*given):
            *columns, times = given
            drawn = [np.repeat(np.arange(len(row)), row.astype(int)) for row in times]
            return np.array([measure(*(column[some] for column in columns)) for some in drawn])

        return of_draws

    for figure, about, measure, known in (
        ("median_min", "all", lambda m, p, _: weighted_median(m, p), 36),
        ("share_within_30", "all", lambda m, p, _: p[m < 30].sum() / p.sum(), 36),
        ("concentration_index", "minutes", concentration_index, 35),
    ):
        columns = minutes[:known], people[:known], rank[:known]
        again = bootstrap_interval(
            by_rows(measure), *columns, blocks=spatial_blocks(xy_m)[:known], seed=SEED, draws=DRAWS,
            level=LEVEL,
        )  # fmt: skip
        found = rows.loc[figure, about]
        expected = again.estimate, again.low, again.high
        assert (found["value"], found["low"], found["high"]) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("minutes", "people", "rank"),
    [([], [], []), ([NAN], [5], [1]), ([10.0], [0], [1]), ([10.0], [NAN], [NAN]), ([0.0], [5], [1])],
)
def test_places_with_next_to_nothing_have_rows_all_the_same(minutes, people, rank):
    table = summarise_place(minutes, people, rank, (15,), np.zeros((len(minutes), 2)))
    assert len(table) == len(summarise_place(*a_place()[:3], (15,), a_place()[3]))
    assert table["low"].isna().all()


@pytest.mark.parametrize("people", [0.0, 100.0])
def test_a_place_that_nobody_reaches_has_no_interval_of_inequality(people):
    _, _, rank, xy_m = a_place()
    table = summarise_place(np.full(rank.size, NAN), np.full(rank.size, people), rank, (15,), xy_m)
    row = rows_of(table).loc["concentration_index", "minutes"]
    assert row[["value", "low", "high"]].isna().all()


def test_time_goes_with_deprivation_to_the_extent_that_space_allows():
    minutes, people, rank, xy_m = a_place()
    zones = [box(x, y, x + 1000, y + 1000) for x, y in xy_m]
    table = relate_to_deprivation(
        minutes, {"imd_rank": rank, "unknown": np.full(rank.size, NAN)}, xy_m, touching_zones(zones)
    ).set_index("with_figure")
    known = table.loc["imd_rank"]
    assert known["rho"] > 0.9
    assert known["effective_zones"] < people.size / 3
    assert known["p_spatial"] > known["p_naive"]
    assert known["minutes_moran_i"] > 0.5
    assert math.isnan(table.loc["unknown", "rho"])
    assert table.loc["unknown", "not_known"] == people.size


def test_few_means_fewer_than_said():
    minutes, people, rank, xy_m = (values[:FEWEST_ZONES] for values in a_place())
    enough = rows_of(summarise_place(minutes, people, rank, (30,), xy_m))
    assert enough.loc["share_within_30", "all"]["blocks"] == 4
    fewer = rows_of(summarise_place(minutes[1:], people[1:], rank[1:], (30,), xy_m[1:]))
    assert fewer.loc["share_within_30", "all"]["blocks"] == 0
