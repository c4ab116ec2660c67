import itertools

import geopandas as gpd
import numpy as np
import pytest
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from colours import contrast_of
from ptreach.outputs.maps.far_map import COLOURS
from ptreach.outputs.maps.view import (
    DOTS,
    EDGE,
    HATCH,
    LINES,
    MINOR_BELOW_M,
    PATHS_BELOW_M,
    SMALLEST_VIEW_M,
    away_from,
    clipped,
    doubt_colour,
    draw_bands,
    draw_doubts,
    draw_edge,
    draw_ground,
    draw_lines,
    polygon_outline,
    view_bounds,
)
from ptreach.outputs.ramp import GROUND, INK, MISSING, OUTSIDE, RAMP, SEA, band_colours

NO_ZONES = np.array([], dtype=object)


@pytest.fixture
def axes():
    figure = Figure(figsize=(10, 5), dpi=100)
    FigureCanvasAgg(figure)
    made = figure.add_axes((0, 0, 1, 1))
    made.set(xlim=(0, 2000), ylim=(0, 1000))
    return made


@pytest.mark.parametrize("bands", [box(0, 0, 50_000, 1000), box(0, 0, 1000, 50_000), box(0, 0, 10, 10)])
def test_view_has_the_shape_of_the_map_and_room_around_the_bands(bands):
    west, south, east, north = view_bounds(MultiPolygon([bands]), (5, 5), NO_ZONES, 1.5)
    assert (east - west) / (north - south) == pytest.approx(1.5)
    assert min(east - west, north - south) >= SMALLEST_VIEW_M
    assert box(west, south, east, north).buffer(-0.04 * 1000).contains(bands)


def test_view_holds_the_origin_and_zones_stand_in_for_no_bands():
    far = (90_000.0, 0.0)
    assert box(*view_bounds(MultiPolygon([box(0, 0, 1, 1)]), far, NO_ZONES, 1.5)).contains(Point(far))
    zones = np.array([box(0, 0, 7000, 7000)])
    assert box(*view_bounds(MultiPolygon(), (5, 5), zones, 1.5)).contains(zones[0])


def ground(*rows):
    return gpd.GeoDataFrame({"kind": [kind for kind, _ in rows]}, geometry=[g for _, g in rows], crs=27700)


def lines_on(axes):
    return [patch for patch in axes.patches if not patch.get_fill() and not patch.get_hatch()]


@pytest.mark.parametrize(
    ("width_m", "drawn"),
    [
        (PATHS_BELOW_M, {"path", "minor", "major"}),
        (PATHS_BELOW_M + 1, {"minor", "major"}),
        (MINOR_BELOW_M + 1, {"major"}),
    ],
)
def test_wide_views_leave_out_what_would_blur(axes, width_m, drawn):
    line = LineString([(10, 10), (900, 900)])
    view = (0.0, 0.0, width_m, width_m / 2)
    seen = draw_ground(
        axes,
        ground(("path", line), ("minor", line), ("major", line)),
        box(*view),
        view,
        by_the_sea=True,
    )
    assert seen == drawn
    assert len(lines_on(axes)) == len(drawn)


def test_only_what_is_in_view_is_drawn_and_the_sea_is_outside(axes):
    view = (0.0, 0.0, 2000.0, 1000.0)
    rows = ground(("rail", LineString([(5000, 0), (6000, 0)])), ("major", LineString([(0, 5), (9, 5)])))
    assert draw_ground(axes, rows, box(*view), view, by_the_sea=True) == {"major"}
    corner = box(0, 0, 1000, 1000)
    assert draw_ground(axes, rows, corner, view, by_the_sea=False) == {"major", "outside"}
    assert draw_ground(axes, rows, corner, view, by_the_sea=True) == {"major", "sea"}
    lake = ground(("water", box(1000, 0, 2000, 1000)))
    assert draw_ground(axes, lake, box(0, 0, 1000, 1000), view, by_the_sea=True) == {"water"}


def drawn_lines(axes, colour):
    paths = [line.get_path() for line in lines_on(axes) if to_hex(line.get_edgecolor()) == colour.lower()]
    return shapely.union_all(
        [LineString(part) for path in paths for part in path.to_polygons(closed_only=False)]
    )


def test_outlines_side_by_side_are_drawn_once_and_not_along_the_shore(axes):
    view, land = (0.0, 0.0, 2000.0, 1000.0), box(100, 100, 1900, 900)
    # 1 px is 2 m: the left sides lie 2 px apart, the right sides 50 px; the lower sides are the shore
    near, far = box(502, 100, 1300, 700), box(498, 100, 1400, 800)
    draw_bands(axes, {15: MultiPolygon([near]), 30: MultiPolygon([far])}, land, view)
    ink = drawn_lines(axes, INK)
    sides = {
        "left of far": LineString([(498, 120), (498, 800)]),
        "right of far": LineString([(1400, 120), (1400, 800)]),
        "right of near": LineString([(1300, 120), (1300, 690)]),
    }
    assert all(ink.buffer(0.1).covers(side) for side in sides.values())
    assert ink.intersection(LineString([(502, 120), (502, 680)])).length == 0
    assert ink.intersection(LineString([(600, 100), (1200, 100)])).length == 0
    assert drawn_lines(axes, LINES["coast"].colour).buffer(0.1).covers(land.boundary)


def test_edge_of_districts_is_drawn_inland_only(axes):
    view = (0.0, 0.0, 20_000.0, 10_000.0)
    districts = box(5000, 2000, 15_000, 8000)
    assert not draw_edge(axes, districts, districts, view)
    assert draw_edge(axes, districts, box(-1e5, -1e5, 1e5, 1e5), view)
    assert not draw_edge(axes, box(*view).buffer(9000), box(-1e5, -1e5, 1e5, 1e5), view)


