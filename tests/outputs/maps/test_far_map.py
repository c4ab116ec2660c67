import itertools

import geopandas as gpd
import numpy as np
import pytest
from matplotlib.image import imread
from shapely.geometry import box

from colours import BLINDNESS, apart, channels, contrast_of, luminance
from legible import assert_legible, words_of
from ptreach.outputs.maps.far_map import COLOURS, MAP_BOXES, draw_far_map
from ptreach.outputs.maps.pages import PORTRAIT, SLIDE, SMALLEST_PT
from ptreach.outputs.ramp import INK, SEA, letters_on
from ptreach.outputs.tables.frames import far_table

SIDE = 6


def made_zones(minutes=60.0, decile=1.0, side=SIDE):
    """A square of zones of 1 km; those further north have more people."""
    cells = [(x, y) for y in range(side) for x in range(side)]
    count = len(cells)
    return gpd.GeoDataFrame(
        {
            "zone_id": [f"E{number:08}" for number in range(count)],
            "zone_name": [f"Isle of Wight {number:03}A" for number in range(count)],
            "district_name": "Isle of Wight",
            "minutes_p50": np.broadcast_to(minutes, count).astype(float),
            "reason": np.where(np.isnan(np.broadcast_to(minutes, count)), "off network", "reached"),
            "imd_decile": np.broadcast_to(decile, count).astype(float),
            "imd_rank": np.arange(count) + 1.0,
            "idaci_decile": 2.0,
            "population": 1000.0 + np.arange(count),
            "children": 200.0,
        },
        geometry=[box(1000 * x, 1000 * y, 1000 * x + 1000, 1000 * y + 1000) for x, y in cells],
        crs=27700,
    )


def draw(path, zones, **changes):
    arguments = {
        "origin_xy_m": (3000.0, 3000.0),
        "origin_name": "Ryde high street",
        "subtitle": "From Ryde high street",
        "deprivation_title": "Indices of Deprivation 2019",
        "edition": "LSOA 2011",
        "source_line": "Sources: somebody",
        "by_the_sea": True,
        "pages": (SLIDE,),
    }
    draw_far_map(path, zones=zones, **(arguments | changes))
    return path.with_suffix(".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("far_n", "title"),
    [
        (0, "No deprived zone is beyond 45 minutes"),
        (1, "Only one deprived zone is beyond 45 minutes"),
        (9, "Only 9 deprived zones are beyond 45 minutes"),
        # 1,000 to 1,009 people: 10,045
        (10, "10 deprived zones, 10,045 residents, are beyond 45 minutes"),
    ],
)
def test_the_title_says_how_many_zones_and_people(tmp_path, far_n, title):
    minutes = np.where(np.arange(SIDE**2) < far_n, 60.0, 44.9)
    text = draw(tmp_path / "f.png", made_zones(minutes))
    assert text.startswith(f"Map: {title}.\n")
    assert len(title.split()) <= 10
    assert text.count("minutes, decile 1") == far_n


def test_large_numbers_have_their_commas(tmp_path):
    zones = made_zones(np.where(np.arange(40**2) < 100, np.nan, 60.0), side=40)
    words = [word.text for word in words_of(draw, tmp_path / "f.png", zones=zones)]
    assert "1,600 deprived zones, 2,879,200 residents, are beyond 45 minutes" in words
    assert "not reached (100 of 1,600 zones)" in [" ".join(text.split()) for text in words]


def test_a_long_name_is_cut_before_what_tells_its_zone(tmp_path):
    zones = made_zones()
    zones["zone_name"] = [f"Bournemouth, Christchurch and Poole {number:03}A" for number in range(36)]
    words = [word.text for word in words_of(draw, tmp_path / "f.png", zones=zones)]
    cut = [text for text in words if text.startswith("Bournemouth")]
    assert len(cut) == 10
    assert all(text.startswith("Bournemouth, Chr") for text in cut)
    assert [text.split("… ")[1] for text in cut] == [f"{number:03}A" for number in range(35, 25, -1)]


