"""A town of straight streets 400 m apart: the whole distribution over the window follows by hand.

A bus goes east and west along the street at 800 m north, from h0 (0 m east) to h15 (6,000 m), another north
along the street at 3,200 m east, from v0 (1,000.5 m north) to v7. Stops are 400 m and 40 s apart; buses begin
their lines on the hour and every headway after it. People walk one metre a second, whole seconds rounded up,
so places stand where no walk is near a whole second:

    home 349.5 m from h1: 350 s     farm 99.5 + 400 m from h3: 500 s       h8 200.5 m from v0: 201 s
    work 300.5 m from h12: 301 s    hill  49.5 m from v7: 50 s

A bus is caught by who is at its stop at least 61 s before it leaves. Walking a street further to the next
stop never helps: the bus gets there sooner.
"""

from __future__ import annotations

import pytest

import town
from ptreach.engine.raptor.engine import RaptorEngine
from ptreach.model import UNREACHED

BLOCK_M, HOP_S = 400, 40
COLUMNS_N, ROWS_N = 16, 11
PLACES = {"home": (400, 450.5), "farm": (1100.5, 400), "work": (4800, 1100.5), "hill": (3200, 3751)}
PLACES["shop"] = (1200, 449.2)
EAST = [f"h{k}" for k in range(COLUMNS_N)]
NORTH = [f"v{k}" for k in range(8)]
H6, H8, H11 = 6 * 3600, 8 * 3600, 11 * 3600
PERCENTILES = (5, 25, 50, 75, 95)


def grid_town(folder, east_headway_s, north_headway_s=900, north_from_s=300):
    """Build the town; the bus north leaves v0 at `north_from_s` past the hour."""
    nodes = {
        100 * column + row + 1: (BLOCK_M * column, BLOCK_M * row)
        for column in range(COLUMNS_N)
        for row in range(ROWS_N)
    }
    along = [[100 * column + row + 1 for column in range(COLUMNS_N)] for row in range(ROWS_N)]
    streets = [(refs, {"highway": "residential"}) for refs in (*along, *zip(*along, strict=True))]
    stops = {name: (BLOCK_M * k, 2 * BLOCK_M) for k, name in enumerate(EAST)}
    stops |= {name: (3200, 1000.5 + BLOCK_M * k) for k, name in enumerate(NORTH)}

    def line(name, sequence, headway_s, from_s):
        return [
            (f"{name}{s}", "weekdays", [(stop, town.clock(s + HOP_S * k)) for k, stop in enumerate(sequence)])
            for s in range(H6 + from_s, H11, headway_s)
        ]

    trips = line("e", EAST, east_headway_s, 0) + line("w", EAST[::-1], east_headway_s, 0)
    trips += line("n", NORTH, north_headway_s, north_from_s)
    feed = town.write_feed(folder / "bus.zip", stops=town.stops_text(**stops), **town.trips_texts(trips))
    return town.build(folder, town.write_osm(folder / "grid.osm", nodes, streets), feed)


@pytest.fixture(scope="module")
def every_ten(tmp_path_factory):
    return grid_town(tmp_path_factory.mktemp("ten"), 600)


@pytest.fixture(scope="module")
def every_fifteen(tmp_path_factory):
    return grid_town(tmp_path_factory.mktemp("fifteen"), 900)


def percentiles(network, start, end, window="08:00-08:30", **changes):
    """What the engine says, both of its searches alike."""
    here, there = town.points(**{start: PLACES[start]}), town.points(**{end: PLACES[end]})
    query = town.query(window, **changes)
    if query.direction == "to":
        here, there = there, here
    one, other = (
        town.seconds(RaptorEngine(network, few=few).travel_times(here, there, query)).ravel().tolist()
        for few in (1, 0)
    )
    assert one == other
    return one


def by_definition(travel_s):
    """Percentiles over the 30 minutes from 8:00, given the seconds of each minute."""
    times = [travel_s(H8 + 60 * minute) for minute in range(30)]
    return [town.nearest_rank(times, p) for p in PERCENTILES]


def leaving(minute_s, access_s, begins_s, headway_s, onward_s):
    """Seconds from a minute on, by the first bus caught; the stop is passed `begins_s` past the hour."""
    bus_s = next(s for s in range(H6 + begins_s, H11, headway_s) if s > minute_s + access_s + 60)
    return bus_s + onward_s - minute_s


# The waits of the minutes of a headway are 60 s apart, each as frequent: with ten minutes between buses the
# percentiles 5, 25, 50, 75, 95 are the shortest and 2, 4, 7, 9 minutes more; with fifteen, and 3, 7, 11, 14.
TEN, FIFTEEN = (0, 2, 4, 7, 9), (0, 3, 7, 11, 14)


