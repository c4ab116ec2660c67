from __future__ import annotations

import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from ptreach.errors import InputError
from ptreach.sources.areas import COLUMNS, load_areas
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


def make(folder: Path, **tables: pd.DataFrame) -> tuple[AreasRecipe, Path]:
    """Write tables as Parquet and return a recipe of them with its folder."""
    usual = {"boundaries": boundaries(), "centroids": centroids(), "deprivation": deprivation()}
    tables = usual | tables
    (folder / "sources").mkdir(exist_ok=True)
    for kind, table in tables.items():
        table.to_parquet(folder / "sources" / f"{kind}.parquet")
    known = {"title": "T", "publisher": "P", "licence": "L", "attribution": "A", "date": "2019"}
    recipe = {
        "name": "zones",
        "title": "Zones",
        "edition": "LSOA 2011",
        "id_column": "lsoa11cd",
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
    (folder / "sources").mkdir()
    for source in recipe.sources:
        shutil.copyfile(ENGLAND / source.file, folder / "sources" / source.file)
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
    assert frame.drop(columns="geometry").notna().all(axis=None)
    assert frame.is_valid.all()
    assert frame["zone_id"].is_monotonic_increasing
    # The publisher's own count of people in England in mid-2020, and of each tenth of zones.
    assert frame["population"].sum() == 56_550_138
    assert frame["imd_decile"].value_counts().between(3284, 3285).all()
    assert frame.loc[frame["imd_rank"].idxmin(), "zone_id"] == "E01021988"
