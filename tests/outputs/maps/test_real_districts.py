"""The map of districts on the published boundaries and averages."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from shapely.geometry import Point, box

from legible import assert_legible, words_of
from ptreach.outputs.maps import district_map
from ptreach.outputs.maps.district_map import draw_district_map
from ptreach.outputs.maps.pages import SMALLEST_PT

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


def on_map(path, scores, marked, names):
    """Draw, and return on each page the boxes of labels and the polygons of districts, by name, in pixels."""
    pages, real = {}, district_map.name_districts

    def watched(axes, labels, view, wanted, land):
        left_out = real(axes, labels, view, wanted, land)
        axes.figure.canvas.draw()
        found = {text.get_text(): text.get_bbox_patch().get_window_extent() for text in axes.texts}
        areas = {one.forms[0][0]: one.area for one in wanted}
        forms = {form: one.forms[0][0] for one in wanted for form, _ in one.forms}
        to_px = axes.transData.transform
        pages[axes] = (  # the last of several views
            {forms[text]: box(*extent.extents) for text, extent in found.items()},
            {text: shapely.transform(area, to_px) for text, area in areas.items()},
            [Point(to_px(line.get_xydata()[0])) for line in axes.lines],
        )
        return left_out

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(district_map, "name_districts", watched)
        draw(path, scores, marked)
    for labels, *_ in pages.values():
        assert {text.split("\n")[0] for text in labels} == names
    return list(pages.values())


@pytest.mark.parametrize(
    ("marked", "names"),
    [
        ("E06000046", {"Isle of Wight", "Portsmouth", "Gosport", "New Forest"}),
        ("E06000044", {"Portsmouth", "Gosport", "Fareham", "Winchester", "Havant"}),
        ("E08000028", {"Sandwell", "Birmingham", "Dudley", "Walsall", "Wolverhampton"}),
        ("E06000010", {"Kingston upon Hull", "East Riding of Yorkshire"}),
    ],
)
def test_labels_cover_no_other_district_that_is_named(tmp_path, marked, names):
    pages = on_map(tmp_path / "s.png", idaci(2019, "lad19cd", "lad19nm"), marked, names)
    assert len(pages) == 2
    for labels, areas, feet in pages:
        for text, covered in labels.items():
            others = [area for other, area in areas.items() if other != text]
            # A sliver of a pixel or two is what cells and simplified shores are untrue by
            assert all(covered.buffer(-2).intersection(area).area < 12 for area in others), text
            assert not any(covered.contains(foot) for foot in feet)


def test_districts_merged_since_2019_are_listed_and_an_island_has_neighbours(tmp_path):
    words = words_of(draw, tmp_path / "w.png", scores=idaci(2019, "lad19cd", "lad19nm"), marked="E06000046")
    assert_legible(words, SMALLEST_PT)
    text = (tmp_path / "w.txt").read_text(encoding="utf-8")
    assert "Districts with a score and no boundary (28): Allerdale; Aylesbury Vale; " in text
    assert "Boundaries without a score (7): Buckinghamshire; Cumberland; " in text
    for name in ("Portsmouth", "Gosport", "New Forest"):
        assert f"- {name}: " in text
