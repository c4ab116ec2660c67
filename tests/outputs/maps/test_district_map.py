import math
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from matplotlib.image import imread
from shapely.affinity import translate
from shapely.geometry import box

from colours import channels
from legible import assert_legible, words_of
from ptreach.errors import InputError
from ptreach.model import Authorities
from ptreach.outputs.maps.district_bars import DistrictBar, fitting_bars
from ptreach.outputs.maps.district_map import COLOURS, draw_district_map, without_creeks
from ptreach.outputs.maps.district_scene import IMD, district_name
from ptreach.outputs.maps.pages import PORTRAIT, SLIDE, SMALLEST_PT
from ptreach.outputs.maps.place import PlaceWords, draw_authorities
from ptreach.outputs.ramp import STAR

PAGES = (SLIDE, PORTRAIT)
SIDE = 5
KM = 1000


def made_districts():
    """A square of 25 districts of 20 km, numbered eastwards from the south-west; D12 is in the middle.

    D00 is an islet west of it: as England does, they leave room for a legend between it and the land.
    """
    cells = [(x, y) for y in range(SIDE) for x in range(SIDE)]
    made = gpd.GeoDataFrame(
        {
            "district_code": [f"D{number:02}" for number in range(SIDE**2)],
            "district_name": [f"District {number}" for number in range(SIDE**2)],
        },
        geometry=[box(20 * KM * x, 20 * KM * y, 20 * KM * (x + 1), 20 * KM * (y + 1)) for x, y in cells],
        crs=27700,
    )
    made.loc[0, "geometry"] = box(-100 * KM, 0, -97 * KM, 3 * KM)
    return made


def made_scores():
    """The higher the number of a district, the higher its score and the better, that is lower, its rank."""
    return pd.DataFrame(
        {
            "district_code": [f"D{number:02}" for number in range(SIDE**2)],
            "district_name": [f"District {number}" for number in range(SIDE**2)],
            "idaci_average_score": [(number + 1) / 100 for number in range(SIDE**2)],
            "imd_average_score": [number + 1.04 for number in range(SIDE**2)],
            "rank": range(SIDE**2, 0, -1),
        }
    )


def draw(path, **changes):
    arguments = {
        "districts": made_districts(),
        "scores": made_scores(),
        "marked": ["D24"],
        "edition": "Indices of Deprivation 2025",
        "source_line": "Sources: somebody",
        "pages": (SLIDE,),
    }
    draw_district_map(path, **(arguments | changes))
    return path.with_suffix(".txt").read_text(encoding="utf-8")


def renamed(code, name):
    frame = made_districts()
    frame.loc[frame["district_code"] == code, "district_name"] = name
    return frame


@pytest.mark.parametrize(
    ("marked", "title"),
    [
        (["D24"], "District 24 has England's highest IDACI score"),
        (["D23"], "District 23 has England's 2nd highest IDACI score"),
        (["D00"], "District 0 has England's lowest IDACI score"),
        (["D12"], "District 12 ranks 13th of 25 districts on IDACI"),
        (["D24", "D20", "D03"], "2 of 3 districts are in England's highest IDACI fifth"),
    ],
)
def test_the_title_says_where_the_place_stands(tmp_path, marked, title):
    assert draw(tmp_path / "d.png", marked=marked).startswith(f"Map: {title}.\n")


@pytest.mark.parametrize("code", ["D24", "D12", "D00"])
@pytest.mark.parametrize(
    "name", ["King's Lynn and West Norfolk", "A name of far too many words for any title at all"]
)
def test_titles_have_ten_words_at_most(tmp_path, code, name):
    text = draw(tmp_path / "d.png", marked=[code], districts=renamed(code, name))
    assert len(text.split("\n")[0].removeprefix("Map: ").split()) <= 10


def test_names_are_those_that_are_said():
    assert district_name("Bristol, City of") == "Bristol"
    assert district_name("Herefordshire, County of") == "Herefordshire"
    assert district_name("Bournemouth, Christchurch and Poole") == "Bournemouth, Christchurch and Poole"


def test_the_description_ranks_the_place_among_those_around_it(tmp_path):
    lines = draw(tmp_path / "d.png", marked=["D12"], england_average=0.2).split("\n")
    assert "England: 0.200." in lines
    start = next(
        i for i, line in enumerate(lines) if line.startswith("The place and the districts that touch")
    )
    assert lines[start + 1 : start + 10] == [
        "- District 18: 0.190, rank 7 of 25",
        "- District 17: 0.180, rank 8 of 25",
        "- District 16: 0.170, rank 9 of 25",
        "- District 13: 0.140, rank 12 of 25",
        "- District 12 (the place): 0.130, rank 13 of 25",
        "- District 11: 0.120, rank 14 of 25",
        "- District 8: 0.090, rank 17 of 25",
        "- District 7: 0.080, rank 18 of 25",
        "- District 6: 0.070, rank 19 of 25",
    ]
    assert "- 0.210 to 0.250" in lines
    assert "- 0.010 to 0.050" in lines
    assert "Median authority: 0.130." in draw(tmp_path / "d.png").split("\n")


