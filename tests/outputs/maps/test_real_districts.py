"""The map of districts on the published boundaries and averages."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from legible import assert_legible, words_of
from ptreach.outputs.maps.district_map import draw_district_map
from ptreach.outputs.maps.sheet import SMALLEST_PT

ENGLAND = Path(__file__).parents[4] / "shared" / "data" / "england"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not ENGLAND.is_dir(), reason=f"no {ENGLAND}"),
]


def districts():
    frame = gpd.read_parquet(ENGLAND / "lad2024_england_27700.parquet")
    return frame.rename(columns={"lad24cd": "district_code", "lad24nm": "district_name"})


def idaci(year, code, name):
    table = pd.read_csv(ENGLAND / f"iod{year}_lad_summaries_long.csv.gz")
    table = table[table["index_domain"].str.startswith("Income Deprivation Affecting Children")]
    names = {
        code: "district_code",
        name: "district_name",
        "average_score": "idaci_average_score",
        "rank_average_score": "rank",
    }
    return table.rename(columns=names)[list(names.values())]


def draw(path, scores, marked):
    draw_district_map(
        path,
        districts=districts(),
        scores=scores,
        marked=[marked],
        edition="IoD",
        source_line="Sources: MHCLG",
    )


def test_sandwell_among_its_neighbours_in_2025(tmp_path):
    words = words_of(
        draw, tmp_path / "s.png", scores=idaci(2025, "area_code", "area_name"), marked="E08000028"
    )
    assert_legible(words, SMALLEST_PT)
    text = (tmp_path / "s.txt").read_text(encoding="utf-8")
    assert text.startswith("Map: Sandwell has England's 13th highest IDACI score.\n")
    assert "- Sandwell (the place): 0.544, rank 13 of 296" in text
    for name in ("Birmingham", "Dudley", "Walsall", "Wolverhampton"):
        assert f"- {name}: " in text
    assert "no boundary" not in text


def test_districts_merged_since_2019_are_listed_and_an_island_has_neighbours(tmp_path):
    words = words_of(draw, tmp_path / "w.png", scores=idaci(2019, "lad19cd", "lad19nm"), marked="E06000046")
    assert_legible(words, SMALLEST_PT)
    text = (tmp_path / "w.txt").read_text(encoding="utf-8")
    assert "Districts with a score and no boundary (28): Allerdale; Aylesbury Vale; " in text
    assert "Boundaries without a score (7): Buckinghamshire; Cumberland; " in text
    for name in ("Portsmouth", "Gosport", "New Forest"):
        assert f"- {name}: " in text
