from __future__ import annotations

import re
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from ptreach.errors import InputError
from ptreach.measures.editions import carry
from ptreach.model import no_progress
from ptreach.sources.areas import COLUMNS, load_areas
from ptreach.sources.fetch import fetch_sources
from ptreach.sources.recipe import AreasRecipe, load_areas_recipe

ROOT = Path(__file__).parents[2]
ENGLAND = ROOT / "../shared/data/england"
ISLE_OF_WIGHT_M = (429_328, 75_257, 465_806, 96_642)

# Three zones in a row, each a square of 1 km; the third is Welsh.
CODES = ["E01000001", "E01000002", "W01000003"]
EAST_M = np.array([400_500, 401_500, 402_500])


def boundaries(codes=CODES) -> gpd.GeoDataFrame:
    squares = [shapely.box(x - 500, 290_000, x + 500, 291_000) for x in EAST_M]
    return gpd.GeoDataFrame({"LSOA11CD": codes}, geometry=squares[: len(codes)], crs="EPSG:27700")


def centroids(codes=CODES, east_m=EAST_M) -> pd.DataFrame:
    names = [f"Place {i}" for i in range(1, len(codes) + 1)]
    return pd.DataFrame({"LSOA11CD": codes, "LSOA11NM": names, "x": east_m[: len(codes)], "y": 290_600})


def deprivation(codes=("E01000002", "E01000001")) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "lsoa11cd": codes,
            "lsoa11nm": [f"Table {code[-1]}" for code in codes],
            "lad19cd": "E08000028",
            "lad19nm": "Sandwell",
            "imd_score": 20.5,
            "imd_rank": range(1, len(codes) + 1),
            "imd_decile": 1,
            "idaci_rank": 7,
            "idaci_decile": 1,
            "pop_total_population": 1500,
            "pop_dependent_children_aged_0-15": 300,
        }
    )


def population(codes=CODES) -> pd.DataFrame:
    return pd.DataFrame({"lsoa11cd": codes, "total": 2000.0, **{str(age): 25 for age in range(16)}})


def make(folder: Path, year="11", **tables: pd.DataFrame | None) -> tuple[AreasRecipe, Path]:
    """Write tables as Parquet and return a recipe of them with its folder; None leaves a usual one out."""
    usual = {"boundaries": boundaries(), "centroids": centroids(), "deprivation": deprivation()}
    tables = {kind: table for kind, table in (usual | tables).items() if table is not None}
    (folder / "sources").mkdir(exist_ok=True)
    for kind, table in tables.items():
        table.to_parquet(folder / "sources" / f"{kind}.parquet")
    known = {"title": "T", "publisher": "P", "licence": "L", "attribution": "A", "date": "2019"}
    recipe = {
        "name": "zones",
        "title": "Zones",
        "edition": f"LSOA 20{year}",
        "id_column": f"lsoa{year}cd",
        "deprivation_title": "IoD 2019",
        "population_title": "mid-2020",
        "sources": [{"kind": kind, "file": f"{kind}.parquet", **known} for kind in tables],
    }
    return AreasRecipe.model_validate(recipe), folder


def test_zones_are_joined_by_code_in_order(tmp_path):
    areas = load_areas(*make(tmp_path))
    assert tuple(areas.frame.columns) == COLUMNS
    assert areas.frame["zone_id"].tolist() == ["E01000001", "E01000002"]
    assert areas.frame.crs.to_epsg() == 27700
    first = areas.frame.iloc[0]
    assert (first["zone_name"], first["district_name"], first["imd_rank"]) == ("Table 1", "Sandwell", 2)
    # Without a table of population, the denominators of the index are taken.
    assert (first["population"], first["children"]) == (1500, 300)
    assert first.geometry.equals(shapely.box(400_000, 290_000, 401_000, 291_000))
    place = gpd.GeoSeries(gpd.points_from_xy([first["lon"]], [first["lat"]]), crs="EPSG:4326").to_crs(
        "EPSG:27700"
    )
    assert place[0].distance(shapely.Point(400_500, 290_600)) < 0.01
    assert (areas.edition, areas.id_column, areas.made_up) == ("LSOA 2011", "lsoa11cd", False)
    assert [record.kind for record in areas.sources] == ["boundaries", "centroids", "deprivation"]


