import datetime as dt
from pathlib import Path

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.image import imread
from shapely.geometry import LineString, MultiPolygon, Point, box

from legible import assert_legible, words_of
from ptreach.config import Origin, Preset, Town
from ptreach.outputs.maps.journey_map import MAP_BOXES, draw_journey_time_map
from ptreach.outputs.maps.pages import PORTRAIT, SLIDE, SMALLEST_PT
from ptreach.outputs.maps.view import NO_JOURNEY
from ptreach.outputs.ramp import GROUND, OUTSIDE, SEA, band_colours

CUTOFFS = (15, 30)
ISOCHRONES = {
    15: MultiPolygon([Point(5000, 5000).buffer(1500)]),
    30: MultiPolygon([Point(5000, 5000).buffer(4000)]),
}


PAGES = (SLIDE, PORTRAIT)


def made_town(name="Ryde", cutoffs=CUTOFFS):
    return Town(
        slug="ryde",
        path=Path("ryde.toml"),
        name=name,
        network="n",
        areas="a",
        date=dt.date(2020, 6, 16),
        origin=Origin(lon=-1.16, lat=50.73),
        districts=(),
        preset_name="am-peak",
        preset=Preset(title="peak", window=(26_100, 33_300), cutoffs_min=cutoffs),
    )


@pytest.fixture(scope="module")
def draw(tmp_path_factory):
    zones = gpd.GeoDataFrame(
        {
            "minutes_p50": [10.0, 20.0, np.nan, 40.0],
            "population": [100.0, 100.0, 100.0, 100.0],
            "district_name": "Wight",
            "departures_within_15": [1.0, 0.0, 0.0, 0.0],
            "departures_within_30": [1.0, 1.0, 0.0, 0.0],
        },
        geometry=[box(x, y, x + 10_000, y + 10_000) for x in (-5000, 5000) for y in (-5000, 5000)],
        crs=27700,
    )
    ground = gpd.GeoDataFrame(
        {"kind": ["major", "rail", "minor"]},
        geometry=[LineString([(-5000, y), (15_000, y)]) for y in (4000, 6500, 8000)],
        crs=27700,
    )
    folder = tmp_path_factory.mktemp("maps")

    def run(name, *, shares=None, minutes=None, **changes):
        path = folder / f"{name}.png"
        arguments = {
            "town": made_town(),
            "zones": zones.assign(**(shares or {}), **({"minutes_p50": minutes} if minutes else {})),
            "isochrones": ISOCHRONES,
            "ground": ground,
            "land": box(-5000, -5000, 15_000, 15_000),
            "origin_xy_m": (5000.0, 5000.0),
            "source_line": "Sources: somebody",
            "by_the_sea": True,
            "made_up": False,
            "pages": (SLIDE,),
        }
        draw_journey_time_map(path, **(arguments | changes))
        return path

    return run


def pixels(path):
    return np.rint(imread(path)[:, :, :3] * 255).astype(int)


def count(image, colour):
    rgb = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return int((np.abs(image - rgb).max(axis=2) <= 1).sum())


def on_map(image):
    left, bottom, width, height = SLIDE.shares(MAP_BOXES[SLIDE])
    high, wide = image.shape[:2]
    return image[
        round((1 - bottom - height) * high) : round((1 - bottom) * high),
        round(left * wide) : round((left + width) * wide),
    ]


def test_picture_fits_a_slide_and_repeats_byte_for_byte(draw):
    one, two = draw("one"), draw("two")
    assert imread(one).shape[:2] == (1440, 2560)
    assert one.read_bytes() == two.read_bytes()
    assert one.with_suffix(".txt").read_bytes() == two.with_suffix(".txt").read_bytes()


def test_settings_of_the_user_do_not_change_the_picture(draw):
    plain = draw("plain").read_bytes()
    with mpl.rc_context({"font.size": 30, "axes.linewidth": 8, "lines.linewidth": 9}):
        assert draw("styled").read_bytes() == plain


def test_bands_have_their_colours_in_proportion_to_their_areas(draw):
    image = on_map(pixels(draw("bands")))
    near, far = (count(image, colour) for colour in band_colours(2))
    # areas of 1.5 and 4 km radius: far without near is 6.1 times near; streets and labels cover some of both
    assert 4.5 < far / near < 8.5
    assert count(image, GROUND) > 100_000
    # all of the map is land but what lies 15 km out
    assert count(image, SEA) < 0.05 * image.shape[0] * image.shape[1]


