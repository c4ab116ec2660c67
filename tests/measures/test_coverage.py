import math

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, Polygon, box

from ptreach.measures.coverage import area_shares
from ptreach.measures.isochrones import contour_isochrones, grid_nodes_m, surface_grid

NAN = math.nan
WEST, NORTH = 400_000, 290_000


def at(x0, y0, x1, y1):
    """A box in metres from a corner of Sandwell."""
    return box(WEST + x0, NORTH + y0, WEST + x1, NORTH + y1)


# 15 minutes: a square of 1 km and an exclave; 30: 2 km with a hole
NEAR = MultiPolygon([at(0, 0, 1000, 1000), at(1500, 1500, 1600, 1600)])
FAR = at(0, 0, 2000, 2000).difference(at(1200, 200, 1400, 400))


def same(shares, expected):
    assert np.array_equal(shares, expected, equal_nan=True), shares


def test_shares_by_hand():
    zones = [
        at(100, 100, 300, 300),  # within both
        at(900, 0, 1100, 1000),  # half within 15
        at(1200, 200, 1400, 400),  # the hole, edge to edge
        at(1100, 100, 1500, 500),  # around the hole: 12 of 16 hectares
        at(1000, 0, 1100, 100),  # touches the 15 minutes along an edge
        at(5000, 0, 5100, 100),  # far away
        at(1400, 1400, 1700, 1700),  # around the exclave
    ]
    shares = area_shares(zones, {30: FAR, 15: NEAR})
    assert shares == pytest.approx(
        np.array([[1, 1], [0.5, 1], [0, 0], [0, 0.75], [0, 1], [0, 0], [1 / 9, 1]]), abs=1e-12
    )
    assert shares[0].tolist() == [1, 1]  # exactly
    assert shares[5].tolist() == [0, 0]


def test_a_zone_of_two_parts_and_a_zone_across_two_parts():
    split = MultiPolygon([at(0, 0, 100, 100), at(3000, 0, 3300, 100)])
    assert area_shares([split], {15: NEAR})[0, 0] == pytest.approx(0.25)
    across = at(900, 900, 1600, 1600)
    assert area_shares([across], {15: NEAR})[0, 0] == pytest.approx(2 * 100**2 / 700**2)


def test_zones_of_a_table_will_do_and_order_is_theirs():
    frame = gpd.GeoSeries([at(5000, 0, 5100, 100), at(100, 100, 300, 300)], index=[7, 3], crs="EPSG:27700")
    same(area_shares(frame, {15: NEAR}), [[0], [1]])


def test_invalid_shapes_are_mended():
    bow_tie = Polygon([(WEST, NORTH), (WEST + 200, NORTH + 200), (WEST + 200, NORTH), (WEST, NORTH + 200)])
    assert not bow_tie.is_valid
    assert area_shares([bow_tie], {15: at(0, 0, 100, 1000)})[0, 0] == pytest.approx(0.5)
    # as an isochrone: a quarter of the square on each side
    assert area_shares([at(0, 0, 200, 200)], {15: bow_tie})[0, 0] == pytest.approx(0.5)
    spike = Polygon([*at(0, 0, 100, 100).exterior.coords[:-1], (WEST + 900, NORTH + 100)])
    assert 0 < area_shares([spike], {15: at(0, 0, 50, 50)})[0, 0] <= 1
    overlapping = MultiPolygon([at(0, 0, 100, 100), at(50, 0, 150, 100)])
    assert area_shares([at(0, 0, 300, 100)], {15: overlapping})[0, 0] == pytest.approx(0.5)


def test_zones_without_area_have_no_share():
    zones = [None, Polygon(), Point(WEST + 5, NORTH + 5), at(0, 0, 100, 100)]
    same(area_shares(zones, {15: NEAR, 30: FAR}), [[NAN, NAN], [NAN, NAN], [NAN, NAN], [1, 1]])


def test_without_zones_cutoffs_or_area_within_there_is_nothing():
    assert area_shares([], {15: NEAR, 30: FAR}).shape == (0, 2)
    assert area_shares([at(0, 0, 1, 1)], {}).shape == (1, 0)
    same(area_shares([at(0, 0, 1, 1)], {15: MultiPolygon(), 30: Polygon()}), [[0, 0]])


def test_isochrones_that_are_not_nested_are_refused():
    with pytest.raises(ValueError, match="15 minutes covers more of zone 1 than 30 does"):
        area_shares([at(0, 0, 50, 50), at(1000, 0, 1100, 100)], {30: NEAR, 15: FAR})


GRID = surface_grid((WEST, NORTH, WEST + 1000, NORTH + 1000), 100)
NODES = GRID.rows * GRID.columns
SURFACES = st.lists(
    st.one_of(st.just(NAN), st.floats(0, 60)),
    min_size=GRID.rows * GRID.columns,
    max_size=GRID.rows * GRID.columns,
).map(lambda values: np.array(values).reshape(GRID.rows, GRID.columns))


@given(SURFACES, st.integers(0, 5))
@settings(max_examples=15)
def test_shares_of_real_contours_are_what_plain_intersection_gives(minutes, turn):
    areas = contour_isochrones(minutes, GRID, (15, 30, 45), None)
    tiles = [at(x, y, x + 130, y + 170) for x in range(-200, 1200, 130) for y in range(-200, 1200, 170)]
    zones = [shapely.affinity.rotate(tile, 15 * turn, (WEST, NORTH)) for tile in tiles]
    shares = area_shares(zones, areas)
    plain = np.array(
        [[zone.intersection(areas[cutoff]).area / zone.area for cutoff in areas] for zone in zones]
    )
    assert shares == pytest.approx(plain, abs=1e-9)
    assert np.all(np.diff(shares, axis=1) >= 0)
    assert np.all((shares >= 0) & (shares <= 1))


def test_tiles_of_the_plane_add_up_to_the_isochrone():
    grid = surface_grid((WEST, NORTH, WEST + 4000, NORTH + 4000), 100)
    x, y = grid_nodes_m(grid)
    minutes = (np.hypot(x - WEST - 2000, y - NORTH - 2000) / 80).reshape(grid.rows, grid.columns)
    areas = contour_isochrones(minutes, grid, (15, 20), None)
    zones = np.array([at(x, y, x + 250, y + 250) for x in range(0, 4000, 250) for y in range(0, 4000, 250)])
    inside_m2 = (area_shares(zones, areas) * shapely.area(zones)[:, np.newaxis]).sum(axis=0)
    assert inside_m2 == pytest.approx([areas[15].area, areas[20].area])


def test_an_outline_of_many_vertices_is_cut_without_loss():
    # a cogwheel of 1,000 teeth, and a ring: many times what is left in one piece
    angle = np.linspace(0, 2 * math.pi, 2000, endpoint=False)
    reach = np.where(np.arange(2000) % 2, 900, 1000)
    wheel = Polygon(np.c_[WEST + reach * np.cos(angle), NORTH + reach * np.sin(angle)])
    ring = wheel.difference(Point(WEST, NORTH).buffer(500, 1000))
    zones = [at(x, y, x + 190, y + 230) for x in range(-1100, 1100, 190) for y in range(-1100, 1100, 230)]
    for isochrone in (wheel, ring):
        plain = [[zone.intersection(isochrone).area / zone.area] for zone in zones]
        assert area_shares(zones, {15: isochrone}) == pytest.approx(np.array(plain), abs=1e-9)