def test_a_table_of_population_comes_before_the_denominators(tmp_path):
    frame = load_areas(*make(tmp_path, population=population())).frame
    assert frame[["population", "children"]].to_numpy().tolist() == [[2000, 400], [2000, 400]]


def test_people_by_age_are_of_the_table_of_population(tmp_path):
    bands = pd.DataFrame({"lsoa11cd": CODES, "0-15": 400, "16-64": 900, "65+": 300})
    areas = load_areas(*make(tmp_path, population=bands))
    people = areas.frame[["population", "children", "working_age", "pensioners", "population_iod"]]
    assert people.iloc[0].tolist() == [1600, 400, 900, 300, 1500]
    assert areas.pensioners_from == 65


def test_without_ages_pensioners_are_those_of_60_that_deprivation_counts(tmp_path):
    older = deprivation().assign(pop_older_population_aged_60_and_over=[210, 220])
    for tables in ({}, {"population": population()}):
        areas = load_areas(*make(tmp_path, deprivation=older, **tables))
        assert areas.frame["pensioners"].tolist() == [220, 210]  # E01000002 stands first in the table
        assert areas.pensioners_from == 60
    areas = load_areas(*make(tmp_path))
    assert areas.pensioners_from is None
    assert areas.frame[["pensioners", "working_age"]].isna().all(axis=None)


def lookup(codes=CODES, **columns) -> pd.DataFrame:
    known = {"lsoa11cd": codes, "WD24NM": "Ladgate", "LAD24CD": "E06000002", "LAD24NM": "Middlesbrough"}
    return pd.DataFrame(known | columns)


def districts(**columns) -> gpd.GeoDataFrame:
    known = {"LAD24CD": ["E08000028", "E06000002"], "LAD24NM": ["Sandwell", "Middlesbrough"]}
    known |= {"RGN24CD": ["E12000005", "E12000001"], "RGN24NM": ["West Midlands", "North East"]}
    squares = [shapely.box(400_000, 290_000, 403_000, 291_000), shapely.box(0, 0, 1000, 1000)]
    return gpd.GeoDataFrame(known | columns, geometry=squares, crs="EPSG:27700")


def test_wards_and_regions_come_from_the_lookup_districts_from_deprivation(tmp_path):
    regions = {"RGN24CD": "E12000001", "RGN24NM": "North East"}
    frame = load_areas(*make(tmp_path, lookup=lookup(**regions))).frame
    row = frame.iloc[0]
    assert row["ward_name":"region_name"].tolist() == [
        "Ladgate",
        "E08000028",
        "Sandwell",
        "E12000001",
        "North East",
    ]
    bare = deprivation().drop(columns=["lad19cd", "lad19nm"])
    row = load_areas(*make(tmp_path, lookup=lookup(), deprivation=bare)).frame.iloc[0]
    assert row[["district_code", "district_name"]].tolist() == ["E06000002", "Middlesbrough"]


def test_regions_are_those_of_districts_where_the_lookup_has_none(tmp_path):
    areas = load_areas(*make(tmp_path, lookup=lookup(), districts=districts()))
    assert areas.frame["region_name"].tolist() == ["West Midlands"] * 2
    # All districts, sorted, whatever zones are in view.
    assert areas.districts["district_code"].tolist() == ["E06000002", "E08000028"]
    assert areas.districts.columns.tolist() == [
        *("district_code", "district_name", "region_code", "region_name", "geometry")
    ]
    assert areas.regions is None


def test_districts_of_countries_without_deprivation_are_left_out_and_counted(tmp_path, caplog):
    caplog.set_level("INFO", "ptreach")
    whole = districts(LAD24CD=["E08000028", "W06000015"])
    areas = load_areas(*make(tmp_path, districts=whole))
    assert areas.districts["district_code"].tolist() == ["E08000028"]
    assert "1 districts of countries without deprivation are left out" in caplog.text


