"""Cleaned feeds: what gtfs-kit and we read of them is what was kept, and nothing is left to clean."""

from __future__ import annotations

import datetime as dt
import hashlib
import zipfile
from pathlib import Path

import gtfs_kit
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import town
from ptreach.errors import InputError
from ptreach.sources.cover import Cover
from ptreach.sources.gtfs import Scope, read_timetables
from ptreach.sources.gtfs_write import write_cleaned

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
REAL = sorted(
    [*DATA.glob("isle-of-wight/*.zip"), *DATA.glob("rhein-neckar/*.zip"), *DATA.glob("chester/*.zip")]
)
CALLS = "trip_id,stop_id,stop_sequence,arrival_time,departure_time"


def same(one, other):
    """Whether two tables, or columns of them, say the same."""
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    if hasattr(one, "_fields"):
        return all(map(same, one, other))
    return one == other


def vars_of(table, prefix=""):
    """Columns of a table by name."""
    return {f"{prefix}{name}": column for name, column in table._asdict().items()}


def differences(one, other):
    """Names of the columns in which two timetables differ; what was read, odd or mended is left out."""
    fields = [name for name in one._fields if name not in {"repairs", "oddities", "rows", "feeds"}]
    fields += [f"feeds.{name}" for name in one.feeds._fields if name != "stop_parent"]
    one, other = ({**vars_of(table), **vars_of(table.feeds, "feeds.")} for table in (one, other))
    return [name for name in fields if not same(one[name], other[name])]


def written(folder, paths, scope=None):
    """Timetables of feeds, the cleaned feeds and what is read of those; cleaned again, they are the same."""
    first = read_timetables(paths, scope or Scope())
    cleaned = write_cleaned(first, folder / "cleaned")
    again = read_timetables(cleaned)
    for one, other in zip(cleaned, write_cleaned(again, folder / "again"), strict=True):
        assert one.read_bytes() == other.read_bytes()
    return first, cleaned, again


def counts_of_day(timetables, day):
    """Number of trips, and of stops that they call at, by feed."""
    runs = timetables.service_days[:, day.toordinal() - timetables.first_day][timetables.trip_service]
    trip_of_call = np.repeat(np.arange(runs.size), np.diff(timetables.trip_start))
    found = {}
    for name, (first, last) in zip(
        timetables.feed_ids,
        zip(timetables.feeds.starts[:-1, 4], timetables.feeds.starts[1:, 4], strict=True),
        strict=True,
    ):
        here = runs & (np.arange(runs.size) >= first) & (np.arange(runs.size) < last)
        stops = np.unique(timetables.call_stop[here[trip_of_call]]).size
        found[name] = (int(here.sum()), stops)
    return found


def gtfs_kit_counts(path, day):
    """Number of trips on a day, and of the stops that they call at, by gtfs-kit."""
    feed = gtfs_kit.read_feed(path, dist_units="m")
    trips = feed.get_trips(f"{day:%Y%m%d}")
    calls = feed.stop_times[feed.stop_times["trip_id"].isin(trips["trip_id"])]
    return len(trips), calls["stop_id"].nunique()


