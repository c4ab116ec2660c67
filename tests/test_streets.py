"""Streets of a built network as lines: in order, whole, cut where stops hang."""

import numpy as np
import pytest
import shapely

import town as made
from ptreach.matrix.zones import to_grid
from ptreach.network.build import open_network
from ptreach.streets import street_lines


@pytest.fixture
def network(tmp_path):
    """A street with a bend, and one that joins it; a stop hangs on the long one and cuts it."""
    nodes = {1: (0, 0), 2: (300, 0), 3: (300, 400), 4: (900, 400), 5: (300, -200)}
    ways = [([1, 2, 3, 4], {"highway": "residential"}), ([2, 5], {"highway": "residential"})]
    trips = [("t", "weekdays", [("A", "9:20:00"), ("B", "9:30:00")])]
    feed = made.write_feed(
        tmp_path / "bus.zip", stops=made.stops_text(A=(600, 400), B=(300, -150)), **made.trips_texts(trips)
    )
    return open_network(made.build(tmp_path, made.write_osm(tmp_path / "streets.osm", nodes, ways), feed))


def ends(line):
    return {tuple(np.round(point, 0)) for point in (line.coords[0], line.coords[-1])}


def metres(*places):
    lon, lat = zip(*(made.lonlat(*place) for place in places), strict=True)
    return [tuple(np.round(place, 0)) for place in to_grid(np.array(lon), np.array(lat))]


def test_lines_run_from_corner_to_corner_or_stop(network):
    lines = street_lines(network.linkage, np.arange(network.linkage.edges.mm.size))
    corner, west, stop_a, east, stop_b, south = metres(
        (300, 0), (0, 0), (600, 400), (900, 400), (300, -150), (300, -200)
    )
    assert sorted(map(sorted, map(ends, lines))) == sorted(
        map(sorted, [{west, corner}, {corner, stop_a}, {stop_a, east}, {corner, stop_b}, {stop_b, south}])
    )
    bent = next(line for line in lines if ends(line) == {corner, stop_a})
    assert len(bent.coords) == 3
    assert shapely.length(bent) == pytest.approx(700, rel=4e-3)  # the grid is no sphere


def test_lines_are_as_long_as_their_edges_and_in_the_order_asked_for(network):
    edges = network.linkage.edges
    order = np.arange(edges.mm.size)[::-1]
    lines = street_lines(network.linkage, order)
    assert shapely.length(lines) == pytest.approx(edges.mm[order] / 1000, rel=4e-3, abs=0.05)


def test_no_edges_give_no_lines(network):
    assert street_lines(network.linkage, np.empty(0, dtype=np.int64)).size == 0
