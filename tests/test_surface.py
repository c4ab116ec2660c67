"""The surface about a town on a straight street: what is within a cutoff follows by hand."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely.geometry import Point, box

import town as made
from ptreach import surface
from ptreach.engine.raptor.engine import RaptorEngine
from ptreach.matrix.zones import to_grid
from ptreach.measures.isochrones import SurfaceGrid, grid_nodes_m
from ptreach.model import no_progress
from ptreach.surface import ALWAYS, BEST, MEDIAN, surface_around
from ptreach.towns import add_times

LENGTH_M = 2_700


@pytest.fixture
def town(tmp_path):
    return made.town(tmp_path, 'window = "09:15-09:20"\npercentiles = [25, 50]')


@pytest.fixture
def zones():
    """Three squares of a kilometre along the street; the last one's point lies 400 m off it."""
    x, y = to_grid(np.array([made.LON]), np.array([made.LAT]))[0]
    centres = [made.lonlat(480.5, 0), made.lonlat(1_480.5, 0), made.lonlat(2_480.5, 400)]
    corners = [x - 20 + 1000 * k for k in range(3)]
    return gpd.GeoDataFrame(
        {"zone_id": list("abc"), "lon": [lon for lon, _ in centres], "lat": [lat for _, lat in centres]},
        geometry=[box(west, y - 500, west + 1000, y + 500) for west in corners],
        crs=27700,
    )


@pytest.fixture
def router(tmp_path):
    """One bus at 9:20, ten minutes from A, 99.5 m from the town's point, to B at 2,000 m."""
    trips = [("t", "weekdays", [("A", "9:20:00"), ("B", "9:30:00")])]
    feed = made.write_feed(
        tmp_path / "bus.zip", stops=made.stops_text(A=(99.5, 0), B=(2_000, 0)), **made.trips_texts(trips)
    )
    return RaptorEngine(made.build(tmp_path, made.straight_street(tmp_path / "street.osm", LENGTH_M), feed))


@pytest.fixture
def around(town, zones, router):
    def run(*water):
        timed = add_times(router, town, zones, no_progress)
        land = zones.union_all().difference(shapely.union_all(list(water)))
        return surface_around(router, router.network, town, timed, land, no_progress)

    return run


def at(x_m, y_m=0.0):
    lon, lat = made.lonlat(x_m, y_m)
    return Point(*to_grid(np.array([lon]), np.array([lat]))[0])


def test_stops_have_the_minutes_of_their_place(around):
    found = around()
    # Leaving at 9:15 … 9:19: A after 100 s; those at A more than 60 s before 9:20 arrive at B at 9:30. Of
    # the five times at B (900, 840, 780, never twice) the 25th percentile is the second, the median third.
    assert found.stop_minutes.tolist() == [[100 / 60, 100 / 60], [14.0, 15.0]]


def test_isochrones_differ_by_percentile_and_are_nested(around):
    found = around()
    # at best B is reached after 780 s, so that 15 minutes are enough for 119 m beyond
    assert found.isochrones[BEST][15].contains(at(2_050))
    assert not found.isochrones[MEDIAN][15].contains(at(2_000))
    assert found.isochrones[MEDIAN][30].contains(at(2_500))
    # two of five never arrive: nearly always one is left to walk
    assert not found.isochrones[ALWAYS][30].intersects(at(2_000))
    assert found.isochrones[ALWAYS][30].contains(at(1_000))
    for cutoff in (15, 30, 45, 60):
        areas = [found.isochrones[percentile][cutoff] for percentile in (ALWAYS, MEDIAN, BEST)]
        assert areas[0].difference(areas[1]).area < 1
        assert areas[1].difference(areas[2]).area < 1


def test_no_band_lies_over_water(around):
    lake = at(400, 150).buffer(100)
    found = around(lake)
    for areas in found.isochrones.values():
        for area in areas.values():
            assert area.intersection(lake).area == pytest.approx(0, abs=1e-6)


def test_map_and_table_agree_where_the_map_is_drawn(around):
    found = around()
    assert (found.agreement.zones, found.agreement.agree) == (2, 2)
    assert [(one.zone_id, one.why.value) for one in found.agreement.rest] == [("c", "not drawn")]


def test_a_zone_in_the_water_is_told(around):
    found = around(at(480.5).buffer(50))
    assert found.agreement.agree == 1
    assert [(one.zone_id, one.why.value) for one in found.agreement.rest] == [
        ("a", "off land"), ("c", "not drawn"),
    ]  # fmt: skip


def test_streets_have_the_minutes_of_their_middle(around):
    found = around()
    streets = found.streets
    assert found.streets_exact
    # cut at A and B; the farthest first: 350 m beyond B, between the two, 49.75 m away
    assert streets["length_m"].tolist() == pytest.approx([700, 1_900.5, 99.5], rel=4e-3)
    assert (streets["minutes_p50"] * 60).tolist() == pytest.approx([900 + 350, 99.5 + 950.25, 50], abs=1)
    assert streets["minutes_p50"].is_monotonic_decreasing


def test_times_of_very_many_streets_are_read_off_the_surface(around, monkeypatch):
    exact = around().streets
    monkeypatch.setattr(surface, "EXACT_STREETS", 1)
    found = around()
    assert not found.streets_exact
    assert len(found.streets) == len(exact)
    apart = found.streets["minutes_p50"].to_numpy() - exact["minutes_p50"].to_numpy()
    assert np.abs(apart).max() < 4  # nodes 100 m apart, up to 300 m off the street


def test_nodes_about_places_are_all_within_the_metres_and_their_neighbours():
    grid = SurfaceGrid(1_000.0, 5_000.0, 100.0, 40, 60)
    dice = np.random.default_rng(5)
    places_m = np.column_stack([dice.uniform(-500, 8_000, 6), dice.uniform(4_000, 10_000, 6)])
    x_m, y_m = grid_nodes_m(grid)
    least_m = np.hypot(x_m[:, None] - places_m[:, 0], y_m[:, None] - places_m[:, 1]).min(axis=1)
    near = (least_m <= 730).reshape(40, 60)
    wide = np.pad(near, 1)
    beside = np.logical_or.reduce(
        [wide[1 + up : 41 + up, 1 + aside : 61 + aside] for up in (-1, 0, 1) for aside in (-1, 0, 1)]
    )
    found = np.zeros(2_400, dtype=bool)
    found[surface.nodes_about(grid, places_m, 730.0)] = True
    assert 0 < beside.sum() < 2_000
    assert found[beside.ravel()].all()
    assert least_m[found].max() < 730 + 500
    assert not surface.nodes_about(grid, np.array([[90_000.0, 90_000.0]]), 730.0).size