def test_regions_and_the_publishers_summaries(tmp_path):
    regions = districts().rename(columns=str.lower)[["rgn24cd", "rgn24nm", "geometry"]]
    summaries = pd.DataFrame(
        {
            "area_code": ["E2", "E1"],
            "area_name": ["B", "A"],
            "index_domain": "Income Deprivation Affecting Children",
            "average_score": [0.2, 0.5],
        }
    )
    areas = load_areas(*make(tmp_path, regions=regions, district_deprivation=summaries))
    assert areas.regions["region_name"].tolist() == ["North East", "West Midlands"]
    table = areas.district_deprivation.set_index("district_code")
    assert table["idaci_average_score"].to_dict() == {"E1": 0.5, "E2": 0.2}


def test_a_zone_that_the_lookup_lacks_is_counted(tmp_path, caplog):
    frame = load_areas(*make(tmp_path, lookup=lookup(CODES[1:2]))).frame
    assert frame["ward_name"].isna().tolist() == [True, False]
    assert "1 zones without a row in the lookup, such as E01000001" in caplog.text


def test_a_table_of_other_zones_is_refused(tmp_path):
    alien = {"lsoa11cd": ["E01009999"], "0-15": 1, "16+": 2}
    with pytest.raises(
        InputError, match=r"population\.parquet: not one of its 1 codes, such as E01009999, is a z"
    ):
        load_areas(*make(tmp_path, population=pd.DataFrame(alien)))
    with pytest.raises(InputError, match=r"lookup\.parquet: not one of its 1 codes"):
        load_areas(*make(tmp_path, lookup=lookup(["E01009999"])))
    with pytest.raises(InputError, match=r"deprivation\.parquet: not one of its 2 codes"):
        load_areas(*make(tmp_path, deprivation=deprivation(["E01009998", "E01009999"])))


def test_zones_without_centroids_have_a_point_within_and_say_so(tmp_path):
    # Of a horseshoe the middle is outside.
    bent = shapely.difference(
        shapely.box(400_000, 290_000, 401_000, 291_000), shapely.box(400_200, 290_200, 400_800, 291_000)
    )
    shapes = boundaries().assign(geometry=[bent, *boundaries().geometry[1:]], LSOA11NM=["A", "B", "C"])
    areas = load_areas(*make(tmp_path, boundaries=shapes, centroids=None))
    places = gpd.GeoSeries.from_xy(areas.frame["lon"], areas.frame["lat"], crs="EPSG:4326").to_crs(
        "EPSG:27700"
    )
    assert areas.frame.geometry.contains(places).all()
    assert areas.point == "representative point of the polygon"
    assert "no population-weighted centroids" in areas.notes[0]
    assert load_areas(*make(tmp_path)).point == "population-weighted centroid"


def test_the_codes_may_not_be_called_as_another_column(tmp_path):
    recipe, folder = make(tmp_path)
    with pytest.raises(InputError, match=r"'Population' is the name of another column"):
        load_areas(recipe.model_copy(update={"id_column": "Population"}), folder)


# The first zone is unchanged, the second was split; of 2021 the new ones have higher codes.
NEW_CODES = ["E01000001", "E01033769", "E01033770"]


def of_2021(table: pd.DataFrame) -> pd.DataFrame:
    return table.rename(columns=lambda name: name.replace("11", "21"))


def pairs() -> pd.DataFrame:
    old = ["E01000001", "E01000002", "E01000002"]
    return pd.DataFrame({"LSOA11CD": old, "LSOA21CD": NEW_CODES, "CHGIND": ["U", "S", "S"]})


def in_2021(**tables):
    """Zones of 2021 with tables that are of 2011, unless told otherwise."""
    usual = {"boundaries": of_2021(boundaries(NEW_CODES)), "centroids": of_2021(centroids(NEW_CODES))}
    bands = {"lsoa21cd": NEW_CODES, "0-15": [30, 100, 300], "16+": [70, 200, 300]}
    return {"year": "21", "population": pd.DataFrame(bands), **usual} | tables


@pytest.mark.parametrize("mislabelled", [False, True])
def test_tables_of_the_other_edition_are_refused_whatever_their_header(tmp_path, mislabelled):
    """Under the header of 2021, codes that both editions have would join, and the others be missing."""
    table = of_2021(deprivation()) if mislabelled else deprivation()
    with pytest.raises(InputError, match=r"deprivation\.parquet: holds zones of LSOA 2011") as caught:
        load_areas(*make(tmp_path, **in_2021(deprivation=table)), carry=carry)
    assert "2021" in caught.value.what or "lsoa21cd" in caught.value.what
    assert "add the lookup from LSOA 2011 to 2021 to the recipe, as kind editions" in caught.value.remedy


