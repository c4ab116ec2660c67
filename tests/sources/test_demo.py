from pathlib import Path

import geopandas as gpd
import gtfs_kit
import numpy as np
import pyproj
import pytest
import shapely

from ptreach.config import load_town
from ptreach.sources.areas import load_areas
from ptreach.sources.demo import write_demo
from ptreach.sources.ground import read_ground
from ptreach.sources.gtfs import read_timetables
from ptreach.sources.osm import read_streets
from ptreach.sources.recipe import load_areas_recipe, load_network_recipe
from ptreach.sources.records import digest_file, source_records

FEEDS = ("demo-bus.zip", "demo-tram.zip", "demo-rail.zip")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder)
    return folder


@pytest.fixture(scope="module")
def sources(home):
    return home / "networks" / "demo-town" / "sources"


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): digest_file(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_two_runs_write_the_same_bytes(home, tmp_path):
    config = write_demo(tmp_path)
    assert config == tmp_path / "config" / "demo-town.toml"
    assert digests(tmp_path) == digests(home)


def test_a_second_run_replaces_the_first_in_place(home):
    before = digests(home)
    write_demo(home)
    assert digests(home) == before


def test_no_more_than_three_megabytes(home):
    assert sum(path.stat().st_size for path in home.rglob("*") if path.is_file()) < 3_000_000


def test_recipes_pin_every_file_and_say_that_it_is_made_up(home):
    for recipe, name in (
        (load_network_recipe("demo-town", home), "demo-town"),
        (load_areas_recipe("demo-lsoa", home), "demo-lsoa"),
    ):
        assert recipe.made_up
        assert "made-up" in recipe.title.lower()
        assert all(source.sha256 for source in recipe.sources)
        for record in source_records(recipe, home / "networks" / name):
            assert record.made_up
            for text in (record.title, record.publisher, record.licence, record.attribution):
                assert "made-up" in text.lower()


def test_configuration_is_a_tuesday_on_which_every_feed_runs(home, sources):
    town = load_town(home / "config" / "demo-town.toml")
    assert town.date.weekday() == 1
    assert town.preset_name == "am-peak"
    for feed in FEEDS:
        timetable = read_timetables([sources / feed])
        day = town.date.toordinal() - timetable.first_day
        assert timetable.service_days[timetable.trip_service, day].sum() > 50, feed


def test_origin_lies_on_the_high_street(home, sources):
    town = load_town(home / "config" / "demo-town.toml")
    origin = gpd.GeoSeries(gpd.points_from_xy([town.origin.lon], [town.origin.lat]), crs=4326).to_crs(27700)[
        0
    ]
    ground = read_ground([sources / "demo-town.osm.pbf"])
    roads = ground[ground["kind"].isin(["major", "minor"])]
    assert roads.distance(origin).min() < 2


def test_feeds_need_no_repair_and_gtfs_kit_calls_them_good(sources):
    timetable = read_timetables([sources / feed for feed in FEEDS])
    assert timetable.repairs == ()
    for name in FEEDS:
        feed = gtfs_kit.read_feed(sources / name, dist_units="m")
        quality = gtfs_kit.assess_quality(feed).set_index("indicator")["value"]
        assert quality["assessment"] == "good feed"
        assert "made-up" in feed.agency["agency_name"].iloc[0]
        assert "made-up" in feed.feed_info["feed_publisher_name"].iloc[0]


def test_bank_holiday_runs_as_sunday_and_nothing_runs_at_christmas(sources):
    feed = gtfs_kit.read_feed(sources / "demo-bus.zip", dist_units="m")

    def services(date):
        return set(gtfs_kit.get_trips(feed, date=date)["service_id"])

    assert services("20260831") == {"sunday"}  # Monday, late summer bank holiday
    assert services("20260901") == {"weekday"}
    assert services("20261225") == set()
    assert services("20261226") == {"sunday"}  # a Saturday, Boxing Day


def test_streets_and_ground_are_read(sources):
    streets = read_streets([sources / "demo-town.osm.pbf"])
    assert streets.missing_nodes == 0
    # The private drive is the only way that nobody walks; the tramway, river and railway are no streets.
    assert streets.way_forward.all()
    assert streets.way_backward.all()
    ground = read_ground([sources / "demo-town.osm.pbf"])
    assert {"major", "minor", "path", "rail", "river", "water"} == set(ground["kind"])
    water = ground[ground["kind"] == "water"].geometry.iloc[0]
    assert len(shapely.get_parts(water)[0].interiors) == 1  # the eyot


def test_every_stop_is_within_ten_metres_of_a_walkable_street(sources):
    streets = read_streets([sources / "demo-town.osm.pbf"])
    timetable = read_timetables([sources / feed for feed in FEEDS])
    grid = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:27700", always_xy=True)
    x, y = grid.transform(streets.ref_lon_e7 / 1e7, streets.ref_lat_e7 / 1e7)
    ways = [
        shapely.LineString(np.c_[x[start:end], y[start:end]])
        for start, end in zip(streets.ref_start[:-1], streets.ref_start[1:], strict=True)
    ]
    stops = shapely.points(*grid.transform(timetable.stop_lon, timetable.stop_lat))
    nearest = shapely.STRtree(ways).nearest(stops)
    gap = shapely.distance(stops, np.array(ways, dtype=object)[nearest])
    assert gap.max() < 10


def test_zones_are_read_whole(home):
    areas = load_areas(load_areas_recipe("demo-lsoa", home), home / "networks" / "demo-lsoa")
    frame = areas.frame
    assert areas.made_up
    assert len(frame) == 120
    assert frame["zone_id"].str.fullmatch(r"X01\d{6}").all()
    absent = ["ward_name", "region_code", "region_name", "working_age"]  # which File 7 has not
    assert frame[absent].isna().all(axis=None)
    assert not frame.drop(columns=["geometry", *absent]).isna().any(axis=None)
    assert areas.pensioners_from == 60
    assert frame["district_name"].str.contains("made-up").all()
    points = gpd.GeoSeries(gpd.points_from_xy(frame["lon"], frame["lat"]), crs=4326).to_crs(27700)
    assert frame.geometry.contains(points).all()


def test_town_lies_at_sea(home):
    frame = load_areas(load_areas_recipe("demo-lsoa", home), home / "networks" / "demo-lsoa").frame
    west, south, east, north = frame.total_bounds
    # East of the Humber's mouth, north of Norfolk: no land in this box.
    assert 570_000 < west < east < 640_000
    assert 400_000 < south < north < 440_000
