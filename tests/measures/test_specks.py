"""Islands and holes below a size are merged, whatever is nested in them; places keep theirs."""

import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from shapely.geometry import MultiPolygon, Point, Polygon, box

from ptreach.measures.isochrones import SurfaceGrid, contour_isochrones
from ptreach.measures.specks import Merged, merge_specks

NOWHERE = np.empty((0, 2))
LAND = box(0, 0, 1000, 1000)
HOLE = box(100, 100, 190, 190)  # 8,100 square metres
LAKE = box(400, 400, 600, 600)
ISLAND = box(2000, 0, 2050, 50)


def area(*parts):
    return MultiPolygon(list(parts))


def holed(outline, *holes):
    return Polygon(outline.exterior, [hole.exterior for hole in holes])


def test_small_islands_go_and_small_holes_are_filled():
    areas, merged = merge_specks({15: area(holed(LAND, HOLE, LAKE), ISLAND)}, 10_000, NOWHERE)
    assert areas[15].equals(holed(LAND, LAKE))
    assert merged[15] == Merged(islands=1, holes=1)


def test_what_has_the_size_asked_for_stays():
    whole = area(holed(LAND, HOLE), ISLAND)
    areas, merged = merge_specks({15: whole}, 2_500, NOWHERE)
    assert areas[15].equals(whole)
    assert merged[15] == Merged(0, 0)


def test_an_island_in_a_small_hole_goes_with_it():
    inner = box(130, 130, 160, 160)
    areas, merged = merge_specks({15: area(holed(LAND, HOLE), inner)}, 10_000, NOWHERE)
    assert areas[15].equals(LAND)
    assert areas[15].is_valid
    assert merged[15] == Merged(1, 1)


def test_holes_of_an_island_that_goes_are_not_counted():
    areas, merged = merge_specks({15: area(LAND, holed(ISLAND, box(2010, 10, 2020, 20)))}, 10_000, NOWHERE)
    assert areas[15].equals(LAND)
    assert merged[15] == Merged(1, 0)


@pytest.mark.parametrize("place", [(2025.0, 25.0), (145.0, 145.0)])
def test_a_place_keeps_its_island_and_its_hole(place):
    whole = area(holed(LAND, HOLE), ISLAND)
    areas, merged = merge_specks({15: whole}, 10_000, np.array([place]))
    assert areas[15].contains(Point(place)) == whole.contains(Point(place))
    assert merged[15].islands + merged[15].holes == 1


def test_an_area_without_parts_stays_so():
    areas, merged = merge_specks({15: MultiPolygon([])}, 10_000, NOWHERE)
    assert areas[15].is_empty
    assert merged[15] == Merged(0, 0)


GRID = SurfaceGrid(0.0, 0.0, 100.0, 7, 6)
TIMES = st.sampled_from([5.0, 14.0, 15.0, 20.0, 31.0, 40.0, float("nan")])


@given(
    hnp.arrays(np.float64, (7, 6), elements=TIMES),
    hnp.arrays(np.float64, st.tuples(st.integers(0, 3), st.just(2)), elements=st.floats(0, 600)),
    st.sampled_from([5_000.0, 10_000.0, 25_000.0, 60_000.0]),
)
@settings(max_examples=150)
def test_merged_areas_are_valid_nested_and_have_nothing_small(minutes, places_m, least_m2):
    cutoffs = (15, 30, 45)
    areas, merged = merge_specks(contour_isochrones(minutes, GRID, cutoffs, None), least_m2, places_m)
    points = shapely.points(places_m)
    for cutoff in cutoffs:
        assert areas[cutoff].is_valid
        for ring in shapely.get_rings(areas[cutoff]):
            outline = Polygon(ring)
            assert outline.area >= least_m2 or any(shapely.intersects(outline, points))
        assert min(merged[cutoff]) >= 0
    for nearer, further in itertools.pairwise(cutoffs):
        assert areas[nearer].difference(areas[further]).area < 1e-3
