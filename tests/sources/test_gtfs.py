"""Feeds as they come: each fault is named with its file and a remedy, or mended and counted."""

from __future__ import annotations

import csv
import datetime as dt
import io
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest

import town
from ptreach.errors import InputError
from ptreach.sources import gtfs_files
from ptreach.sources.gtfs import read_timetables
from ptreach.sources.modes import MODES

ISLAND = Path(__file__).parents[2] / "../shared/data/isle-of-wight"

STOPS = "stop_id,stop_name,stop_lat,stop_lon\nA,Aye,51,-2\nB,Bee,51.01,-2\n"
TRIPS = "trip_id,route_id,service_id\nt,r,weekdays\n"
CALLS = "trip_id,stop_id,stop_sequence,arrival_time,departure_time"
TIMES = f"{CALLS}\nt,A,1,8:00:00,8:00:30\nt,B,2,8:10:00,8:10:00\n"


def feed(folder, name="bus.zip", **texts):
    """A feed of two stops and one trip, some of its tables replaced."""
    return town.write_feed(folder / name, **{"stops": STOPS, "trips": TRIPS, "stop_times": TIMES, **texts})


def read(folder, **texts):
    return read_timetables([feed(folder, **texts)])


def counts(timetables):
    """What was found, by rule."""
    return {found.rule: found.count for found in timetables.repairs}


def same(one, other):
    """Whether two tables, or columns of them, say the same."""
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    if hasattr(one, "_fields"):
        return all(map(same, one, other))
    return one == other


def days_of(timetables, service=0):
    """Days on which a service runs, as text."""
    days = timetables.first_day + np.flatnonzero(timetables.service_days[service])
    return [dt.date.fromordinal(day).isoformat() for day in days.tolist()]


def running(timetables, day):
    """Trips that run on a day."""
    runs = timetables.service_days[:, dt.date.fromisoformat(day).toordinal() - timetables.first_day]
    return sorted(
        trip for trip, v in zip(timetables.trip_ids, timetables.trip_service, strict=True) if runs[v]
    )


def test_a_plain_feed_reads_as_written(tmp_path):
    t = read(tmp_path)
    assert t.feed_ids == ("bus",)
    assert t.timezone == "Europe/London"
    assert t.stop_ids == ("bus:A", "bus:B")
    assert t.stop_names == ("Aye", "Bee")
    assert t.stop_lon.tolist() == [-2, -2]
    assert t.stop_lat.tolist() == [51, 51.01]
    assert t.route_names == ("1",)
    assert t.trip_ids == ("bus:t",)
    assert t.trip_start.tolist() == [0, 2]
    assert t.call_stop.tolist() == [0, 1]
    assert t.call_arrival_s.tolist() == [28_800, 29_400]
    assert t.call_departure_s.tolist() == [28_830, 29_400]
    assert t.call_board.tolist() == t.call_alight.tolist() == [True, True]
    assert t.repairs == ()


def test_weekdays_of_a_calendar_are_those_of_the_dates(tmp_path):
    # 1 October 2026 is a Thursday
    days = days_of(read(tmp_path))
    assert days[:3] == ["2026-10-01", "2026-10-02", "2026-10-05"]
    assert days[-1] == "2026-10-30"
    assert len(days) == 22
    one_day = "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
    for at, day in enumerate(["12", "13", "14", "15", "16", "17", "18"]):  # Monday 12 October and on
        flags = ",".join("1" if at == k else "0" for k in range(7))
        t = read(tmp_path, calendar=f"{one_day}weekdays,{flags},20261012,20261018\n")
        assert days_of(t) == [f"2026-10-{day}"]


def test_first_and_last_day_of_a_calendar_are_in_it(tmp_path):
    header = town.CALENDAR.splitlines()[0]
    t = read(tmp_path, calendar=f"{header}\nweekdays,1,1,1,1,1,1,1,20281228,20290102\n")
    assert days_of(t) == [
        *("2028-12-28", "2028-12-29", "2028-12-30", "2028-12-31"),
        *("2029-01-01", "2029-01-02"),
    ]