def test_on_a4_the_map_grows_where_the_table_is_short(tmp_path):
    def covered(minutes):
        draw(tmp_path / "f.png", made_zones(minutes, 2.0), pages=(PORTRAIT,))
        image = np.rint(imread(tmp_path / "f-a4.png")[:, :, :3] * 255)
        of_map = np.abs(image - channels(SEA)).max(axis=2) <= 1
        return np.flatnonzero(of_map.any(axis=1)).max() / 200

    full, short, none = (covered(np.where(np.arange(36) < far_n, 60.0, 10.0)) for far_n in (10, 5, 0))
    assert full < short - 0.5
    assert short < none - 0.5
    assert none < PORTRAIT.body[1] - 2  # key and words are below


def doubts(zones):
    """What makes the keys of both pages as long as they get."""
    return {
        "unstable": np.arange(len(zones)) % 2 == 1,
        "unstable_words": "unstable, most departures give another band (1,200 of 2,400 zones)",
        "origin_name": "St Mary's with a name of very many words that go on and on",
        "source_line": "Sources: " + "a long attribution of a publisher; " * 60,
        "pages": (SLIDE, PORTRAIT),
    }


@pytest.mark.parametrize("made_up", [False, True])
@pytest.mark.parametrize(
    "zones",
    [
        made_zones(),
        made_zones(np.where(np.arange(36) % 3 == 0, np.nan, np.arange(36) * 2.0), np.arange(36) % 10 + 1.0),
        made_zones(10.0, 9.0),
        made_zones(60.0, np.where(np.arange(36) < 18, np.nan, 1.0)),
        made_zones(np.nan, 2.0, side=25),
    ],
    ids=["all far", "mixed", "none far", "deciles unknown", "crowded"],
)
def test_everything_can_be_read_on_slide_and_a4(tmp_path, zones, made_up):
    words = words_of(draw, tmp_path / "f.png", zones=zones, made_up=made_up, **doubts(zones))
    assert_legible(words, SMALLEST_PT)


@pytest.mark.parametrize("zones", [made_zones(), made_zones(10.0)], ids=["numbers", "none"])
@pytest.mark.parametrize("origin_xy_m", [(11_000.0, -2_000.0), (-5_000.0, -2_000.0), (11_000.0, 8_000.0)])
def test_a_town_in_any_corner_and_its_name_are_off_the_scale_bar(tmp_path, zones, origin_xy_m):
    words = words_of(draw, tmp_path / "f.png", zones=zones, origin_xy_m=origin_xy_m, pages=(SLIDE, PORTRAIT))
    assert sum(word.text.endswith(" km") for word in words) == 2
    assert_legible(words, SMALLEST_PT)


