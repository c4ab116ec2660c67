"""Paths of the page, read back by a reader of their own."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiLineString, MultiPolygon, Point, Polygon, box

from ptreach.outputs.web import ground as ground_module
from ptreach.outputs.web.ground import DETAILS, Detail, fitted_ground
from ptreach.outputs.web.paths import Sheet, area_paths, area_tiles, line_path, line_tiles
from svg_paths import lines_of

SHEET = Sheet(west_m=400_000, north_m=300_000, unit_m=2)


def test_a_line_is_a_place_and_steps_with_y_down():
    assert line_path(LineString([(400_010, 299_990), (400_020, 299_970), (400_000, 299_970)]), SHEET) == (
        "m5 5 5 10-10 0"
    )


def test_a_line_goes_on_from_where_the_last_one_ended():
    lines = MultiLineString(
        [[(400_000, 300_000), (400_004, 300_000)], [(400_008, 300_000), (400_000, 299_998)]]
    )
    assert line_path(lines, SHEET) == "m0 0 2 0m2 0-4 1"


def test_a_ring_is_closed_and_goes_on_from_its_first_place():
    square = box(400_000, 299_980, 400_020, 300_000)
    holed = Polygon(square.exterior, [box(400_004, 299_990, 400_008, 299_994).exterior])
    (path,) = area_paths([holed], SHEET)
    assert path.count("z") == 2
    outer, hole = lines_of(path, SHEET)
    assert Polygon(outer, [hole]).equals(holed)


def test_places_that_fall_together_are_one_and_what_is_left_of_nothing_is_nothing():
    assert line_path(LineString([(400_000, 300_000), (400_000.4, 300_000), (400_004, 300_000)]), SHEET) == (
        "m0 0 2 0"
    )
    assert not line_path(LineString([(400_000, 300_000), (400_000.4, 300_000)]), SHEET)
    assert area_paths([Point(400_000, 300_000).buffer(0.3), MultiPolygon()], SHEET) == ["", ""]


def test_each_area_has_a_path_of_its_own_from_the_corner():
    left, right = box(400_000, 299_980, 400_020, 300_000), box(400_020, 299_980, 400_040, 300_000)
    paths = area_paths([MultiPolygon([left, right]), right, Polygon(), left], SHEET)
    drawn = [[Polygon(line) for line in lines_of(path, SHEET)] for path in paths]
    assert [len(rings) for rings in drawn] == [2, 1, 0, 1]
    assert drawn[0][0].equals(left)
    assert drawn[1][0].equals(right)
    assert drawn[3][0].equals(left)


coordinates = st.tuples(st.floats(400_000, 440_000), st.floats(260_000, 300_000))


@given(
    st.lists(st.lists(coordinates, min_size=2, max_size=8), min_size=1, max_size=5), st.sampled_from([2, 4])
)
def test_every_place_is_within_half_a_unit_of_where_it_was(lines, unit_m):
    sheet = Sheet(400_000, 300_000, unit_m)
    kept = [line for line in lines if len(set(map(tuple, sheet.places(np.array(line)).tolist()))) > 1]
    drawn = lines_of(line_path(MultiLineString(lines), sheet), sheet)
    assert len(drawn) >= len(kept)  # one that comes back to where it began is drawn, too
    for line in kept:
        assert min(shapely.hausdorff_distance(LineString(line), LineString(one)) for one in drawn) <= unit_m


def test_tiles_hold_all_lines_and_say_where_they_are():
    rng = np.random.default_rng(7)
    starts = rng.uniform([400_000, 290_000], [410_000, 300_000], (300, 1, 2))
    lines = shapely.linestrings(np.concatenate([starts, starts + rng.normal(0, 80, (300, 3, 2))], axis=1))
    tiles = line_tiles(lines, SHEET, tolerance_m=2).written()
    assert 20 < len(tiles) <= 36  # 10 km by 10 km in tiles of 2 km, and what strays over the edge
    drawn = []
    for left, top, right, bottom, path in tiles:
        inside = lines_of(path, SHEET)
        xy = np.vstack(inside)
        assert xy.min(axis=0).tolist() == [400_000 + 2 * left, 300_000 - 2 * bottom]
        assert xy.max(axis=0).tolist() == [400_000 + 2 * right, 300_000 - 2 * top]
        drawn += inside
    length_m = sum(LineString(line).length for line in drawn)
    assert length_m == pytest.approx(shapely.length(lines).sum(), rel=0.01)


@given(
    st.lists(st.lists(coordinates, min_size=2, max_size=8), max_size=6),
    st.sampled_from([1, 300]),
    st.booleans(),
)
def test_letters_are_counted_before_they_are_written(lines, unit_m, as_areas):
    sheet = Sheet(420_000, 280_000, unit_m)  # in the middle, so that steps go all ways
    shapes = np.array([LineString(line) for line in lines], dtype=object)
    tiles = (
        area_tiles(shapely.buffer(shapes, 400), sheet, 5)
        if as_areas
        else line_tiles(shapes, sheet, tolerance_m=5)
    )
    assert tiles.moves.letters() == sum(len(path) for *_, path in tiles.written())


def test_a_small_square_of_streets_does_not_vanish():
    square = LineString(box(400_000, 299_990, 400_006, 299_996).exterior)
    ((*_, path),) = line_tiles(np.array([square]), SHEET, tolerance_m=8).written()
    assert len(lines_of(path, SHEET)[0]) >= 4


def test_ponds_too_small_to_see_are_left_out():
    areas = np.array([box(400_000, 299_000, 400_011, 299_011), box(400_500, 299_000, 400_600, 299_100)])
    ((left, *_, path),) = area_tiles(areas, SHEET, tolerance_m=6).written()
    assert left == 250
    (ring,) = lines_of(path, SHEET)
    assert Polygon(ring).equals(areas[1])


@pytest.fixture
def streets():
    lines = [LineString([(400_000, y), (400_100, y + 1)]) for y in range(299_000, 300_000, 10)]
    kinds = ["path", "minor", "minor", "major"] * 25
    return gpd.GeoDataFrame({"kind": kinds}, geometry=lines, crs=27700)


@pytest.mark.parametrize(
    ("most_letters", "unit_m", "without"),
    [(10_000, 2, ()), (1_000, 4, ("path",)), (100, 8, ("path", "minor"))],
)
def test_a_ground_too_large_is_drawn_in_less_detail(monkeypatch, streets, most_letters, unit_m, without):
    """Each line takes some 12 letters: 1,200 in all, 900 without paths, 300 of main roads."""
    details = [Detail(one.unit_m, one.without, most_letters) for one in DETAILS]
    monkeypatch.setattr(ground_module, "DETAILS", details)
    drawn = fitted_ground(streets, box(400_000, 299_000, 400_100, 300_000))
    assert drawn.sheet == Sheet(400_000, 300_000, unit_m)
    assert drawn.left_out == without
    assert set(drawn.tiles) == {"path", "minor", "major"} - set(without)


def test_nothing_is_drawn_twice_nor_once_there_is_no_room(monkeypatch, streets):
    """Each line takes some 12 letters; details of one unit share what is drawn in it."""
    drawn = []
    of_lines = ground_module.line_tiles

    def counted(lines, sheet, tolerance_m):
        drawn.append((sheet.unit_m, len(lines)))
        return of_lines(lines, sheet, tolerance_m)

    monkeypatch.setattr(ground_module, "line_tiles", counted)
    monkeypatch.setattr(ground_module, "DETAILS", [one._replace(most_letters=1_000) for one in DETAILS])
    found = fitted_ground(streets, box(400_000, 299_000, 400_100, 300_000))
    assert (found.sheet.unit_m, found.left_out) == (4, ("path",))
    assert drawn == [(2, 25), (2, 50), (2, 25), (4, 25), (4, 50), (4, 25)]
    monkeypatch.setattr(ground_module, "DETAILS", [one._replace(most_letters=100) for one in DETAILS])
    drawn.clear()
    fitted_ground(streets, box(400_000, 299_000, 400_100, 300_000))
    assert drawn == [(2, 25), (4, 25), (4, 50), (8, 50), (8, 25)]


def test_only_what_touches_the_frame_is_drawn(streets):
    drawn = fitted_ground(streets, box(399_000, 299_500, 401_000, 299_600))
    lines = [
        line for kind in drawn.tiles.values() for *_, path in kind for line in lines_of(path, drawn.sheet)
    ]
    assert len(lines) == 11  # those that begin at 299,500 to 299,600