def count(path, colour):
    image = np.rint(imread(path)[:, : int(0.39 * 2560), :3] * 255).astype(int)
    return int((np.abs(image - channels(colour)).max(axis=2) <= 1).sum())


def test_fifths_have_their_colours_in_proportion(tmp_path):
    draw(tmp_path / "d.png")
    counts = [count(tmp_path / "d.png", colour) for colour in COLOURS]
    # five districts each, but four of the lowest; outlines and letters are of the darkest too
    district_px = (4.6 * 200 / 200 * 20) ** 2
    assert 3.5 * district_px < counts[0] < 4.5 * district_px
    assert min(counts[1:]) > 4.5 * district_px
    assert max(counts[1:4]) < 5.3 * district_px


def test_imd_has_its_own_words_and_decimals(tmp_path):
    text = draw(tmp_path / "d.png", measure=IMD)
    assert text.startswith("Map: District 24 has England's highest IMD score.\n")
    assert "- District 24 (the place): 25.0, rank 1 of 25" in text


def test_districts_without_polygon_or_score_are_counted_and_named(tmp_path):
    gone = {"district_code": ["X1", "X2"], "district_name": ["Wycombe", "Chiltern"], "rank": [26, 27]}
    scores = pd.concat([made_scores().iloc[2:], pd.DataFrame(gone).assign(idaci_average_score=[0.5, 0.6])])
    words = words_of(draw, tmp_path / "d.png", scores=scores)
    foot = words[-1].text.replace("\n", " ")
    assert "n = 25 local authority districts" in foot
    assert "2 have no boundary in this map (listed in .txt)." in foot
    assert "2 boundaries have no score (grey)." in foot
    text = (tmp_path / "d.txt").read_text(encoding="utf-8")
    assert "Districts with a score and no boundary (2): Chiltern; Wycombe." in text
    assert "Boundaries without a score (2): District 0; District 1." in text


def test_old_districts_are_put_together_where_their_successors_are_given(tmp_path):
    old = pd.DataFrame(
        {"district_code": ["X1", "X2"], "district_name": "Old", "rank": [26, 27], "weight": [1, 3]}
    )
    scores = pd.concat([made_scores().iloc[:24].assign(weight=1), old.assign(idaci_average_score=[0.5, 0.3])])
    text = draw(tmp_path / "d.png", scores=scores, successors={"X1": "D24", "X2": "D24"})
    assert text.startswith("Map: District 24: IDACI average score 0.350.\n")
    assert "no boundary" not in text
    assert "- District 24 (the place): 0.350\n" in text


def lakes():
    """The same with an island 30 km off, of no district's neighbourhood."""
    frame = made_districts()
    frame.loc[24, "geometry"] = translate(frame.geometry[24], 30 * KM, 30 * KM)
    return frame


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"marked": ["D12"]},
        {"marked": [f"D{number:02}" for number in range(0, 25, 2)]},
        {"districts": lakes()},
        {"districts": renamed("D24", "Bournemouth, Christchurch and Poole")},
        {"scores": made_scores().iloc[[*range(10), *range(12, 25)]], "marked": ["D12"], "made_up": True},
        {"source_line": "Sources: " + "a long attribution of a publisher; " * 60},
        {"england_average": 0.26},
        {"england_average": 0.001},
    ],
    ids=["corner", "middle", "many", "island", "long name", "no score", "long sources", "high", "low"],
)
def test_everything_can_be_read_on_slide_and_a4(tmp_path, changes):
    assert_legible(words_of(draw, tmp_path / "d.png", pages=PAGES, **changes), SMALLEST_PT)


def test_the_place_and_its_neighbours_are_named_with_their_scores(tmp_path):
    texts = [" ".join(word.text.split()) for word in words_of(draw, tmp_path / "d.png", marked=["D12"])]
    for number in (6, 7, 8, 11, 12, 13, 16, 17, 18):
        assert f"District {number} {(number + 1) / 100:.3f}" in texts
        assert f"District {number}" in texts


def gold(path):
    """Which pixels of a picture are of the place's gold, shape (rows, columns)."""
    return np.abs(np.rint(imread(path)[:, :, :3] * 255) - channels(STAR)).max(axis=2) <= 2


def test_where_few_bars_leave_room_all_districts_stand_in_order_with_the_place_in_gold(tmp_path):
    words = words_of(draw, tmp_path / "d.png", marked=["D24"])
    (heading,) = [word for word in words if word.text.startswith("All 25 authorities by score;")]
    assert heading.text.replace("\n", " ").endswith("District 24 in gold")
    below = gold(tmp_path / "d.png")[int(1440 - heading.box.y0) :, int(heading.box.x0) :]
    rows, columns = np.nonzero(below)
    # The highest score: the first of 25 bars in 3.41 inches, and as high as there is room for
    assert columns.min() > 0
    assert columns.max() < 3.41 / 25 * 200
    assert rows.min() < 20
    assert rows.max() > 250
    crowded = words_of(draw, tmp_path / "d.png", marked=["D12"])  # 9 bars
    assert not any(word.text.startswith("All 25") for word in crowded)
    on_a4 = words_of(draw, tmp_path / "d.png", marked=["D12"], pages=(PORTRAIT,))
    assert any(word.text.startswith("All 25") for word in on_a4)


