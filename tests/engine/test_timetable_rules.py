"""What the tables of a feed mean, each by a feed of a few lines: text in, seconds out, worked out above it.

One street runs east. Unless a test says otherwise home is 100 s on foot from stop A, which is left at 8:05:00
at the earliest; work is 50 s from stop B. Other rules of timetables stand in test_raptor: forbidden pick-up
and drop-off, overtaking, trips of the day before, staying seated.
"""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

import town
from ptreach.engine.raptor.engine import RaptorEngine
from ptreach.errors import InputError
from ptreach.model import UNREACHED
from ptreach.network.build import open_network

STOPS = {"A": (99.5, 0), "M": (2_000, 0), "B": (5_000, 0)}
PLACES = {"home": (0, 0), "work": (5_049.5, 0), "m": (2_000, 0)}
TRIPS = "trip_id,route_id,service_id\n"
CALLS = "trip_id,stop_id,stop_sequence,arrival_time,departure_time\n"
FREQUENCIES = "trip_id,start_time,end_time,headway_secs,exact_times\n"
DATES = "service_id,date,exception_type\n"
WEEKS = "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"

TUESDAY = town.TUESDAY
WEDNESDAY, SATURDAY, SUNDAY = (dt.date(2026, 10, day) for day in (14, 17, 18))


@pytest.fixture
def network(tmp_path):
    """Build the network of a feed whose tables are given as text."""

    def built(**tables):
        tables = {"stops": town.stops_text(**STOPS), "trips": TRIPS + "t,r,weekdays\n", **tables}
        feed = town.write_feed(tmp_path / "bus.zip", **tables)
        return town.build(tmp_path, town.straight_street(tmp_path / "street.osm", 6_000.0), feed)

    return built


def seconds(network, start="home", end="work", window="08:00-08:01", *, date=TUESDAY, **changes):
    """Seconds of the median, both searches alike; with one minute in the window, those of that minute."""
    query = dataclasses.replace(town.query(window, **{"percentiles": (50,), **changes}), date=date)
    places = [town.points(**{name: PLACES[name]}) for name in (start, end)]
    one, other = (
        town.seconds(RaptorEngine(network, few=few).travel_times(*places, query)).ravel().tolist()
        for few in (1, 0)
    )
    assert one == other
    return one[0] if len(one) == 1 else one


def calls(*rows):
    return CALLS + "\n".join([*rows, ""])


SOON = ("t,A,1,8:05:00,8:05:00", "t,B,2,8:15:00,8:15:00")
LATER = ("u,A,1,8:25:00,8:25:00", "u,B,2,8:35:00,8:35:00")
AT_8_15_50, AT_8_35_50 = 15 * 60 + 50, 35 * 60 + 50


def found_by_rules(folder):
    """What the rules of cleaning found in a network's feeds and streets, by name."""
    return {repair.rule: repair.count for repair in open_network(folder).repairs}


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        (TUESDAY, AT_8_35_50),  # a weekday that is taken out
        (WEDNESDAY, AT_8_15_50),  # a weekday
        (SATURDAY, AT_8_15_50),  # no weekday, but added
        (SUNDAY, AT_8_35_50),  # no weekday
        (dt.date(2026, 10, 30), AT_8_15_50),  # the calendar's last day
        (dt.date(2026, 11, 2), AT_8_35_50),  # the Monday after it
    ],
)
def test_calendar_and_its_exceptions(network, date, expected):
    # On some days the trip at 8:05 runs, on all the one at 8:25.
    folder = network(
        trips=TRIPS + "t,r,some\nu,r,all\n",
        stop_times=calls(*SOON, *LATER),
        calendar=WEEKS + "some,1,1,1,1,1,0,0,20261001,20261030\nall,1,1,1,1,1,1,1,20260101,20271231\n",
        calendar_dates=DATES + "some,20261013,2\nsome,20261017,1\n",
    )
    assert seconds(folder, date=date) == expected


@pytest.mark.parametrize(("date", "expected"), [(TUESDAY, AT_8_15_50), (WEDNESDAY, AT_8_35_50)])
def test_a_calendar_of_dates_alone(network, date, expected):
    folder = network(
        trips=TRIPS + "t,r,once\nu,r,twice\n",
        stop_times=calls(*SOON, *LATER),
        calendar="",
        calendar_dates=DATES + "once,20261013,1\ntwice,20261013,1\ntwice,20261014,1\n",
    )
    assert seconds(folder, date=date) == expected