def test_numbers_on_the_map_are_those_of_the_table(tmp_path, areas):
    zones = made_zones()
    table = far_table(zones, areas, cutoff_min=45, limit_min=120, made_up=False)
    # all are 15 minutes too far, so the zones with most people come first: the last ones
    assert table["lsoa11cd"].tolist() == [f"E{number:08}" for number in range(35, 25, -1)]
    words = words_of(draw, tmp_path / "f.png", zones=zones)
    left, bottom, width, height = SLIDE.shares(MAP_BOXES[SLIDE])
    scale = max(1.1 * SIDE * 1000 / (width * 2560), 1.1 * SIDE * 1000 / (height * 1440))
    middle_x, middle_y = (left + width / 2) * 2560, (bottom + height / 2) * 1440
    numbers = {w.text: w.box for w in words if w.text.isdigit() and w.size_pt == 9.5}
    assert list(numbers) == [str(number) for number in range(1, 11)]
    for number, zone_id in zip(table["number"], table["lsoa11cd"], strict=True):
        extent = numbers[str(number)]
        x_m = ((extent.x0 + extent.x1) / 2 - middle_x) * scale + 3000
        y_m = ((extent.y0 + extent.y1) / 2 - middle_y) * scale + 3000
        assert (int(x_m // 1000), int(y_m // 1000)) == (int(zone_id[1:]) % SIDE, int(zone_id[1:]) // SIDE)


def test_the_table_has_whole_numbers_and_gaps(areas):
    zones = made_zones(np.where(np.arange(36) == 4, np.nan, 10.0))
    zones.loc[4, "children"] = np.nan
    (row,) = far_table(zones, areas, cutoff_min=45, limit_min=120, made_up=False).to_dict("records")
    assert list(row) == [
        "edition", "deprivation", "number", "lsoa11cd", "zone_name", "district_name", "minutes_p50", "reason",
        "imd_decile", "imd_rank", "idaci_decile", "population", "children", "resident_minutes_beyond",
    ]  # fmt: skip
    assert (row["number"], row["imd_decile"], row["imd_rank"], row["population"]) == (1, 1, 5, 1004)
    assert np.isnan(row["minutes_p50"])
    assert row["resident_minutes_beyond"] == 75 * 1004


def count(path, colour):
    image = np.rint(imread(path)[:, : int(0.627 * 2560), :3] * 255).astype(int)
    return int((np.abs(image - channels(colour)).max(axis=2) <= 1).sum())


def test_zones_have_the_colours_of_both_classes_in_proportion(tmp_path):
    minutes = np.array([10.0, 10.0, 40.0, 40.0, 50.0, 50.0] * SIDE)
    decile = np.repeat([9.0, 9.0, 5.0, 5.0, 2.0, 2.0], SIDE)
    zones = made_zones(minutes, decile)
    draw(tmp_path / "f.png", zones, origin_xy_m=(3000.0, -500.0))
    counts = np.array([[count(tmp_path / "f.png", colour) for colour in row] for row in COLOURS])
    # four of 36 zones each; outlines, numbers and the star cover some
    assert counts.min() > 50_000
    assert counts.min() > 0.6 * counts.max()


def test_zones_not_reached_are_hatched(tmp_path):
    draw(tmp_path / "far.png", made_zones(100.0, 5.0))
    draw(tmp_path / "unreached.png", made_zones(np.nan, 5.0))
    plain, hatched = (count(tmp_path / f"{name}.png", COLOURS[1][2]) for name in ("far", "unreached"))
    assert 0.6 * plain < hatched < 0.95 * plain


def test_unstable_zones_are_dotted_and_counted_in_the_description(tmp_path):
    zones = made_zones(50.0, 5.0)
    unstable = np.arange(len(zones)) < 18
    draw(tmp_path / "plain.png", zones)
    text = draw(tmp_path / "dotted.png", zones, unstable=unstable, unstable_words="unstable (18 of 36 zones)")
    assert "Dotted: unstable (18 of 36 zones)." in text.splitlines()
    plain, dotted = (count(tmp_path / f"{name}.png", COLOURS[1][2]) for name in ("plain", "dotted"))
    assert 0.8 * plain < dotted < 0.98 * plain


def test_the_map_repeats_byte_for_byte(tmp_path):
    for name in ("one", "two"):
        draw(tmp_path / f"{name}.png", made_zones())
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()
    assert (tmp_path / "one.txt").read_bytes() == (tmp_path / "two.txt").read_bytes()
    assert imread(tmp_path / "one.png").shape[:2] == (1440, 2560)


def test_colours_darken_both_ways_and_deprived_and_far_is_the_strongest():
    lights = np.array([[luminance(channels(colour)) for colour in row] for row in COLOURS])
    assert (np.diff(lights, axis=0) < 0).all()
    assert (np.diff(lights, axis=1) < 0).all()
    assert COLOURS[2][2] == INK
    assert all(contrast_of(letters_on(colour), colour) >= 4.5 for row in COLOURS for colour in row)


@pytest.mark.parametrize("kind", BLINDNESS)
def test_colours_of_any_two_classes_are_apart_to_every_eye(kind):
    every = [colour for row in COLOURS for colour in row]
    assert min(apart(one, other, kind) for one, other in itertools.combinations(every, 2)) > 10
