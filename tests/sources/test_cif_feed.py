"""The feed: tables that are whole, ids in order, names, and a file that is never half there."""

import zipfile

import gtfs_kit
import pytest

from cif_cards import STATIONS, converted, li, lo, lt, plain_train, station, tables_of, train, write_delivery
from ptreach.errors import InputError
from ptreach.model import no_progress
from ptreach.sources.cif import feed as feed_module
from ptreach.sources.cif.convert import convert
from ptreach.sources.gtfs import read_timetables


@pytest.fixture
def feed(tmp_path):
    """Trains either way, a bus, one operator unknown and one not named."""
    back = train(lo("CEETPLC", "1000"), lt("AYETPLC", "1100"), uid="Y00002", operator="NT")
    other = train(
        lo("AYETPLC", "0800"), li("BEETPLC", "0830"), lt("AYETPLC", "0900"), uid="Y00004", operator="Q9"
    )
    unnamed = train(lo("AYETPLC", "0800"), lt("BEETPLC", "0900"), uid="Y00005", operator="")
    bus = plain_train(uid="Y00003", status="B", category="BR", days="1111100")
    link = ["M=WALK,O=AYE,D=CEE,T=7,S=0001,E=2359,P=4,R=1111111"]
    return converted(tmp_path, other, back, plain_train(), bus, unnamed, alf=link)


def test_all_tables_are_there_and_in_order(feed):
    assert set(feed.tables) == {
        *("agency", "attributions", "calendar", "feed_info", "routes", "stop_times", "stops"),
        *("transfers", "trips"),
    }
    for table, key in (
        ("agency", "agency_id"),
        ("routes", "route_id"),
        ("stops", "stop_id"),
        ("trips", "trip_id"),
    ):
        ids = [row[key] for row in feed.tables[table]]
        assert ids == sorted(set(ids))
    keys = [(row["trip_id"], int(row["stop_sequence"])) for row in feed.tables["stop_times"]]
    assert keys == sorted(set(keys))


def test_ids_refer_to_what_is_there(feed):
    def ids(table, key):
        return {row[key] for row in feed.tables[table]}

    assert ids("routes", "agency_id") == ids("agency", "agency_id")
    assert ids("trips", "route_id") == ids("routes", "route_id")
    assert ids("trips", "service_id") == ids("calendar", "service_id")
    assert ids("stop_times", "trip_id") == ids("trips", "trip_id")
    assert ids("stop_times", "stop_id") == ids("stops", "stop_id")
    assert ids("transfers", "from_stop_id") | ids("transfers", "to_stop_id") <= ids("stops", "stop_id")


def test_operators_have_names_or_show_their_code(feed):
    names = {row["agency_id"]: row["agency_name"] for row in feed.tables["agency"]}
    assert names == {"NT": "Northern", "Q9": "Q9", "none": "operator not named"}
    assert {row["agency_timezone"] for row in feed.tables["agency"]} == {"Europe/London"}


def test_a_route_is_what_an_operator_runs_between_two_ends_either_way(feed):
    routes = {
        row["trip_id"][:6]: (row["route_id"], row["direction_id"], row["trip_headsign"])
        for row in feed.tables["trips"]
    }
    assert routes == {
        "Y00001": ("NT-AYE-CEE-rail", "0", "CEE"),
        "Y00002": ("NT-AYE-CEE-rail", "1", "AYE"),
        "Y00003": ("NT-AYE-CEE-replacement_bus", "0", "CEE"),
        "Y00004": ("Q9-AYE-AYE-rail", "0", "AYE"),
        "Y00005": ("none-AYE-BEE-rail", "0", "BEE"),
    }
    names = {row["route_id"]: row["route_long_name"] for row in feed.tables["routes"]}
    assert names["NT-AYE-CEE-rail"] == "AYE - CEE"
    assert {row["trip_short_name"] for row in feed.tables["trips"]} == {"1A01"}


def test_the_feed_says_where_it_is_from(feed):
    (info,) = feed.tables["feed_info"]
    assert info["feed_publisher_name"] == "Rail Delivery Group (timetable in CIF, converted by ptreach)"
    assert info["feed_version"] == "TPS.UCFCATE.PD261001"
    assert (info["feed_start_date"], info["feed_end_date"]) == ("20261005", "20261011")
    (source,) = feed.tables["attributions"]
    assert (source["organization_name"], source["is_producer"]) == ("Rail Delivery Group", "1")


def test_times_in_the_zip_are_fixed(feed):
    with zipfile.ZipFile(feed.path) as archive:
        assert {item.date_time for item in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.testzip() is None


def test_it_reads_back(feed):
    timetables = read_timetables([feed.path])
    assert timetables.repairs == ()
    assert len(timetables.trip_ids) == feed.report.trips == 5
    assert timetables.call_stop.size == feed.report.calls == 11
    kit = gtfs_kit.read_feed(feed.path, dist_units="km")
    quality = gtfs_kit.assess_quality(kit).set_index("indicator")["value"]
    missing = quality[quality.index.str.fullmatch("num_.*(times|ids)_missing")]
    assert missing.to_dict() == dict.fromkeys(missing.index, 0)
    saturday = gtfs_kit.get_trips(kit, date="20261010")["trip_id"]
    assert set(saturday) == feed.running(10)
    assert len(saturday) == 4  # the bus runs from Monday to Friday


def test_a_feed_written_in_batches_is_the_same(feed, tmp_path, monkeypatch):
    monkeypatch.setattr(feed_module, "_ROWS_AT_ONCE", 1)
    convert(tmp_path / "delivery.zip", tmp_path / "again.zip", no_progress)
    assert tables_of(tmp_path / "again.zip") == feed.tables


def test_a_name_with_a_comma_or_a_quote_stays_one(tmp_path):
    odd = station('RYDE, "PIER" HEAD', "AYETPLC", "AYE", "13993", "62900")
    feed = converted(tmp_path, plain_train(), msn=(odd, *STATIONS[1:]))
    assert read_timetables([feed.path]).stop_names == ('RYDE, "PIER" HEAD', "CEE")


def test_a_fault_leaves_what_was_there(tmp_path, monkeypatch):
    path, out = write_delivery(tmp_path / "delivery.zip", plain_train()), tmp_path / "rail.zip"
    out.write_bytes(b"before")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(feed_module, "_write_table", full)
    with pytest.raises(InputError, match=r"rail\.zip: can't be written: No space left on device"):
        convert(path, out, no_progress)
    assert out.read_bytes() == b"before"
    assert not list(tmp_path.glob("*.part"))


def test_a_stop_in_the_middle_leaves_nothing(tmp_path, monkeypatch):
    path = write_delivery(tmp_path / "delivery.zip", plain_train())

    def stopped(stage, done, total):
        if stage == "write":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        convert(path, tmp_path / "rail.zip", stopped)
    assert [item.name for item in tmp_path.iterdir()] == ["delivery.zip"]