@pytest.mark.parametrize("mislabelled", [False, True])
def test_deprivation_of_the_other_edition_is_carried_where_the_recipe_has_the_lookup(
    tmp_path, mislabelled, caplog
):
    table = deprivation().assign(imd_score=[40.5, 20.5])  # of E01000002, E01000001
    table = of_2021(table) if mislabelled else table
    made = make(tmp_path, **in_2021(deprivation=table, editions=pairs()))
    areas = load_areas(*made, carry=carry)
    frame = areas.frame.set_index("zone_id")
    assert frame.index.tolist() == NEW_CODES
    assert frame["imd_score"].tolist() == [20.5, 40.5, 40.5]
    assert frame["imd_rank"].tolist() == [2, 1, 1]
    # 1,500 people as 300 to 600.
    assert frame["population_iod"].tolist() == [1500, 500, 1000]
    assert frame["district_name"].tolist() == ["Sandwell"] * 3
    # A name of the old zone is not the new one's.
    assert frame["zone_name"].tolist() == ["Place 1", "Place 2", "Place 3"]
    note = "deprivation.parquet is of the other edition of zones and was carried over: 2 part of a zone"
    assert areas.notes[0].startswith(note)
    assert note in caplog.text


def test_without_somebody_to_carry_a_table_it_is_refused(tmp_path):
    made = make(tmp_path, **in_2021(editions=pairs()))
    with pytest.raises(InputError, match="holds zones of LSOA 2011"):
        load_areas(*made)


def test_population_of_the_other_edition_is_carried_too(tmp_path):
    people = pd.DataFrame({"lsoa11cd": CODES[:2], "0-15": [30, 100], "16-64": [70, 300], "65+": [5, 60]})
    table = of_2021(deprivation(NEW_CODES))
    made = make(tmp_path, **in_2021(population=people, deprivation=table, editions=pairs()))
    areas = load_areas(*made, carry=carry)
    assert areas.frame["children"].tolist() == [30, 50, 50]
    assert areas.frame["population"].tolist() == [105, 230, 230]
    assert "Parts of a zone that was split are taken to have the same number of people." in areas.notes


@pytest.mark.parametrize("kind", ["boundaries", "centroids", "lookup"])
def test_places_of_the_other_edition_are_never_carried(tmp_path, kind):
    old = {"boundaries": boundaries(), "centroids": centroids(), "lookup": lookup()}[kind]
    made = make(
        tmp_path,
        **in_2021(**{"editions": pairs(), "deprivation": of_2021(deprivation(NEW_CODES)), kind: old}),
    )
    with pytest.raises(InputError, match=rf"{kind}\.parquet: holds zones of LSOA 2011"):
        load_areas(*made, carry=carry)


def test_zones_need_no_tables_of_indicators(tmp_path):
    recipe, folder = make(tmp_path)
    more = recipe.sources[0].model_copy(update={"kind": "indicators", "file": "later.zip"})
    recipe = recipe.model_copy(update={"sources": (*recipe.sources, more)})
    assert [record.kind for record in load_areas(recipe, folder).sources] == [
        "boundaries",
        "centroids",
        "deprivation",
    ]


def test_a_box_takes_the_zones_that_meet_it(tmp_path):
    recipe, folder = make(tmp_path)
    all_zones = load_areas(recipe, folder).frame
    some = load_areas(recipe, folder, bounds_m=(400_000, 290_000, 400_900, 290_100)).frame
    assert some["zone_id"].tolist() == ["E01000001"]
    pd.testing.assert_frame_equal(pd.DataFrame(some), pd.DataFrame(all_zones.iloc[:1]))
    none = load_areas(recipe, folder, bounds_m=(0, 0, 1, 1)).frame
    assert (len(none), tuple(none.columns)) == (0, COLUMNS)


