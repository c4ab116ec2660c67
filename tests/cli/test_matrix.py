"""matrix: from options to a query and a network, and every way to ask for nonsense."""

import datetime as dt

import pytest

from ptreach.model import Query
from ptreach.routers import NamedNetwork, NetworkFiles


@pytest.fixture
def asked(home):
    """Options of a whole question: by name, so that a test can change or drop one."""
    for name in ("o.csv", "d.csv", "streets.osm.pbf", "bus.zip", "rail.zip"):
        (home / name).write_text("", encoding="utf-8")

    def options(**changes):
        given = {
            "origins": "o.csv",
            "destinations": "d.csv",
            "date": "2020-06-16",
            "window": "07:00-09:00",
            "network": "isle",
            "out": "times.csv",
            **changes,
        }
        listed = []
        for name, value in given.items():
            for one in value if isinstance(value, list) else [value]:
                listed += [f"--{name.replace('_', '-')}", one] if one is not None else []
        return listed

    return options


def test_matrix_hands_on_a_query_of_defaults(ptreach, stage, home, asked):
    called = stage("matrix", 1234)
    assert ptreach("matrix", *asked()) == (0, "times.csv\n", "1,234 rows\n")
    ((args, kwargs),) = called
    inputs, origins, destinations, query = args
    assert inputs == NamedNetwork(name="isle", home=home)
    assert (origins.name, destinations.name) == ("o.csv", "d.csv")
    assert query == Query(date=dt.date(2020, 6, 16), window_start_s=25_200, window_end_s=32_400)
    assert (kwargs["out"].name, kwargs["engine"]) == ("times.csv", "raptor")
    assert kwargs["workers"] >= 1


def test_matrix_hands_on_every_option_of_the_query(ptreach, stage, home, asked):
    called = stage("matrix", 1)
    options = asked(
        window="23:00-25:30",
        direction="to",
        percentiles="10,90",
        walk_speed_kph="3.6",
        max_walk_min="12.5",
        max_time_min="45",
        max_rides="2",
        workers="2",
    )
    assert ptreach("matrix", *options).code == 0
    assert called[0][0][3] == Query(
        date=dt.date(2020, 6, 16),
        window_start_s=82_800,
        window_end_s=91_800,
        percentiles=(10, 90),
        direction="to",
        walk_speed_kph=3.6,
        max_walk_min=12.5,
        max_time_min=45,
        max_rides=2,
    )
    assert called[0][1]["workers"] == 2


def test_matrix_takes_files_in_place_of_a_network(ptreach, stage, home, asked, monkeypatch):
    called = stage("matrix", 1)
    (home / "networks").rmdir()  # not needed
    options = asked(network=None, osm=["streets.osm.pbf", "rail.zip"], gtfs=["bus.zip", "rail.zip"])
    assert ptreach("matrix", *options).code == 0
    inputs = called[0][0][0]
    assert isinstance(inputs, NetworkFiles)
    assert [path.name for path in inputs.osm] == ["streets.osm.pbf", "rail.zip"]
    assert [path.name for path in inputs.gtfs] == ["bus.zip", "rail.zip"]


def test_matrix_hands_on_a_folder_of_parts_and_a_cluster(ptreach, stage, home, asked):
    called = stage("matrix", 1234)
    options = asked(out="times.parts", cluster="tcp://host:8786")
    assert ptreach("matrix", *options) == (0, "times.parts\n", "1,234 rows\n")
    assert (called[0][1]["out"].name, called[0][1]["cluster"]) == ("times.parts", "tcp://host:8786")
    assert (home / "times.parts").is_dir()


def test_matrix_hands_on_an_address_and_prints_it_without_keys(ptreach, stage, home, asked):
    called = stage("matrix", 1)
    options = asked(out="s3://key:secret@bucket/times")
    assert ptreach("-q", "matrix", *options) == (0, "s3://bucket/times\n", "")
    assert called[0][1]["out"] == "s3://key:secret@bucket/times"


