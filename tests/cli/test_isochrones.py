"""isochrones: from options to points, a query and cutoffs; and the layer that is written."""

import datetime as dt

import geopandas as gpd
import pytest

import town as made
from ptreach.model import Query
from ptreach.routers import NamedNetwork


@pytest.fixture
def asked():
    """Options of a whole question: by name, so that a test can change or drop one."""

    def options(**changes):
        given = {
            "origin": "-1.1632,50.73",
            "date": "2020-06-16",
            "window": "07:00-09:00",
            "network": "isle",
            "out": "near.gpkg",
            **changes,
        }
        return [
            part
            for name, value in given.items()
            if value is not None
            for part in (f"--{name.replace('_', '-')}", value)
        ]

    return options


def test_a_point_of_two_numbers_is_asked_about_by_the_median(ptreach, stage, home, asked):
    called = stage("isochrones", 4)
    assert ptreach("isochrones", *asked()) == (0, "near.gpkg\n", "4 areas\n")
    ((args, kwargs),) = called
    inputs, points, query, cutoffs = args
    assert inputs == NamedNetwork(name="isle", home=home)
    assert (points.ids, points.lon.tolist(), points.lat.tolist()) == (("origin",), [-1.1632], [50.73])
    assert query == Query(dt.date(2020, 6, 16), 25_200, 32_400, percentiles=(50,))
    assert cutoffs == (15, 30, 45, 60)
    assert kwargs["out"].name == "near.gpkg"


def test_a_file_of_points_is_read_and_options_are_handed_on(ptreach, stage, home, asked):
    called = stage("isochrones", 2)
    (home / "o.csv").write_text("id,lon,lat\na,-1,50\nb,-2,51\n", encoding="utf-8")
    options = asked(origin="o.csv", cutoffs="10,20", percentile="95", direction="to", max_walk_min="12.5")
    more = ["--engine", "r5", "--r5-jar", "r5.jar", "--like", "r5", "--workers", "2"]
    assert ptreach("isochrones", *options, *more).code == 0
    ((args, kwargs),) = called
    assert (kwargs["engine"], kwargs["r5_jar"].name, kwargs["like"]) == ("r5", "r5.jar", "r5")
    assert kwargs["workers"] == 2
    assert args[1].ids == ("a", "b")
    assert (args[2].percentiles, args[2].direction, args[2].max_walk_min) == ((95,), "to", 12.5)
    assert args[3] == (10, 20)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"origin": "nowhere.csv"}, "--origin: no file 'nowhere.csv'. Write LON,LAT in degrees"),
        ({"origin": "a,b"}, "--origin: 'a,b' is no point. Write LON,LAT in degrees"),
        ({"origin": "459000,92600"}, "--origin: lon 459000, lat 92600 of 'origin' is no place on earth"),
        ({"cutoffs": "15,x"}, "--cutoffs: '15,x' is no list of whole numbers. Write them as 15,30,45,60."),
        ({"percentile": "0"}, "--percentiles: value out of range"),
        ({"out": "near.shp"}, "--out: 'near.shp' is no kind of layer. End the name in .gpkg, .geojson"),
        ({"network": None}, "--network: missing."),
        ({"date": "16/06/2020"}, "--date: '16/06/2020' is no date."),
    ],
)
def test_nonsense_is_refused_in_a_line(ptreach, stage, home, asked, changes, line):
    stage("isochrones", 1)
    assert ptreach("isochrones", *asked(**changes)).line.startswith(line)


@pytest.fixture
def street(home, monkeypatch):
    """Files of a street with a bus."""
    monkeypatch.setenv("PTREACH_CACHE", str(home / "cache"))
    trips = [("t", "weekdays", [("A", "9:20:00"), ("B", "9:30:00")])]
    stops = made.stops_text(A=(100, 0), B=(2_900, 0))
    made.write_feed(home / "bus.zip", stops=stops, **made.trips_texts(trips))
    made.straight_street(home / "street.osm", 3_000)
    lon, lat = made.lonlat(50, 0)
    return {"network": None, "osm": "street.osm", "gtfs": "bus.zip", "origin": f"{lon},{lat}"}


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".parquet"])
def test_a_layer_of_each_kind_is_the_same_twice(ptreach, home, asked, street, suffix):
    names = [f"one/near{suffix}", f"two/near{suffix}"]
    for name in names:
        ended = ptreach("isochrones", *asked(date="2026-10-13", window="09:15-09:20", out=name, **street))
        assert ended.code == 0, ended
    assert (home / names[0]).read_bytes() == (home / names[1]).read_bytes()
    if suffix == ".parquet":
        layer = gpd.read_parquet(home / names[0])
    else:
        layer = gpd.read_file(home / names[0], layer="isochrones" if suffix == ".gpkg" else None)
    assert layer["cutoff_min"].tolist() == [60, 45, 30, 15]
    assert layer.crs.to_epsg() == (4326 if suffix == ".geojson" else 27700)


def test_faults_of_the_answer_name_the_option(ptreach, home, asked, street):
    day = asked(date="2026-10-13", window="09:15-09:20", max_time_min="50", **street)
    assert ptreach("isochrones", *day).line.startswith("--cutoffs: the last, 60, lies beyond")
    far = asked(date="2026-10-13", window="09:15-09:20", **{**street, "origin": "-2.0,52.0"})
    assert ptreach("isochrones", *far).line.startswith("--origin: no street within 1,600 m of 'origin'")
