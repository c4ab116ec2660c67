"""What users hand in: each fault of a feed is named with its file and a remedy, or mended and counted."""

from __future__ import annotations

import datetime as dt
import struct
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest

import town
from ptreach.errors import InputError
from ptreach.sources import gtfs_days
from ptreach.sources.gtfs import Scope, read_timetables

STOPS = "stop_id,stop_name,stop_lat,stop_lon\nA,Aye,51,-2\nB,Bee,51.01,-2\n"
CALLS = "trip_id,stop_id,stop_sequence,arrival_time,departure_time"
TEXTS = {
    "agency": town.AGENCY,
    "stops": STOPS,
    "routes": "route_id,route_short_name,route_type\nr,1,3\n",
    "trips": "trip_id,route_id,service_id\nt,r,weekdays\n",
    "stop_times": f"{CALLS}\nt,A,1,8:00:00,8:00:30\nt,B,2,8:10:00,8:10:00\n",
    "calendar": town.CALENDAR,
}
HEADER = town.CALENDAR.splitlines()[0]


def write(path, members):
    """A zip of members, in order, some perhaps of one name."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that are there twice
        for name, content in members:
            archive.writestr(name, content)
    return path


def members(**changes):
    """Members of a plain feed, some of its tables replaced or taken out (None)."""
    return [(f"{name}.txt", text) for name, text in {**TEXTS, **changes}.items() if text is not None]


def read(folder, listed=None, **changes):
    return read_timetables([write(folder / "bus.zip", listed or members(**changes))])


def counts(timetables):
    return {found.rule: found.count for found in timetables.repairs}


@pytest.mark.parametrize("table", list(TEXTS))
@pytest.mark.parametrize(
    "text", [None, "", "\n\n", "\ufeff", "\x00" * 50, "<html><body>no feed</body></html>"]
)
def test_a_table_missing_empty_or_something_else(tmp_path, table, text):
    with pytest.raises(InputError) as refused:
        read(tmp_path, **{table: text})
    # the calendar may be told by dates alone, so that both tables are named
    assert f"{table}.txt" in str(refused.value)
    assert str(tmp_path / "bus.zip") in refused.value.where
    assert refused.value.remedy


@pytest.mark.parametrize("table", list(TEXTS))
@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda text: f"\ufeff{text}".encode(), None),
        (lambda text: text.replace("\n", "\r\n").encode(), None),
        (lambda text: text.replace("\n", "\r").encode(), None),
        (lambda text: text.rstrip("\n").encode(), None),
        (lambda text: text.encode("utf-16"), "tables-not-utf-8"),
        (lambda text: text.replace(",", ";").encode(), "tables-not-in-commas"),
        (lambda text: text.replace(",", "\t").encode(), "tables-not-in-commas"),
        (lambda text: text.replace(",", " , ").encode(), None),
        (lambda text: "\n".join(f"{row},extra" for row in text.splitlines()).encode(), None),
        (lambda text: "\n".join([text.splitlines()[0].upper(), *text.splitlines()[1:]]).encode(), None),
        (lambda text: "".join(f"{row},\n" for row in text.splitlines()).encode(), None),
    ],
    ids=[
        "BOM",
        "CRLF",
        "CR",
        "no end",
        "UTF-16",
        "semicolons",
        "tabs",
        "blanks",
        "extra",
        "CAPITALS",
        "comma",
    ],
)
def test_ways_to_write_a_table(tmp_path, table, change, rule):
    t = read(tmp_path, **{table: change(TEXTS[table])})
    assert counts(t) == ({rule: 1} if rule else {})
    assert t.trip_ids == ("bus:t",)
    assert t.call_arrival_s.tolist() == [28_800, 29_400]
    assert t.stop_names == ("Aye", "Bee")


@pytest.mark.parametrize("table", ["agency", "transfers"])
def test_a_table_that_has_no_column_of_its_own_is_refused(tmp_path, table):
    with pytest.raises(InputError, match=f"no column that {table}.txt has") as refused:
        read(tmp_path, **{table: STOPS.replace("stop_id", "x")})
    assert refused.value.where == f"{tmp_path / 'bus.zip'}, {table}.txt"


def test_windows_text_is_told_cell_by_cell(tmp_path):
    stops = STOPS.encode().replace(b"Aye", b"Caf\xe9").replace(b"Bee", "Žižkov".encode())
    t = read(tmp_path, stops=stops)
    assert t.stop_names == ("Café", "Žižkov")
    assert counts(t) == {"tables-not-utf-8": 1}
    short = STOPS.encode() + b"C,Caf\xe9,51.02\n"  # also where the row is too short
    assert counts(read(tmp_path, stops=short)) == {
        "tables-not-utf-8": 1,
        "rows-of-uneven-length": 1,
        "stops-without-place": 1,
    }
    with pytest.raises(InputError, match=r"stops\.txt: not readable: .*0x81.* Mend or replace"):
        read(tmp_path, stops=STOPS.encode().replace(b"Aye", b"\x81"))


def test_names_of_files_in_any_case(tmp_path):
    t = read(tmp_path, [(name.upper(), text) for name, text in members()])
    assert t.trip_ids == ("bus:t",)
    assert counts(t) == {"tables-in-odd-case": 6}
    mixed = read(tmp_path, [*members(), ("Stops.txt", "x"), ("TRIPS.TXT", "y")])  # the plain ones stand
    assert mixed.repairs == ()
    with pytest.raises(InputError, match=r"bus\.zip: trips\.txt is in it 2 times"):
        read(tmp_path, [*members(trips=None), ("Trips.txt", TEXTS["trips"]), ("TRIPS.TXT", TEXTS["trips"])])


@pytest.mark.parametrize("table", list(TEXTS))
def test_a_table_twice_in_the_zip_is_refused(tmp_path, table):
    with pytest.raises(InputError, match=rf"bus\.zip: {table}\.txt is in it 2 times\. "):
        read(tmp_path, [*members(), (f"{table}.txt", TEXTS[table])])


@pytest.mark.parametrize("home", ["../", "../../etc/", "/", "C:\\feed\\", "a\\b\\", "gtfs/"])
def test_no_name_in_a_zip_leads_anywhere(tmp_path, home):
    folder = tmp_path / "deep" / "deeper"
    folder.mkdir(parents=True)
    t = read(folder, [(f"{home}{name}", text) for name, text in members()])
    assert t.trip_ids == ("bus:t",)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["bus.zip", "deep", "deeper"]


def test_an_encrypted_zip_is_refused(tmp_path):
    path = write(tmp_path / "bus.zip", members())
    content = bytearray(path.read_bytes())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            (old,) = struct.unpack_from("<H", content, at + flags)
            struct.pack_into("<H", content, at + flags, old | 1)
            at = content.find(mark, at + 4)
    path.write_bytes(content)
    with pytest.raises(
        InputError, match=r"bus\.zip, stops\.txt: is encrypted\. Make a zip without a password"
    ):
        read_timetables([path])


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_methods_of_packing_are_refused(tmp_path, method):
    path = tmp_path / "bus.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, text in members():
            archive.writestr(name, text)
    with pytest.raises(InputError, match=r"stops\.txt: is packed by another method than deflate"):
        read_timetables([path])


def test_a_zip_cut_anywhere_is_refused(tmp_path):
    whole = write(tmp_path / "whole.zip", members()).read_bytes()
    path = tmp_path / "bus.zip"
    for end in range(0, len(whole), 37):
        path.write_bytes(whole[:end])
        with pytest.raises(InputError, match=r"bus\.zip: not readable as a zip"):
            read_timetables([path])


def test_a_folder_of_tables_is_a_feed(tmp_path, monkeypatch):
    folder = tmp_path / "bus"
    (folder / "gtfs").mkdir(parents=True)
    for name, text in members():
        (folder / "gtfs" / name).write_text(text, encoding="utf-8")
    assert read_timetables([folder]).trip_ids == ("bus:t",)
    monkeypatch.chdir(folder)
    assert read_timetables([Path()]).trip_ids == ("bus:t",)
    write(folder / "more.zip", members())
    assert read_timetables([folder]).repairs == ()  # stops.txt lies there: no need to look into zips
    (folder / "gtfs" / "stops.txt").unlink()
    assert counts(read_timetables([folder])) == {"feeds-in-inner-zips": 1}


def test_a_quote_left_open_is_named_wherever_it_is(tmp_path):
    rows = "".join(f'C{k},"Sea {k},51.02,-2\n' for k in range(2))
    with pytest.raises(InputError, match=r"bus\.zip, stops\.txt: (a quote is opened|not readable)"):
        read(tmp_path, stops=f"{STOPS}{rows}")
    many = "".join(f"C{k},Sea,51.02,-2\n" for k in range(200_000))  # more than is read at once
    with pytest.raises(InputError, match=r"bus\.zip, stops\.txt: (a quote is opened|not readable)"):
        read(tmp_path, stops=f'{STOPS}D,"Dee,51,-2\n{many}')


def test_a_first_row_without_end_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"stops\.txt: its first row has no end"):
        read(tmp_path, stops="stop_id," * 100_000)


@pytest.mark.parametrize(
    "cell", ["1e309", "NaN", "inf", "-inf", "\u0665\u0661", "5_1", "0x33", "north", "--51", "1e", "91"]
)
def test_latitudes_that_are_none(tmp_path, cell):
    t = read(tmp_path, stops=f"{STOPS}C,Sea,{cell},-2\n")
    assert counts(t) == {"stops-without-place": 1}
    assert t.repairs[0].example == "bus.zip, stops.txt: stop_id C, stop_name Sea"


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ("w,1,1,1,1,1,1,1,00000000,20261031", "calendar-rows-without-days"),
        ("w,1,1,1,1,1,1,1,20260230,20261031", "calendar-rows-without-days"),
        ("w,1,1,1,1,1,1,1,20261031,20261001", "calendar-rows-without-days"),
        ("w,1,1,1,1,1,1,1,2026-10-01,20261031", "calendar-rows-without-days"),
        ("w,1,1,1,1,1,1,1,19000101,21000101", None),
        ("w,1,1,1,1,1,1,1,20261001,99991231", None),
        ("w,yes,true,1.0,01,2,-1,,20261001,20261031", None),
    ],
)
def test_dates_of_all_kinds(tmp_path, row, rule):
    t = read(tmp_path, calendar=f"{town.CALENDAR}{row}\n")
    assert counts(t) == ({rule: 1} if rule else {})
    assert t.service_days.shape[1] <= 110 * 366


def test_a_hundred_thousand_services(tmp_path, monkeypatch):
    rows = "".join(f"s{k},1,0,0,0,0,0,0,20261001,20261031\n" for k in range(100_000))
    t = read(tmp_path, calendar=f"{town.CALENDAR}{rows}")
    assert t.service_days.shape == (100_001, 30)
    # without an end: cut ten years after the last begins
    monkeypatch.setattr(gtfs_days, "_MOST_SERVICE_DAYS", 40_000)
    few = "".join(f"s{k},1,0,0,0,0,0,0,20261001,20991231\n" for k in range(9))
    t = read(tmp_path, calendar=f"{town.CALENDAR}{few}")
    assert counts(t) == {"calendars-without-end": 9}
    assert t.service_days.shape[0] == 10
    assert t.first_day + t.service_days.shape[1] - 1 <= np.datetime64("2036-10-01").astype(int) + 719_163
    old = few.replace("20261001", "19900101").replace("s1,", "weekdays,")
    with pytest.raises(
        InputError, match=r"calendar\.txt and calendar_dates\.txt: 10 services over 40,.* days"
    ):
        read(tmp_path, calendar=f"{HEADER}\n{old}late,1,1,1,1,1,1,1,20991231,20991231\n")
    week = Scope(days=(town.TUESDAY, town.TUESDAY + dt.timedelta(7)))
    # Mondays only: one, within the days that are asked for
    assert read_timetables([tmp_path / "bus.zip"], week).service_days.shape == (10, 1)


def test_a_trip_may_take_days_but_no_more_than_a_clock_says(tmp_path):
    rows = "t,A,1,999:59:59,999:59:59\nt,B,2,999:59:59,999:59:59\n"
    t = read(tmp_path, stop_times=f"{CALLS}\n{rows}")
    assert t.call_arrival_s.tolist() == [3_599_999] * 2
    with pytest.raises(InputError, match="no trip is left that calls at two stops"):
        read(tmp_path, stop_times=f"{CALLS}\n{rows.replace('999:59:59', '1000:00:00')}")