def test_outline_runs_one_way_round_shells_and_the_other_round_holes():
    holed = Polygon(box(0, 0, 10, 10).exterior, [box(4, 4, 6, 6).exterior])
    shell, hole = (shapely.LinearRing(ring) for ring in polygon_outline(holed).to_polygons())
    assert shell.is_ccw != hole.is_ccw
    assert polygon_outline(Polygon()).vertices.size == 0


def test_clipping_leaves_areas_that_are_not_valid_whole():
    bow = Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    assert clipped(bow, box(0, 0, 1, 1)) is bow
    assert clipped(box(0, 0, 2, 2), box(1, 1, 3, 3)).equals(box(1, 1, 2, 2))


def test_lines_away_from_others_are_what_is_left_beside_all_of_them_widened():
    dice = np.random.default_rng(3)
    ponds = shapely.union_all(
        [Point(xy).buffer(dice.uniform(1, 12)).boundary for xy in dice.uniform(0, 1_000, size=(400, 2))]
    )
    line = shapely.union_all(
        [LineString(dice.uniform(0, 1_000, size=(6, 2))), Point(500, 500).buffer(90).boundary]
    )
    found, plain = away_from(line, ponds, 9.0), line.difference(ponds.buffer(9.0))
    assert 0 < found.length < 0.9 * line.length
    assert found.length == pytest.approx(plain.length)
    assert found.hausdorff_distance(plain) < 1e-6
    assert away_from(line, shapely.LineString([(5_000, 0), (5_000, 9)]), 9.0).equals(line)
    assert away_from(line, shapely.LineString(), 9.0).equals(line)


def test_lines_drawn_as_one_path_do_not_run_into_each_other(axes):
    both = shapely.MultiLineString([[(0, 0), (1, 0)], [(5, 5), (6, 6), (7, 7)]])
    bits = shapely.GeometryCollection([Point(3, 3), LineString([(8, 8), (9, 9)])])
    path = draw_lines(axes, np.array([both, bits]), INK, 1.0, 1).get_path()
    assert [line.tolist() for line in path.to_polygons(closed_only=False)] == [
        [[0, 0], [1, 0]],
        [[5, 5], [6, 6], [7, 7]],
        [[8, 8], [9, 9]],
    ]
    assert not len(draw_lines(axes, LineString(), INK, 1.0, 1).get_path().vertices)


def test_several_areas_are_one_outline():
    areas = np.array([box(0, 0, 1, 1), MultiPolygon([box(2, 0, 3, 1), box(4, 0, 5, 1)]), Polygon()])
    outline = polygon_outline(areas)
    assert [shapely.Polygon(ring).bounds for ring in outline.to_polygons()] == [
        (0, 0, 1, 1), (2, 0, 3, 1), (4, 0, 5, 1),
    ]  # fmt: skip


LEAST_OF_GRAPHICS = 3
"""WCAG 2.2, 1.4.11: contrast of what is needed to understand a picture with what is beside it."""
FILLS = sorted(
    {*(colour for count in range(1, 13) for colour in band_colours(count)), *itertools.chain(*COLOURS), *RAMP}
)


@pytest.mark.parametrize("fill", [*FILLS, GROUND, MISSING])
def test_dots_and_hatching_can_be_seen_on_every_fill(fill):
    assert contrast_of(doubt_colour(fill), fill) >= LEAST_OF_GRAPHICS


@pytest.mark.parametrize("fill", [*FILLS, GROUND, MISSING, SEA, OUTSIDE, "#FFFFFF"])
def test_outlines_part_every_fill_from_the_next_or_white_ones_do(fill):
    """Between areas that are too dark for outlines in ink, streets and outlines are white."""
    assert max(contrast_of(INK, fill), contrast_of("#FFFFFF", fill)) >= LEAST_OF_GRAPHICS
    if fill in {GROUND, MISSING, SEA, OUTSIDE, "#FFFFFF"}:
        assert contrast_of(INK, fill) >= LEAST_OF_GRAPHICS


def test_the_line_around_the_area_counted_can_be_seen_on_all_it_crosses():
    for behind in (GROUND, SEA, OUTSIDE):
        assert contrast_of(EDGE, behind) >= LEAST_OF_GRAPHICS


def test_streets_are_pixels_in_an_svg_and_all_else_is_not(axes):
    lines = [LineString([(0, y), (2000, y)]) for y in (100, 200, 300)]
    draw_ground(
        axes, ground(*zip(("minor", "major", "rail"), lines, strict=True)), box(0, 0, 2000, 1000),
        (0, 0, 2000, 1000), by_the_sea=True,
    )  # fmt: skip
    drawn = [line.get_rasterized() for line in lines_on(axes)]
    assert sorted(drawn, key=bool) == [False, True, True]


def test_hatches_too_small_to_be_seen_are_not_said_to_be_drawn(axes):
    view = (0, 0, 2000, 1000)
    isochrones = {15: MultiPolygon([box(0, 0, 500, 1000)]), 30: MultiPolygon([box(0, 0, 1000, 1000)])}
    none, speck = MultiPolygon(), box(1500, 500, 1510, 510)
    assert draw_doubts(axes, isochrones, [none, none], speck, view) == set()
    assert draw_doubts(axes, isochrones, [none, box(400, 0, 900, 900)], none, view) == {DOTS}
    assert draw_doubts(axes, isochrones, [none, none], box(900, 0, 1500, 900), view) == {HATCH}
    # of the zone all of which lies in the nearer band, nothing is of the farther one
    assert draw_doubts(axes, isochrones, [none, box(0, 0, 400, 900)], none, view) == set()
