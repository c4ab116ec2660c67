"""The real sample: what the feed says beside a plain reading of its records, line by line and day by day."""

import datetime as dt
import zipfile
from collections import Counter
from itertools import pairwise
from pathlib import Path

import gtfs_kit
import numpy as np
import pytest

from cif_cards import Converted
from ptreach.sources.gtfs import read_timetables

SAMPLE = Path(__file__).parents[2] / "../shared/data/gb-rail-cif/atoc-sample-2020-03.zip"

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not SAMPLE.is_file(), reason="no ../shared/data/gb-rail-cif"),
]


@pytest.fixture(scope="module")
def feed(tmp_path_factory):
    """The feed of the .mca alone."""
    return Converted(SAMPLE, tmp_path_factory.mktemp("rail") / "rail.zip", with_ztr=False)


def lines(name):
    with zipfile.ZipFile(SAMPLE) as archive:
        return archive.read(name).decode("ascii").replace("\r", "").split("\n")


@pytest.fixture(scope="module")
def crs_of():
    """Principal station code by TIPLOC."""
    rows = [line for line in lines("ttisf585.msn") if line[:5] == "A    " and "FILE-SPEC" not in line]
    assert len(rows) == 3191
    return {row[36:43].strip(): row[49:52] for row in rows}


def types_of(kind, codes):
    """GTFS's pickup_type and drop_off_type: 0 as usual, 1 none, 3 on request."""
    if kind != "LI":
        return ("0", "1") if kind == "LO" else ("1", "0")
    return next((types for code, types in ONLY.items() if code in codes), ("0", "0"))


ONLY = {"R ": ("3", "3"), "D ": ("1", "0"), "U ": ("0", "1")}


@pytest.fixture(scope="module")
def schedules():
    """Each BS as uid, letter, first and last day, days, calls: TIPLOC, arrival, departure, types."""
    found = []
    for line in lines("example.mca"):
        kind = line[:2]
        if kind == "BS":
            span = [dt.date(2000 + int(t[:2]), int(t[2:4]), int(t[4:])) for t in (line[9:15], line[15:21])]
            calls = []
            found.append((line[3:9], line[79], *span, line[21:28], calls))
        elif kind == "LO":
            times, codes = ("0000", line[15:19]), line[29:41]
        elif kind == "LI":
            times, codes = (line[25:29], line[29:33]), line[42:54]
        elif kind == "LT":
            times, codes = (line[15:19], "0000"), line[25:37]
        if kind in {"LO", "LI", "LT"} and times != ("0000", "0000"):
            pairs = [codes[at : at + 2] for at in range(0, 12, 2)]
            if "N " not in pairs and "S " not in pairs:
                calls.append((line[2:9].strip(), *times, types_of(kind, pairs)))
    return found


def days_of(schedule):
    _, _, first, last, days, _ = schedule
    span = (first + dt.timedelta(days=more) for more in range((last - first).days + 1))
    return [day for day in span if days[day.weekday()] == "1"]


@pytest.fixture(scope="module")
def running(schedules):
    """Schedules that run, by day: of each train the lowest letter that day, unless it is C."""
    by_day = {}
    for schedule in schedules:
        for day in days_of(schedule):
            by_day.setdefault(day, {}).setdefault(schedule[0], []).append(schedule)
    return {
        day: [lowest for one in trains.values() if (lowest := min(one, key=lambda s: s[1]))[1] != "C"]
        for day, trains in by_day.items()
    }


def trip_id(schedule):
    return f"{schedule[0]}-{schedule[1]}-{schedule[2]:%Y%m%d}"


def test_the_plain_reading_counts_what_is_known_of_the_sample(schedules, running):
    assert Counter(schedule[1] for schedule in schedules) == {"N": 8572, "O": 5889, "C": 3981, "P": 1558}
    assert sum(len(schedule[5]) for schedule in schedules) == 151_133
    assert sum(len(schedule[5]) >= 2 for schedule in schedules) == 16_018
    known = {"2020-03-21": 8527, "2020-03-22": 4794, "2020-03-24": 357, "2020-03-28": 547, "2020-05-12": 339}
    assert {day: len(running[dt.date.fromisoformat(day)]) for day in known} == known