def test_zones_of_a_country_without_deprivation_are_left_out_and_counted(tmp_path, caplog):
    caplog.set_level("INFO", "ptreach")
    assert len(load_areas(*make(tmp_path)).frame) == 2
    assert "1 boundaries of countries without deprivation are left out" in caplog.text
    assert "1 centroids of countries without deprivation are left out" in caplog.text


def test_zones_of_ones_own_are_of_no_country(tmp_path):
    codes = ["A", "B", "C"]
    tables = make(
        tmp_path,
        boundaries=boundaries(codes),
        centroids=centroids(codes),
        deprivation=deprivation(codes[:2]),
    )
    frame = load_areas(*tables).frame
    assert frame["zone_id"].tolist() == codes
    assert frame["imd_rank"].isna().tolist() == [False, False, True]


def test_a_zone_without_deprivation_keeps_its_place_and_is_counted(tmp_path, caplog):
    frame = load_areas(*make(tmp_path, deprivation=deprivation(["E01000002"]))).frame
    first = frame.iloc[0]
    assert first["zone_name"] == "Place 1"
    assert first[["district_code", "imd_score", "imd_decile", "population"]].isna().all()
    assert "1 zones without a row of deprivation, such as E01000001" in caplog.text


def test_a_zone_without_population_is_counted(tmp_path, caplog):
    frame = load_areas(*make(tmp_path, population=population(["E01000002"]))).frame
    assert frame["population"].isna().tolist() == [True, False]
    assert "1 zones without a row of population, such as E01000001" in caplog.text


def test_a_centroid_without_polygon_is_left_out_and_counted(tmp_path, caplog):
    frame = load_areas(*make(tmp_path, boundaries=boundaries(CODES[:1]))).frame
    assert frame["zone_id"].tolist() == ["E01000001"]
    assert "1 zones left out: no polygon, such as E01000002" in caplog.text


def test_a_zone_without_centroid_is_refused(tmp_path):
    tables = make(tmp_path, centroids=centroids(["E01000001"]))
    with pytest.raises(
        InputError, match=r"centroids\.parquet: 1 of 2 zones have no centroid, such as E01000002"
    ):
        load_areas(*tables)


@pytest.mark.parametrize("offset_m", [2_600, -2_600])
def test_a_centroid_far_from_its_polygon_is_refused(tmp_path, offset_m):
    tables = make(tmp_path, centroids=centroids(east_m=EAST_M + np.array([0, offset_m, 0])))
    # Squares reach 500 m from their middle.
    with pytest.raises(InputError, match=r"1 of 2 centroids lie far .* such as E01000002 by 2\.1 km"):
        load_areas(*tables)
    near = make(tmp_path, centroids=centroids(east_m=EAST_M + np.array([0, offset_m * 0.9, 0])))
    assert len(load_areas(*near).frame) == 2


def test_tables_of_two_editions_are_never_joined(tmp_path):
    tables = make(tmp_path, deprivation=deprivation().rename(columns={"lsoa11cd": "lsoa21cd"}))
    with pytest.raises(InputError, match=r"deprivation\.parquet: holds zones of LSOA 2021"):
        load_areas(*tables)


def test_boundaries_of_another_country_are_refused(tmp_path):
    codes = ["S01000001", "S01000002", "S01000003"]
    with pytest.raises(InputError, match="no zone is of a country that the deprivation table covers"):
        load_areas(*make(tmp_path, boundaries=boundaries(codes), centroids=centroids(codes)))


def test_no_population_at_all_is_refused(tmp_path):
    bare = deprivation().drop(columns=["pop_total_population", "pop_dependent_children_aged_0-15"])
    with pytest.raises(InputError, match="Add a source of kind population"):
        load_areas(*make(tmp_path, deprivation=bare))
    assert len(load_areas(*make(tmp_path, deprivation=bare, population=population())).frame) == 2


def test_a_missing_file_is_asked_for(tmp_path):
    recipe, folder = make(tmp_path)
    (folder / "sources/centroids.parquet").unlink()
    with pytest.raises(InputError, match="Run ptreach fetch zones"):
        load_areas(recipe, folder)


@pytest.fixture(scope="module")
def england(tmp_path_factory):
    if not ENGLAND.is_dir():
        pytest.skip("../shared is absent")
    folder = tmp_path_factory.mktemp("england")
    recipe = load_areas_recipe("england-lsoa-2011", ROOT)
    fetch_sources(recipe, folder, mirror=ENGLAND, progress=no_progress)
    return recipe, folder


