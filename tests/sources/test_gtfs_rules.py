"""Every rule of cleaning: a feed of which it has one thing to clean; the same feed with the rule off."""

from __future__ import annotations

import re
import zipfile

import pytest

import town
from ptreach.errors import InputError
from ptreach.sources.gtfs import read_timetables
from ptreach.sources.repairs import RULES

STOPS = "stop_id,stop_name,stop_lat,stop_lon,parent_station\nA,Aye,51,-2,\nB,Bee,51.01,-2,\n"
CALLS = "trip_id,stop_id,stop_sequence,arrival_time,departure_time,pickup_type"
TEXTS = {
    "agency": town.AGENCY,
    "stops": STOPS,
    "routes": "route_id,route_short_name,route_type\nr,1,3\n",
    "trips": "trip_id,route_id,service_id\nt,r,weekdays\n",
    "stop_times": f"{CALLS}\nt,A,1,8:00:00,8:00:30,\nt,B,2,8:10:00,8:10:00,\n",
    "calendar": town.CALENDAR,
    "calendar_dates": "service_id,date,exception_type\nweekdays,20261013,2\n",
    "frequencies": "trip_id,start_time,end_time,headway_secs\n",
    "transfers": "from_stop_id,to_stop_id,transfer_type,min_transfer_time,from_route_id\n",
}
# what is put at the end of a table, or in place of a text in it, so that a rule finds one thing
ADDED = {
    "rows-of-uneven-length": ("stops", "C,Sea,51.02,-2\n"),
    "rows-too-long": ("stops", "C,Sea, the,51.02,-2,x\n"),
    "stops-without-id": ("stops", ",Sea,51.02,-2,\n"),
    "stops-listed-twice": ("stops", "A,again,51.02,-2,\n"),
    "stops-at-station": ("stops", "C,Sea,,,A\n"),
    "coordinates-with-comma": ("stops", 'C,Sea,"51,02",-2,\n'),
    "stops-swapped": ("stops", "C,Sea,-2,51.005,\n"),
    "stops-without-place": ("stops", "C,Sea,0,0,\n"),
    "routes-without-id": ("routes", ",2,3\n"),
    "routes-listed-twice": ("routes", "r,2,3\n"),
    "routes-of-no-type": ("routes", "q,2,77\n"),
    "agencies-listed-twice": ("agency", "a,Others,,\n"),
    "calendar-rows-without-days": ("calendar", "odd,1,1,1,1,1,1,1,20261301,20261331\n"),
    "exceptions-of-no-type": ("calendar_dates", "weekdays,20261014,3\n"),
    "trips-without-ids": ("trips", "u,,weekdays\n"),
    "trips-listed-twice": ("trips", "t,r,weekdays\n"),
    "trips-of-unknown-routes": ("trips", "u,q,weekdays\n"),
    "trips-without-calendar": ("trips", "u,r,never\n"),
    "trips-without-calls": ("trips", "u,r,weekdays\n"),
    "calls-of-unknown-trips": ("stop_times", "u,A,1,8:00:00,8:00:00,\n"),
    "calls-at-unknown-stops": ("stop_times", "t,C,3,8:20:00,8:20:00,\n"),
    "calls-without-sequence": ("stop_times", "t,A,x,8:20:00,8:20:00,\n"),
    "calls-of-one-sequence": ("stop_times", "t,A,2,8:20:00,8:20:00,\n"),
    "times-unreadable": ("stop_times", "t,A,3,noon,8:20:00,\n"),
    "pickup-types-unreadable": ("stop_times", "t,A,3,8:20:00,8:20:00,yes\n"),
    "frequencies-without-meaning": ("frequencies", "t,8:00:00,9:00:00,0\n"),
    "transfers-of-some-trips": ("transfers", "A,B,3,,r\n"),
    "transfers-between-unknown-stops": ("transfers", "A,C,3,,\n"),
    "transfers-without-meaning": ("transfers", "A,B,9,,\n"),
}
BLANK = "t,A,1,8:00:00,8:00:30,\nt,A,2,,,\nt,B,3,8:10:00,8:10:00,\n"
SEVERAL = {
    "stops-nested-too-deep": {
        "stops": f"{STOPS}C,,51,-2,D\nD,,51,-2,A\n".replace("A,Aye,51,-2,", "A,Aye,51,-2,B")
    },
    "stops-in-metres": {"stops": "C,,313177,651409,\nD,,313277,651409,\nE,,313200,651409,\n"},
    "times-blank": {"stop_times": f"{CALLS}\n{BLANK}"},
    "trips-without-end-times": {"trips": "u,r,weekdays\n", "stop_times": "u,A,1,,,\nu,B,2,8:10:00,,\n"},
    "trips-back-in-time": {"trips": "u,r,weekdays\n", "stop_times": "u,A,1,8:00:00,,\nu,B,2,7:10:00,,\n"},
    "trips-of-one-call": {"trips": "u,r,weekdays\n", "stop_times": "u,A,1,8:00:00,,\n"},
    "trips-teleporting": {
        "stops": "C,,51.1,-2,\n",
        "trips": "u,r,weekdays\n",
        "stop_times": "u,A,1,8:00:00,,\nu,C,2,8:00:00,,\n",
    },
    "trips-too-fast": {
        "stops": "C,,51.1,-2,\n",
        "trips": "u,r,weekdays\n",
        "stop_times": "u,A,1,8:00:00,,\nu,C,2,8:02:00,,\n",
    },
    "stops-misplaced": {
        "stops": "C,,52,-2,\n",
        "trips": "u,r,weekdays\n",
        "stop_times": "u,A,1,8:00:00,,\nu,C,2,8:05:00,,\nu,B,3,8:10:00,,\n",
    },
    "calendars-of-dates-only": {
        "calendar": "",
        "calendar_dates": "service_id,date,exception_type\nweekdays,20261013,1\n",
    },
    "tables-not-in-commas": {"trips": "trip_id;route_id;service_id\nt;r;weekdays\n"},
    "tables-not-utf-8": {"routes": "route_id,route_short_name,route_type\nr,Caf\xe9,3\n"},
}
ELSEWHERE = {
    "feeds-in-inner-zips": "test_gtfs.py",
    "tables-in-odd-case": "test_gtfs_bad_input.py",
    "calendars-without-end": "test_gtfs_bad_input.py",
    "trips-in-two-feeds": "test_gtfs_twins.py",
    "trips-in-two-feeds-partly": "test_gtfs_twins.py",
    "services-of-one-trip": "test_gtfs_twins.py",
    "transfers-too-many": "test_gtfs_transfers.py",
    "shape-points-without-place": "test_shapes.py",
    "trips-of-unknown-shapes": "test_shapes.py",
    "shapes-off-their-stops": "../test_services.py",
}