def test_a_window_past_midnight(network):
    # Tuesday's last bus is written 24:06, Wednesday's first 0:20. Leaving home at 23:55, ..., 24:14 one is at
    # A 100 s later: in time for 24:06 up to 24:03 (61 s before it is 24:04:59), then for 0:20.
    folder = network(
        trips=TRIPS + "t,r,tue\nu,r,wed\n",
        stop_times=calls(
            "t,A,1,24:06:00,24:06:00",
            "t,B,2,24:16:00,24:16:00",
            "u,A,1,0:20:00,0:20:00",
            "u,B,2,0:30:00,0:30:00",
        ),
        calendar="",
        calendar_dates=DATES + "tue,20261013,1\nwed,20261014,1\n",
    )
    expected = [(16 - m if m <= 3 else 30 - m) * 60 + 50 for m in range(-5, 15)]
    percentiles = (5, 25, 50, 75, 95)
    assert seconds(folder, window="23:55-24:15", percentiles=percentiles) == [
        town.nearest_rank(expected, p) for p in percentiles
    ]
    # Asked for Wednesday, it is the same bus; the one at 0:20 only leaves once more a day later.
    assert seconds(folder, window="00:03-00:04", date=WEDNESDAY) == (16 - 3) * 60 + 50
    assert seconds(folder, window="00:04-00:05", date=WEDNESDAY) == (30 - 4) * 60 + 50


@pytest.mark.parametrize(
    ("sunday", "bus_s"),
    [
        (dt.date(2026, 10, 18), 5_400),  # an ordinary night: 25:30 is 1:30
        (dt.date(2026, 10, 25), 1_800),  # clocks go back: noon less 12 h is 1:00 summer time
        (dt.date(2026, 3, 29), 9_000),  # clocks go forward: noon less 12 h is 23:00 winter time
    ],
)
def test_the_night_the_clocks_change(network, sunday, bus_s):
    # Saturday's bus at 25:30 leaves 25.5 h after Saturday's noon less 12 h, on whatever clock of Sunday's
    # that is.
    folder = network(
        trips=TRIPS + "t,r,sat\nu,r,sun\n",
        stop_times=calls("t,A,1,25:30:00,25:30:00", "t,B,2,25:40:00,25:40:00", *(r for r in LATER)),
        calendar=WEEKS + "sat,0,0,0,0,0,1,0,20260101,20261231\nsun,0,0,0,0,0,0,1,20260101,20261231\n",
    )
    leave_s = bus_s - 600
    window = f"{town.clock(leave_s)[:4]:0>5}-{town.clock(leave_s + 60)[:4]:0>5}"
    assert seconds(folder, window=window, date=sunday) == 600 + 600 + 50
    # and arriving by 10 min after work is reached: off at A a walk and 61 s before the bus
    by_s = bus_s + 1_200
    window = f"{town.clock(by_s)[:4]:0>5}-{town.clock(by_s + 60)[:4]:0>5}"
    assert seconds(folder, "work", "home", window=window, date=sunday, direction="to") == 1_200 + 61 + 100


def test_agencies_of_several_time_zones_are_refused(network):
    agency = "agency_id,agency_name,agency_timezone\na,Buses,Europe/London\nb,Trains,Europe/Paris\n"
    with pytest.raises(InputError, match=r"agencies have different time zones: Europe/London, Europe/Paris"):
        network(agency=agency, stop_times=calls(*SOON))


def test_blank_times_are_filled_in_proportion_to_the_way(network, tmp_path):
    # 1,000, 2,000 and 1,000 m in 2,402 s: 600.5 s and 1,801.5 s on the way, cut to whole seconds.
    stops = {"A": (99.5, 0), "C": (1_099.5, 0), "D": (3_099.5, 0), "B": (4_099.5, 0)}
    rows = ("t,A,1,8:05:00,8:05:00", "t,C,2,,", "t,D,3,,", "t,B,4,8:45:02,8:45:02")
    folder = network(stops=town.stops_text(**stops), stop_times=calls(*rows))
    query = town.query("08:00-08:01", percentiles=(50,), max_walk_min=5)
    there = town.points(c=stops["C"], d=stops["D"], b=stops["B"])
    result = town.seconds(RaptorEngine(folder).travel_times(town.points(home=(0, 0)), there, query))
    assert result[0, :, 0].tolist() == [300 + 600, 300 + 1_801, 300 + 2_402]
    # and boarded at those times: from D at 8:35:01, 61 s before it at 8:34:00 but not at 8:35
    at_d = town.points(d=stops["D"])
    for window, expected in (("08:34-08:35", 45 * 60 + 2 - 34 * 60), ("08:35-08:36", UNREACHED)):
        asked = town.query(window, percentiles=(50,), max_walk_min=5)
        result = town.seconds(RaptorEngine(folder).travel_times(at_d, town.points(b=stops["B"]), asked))
        assert result.tolist() == [[[expected]]]
    assert found_by_rules(folder) == {"times-blank": 2}


