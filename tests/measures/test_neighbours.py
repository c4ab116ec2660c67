import numpy as np
import pytest
import shapely
from libpysal.graph import Graph

from ptreach.errors import InputError
from ptreach.measures.neighbours import touching_zones


def pairs_of(neighbours):
    return list(zip(neighbours.focal_idx.tolist(), neighbours.neighbour_idx.tolist(), strict=True))


def test_zones_of_a_grid_touch_in_edges_and_corners():
    squares = [shapely.box(x, y, x + 100, y + 100) for y in (0, 100, 200) for x in (0, 100, 200)]
    found = touching_zones(squares)
    pairs = pairs_of(found)
    assert pairs == sorted(set(pairs))
    assert {j for i, j in pairs if i == 4} == {0, 1, 2, 3, 5, 6, 7, 8}
    assert {j for i, j in pairs if i == 0} == {1, 3, 4}
    assert {j for i, j in pairs if i == 1} == {0, 2, 3, 4, 5}
    assert all((j, i) in pairs for i, j in pairs)
    assert found.by_distance_idx.size == 0


@pytest.mark.parametrize(("gap_m", "touch"), [(0.0, False), (1.0, True)])
def test_a_narrow_gap_of_simplified_boundaries_counts_as_touching_if_it_may(gap_m, touch):
    squares = [shapely.box(0, 0, 100, 100), shapely.box(100.5, 0, 200, 100)]
    assert bool(pairs_of(touching_zones(squares, gap_m=gap_m, nearest_n=0))) is touch


def test_an_island_gets_its_nearest_zones_and_they_get_it():
    mainland = [shapely.box(x, 0, x + 100, 100) for x in (0, 100, 200, 300)]
    island = shapely.box(1000, 0, 1100, 100)
    found = touching_zones([island, *mainland], nearest_n=2)
    assert pairs_of(found) == [
        *[(0, 3), (0, 4)],
        *[(1, 2), (2, 1), (2, 3), (3, 0), (3, 2), (3, 4), (4, 0), (4, 3)],
    ]
    assert found.by_distance_idx.tolist() == [0]
    alone = touching_zones([island, *mainland], nearest_n=0)
    assert 0 not in alone.focal_idx
    assert alone.by_distance_idx.size == 0


@pytest.mark.parametrize("zones_n", [0, 1])
def test_no_zone_and_one_zone_have_no_neighbours(zones_n):
    found = touching_zones([shapely.box(0, 0, 1, 1)] * zones_n)
    assert found.zones_n == zones_n
    assert pairs_of(found) == []
    assert found.by_distance_idx.size == 0


def test_neighbours_are_those_of_libpysal():
    points = shapely.multipoints(np.random.default_rng(7).random((300, 2)) * 1000)
    cells = np.array(shapely.get_parts(shapely.voronoi_polygons(points, extend_to=shapely.box(0, 0, 1, 1))))
    import geopandas as gpd

    theirs = Graph.build_contiguity(gpd.GeoSeries(cells), rook=False).adjacency
    ours = touching_zones(cells, gap_m=0)
    assert pairs_of(ours) == sorted(theirs.index.tolist())


@pytest.mark.parametrize("nothing", [None, shapely.Polygon()])
def test_a_zone_without_a_polygon_is_named(nothing):
    with pytest.raises(InputError, match=r"zone 2 of 3 has no polygon \(1 such zones\)"):
        touching_zones([shapely.box(0, 0, 1, 1), nothing, shapely.box(1, 0, 2, 1)])


def test_what_was_found_before_is_found_again_and_not_for_other_zones_or_gaps():
    apart = [shapely.box(0, 0, 100, 100), shapely.box(102, 0, 200, 100), shapely.box(200, 0, 300, 100)]
    for _ in range(2):
        assert pairs_of(touching_zones(apart, nearest_n=0)) == [(1, 2), (2, 1)]
        assert pairs_of(touching_zones(apart, gap_m=3, nearest_n=0)) == [(0, 1), (1, 0), (1, 2), (2, 1)]
        assert pairs_of(touching_zones(apart[::-1], nearest_n=0)) == [(0, 1), (1, 0)]