def test_on_every_day_of_the_extract_run_the_trains_of_the_plain_reading(feed, schedules, running):
    # of the trains that run, one has a single public call
    expected = {
        day.strftime("%Y%m%d"): {trip_id(schedule) for schedule in trains if len(schedule[5]) >= 2}
        for day, trains in running.items()
        if day >= dt.date(2020, 3, 20) and trains
    }
    got = feed.trips_by_day()
    assert len(expected["20200322"]) == 4793
    assert set(got) == set(expected)
    assert len(got) == 58
    for day, trips in expected.items():
        assert got[day] == trips, day


def test_every_trip_has_the_calls_of_the_plain_reading(feed, schedules, crs_of):
    expected = {
        trip_id(schedule): [
            (crs_of[tiploc], {arrival, departure} - {"0000"})
            for tiploc, arrival, departure, _ in schedule[5]
            if tiploc in crs_of
        ]
        for schedule in schedules
    }
    got, before = {}, {}
    for row in feed.tables["stop_times"]:
        arrival, departure = (row[f"{name}_time"] for name in ("arrival", "departure"))
        trip = row["trip_id"]
        assert before.get(trip, "") <= arrival <= departure < "48:00:00"
        assert arrival.endswith(":00")
        before[trip] = departure
        times = {f"{int(time[:2]) % 24:02d}{time[3:5]}" for time in (arrival, departure)}
        got.setdefault(trip, []).append((row["stop_id"], times))
    assert len(got) == 16_013  # of 16,018, five are replaced or cancelled on all their days
    assert {trip: expected[trip] for trip in got} == got
    lost = sum(tiploc not in crs_of for schedule in schedules for tiploc, *_ in schedule[5])
    assert lost == sum(feed.report.unplaced.values()) == 11


def test_what_people_may_do_is_what_the_activities_say(feed, schedules, crs_of):
    expected = {
        trip_id(schedule): [types for tiploc, _, _, types in schedule[5] if tiploc in crs_of]
        for schedule in schedules
    }
    got = {}
    for row in feed.tables["stop_times"]:
        got.setdefault(row["trip_id"], []).append((row["pickup_type"], row["drop_off_type"]))
    assert {trip: expected[trip] for trip in got} == got
    assert set(Counter(types for trip in got.values() for types in trip)) == {
        *(("0", "0"), ("0", "1"), ("1", "0"), ("3", "3"))
    }


def test_modes_on_a_tuesday_and_a_sunday(feed):
    kinds = {row["route_id"]: row["route_type"] for row in feed.tables["routes"]}
    kind_of = {row["trip_id"]: kinds[row["route_id"]] for row in feed.tables["trips"]}
    by_day = feed.trips_by_day()
    assert Counter(kind_of[trip] for trip in by_day["20200324"]) == {"2": 345, "3": 9, "4": 3}
    assert Counter(kind_of[trip] for trip in by_day["20200322"]) == {"2": 2815, "3": 1976, "4": 2}


def test_a_train_across_midnight(feed):
    calls = feed.calls("Y57695-P-20200217")
    assert (calls[0][0], calls[0][2]) == ("LDS", "23:31:00")
    assert (calls[-1][0], calls[-1][1]) == ("DON", "24:15:00")
    times = {stop: (arrival[:5], departure[:5]) for stop, arrival, departure, _, _ in calls}
    assert (times["SES"], times["AWK"], times["BYK"]) == (("23:59",) * 2, ("24:05",) * 2, ("24:09",) * 2)


def test_582_schedules_of_the_sample_cross_midnight(feed, schedules):
    # whether or not they run; by a time that is smaller than the one before
    def crosses(schedule):
        times = [time for call in schedule[5] for time in call[1:3] if time != "0000"]
        return any(later < time for time, later in pairwise(times))

    expected = {trip_id(schedule) for schedule in schedules if crosses(schedule)}
    assert len(expected) == 582
    late = {row["trip_id"] for row in feed.tables["stop_times"] if row["departure_time"] >= "24:00:00"}
    assert late == expected & {row["trip_id"] for row in feed.tables["trips"]}


