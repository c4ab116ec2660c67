import itertools
import math

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from shapely.geometry import MultiPolygon, Point, Polygon, box

from ptreach.measures.isochrones import (
    Pins,
    SurfaceGrid,
    contour_isochrones,
    cut_to_land,
    grid_nodes_m,
    minutes_between,
    only_polygons,
    surface_grid,
)

CUTOFFS = (15, 30, 45, 60)
GRID = SurfaceGrid(400_000.0, 90_000.0, 100.0, 7, 6)
# times that sit on, next to and far from cutoffs, so that saddles, ties and flats are common
AWKWARD = st.one_of(
    st.sampled_from(
        [0.0, 15.0, 30.0, 45.0, 60.0, 61.0, math.nan, 14.999999999, 15.000000001, 899 / 60, 901 / 60]
    ),
    st.integers(0, 7200).map(lambda seconds: seconds / 60),
    st.floats(0, 120),
)
SURFACES = hnp.arrays(np.float64, (GRID.rows, GRID.columns), elements=AWKWARD)


def inside(area, grid):
    x, y = grid_nodes_m(grid)
    return shapely.contains_xy(area, x, y).reshape(grid.rows, grid.columns)


def distance_surface(grid, x_m, y_m, minutes_per_m):
    x, y = grid_nodes_m(grid)
    return (np.hypot(x - x_m, y - y_m) * minutes_per_m).reshape(grid.rows, grid.columns)


@given(SURFACES)
@settings(max_examples=200)
@example(np.full((7, 6), 15.0))
@example(np.full((7, 6), math.nan))
@example(np.zeros((7, 6)))
@example(np.full((7, 6), math.inf))
@example(np.indices((7, 6)).sum(axis=0) % 2 * 60.0)  # a chessboard: every cell a saddle
def test_nodes_are_inside_exactly_if_under_the_cutoff_and_areas_nest(minutes):
    areas = contour_isochrones(minutes, GRID, CUTOFFS, None)
    assert list(areas) == list(CUTOFFS)
    for cutoff, area in areas.items():
        assert isinstance(area, MultiPolygon)
        assert area.is_valid, shapely.is_valid_reason(area)
        np.testing.assert_array_equal(inside(area, GRID), minutes < cutoff)
    for smaller, larger in itertools.pairwise(CUTOFFS):
        assert areas[smaller].difference(areas[larger]).area < 1e-3  # of 10,000 square metres a cell


@given(SURFACES, st.integers(0, 3), st.integers(0, 3))
@settings(max_examples=60)
def test_cut_to_land_is_valid_inside_land_and_nested(minutes, shift_x, shift_y):
    # an island with a lagoon, its shore partly along the nodes
    shore = box(400_000 + 50 * shift_x, 90_000 + 50 * shift_y, 400_480, 90_530)
    island = shore.difference(box(400_200, 90_200, 400_300, 90_350))
    areas = contour_isochrones(minutes, GRID, CUTOFFS, island)
    whole = contour_isochrones(minutes, GRID, CUTOFFS, None)
    for cutoff, area in areas.items():
        assert isinstance(area, MultiPolygon)
        assert area.is_valid
        assert area.difference(island).area < 1e-3
        assert area.area == pytest.approx(whole[cutoff].intersection(island).area)
    for smaller, larger in itertools.pairwise(CUTOFFS):
        assert areas[smaller].difference(areas[larger]).area < 1e-3


def test_contour_of_a_cone_is_a_circle():
    # 1 minute each 80 m: 15 minutes are 1,200 m; a chord of 100 m strays 100²/8/1,200 ≈ 1 m from the arc
    grid = surface_grid((0, 0, 6000, 6000))
    areas = contour_isochrones(distance_surface(grid, 3000, 3000, 1 / 80), grid, (15, 30), None)
    for cutoff, radius in ((15, 1200), (30, 2400)):
        assert len(areas[cutoff].geoms) == 1
        assert areas[cutoff].area == pytest.approx(math.pi * radius**2, rel=0.005)
        assert areas[cutoff].hausdorff_distance(Point(3000, 3000).buffer(radius, 64)) < 5


def test_hole_is_kept_where_nodes_are_not_reached():
    grid = surface_grid((0, 0, 2000, 2000))
    minutes = np.full((grid.rows, grid.columns), 10.0)
    minutes[10:13, 10:13] = math.nan  # 300 m by 300 m of water
    area = contour_isochrones(minutes, grid, (15,), None)[15]
    assert len(area.geoms) == 1
    (hole,) = area.geoms[0].interiors
    assert 200**2 < Polygon(hole).area < 400**2  # covers the nine nodes, none of the ring around them


def test_one_node_alone_is_an_area_of_its_own():
    minutes = np.full((GRID.rows, GRID.columns), math.nan)
    minutes[3, 2] = 14.0
    area = contour_isochrones(minutes, GRID, (15,), None)[15]
    # unreached counts as 15 + 5: the contour passes 1/6 of the way to each of the four neighbours
    assert area.area == pytest.approx(2 * (100 / 6) ** 2)
    assert area.centroid.equals_exact(Point(400_200, 90_300), 1e-6)


def test_grid_covers_bounds_with_a_node_to_spare_at_multiples_of_the_step():
    assert surface_grid((120, 250, 300, 480)) == SurfaceGrid(0.0, 100.0, 100.0, 6, 5)
    assert surface_grid((100, 200, 100, 200), 50.0) == SurfaceGrid(50.0, 150.0, 50.0, 3, 3)


def test_nodes_run_east_then_north():
    x, y = grid_nodes_m(SurfaceGrid(10.0, 20.0, 5.0, 2, 3))
    assert x.tolist() == [10, 15, 20, 10, 15, 20]
    assert y.tolist() == [20, 20, 20, 25, 25, 25]