def test_dates_alone_make_a_calendar(tmp_path):
    dates = "service_id,date,exception_type\nweekdays,20261225,1\nweekdays,20261013,1\nweekdays,20261013,1\n"
    assert days_of(read(tmp_path, calendar="", calendar_dates=dates)) == ["2026-10-13", "2026-12-25"]


def test_dates_add_to_and_take_from_a_calendar(tmp_path):
    dates = (
        "service_id,date,exception_type\nweekdays,20261013,2\nweekdays,20261017,1\nweekdays,20261101,1\n"
        "weekdays,20261018,2\n"  # a Sunday, on which nothing ran anyway
    )
    days = days_of(read(tmp_path, calendar_dates=dates))
    assert "2026-10-13" not in days
    assert "2026-10-17" in days
    assert days[-1] == "2026-11-01"
    assert len(days) == 22 - 1 + 2


def test_services_of_one_feed_keep_apart(tmp_path):
    trips = "trip_id,route_id,service_id\nt,r,weekdays\nu,r,holiday\n"
    times = TIMES + TIMES.split("\n", 1)[1].replace("t,", "u,")
    dates = "service_id,date,exception_type\nholiday,20261013,1\nweekdays,20261013,2\n"
    t = read(tmp_path, trips=trips, stop_times=times, calendar_dates=dates)
    assert running(t, "2026-10-12") == ["bus:t"]
    assert running(t, "2026-10-13") == ["bus:u"]


def test_calendar_rows_that_say_nothing_are_counted(tmp_path):
    header = town.CALENDAR.splitlines()[0]
    calendar = (
        f"{town.CALENDAR}odd,1,1,1,1,1,1,1,2026-10-01,20261031\n,1,1,1,1,1,1,1,20261001,20261031\n"
        "late,1,1,1,1,1,1,1,20261301,20261399\n"
    )
    dates = "service_id,date,exception_type\nweekdays,tomorrow,1\nweekdays,20261017,3\n"
    t = read(tmp_path, calendar=calendar, calendar_dates=dates)
    assert counts(t) == {
        "calendar-rows-without-days": 4,
        "exceptions-of-no-type": 1,
    }
    assert len(days_of(t)) == 22
    with pytest.raises(
        InputError, match=r"calendar\.txt and calendar_dates\.txt: no service runs on any day"
    ):
        read(tmp_path, calendar=f"{header}\nweekdays,0,0,0,0,0,0,0,20261001,20261031\n")
    with pytest.raises(InputError, match="no service runs on any day"):
        read(tmp_path, calendar="")


def test_calendars_without_an_end_reach_to_2100(tmp_path):
    header = town.CALENDAR.splitlines()[0]
    t = read(tmp_path, calendar=f"{header}\nweekdays,0,1,0,0,0,0,0,19700101,99991231\n")
    assert t.repairs == ()
    days = days_of(t)
    assert days[0] == "1990-01-02"  # the first Tuesday of the years that are looked at
    assert "2026-10-13" in days
    assert "2026-10-14" not in days
    assert days[-1] == "2099-12-29"


def test_dates_of_absurd_years_are_counted(tmp_path):
    exceptions = "service_id,date,exception_type\nweekdays,00010101,1\nweekdays,99991231,1\n"
    back = f"{town.CALENDAR}back,1,1,1,1,1,1,1,20261031,20261001\nold,1,1,1,1,1,1,1,19000101,19010101\n"
    t = read(tmp_path, calendar=back, calendar_dates=exceptions)
    assert counts(t) == {"calendar-rows-without-days": 4}
    assert t.service_days.shape == (1, 30)  # 1 to 30 October


