"""Rules of transfers.txt decide which vehicle is caught: journeys on a straight street, by hand.

A bus goes from A to B, where it is at 8:20. At B one boards again; C is 200 m further on. Trams leave B and C
each minute, so the time of arrival at the end, an hour's ride from either, tells how long the change took.
Walking is one metre a second, the slack 60 s: without rules, the first tram at B leaves at 8:22 (more than
60 s after 8:20), that at C at 8:25 (more than 60 s after 8:23:20).
"""

from __future__ import annotations

import pytest

import town
from ptreach.engine.raptor.engine import RaptorEngine
from ptreach.model import UNREACHED, no_progress
from ptreach.network.build import build_network
from ptreach.network.rules import OURS

STOPS = {"A": (99.5, 0), "B": (3_000, 0), "C": (3_199.5, 0), "DB": (8_000, 0), "DC": (12_000, 0)}
HEADER = "from_stop_id,to_stop_id,transfer_type,min_transfer_time\n"
HOME = town.points(home=(49.5, 0))
ENDS = town.points(b=(8_000, 0), c=(12_000, 0))
H8 = 8 * 3600


@pytest.fixture(scope="module")
def street(tmp_path_factory):
    return town.straight_street(tmp_path_factory.mktemp("street") / "street.osm", 13_000)


def trips(start_h=8):
    minutes = range(15, 60)
    return [
        ("bus", "weekdays", [("A", f"{start_h}:10:00"), ("B", f"{start_h}:20:00")]),
        *(
            (f"{stop}{m:02d}", "weekdays", [(stop, f"{start_h}:{m}:00"), (end, f"{start_h + 1}:{m}:00")])
            for stop, end in (("B", "DB"), ("C", "DC"))
            for m in minutes
        ),
    ]


def changes(folder, street, rules="", *, stops=STOPS, parents=None, few=9, rows=OURS, query=None):
    """Minute after 8 at which the trams that are caught at B and at C leave, None where there is none."""
    text = town.stops_text(**stops)
    if parents:
        lines = text.splitlines()
        text = "\n".join(
            f"{line},{'parent_station' if not k else parents.get(line.split(',')[0], '')}"
            for k, line in enumerate(lines)
        )
    texts = {"stops": text, "transfers": HEADER + rules if rules else "", **town.trips_texts(trips())}
    feed = town.write_feed(folder / "bus.zip", **texts)
    network = build_network([street], [feed], folder / "built", no_progress, rows)
    engine = RaptorEngine(network, few=few)
    query = query or town.query("08:00-08:01", percentiles=(50,))
    seconds = town.seconds(engine.travel_times(HOME, ENDS, query))[0, :, 0].astype(int)
    return [None if s == UNREACHED else (s - 3600) / 60 for s in seconds.tolist()]


@pytest.fixture(params=[9, 0], ids=["one by one", "by sweep"])
def caught(request, tmp_path, street):
    return lambda *args, **kwargs: changes(tmp_path, street, *args, few=request.param, **kwargs)


def test_without_rules_the_walk_and_the_slack_decide(caught):
    assert caught() == [22, 25]


def test_a_least_time_between_two_stops(caught):
    # 500 s from 8:20 are 8:28:20; the change at B is another matter
    assert caught("B,C,2,500\n") == [22, 29]


def test_a_least_time_is_from_arrival_to_departure_and_to_the_second(caught):
    assert caught("B,C,2,540\n") == [22, 29]
    assert caught("B,C,2,541\n") == [22, 30]


def test_a_least_time_shorter_than_the_walk_changes_nothing(caught):
    assert caught("B,C,2,30\n") == [22, 25]


def test_a_least_time_at_one_stop(caught):
    assert caught("B,B,2,600\n") == [30, 25]
    assert caught("B,B,2,601\n") == [31, 25]


def test_a_change_that_nobody_may_make(caught):
    assert caught("B,C,3,\n") == [22, None]
    assert caught("B,B,3,\nC,B,3,\n") == [None, 25]


def test_rules_of_the_other_direction_or_without_force(caught):
    assert caught("C,B,3,\nB,C,0,\nB,B,1,\n") == [22, 25]


def test_rules_of_a_station_and_its_platforms(caught):
    stops = {**STOPS, "S": (3_100, 0)}
    assert caught("S,S,2,720\n", stops=stops, parents={"B": "S", "C": "S"}) == [32, 32]
    assert caught("S,S,2,720\nB,C,2,360\n", stops=stops, parents={"B": "S", "C": "S"}) == [32, 26]


def test_who_stays_on_foot_is_not_held_up(tmp_path, street):
    # the end is near B: no change, so no rule
    feed = town.write_feed(
        tmp_path / "bus.zip",
        stops=town.stops_text(**STOPS),
        transfers=f"{HEADER}B,B,3,\nB,C,2,900\n",
        **town.trips_texts(trips()),
    )
    network = town.build(tmp_path, street, feed)
    near = town.points(near=(3_099.5, 0))
    query = town.query("08:00-08:01", percentiles=(50,))
    assert town.seconds(RaptorEngine(network).travel_times(HOME, near, query))[0, 0, 0] == 20 * 60 + 100


def test_where_no_street_joins_two_stops_a_timed_change_is_taken_at_its_word(caught):
    # C is 5 km out at sea
    stops = {**STOPS, "C": (3_199.5, 5_000)}
    assert caught(stops=stops) == [22, None]
    assert caught("B,C,2,480\n", stops=stops) == [22, 28]
    assert caught("B,C,0,\n", stops=stops) == [22, None]
    # but the limit of walks, 20 min, holds
    assert caught("B,C,2,1199\n", stops=stops) == [22, 40]
    assert caught("B,C,2,1200\n", stops=stops) == [22, None]


def test_the_rules_can_be_switched_off(caught):
    assert caught("B,C,3,\nB,B,3,\n", rows=OURS._replace(transfers_txt=False)) == [22, 25]


def test_arriving_by_knows_the_same_rules(tmp_path, street):
    # One tram leaves C at 8:29. With 540 s the bus of 8:10 still catches it, with 541 s it does not.
    for least_s, leaves in ((540, H8 + 600 - 61 - 50), (541, None)):
        folder = tmp_path / str(least_s)
        folder.mkdir()
        kept = [trip for trip in trips() if trip[0] in {"bus", "C29"}]
        feed = town.write_feed(
            folder / "bus.zip",
            stops=town.stops_text(**STOPS),
            transfers=f"{HEADER}B,C,2,{least_s}\n",
            **town.trips_texts(kept),
        )
        network = town.build(folder, street, feed)
        query = town.query("09:30-09:31", percentiles=(50,), direction="to", max_time_min=180)
        for few in (9, 0):
            engine = RaptorEngine(network, few=few)
            ends = town.points(end=(12_000, 0))
            seconds = int(town.seconds(engine.travel_times(ends, HOME, query))[0, 0, 0])
            assert seconds == (UNREACHED if leaves is None else H8 + 90 * 60 - leaves)