def test_surface_of_another_shape_is_refused():
    with pytest.raises(ValueError, match="shape"):
        contour_isochrones(np.zeros((6, 7)), GRID, CUTOFFS, None)


def test_only_polygons_drops_touching_lines_and_mends_bow_ties():
    square = box(0, 0, 1, 1)
    mixed = shapely.GeometryCollection(
        [square, shapely.LineString([(2, 0), (3, 0)]), MultiPolygon([box(5, 5, 6, 6)])]
    )
    assert only_polygons(mixed).equals(MultiPolygon([square, box(5, 5, 6, 6)]))
    bow_tie = Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    assert only_polygons(bow_tie).is_valid
    assert only_polygons(bow_tie).area == pytest.approx(2)
    assert only_polygons(Point(0, 0)).is_empty


def pins_at(*places):
    x, y, minutes = (np.array(column, dtype=float) for column in zip(*places, strict=True))
    return Pins(x, y, minutes)


PLACES = st.lists(
    st.tuples(st.floats(400_000, 400_500), st.floats(90_000, 90_600), AWKWARD), min_size=1, max_size=6
)


@given(SURFACES, PLACES)
@settings(max_examples=150)
@example(np.full((7, 6), math.nan), [(400_250.0, 90_250.0, 5.0)])
@example(np.full((7, 6), 50.0), [(400_149.0, 90_149.0, 5.0), (400_151.0, 90_151.0, 70.0)])
def test_pinned_areas_are_valid_and_nested_wherever_the_pins_lie(minutes, places):
    areas = contour_isochrones(minutes, GRID, CUTOFFS, None, pins_at(*places))
    for area in areas.values():
        assert area.is_valid, shapely.is_valid_reason(area)
    for smaller, larger in itertools.pairwise(CUTOFFS):
        assert areas[smaller].difference(areas[larger]).area < 1e-3


@given(SURFACES, st.floats(-45, 45), st.floats(-45, 45), AWKWARD)
@settings(max_examples=150)
def test_a_pin_lies_inside_exactly_if_under_the_cutoff(minutes, dx, dy, own):
    x, y = 400_200 + dx, 90_300 + dy
    before = minutes.copy()
    areas = contour_isochrones(minutes, GRID, CUTOFFS, None, pins_at((x, y, own)))
    np.testing.assert_array_equal(minutes, before)
    for cutoff, area in areas.items():
        assert shapely.contains_xy(area, x, y) == (own < cutoff)


def test_nodes_that_no_pin_moves_stay_on_their_side():
    minutes = distance_surface(GRID, 400_250, 90_250, 1 / 8)
    areas = contour_isochrones(minutes, GRID, CUTOFFS, None, pins_at((400_230, 90_320, 70)))
    untouched = np.ones((7, 6), dtype=bool)
    untouched[3, 2] = False
    for cutoff, area in areas.items():
        np.testing.assert_array_equal(inside(area, GRID)[untouched], (minutes < cutoff)[untouched])


def test_of_two_pins_at_one_node_the_nearer_is_taken():
    flat = np.full((7, 6), 50.0)
    areas = contour_isochrones(flat, GRID, CUTOFFS, None, pins_at((400_230, 90_300, 5), (400_205, 90_300, 5)))
    assert shapely.contains_xy(areas[15], 400_205, 90_300)
    areas = contour_isochrones(
        flat, GRID, CUTOFFS, None, pins_at((400_230, 90_300, 5), (400_205, 90_300, 50))
    )
    assert areas[15].is_empty


def test_pins_off_the_grid_change_nothing():
    minutes = distance_surface(GRID, 400_250, 90_250, 1 / 8)
    plain = contour_isochrones(minutes, GRID, CUTOFFS, None)
    pinned = contour_isochrones(
        minutes, GRID, CUTOFFS, None, pins_at((399_000, 90_300, 5), (400_200, 91_900, 5))
    )
    assert all(plain[cutoff].equals(pinned[cutoff]) for cutoff in CUTOFFS)


def test_cutting_to_land_keeps_no_band_over_water():
    minutes = np.full((7, 6), 10.0)
    water = box(400_100, 90_100, 400_300, 90_500)
    whole = contour_isochrones(minutes, GRID, CUTOFFS, None)
    cut = cut_to_land(whole, box(*whole[60].bounds).difference(water))
    for cutoff in CUTOFFS:
        assert cut[cutoff].area == pytest.approx(whole[cutoff].area - water.area)
        assert cut[cutoff].intersection(water).area == pytest.approx(0)


def test_minutes_between_nodes_are_those_of_a_plane():
    columns, rows = np.meshgrid(np.arange(6.0), np.arange(7.0))
    plane = 3 + 2 * columns + 5 * rows
    x, y = np.array([400_000, 400_150, 400_499.5]), np.array([90_000, 90_225, 90_600])
    found = minutes_between(plane, GRID, x, y)
    assert found == pytest.approx([3, 3 + 2 * 1.5 + 5 * 2.25, 3 + 2 * 4.995 + 5 * 6])


def test_minutes_between_leave_out_nodes_that_are_not_reached():
    minutes = np.full((7, 6), math.nan)
    minutes[1, 1], minutes[1, 2] = 10, 20
    x, y = np.array([400_125.0, 400_125, 400_450, 399_000]), np.array([90_100.0, 90_150, 90_450, 90_100])
    found = minutes_between(minutes, GRID, x, y)
    assert found[:2] == pytest.approx([12.5, 12.5])
    assert np.isnan(found[2:]).all()
