"""Local authorities: outlines put together from zones, averages worked out or taken as published."""

from __future__ import annotations

import logging
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from ptreach.authorities import COMPUTED, PUBLISHED, authorities_of, district_at
from ptreach.measures.editions import carry
from ptreach.model import no_progress
from ptreach.sources.areas import load_areas
from ptreach.sources.fetch import fetch_sources
from ptreach.sources.recipe import AreasRecipe, load_areas_recipe

ROOT = Path(__file__).parents[1]
ENGLAND = ROOT / "../shared/data/england"
needs_shared = pytest.mark.skipif(not ENGLAND.is_dir(), reason="../shared/data/england is not there")

# Four zones in a row, a square kilometre each; the first two are of one district.
CODES = [f"E0100000{number}" for number in range(1, 5)]
DISTRICTS = ["E07000001", "E07000001", "E07000002", "E07000003"]
KNOWN = {"title": "T", "publisher": "P", "licence": "L", "attribution": "A", "date": "2019"}


def deprivation(**more):
    columns = {
        "lsoa11cd": CODES,
        "lsoa11nm": CODES,
        "lad19cd": DISTRICTS,
        "lad19nm": [f"District {code[-1]}" for code in DISTRICTS],
        "imd_score": [10.0, 40.0, 30.0, 5.0],
        "imd_rank": [3, 1, 2, 4],
        "imd_decile": [3, 1, 2, 10],
        "pop_total_population": [300, 100, 500, 700],
        "pop_dependent_children_aged_0-15": [10, 30, 100, 70],
    }
    return pd.DataFrame(columns | more)


def published():
    return pd.DataFrame(
        {
            "lad19_code": ["E07000001", "E07000002", "E07000003"],
            "lad19_name": ["First", "Second", "Third"],
            "idaci_average_score": [0.3, 0.2, 0.1],
            "idaci_rank_of_average_score": [1, 2, 3],
        }
    ).rename(columns={"lad19_code": "district_code", "lad19_name": "district_name"})


def make(folder, table, summaries=None):
    """Areas of these tables, their recipe and its folder."""
    sources = folder / "sources"
    sources.mkdir(parents=True)
    squares = [shapely.box(400_000 + 1000 * k, 290_000, 401_000 + 1000 * k, 291_000) for k in range(4)]
    gpd.GeoDataFrame({"LSOA11CD": CODES}, geometry=squares, crs=27700).to_parquet(sources / "zones.parquet")
    table.to_parquet(sources / "deprivation.parquet")
    kinds = {"boundaries": "zones.parquet", "deprivation": "deprivation.parquet"}
    if summaries is not None:
        summaries.to_csv(sources / "summaries.csv", index=False)
        kinds["district_deprivation"] = "summaries.csv"
    recipe = AreasRecipe(
        name="made",
        title="Made",
        edition="LSOA 2011",
        id_column="lsoa11cd",
        deprivation_title="Indices",
        population_title="people",
        sources=tuple({"kind": kind, "file": file, **KNOWN} for kind, file in kinds.items()),
    )
    return recipe, load_areas(recipe, folder)


def test_averages_are_worked_out_where_the_zones_have_what_it_takes(tmp_path):
    table = deprivation(
        idaci_score=[0.1, 0.3, 0.2, 0.05], idaci_rank=[3, 1, 2, 4], idaci_decile=[3, 1, 2, 10]
    )
    recipe, areas = make(tmp_path, table, published())
    scores = authorities_of(recipe, tmp_path, areas).scores.set_index("district_code")
    assert scores["imd_average_score"].tolist() == [(10 * 300 + 40 * 100) / 400, 30, 5]
    assert scores["imd_rank"].tolist() == [2, 1, 3]
    assert scores["idaci_average_score"].tolist() == pytest.approx([(0.1 * 10 + 0.3 * 30) / 40, 0.2, 0.05])
    assert set(scores["imd_how"]) == set(scores["idaci_how"]) == {COMPUTED}
    assert scores["district_name"].tolist() == ["First", "Second", "Third"]  # as the publisher calls them


