"""Arriving by is departing on the mirrored timetable: the made-up town's feeds, written out backward in time.

Let a journey leave at L, walk a to a stop, ride from d1 (departure) to r1 (arrival), change on foot in w,
ride from d2 to r2, walk e. It gets one there by D if, with the slack before each boarding (strictly more than
60 s: 61 s),

    L + a + 61 <= d1,    r1 + w + 61 <= d2,    r2 + e <= D.

In the mirror about a moment M each time t is M - t, so that a ride from d to r is one from M - r to M - d:
stops in reverse, arrivals and departures exchanged, and with them where one may board and where alight. The
same journey backward leaves at T, walks e, rides from M - r2 to M - d2, walks w, rides from M - r1 to M - d1,
walks a:

    T + e + 61 <= M - r2,    M - d2 + w + 61 <= M - r1,    there at M - d1 + a.

The change is the same condition. At the ends the slack has moved, from the boarding of d1 to that of M - r2,
which a deadline 61 s earlier makes good: with T = M - D - 61 the first condition is r2 + e <= D. The time
taken is, on the one hand, D less the latest L, D - d1 + a + 61; on the other (M - d1 + a) - T = D - d1 + a +
61. They are equal, and so is the walk all the way. So a window of deadlines D, D + 60, ... is one of
departures M - 61 - D, ... backward, and percentiles, limits of time, walking and rides, and who is unreached,
are the same to the second. In the same way departing is arriving in the mirror by M - T - 61.

Walks are as long backward because no street of the town is one-way on foot. Such a street has to be turned,
as in the last test here.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import defaultdict

import numpy as np
import osmium
import pytest

import town
from ptreach.engine.raptor.engine import RaptorEngine
from ptreach.model import UNREACHED, Query

DATE = dt.date(2026, 10, 13)
DAY = 86_400
MIRROR_S = DAY  # about the date's noon
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def days_of_services(texts):
    """Days around the date, counted from it, on which each service runs."""
    found = defaultdict(list)
    for day in range(-3, 4):
        date = DATE + dt.timedelta(days=day)
        exceptions = {
            r["service_id"]: r for r in town.rows(texts["calendar_dates"]) if r["date"] == f"{date:%Y%m%d}"
        }
        assert not exceptions  # an ordinary week
        for row in town.rows(texts["calendar"]):
            assert row["start_date"] <= f"{date:%Y%m%d}" <= row["end_date"]
            if row[WEEKDAYS[date.weekday()]] == "1":
                found[row["service_id"]].append(day)
    return found


def mirrored(texts):
    """The feed's tables backward.

    What runs on a day k after the date at t runs on the day k before it at M - t; written as the service day
    before that, a day later on its clock, so that no time is negative.
    """
    assert not {"frequencies", "transfers"} & set(texts)
    calendar = ["service_id,date,exception_type"]
    for service, days in days_of_services(texts).items():
        calendar += [f"{service},{DATE + dt.timedelta(days=-day - 1):%Y%m%d},1" for day in days]
    calls = town.rows(texts["stop_times"])
    for row in calls:
        arrival_s, departure_s = town.seconds_of(row["arrival_time"]), town.seconds_of(row["departure_time"])
        row["arrival_time"] = town.clock(MIRROR_S + DAY - departure_s)
        row["departure_time"] = town.clock(MIRROR_S + DAY - arrival_s)
        row["pickup_type"], row["drop_off_type"] = row["drop_off_type"], row["pickup_type"]
        row["stop_sequence"] = str(1000 - int(row["stop_sequence"]))
    dates = "\n".join([*calendar, ""])
    return {**texts, "calendar": "", "calendar_dates": dates, "stop_times": town.table(calls)}


@pytest.fixture(scope="module", params=["whole", "cut"])
def there_and_back(request, sources, tmp_path_factory):
    """The town's network and the mirrored one; once more of trips cut in two, run on end."""
    folders = {name: tmp_path_factory.mktemp(name) for name in ("there", "back")}
    feeds = defaultdict(list)
    for path in sorted(sources.glob("*.zip")):
        texts = town.read_feed(path)
        if request.param == "cut":
            texts = town.cut_in_two(texts)
        for name, tables in (("there", texts), ("back", mirrored(texts))):
            feeds[name].append(town.write_feed(folders[name] / path.name, **tables))
    streets = sources / "demo-town.osm.pbf"
    assert not any("oneway:foot" in way.tags for way in osmium.FileProcessor(streets, osmium.osm.WAY))
    return {name: town.build(folders[name], streets, *feeds[name]) for name in folders}