def test_ids_that_look_like_something_else_stay_what_they_are(tmp_path):
    ids = ["NA", "null", "nan", "None", "007", "7", "1e3", "TRUE", "N/A", "-inf"]
    stops = "".join(f"{name},{name},{51 + k / 100},-2\n" for k, name in enumerate(ids))
    times = "".join(f"NA,{name},{k},8:{k:02d}:00,8:{k:02d}:00\n" for k, name in enumerate(ids))
    t = read(
        tmp_path,
        stops=f"stop_id,stop_name,stop_lat,stop_lon\n{stops}",
        routes="route_id,route_short_name,route_type\nnull,NA,3\n",
        trips="trip_id,route_id,service_id\nNA,null,nan\n",
        stop_times=f"{CALLS}\n{times}",
        calendar=town.CALENDAR.replace("weekdays", "nan"),
    )
    assert t.repairs == ()
    assert t.stop_ids == tuple(f"bus:{name}" for name in sorted(ids))
    assert t.trip_ids == ("bus:NA",)
    assert t.route_names == ("NA",)
    assert [t.stop_ids[k].removeprefix("bus:") for k in t.call_stop] == ids


def test_bom_windows_line_ends_quotes_and_blanks(tmp_path):
    def windows(text):
        return "\ufeff" + text.replace("\n", "\r\n")

    t = read(
        tmp_path,
        stops=windows(
            '"stop_id", stop_name ,STOP_LAT,stop_lon,extra\n A ,"High St, Ryde",51, -2,x\n'
            '"B","the ""Bee""",51.01,-2,\n'
        ),
        trips=windows(TRIPS),
        stop_times=windows("\n".join(f" {line} " for line in TIMES.splitlines())),
    )
    assert t.repairs == ()
    assert t.stop_ids == ("bus:A", "bus:B")
    assert t.stop_names == ("High St, Ryde", 'the "Bee"')
    assert t.call_arrival_s.tolist() == [28_800, 29_400]


def test_files_that_are_no_tables_of_ours_are_left_alone(tmp_path):
    path = feed(tmp_path, shapes="nonsense\n1,2,3\n", transfers='"never closed', Stops="x")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("readme.pdf", b"\x00\xff")
        archive.writestr("old/trips.txt", "nothing")
        archive.writestr("__MACOSX/._stops.txt", b"\x00\x05")
    assert read_timetables([path]).repairs == ()


def test_a_feed_in_a_folder_of_its_zip(tmp_path):
    plain = feed(tmp_path)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(tmp_path / "inner.zip", "w") as target:
        target.mkdir("gtfs")
        for name in source.namelist():
            target.writestr(f"gtfs/latest/{name}", source.read(name))
    nested = read_timetables([tmp_path / "inner.zip"])
    assert nested.trip_ids == ("inner:t",)
    assert nested.repairs == ()


def test_several_feeds_in_one_zip_are_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as target:
        for folder in ("north", "south"):
            target.writestr(f"{folder}/stops.txt", STOPS)
    with pytest.raises(InputError, match=r"two\.zip: stops\.txt is in it 2 times\. Make a zip of each feed"):
        read_timetables([tmp_path / "two.zip"])
    with zipfile.ZipFile(tmp_path / "outer.zip", "w") as target:
        target.write(feed(tmp_path), "north.zip")
        target.write(feed(tmp_path), "gtfs/south.zip")
    with pytest.raises(
        InputError,
        match=r"outer\.zip: stops\.txt is missing; 2 zips are in it\. Unpack .* gtfs/south\.zip",
    ):
        read_timetables([tmp_path / "outer.zip"])


