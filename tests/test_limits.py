"""Limits of walking, time and rides, and the cutoffs of bands: at the limit and a second to either side.

One street runs east; people walk one metre a second, whole seconds rounded up. Every limit is strict: what
takes as long as the limit is not allowed, what takes a second less is.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import town
from ptreach.engine.raptor.engine import RaptorEngine
from ptreach.matrix.build import minutes_to
from ptreach.measures.bands import name_bands
from ptreach.measures.deprivation import summarise_by_decile
from ptreach.model import UNREACHED, no_progress

H8, H9, H10 = 8 * 3600, 9 * 3600, 10 * 3600


def seconds(network, start, end, direction, at_s, **limits):
    """Seconds of one minute, both searches alike; journeys go from start to end in both directions."""
    query = town.query(percentiles=(50,), direction=direction, **limits)
    query = dataclasses.replace(query, window_start_s=at_s, window_end_s=at_s + 60)
    here, there = town.points(start=(start, 0)), town.points(end=(end, 0))
    if direction == "to":
        here, there = there, here
    one, other = (
        int(town.seconds(RaptorEngine(network, few=few).travel_times(here, there, query))[0, 0, 0])
        for few in (1, 0)
    )
    assert one == other
    return one


def built(folder, stops, trips):
    feed = town.write_feed(
        folder / "bus.zip",
        stops=town.stops_text(**{name: (x, 0) for name, x in stops.items()}),
        **town.trips_texts([(trip, "weekdays", calls) for trip, calls in trips.items()]),
    )
    return town.build(folder, town.straight_street(folder / "street.osm", 12_000.0), feed)


@pytest.fixture(scope="module")
def two_buses(tmp_path_factory):
    """Build a network in which one leg is a walk of 300 s; the other legs are 100 s, or on the spot.

    From A at 8:10 to M at 8:20, on foot to N, from there at 8:30 to B at 8:40.
    """

    def network(transfer_m):
        stops = {"A": 1_000, "M": 4_000, "N": 4_000 + transfer_m, "B": 8_000}
        trips = {
            "one": [("A", "8:10:00"), ("M", "8:20:00")],
            "two": [("N", "8:30:00"), ("B", "8:40:00")],
        }
        return built(tmp_path_factory.mktemp("two"), stops, trips)

    return {transfer_m: network(transfer_m) for transfer_m in (99.5, 299.5)}


LEGS = {"access": (299.5, 99.5, 99.5), "transfer": (99.5, 299.5, 99.5), "egress": (99.5, 99.5, 299.5)}


@pytest.mark.parametrize("leg", sorted(LEGS))
@pytest.mark.parametrize(("limit_s", "allowed"), [(299, False), (300, False), (301, True)])
def test_the_walking_limit_holds_for_each_leg(two_buses, leg, limit_s, allowed):
    access_m, transfer_m, egress_m = LEGS[leg]
    journey = two_buses[transfer_m], 1_000 - access_m, 8_000 + egress_m
    access_s, egress_s = round(access_m + 0.5), round(egress_m + 0.5)
    # Leaving at 8:00 one is at B at 8:40; to be there by 9:00 one leaves 61 s and the walk before 8:10.
    limit = {"max_walk_min": limit_s / 60}
    expected = 2_400 + egress_s if allowed else UNREACHED
    assert seconds(*journey, "from", H8, **limit) == expected
    expected = 3_600 - (600 - 61 - access_s) if allowed else UNREACHED
    assert seconds(*journey, "to", H9, **limit) == expected


@pytest.mark.parametrize("direction", ["from", "to"])
@pytest.mark.parametrize("limit", ["max_walk_min", "max_time_min"])
@pytest.mark.parametrize(("limit_s", "allowed"), [(299, False), (300, False), (301, True)])
def test_the_walk_all_the_way_is_held_to_both_limits(two_buses, direction, limit, limit_s, allowed):
    for start, end in ((9_500, 9_799.5), (9_799.5, 9_500)):
        found = seconds(two_buses[99.5], start, end, direction, H8, **{limit: limit_s / 60})
        assert found == (300 if allowed else UNREACHED)


@pytest.mark.parametrize(
    ("direction", "at_s", "takes_s"),
    # there by 8:40 and a walk of 100 s; away 61 s and a walk of 100 s before 8:10
    [("from", H8, 2_500), ("to", H9, 3_600 - 600 + 161)],
)
def test_the_limit_of_time_counts_waits_and_walks(two_buses, direction, at_s, takes_s):
    journey = two_buses[99.5], 1_000 - 99.5, 8_000 + 99.5, direction, at_s
    for limit_s, allowed in ((takes_s - 1, False), (takes_s, False), (takes_s + 1, True)):
        expected = takes_s if allowed else UNREACHED
        assert seconds(*journey, max_time_min=limit_s / 60) == expected


def test_the_limit_of_time_holds_minute_by_minute(two_buses):
    # 2,560 s from 7:59 on, 2,500 s from 8:00 on.
    here, there = town.points(start=(900.5, 0)), town.points(end=(8_099.5, 0))
    for limit_s, latest in ((2_560, UNREACHED), (2_561, 2_560)):
        query = town.query("07:59-08:01", percentiles=(50, 100), max_time_min=limit_s / 60)
        for few in (1, 0):
            blocks = RaptorEngine(two_buses[99.5], few=few).travel_times(here, there, query)
            assert town.seconds(blocks).tolist() == [[[2_500, latest]]]


def test_a_deadline_is_met_on_the_second(two_buses):
    # At B at 8:40, 100 s on: at 8:41:40 one is there, by 8:41:39 one is not.
    journey = two_buses[99.5], 1_000 - 99.5, 8_000 + 99.5, "to"
    there_s = H8 + 2_500
    assert seconds(*journey, there_s) == there_s - (H8 + 600 - 161)
    assert seconds(*journey, there_s - 1) == UNREACHED


def test_a_departure_is_caught_on_the_second(two_buses):
    # A is left at 8:10: at the stop by 8:08:59, from home by 8:07:19.
    journey = two_buses[99.5], 1_000 - 99.5, 8_000 + 99.5, "from"
    leave_s = H8 + 600 - 161
    assert seconds(*journey, leave_s) == H8 + 2_500 - leave_s
    assert seconds(*journey, leave_s + 1) == UNREACHED


def test_the_limit_of_rides_is_one_of_vehicles_boarded(tmp_path):
    # Four buses on end, 8:10 to 8:20, 8:30 to 8:40, 8:50 to 9:00, 9:10 to 9:20; each place is 100 s on.
    stops = {f"s{k}": 1_000 + 2_000 * k for k in range(5)}
    trips = {
        f"t{k}": [
            (f"s{k}", town.clock(H8 + 600 + 1_200 * k)),
            (f"s{k + 1}", town.clock(H8 + 1_200 * (k + 1))),
        ]
        for k in range(4)
    }
    network = built(tmp_path, stops, trips)
    for rides in range(1, 5):
        end = 1_000 + 2_000 * rides + 99.5
        for limit in (1, 2, 3, 4, 8):
            allowed = limit >= rides
            found = seconds(network, 900.5, end, "from", H8, max_rides=limit)
            assert found == (1_200 * rides + 100 if allowed else UNREACHED)
            found = seconds(network, 900.5, end, "to", H10, max_rides=limit)
            assert found == (7_200 - (600 - 161) if allowed else UNREACHED)


@pytest.mark.parametrize(
    ("start", "ends", "cutoff_min"),
    [
        # on foot 899, 900 and 901 s
        (9_500, (10_398.5, 10_399.5, 10_400.5), 15),
        # at B at 8:40, on from there 119, 120 and 121 s
        (900.5, (8_118.5, 8_119.5, 8_120.5), 42),
    ],
)
def test_a_cutoff_is_strict_from_the_engine_to_the_tables(two_buses, start, ends, cutoff_min):
    engine, query = RaptorEngine(two_buses[99.5]), town.query("08:00-08:01", percentiles=(50,))
    places = town.points(**{str(k): (x, 0) for k, x in enumerate(ends)})
    minutes = minutes_to(engine, town.points(start=(start, 0)), places, query, no_progress)[:, 0]
    assert np.round(minutes * 60).tolist() == [60 * cutoff_min - 1, 60 * cutoff_min, 60 * cutoff_min + 1]
    under, over = f"under {cutoff_min} min", f"{cutoff_min} to 60 min"
    assert name_bands(minutes, ["reached"] * 3, (cutoff_min, 60)) == [under, over, over]
    shares = summarise_by_decile([1, 2, 3], minutes, [10, 10, 10], (cutoff_min, 60))
    assert shares[f"share_within_{cutoff_min}"].tolist()[:3] == [1, 0, 0]
