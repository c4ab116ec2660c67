"""A street with a bus as a network of files, and zones along it."""

import geopandas as gpd
import pytest
from shapely.geometry import box

import ptreach as pt
import town as made


@pytest.fixture(scope="session")
def street(tmp_path_factory):
    """One bus at 9:20, ten minutes from A, 99.5 m from the corner, to B at 5,000 m."""
    folder = tmp_path_factory.mktemp("street")
    trips = [("t", "weekdays", [("A", "9:20:00"), ("B", "9:30:00")])]
    stops = made.stops_text(A=(99.5, 0), B=(5_000, 0))
    feed = made.write_feed(folder / "bus.zip", stops=stops, **made.trips_texts(trips))
    return made.straight_street(folder / "street.osm", 6_000), feed


@pytest.fixture(scope="session")
def network(street, tmp_path_factory):
    patch = pytest.MonkeyPatch()
    patch.setenv("PTREACH_CACHE", str(tmp_path_factory.mktemp("cache")))
    try:
        yield pt.build_network(*street, progress=False)
    finally:
        patch.undo()


@pytest.fixture
def zones():
    """Three zones at 0, 600 and 5,000 m, and one that is far from the street."""
    places = [made.lonlat(x, y) for x, y in ((0, 0), (600, 0), (5_000, 0), (0, 9_000))]
    lon, lat = zip(*places, strict=True)
    table = {"zone_id": list("abcd"), "lon": lon, "lat": lat, "population": [10, 20, 30, 40]}
    shapes = [box(x - 0.003, y - 0.003, x + 0.003, y + 0.003) for x, y in places]
    zones = gpd.GeoDataFrame({**table, "imd_decile": [1.0, 2.0, 10.0, None]}, geometry=shapes, crs=4326)
    return zones.to_crs(27700)