def test_sea_is_what_is_not_land(draw):
    half = box(5000, -5000, 15_000, 15_000)
    dry, wet = pixels(draw("dry")), pixels(draw("wet", land=half))
    inland = pixels(draw("inland", land=half, by_the_sea=False))
    assert count(on_map(wet), SEA) > count(on_map(dry), SEA) + 200_000
    assert count(on_map(wet), OUTSIDE) == 0
    assert count(on_map(inland), OUTSIDE) > 200_000
    assert count(on_map(inland), SEA) == 0


def test_made_up_data_are_called_so_in_red_and_real_data_are_not(draw):
    real, made_up = pixels(draw("real")), pixels(draw("made-up", made_up=True))
    assert count(real, "#B00020") == 0
    assert count(made_up, "#B00020") > 5000
    assert "made up" in draw("made-up", made_up=True).with_suffix(".txt").read_text(encoding="utf-8")


def test_description_counts_the_people_of_each_band(draw):
    text = draw("text").with_suffix(".txt").read_text(encoding="utf-8")
    assert "- under 15 min: 25% (100 people)" in text
    assert "- 15 to 30 min: 25% (100 people)" in text
    assert "- 30 min or more, or not reached: 50% (200 people)" in text


HOSTILE = {
    "usual": {},
    "long name": {"town": made_town("St Mary's with a name of very many words that go on and on and on")},
    "one word": {"town": made_town("Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch")},
    "long sources": {"source_line": "Sources: " + "a long attribution of a publisher; " * 60},
    "nothing reached": {"isochrones": {15: MultiPolygon(), 30: MultiPolygon()}},
    "empty band": {"isochrones": {15: ISOCHRONES[30], 30: ISOCHRONES[30]}},
    "made up": {"made_up": True, "by_the_sea": False, "land": box(5000, -5000, 15_000, 15_000)},
}


@pytest.mark.parametrize("changes", HOSTILE.values(), ids=HOSTILE)
def test_everything_can_be_read_on_slide_and_a4(draw, changes):
    found = words_of(lambda path, **given: draw(path.stem, **given), Path("read.png"), pages=PAGES, **changes)
    assert_legible(found, SMALLEST_PT)


@pytest.mark.parametrize("count", [1, 2, 6, 9, 12])
def test_any_number_of_bands_can_be_read(draw, count):
    cutoffs = tuple(range(10, 10 * count + 1, 10))
    isochrones = {c: MultiPolygon([Point(5000, 5000).buffer(40 * c)]) for c in cutoffs}
    shares = {f"departures_within_{c}": [float(c > 10), float(c > 20), 0.0, float(c > 40)] for c in cutoffs}
    found = words_of(
        lambda path, **given: draw(path.stem, **given),
        Path("bands.png"),
        pages=PAGES,
        town=made_town(cutoffs=cutoffs),
        isochrones=isochrones,
        shares=shares,
    )
    assert_legible(found, SMALLEST_PT)
    for page in {word.page_px for word in found}:
        rows = [word.text for word in found if word.page_px == page and word.text.endswith("%")]
        assert len(rows) == count + 2  # a band each, beyond, and the headline


def test_unstable_zones_are_dotted_in_their_own_band_only(draw):
    """The second zone, of 20 minutes, covers a quarter of both bands."""
    plain = pixels(draw("stable"))
    shares = {"departures_within_15": [1.0, 0.3, 0.0, 0.0], "departures_within_30": [1.0, 0.7, 0.0, 0.0]}
    dotted = pixels(draw("unstable", shares=shares))
    near, far = band_colours(2)
    assert count(on_map(dotted), near) == count(on_map(plain), near)
    assert 0.9 < count(on_map(dotted), far) / count(on_map(plain), far) < 0.99
    assert "unstable, most departures give another band (1 of 4 zones)" in draw(
        "unstable", shares=shares
    ).with_suffix(".txt").read_text(encoding="utf-8")


def test_zones_without_a_journey_are_hatched_where_no_band_is(draw):
    hatched = count(on_map(pixels(draw("unreached"))), NO_JOURNEY)
    reached = count(on_map(pixels(draw("reached", minutes=[10.0, 20.0, 90.0, 40.0]))), NO_JOURNEY)
    assert hatched > 2000
    assert reached < 0.05 * hatched