@pytest.mark.real
@pytest.mark.skipif(not REAL, reason=f"real data absent: {DATA}")
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
def test_real_feeds_come_back_the_same(tmp_path, path):
    first, (cleaned,), again = written(tmp_path, [path])
    assert again.repairs == ()
    assert differences(first, again) == []
    busy = np.flatnonzero(first.service_days[first.trip_service].any(axis=0))
    for at in (busy[0], busy[busy.size // 2], busy[-1]):
        day = dt.date.fromordinal(first.first_day + int(at))
        (ours,) = counts_of_day(first, day).values()
        assert ours[0] > 0
        assert gtfs_kit_counts(cleaned, day) == ours
        trips_n, stops_n = gtfs_kit_counts(path, day)
        assert trips_n == ours[0]
        # Chester has a stop at the corner of the National Grid, which is left out
        assert stops_n - ours[1] <= sum(
            found.count for found in first.repairs if found.rule.startswith("stops-")
        )


DIRTY = {
    "agency": 'agency_id,agency_name,agency_timezone\n,Buses,Europe/London\nx,"Ex, ""the"" Ltd",\nx,,\n',
    "stops": (
        "stop_id,stop_code,stop_name,stop_lat,stop_lon,parent_station\n"
        'A,a1,"High St, ""old""",51,-2,S\nB,,Bee,51.0123456789,-2.000000001,S\nbay,,bay,,,B\n'
        "S,,Station,51,-2,\n"
        'C,,,51.02,-2,\nzero,,,0,0,\n"D,d",,,51.03,-2,\nA,again,,52,-2,\nloop,,,51,-2,pool\npool,,,51,-2,loop\n'
    ),
    "routes": (
        "route_id,route_short_name,route_long_name,route_type,agency_id\nr,1,,3,\nq,,To the sea,1100,y\n"
        "p,,,77,x\no,,,11,x\nn,9,,1501,x\n"
    ),
    "trips": (
        "trip_id,route_id,service_id,block_id\nt,r,weekdays,10\nu,q,odd,9\n'v',p,never,10\nw,o,weekdays,\n"
        "back,r,weekdays,10\nlost,nowhere,weekdays,\nf,n,weekdays,10\n"
    ),
    "stop_times": (
        f'{CALLS},pickup_type\nt,A,1,8:00:00,8:00:30,0\nt,bay,2,,,1\nt,"D,d",30,8:10:00,8:10:00,x\n'
        "u,C,5,25:10:00,25:10:00,\nu,A,1,25:00:00,,\n'v',A,1,8:00:00,8:00:00,\n'v',B,2,8:00:00,8:00:00,\n"
        "w,A,1,7:00:00,7:00:00,\nw,C,2,123:00:00,123:00:00,\n"
        "back,A,1,8:00:00,8:00:00,\nback,B,2,7:00:00,7:00:00,\n"
        "f,A,1,7:59:00,8:00:00,\n"
        "f,B,2,8:10:00,8:10:00,\nt,nowhere,3,8:05:00,8:05:00,\n"
    ),
    "calendar": f"{town.CALENDAR}never,0,0,0,0,0,0,0,20261001,20261031\n",
    "calendar_dates": (
        "service_id,date,exception_type\nodd,20261013,1\nodd,20261014,1\nodd,20261020,1\nweekdays,20261013,2\n"
        "weekdays,20261114,1\nweekdays,20261115,7\n"
    ),
    "frequencies": (
        "trip_id,start_time,end_time,headway_secs\nf,0:00:00,1:00:00,1800\nf,0:30:00,1:00:00,900\n"
    ),
    "transfers": (
        "from_stop_id,to_stop_id,transfer_type,min_transfer_time\nS,C,2,90\nB,C,3,\nA,zero,3,\nS,S,2,30\nC,C,2,0\n"
    ),
}


def test_a_dirty_feed_comes_back_clean(tmp_path):
    path = town.write_feed(tmp_path / "bus.zip", **DIRTY)
    first, (cleaned,), again = written(tmp_path, [path])
    assert len(first.repairs) > 8
    assert again.repairs == ()
    assert differences(first, again) == []
    assert first.trip_ids == (
        *("bus:'v'", "bus:f~00:00:00", "bus:f~00:30:00", "bus:f~00:30:00~", "bus:f~00:45:00"),
        *("bus:t", "bus:u", "bus:w"),
    )
    with zipfile.ZipFile(cleaned) as archive:
        tables = {name: archive.read(name).decode().splitlines() for name in archive.namelist()}
        assert {item.date_time for item in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert tables["calendar.txt"][1:] == [
        "never,0,0,0,0,0,0,0,20261001,20261001",
        "odd,0,1,1,0,0,0,0,20261013,20261020",
        "weekdays,1,0,1,1,1,0,0,20261001,20261114",
    ]
    # both Tuesdays and the one Wednesday between them; of the weekdays, three Tuesdays of six
    exceptions = tables["calendar_dates.txt"][1:]
    assert exceptions[:3] == [f"weekdays,202610{day},1" for day in ("06", "20", "27")]
    assert exceptions[3:11] == [f"weekdays,202611{day:02d},2" for day in (2, 4, 5, 6, 9, 11, 12, 13)]
    assert exceptions[11:] == ["weekdays,20261114,1"]
    assert "q,y,To the sea,3,air" in tables["routes.txt"]
    assert "o,x,o,800," in tables["routes.txt"]
    assert 'A,a1,"High St, ""old""",51.0,-2.0,0,S' in tables["stops.txt"]
    assert "S,,Station,51.0,-2.0,1," in tables["stops.txt"]
    assert '"w","123:00:00","123:00:00","C",1,0,0' in tables["stop_times.txt"]
    assert (
        gtfs_kit_counts(cleaned, dt.date(2026, 10, 12)) == counts_of_day(first, dt.date(2026, 10, 12))["bus"]
    )


def test_several_feeds_in_part_come_back_the_same(tmp_path):
    bus = town.write_feed(tmp_path / "bus.zip", **DIRTY)
    calls = [("A", "8:00:00"), ("B", "8:05:00")]
    plain = {"stops": town.stops_text(A=(0, 0), B=(900, 0)), **town.trips_texts([("t", "weekdays", calls)])}
    rail = town.write_feed(tmp_path / "rail.zip", **plain)
    far = town.write_feed(tmp_path / "far.zip", **{**plain, "stops": town.stops_text(A=(0, 9e4), B=(9, 9e4))})
    scope = Scope(Cover.of_box(-2.1, 50.9, -1.9, 51.015), (dt.date(2026, 10, 12), dt.date(2026, 10, 20)))
    first, cleaned, again = written(tmp_path, [rail, far, bus], scope)
    assert [path.name for path in cleaned] == ["rail.zip", "bus.zip"]  # nothing is left of the other
    assert again.repairs == ()
    assert again.trip_ids == first.trip_ids
    assert again.call_arrival_s.tolist() == first.call_arrival_s.tolist()
    assert same(again.service_days, first.service_days)
    one, two = (
        [hashlib.sha256(path.read_bytes()).digest() for path in write_cleaned(first, tmp_path / name)]
        for name in ("one", "two")
    )
    assert one == two
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == ["bus.zip", "rail.zip"]


def rows_of(draw, header, columns, most):
    """A table whose cells are drawn from a few good and bad ones."""
    rows = draw(st.lists(st.tuples(*(st.sampled_from(column) for column in columns)), max_size=most))
    return "\n".join([header, *(",".join(row) for row in rows), ""])


STOP_IDS = ("A", "B", "C", "S", '"D,d"', "", "é")
CLOCKS = (
    "8:00:00",
    "08:05:00",
    "8:10:00",
    "8:10:30",
    "9:00:00",
    "24:30:00",
    "",
    "7h",
    "-1:00:00",
    "99:99:99",
)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_dirty_feed_that_can_be_read_comes_back_clean(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("feed")
    places = ("51", "51.01", "51.02", "0", "", "north", "-2", "1e3", "51,5")
    texts = {
        "stops": rows_of(
            data.draw,
            "stop_id,stop_name,stop_lat,stop_lon,parent_station",
            (STOP_IDS, ("x", "", '"a ""b"""'), places[:6], ("-2", "-2.01", "0", ""), (*STOP_IDS, "Q")),
            8,
        )
        + "A,,51,-2,\nB,,51.01,-2,\nC,,51.02,-2,\n",
        "routes": rows_of(
            data.draw,
            "route_id,route_type,agency_id",
            (("r", "q", ""), ("3", "2", "1700", "", "x"), ("a", "", "z")),
            3,
        )
        + "r,3,a\n",
        "trips": rows_of(
            data.draw,
            "trip_id,route_id,service_id,block_id",
            (("t", "u", "v", "w", ""), ("r", "q"), ("weekdays", "odd", "never"), ("", "1", "2", "11")),
            6,
        )
        + "t,r,weekdays,1\nu,r,odd,2\n",
        "stop_times": rows_of(
            data.draw,
            f"{CALLS},pickup_type,drop_off_type",
            (("t", "u", "v", "w"), STOP_IDS, "0123456789", CLOCKS, CLOCKS, ("", "0", "1", "x"), ("", "1")),
            30,
        )
        + "t,A,-2,7:00:00,7:00:00,,\nt,B,-1,7:30:00,7:30:00,,\n",
        "calendar_dates": rows_of(
            data.draw,
            "service_id,date,exception_type",
            (
                ("weekdays", "odd", "other"),
                ("20261013", "20261017", "20261115", "20269999", ""),
                ("1", "2", "3"),
            ),
            6,
        ),
        "frequencies": rows_of(
            data.draw,
            "trip_id,start_time,end_time,headway_secs",
            (("t", "u", "x"), ("0:00:00", "6:00:00"), ("6:30:00", "7:00:00"), ("600", "1800", "0", "x")),
            3,
        ),
        "transfers": rows_of(
            data.draw,
            "from_stop_id,to_stop_id,transfer_type,min_transfer_time",
            (STOP_IDS, STOP_IDS, ("0", "2", "3", "9"), ("", "0", "60", "1e9")),
            6,
        ),
    }
    path = town.write_feed(folder / "bus.zip", **texts)
    try:
        first = read_timetables([path])
    except InputError as error:
        refused = error.where
    else:
        _, _, again = written(folder, [path])
        assert again.repairs == ()
        assert differences(first, again) == []
        return
    assert str(path) in refused