@pytest.mark.parametrize(
    ("start", "end", "access_s", "passes_s", "ride_s", "egress_s", "shortest_s"),
    [
        # at h1 at 50 s past some minute and more; the bus passes it 40 s past: 110 s before it at the least
        ("home", "work", 350, 40, 440, 301, 350 + 110 + 440 + 301),
        # at h3 at 20 s past, the bus at 120 s
        ("farm", "work", 500, 120, 360, 301, 500 + 100 + 360 + 301),
        # at h12 at 1 s past, the bus west at 120 s: with 59 s it is missed
        ("work", "home", 301, 120, 440, 350, 301 + 119 + 440 + 350),
    ],
)
def test_walk_wait_ride_walk(
    every_ten, every_fifteen, start, end, access_s, passes_s, ride_s, egress_s, shortest_s
):
    for network, headway_s, minutes in ((every_ten, 600, TEN), (every_fifteen, 900, FIFTEEN)):
        expected = [shortest_s + 60 * k for k in minutes]
        assert expected == by_definition(
            lambda minute_s, h=headway_s: leaving(minute_s, access_s, passes_s, h, ride_s + egress_s)
        )
        assert percentiles(network, start, end) == expected


def test_the_walk_all_the_way_is_taken_where_the_bus_is_no_better(every_ten):
    # On foot 50.5 + 800 + 49.2 m: 900 s. By bus 350 + 110 + 80 + 351 = 891 s in one minute of ten, else more.
    by_bus = by_definition(lambda minute_s: min(900, leaving(minute_s, 350, 40, 600, 80 + 351)))
    assert by_bus == [891, 900, 900, 900, 900]
    assert percentiles(every_ten, "home", "shop") == by_bus


def test_arriving_by(every_ten, every_fifteen):
    # The bus is at h12 at 480 s past, at work at 781 s: 59 s and more before a whole minute.
    for network, headway_s, minutes in ((every_ten, 600, TEN), (every_fifteen, 900, FIFTEEN)):

        def travel_s(minute_s, headway_s=headway_s):
            bus_s = max(s for s in range(H6 + 40, H11, headway_s) if s + 440 + 301 <= minute_s)
            return minute_s - (bus_s - 61 - 350)

        expected = [350 + 61 + 440 + 301 + 59 + 60 * k for k in minutes]
        assert expected == by_definition(travel_s)
        assert percentiles(network, "home", "work", direction="to") == expected


def first_and_last_for_each_bus_north():
    """Who leaves home by the first time is on the hill by the second: for each bus north, its last feeder."""
    found = []
    for north_s in range(H6 + 300, H11, 900):
        # 280 s from h1 to h8, 201 s on foot, 61 s to spare
        feeders = [s for s in range(H6 + 40, H11, 600) if s + 280 + 201 + 61 <= north_s]
        if feeders:
            found.append((feeders[-1] - 61 - 350, north_s + 280 + 50))
    return found


def test_a_change_between_two_headways(every_ten):
    """Every ten minutes east, every fifteen north: the pattern repeats in half an hour.

    Seconds past the hour: buses pass h1 at 40, 640, 1240 and bring one to v0 ready to board at 582, 1182,
    1782; north they leave at 300 and 1200. So the bus north of 1200 is fed by that of 640, that of 2100 by
    that of 1240: the bus of 40 feeds none. Leave home by 229 to be on the hill at 1530: 1350 s from the
    minute 180, and a minute more for each of the 19 before it. Leave by 829 to be there at 2430: 1650 s from
    the minute 780, and more for the 9 before it. Sorted, the 30 times are five from 1350 on, ten pairs from
    1650 on, five from 2250 on; ranks 2, 8, 15, 23 and 29 of them are the second, pairs two, five and nine,
    and the last but one.
    """
    found = first_and_last_for_each_bus_north()
    expected = [1350 + 60, 1650 + 60, 1650 + 4 * 60, 1650 + 8 * 60, 2250 + 3 * 60]
    assert expected == by_definition(
        lambda minute_s: min(end for leave, end in found if leave >= minute_s) - minute_s
    )
    assert percentiles(every_ten, "home", "hill") == expected
    assert percentiles(every_ten, "home", "hill", max_rides=2) == expected
    assert percentiles(every_ten, "home", "hill", max_rides=1) == [UNREACHED] * 5


def test_arriving_by_with_a_change(every_ten):
    """From 1530 past the hour on one has left at 229, from 2430 on at 829: fifteen minutes each.

    The whole minutes are 1560 and on, 1331 s and more, then 2460 and on, 1631 s and more. Sorted: five from
    1331 on, ten pairs from 1631 on, five from 2231 on.
    """
    found = first_and_last_for_each_bus_north()
    expected = [1331 + 60, 1631 + 60, 1631 + 4 * 60, 1631 + 8 * 60, 2231 + 3 * 60]
    assert expected == by_definition(
        lambda minute_s: minute_s - max(leave for leave, end in found if end <= minute_s)
    )
    assert percentiles(every_ten, "home", "hill", direction="to") == expected
    assert percentiles(every_ten, "home", "hill", direction="to", max_rides=1) == [UNREACHED] * 5
