import itertools
import math
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ptreach.measures.autocorrelation import autocorrelation_of
from ptreach.measures.correlation import correlate_indicators, false_discovery_q, square_of
from ptreach.measures.neighbours import touching_zones
from ptreach.model import Indicator, Indicators

ENGLAND = Path(__file__).parents[2] / "../shared/data/england"
REAL = pytest.mark.skipif(not ENGLAND.is_dir(), reason="../shared/data/england is absent")
COLUMNS = [
    *["first", "second", "zones", "pearson", "spearman", "p_naive", "p_spatial", "q_spatial"],
    *["effective_zones", "same_whole"],
]


def indicators_of(columns, wholes=None):
    """Indicators by name, with the whole they are part of where one is given."""
    frame = pd.DataFrame(columns)
    frame.index = pd.Index([f"E{zone:08}" for zone in range(len(frame))], name="zone_id")
    parts = wholes or {}
    described = tuple(
        Indicator(name, name, "theme", "%", "2021", part_of=parts.get(name, "")) for name in frame
    )
    return Indicators(described, frame, ())


@pytest.fixture(scope="module")
def gappy():
    """Four variables of 60 zones, two of which have gaps of their own."""
    rng = np.random.default_rng(1)
    values = rng.normal(size=(60, 4)) @ np.array(
        [[1, 0.5, 0, 0], [0, 1, -0.6, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
    )
    values[:, 3] = values[:, 3].round()  # ties
    values[:7, 1] = np.nan
    values[5:20, 3] = np.nan
    return indicators_of(dict(zip("abcd", values.T, strict=True))), rng.random((60, 2)) * 1000


def test_each_pair_has_a_row_with_the_coefficients_of_scipy(gappy):
    indicators, xy_m = gappy
    table = correlate_indicators(indicators, xy_m)
    assert list(table.columns) == COLUMNS
    assert list(zip(table["first"], table["second"], strict=True)) == list(itertools.combinations("abcd", 2))
    for row in table.itertuples():
        known = indicators.frame[[row.first, row.second]].dropna().to_numpy()
        assert row.zones == len(known)
        assert row.pearson == pytest.approx(stats.pearsonr(*known.T).statistic)
        spearman = stats.spearmanr(*known.T)
        assert row.spearman == pytest.approx(spearman.statistic)
        assert row.p_naive == pytest.approx(spearman.pvalue)
    assert table["zones"].tolist() == [53, 60, 45, 53, 40, 45]
    assert table["same_whole"].dtype == bool
    assert table["effective_zones"].le(table["zones"]).all()


def test_a_pair_does_not_depend_on_the_others(gappy):
    indicators, xy_m = gappy
    xy_m = np.vstack([xy_m, xy_m.min(axis=0), xy_m.max(axis=0)])  # so that the classes stay the same
    frame = indicators.frame.reset_index(drop=True).reindex(range(62))
    table = correlate_indicators(indicators_of(frame), xy_m).set_index(["first", "second"])
    for first, second in itertools.combinations("abcd", 2):
        known = frame[[first, second]].notna().all(axis=1)
        known.iloc[60:] = True
        alone = correlate_indicators(indicators_of(frame.loc[known, [first, second]]), xy_m[known])
        columns = ["zones", "pearson", "spearman", "p_spatial", "effective_zones"]
        np.testing.assert_allclose(
            table.loc[(first, second), columns].to_numpy(dtype=float),
            alone.loc[0, columns].to_numpy(dtype=float),
            rtol=1e-9,
        )


def test_parts_of_one_whole_are_flagged_and_lend_no_significance():
    rng = np.random.default_rng(2)
    shares = rng.dirichlet([3, 3, 3], size=80) * 100
    others = rng.normal(size=(80, 2))
    indicators = indicators_of(
        {"x": shares[:, 0], "y": shares[:, 1], "z": shares[:, 2], "v": others[:, 0], "w": others[:, 1]},
        wholes=dict.fromkeys("xyz", "ethnic group"),
    )
    table = correlate_indicators(indicators, rng.random((80, 2)))
    tied = table["same_whole"]
    assert table.loc[tied, ["first", "second"]].to_numpy().tolist() == [["x", "y"], ["x", "z"], ["y", "z"]]
    # three parts without any pattern pull each other down to about -1/2
    assert table.loc[tied, "pearson"].mean() == pytest.approx(-0.5, abs=0.1)
    assert table.loc[tied, "p_spatial"].max() < 0.01
    assert table.loc[tied, "q_spatial"].isna().all()
    free = table[~tied]
    by_rank = free["p_spatial"].sort_values() * len(free) / np.arange(1, len(free) + 1)
    expected = by_rank[::-1].cummin().clip(upper=1)
    np.testing.assert_allclose(free["q_spatial"], expected.loc[free.index])


def test_q_of_benjamini_and_hochberg_by_hand():
    # sorted 0.005 0.01 0.03 0.04, times 4/1 4/2 4/3 4/4: 0.02 0.02 0.04 0.04
    q = false_discovery_q([0.01, 0.04, math.nan, 0.03, 0.005])
    np.testing.assert_allclose(q, [0.02, 0.04, math.nan, 0.04, 0.02])
    assert np.isnan(false_discovery_q([math.nan])).all()
    assert false_discovery_q([]).size == 0


def test_what_cannot_be_correlated_is_nan_and_the_rest_stands():
    rng = np.random.default_rng(3)
    indicators = indicators_of(
        {
            "a": rng.normal(size=9),
            "flat": np.full(9, 0.1),
            "rare": [1.0, 2.0, *[math.nan] * 7],
            "b": rng.normal(size=9),
        }
    )
    table = correlate_indicators(indicators, rng.random((9, 2)))
    figures = table[["pearson", "spearman", "p_naive", "p_spatial", "effective_zones"]]
    whole = (table["first"] == "a") & (table["second"] == "b")
    assert figures[whole].notna().all(axis=None)
    assert figures[~whole].isna().all(axis=None)
    assert table["zones"].tolist() == [9, 2, 9, 2, 9, 2]
    assert correlate_indicators(indicators_of({"a": [1.0, 2.0, 3.0]}), np.eye(3, 2)).empty


@pytest.mark.parametrize(
    "xy_m", [np.zeros((4, 2)), np.zeros((3, 3)), np.array([[0, 0], [1, 1], [2, np.nan]])]
)
def test_every_zone_needs_a_place(xy_m):
    with pytest.raises(ValueError, match="3 zones need"):
        correlate_indicators(indicators_of({"a": [1.0, 2.0, 3.0], "b": [1.0, 3.0, 2.0]}), xy_m)


def test_a_square_is_symmetric_and_in_order(gappy):
    table = correlate_indicators(*gappy)
    square = square_of(table, "spearman", ["d", "a", "c"])
    assert list(square.index) == list(square.columns) == ["d", "a", "c"]
    np.testing.assert_array_equal(square, square.T)
    np.testing.assert_array_equal(np.diag(square), 1)
    values = table.set_index(["first", "second"])["spearman"]
    assert square.loc["d", "a"] == values["a", "d"]
    assert square.loc["a", "c"] == values["a", "c"]
    p = square_of(table, "p_spatial", list("abcd"))
    assert np.isnan(np.diag(p)).all()
    assert p.notna().to_numpy().sum() == 12


@pytest.fixture(scope="module")
def west_midlands():
    """Qualifications, ethnic groups and deprivation of the county's LSOAs 2021, their places and shapes."""
    import geopandas as gpd

    places = pd.read_parquet(ENGLAND / "lookup_lsoa21_ward24_ltla24_region24_england.parquet")
    county = {"Birmingham", "Coventry", "Dudley", "Sandwell", "Solihull", "Walsall", "Wolverhampton"}
    ids = sorted(places.loc[places["ltla24_name"].isin(county), "lsoa21_code"])
    qualifications = pd.read_parquet(ENGLAND / "census2021_ts067_lsoa21_england.parquet")
    qualifications = qualifications.set_index("lsoa21cd").loc[ids].drop(columns="lsoa21nm")
    people = qualifications.pop(qualifications.columns[0])
    groups = pd.read_parquet(ENGLAND / "census2021_ts021_ethnicity5_lsoa21_england.parquet")
    groups = groups.set_index("lsoa21_code").loc[ids]
    deprivation = pd.read_parquet(ENGLAND / "iod2025_lsoa21_england_compact.parquet")
    deprivation = deprivation.set_index("lsoa21_code").loc[ids].filter(like="_score")
    shares = [100 * qualifications.div(people, axis=0), 100 * groups.div(groups.sum(axis=1), axis=0)]
    frame = pd.concat([*shares, deprivation], axis=1).astype(np.float64)
    wholes = dict.fromkeys(qualifications, "highest qualification") | dict.fromkeys(groups, "ethnic group")
    described = tuple(
        Indicator(name, name, wholes.get(name, "deprivation"), "%", "2021", part_of=wholes.get(name, ""))
        for name in frame
    )
    centroids = pd.read_parquet(ENGLAND / "lsoa2021_centroids_england.parquet").set_index("lsoa21cd").loc[ids]
    shapes = gpd.read_parquet(ENGLAND / "lsoa2021_boundaries_simpl40m_england_27700.parquet")
    shapes = shapes.set_index("lsoa21cd").loc[ids].geometry.to_numpy()
    return Indicators(described, frame, ()), centroids[["easting", "northing"]].to_numpy(), shapes


@REAL
@pytest.mark.real
def test_the_west_midlands_say_less_than_their_zones_pretend(west_midlands):
    indicators, xy_m, shapes = west_midlands
    assert len(xy_m) == 1719
    start = time.perf_counter()
    table = correlate_indicators(indicators, xy_m)
    matrix_s = time.perf_counter() - start
    neighbours = touching_zones(shapes)
    moran = autocorrelation_of(indicators, neighbours).set_index("name")
    print(f"{len(indicators.indicators)} indicators, {len(table)} pairs: {matrix_s:.1f} s")
    print(moran.round(3).to_string())
    free = table[~table["same_whole"]]
    naive, spatial = ((free[column] < 0.05).sum() for column in ("p_naive", "q_spatial"))
    print(f"of {len(free)} pairs of different wholes {naive} have a naive p and {spatial} a q under 5 %")
    print(f"effective zones: {free['effective_zones'].describe().round(1).to_dict()}")
    pair = table.set_index(["first", "second"])
    print(pair.xs("imd_score", level="second").to_string())
    assert (table["zones"] == 1719).all()
    assert table["same_whole"].sum() == 7 * 6 // 2 + 5 * 4 // 2
    assert neighbours.by_distance_idx.size == 0
    ethnic = [each.name for each in indicators.indicators if each.part_of == "ethnic group"]
    assert (moran.loc[ethnic, "moran_i"] > 0.5).all()
    assert (moran["p_moran"] == 0.001).all()
    assert (free["p_spatial"] >= free["p_naive"]).all()
    assert free["effective_zones"].median() < 400
    assert spatial < naive
    # people without qualifications live where deprivation is worst, however one counts
    known = pair.loc[("No qualifications", "imd_score")]
    assert known["spearman"] > 0.8
    assert known["q_spatial"] < 0.001