def test_quiet_matrix_prints_its_path_only(ptreach, stage, home, asked):
    stage("matrix", 5)
    assert ptreach("-q", "matrix", *asked()) == (0, "times.csv\n", "")


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (
            {"osm": "streets.osm.pbf"},
            "--network: given together with --osm. Give one or the other.",
        ),
        (
            {"osm": "streets.osm.pbf", "gtfs": "bus.zip"},
            "--network: given together with --osm and --gtfs. Give one or the other.",
        ),
        ({"network": None}, "--network: missing. Name a network, or give --osm FILE and --gtfs FILE."),
        (
            {"network": None, "gtfs": "bus.zip"},
            "--osm: missing beside --gtfs. Give the streets, a file .osm.pbf.",
        ),
        (
            {"network": None, "osm": "streets.osm.pbf"},
            "--gtfs: missing beside --osm. Give at least one GTFS zip.",
        ),
        ({"window": "09:00-07:00"}, "--window: '09:00-07:00' does not end after it starts; past midnight"),
        ({"window": "09:00-31:00"}, "--window: value out of range. End the window by 30:00."),
        ({"date": "tomorrow"}, "--date: 'tomorrow' is no date. Write YYYY-MM-DD"),
        ({"percentiles": "50,25"}, "--percentiles: value out of range. Give whole numbers from 1 to 100"),
        ({"walk_speed_kph": "50"}, "--walk-speed-kph: value out of range. Give km/h"),
        ({"max_walk_min": "0"}, "--max-walk-min: value out of range. Give minutes"),
        ({"max_time_min": "nan"}, "--max-time-min: value out of range. Give minutes"),
        ({"max_rides": "0"}, "--max-rides: value out of range. Give 1 to 16 rides."),
        ({"out": "times.xlsx"}, "--out: 'times.xlsx' is no kind of matrix file. End the name in"),
        ({"out": "networks"}, "--out: 'networks' is no kind of matrix file."),
        (
            {"out": "s3:/b/m"},
            "--out: 's3:/b/m' is no kind of matrix file. End the name in .parquet or .csv, or in",
        ),
        (
            {"cluster": "local", "engine": "r5", "out": "m.parts"},
            "--cluster: engine r5 runs on one machine. Leave it out, or take engine raptor.",
        ),
        ({"cluster": "local"}, "--cluster: writes a folder of parts. End the name of --out in .parts."),
        ({"max_rides": "many"}, "Invalid value for '--max-rides'"),
        ({"direction": "there"}, "Invalid value for '--direction'"),
        ({"origins": "nosuch.csv"}, "Invalid value for '--origins'"),
        ({"destinations": "networks"}, "Invalid value for '--destinations'"),
        ({"network": None, "osm": "nosuch.pbf"}, "Invalid value for '--osm'"),
        ({"network": None, "osm": "streets.osm.pbf", "gtfs": "nosuch.zip"}, "Invalid value for '--gtfs'"),
        ({"date": None}, "Missing option '--date'"),
        ({"origins": None}, "Missing option '--origins'"),
        ({"out": None}, "Missing option '--out'"),
    ],
)
def test_matrix_refuses_nonsense_before_any_work(ptreach, stage, asked, changes, line):
    called = stage("matrix", 1)
    assert ptreach("matrix", *asked(**changes)).line.startswith(line)
    assert called == []


def test_a_fault_of_the_query_found_late_names_the_option(ptreach, stage, home, asked):
    from ptreach.errors import InputError

    stage("matrix", InputError("nothing runs", where="query, date", remedy="take another"))
    assert ptreach("matrix", *asked()).line == "--date: nothing runs. Take another."


def test_a_fault_of_a_file_keeps_its_place(ptreach, stage, home, asked):
    from ptreach.errors import InputError

    stage("matrix", InputError("no column id", where="o.csv, row 1", remedy="add it"))
    assert ptreach("matrix", *asked()).line == "o.csv, row 1: no column id. Add it."