def test_averages_are_taken_as_published_where_zones_lack_scores(tmp_path):
    recipe, areas = make(tmp_path, deprivation(), published())
    scores = authorities_of(recipe, tmp_path, areas).scores
    assert scores["idaci_average_score"].tolist() == [0.3, 0.2, 0.1]
    assert scores["idaci_rank"].tolist() == [1, 2, 3]
    assert set(scores["idaci_how"]) == {PUBLISHED}
    assert set(scores["imd_how"]) == {COMPUTED}


def test_outlines_are_put_together_from_zones_once(tmp_path, monkeypatch):
    recipe, areas = make(tmp_path, deprivation())
    shapes = authorities_of(recipe, tmp_path, areas).shapes
    assert shapes["district_code"].tolist() == ["E07000001", "E07000002", "E07000003"]
    assert shapes.area.tolist() == [2e6, 1e6, 1e6]
    assert shapes.crs.to_epsg() == 27700
    (kept,) = (tmp_path / "built").iterdir()
    monkeypatch.setattr("ptreach.authorities.read_boundaries", lambda *_: 1 / 0)
    assert authorities_of(recipe, tmp_path, areas).shapes.geom_equals(shapes.geometry).all()
    kept.write_bytes(b"PAR1")
    with pytest.raises(ZeroDivisionError):
        authorities_of(recipe, tmp_path, areas)


def test_a_folder_that_cannot_be_written_to_is_no_hindrance(tmp_path, caplog):
    recipe, areas = make(tmp_path, deprivation())
    (tmp_path / "built").write_text("in the way", encoding="utf-8")
    with caplog.at_level(logging.INFO):
        assert len(authorities_of(recipe, tmp_path, areas).shapes) == 3
    assert "not kept" in caplog.text


def test_other_countries_have_no_place_on_the_map_of_england(tmp_path):
    table = deprivation(lad19cd=["W06000001"] * 4)
    recipe, areas = make(tmp_path, table)
    assert authorities_of(recipe, tmp_path, areas) is None


def test_the_district_of_a_place_is_that_it_lies_in_or_next_to(tmp_path):
    _, areas = make(tmp_path, deprivation())
    assert district_at(areas, (401_500.0, 290_500.0)) == "E07000001"
    assert district_at(areas, (402_500.0, 290_500.0)) == "E07000002"
    assert district_at(areas, (409_000.0, 290_500.0)) == "E07000003"


@pytest.mark.real
@needs_shared
@pytest.mark.parametrize(
    ("name", "imd", "imd_how", "count"),
    [
        ("england-lsoa-2011", 34.884, COMPUTED, 317),
        ("england-lsoa-2021", 33.772, PUBLISHED, 296),
    ],
)
def test_sandwell_among_the_authorities_of_england(tmp_path, name, imd, imd_how, count):
    recipe = load_areas_recipe(name, ROOT)
    fetch_sources(recipe, tmp_path, mirror=ENGLAND, progress=no_progress)
    areas = load_areas(recipe, tmp_path, carry=carry)
    found = authorities_of(recipe, tmp_path, areas)
    assert len(found.scores) == len(found.shapes) == count
    assert set(found.scores["district_code"]) == set(found.shapes["district_code"])
    sandwell = found.scores.set_index("district_name").loc["Sandwell"]
    assert round(sandwell["imd_average_score"], 3) == imd
    assert sandwell["imd_how"] == imd_how
    given = pd.read_csv(ENGLAND / f"iod{'2019' if '2011' in name else '2025'}_lad_summaries_long.csv.gz")
    assert round(sandwell["idaci_average_score"], 3) == published_idaci(given, "E08000028")
    # outlines cover England but for slivers
    assert np.isclose(found.shapes.area.sum(), areas.frame.geometry.area.sum(), rtol=2e-3)


def published_idaci(table, code):
    """Average IDACI score of a district in the long table of summaries."""
    row = table[(table.iloc[:, 0] == code) & table["index_domain"].str.contains("Affecting Children")]
    return round(float(row["average_score"].iloc[0]), 3)