def test_bars_grow_where_there_are_few(tmp_path):
    def row_px(marked, upper, lower):
        words = words_of(draw, tmp_path / "d.png", marked=marked, pages=(PORTRAIT,))
        y_px = {word.text: word.box.y0 for word in words}
        return y_px[f"District {upper}"] - y_px[f"District {lower}"]

    assert row_px(["D24"], 19, 18) > 1.2 * row_px(["D12"], 18, 17)  # 4 bars, and 9


@pytest.mark.parametrize("width_m", [50, 2000])
def test_the_outline_closes_creeks_that_it_would_fill_and_keeps_bays(width_m):
    square = box(0, 0, 10_000, 10_000)
    creek = box(5000, 4000, 5000 + width_m, 10_000)
    outlined = without_creeks(square.difference(creek), 300)
    assert outlined.area == pytest.approx(1e8 if width_m == 50 else 1e8 - creek.area, rel=0.005)


def test_the_outline_leaves_out_islets_and_ponds_that_it_would_cover_but_no_place():
    land, islet, pond = box(0, 0, 10_000, 10_000), box(20_000, 0, 20_200, 200), box(4000, 4000, 4700, 4700)
    outlined = without_creeks(land.difference(pond).union(islet), 300)
    assert len(outlined.geoms) == 1
    assert not outlined.geoms[0].interiors
    assert without_creeks(islet, 300).area == pytest.approx(islet.area, rel=0.05)
    lake = box(3000, 3000, 6000, 6000)
    assert len(without_creeks(land.difference(lake), 300).geoms[0].interiors) == 1


def test_bars_that_there_is_no_room_for_are_those_of_middling_neighbours():
    bars = [DistrictBar(f"b{n}", n / 10, n, "#FFFFFF", marked=n == 5) for n in range(9)]
    shown, left_out = fitting_bars(
        [*bars, DistrictBar("unknown", math.nan, math.nan, "#FFFFFF", marked=False)], 4
    )
    assert [bar.name for bar in shown] == ["b8", "b7", "b5", "unknown"]
    assert left_out == ["b6", "b4", "b3", "b2", "b1", "b0"]
    assert fitting_bars(bars, 20)[1] == []


def test_the_map_repeats_byte_for_byte(tmp_path):
    for name in ("one", "two"):
        draw(tmp_path / f"{name}.png")
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()
    assert (tmp_path / "one.txt").read_bytes() == (tmp_path / "two.txt").read_bytes()
    assert imread(tmp_path / "one.png").shape[:2] == (1440, 2560)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"marked": ["X9"]}, "district X9 of the place has no polygon"),
        ({"scores": made_scores().iloc[:20]}, "district D24 of the place has no score"),
        ({"marked": []}, "no district is marked"),
        ({"scores": pd.concat([made_scores(), made_scores()])}, "district D00 is there twice"),
        ({"scores": made_scores().assign(idaci_average_score=0.1)}, "too few scores differ"),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name(tmp_path, changes, what):
    with pytest.raises(InputError, match=what):
        draw(tmp_path / "d.png", **changes)


def test_authorities_brought_from_what_was_kept_are_those_drawn(tmp_path):
    ranks = {f"{name}_rank": range(SIDE**2, 0, -1) for name in ("imd", "idaci")}
    authorities = Authorities(made_districts(), made_scores().drop(columns="rank").assign(**ranks))

    def pictures(slug, kept, marked="D24", **said):
        folder = tmp_path / f"{slug}-{marked}"
        folder.mkdir()
        words = PlaceWords(
            slug=slug, area="x", edition="LSOA 2021", deprivation_title="IoD", source_line="S", made_up=False
        )
        draw_authorities(folder, replace(words, **said), authorities, (marked,), kept)
        return {path.name.removeprefix(f"{slug}-"): path.read_bytes() for path in folder.iterdir()}

    drawn = pictures("plain", None)
    assert len(drawn) == 10
    assert pictures("first", tmp_path / "kept") == drawn
    assert pictures("second-town", tmp_path / "kept") == drawn
    assert len(list((tmp_path / "kept").iterdir())) == 1
    assert pictures("third", tmp_path / "kept", made_up=True)["imd-by-authority.png"] not in drawn.values()
    assert pictures("other", tmp_path / "kept", "D12")["imd-by-authority.png"] not in drawn.values()
    assert len(list((tmp_path / "kept").iterdir())) == 3
