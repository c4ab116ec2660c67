import numpy as np
import pytest
import shapely

from ptreach.sources.demo.deprivation import decile_of, deprivation_table, rank_of
from ptreach.sources.demo.plan import make_plan
from ptreach.sources.demo.streets import make_streets
from ptreach.sources.demo.zones import KINDS, make_zones

SCORE = "Index of Multiple Deprivation (IMD) Score"
RANK = "Index of Multiple Deprivation (IMD) Rank (where 1 is most deprived)"
DECILE = "Index of Multiple Deprivation (IMD) Decile (where 1 is most deprived 10% of LSOAs)"
IDACI_RANK = "Income Deprivation Affecting Children Index (IDACI) Rank (where 1 is most deprived)"


@pytest.fixture(scope="module")
def plan():
    return make_plan()


@pytest.fixture(scope="module")
def zones(plan):
    return make_zones(plan, make_streets(plan))


@pytest.fixture(scope="module")
def table(zones):
    return deprivation_table(zones)


def test_zones_tile_the_district_without_overlap(plan, zones):
    assert shapely.is_valid(zones.polygons).all()
    whole = shapely.union_all(zones.polygons)
    assert shapely.area(zones.polygons).sum() == pytest.approx(whole.area, rel=1e-9)
    # The edge is drawn on a half-metre lattice.
    assert whole.symmetric_difference(plan.district).area < 40_000 * 0.5
    assert not shapely.get_parts(whole)[0].interiors
    assert shapely.coverage_is_valid(zones.polygons)


def test_each_zone_is_one_piece_with_its_centroid_inside(zones):
    assert {polygon.geom_type for polygon in zones.polygons} == {"Polygon"}
    assert shapely.contains(zones.polygons, shapely.points(zones.centroids)).all()


def test_as_many_people_in_each_as_lsoas_have(zones):
    assert len(zones.codes) == 120
    assert zones.population.min() >= 1_000
    assert zones.population.max() <= 3_000


def test_no_zone_straddles_river_or_railway(plan, zones):
    for wall in (plan.river_line, plan.rail):
        inside = shapely.length(shapely.intersection(shapely.buffer(zones.polygons, -3.0), wall))
        assert inside.max() == 0


def test_names_are_unique_and_codes_ascend(zones):
    assert len(set(zones.names)) == 120
    assert list(zones.codes) == sorted(zones.codes)
    assert zones.codes[0] == "X01000001"
    assert zones.codes[-1] == "X01000120"
    assert set(zones.districts) == {"Averbridge", "Averdale"}
    assert zones.districts.count("Averdale") == 6  # one for each village


def test_table_has_the_57_columns_of_file_7(table):
    assert table.shape == (120, 57)
    assert list(table.columns[:7]) == [
        "LSOA code (2011)", "LSOA name (2011)", "Local Authority District code (2019)",
        "Local Authority District name (2019)", SCORE, RANK, DECILE,
    ]  # fmt: skip
    assert table.columns[49] == "Outdoors Sub-domain Score"
    assert table.columns[56].endswith("(excluding prisoners) ")


def test_twelve_zones_in_each_decile_rank_1_to_12_in_the_first(table):
    for rank, decile in zip(table.columns[5:52:3], table.columns[6:52:3], strict=True):
        assert sorted(table[rank]) == list(range(1, 121))
        assert table.groupby(decile)[rank].agg(["min", "max"]).to_numpy().tolist() == [
            [12 * d + 1, 12 * d + 12] for d in range(10)
        ]
    ordered = table.sort_values(RANK)[SCORE]
    assert ordered.is_monotonic_decreasing
    assert ordered.is_unique


def test_deciles_of_a_number_that_ten_does_not_divide():
    # 14 zones: 1.4 to a tenth, so ranks 1 | 2 | 3, 4 | 5 | 6, 7 | 8 | 9 | 10, 11 | 12 | 13, 14.
    assert decile_of(np.arange(1, 15)).tolist() == [1, 2, 3, 3, 4, 5, 5, 6, 7, 8, 8, 9, 10, 10]


def test_ranks_count_from_the_highest_score():
    assert rank_of(np.array([2.0, 9.0, 2.0, 5.0])).tolist() == [3, 1, 4, 2]


def test_estates_on_the_edge_are_poorer_than_the_ring_about_the_centre(zones, table):
    far_m = np.hypot(*zones.centroids.T)
    kind = np.argmax(zones.share, axis=1)
    estates = (kind == KINDS.index("estate")) & (far_m > 2_000)
    ring = (far_m > 600) & (far_m < 1_700)
    assert estates.sum() >= 12
    assert ring.sum() >= 12
    score = table[SCORE].to_numpy()
    assert score[estates].mean() > score[ring].mean() + 10


def test_idaci_goes_with_imd_but_is_not_the_same(table):
    together = np.corrcoef(table[RANK], table[IDACI_RANK])[0, 1]
    assert 0.6 < together < 0.97


def test_populations_add_up(table):
    total, children, adults, older, working = (table[name] for name in table.columns[52:57])
    assert (children + adults + older == total).all()
    assert (working < total - children).all()
    assert 0.15 < children.sum() / total.sum() < 0.22
