"""Isochrones about a point of a straight street with a bus: how wide they are follows by hand."""

import dataclasses

import numpy as np
import pytest
import shapely
from shapely.geometry import Point, box

import town as made
from ptreach.engine.raptor.engine import RaptorEngine
from ptreach.errors import InputError
from ptreach.isochrone_areas import IsochroneQuery, isochrones_around
from ptreach.matrix.build import minutes_to
from ptreach.matrix.zones import GRID_CRS, to_grid
from ptreach.model import no_progress

LENGTH_M = 6_000
STEP_M = 100


@pytest.fixture(scope="module")
def router(tmp_path_factory):
    """One bus at 9:20, ten minutes from A, 99.5 m from the corner, to B at 5,000 m."""
    folder = tmp_path_factory.mktemp("street")
    trips = [("t", "weekdays", [("A", "9:20:00"), ("B", "9:30:00")])]
    feed = made.write_feed(
        folder / "bus.zip", stops=made.stops_text(A=(99.5, 0), B=(5_000, 0)), **made.trips_texts(trips)
    )
    return RaptorEngine(made.build(folder, made.straight_street(folder / "street.osm", LENGTH_M), feed))


@pytest.fixture
def around(router):
    def run(window="09:15-09:20", cutoffs=(10, 20), percentile=50, *, at=(0.0, 0.0), land=None, **changes):
        query = made.query(window, percentiles=(percentile,), **changes)
        asked = IsochroneQuery(cutoffs, percentile, GRID_CRS, land)
        places = made.points(here=at)
        found = isochrones_around(router, router.network.stops, places, query, asked, no_progress)
        return found.set_index("cutoff_min")

    return run


def metres(x_m, y_m=0.0):
    return Point(*to_grid(*(np.array([value]) for value in made.lonlat(x_m, y_m)))[0])


def eastmost(areas, cutoff):
    return areas.geometry[cutoff].bounds[2] - metres(0).x


def test_without_a_bus_one_walks_a_metre_a_second(around):
    areas = around("10:00-10:05")
    assert areas.index.tolist() == [20, 10]
    assert areas["label"].tolist() == ["under 20 min", "under 10 min"]
    assert abs(eastmost(areas, 10) - 600) < STEP_M
    assert abs(eastmost(areas, 20) - 1_200) < STEP_M
    assert areas["area_km2"].tolist() == [round(shape.area / 1e6, 3) for shape in areas.geometry]


def test_the_bus_makes_an_island_about_its_stop(around):
    areas = around()
    # At 9:15, 9:16 and 9:17 one catches it and is at B 15, 14 and 13 minutes later; at 9:18 and 9:19 one does
    # not. So the median is 15, and the 5 minutes that are left are a walk of 300 m.
    island = max(shapely.get_parts(areas.geometry[20]), key=lambda part: part.bounds[2])
    x = metres(0).x
    assert abs(island.bounds[0] - x - (5_000 - 300)) < STEP_M
    assert abs(island.bounds[2] - x - (5_000 + 300)) < STEP_M
    assert eastmost(areas, 10) < 700


def test_the_grid_is_as_wide_as_what_the_best_departure_reaches(around):
    """The best departure is at B after 13 minutes; the median, after 15, does not reach it within 15."""
    areas = around(cutoffs=(15,), percentile=20)
    assert abs(eastmost(areas, 15) - 5_120) < STEP_M
    assert eastmost(around(cutoffs=(15,)), 15) < 1_000


def test_journeys_to_the_point_come_by_foot_where_no_bus_goes_back(around):
    areas = around(direction="to")
    assert abs(eastmost(areas, 20) - 1_200) < STEP_M


def test_a_node_lies_within_if_and_only_if_its_time_is_under_the_cutoff(router, around):
    areas = around()
    xs = np.arange(0, LENGTH_M, 37.0)
    places = made.points(**{f"p{x:.0f}": (x, 0.0) for x in xs})
    query = made.query("09:15-09:20", percentiles=(50,))
    minutes = minutes_to(router, made.points(here=(0, 0)), places, query, no_progress)[:, 0]
    for cutoff in (10, 20):
        inside = np.array([areas.geometry[cutoff].buffer(1).contains(metres(x)) for x in xs])
        near = np.abs(minutes - cutoff) < STEP_M / 60  # the contour runs somewhere within a cell
        assert (inside == (minutes < cutoff))[~near].all()


def test_the_point_itself_lies_within_the_nearest_area(around):
    areas = around("10:00-10:05", cutoffs=(1, 2), at=(30.0, 0.0))
    assert areas.geometry[1].contains(metres(30))
    assert areas.geometry[2].contains(areas.geometry[1])


def test_areas_are_cut_to_land(around):
    x, y = metres(0).coords[0]
    land = box(x - 1_000, y - 1_000, x + 300, y + 1_000)
    assert around("10:00-10:05", land=land).geometry[20].bounds[2] == pytest.approx(x + 300)


@pytest.mark.parametrize("cutoffs", [(), (20, 10), (10, 10), (0, 10)])
def test_cutoffs_ascend(around, cutoffs):
    with pytest.raises(InputError, match=r"cutoffs: value out of range. Give whole minutes, ascending"):
        around(cutoffs=cutoffs)


def test_cutoffs_end_with_the_longest_journey(around):
    with pytest.raises(InputError, match="the last, 60, lies beyond the longest journey of 45 minutes"):
        around(cutoffs=(30, 60), max_time_min=45)


def test_a_point_far_from_any_street_is_refused(around):
    with pytest.raises(InputError, match="no street within 1,600 m of 'here'"):
        around(at=(0.0, 5_000.0))


def test_several_points_have_areas_of_their_own(router):
    query = dataclasses.replace(made.query("10:00-10:05"), percentiles=(50,))
    places = made.points(a=(0, 0), b=(3_000, 0))
    asked = IsochroneQuery((5, 10), 50, GRID_CRS)
    told = []
    found = isochrones_around(
        router, router.network.stops, places, query, asked, lambda *step: told.append(step)
    )
    assert found["id"].tolist() == ["a", "a", "b", "b"]
    assert found["cutoff_min"].tolist() == [10, 5, 10, 5]
    assert not found.geometry[0].intersects(found.geometry[2])
    assert told == [("isochrones", 0, 2), ("isochrones", 1, 2), ("isochrones", 2, 2)]
