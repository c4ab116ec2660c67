"""Feeds of timetables: small ones, damaged; and what must hold of each that is read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

import town
from fuzz.case import Parser
from fuzz.damage import NOTHING_MUCH, encoded, odd_bytes, odd_table, odd_zip, zip_of
from ptreach.network.patterns import build_patterns
from ptreach.sources.cover import Cover
from ptreach.sources.gtfs import Scope, feed_name, read_timetables
from ptreach.sources.gtfs_write import write_cleaned
from ptreach.sources.repairs import RULES, Ledger
from ptreach.sources.shapes import read_shapes

if TYPE_CHECKING:
    import random
    from pathlib import Path

    from ptreach.sources.gtfs import Timetables

TABLES = {
    "agency": "agency_id,agency_name,agency_url,agency_timezone\na,Buses,http://example.org,Europe/London\n",
    "stops": (
        "stop_id,stop_code,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
        "A,1,Aye,51,-2,,S\nB,2,Bee,51.01,-2,,\nC,3,Sea,51.02,-2,0,S\nS,,Station,51.01,-2.01,1,\n"
    ),
    "routes": "route_id,agency_id,route_short_name,route_long_name,route_type\nr,a,1,,3\nq,a,,To the sea,2\n",
    "trips": (
        "trip_id,route_id,service_id,block_id,shape_id\nt,r,week,1,l\nu,q,dates,1,\nv,r,week,,l\nf,r,week,,m\n"
    ),
    "stop_times": (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type\n"
        "t,8:00:00,8:00:00,A,0,0,1\nt,8:05:00,8:05:00,B,1,0,0\nt,8:10:00,8:11:00,C,2,1,0\n"
        "u,23:50:00,23:50:00,C,1,,\nu,24:10:00,24:10:00,A,2,,\n"
        "v,9:00:00,9:00:00,A,5,,\nv,9:10:00,9:10:00,B,6,,\nf,7:00:00,7:00:00,A,1,,\nf,7:05:00,7:05:00,B,2,,\n"
    ),
    "calendar": town.CALENDAR.replace("weekdays", "week"),
    "calendar_dates": "service_id,date,exception_type\ndates,20261013,1\nweek,20261014,2\n",
    "frequencies": "trip_id,start_time,end_time,headway_secs,exact_times\nf,7:00:00,8:00:00,1200,1\n",
    "transfers": "from_stop_id,to_stop_id,transfer_type,min_transfer_time\nA,B,2,120\nS,S,3,\n",
    "shapes": (
        "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\nl,51,-2,1\nl,51.005,-2.001,2\nl,51.02,-2,3\n"
        "m,51,-2,1\n"
    ),
}
_IDS = ("A", "B", "C", "S", "t", "u", "v", "f", "r", "q", "a", "week", "dates", "l", "m")
NAMES = (
    *("Stops.txt", "STOPS.TXT", "../stops.txt", "/stops.txt", "a/b/stops.txt", "stops.txt", "trips.txt", "x"),
    *("STOP_TIMES.TXT", "a\\stops.txt", "stops.txt ", "feed.zip", "\u2028.txt", "stop_times.csv"),
    *("agency.txt", "__MACOSX/._stops.txt", "con.txt", "a" * 300 + ".txt", "stop_times.txt/", "routes.txt"),
    *("shapes.txt",),
)  # fmt: skip
_BOX = (-2.1, 50.9, -1.9, 51.015)


def members(dice: random.Random) -> list[tuple[str, bytes]]:
    """The tables of a damaged feed under their names."""
    texts = dict(TABLES)
    if dice.random() < 0.2:
        texts["stop_times"] = texts["stop_times"].replace("t,8:05:00,8:05:00,", "t,,,")
    for name in ("frequencies", "transfers", "shapes"):  # most feeds have none of them
        if dice.random() < 0.7:
            del texts[name]
    for _ in range(dice.choice((0, 1, 1, 1, 2, 3))):
        name = dice.choice(list(texts))
        texts[name] = odd_table(texts[name], dice, _IDS)
    chance = dice.random()
    if chance < 0.04:
        one, other = dice.choice(list(texts)), dice.choice(list(texts))
        texts[one], texts[other] = texts[other], texts[one]
    elif chance < 0.1:
        texts[dice.choice(list(texts))] = dice.choice(NOTHING_MUCH)
    elif chance < 0.16:
        del texts[dice.choice(list(texts))]
    return [(f"{name}.txt", encoded(text, dice)) for name, text in texts.items()]


def write_feed(dice: random.Random, folder: Path) -> None:
    """Write a damaged feed as ``bus.zip``: a zip, now and then a folder of that name."""
    tables = members(dice)
    path = folder / "bus.zip"
    chance = dice.random()
    if chance < 0.05:
        path.mkdir()
        for name, content in tables:
            (path / name).write_bytes(content)
    elif chance < 0.06:
        at, swollen = dice.randrange(len(tables)), dice.choice((10**5, 10**6, 10**7) * 9 + (10**8,))
        tables[at] = tables[at][0], tables[at][1] + dice.choice((b"\n", b"0", b"a,")) * swollen
        path.write_bytes(odd_zip(tables, NAMES, dice))
    elif chance < 0.2:
        path.write_bytes(odd_zip(tables, NAMES, dice))
    elif chance < 0.26:
        path.write_bytes(odd_bytes(zip_of(tables, dice), dice))
    else:
        path.write_bytes(zip_of(tables, dice))


def write_case(dice: random.Random, folder: Path) -> None:
    """Write a damaged feed, and what is asked of it."""
    write_feed(dice, folder)
    asked = {
        "box": _BOX if dice.random() < 0.15 else None,
        "day": dice.random() < 0.15,
        "off": [dice.choice(list(RULES)) for _ in range(dice.choice((0, 0, 0, 1, 2)))],
        "written": dice.random() < 0.1,
    }
    (folder / "asked.json").write_text(json.dumps(asked), encoding="utf-8")


def read_case(folder: Path) -> int:
    """Read a feed, find its patterns and courses, and hold what later stages build on."""
    asked = json.loads((folder / "asked.json").read_text(encoding="utf-8"))
    path, off = folder / "bus.zip", frozenset(asked["off"])
    days = (town.TUESDAY, town.TUESDAY) if asked["day"] else None
    t = read_timetables([path], Scope(Cover.of_box(*asked["box"]) if asked["box"] else None, days), off)
    hold(t)
    patterns = build_patterns(t)
    assert patterns.trip_start[-1] == len(t.trip_ids)
    assert set(patterns.trip_row.tolist()) == set(range(len(t.trip_ids)))
    ledger = Ledger(off).of(feed_name(path), path)
    courses = read_shapes([trip.removeprefix("bus:") for trip in t.trip_ids], ledger)
    assert all(len(course) >= 2 and np.isfinite(course).all() for course in courses.values())
    if asked["written"] and not off:
        _hold_of_cleaned(t, folder / "cleaned")
    return sum(repair.count for repair in t.repairs)


def hold(t: Timetables) -> None:
    """Hold what later stages build on."""
    calls, trips, stops = t.call_stop.size, len(t.trip_ids), len(t.stop_ids)
    assert t.trip_start[0] == 0
    assert t.trip_start[-1] == calls
    assert (np.diff(t.trip_start) >= 2).all()
    assert len(set(t.trip_ids)) == trips > 0
    assert len(set(t.stop_ids)) == stops
    assert t.call_stop.min() >= 0
    assert t.call_stop.max() < stops
    assert (t.call_arrival_s >= 0).all()
    assert (t.call_departure_s >= t.call_arrival_s).all()
    ahead = t.call_arrival_s[1:] >= t.call_departure_s[:-1]
    ahead[t.trip_start[1:-1] - 1] = True
    assert ahead.all()
    assert np.isfinite(t.stop_lon).all()
    assert np.isfinite(t.stop_lat).all()
    assert len(t.route_names) == t.route_mode.size == t.route_agency.size
    assert 0 <= t.trip_route.min() <= t.trip_route.max() < len(t.route_names)
    assert t.trip_service.max() < t.service_days.shape[0]
    assert t.service_days.any()
    assert all(repair.count > 0 and repair.example.startswith("bus.zip, ") for repair in t.repairs)


def _hold_of_cleaned(t: Timetables, folder: Path) -> None:
    """Hold that a feed written cleaned says the same and needs no repair."""
    again = read_timetables(write_cleaned(t, folder))
    assert again.repairs == ()
    assert again.trip_ids == t.trip_ids
    assert again.stop_ids == t.stop_ids
    assert np.array_equal(again.call_arrival_s, t.call_arrival_s)
    assert np.array_equal(again.service_days, t.service_days)


PARSER = Parser(write_case, read_case)