@pytest.mark.real
def test_the_isle_of_wight_has_89_zones_and_their_cells_are_those_of_the_tables(england):
    frame = load_areas(*england, bounds_m=ISLE_OF_WIGHT_M).frame
    island = frame[frame["district_name"] == "Isle of Wight"].set_index("zone_id")
    assert len(island) == 89
    table = pd.read_parquet(ENGLAND / "iod2019_lsoa11_england_compact.parquet").set_index("lsoa11cd")
    assert sorted(island.index) == sorted(table.index[table["lad19nm"] == "Isle of Wight"])
    columns = ["imd_score", "imd_rank", "imd_decile", "idaci_rank", "idaci_decile"]
    np.testing.assert_array_equal(island[columns], table.loc[island.index, columns])
    assert (island["zone_name"] == table.loc[island.index, "lsoa11nm"]).all()
    people = pd.read_parquet(ENGLAND / "population_mid2020_single_year_lsoa11_england.parquet")
    people = people.set_index("lsoa11_code").loc[island.index]
    np.testing.assert_array_equal(island["population"], people["total_population"])
    np.testing.assert_array_equal(island["children"], people[[str(age) for age in range(16)]].sum(axis=1))
    places = pd.read_parquet(ENGLAND / "lsoa2011_pwc_england.parquet").set_index("lsoa11cd").loc[island.index]
    np.testing.assert_array_equal(island[["lon", "lat"]], places[["lon", "lat"]])
    # Centroids that are weighted by people may lie outside a bent zone, but not far.
    away_m = island.distance(gpd.GeoSeries.from_xy(places["easting"], places["northing"], crs="EPSG:27700"))
    assert (away_m > 0).sum() <= 5
    assert away_m.max() < 200


@pytest.mark.real
def test_all_of_england(england):
    frame = load_areas(*england).frame
    assert len(frame) == 32_844
    absent = ["ward_name", "idaci_score"]  # which no table of 2011 has
    assert frame[absent].isna().all(axis=None)
    assert frame.drop(columns=["geometry", *absent]).notna().all(axis=None)
    assert frame.is_valid.all()
    assert frame["zone_id"].is_monotonic_increasing
    # The publisher's own count of people in England in mid-2020, and of each tenth of zones.
    assert frame["population"].sum() == 56_550_138
    assert frame["imd_decile"].value_counts().between(3284, 3285).all()
    assert frame.loc[frame["imd_rank"].idxmin(), "zone_id"] == "E01021988"


@pytest.fixture(scope="module")
def england_2021(tmp_path_factory):
    if not ENGLAND.is_dir():
        pytest.skip("../shared is absent")
    folder = tmp_path_factory.mktemp("england-2021")
    recipe = load_areas_recipe("england-lsoa-2021", ROOT)
    fetch_sources(recipe, folder, mirror=ENGLAND, progress=no_progress)
    return load_areas(recipe, folder, carry=carry)


@pytest.mark.real
def test_all_of_england_in_2021(england_2021):
    frame = england_2021.frame.set_index("zone_id")
    assert len(frame) == 33_755
    # What no table of this edition has by zone.
    absent = ["population_iod", "children_iod", "idaci_score", "idaci_rank", "idaci_decile"]
    assert frame[absent].isna().all(axis=None)
    assert frame.drop(columns=["geometry", *absent]).notna().all(axis=None)
    assert frame.is_valid.all()
    assert frame["imd_decile"].value_counts().between(3375, 3376).all()
    assert frame["imd_rank"].idxmin() == "E01021988"
    assert frame.loc["E01021988", "imd_score"] == 94.223
    assert (frame["district_name"] == "Sandwell").sum() == 190
    # The Census counted 56,490,048 people in England; cells are disturbed, so that sums are near it.
    assert frame["population"].sum() == pytest.approx(56_490_048, rel=1e-4)
    groups = frame[["children", "working_age", "pensioners"]].sum(axis=1)
    assert (groups == frame["population"]).all()
    assert england_2021.pensioners_from == 65
    assert england_2021.notes == ()


