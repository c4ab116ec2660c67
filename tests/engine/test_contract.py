"""What every engine owes to those who ask it: one test of the seam, for ours, for R5 and for the oracle."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

import town
from oracle import Oracle
from ptreach.engine.r5_engine import R5Engine
from ptreach.engine.raptor.engine import RaptorEngine
from ptreach.errors import InputError
from ptreach.model import UNREACHED, PointLinks, TravelTimeMatrix
from r5_made import make_machine, prepared

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ptreach.engine.base import Engine

STOPS = {"A": (300, 0), "B": (2400, 0), "C": (5100, 0)}
# a part of a metre off, so that no walk ends on a whole second, and no time near a whole minute
PLACES = {"home": (100.5, 0), "middle": (2500.5, 0), "far": (5300.5, 0), "nowhere": (2500.5, 9000)}
ENDS = {"far": (5300.5, 0), "home": (100.5, 0), "end": (5922.2, 0), "nowhere": (2500.5, 9000)}
LONGEST_S = 20 * 60


def feed_texts() -> dict[str, str]:
    """A bus every ten minutes from A by B to C, at half past a minute; now and then it is late."""
    trips = []
    for number, start_s in enumerate(range(8 * 3600 + 330, 9 * 3600 + 1800, 600)):
        late_s = 120 * (number % 3 == 1)
        times = [
            town.clock(start_s),
            f"{town.clock(start_s + 260)}-{town.clock(start_s + 280)}",
            town.clock(start_s + 520 + late_s),
        ]
        trips.append((f"t{number}", "weekdays", list(zip(STOPS, times, strict=True))))
    return {"stops": town.stops_text(**STOPS), **town.trips_texts(trips)}


class OracleEngine:
    """The oracle behind the seam; it walks along one straight street at a metre a second."""

    name = "oracle"
    notes: tuple[str, ...] = ()
    resolution_s = 1
    software = {}  # noqa: RUF012  as the protocol has it
    rules = {"board_slack_s": 60}  # noqa: RUF012  as the protocol has it

    def __init__(self, feed: Path) -> None:
        self.texts = town.read_feed(feed)

    @staticmethod
    def _walk_s(one: str, other: str) -> int | None:
        places = {**STOPS, **PLACES, **ENDS}
        (x0, y0), (x1, y1) = places[one], places[other]
        seconds = math.ceil(abs(x0 - x1))
        return seconds if seconds < LONGEST_S and max(y0, y1) < 1600 else None

    def each_departure(self, origins, destinations, query):
        """One row a block."""
        oracle = Oracle(self.texts, query.date, self._walk_s, LONGEST_S)
        minutes = range(query.window_start_s, query.window_end_s, 60)
        for origin in origins.ids:
            seconds = np.full((1, len(destinations), len(minutes)), UNREACHED, dtype=np.uint16)
            for at, minute_s in enumerate(minutes):
                if query.direction == "from":
                    found = oracle.departing(origin, list(destinations.ids), minute_s)
                else:
                    found = oracle.arriving(list(destinations.ids), origin, minute_s)
                for column, name in enumerate(destinations.ids):
                    if found[name][query.max_rides] < query.max_time_s:
                        seconds[0, column, at] = found[name][query.max_rides]
                    if name == origin:
                        seconds[0, column, at] = 0
            yield seconds

    def travel_times(self, origins, destinations, query) -> Iterator[TravelTimeMatrix]:
        """One row a block."""
        for origin, seconds in zip(
            origins.ids, self.each_departure(origins, destinations, query), strict=True
        ):
            ranked = np.apply_along_axis(
                lambda times: [town.nearest_rank(times, p) for p in query.percentiles], 2, seconds
            ).astype(np.uint16)
            yield TravelTimeMatrix((origin,), destinations.ids, query.percentiles, ranked)

    def street_distance_m(self, points, within_m):
        """Straight to the street, which runs due east."""
        off_m = (points.lat - town.LAT) * town.METRES_A_DEGREE
        return np.where(off_m <= min(within_m, 1600), off_m, np.nan)

    def point_links(self, points, _query):
        """As far along the street as one may walk."""
        off_m = self.street_distance_m(points, 1600)
        near, served = (
            np.array([any(self._walk_s(name, stop) is not None for stop in stops) for name in points.ids])
            for stops in ("ABC", "BC")
        )
        return PointLinks(~np.isnan(off_m), off_m, near, served)


@pytest.fixture(params=["oracle", "raptor", "r5"])
def engine(request, tmp_path, monkeypatch) -> Engine:
    street = town.straight_street(tmp_path / "street.osm", 6_000)
    feed = town.write_feed(tmp_path / "bus.zip", **feed_texts())
    if request.param == "oracle":
        return OracleEngine(feed)
    network = town.build(tmp_path, street, feed)
    if request.param == "raptor":
        return RaptorEngine(network, few=0)
    make_machine(tmp_path / "machine", monkeypatch)
    return R5Engine(prepared(network, [street], feed), workers=2)


@pytest.fixture(scope="module")
def oracle(tmp_path_factory) -> Engine:
    return OracleEngine(town.write_feed(tmp_path_factory.mktemp("feed") / "bus.zip", **feed_texts()))


def rounded(seconds: np.ndarray, resolution_s: int) -> np.ndarray:
    """Seconds as an engine of a resolution has them."""
    return np.where(seconds == UNREACHED, UNREACHED, seconds // resolution_s * resolution_s)


def test_an_engine_answers_as_the_seam_promises(engine, oracle, monkeypatch):
    monkeypatch.setattr("ptreach.engine.r5_ask._BLOCK_ROWS", 2)
    origins, ends = town.points(**PLACES), town.points(**ENDS)
    query = town.query("08:00-08:20", percentiles=(5, 25, 50, 75, 90, 95, 100), max_time_min=60)

    blocks = list(engine.travel_times(origins, ends, query))
    assert [name for block in blocks for name in block.origin_ids] == list(origins.ids)
    for block in blocks:
        assert block.destination_ids == ends.ids
        assert block.percentiles == query.percentiles
        assert block.seconds.dtype == np.uint16
        assert block.seconds.shape == (len(block.origin_ids), len(ends), 7)
        assert block.resolution_s == engine.resolution_s
    seconds = town.seconds(blocks)
    reached = seconds != UNREACHED
    assert (seconds[reached] % engine.resolution_s == 0).all()
    assert reached.any()
    assert not reached.all()
    assert not seconds[[0, 2, 3], [1, 0, 3]].any()  # from a place to itself
    expected = town.seconds(oracle.travel_times(origins, ends, query))
    np.testing.assert_array_equal(seconds, rounded(expected, engine.resolution_s))

    each = np.concatenate(list(engine.each_departure(origins, ends, query)))
    assert each.dtype == np.uint16
    assert each.shape == (len(origins), len(ends), 20)
    for row, column in itertools.product(range(len(origins)), range(len(ends))):
        ranked = [town.nearest_rank(each[row, column], p) for p in query.percentiles]
        assert ranked == seconds[row, column].tolist()


def test_an_engine_says_how_points_hang_on_the_streets(engine):
    points = town.points(**PLACES)
    links = engine.point_links(points, town.query())
    assert links.linked.tolist() == [True, True, True, False]
    assert links.near_stop.tolist() == [True, True, True, False]
    assert links.near_service.tolist() == [False, True, True, False]  # nobody steps off at A
    distance_m = engine.street_distance_m(points, 300)
    np.testing.assert_allclose(distance_m, [0, 0, 0, np.nan], atol=0.1)
    assert dict(engine.rules)["board_slack_s"] == 60
    assert all(note.endswith(".") for note in engine.notes)


def test_arrivals_are_answered_or_refused_with_the_reason(engine, oracle):
    origins, ends = town.points(far=PLACES["far"]), town.points(home=PLACES["home"])
    query = town.query("08:40-08:50", direction="to", percentiles=(50,))
    if engine.name == "r5":
        with pytest.raises(InputError, match="R5 searches by departure only") as caught:
            next(engine.travel_times(origins, ends, query))
        assert caught.value.where == "query, direction"
        return
    seconds = town.seconds(engine.travel_times(origins, ends, query))
    np.testing.assert_array_equal(seconds, town.seconds(oracle.travel_times(origins, ends, query)))
    assert 0 < seconds[0, 0, 0] < UNREACHED
