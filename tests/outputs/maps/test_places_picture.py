import dataclasses
import datetime as dt

import numpy as np
import pytest
from matplotlib.image import imread
from shapely.affinity import translate
from shapely.geometry import MultiPolygon, Point, box

from colours import channels
from legible import assert_legible, words_of
from ptreach.config import Preset
from ptreach.outputs.maps.pages import PORTRAIT, SLIDE, SMALLEST_PT
from ptreach.outputs.maps.places_picture import draw_places
from ptreach.outputs.ramp import band_colours
from ptreach.outputs.scenes import MOST, on_one_scale, place_scene


@pytest.fixture(scope="session")
def scene(town, zones, facts):
    """Return a function that makes a place; its bands are circles, so many times as large as a mile."""

    def make(name="Ryde", *, size=1.0, share=0.2, date=None, preset=None, preset_name="am-peak", **changes):
        x, y = 459_000.0, 92_000.0
        made = place_scene(
            town=town.model_copy(
                update={
                    "name": name,
                    "slug": name.lower(),
                    "date": date or town.date,
                    "preset": preset or town.preset,
                    "preset_name": preset_name,
                }
            ),
            zones=zones,
            isochrones={c: MultiPolygon([Point(x, y).buffer(c * 100 * size)]) for c in (15, 30)},
            land=box(x - 50_000, y - 50_000, x + 50_000, y + 50_000),
            origin_xy_m=(x, y),
            facts=facts,
        )
        return dataclasses.replace(made, share=share, **changes)

    return make


def test_a_scene_keeps_what_the_picture_needs(town, zones, facts, isochrones):
    far = translate(box(0, 0, 1000, 1000), 900_000, 0)
    made = place_scene(
        town=town,
        zones=zones,
        isochrones=isochrones,
        land=zones.union_all().union(far),
        origin_xy_m=(459_154.0, 92_600.0),
        facts=facts,
    )
    # of 500 people 100 are within 15 minutes, the middle cutoff of two
    assert made.share == 0.2
    assert made.counted == "Wight"
    assert made.land.area == pytest.approx(zones.union_all().area, rel=0.01)
    for cutoff, area in isochrones.items():
        assert made.isochrones[cutoff].symmetric_difference(area).area < 0.03 * area.area


def test_places_stand_in_the_order_of_their_names_and_those_of_other_rules_are_left_out(scene, town):
    other = Preset(title="other", window=(0, 7200), cutoffs_min=(15, 30))
    scenes = [
        scene("Cowes"),
        scene("Bembridge", preset=other, preset_name="ubdc"),
        scene("Ryde"),
        scene("Arreton"),
    ]
    shown, left_out = on_one_scale(scenes)
    assert [one.town.name for one in shown] == ["Arreton", "Cowes", "Ryde"]
    assert [one.town.name for one in left_out] == ["Bembridge"]
    # as many of each: the first preset by name
    shown, _ = on_one_scale([scenes[0], scenes[1], scene("A", preset=other, preset_name="ubdc"), scene("Z")])
    assert {one.town.preset_name for one in shown} == {"am-peak"}
    # the same name of a preset with another window in the town's own file
    assert len(on_one_scale([scene("A"), scene("B", preset=other)])[0]) == 1
    assert len(on_one_scale([scene("A"), scene("B", engine="r5")])[0]) == 1
    assert on_one_scale([]) == ([], [])


def test_more_places_than_there_is_room_for_are_left_out_by_name(scene):
    scenes = [scene(f"Place {number:02}") for number in range(MOST + 2)]
    shown, left_out = on_one_scale(scenes)
    assert len(shown) == MOST
    assert [one.town.name for one in left_out] == ["Place 20", "Place 21"]


@pytest.mark.parametrize("count", [2, 3, 5, 8, 20])
@pytest.mark.parametrize("made_up", [False, True])
def test_everything_can_be_read_on_slide_and_a4(tmp_path, scene, count, made_up):
    names = (
        "St Mary's with a name of very many words that go on and on",
        "Llanfairpwllgwyngyllgogerychwyrndrobwll",
    )
    scenes = [
        scene(
            f"{names[number % 2]} {number}",
            size=1 + number % 3,
            share=number / 20,
            date=dt.date(2020, 6, 16 + number % 3),
            made_up=made_up,
        )
        for number in range(count)
    ]
    words = words_of(lambda path: draw_places(path, scenes), tmp_path / "p.png")
    assert_legible(words, SMALLEST_PT)
    assert {word.page_px for word in words} == {(2560, 1440), (1654, 2338)}
    assert sum(word.text.endswith("within 15 min") for word in words) == 2 * count


def count(image, colour):
    return int((np.abs(image - channels(colour)).max(axis=2) <= 1).sum())


def test_all_maps_are_at_one_scale(tmp_path, scene):
    """The bands of a place of twice the size have four times the area; both maps are as large."""
    draw_places(tmp_path / "p.png", [scene("A"), scene("B", size=2.0)], (SLIDE,))
    image = np.rint(imread(tmp_path / "p.png")[:, :, :3] * 255).astype(int)[: int(0.83 * 1440)]
    far = band_colours(2)[1]
    small, large = count(image[:, :1280], far), count(image[:, 1280:], far)
    assert large / small == pytest.approx(4, rel=0.12)  # letters cover some


@pytest.mark.parametrize(
    ("names", "shares", "title"),
    [
        (("Ryde", "Cowes"), (0.18, 0.3), "Within 15 minutes: 18% in Ryde, 30% in Cowes"),
        (
            ("Ryde high street", "Cowes high street"),
            (0.3, 0.18),
            "From 18% to 30% of residents are within 15 minutes",
        ),
        (("Ryde", "Cowes"), (0.181, 0.182), "In 2 places 18% live within 15 minutes"),
        (("Ryde", "Cowes"), (np.nan, np.nan), "No residents are counted here"),
    ],
)
def test_the_title_says_the_least_and_the_greatest_share(tmp_path, scene, names, shares, title):
    scenes = [scene(name, share=share) for name, share in zip(names, shares, strict=True)]
    draw_places(tmp_path / "p.png", scenes, (SLIDE,))
    lines = (tmp_path / "p.txt").read_text(encoding="utf-8").splitlines()
    assert lines[0] == f"Maps of 2 places on one scale: {title}."
    assert len(title.split()) <= 10


def test_the_foot_says_dates_preset_engine_and_sources(tmp_path, scene):
    scenes = [scene("Ryde"), scene("Cowes", date=dt.date(2026, 10, 13))]
    words = words_of(lambda path: draw_places(path, scenes, (PORTRAIT,)), tmp_path / "p.png")
    foot = words[-1].text.replace("\n", " ")
    assert foot.startswith(
        "Timetables of Tuesday 16 June 2020 (Ryde); Tuesday 13 October 2026 (Cowes); leaving 07:15 to 09:15; "
        "preset am-peak; engine raptor (ptreach 0.1.0). Sources: © OpenStreetMap contributors"
    )
    assert foot.count("Contains timetable data") == 1
