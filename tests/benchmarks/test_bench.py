"""The benchmark's own code, on a network of one street and one line; no time is asserted."""

from __future__ import annotations

import town
from benchmarks import bench


def small(tmp_path):
    leaves = range(8 * 3600 + 300, 10 * 3600, 600)
    trips = [(f"t{s}", "weekdays", [("A", town.clock(s)), ("B", town.clock(s + 600))]) for s in leaves]
    feed = town.write_feed(
        tmp_path / "bus.zip",
        stops=town.stops_text(A=(99.5, 0), B=(5_000, 0)),
        **town.trips_texts(trips),
    )
    network = town.build(tmp_path, town.straight_street(tmp_path / "street.osm", 6_000), feed)
    return network, town.points(**{f"p{x}": (x, 0) for x in range(0, 6_000, 1_000)})


def test_a_square_is_timed_and_its_work_counted(tmp_path):
    network, points = small(tmp_path)
    row = bench.square(network, points, town.query(), workers=2, repeats=1)
    assert row["points"] == len(points) == 6
    assert row["ms an origin"] > 0
    # Two threads sweep three places each. A is within 20 min on foot of those at 0 and 1 km: 100 s and 901 s.
    # Leaving between 8:00 and 8:29 they catch the buses of 8:05 to 8:35 and of 8:25 to 8:55: six in a sweep,
    # each new at B. From places near B nothing can be caught.
    assert row["sweeps an origin"] == 2 / 6
    assert row["calls an origin"] == row["calls_new an origin"] == 6 / 6
    assert row["changes an origin"] == 0


def test_growth_has_a_row_for_each_size(tmp_path, capsys):
    network, points = small(tmp_path)
    rows = bench.growth(network, points, town.query(), repeats=1)
    assert [row["value"] for row in rows if row["what"] == "origins"] == [1, 6, 6, 6]
    assert all(row["ms"] > 0 for row in rows)
    text = bench.table([{"a": 1234.5, "b": "x"}, {"a": 0.12345, "b": None}])
    assert text.splitlines() == ["a  1,234  0.123", "b      x   None"]
