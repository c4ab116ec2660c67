import numpy as np
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ptreach.sources.demo.plan import make_plan
from ptreach.sources.demo.streets import make_streets


@pytest.fixture(scope="module")
def plan():
    return make_plan()


@pytest.fixture(scope="module")
def streets(plan):
    return make_streets(plan)


def line_of(streets, way):
    return shapely.LineString(streets.xy[list(way.nodes)])


def is_walkable(way):
    return way.tags.get("access") not in {"private", "no"} and way.tags.get("highway") != "motorway"


def parts(streets, ways):
    edges = np.array([pair for way in ways for pair in zip(way.nodes[:-1], way.nodes[1:], strict=True)])
    graph = coo_array((np.ones(len(edges)), edges.T), shape=(len(streets.xy),) * 2)
    label = connected_components(graph, directed=False)[1]
    return len(np.unique(label[np.unique(edges)]))


def test_walkable_streets_are_one_piece(streets):
    walkable = [way for way in streets.ways if is_walkable(way)]
    assert parts(streets, walkable) == 1
    closed = [way.tags.get("name") for way in streets.ways if not is_walkable(way)]
    assert set(closed) == {"Moor Hall drive"}


def test_four_road_bridges_and_a_footbridge_are_the_only_ways_over_the_river(plan, streets):
    over = [way for way in streets.ways if line_of(streets, way).intersects(plan.river)]
    assert all(way.tags.get("bridge") == "yes" for way in over)
    names = sorted(way.tags["name"] for way in over)
    assert names == ["Abbey Footbridge", "Bridge Street", "Orbital Road", "Ringway", "Ringway"]


def test_without_the_bridges_the_banks_are_apart(plan, streets):
    on_land = [
        way for way in streets.ways if is_walkable(way) and not line_of(streets, way).intersects(plan.river)
    ]
    assert parts(streets, on_land) == 2


def test_nothing_crosses_the_railway_on_the_level(plan, streets):
    over = [way for way in streets.ways if line_of(streets, way).crosses(plan.rail)]
    assert len(over) >= 5
    assert all(way.tags.get("bridge") == "yes" for way in over)


def test_the_kinds_of_way_of_a_town_are_there(streets):
    highways = {way.tags.get("highway") for way in streets.ways}
    assert highways >= {
        "primary", "secondary", "tertiary", "unclassified", "residential", "service", "footway", "path",
        "steps", "track",
    }  # fmt: skip
    named = [way for way in streets.ways if way.tags.get("highway") == "residential"]
    assert all(way.tags.get("name") for way in named)


def test_ways_have_no_doubled_nodes_and_nodes_no_twins(streets):
    for way in streets.ways:
        assert len(way.nodes) >= 2
        assert all(a != b for a, b in zip(way.nodes[:-1], way.nodes[1:], strict=True))
    assert len(np.unique(streets.xy, axis=0)) == len(streets.xy)


def test_density_is_that_of_an_english_town(streets):
    built_km2 = sum(parcel.area.area for parcel in streets.parcels) / 1e6
    inside = shapely.union_all([parcel.area for parcel in streets.parcels])
    shapely.prepare(inside)
    length_km = (
        sum(
            line_of(streets, way).length
            for way in streets.ways
            if inside.contains(shapely.Point(streets.xy[way.nodes[0]]))
        )
        / 1000
    )
    # Built-up England has 12 to 22 km of street on a square kilometre.
    assert 12 < length_km / built_km2 < 24
