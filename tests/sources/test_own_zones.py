"""Zones of somebody's own: no codes of any office, another coordinate system, another index."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from ptreach.errors import InputError
from ptreach.sources.areas import load_areas
from ptreach.sources.recipe import load_areas_recipe

# Neu-Ellern, a made-up town on the Neckar: 24 quarters of 500 m in UTM zone 32, in four rows.
WEST_M, SOUTH_M, SIDE_M = 460_000, 5_480_000, 500
IDS = [f"NE-{number:02d}" for number in range(1, 25)]

RECIPE = """
title = "Quarters of Neu-Ellern"
edition = "Quarters 2024"
id_column = "Viertel_Nr"
deprivation_title = "Index of need of Neu-Ellern, 2024"
population_title = "register of residents, 2024"
made_up = true
"""
SOURCE = """
[[sources]]
kind = "{kind}"
file = "{file}"
title = "T"
publisher = "Neu-Ellern"
licence = "none"
attribution = "made up"
date = "2024"
{more}
"""
TABLES = {
    "boundaries": ("Viertel.gpkg", 'headers = {zone_name = "Name"}'),
    "deprivation": (
        "Sozialindex.csv",
        'headers = {zone_id = "Nr.", imd_rank = "Rang", imd_score = "Wert", district_name = "Stadtteil"}',
    ),
    "population": (
        "Einwohner.csv",
        'headers = {zone_id = "Quarter no", population = "Einwohner", pensioners = "Senioren"}',
    ),
}


def quarters() -> gpd.GeoDataFrame:
    corners = [(WEST_M + SIDE_M * (i % 6), SOUTH_M + SIDE_M * (i // 6)) for i in range(24)]
    squares = [shapely.box(x, y, x + SIDE_M, y + SIDE_M) for x, y in corners]
    names = [f"Viertel {number}" for number in range(1, 25)]
    return gpd.GeoDataFrame({"Viertel_Nr": IDS, "Name": names}, geometry=squares, crs="EPSG:25832")


def need() -> pd.DataFrame:
    """Rank 1, the highest score, is the last quarter's."""
    ranks = list(range(24, 0, -1))
    score = [f"{(30 - rank) / 10:.1f}".replace(".", ",") for rank in ranks]
    return pd.DataFrame({"Nr.": IDS, "Rang": ranks, "Wert": score, "Stadtteil": "Nord"})


def residents() -> pd.DataFrame:
    return pd.DataFrame({"Quarter no": IDS, "Einwohner": range(101, 125), "Senioren": 10})


def write(home, shapes=None, deprivation=None, people=None, tables=TABLES):
    folder = home / "networks/neu-ellern"
    sources = folder / "sources"
    sources.mkdir(parents=True)
    (quarters() if shapes is None else shapes).to_file(sources / "Viertel.gpkg")
    frame = need() if deprivation is None else deprivation
    frame.to_csv(sources / "Sozialindex.csv", sep=";", index=False)
    (residents() if people is None else people).to_csv(sources / "Einwohner.csv", sep=";", index=False)
    text = RECIPE + "".join(
        SOURCE.format(kind=kind, file=file, more=more) for kind, (file, more) in tables.items()
    )
    (folder / "areas.toml").write_text(text, encoding="utf-8")
    return load_areas_recipe("neu-ellern", home), folder


def test_a_town_of_ones_own_in_another_coordinate_system(tmp_path):
    areas = load_areas(*write(tmp_path))
    frame = areas.frame
    assert frame["zone_id"].tolist() == IDS
    assert areas.id_column == "Viertel_Nr"
    assert frame["zone_name"].tolist()[:2] == ["Viertel 1", "Viertel 2"]
    assert frame["district_name"].unique().tolist() == ["Nord"]
    assert frame["imd_rank"].tolist() == list(range(24, 0, -1))
    assert frame["imd_score"].tolist()[:2] == [0.6, 0.7]
    # 24 ranks in tenths: 2.4 each.
    assert frame["imd_decile"].tolist()[-5:] == [3, 2, 2, 1, 1]
    assert frame["population"].tolist() == list(range(101, 125))
    assert (frame["pensioners"].unique().tolist(), areas.pensioners_from) == ([10], 65)
    assert frame[["district_code", "region_name", "idaci_score", "children"]].isna().all(axis=None)
    assert areas.made_up
    # The points are within the squares, as the town's own system has them.
    places = gpd.GeoSeries.from_xy(frame["lon"], frame["lat"], crs="EPSG:4326").to_crs("EPSG:25832")
    assert shapely.contains(quarters().geometry.to_numpy(), places.to_numpy()).all()
    assert areas.point == "representative point of the polygon"
    assert frame.crs.to_epsg() == 27700


def test_centroids_of_ones_own(tmp_path):
    tables = TABLES | {"centroids": ("Punkte.csv", 'headers = {lon = "Länge", lat = "Breite"}')}
    recipe, folder = write(tmp_path, tables=tables)
    middles = quarters().centroid.to_crs("EPSG:4326")
    points = pd.DataFrame({"viertel_nr": IDS, "Länge": middles.x, "Breite": middles.y})
    points.to_csv(folder / "sources/Punkte.csv", index=False, encoding="utf-8")
    areas = load_areas(recipe, folder)
    np.testing.assert_allclose(areas.frame["lon"], middles.x)
    assert areas.point == "population-weighted centroid"


def test_scottish_data_zones(tmp_path):
    """The Scottish index has ranks and deciles, and codes of its own country."""
    codes = [f"S010065{number:02d}" for number in range(6, 30)]
    shapes = quarters().assign(Viertel_Nr=codes)
    simd = pd.DataFrame(
        {
            "Data_Zone": codes,
            "Intermediate_Zone": "Culter",
            "Council_area": "Aberdeen City",
            "Total_population": 894,
            "SIMD2020v2_Rank": range(1, 25),
            "SIMD2020v2_Decile": [1 + i * 10 // 24 for i in range(24)],
        }
    )
    columns = 'zone_id = "Data_Zone", imd_rank = "SIMD2020v2_Rank", imd_decile = "SIMD2020v2_Decile"'
    tables = TABLES | {
        "deprivation": (
            "Sozialindex.csv",
            f'headers = {{{columns}, district_name = "Council_area", population_iod = "Total_population"}}',
        )
    }
    del tables["population"]
    frame = load_areas(*write(tmp_path, shapes, simd, tables=tables)).frame
    assert frame["zone_id"].tolist() == codes
    assert frame["imd_decile"].tolist() == simd["SIMD2020v2_Decile"].tolist()
    assert frame["population"].tolist() == [894] * 24
    assert frame["imd_score"].isna().all()
    assert frame["district_name"].unique().tolist() == ["Aberdeen City"]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"deprivation": need().assign(Rang=range(1, 25))}, "imd_rank and imd_score run against each other"),
        (
            {"deprivation": need().rename(columns={"Rang": "Platz"})},
            "no column 'Rang', which the recipe takes as",
        ),
        (
            {"people": residents().rename(columns={"Quarter no": "Q"})},
            "no column 'Quarter no', which the recipe",
        ),
        ({"shapes": quarters().rename(columns={"Viertel_Nr": "Nr"})}, "no column 'Viertel_Nr'; found: "),
        (
            {"deprivation": need().assign(**{"Nr.": [f"{i}" for i in range(24)]})},
            "not one of its 24 codes, such as 0, is a zone, such as NE-01",
        ),
    ],
)
def test_what_does_not_fit_is_named(tmp_path, change, what):
    with pytest.raises(InputError) as caught:
        load_areas(*write(tmp_path, **change))
    assert what in caught.value.what
