"""The measures on the Isle of Wight: R5's travel times, the Indices of Deprivation 2019, people of mid-2020.

Each figure is worked out again from one row a resident, or by geopandas, without the measures' own steps.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from inequality.gini import Gini
from inequality.theil import Theil, TheilD
from scipy.stats import rankdata

from ptreach.measures.concentration import concentration_index
from ptreach.measures.coverage import area_shares
from ptreach.measures.departures import STEP_S, summarise_departures
from ptreach.measures.inequality import gini, summarise_inequality, theil_t, theil_t_between
from ptreach.measures.reach import reach_by_deprivation
from ptreach.measures.tenths import compare_tenths, local_tenths
from ptreach.model import UNREACHED
from r5_answers import H7, REFERENCE, SHARED

ENGLAND = SHARED / "data" / "england"
ORIGIN = "E01017282"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not (REFERENCE.is_dir() and ENGLAND.is_dir()),
        reason=f"R5's answers or England's tables absent: {SHARED}",
    ),
]


@pytest.fixture(scope="module")
def zones():
    """The island's 89 LSOAs with their minutes from one of them, people by age, deprivation and outline."""
    index = pd.read_parquet(ENGLAND / "iod2019_lsoa11_england_compact.parquet")
    frame = index[index["lad19nm"] == "Isle of Wight"].set_index("lsoa11cd")
    ages = pd.read_parquet(ENGLAND / "population_mid2020_single_year_lsoa11_england.parquet")
    ages = ages.set_index("lsoa11_code").loc[frame.index]
    frame["people"] = ages["total_population"].astype(float)
    frame["children"] = ages[[str(age) for age in range(16)]].sum(axis=1).astype(float)
    frame["pensioners"] = ages[[*(str(age) for age in range(66, 90)), "90+"]].sum(axis=1).astype(float)
    answers = pd.read_parquet(REFERENCE / "iow_window120_seconds.parquet")
    seconds = answers[answers["from_id"].astype(str) == ORIGIN].set_index("to_id")["travel_time_p50"]
    frame["minutes"] = seconds.reindex(frame.index) / 60
    outlines = gpd.read_parquet(ENGLAND / "lsoa2011_boundaries_simpl40m_england_27700.parquet")
    outlines = outlines.set_index("lsoa11cd").geometry.loc[frame.index]
    return gpd.GeoDataFrame(frame, geometry=outlines).sort_index()


@pytest.fixture(scope="module")
def residents(zones):
    """One row a resident of a zone that is reached."""
    reached = zones[zones["minutes"].notna()]
    return reached.loc[reached.index.repeat(reached["people"].astype(int))].drop(columns="geometry")


def test_inequality_is_that_of_the_residents_one_by_one(zones, residents):
    assert len(zones) == 89
    minutes = residents["minutes"].to_numpy()
    assert gini(zones["minutes"], zones["people"]) == pytest.approx(Gini(minutes).g, rel=1e-9)
    assert theil_t(zones["minutes"], zones["people"]) == pytest.approx(float(Theil(minutes).T), rel=1e-9)
    rank = rankdata(residents["imd_rank"]) / len(residents)
    covariance = np.cov(minutes, rank, bias=True)[0, 1]
    index = concentration_index(zones["minutes"], zones["people"], zones["imd_rank"])
    assert index == pytest.approx(2 * covariance / minutes.mean(), abs=1e-9)
    print(summarise_inequality(zones["minutes"], zones["people"], zones["imd_rank"]).to_string())


def test_inequality_between_deciles_is_pysals(zones, residents):
    between = theil_t_between(zones["minutes"], zones["people"], zones["imd_decile"])
    oracle = TheilD(residents[["minutes"]].to_numpy(), residents["imd_decile"].to_numpy())
    assert between == pytest.approx(float(oracle.bg[0]), rel=1e-9)


def test_reach_is_that_of_pandas(zones):
    table = reach_by_deprivation(
        zones["minutes"],
        imd_decile=zones["imd_decile"],
        idaci_decile=zones["idaci_decile"],
        people=zones["people"],
        children=zones["children"],
        pensioners=zones["pensioners"],
    )
    for row in table.itertuples():
        members = (
            zones if row.decile == "all" else zones[zones[f"{row.deprivation}_decile"] == int(row.decile)]
        )
        assert row.people == members[row.group].sum()
        assert row.people_within == members.loc[members["minutes"] < row.cutoff_min, row.group].sum()


def test_the_island_has_tenths_of_its_own(zones):
    tenths = local_tenths(zones["imd_rank"], zones["people"])
    shares = zones["people"].groupby(tenths).sum() / zones["people"].sum()
    assert shares.index.tolist() == list(range(1, 11))
    assert shares.between(0.08, 0.12).all()
    compared = compare_tenths(tenths, zones["minutes"], zones["people"], (30, 60)).set_index("measure")
    assert compared.loc["population", "most_deprived"] == zones.loc[tenths == 1, "people"].sum()


def test_departures_are_those_of_pandas():
    minute_by_minute = pd.read_parquet(REFERENCE / "iow_per_minute_seconds.parquet")
    time = next(name for name in minute_by_minute if name.startswith("travel_time"))
    wide = minute_by_minute.pivot_table(
        index=["from_id", "to_id"], columns="minute", values=time, observed=True
    )
    assert wide.columns.tolist() == list(range(120))
    seconds = wide.fillna(UNREACHED).to_numpy().astype(np.uint16)
    table = summarise_departures(seconds, H7, (30,))
    assert table["share_reached"].to_numpy() == pytest.approx(wide.notna().mean(axis=1).to_numpy())
    assert table["share_within_30"].to_numpy() == pytest.approx((wide < 1800).mean(axis=1).to_numpy())
    assert table["best_departure_s"].tolist() == (H7 + STEP_S * wide.idxmin(axis=1)).tolist()
    assert table["best_min"].to_numpy() == pytest.approx(wide.min(axis=1).to_numpy() / 60)
    always = wide.notna().all(axis=1).to_numpy()
    assert table.loc[always, "worst_min"].to_numpy() == pytest.approx(
        wide[always].max(axis=1).to_numpy() / 60
    )
    assert table.loc[~always, "worst_min"].isna().all()


def test_coverage_is_that_of_geopandas(zones):
    centre = zones.geometry.loc[ORIGIN].centroid
    circles = {15: centre.buffer(2_000), 30: centre.buffer(5_000), 45: centre.buffer(15_000)}
    shares = area_shares(zones.geometry, circles)
    for column, circle in enumerate(circles.values()):
        ground = gpd.GeoDataFrame(geometry=[circle], crs=zones.crs)
        common = gpd.overlay(zones[["geometry"]].reset_index(), ground, how="intersection")
        inside_m2 = common.set_index("lsoa11cd").area.reindex(zones.index, fill_value=0)
        assert shares[:, column] == pytest.approx((inside_m2 / zones.area).to_numpy(), abs=1e-9)