def square(network, zones, query, few):
    return town.seconds(RaptorEngine(network, workers=2, few=few).travel_times(zones, zones, query))


@pytest.mark.parametrize("few", [0, 10_000])
@pytest.mark.parametrize(
    ("first_s", "minutes", "limits"),
    [
        (8 * 3600, 30, {}),
        (8 * 3600 + 17, 7, {"max_rides": 2, "max_walk_min": 10, "max_time_min": 45}),
        (17 * 3600, 20, {"max_rides": 1}),
        (23 * 3600 + 1800, 60, {}),  # across midnight
    ],
)
def test_arriving_by_is_departing_in_the_mirror(there_and_back, zones, first_s, minutes, limits, few):
    last_s = first_s + 60 * (minutes - 1)
    window = Query(DATE, first_s, last_s + 60, **limits)
    start_s = MIRROR_S - 61 - last_s
    date, start_s = (DATE, start_s) if start_s >= 0 else (DATE - dt.timedelta(days=1), start_s + DAY)
    backward = Query(date, start_s, start_s + 60 * minutes, **limits)
    for direction, opposite in (("to", "from"), ("from", "to")):
        one = square(there_and_back["there"], zones, dataclasses.replace(window, direction=direction), few)
        other = square(there_and_back["back"], zones, dataclasses.replace(backward, direction=opposite), few)
        assert (one == other).all()
        # not for want of anything that runs, nor by walks alone
        assert len(np.unique(one[one < UNREACHED])) > 100


LANE = {1: "yes", -1: "-1"}  # up, and turned


def town_with_a_lane(folder, lane, there, back):
    """A street from A to B; work is 600 m north of B, by a lane one way on foot, or all the way round."""
    nodes = {k: (500 * k, 0) for k in range(9)} | {10 + k: (500 * k, 600) for k in range(4, 8)}
    ways = [
        (list(range(9)), {"highway": "residential"}),
        ([4, 14, 15, 16, 17], {"highway": "residential"}),
        ([6, 16], {"highway": "footway", "oneway:foot": LANE[lane]}),
    ]
    trips = [("there", "weekdays", there), ("back", "weekdays", back)]
    stops = town.stops_text(A=(500, 0), B=(3_000, 0))
    feed = town.write_feed(folder / "bus.zip", stops=stops, **town.trips_texts(trips))
    return town.build(folder, town.write_osm(folder / "streets.osm", nodes, ways), feed)


@pytest.mark.parametrize("few", [1, 0])
def test_streets_one_way_on_foot_are_turned_in_the_mirror(tmp_path, few):
    # Both buses go from 8:10 to 8:20; mirrored about noon, from 15:40 to 15:50. Home is 100 s from A. From B
    # to work it is 600 m up the lane and 49.5 m on: 650 s. Back it is 1,049.5 + 600 + 1,000 m: 2,650 s. All
    # the way on foot, 3,249 s, is too far.
    folders = tmp_path / "plain", tmp_path / "mirrored"
    for folder in folders:
        folder.mkdir()
    plain = town_with_a_lane(
        folders[0], 1, [("A", "8:10:00"), ("B", "8:20:00")], [("B", "8:10:00"), ("A", "8:20:00")]
    )
    mirror = town_with_a_lane(
        folders[1], -1, [("B", "15:40:00"), ("A", "15:50:00")], [("A", "15:40:00"), ("B", "15:50:00")]
    )
    home, work = town.points(home=(400.5, 0)), town.points(work=(3_049.5, 600))
    h7, h9 = 7 * 3600, 9 * 3600
    for start, end, direction, at_s, expected in (
        (home, work, "from", h7, 80 * 60 + 650),
        (home, work, "to", h9, 50 * 60 + 61 + 100),
        (work, home, "from", h7, 80 * 60 + 100),
        (work, home, "to", h9, 50 * 60 + 61 + 2_650),
    ):
        opposite = {"from": "to", "to": "from"}[direction]
        limits = {"walk_speed_kph": 3.6, "max_walk_min": 50, "percentiles": (50,)}
        window = Query(DATE, at_s, at_s + 60, direction=direction, **limits)
        backward_s = MIRROR_S - 61 - at_s
        backward = Query(DATE, backward_s, backward_s + 60, direction=opposite, **limits)
        # what is asked about first is where journeys begin, or by when they end
        asked = (start, end) if direction == "from" else (end, start)
        for network, query in ((plain, window), (mirror, backward)):
            blocks = RaptorEngine(network, few=few).travel_times(*asked, query)
            assert town.seconds(blocks).tolist() == [[[expected]]]