@pytest.mark.real
def test_the_publishers_averages_of_districts_stand_beside_the_zones(england_2021):
    table = england_2021.district_deprivation.set_index("district_name")
    assert table.loc["Sandwell", ["imd_average_score", "idaci_average_score"]].tolist() == [33.772, 0.544]
    zones = england_2021.frame
    assert (
        set(zones["district_code"])
        == set(table["district_code"])
        == set(england_2021.districts["district_code"])
    )
    assert set(zones["region_code"]) == set(england_2021.regions["region_code"])
    # Each point lies in the district that it is said to, but for those by a border that was simplified.
    places = gpd.GeoSeries.from_xy(zones["lon"], zones["lat"], crs="EPSG:4326").to_crs("EPSG:27700")
    shapes = england_2021.districts.set_index("district_code").geometry.reindex(zones["district_code"])
    away_m = shapely.distance(shapes.to_numpy(), places.to_numpy())
    assert (away_m > 0).mean() < 0.005
    assert away_m.max() < 600


@pytest.mark.real
def test_of_centroids_whose_degrees_and_metres_differ_the_metres_are_right():
    """The table of 2021 has both; the polygons say which to believe."""
    path = ENGLAND / "lsoa2021_centroids_england.parquet"
    if not path.is_file():
        pytest.skip("../shared is absent")
    table = pd.read_parquet(path).set_index("lsoa21cd")
    shapes = gpd.read_parquet(ENGLAND / "lsoa2021_boundaries_simpl40m_england_27700.parquet")
    shapes = shapes.set_index("lsoa21cd").geometry.loc[table.index].to_numpy()
    metres = shapely.points(table["easting"], table["northing"])
    degrees = gpd.GeoSeries.from_xy(table["lon"].fillna(0), table["lat"].fillna(0), crs="EPSG:4326")
    degrees = degrees.to_crs("EPSG:27700").to_numpy()
    apart = shapely.distance(metres, degrees) > 5
    assert apart.sum() == 12_329
    assert table["lat"].isna().sum() == 582
    # All but one in ninety of the metres lie within their zone, and none of the degrees.
    assert shapely.contains(shapes[apart], metres[apart]).mean() > 0.985
    assert not shapely.contains(shapes[apart], degrees[apart]).any()
    assert shapely.distance(shapes[apart], metres[apart]).max() < 250
    # What the recipe says of where the points come from.
    assert table["method"].value_counts().to_dict() == {
        "pwc2011_unchanged": 30_103,
        "codepoint_mean": 1_838,
        "pwc2021_official": 1_814,
    }
    assert not apart[(table["method"] == "pwc2021_official").to_numpy()].any()
    old = pd.read_parquet(ENGLAND / "lsoa2011_pwc_england.parquet").set_index("lsoa11cd")
    same = table.index[table["method"] == "pwc2011_unchanged"]
    np.testing.assert_array_equal(
        table.loc[same, ["easting", "northing"]], old.loc[same, ["easting", "northing"]].to_numpy()
    )


@pytest.mark.real
def test_indices_of_2019_on_zones_of_2021(england_2021, tmp_path):
    """The recipe of 2021 with the table of 2019 in it, under its own name."""
    recipe = load_areas_recipe("england-lsoa-2021", ROOT)
    old = load_areas_recipe("england-lsoa-2011", ROOT).source("deprivation")
    kept = tuple(s for s in recipe.sources if s.kind != "deprivation")
    mixed = recipe.model_copy(update={"sources": (*kept, old)})
    fetch_sources(mixed, tmp_path, mirror=ENGLAND, progress=no_progress)
    areas = load_areas(mixed, tmp_path, carry=carry)
    frame = areas.frame.set_index("zone_id")
    told = {"31,810 unchanged", "97 made", "1,842 part", "6 redrawn"}
    assert told <= set(re.findall(r"\d[\d,]* \w+", areas.notes[0]))
    assert frame["imd_score"].isna().sum() == 6
    assert frame["imd_decile"].isna().sum() == 97 + 6
    # As nearly all zones are unchanged, 2019 and 2025 rank them much alike.
    both = frame["imd_score"].rank().corr(england_2021.frame.set_index("zone_id")["imd_score"].rank())
    assert both > 0.95