def test_trips_that_go_back_in_time_are_dropped_and_reported(network):
    # The trip at 8:05 leaves M before it gets there.
    back = ("t,A,1,8:05:00,8:05:00", "t,M,2,8:09:00,8:08:59", "t,B,3,8:15:00,8:15:00")
    folder = network(trips=TRIPS + "t,r,weekdays\nu,r,weekdays\n", stop_times=calls(*back, *LATER))
    assert seconds(folder) == AT_8_35_50
    assert found_by_rules(folder) == {"trips-back-in-time": 1}


def test_boarding_by_arrangement_is_boarding(network):
    # Types 2 (by telephone) and 3 (ask the driver) at A and B; M, type 1, is no place to get on or off.
    rows = ("t,A,1,8:05:00,8:05:00,2,1", "t,M,2,8:08:00,8:08:00,1,1", "t,B,3,8:15:00,8:15:00,1,3")
    header = CALLS.strip() + ",pickup_type,drop_off_type\n"
    folder = network(stop_times=header + "\n".join([*rows, ""]))
    assert seconds(folder) == AT_8_15_50
    assert seconds(folder, start="m") == UNREACHED
    assert seconds(folder, end="m") == UNREACHED


@pytest.mark.parametrize("exact", ["0", "1", ""])
def test_frequencies_leave_at_start_and_every_headway_before_the_end(network, exact):
    # From 8:05 every 15 min before 8:50: 8:05, 8:20, 8:35. The trip's own times, from 5:00, say how long it
    # takes.
    folder = network(
        stop_times=calls("t,A,1,4:59:00,5:00:00", "t,B,2,5:10:00,5:10:00"),
        frequencies=FREQUENCIES + f"t,8:05:00,8:50:00,900,{exact}\n",
    )
    expected = []
    for minute in range(45):
        later = [bus for bus in (5, 20, 35) if bus * 60 > minute * 60 + 100 + 60]
        expected.append((later[0] + 10 - minute) * 60 + 50 if later else UNREACHED)
    percentiles = (5, 25, 50, 75, 95)
    assert expected[33:] == [UNREACHED] * 12
    assert seconds(folder, window="08:00-08:45", percentiles=percentiles) == [
        town.nearest_rank(expected, p) for p in percentiles
    ]
    assert seconds(folder, window="04:50-04:51", max_time_min=60) == UNREACHED


def test_a_loop_visits_a_stop_twice(network):
    # A 8:05, M 8:10, B 8:15, M again 8:20, A again 8:25.
    rows = [f"t,{stop},{k},8:{5 + 5 * k:02d}:00,8:{5 + 5 * k:02d}:00" for k, stop in enumerate("AMBMA")]
    folder = network(stop_times=calls(*rows))
    walk = {"max_walk_min": 5}
    assert seconds(folder, end="m", **walk) == 600
    assert seconds(folder, **walk) == AT_8_15_50
    assert seconds(folder, start="m", **walk) == AT_8_15_50
    # at M too late for the first visit there is the second, which goes to A only
    late = {"window": "08:12-08:13", **walk}
    assert seconds(folder, start="m", end="home", **late) == (25 - 12) * 60 + 100
    assert seconds(folder, start="m", **late) == UNREACHED
    assert seconds(folder, start="work", end="m", **late) == (20 - 12) * 60


