"""The engine on towns whose answers follow by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import town
from ptreach.engine.raptor.engine import RaptorEngine
from ptreach.errors import InputError
from ptreach.model import UNREACHED, Query

H8 = 8 * 3600


def one_line(tmp_path, *, texts=None, stops=None, trips=None, length_m=6_000.0):
    """A street of 6 km; from 8:05 a bus every ten minutes from A (99.5 m) to B (5,000 m) in ten."""
    stops = stops or {"A": (99.5, 0), "B": (5_000, 0)}
    if trips is None:
        leaves = [H8 + 300 + 600 * k for k in range(8)]
        trips = [(f"t{s}", "weekdays", [("A", town.clock(s)), ("B", town.clock(s + 600))]) for s in leaves]
    feed = town.write_feed(
        tmp_path / "bus.zip",
        **{"stops": town.stops_text(**stops), **town.trips_texts(trips), **(texts or {})},
    )
    return town.build(tmp_path, town.straight_street(tmp_path / "street.osm", length_m), feed)


ORIGIN = town.points(home=(0, 0))
WORK = town.points(work=(5_049.5, 0))


def times(network, origins, destinations, query, workers=1):
    return town.seconds(RaptorEngine(network, workers=workers).travel_times(origins, destinations, query))


def test_distribution_over_the_window_follows_by_hand(tmp_path):
    # 100 s to A, there more than 60 s before the bus; 600 s on it; 50 s from B.
    expected = []
    for minute in range(30):
        leaves = next(s for s in range(300, 6000, 600) if s > minute * 60 + 100 + 60)
        expected.append(leaves + 600 + 50 - minute * 60)
    assert min(expected) == 830  # leaving at 8:02, 8:12, 8:22
    assert max(expected) == 1370
    result = times(one_line(tmp_path), ORIGIN, WORK, town.query())
    assert result.tolist() == [[[town.nearest_rank(expected, p) for p in (5, 25, 50, 75, 95)]]]


def test_a_bus_is_missed_by_a_second(tmp_path):
    # At A at 8:02:00 + 100 s. A bus at 8:04:40 leaves exactly 60 s later: too soon. A second later is caught.
    def p50(leaves):
        trips = [("t", "weekdays", [("A", leaves), ("B", "8:20:00")])]
        query = town.query("08:02-08:03", percentiles=(50,))
        folder = tmp_path / leaves.replace(":", "")
        folder.mkdir()
        return int(times(one_line(folder, trips=trips), ORIGIN, WORK, query)[0, 0, 0])

    assert p50("8:04:40") == UNREACHED
    assert p50("8:04:41") == 18 * 60 + 50


def test_walks_only_within_the_limit_which_is_strict(tmp_path):
    network = one_line(tmp_path)
    near = town.points(a=(599.5, 0), b=(1_199.5, 0), c=(1_198.5, 0))
    result = times(network, ORIGIN, near, town.query(max_walk_min=20, percentiles=(50,)))[0, :, 0]
    # 1,199.5 m takes 1,200 s, which is not under 20 minutes.
    assert result.tolist() == [600, UNREACHED, 1_199]


def test_limits_hold_for_time_and_rides(tmp_path):
    network = one_line(tmp_path)
    query = town.query("08:02-08:03", percentiles=(50,), max_walk_min=10)
    assert times(network, ORIGIN, WORK, query)[0, 0, 0] == 830
    for minutes, reached in ((830 / 60, False), (831 / 60, True)):
        limited = town.query("08:02-08:03", percentiles=(50,), max_walk_min=10, max_time_min=minutes)
        assert bool(times(network, ORIGIN, WORK, limited)[0, 0, 0] < UNREACHED) is reached


def change_of_bus(tmp_path, gap_s=61):
    """A to B by one bus, 200 m on foot to C, C to D by another that leaves `gap_s` after one gets to C."""
    stops = {"A": (99.5, 0), "B": (3_000, 0), "C": (3_199.5, 0), "D": (8_000, 0)}
    leaves = H8 + 20 * 60 + 200 + gap_s
    trips = [
        ("one", "weekdays", [("A", "8:10:00"), ("B", "8:20:00")]),
        ("two", "weekdays", [("C", town.clock(leaves)), ("D", town.clock(leaves + 600))]),
    ]
    return one_line(tmp_path, stops=stops, trips=trips, length_m=9_000.0), leaves


def test_transfers_go_on_foot_and_need_the_slack(tmp_path):
    far = town.points(far=(8_049.5, 0))
    query = town.query("08:00-08:01", percentiles=(50,))
    (tmp_path / "caught").mkdir()
    (tmp_path / "missed").mkdir()
    network, leaves = change_of_bus(tmp_path / "caught", 61)
    assert times(network, ORIGIN, far, query)[0, 0, 0] == leaves + 600 + 50 - H8
    one_ride = town.query("08:00-08:01", percentiles=(50,), max_rides=1)
    assert times(network, ORIGIN, far, one_ride)[0, 0, 0] == UNREACHED
    network, _ = change_of_bus(tmp_path / "missed", 60)
    assert times(network, ORIGIN, far, query)[0, 0, 0] == UNREACHED


def test_no_two_walks_in_a_row(tmp_path):
    # B is reached by bus, C on foot from B; a place near C only is out of reach: 1,250 m from B, limit
    # 20 min, but one may not walk B to C as a transfer and then on as egress.
    stops = {"A": (99.5, 0), "B": (3_000, 0), "C": (4_100, 0), "D": (6_000, 0)}
    trips = [
        ("one", "weekdays", [("A", "8:10:00"), ("B", "8:20:00")]),
        ("two", "weekdays", [("C", "9:50:00"), ("D", "9:59:00")]),
    ]
    network = one_line(tmp_path, stops=stops, trips=trips, length_m=9_000.0)
    near_b, near_c = town.points(b=(4_149.5, 0)), town.points(c=(4_249.5, 0))
    query = town.query("08:00-08:01", percentiles=(50,))
    assert times(network, ORIGIN, near_b, query)[0, 0, 0] == 20 * 60 + 1_150
    assert times(network, ORIGIN, near_c, query)[0, 0, 0] == UNREACHED


def test_pickup_and_drop_off_that_are_forbidden(tmp_path):
    stops = {"A": (99.5, 0), "M": (2_000, 0), "B": (5_000, 0)}
    calls = [("A", "8:05:00"), ("M", "8:10:00"), ("B", "8:15:00")]
    texts = town.trips_texts([("t", "weekdays", calls)])
    rows = texts["stop_times"].splitlines()
    rows[0] += ",pickup_type,drop_off_type"
    rows[1:] = [f"{row},{kinds}" for row, kinds in zip(rows[1:], ("0,1", "1,1", ",0"), strict=True)]
    network = one_line(
        tmp_path, stops=stops, trips=[("t", "weekdays", calls)], texts={"stop_times": "\n".join(rows)}
    )
    query = town.query("08:00-08:01", percentiles=(50,))
    there = town.points(m=(2_000, 0), b=(5_000, 0))
    assert times(network, ORIGIN, there, query)[0, :, 0].tolist() == [UNREACHED, 900]
    from_m = town.points(m=(2_000, 0))
    assert times(network, from_m, WORK, query)[0, 0, 0] == UNREACHED


def test_an_overtaking_trip_is_taken(tmp_path):
    # The slow bus leaves first and arrives last: whoever is in time for both takes the fast one.
    trips = [
        ("slow", "weekdays", [("A", "8:05:00"), ("B", "8:40:00")]),
        ("fast", "weekdays", [("A", "8:10:00"), ("B", "8:15:00")]),
        ("last", "weekdays", [("A", "8:20:00"), ("B", "8:50:00")]),
    ]
    query = town.query("08:00-08:01", percentiles=(50,))
    assert times(one_line(tmp_path, trips=trips), ORIGIN, WORK, query)[0, 0, 0] == 15 * 60 + 50


def test_trips_of_the_day_before_that_run_past_midnight(tmp_path):
    trips = [("night", "weekdays", [("A", "24:30:00"), ("B", "24:40:00")])]
    network = one_line(tmp_path, trips=trips)
    tuesday_night = Query(town.TUESDAY, 24 * 3600, 24 * 3600 + 60, (50,), walk_speed_kph=3.6)
    wednesday = town.TUESDAY.replace(day=14)
    wednesday_morning = Query(wednesday, 0, 60, (50,), walk_speed_kph=3.6)
    monday = town.TUESDAY.replace(day=12)  # Sunday night has no service
    monday_morning = Query(monday, 0, 60, (50,), walk_speed_kph=3.6)
    assert times(network, ORIGIN, WORK, tuesday_night)[0, 0, 0] == 40 * 60 + 50
    assert times(network, ORIGIN, WORK, wednesday_morning)[0, 0, 0] == 40 * 60 + 50
    assert times(network, ORIGIN, WORK, monday_morning)[0, 0, 0] == UNREACHED


def test_arriving_by_is_the_latest_departure_that_arrives_in_time(tmp_path):
    network = one_line(tmp_path)
    query = town.query("08:20-08:50", direction="to")
    expected = []
    for minute in range(30):
        arrive_by = 1200 + 60 * minute
        bus = max(s for s in range(300, 6000, 600) if s + 600 + 50 <= arrive_by)
        leave = bus - 61 - 100  # at A a second more than 60 s before the bus
        expected.append(arrive_by - leave)
    result = times(
        network, WORK, ORIGIN, query
    )  # from home to work: the origin of the query is where one arrives
    assert result.tolist() == [[[town.nearest_rank(expected, p) for p in (5, 25, 50, 75, 95)]]]


def test_arriving_by_agrees_with_departing_at(tmp_path):
    network, _ = change_of_bus(tmp_path)
    far = town.points(far=(8_049.5, 0))
    engine = RaptorEngine(network)

    def one(origins, destinations, start_s, direction):
        query = Query(
            town.TUESDAY,
            start_s,
            start_s + 60,
            (50,),
            direction=direction,
            walk_speed_kph=3.6,
            max_time_min=180,
        )
        return int(town.seconds(engine.travel_times(origins, destinations, query))[0, 0, 0])

    arrivals = {H8 + 60 * m: H8 + 60 * m + one(ORIGIN, far, H8 + 60 * m, "from") for m in range(-5, 15)}
    for arrive_by in range(H8 + 20 * 60, H8 + 60 * 60, 60):
        travel_s = one(far, ORIGIN, arrive_by, "to")
        in_time = [leave for leave, arrival in arrivals.items() if arrival <= arrive_by]
        if travel_s == UNREACHED:
            assert not in_time
        else:
            leave = arrive_by - travel_s
            # Departures were whole minutes: the latest that arrives in time is the last not after `leave`.
            assert max(in_time) == leave // 60 * 60


@pytest.mark.parametrize("direction", ["from", "to"])
@pytest.mark.parametrize("few", [0, 16], ids=["swept", "plain"])
def test_each_departure_is_that_of_a_window_of_a_minute(tmp_path, direction, few):
    network, _ = change_of_bus(tmp_path)
    places = town.points(home=(0, 0), near=(400, 0), far=(8_049.5, 0))
    engine = RaptorEngine(network, few=few)
    window = town.query("08:00-10:10", direction=direction)
    (seconds,) = engine.each_departure(places, places, window)
    assert seconds.shape == (3, 3, 130)
    minutes = [
        dataclasses.replace(
            window,
            window_start_s=window.window_start_s + 60 * minute,
            window_end_s=window.window_start_s + 60 * (minute + 1),
            percentiles=(100,),
        )
        for minute in range(130)
    ]
    one_by_one = [town.seconds(engine.travel_times(places, places, query))[:, :, 0] for query in minutes]
    assert len({block.tobytes() for block in one_by_one}) > 5
    assert (np.stack(one_by_one, axis=2) == seconds).all()
    whole = town.seconds(engine.travel_times(places, places, window))
    assert (np.sort(seconds, axis=2)[:, :, [6, 32, 64, 97, 123]] == whole).all()


def test_from_a_place_to_itself_is_zero_and_order_is_kept(tmp_path):
    network = one_line(tmp_path)
    places = town.points(z=(0, 0), work=(5_049.5, 0), a=(400, 0))
    result = times(network, places, places, town.query(percentiles=(50,)))[:, :, 0]
    assert result.diagonal().tolist() == [0, 0, 0]
    assert result[0, 2] == 400
    swapped = town.points(a=(400, 0), z=(0, 0), work=(5_049.5, 0))
    order = [2, 0, 1]
    assert times(network, swapped, swapped, town.query(percentiles=(50,)))[:, :, 0].tolist() == (
        result[np.ix_(order, order)].tolist()
    )


def test_blocks_and_workers_change_nothing(tmp_path, monkeypatch):
    network = one_line(tmp_path)
    places = town.points(**{f"p{x}": (x, 0) for x in range(0, 6000, 250)})
    whole = times(network, places, places, town.query())
    monkeypatch.setattr("ptreach.engine.raptor.engine._BLOCK_BYTES", 1)
    blocks = list(RaptorEngine(network, workers=3).travel_times(places, places, town.query()))
    assert [len(block.origin_ids) for block in blocks] == [1] * len(places)
    assert sum((block.origin_ids for block in blocks), ()) == places.ids
    assert (town.seconds(blocks) == whole).all()


def test_points_far_from_any_street_are_unreached_and_said_to_be(tmp_path):
    network = one_line(tmp_path)
    places = town.points(
        near=(0, 299), far=(0, 1_599), beyond=(0, 1_650), off_stops=(2_500, 0), b=(5_000, 100)
    )
    links = RaptorEngine(network).point_links(places, town.query())
    assert links.linked.tolist() == [True, True, False, True, True]
    assert links.distance_m[:2] == pytest.approx([299, 1_599], abs=0.5)
    assert np.isnan(links.distance_m[2])
    # 20 minutes on foot are 1,200 m: A is 99.5 m from the corner, B 100 m from the last place.
    assert links.near_stop.tolist() == [True, False, False, False, True]
    # Nobody alights at A, where the line begins.
    assert links.near_service.tolist() == [False, False, False, False, True]
    assert (times(network, places, WORK, town.query(percentiles=(50,)))[2] == UNREACHED).all()


def test_a_date_without_service_names_days_that_have_it(tmp_path):
    query = Query(town.TUESDAY.replace(day=17), H8, H8 + 600)
    with pytest.raises(InputError, match=r"nothing runs on Saturday 2026-10-17; .*2026-10-01 to 2026-10-30"):
        times(one_line(tmp_path), ORIGIN, WORK, query)


def test_who_stays_seated_needs_no_slack_and_no_further_ride(tmp_path):
    # One vehicle: A to M as trip one, at once on to B as trip two. Nobody could change within 60 s.
    stops = {"A": (99.5, 0), "M": (2_500, 0), "B": (5_000, 0)}
    trips = [
        ("one", "weekdays", [("A", "8:05:00"), ("M", "8:10:00")]),
        ("two", "weekdays", [("M", "8:10:00"), ("B", "8:15:00")]),
    ]

    def p50(name, blocks, **changes):
        rows = ["trip_id,route_id,service_id,block_id"]
        rows += [f"{trip},r,weekdays,{block}" for (trip, _, _), block in zip(trips, blocks, strict=True)]
        (tmp_path / name).mkdir()
        network = one_line(tmp_path / name, stops=stops, trips=trips, texts={"trips": "\n".join(rows)})
        query = town.query("08:00-08:01", percentiles=(50,), max_rides=1, **changes)
        there = int(times(network, ORIGIN, WORK, query)[0, 0, 0])
        back = town.query("08:20-08:21", percentiles=(50,), max_rides=1, direction="to", **changes)
        return there, int(times(network, WORK, ORIGIN, back)[0, 0, 0])

    # at B by 8:15, at work 50 s later; leaving by 8:05:00 - 61 s - 100 s to be there by 8:20
    assert p50("one-vehicle", ["v", "v"]) == (15 * 60 + 50, 15 * 60 + 161)
    assert p50("two-vehicles", ["v", "w"]) == (UNREACHED, UNREACHED)
    assert p50("no-blocks", ["", ""]) == (UNREACHED, UNREACHED)


def test_a_slower_vehicle_is_taken_for_where_it_goes_on_to(tmp_path):
    # From M the first bus to S is there 30 s sooner, but 40 s are too short to catch the one on to B there.
    stops = {"A": (99.5, 0), "M": (2_000, 0), "S": (3_500, 0), "B": (5_000, 0)}
    trips = [
        ("to-m", "weekdays", [("A", "8:05:00"), ("M", "8:10:00")]),
        ("sooner", "weekdays", [("M", "8:12:00"), ("S", "8:20:00")]),
        ("later", "weekdays", [("M", "8:12:30"), ("S", "8:20:30")]),
        ("on", "weekdays", [("S", "8:20:40"), ("B", "8:25:00")]),
    ]
    rows = ["trip_id,route_id,service_id,block_id"]
    rows += [f"{trip},r,weekdays,{'v' if trip in {'later', 'on'} else ''}" for trip, _, _ in trips]
    network = one_line(tmp_path, stops=stops, trips=trips, texts={"trips": "\n".join(rows)})
    query = town.query("08:00-08:01", percentiles=(50,), max_rides=2)
    assert times(network, ORIGIN, WORK, query)[0, 0, 0] == 25 * 60 + 50