def feed(folder, rule):
    """A feed in which a rule has one thing to clean."""
    texts = dict(TEXTS)
    for table, text in SEVERAL[rule].items() if rule in SEVERAL else [ADDED[rule]]:
        header = TEXTS[table].partition(",")[0]
        texts[table] = text if not text or text.startswith(header) else texts[table] + text
    with zipfile.ZipFile(folder / "bus.zip", "w") as archive:
        for name, text in texts.items():
            archive.writestr(f"{name}.txt", text.encode("cp1252"))
    return folder / "bus.zip"


def found(timetables):
    return {item.rule: item.count for item in timetables.repairs + timetables.oddities}


def test_every_rule_is_tested():
    assert ADDED.keys() | SEVERAL.keys() | ELSEWHERE.keys() == RULES.keys()
    assert len(ADDED) + len(SEVERAL) + len(ELSEWHERE) == len(RULES)


@pytest.mark.parametrize("rule", [*ADDED, *SEVERAL])
def test_a_rule_finds_what_it_is_for(tmp_path, rule):
    t = read_timetables([feed(tmp_path, rule)])
    counts = found(t)
    assert counts == {rule: {"stops-in-metres": 3}.get(rule, 1)}
    assert "bus:t" in t.trip_ids
    (item,) = (item for item in t.repairs + t.oddities if item.rule == rule)
    assert re.match(r"bus\.zip, [a-z_]+\.txt: .", item.example)
    assert (item in t.oddities) == RULES[rule].is_oddity


@pytest.mark.parametrize("rule", [*ADDED, *SEVERAL])
def test_a_rule_that_is_off_takes_the_data_as_they_are_or_refuses_them(tmp_path, rule):
    path = feed(tmp_path, rule)
    off = frozenset({rule})
    if RULES[rule].off == "refused":
        with pytest.raises(InputError, match=rf"bus\.zip, [a-z_]+\.txt: .*the rule {rule} is switched off"):
            read_timetables([path], off=off)
        return
    t = read_timetables([path], off=off)
    assert rule not in found(t)
    whole = read_timetables([path])
    if not RULES[rule].is_oddity:
        same_calls = t.call_stop.tolist() == whole.call_stop.tolist()
        same_places = t.stop_lat.tolist() == whole.stop_lat.tolist()
        assert not (same_calls and same_places)
