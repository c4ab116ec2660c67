"""Journeys with their legs on a street whose times are found by hand, and on real places by their sums.

`test_oracle` has them on networks that are made up, leg by leg.
"""

from __future__ import annotations

import numpy as np
import pytest

import town
from ptreach.engine.raptor.engine import RaptorEngine
from ptreach.engine.raptor.journeys import NOWHERE, Leg
from ptreach.model import UNREACHED, no_progress
from ptreach.network.build import build_network
from r5_answers import PLACES as REAL
from r5_answers import REFERENCE, read_points, some, window

# A metre a second, and no walk that ends on a whole second
STOPS = {"A": (300, 0), "B": (3000, 0), "C": (8000, 0)}
PLACES = {"home": (100.5, 0), "beside": (160.5, 0), "work": (8100.5, 0), "nowhere": (100.5, 9000)}
H8 = 8 * 3600


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    """A bus from A to B, which goes on to C as another trip; another from B to C, a little later."""
    folder = tmp_path_factory.mktemp("journeys")
    street = town.straight_street(folder / "street.osm", 9_000)
    texts = town.trips_texts(
        [
            ("one", "weekdays", [("A", "8:10:00"), ("B", "8:15:00")]),
            ("two", "weekdays", [("B", "8:17:00"), ("C", "8:30:00")]),
            ("fast", "weekdays", [("B", "8:16:30"), ("C", "8:29:00")]),
        ]
    )
    header, one, two, fast, *_ = texts["trips"].splitlines()
    texts["trips"] = "\n".join([f"{header},block_id", f"{one},b", f"{two},b", f"{fast},", ""])
    feed = town.write_feed(folder / "bus.zip", stops=town.stops_text(**STOPS), **texts)
    return RaptorEngine(town.build(folder, street, feed))


def journey(engine, start, end, departure, **changes):
    """The journey of one departure, from 08:00 on."""
    ends = (town.points(**{start: PLACES[start]}), town.points(**{end: PLACES[end]}))
    asked = town.query("08:00-09:00", walk_speed_kph=3.6, **changes)
    (found,) = engine.journeys(*ends, asked, [(0, departure)])
    return found


def numbers(engine, *names):
    """Numbers of stops by their ids."""
    ids = [one.rpartition(":")[2] for one in engine.network.names().stop_ids]
    return [ids.index(name) for name in names]


def test_every_leg_is_told_with_its_stops_and_clock(engine):
    a, b, c = numbers(engine, "A", "B", "C")
    (walk, wait, first, change, second, last) = journey(engine, "home", "work", 2).legs
    assert walk == Leg("walk", H8 + 120, 200, NOWHERE, a)
    assert wait == Leg("wait", H8 + 320, 280, a, a)
    assert first._replace(trip=0) == Leg("ride", H8 + 600, 300, a, b, 0)
    # 90 s are enough to change to the faster bus
    assert change == Leg("wait", H8 + 900, 90, b, b)
    assert second._replace(trip=0) == Leg("ride", H8 + 990, 750, b, c, 0)
    assert last == Leg("walk", H8 + 1740, 101, c, NOWHERE)
    trips = engine.network.names().trip_ids
    assert [trips[leg.trip].rpartition(":")[2] for leg in (first, second)] == ["one", "fast"]


def test_who_may_ride_once_stays_seated(engine):
    legs = journey(engine, "home", "work", 2, max_rides=1).legs
    rides = [leg for leg in legs if leg.kind == "ride"]
    assert [leg.seated for leg in rides] == [False, True]
    trips = engine.network.names().trip_ids
    assert [trips[leg.trip].rpartition(":")[2] for leg in rides] == ["one", "two"]
    assert sum(leg.seconds for leg in legs) == 200 + 280 + 300 + 120 + 780 + 101


def test_a_change_to_another_stop_is_told_however_short_its_feed_has_it(tmp_path):
    """D is 3.5 km from B; the feed lets one change there in a minute, no more than any boarding takes."""
    street = town.straight_street(tmp_path / "street.osm", 9_000)
    stops = {"A": (300, 0), "B": (3_000, 0), "D": (6_500, 0), "C": (8_000, 0)}
    texts = town.trips_texts(
        [
            ("one", "weekdays", [("A", "8:10:00"), ("B", "8:15:00")]),
            ("two", "weekdays", [("D", "8:20:00"), ("C", "8:30:00")]),
        ]
    )
    texts["transfers"] = "from_stop_id,to_stop_id,transfer_type,min_transfer_time\nB,D,2,60\n"
    feed = town.write_feed(tmp_path / "bus.zip", stops=town.stops_text(**stops), **texts)
    engine = RaptorEngine(town.build(tmp_path, street, feed))
    b, d = numbers(engine, "B", "D")
    _, _, ride, change, wait, onward, _ = journey(engine, "home", "work", 2).legs
    assert (ride.to_stop, onward.from_stop) == (b, d)
    assert change == Leg("walk", H8 + 900, 0, b, d)
    assert wait == Leg("wait", H8 + 900, 300, d, d)


def test_an_arrival_is_told_forward_and_waits_for_its_minute(engine):
    legs = journey(engine, "work", "home", 35, direction="to").legs
    assert (legs[-1].kind, legs[-1].to_stop) == ("wait", NOWHERE)
    assert legs[-1].starts_s + legs[-1].seconds == H8 + 35 * 60
    # to be at A 61 s before 08:10 by a walk of 200 s
    assert legs[0].starts_s == H8 + 600 - 61 - 200
    assert [leg.seated for leg in legs if leg.kind == "ride"] in ([False, False], [False, True])


def test_who_walks_all_the_way_and_who_has_no_way(engine):
    (walk,) = journey(engine, "home", "beside", 0).legs
    assert walk == Leg("walk", H8, 60, NOWHERE, NOWHERE)
    assert journey(engine, "home", "nowhere", 0) is None
    assert journey(engine, "home", "work", 59) is None


@pytest.mark.real
@pytest.mark.skipif(not REFERENCE.is_dir(), reason=f"R5's points absent: {REFERENCE}")
@pytest.mark.parametrize("direction", ["from", "to"])
@pytest.mark.parametrize("place", ["iow", "rnv"])
def test_on_real_places_legs_sum_to_the_seconds_of_every_pair(place, direction, tmp_path):
    files, points = REAL[place], read_points(place)
    engine = RaptorEngine(build_network([files.osm], files.feeds, tmp_path / "built", no_progress), workers=2)
    query = window(files, direction=direction)
    rides = 0
    for origin in points.ids[40::300]:
        here = some(points, [origin])
        (seconds,) = engine.each_departure(here, points, query)
        for departure in range(0, query.departures_n, 29):
            asked = [(at, departure) for at in range(len(points))]
            found = engine.journeys(here, points, query, asked)
            told = [UNREACHED if one is None else one.seconds for one in found]
            told[points.ids.index(origin)] = 0
            np.testing.assert_array_equal(told, seconds[0, :, departure])
            for one in filter(None, found):
                ends = [leg.starts_s + leg.seconds for leg in one.legs]
                assert [leg.starts_s for leg in one.legs[1:]] == ends[:-1]
                rides += sum(leg.kind == "ride" for leg in one.legs)
    assert rides > 1_000