def nested(path, inner, name="gtfs/feed.ZIP"):
    """A zip around a file."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("readme.txt", "hello")
        target.writestr("__MACOSX/gtfs/._feed.zip", "resource fork")
        target.write(inner, name)
    return path


def test_a_feed_in_a_zip_of_a_zip(tmp_path):
    path = feed(tmp_path)
    for depth in (1, 2, 3):
        path = nested(tmp_path / f"outer{depth}.zip", path)
        t = read_timetables([path])
        assert t.trip_ids == (f"outer{depth}:t",)
        assert counts(t) == {"feeds-in-inner-zips": depth}
        assert t.repairs[0].example == f"outer{depth}.zip, gtfs/feed.ZIP: the feed lies in it"
    with pytest.raises(InputError, match=r"outer4\.zip: zips within zips without end\. Unpack it"):
        read_timetables([nested(tmp_path / "outer4.zip", path)])
    (tmp_path / "text").write_text("no zip")
    with pytest.raises(InputError, match=r"bad\.zip: not readable as a zip"):
        read_timetables([nested(tmp_path / "bad.zip", tmp_path / "text")])


def test_files_that_are_no_zip_are_refused(tmp_path):
    whole = feed(tmp_path).read_bytes()
    cases = {"none": b"", "text": b"stop_id\nA\n", "cut": whole[: len(whole) // 2], "page": b"<html>" * 99}
    for name, content in cases.items():
        (tmp_path / f"{name}.zip").write_bytes(content)
        with pytest.raises(
            InputError,
            match=rf"{name}\.zip: not readable as a zip.*Give a whole zip, or fetch the file again",
        ):
            read_timetables([tmp_path / f"{name}.zip"])
    with pytest.raises(InputError, match=r"nowhere\.zip: no such file"):
        read_timetables([tmp_path / "nowhere.zip"])
    with zipfile.ZipFile(tmp_path / "empty.zip", "w"):
        pass
    with pytest.raises(InputError, match=r"empty\.zip: stops\.txt is missing"):
        read_timetables([tmp_path / "empty.zip"])


def test_damage_inside_a_zip_names_the_table(tmp_path):
    path = tmp_path / "bad.zip"
    rows = "".join(f"t{k},A,{k % 7},8:00:00,8:00:00\n" for k in range(5_000))
    routes = "route_id,route_type\nr,3\n"
    texts = {"stops": STOPS, "routes": routes, "trips": TRIPS, "stop_times": TIMES + rows}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {"agency": town.AGENCY, "calendar": town.CALENDAR, **texts}.items():
            archive.writestr(f"{name}.txt", text)
        at = archive.getinfo("stop_times.txt")
    damaged = bytearray(path.read_bytes())
    start = at.header_offset + 30 + len("stop_times.txt") + at.compress_size // 2
    damaged[start : start + 40] = b"\xff" * 40
    path.write_bytes(damaged)
    with pytest.raises(
        InputError, match=r"bad\.zip, stop_times\.txt: not readable.*Mend or replace the feed"
    ):
        read_timetables([path])


def test_zips_that_unpack_to_too_much_are_refused_on_the_way(tmp_path, monkeypatch):
    monkeypatch.setattr(gtfs_files, "_SMALL_BYTES", 2_000_000)
    path = tmp_path / "bomb.zip"
    texts = {"stops": STOPS, "routes": "route_id\nr\n", "trips": TRIPS, "calendar": town.CALENDAR}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {"agency": town.AGENCY, **texts}.items():
            archive.writestr(f"{name}.txt", text)
        with archive.open("stop_times.txt", "w") as stream:
            stream.write(TIMES.encode())
            for _ in range(50):
                stream.write(b"t,A,1,8:00:00,8:00:30\n" * 50_000)
        archive.writestr("shapes.txt", "0" * 30_000_000)  # not read, so its size does not matter
    assert path.stat().st_size < 400_000
    read_n = []
    original = zipfile.ZipExtFile.read

    def counted(stream, n=-1):
        data = original(stream, n)
        read_n.append(len(data))
        return data

    monkeypatch.setattr(zipfile.ZipExtFile, "read", counted)
    with pytest.raises(
        InputError, match=r"bomb\.zip, stop_times\.txt: unpacks to far more than a timetable does\. Fetch"
    ):
        read_timetables([path])
    assert sum(read_n) < 30_000_000  # of 57
    monkeypatch.setattr(gtfs_files, "_MAX_INNER_BYTES", 1_000)
    with pytest.raises(InputError, match=r"outer\.zip, gtfs/feed\.ZIP: unpacks to far more"):
        read_timetables([nested(tmp_path / "outer.zip", path)])


def test_a_size_that_is_only_claimed_does_not_matter(tmp_path):
    path = feed(tmp_path)
    content = bytearray(path.read_bytes())
    for name in (b"stops.txt", b"trips.txt", b"stop_times.txt"):  # sizes in the zip's directory
        entry = content.rindex(b"PK\x01\x02", 0, content.rindex(name))
        content[entry + 24 : entry + 28] = (4_000_000_000).to_bytes(4, "little")
    path.write_bytes(content)
    assert read_timetables([path]).trip_ids == ("bus:t",)


@pytest.mark.parametrize("table", ["stops", "routes", "trips", "stop_times"])
def test_tables_that_must_be_there(tmp_path, table):
    header = {"stops": STOPS, "routes": "route_id\n", "trips": TRIPS, "stop_times": TIMES}[table]
    header = header.partition("\n")[0]
    with pytest.raises(InputError, match=rf"bus\.zip: {table}\.txt is missing.*Take a whole GTFS feed"):
        read(tmp_path, **{table: ""})
    for text in (header, f"{header}\n", f"{header}\n\n\n"):
        with pytest.raises(InputError, match=rf"{table}\.txt is missing or empty"):
            read(tmp_path, **{table: text})


@pytest.mark.parametrize(
    ("table", "text", "column"),
    [
        ("stops", STOPS.replace("stop_lat", "lat"), "stop_lat"),
        ("routes", "id\nr\n", "route_id"),
        ("trips", TRIPS.replace("service_id", "days"), "service_id"),
        ("stop_times", TIMES.replace("stop_sequence", "number"), "stop_sequence"),
        ("calendar", town.CALENDAR.replace("sunday", "sonntag"), "sunday"),
        ("calendar_dates", "service_id,date\nweekdays,20261013\n", "exception_type"),
        ("frequencies", "trip_id,start_time,end_time\nt,8:00:00,9:00:00\n", "headway_secs"),
        ("stops", "a web page\nnot a table\n", "stop_id"),
    ],
)
def test_columns_that_must_be_there(tmp_path, table, text, column):
    with pytest.raises(InputError, match=rf"bus\.zip, {table}\.txt: no column {column}\. Take a whole"):
        read(tmp_path, **{table: text})


def test_a_column_named_twice_is_refused(tmp_path):
    text = "stop_id,stop_lat,stop_lon,stop_lat\nA,51,-2,52\n"
    with pytest.raises(InputError, match=r"stops\.txt: 2 columns stop_lat\. Take one of them out"):
        read(tmp_path, stops=text)


def test_rows_of_uneven_length(tmp_path):
    stops = (
        "stop_id,stop_lat,stop_lon,stop_name\nA,51,-2\nB,51.01,-2,Bee,\n"
        "C,51.02,-2,Sea, the\n"  # a comma without quotes
    )
    t = read(tmp_path, stops=stops)
    assert t.stop_ids == ("bus:A", "bus:B")
    assert t.stop_names == ("", "Bee")
    assert counts(t) == {
        "rows-of-uneven-length": 2,
        "rows-too-long": 1,
    }


@pytest.mark.parametrize(
    "rows",
    [
        'A,51,-2,Aye\nB,51.01,-2,"Bee\nC,51,-2,Sea\n',  # up to the end of the file
        'A,51,-2,"Aye\nB,51.01,-2,Bee\nC,51,-2,"Sea"\n',  # up to the next quote
        '"A\nB,51.01,-2,Bee\n',
    ],
)
def test_a_quote_that_is_not_closed_swallows_no_rows(tmp_path, rows):
    with pytest.raises(InputError, match=r"bus\.zip, stops\.txt: a quote is opened and not closed in the"):
        read(tmp_path, stops=f"stop_id,stop_lat,stop_lon,stop_name\n{rows}")


def test_text_that_is_not_utf_8(tmp_path):
    path = tmp_path / "old.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("stops.txt", STOPS.replace("Aye", "Caf\xe9 \x96 R\xfcsselsheim").encode("latin-1"))
        for name, text in {
            "agency": town.AGENCY,
            "routes": "route_id,route_short_name,route_type\nr,1,3\n",
            "trips": TRIPS,
            "stop_times": TIMES,
            "calendar": town.CALENDAR,
        }.items():
            archive.writestr(f"{name}.txt", text)
    t = read_timetables([path])
    assert t.stop_names[0] == "Caf\xe9 \u2013 R\xfcsselsheim"
    assert counts(t) == {"tables-not-utf-8": 1}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-16-le"])
def test_utf_16_is_read_where_it_says_so(tmp_path, encoding):
    mark = "" if encoding == "utf-16" else "\ufeff"
    plain = feed(tmp_path)
    path = tmp_path / "wide.zip"
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            text = source.read(name).decode()
            if name == "stops.txt":
                text = text.replace("Aye", "Žižkov")
            target.writestr(name, f"{mark}{text}".encode(encoding) if name == "stops.txt" else text)
    t = read_timetables([path])
    assert t.stop_names == ("Žižkov", "Bee")
    assert counts(t) == {"tables-not-utf-8": 1}
    assert t.repairs[0].example == "wide.zip, stops.txt: is UTF-16"


def test_stops_without_a_place(tmp_path):
    stops = (
        "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
        "A,Aye,51,-2,0,\nB,Bee,51.01,-2,0,\n"
        "zero,,0,0,0,\nblank,,,,0,\nwords,,north,west,0,\nmetres,,291367,400310,0,\npole,,90,0,0,\n"
        ",nameless,51,-2,0,\nA,again,52,-2,0,\n"
        "greenwich,,51.48,0,0,\n"
    )
    t = read(tmp_path, stops=stops)
    assert t.stop_ids == ("bus:A", "bus:B", "bus:greenwich")
    assert t.stop_lat.tolist() == [51, 51.01, 51.48]
    assert counts(t) == {"stops-listed-twice": 1, "stops-without-place": 5, "stops-without-id": 1}
    with pytest.raises(InputError, match=r"bus\.zip, stops\.txt: no stop has coordinates"):
        read(tmp_path, stops="stop_id,stop_lat,stop_lon\nA,0,0\nB,,\n")


def test_platforms_without_coordinates_stand_at_their_station(tmp_path):
    stops = (
        "stop_id,stop_name,stop_lat,stop_lon,parent_station\n"
        "A,platform,,,S\nbay,boarding area,0,0,A\nB,Bee,51.01,-2,S\nS,station,51.5,-1.5,\n"
        "orphan,,,,Q\nself,,,,self\n"
        "half,,51.9,,S\n"
    )
    t = read(tmp_path, stops=stops)
    place = {name: (lat, lon) for name, lat, lon in zip(t.stop_ids, t.stop_lat, t.stop_lon, strict=True)}
    assert place == {
        "bus:A": (51.5, -1.5),
        "bus:B": (51.01, -2),
        "bus:S": (51.5, -1.5),
        "bus:bay": (51.5, -1.5),
        "bus:half": (51.5, -1.5),
    }
    assert counts(t) == {"stops-at-station": 3, "stops-without-place": 2}


def test_trips_that_hang_in_the_air_are_counted(tmp_path):
    trips = (
        f"{TRIPS}t,r,other\nlost,nowhere,weekdays\nnever,r,unknown\n,r,weekdays\nbare,,weekdays\n"
        "idle,r,weekdays\nalone,r,weekdays\n"
    )
    times = f"{TIMES}ghost,A,1,8:00:00,8:00:00\nalone,A,1,8:00:00,8:00:00\nt,Z,3,8:20:00,8:20:00\n"
    t = read(tmp_path, trips=trips, stop_times=times, routes='route_id,route_type\nr,3\nr,3\n"",3\n')
    assert t.trip_ids == ("bus:t",)
    assert t.trip_start.tolist() == [0, 2]
    assert counts(t) == {
        "calls-at-unknown-stops": 1,
        "calls-of-unknown-trips": 1,
        "routes-listed-twice": 1,
        "routes-without-id": 1,
        "trips-listed-twice": 1,
        "trips-without-calendar": 1,
        "trips-of-unknown-routes": 1,
        "trips-of-one-call": 1,
        "trips-without-ids": 2,
        "trips-without-calls": 1,
    }


def test_a_feed_of_which_no_trip_is_left(tmp_path):
    with pytest.raises(InputError, match=r"bus\.zip: no trip is left that calls at two stops"):
        read(tmp_path, trips="trip_id,route_id,service_id\nother,r,weekdays\n")


def test_route_names_fall_back(tmp_path):
    t = read(tmp_path, routes="route_id,route_long_name,route_short_name\nr,To the sea,\nq,,\np,x,9\n")
    assert t.route_names == ("9", "q", "To the sea")
    assert [t.route_names[k] for k in t.trip_route] == ["To the sea"]


def test_feeds_are_put_together_each_with_its_own_ids(tmp_path):
    bus = feed(tmp_path)
    rail = feed(
        tmp_path,
        "rail.zip",
        stops=STOPS.replace("A,Aye", "C,Sea"),
        stop_times=TIMES.replace("t,A", "t,C").replace("8:", "9:"),
        calendar=town.CALENDAR.replace("20261001", "20260901"),
    )
    t = read_timetables([rail, bus])
    assert t.feed_ids == ("rail", "bus")
    assert t.stop_ids == ("rail:B", "rail:C", "bus:A", "bus:B")
    assert t.trip_ids == ("rail:t", "bus:t")
    assert t.call_stop.tolist() == [1, 0, 2, 3]
    assert t.call_arrival_s.tolist() == [32_400, 33_000, 28_800, 29_400]
    assert t.trip_start.tolist() == [0, 2, 4]
    assert t.trip_route.tolist() == t.trip_service.tolist() == [0, 1]
    assert running(t, "2026-09-01") == ["rail:t"]
    assert running(t, "2026-10-13") == ["bus:t", "rail:t"]


def test_feeds_of_one_name_or_none_at_all_are_refused(tmp_path):
    (tmp_path / "other").mkdir()
    with pytest.raises(InputError, match=r"2 feeds are named 'bus'\. Rename one"):
        read_timetables([feed(tmp_path), feed(tmp_path / "other")])
    with pytest.raises(InputError, match="no timetable"):
        read_timetables([])


AGENCIES = "agency_id,agency_name,agency_timezone\na,Buses,{}\nb,Trains,{}\n"


def test_time_zones(tmp_path):
    assert read(tmp_path, agency=AGENCIES.format("Europe/London", "Europe/London")).repairs == ()
    assert read(tmp_path, agency=AGENCIES.format("Europe/Berlin", "")).timezone == "Europe/Berlin"
    for agency, what in (
        (
            AGENCIES.format("Europe/London", "Europe/Paris"),
            "agencies have different time zones: Europe/London, Eu",
        ),
        (AGENCIES.format("", ""), "no agency_timezone"),
        ("agency_name\nBuses\n", "no agency_timezone"),
        ("", "no agency_timezone"),
        (AGENCIES.format("Europe/Lundon", ""), "no time zone 'Europe/Lundon'"),
        (AGENCIES.format("Europe", ""), "no time zone 'Europe'"),
        (AGENCIES.format("../etc/passwd", ""), "no time zone '../etc/passwd'"),
    ):
        with pytest.raises(InputError, match=rf"bus\.zip, agency\.txt.*{what}"):
            read(tmp_path, agency=agency)
    french = feed(tmp_path, "french.zip", agency=AGENCIES.format("Europe/Paris", ""))
    with pytest.raises(InputError, match=r"the feeds have different time zones: Europe/London, Europe/Paris"):
        read_timetables([feed(tmp_path), french])


def test_order_of_rows_does_not_matter(tmp_path):
    stops = "stop_id,stop_lat,stop_lon\n" + "".join(f"s{k},{51 + k / 100},-2\n" for k in range(5))
    trips = "trip_id,route_id,service_id\n" + "".join(f"t{k},r,weekdays\n" for k in range(4))
    rows = [f"t{t},s{k},{10 - 2 * k},8:{30 - k}:00,8:{30 - k}:00\n" for t in range(4) for k in range(5)]
    first = read(tmp_path, stops=stops, trips=trips, stop_times=f"{CALLS}\n{''.join(rows)}")
    rng = np.random.default_rng(1)
    shuffled = "".join(rng.permutation(rows))
    mixed_trips = trips.splitlines()
    mixed_trips[1:] = mixed_trips[:0:-1]
    second = read(tmp_path, stops=stops, trips="\n".join(mixed_trips), stop_times=f"{CALLS}\n{shuffled}")
    assert first.call_stop[:5].tolist() == [4, 3, 2, 1, 0]
    for one, other in zip(first, second, strict=True):
        assert same(one, other)


def test_large_tables_raise_no_stray_warning(tmp_path):
    # mixed columns of many rows are what pandas warns about
    rows = "".join(f"t,A,{k},8:00:00,8:00:00,{'x' if k > 200_000 else k % 2}\n" for k in range(1, 250_000))
    times = f"{CALLS},pickup_type\n{rows}t,B,250000,8:10:00,8:10:00,0\n"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        t = read(tmp_path, stop_times=times)
    assert t.call_stop.size == 250_000
    assert counts(t) == {"pickup-types-unreadable": 49_999}


def counted_trips(path, date):
    """Trips of a feed on a date, by the standard library alone."""

    def rows(table):
        with zipfile.ZipFile(path) as archive, archive.open(f"{table}.txt") as stream:
            return list(csv.DictReader(io.TextIOWrapper(stream, "utf-8-sig", newline="")))

    day = date.strftime("%Y%m%d")
    services = {
        row["service_id"]
        for row in rows("calendar")
        if row[date.strftime("%A").lower()] == "1" and row["start_date"] <= day <= row["end_date"]
    }
    for row in rows("calendar_dates"):
        if row["date"] == day:
            (services.add if row["exception_type"] == "1" else services.discard)(row["service_id"])
    return {row["trip_id"] for row in rows("trips") if row["service_id"] in services}


@pytest.mark.real
@pytest.mark.skipif(not ISLAND.is_dir(), reason="no ../shared/data/isle-of-wight")
def test_the_island_has_its_trips_on_a_tuesday():
    paths = [ISLAND / "iow-bus-gtfs.zip", ISLAND / "iow-rail-gtfs.zip"]
    t = read_timetables(paths)
    trips = running(t, "2020-06-16")
    for path, name, expected in zip(paths, ("iow-bus-gtfs", "iow-rail-gtfs"), (416, 67), strict=True):
        counted = counted_trips(path, dt.date(2020, 6, 16))
        assert len(counted) == expected
        assert {trip.removeprefix(f"{name}:") for trip in trips if trip.startswith(f"{name}:")} == counted
    assert t.repairs == ()


def test_modes_and_agencies_of_routes(tmp_path):
    routes = (
        "route_id,route_short_name,route_type,agency_id\na,1,3,\nb,2,704,y\nc,3,900,z\nd,4,109,x\ne,5,77,x\n"
    )
    zone = "http://example.org,Europe/London"
    t = read(
        tmp_path,
        agency=f"agency_id,agency_name,agency_url,agency_timezone\nx,Ex,{zone}\ny,,{zone}\n",
        routes=routes,
        trips="trip_id,route_id,service_id\nt,b,weekdays\n",
    )
    assert [MODES[k] for k in t.route_mode] == ["bus", "bus", "tram", "rail", "other"]
    # no name: its id; not listed: its id; none given: the feed's first
    assert t.agency_names == ("Ex", "y", "z")
    assert [t.agency_names[k] for k in t.route_agency] == ["Ex", "y", "z", "Ex", "Ex"]
    assert counts(t) == {"routes-of-no-type": 1}