@pytest.mark.parametrize(("gap_s", "caught"), [(60, False), (61, True)])
def test_platforms_are_stops_of_their_own_to_be_walked_between(network, gap_s, caught):
    # Platform P is where it says, Q says nothing and so is at its station, 199.5 m on: 200 s and the slack.
    stops = (
        town.stops_text(A=(99.5, 0), B=(5_000, 0), P=(3_000, 0), S=(3_199.5, 0))
        .replace("stop_lon\n", "stop_lon,location_type,parent_station\n")
        .replace("\nA,", "\nQ,platform,,,0,S\nA,")
    )
    lines = [
        line + {"P": ",0,S", "S": ",1,"}.get(line[0], ",0," if line[0] in "AB" else "")
        for line in stops.splitlines()
    ]
    leaves_s = 8 * 3600 + 20 * 60 + 200 + gap_s
    rows = ("t,A,1,8:10:00,8:10:00", "t,P,2,8:20:00,8:20:00")
    onward = (f"u,Q,1,{town.clock(leaves_s)},{town.clock(leaves_s)}", "u,B,2,8:40:00,8:40:00")
    folder = network(
        stops="\n".join([*lines, ""]),
        trips=TRIPS + "t,r,weekdays\nu,r,weekdays\n",
        stop_times=calls(*rows, *onward),
    )
    assert seconds(folder) == (40 * 60 + 50 if caught else UNREACHED)
    assert found_by_rules(folder) == {"stops-at-station": 1}


@pytest.mark.parametrize(
    "route_type", ["0", "1", "2", "3", "4", "7", "11", "12", "100", "704", "1700", "", "x"]
)
def test_route_types_make_no_difference_to_times(network, route_type):
    routes = f"route_id,route_short_name,route_type,agency_id\nr,1,{route_type},a\n"
    assert seconds(network(routes=routes, stop_times=calls(*SOON))) == AT_8_15_50


def test_calls_are_in_the_order_of_their_numbers_not_of_their_rows(network):
    # 9 before 10 before 200, though the rows are mixed and text would sort 10, 200, 9.
    rows = (
        "t,B,200,8:15:00,8:15:00",
        "u,A,9,8:25:00,8:25:00",
        "t,A,9,8:05:00,8:05:00",
        "u,B,10,8:35:00,8:35:00",
        "t,M,10,8:10:00,8:10:00",
    )
    folder = network(trips=TRIPS + "u,r,weekdays\nt,r,weekdays\n", stop_times=calls(*rows))
    assert seconds(folder) == AT_8_15_50
    assert seconds(folder, end="m", max_walk_min=5) == 600
    assert found_by_rules(folder) == {}


IN_BLOCKS = "trip_id,route_id,service_id,block_id\n"


def test_a_vehicle_that_overtakes_on_its_next_trip_is_taken(network):
    # Two vehicles follow each other from A to M; both go on to B at once, where the second is 20 min sooner.
    first = (
        "t,A,1,8:05:00,8:05:00",
        "t,M,2,8:10:00,8:10:00",
        "u,M,1,8:10:00,8:10:00",
        "u,B,2,8:40:00,8:40:00",
    )
    second = (
        "v,A,1,8:05:30,8:05:30",
        "v,M,2,8:10:30,8:10:30",
        "w,M,1,8:10:30,8:10:30",
        "w,B,2,8:20:00,8:20:00",
    )
    trips = "t,r,weekdays,one\nu,r,weekdays,one\nv,r,weekdays,two\nw,r,weekdays,two\n"
    folder = network(trips=IN_BLOCKS + trips, stop_times=calls(*first, *second))
    assert seconds(folder, max_rides=1) == 20 * 60 + 50


@pytest.mark.parametrize(("until", "expected"), [("8:05:01", AT_8_15_50), ("9:00:00", UNREACHED)])
def test_nobody_stays_seated_on_a_trip_that_is_repeated(network, until, expected):
    # From A to M every half an hour, at 8:05 alone or more than once; a trip of the same block goes on from M
    # at once, too soon to change. Which of several vehicles it is the block does not say.
    rows = (
        "t,A,1,8:05:00,8:05:00",
        "t,M,2,8:10:00,8:10:00",
        "u,M,1,8:10:00,8:10:00",
        "u,B,2,8:15:00,8:15:00",
    )
    folder = network(
        trips=IN_BLOCKS + "t,r,weekdays,one\nu,r,weekdays,one\n",
        stop_times=calls(*rows),
        frequencies=FREQUENCIES + f"t,8:05:00,{until},1800,1\n",
    )
    assert seconds(folder) == expected