def test_stations_and_their_change_times(feed, crs_of):
    assert len(feed.tables["stops"]) == 2282
    changes = {
        line[49:52]: int(line[63:65]) * 60
        for line in lines("ttisf585.msn")
        if line[:5] == "A    " and "FILE-SPEC" not in line
    }
    own = {
        row["from_stop_id"]: int(row["min_transfer_time"])
        for row in feed.tables["transfers"]
        if row["from_stop_id"] == row["to_stop_id"]
    }
    stops = {row["stop_id"] for row in feed.tables["stops"]}
    assert own == {crs: changes[crs] for crs in stops}


def test_walks_are_those_that_hold_all_the_time(feed):
    rows = [dict(cell.split("=") for cell in line.split(",")) for line in lines("ttisf585.alf") if line]
    by_pair = {}
    for row in rows:
        if row["M"] == "WALK":
            by_pair.setdefault((row["O"], row["D"]), []).append(row)
    assert len(by_pair) == 117
    stops = {row["stop_id"] for row in feed.tables["stops"]}
    expected = {}
    for pair, links in by_pair.items():
        whole_day = [row for row in links if (row["S"], row["E"]) == ("0001", "2359")]
        on_all_days = {day for row in whole_day for day in range(7) if row["R"][day] == "1"} == set(range(7))
        # dates limit none of them in 2020: they began before it, and end in 2999
        if on_all_days and set(pair) <= stops:
            expected[pair] = expected[pair[::-1]] = int(links[0]["T"]) * 60
    assert expected
    got = {
        (row["from_stop_id"], row["to_stop_id"]): int(row["min_transfer_time"])
        for row in feed.tables["transfers"]
        if row["from_stop_id"] != row["to_stop_id"]
    }
    assert got == expected


def test_what_was_left_out_is_counted(feed):
    counts = feed.repairs
    assert counts["associations (coaches that go on with another train), not expressed"] == 5523
    assert counts["change times between two operators of a station (.tsi), not expressed"] == 42
    assert counts["schedules with fewer than two public calls at stations, left out"] == 1
    assert not any("go back" in what or "no known kind" in what or "cut short" in what for what in counts)


def test_two_other_readers_see_the_same_trips(feed):
    timetables = read_timetables([feed.path])
    assert timetables.repairs == ()
    sunday = dt.date(2020, 3, 22).toordinal() - timetables.first_day
    runs = timetables.service_days[timetables.trip_service, sunday]
    names = np.array([name.removeprefix("rail:") for name in timetables.trip_ids])
    expected = feed.trips_by_day()["20200322"]
    assert set(names[runs].tolist()) == expected
    kit = gtfs_kit.read_feed(feed.path, dist_units="km")
    assert set(gtfs_kit.get_trips(kit, date="20200322")["trip_id"]) == expected


def test_the_ztr_adds_its_buses_and_ferries(feed, tmp_path):
    whole = Converted(SAMPLE, tmp_path / "rail.zip")
    ours = {row["trip_id"] for row in feed.tables["trips"]}
    more = {row["trip_id"] for row in whole.tables["trips"]} - ours
    assert ours == {row["trip_id"] for row in whole.tables["trips"]} - more
    assert {trip[0] for trip in more} == {"Z"}
    # of the 672 records of that Tuesday, 15 are of a train that has a later record too
    tuesday = dt.date(2020, 3, 24)
    last = {}
    for line in lines("ttisf585.ztr"):
        if line[:2] == "BS":
            first, end = (
                dt.date(2000 + int(t[:2]), int(t[2:4]), int(t[4:])) for t in (line[9:15], line[15:21])
            )
            uid, holds = line[3:9], first <= tuesday <= end and line[21:28][tuesday.weekday()] == "1"
            if holds:
                last[uid] = calls = []
        elif line[:2] in {"LO", "LI", "LT"} and holds:
            calls.append(line[2:5])
    assert len(last) == 657
    placed = {
        line[49:52]
        for line in lines("ttisf585.msn")
        if line[:5] == "A    " and line[52:57].isdigit() and line[52:57] not in {"00000", "18999"}
    }
    expected = {uid for uid, calls in last.items() if sum(crs in placed for crs in calls) >= 2}
    got = Counter(trip[:6] for trip in whole.trips_by_day()["20200324"] & more)
    assert set(got.values()) == {1}
    assert set(got) == expected
