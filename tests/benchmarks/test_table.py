"""The benchmark's own code: the table of figures, and the work that explains them; no time is asserted."""

from __future__ import annotations

import json

import town
from benchmarks import table
from ptreach.engine.raptor.engine import RaptorEngine


def result(name, least_s, **info):
    return {"name": name, "stats": {"min": least_s}, "extra_info": info}


RESULTS = [
    result(
        "test_query[iow]", 0.5, place="iow", origins=100, workers=2, r5_ms=27.0,
        departures_and_pattern_stops=1_000, work={"calls": 12.0}, **{"peak MB": 300.0},
    ),
    result("test_build[iow]", 1.25, place="iow", **{"peak MB": 333.3}),
    result("test_open[iow]", 0.0062, place="iow"),
    result("test_compile[iow]", 4.0, place="iow", cold_s=21.5),
    result("test_growth_with_origins[1]", 0.02, place="iow", grows="origins", value=1, origins=1),
    result("test_growth_with_origins[100]", 0.05, place="iow", grows="origins", value=100, origins=100),
]  # fmt: skip


def test_figures_of_a_place_and_of_growth_are_put_together(tmp_path, capsys):
    (row,) = table.places(RESULTS)
    assert row["ms an origin"] == 5.0
    assert row["times R5"] == 27 / 5
    assert row["ns a departure and pattern-stop"] == 5_000.0
    assert (row["build, s"], row["peak MB, build"], row["compile all kernels, s"]) == (1.25, 333.3, 17.5)
    assert table.growth(RESULTS) == {
        "origins": [
            {"origins": 1.0, "ms": 20.0, "ms an origin": 20.0},
            {"origins": 100.0, "ms": 50.0, "ms an origin": 0.5},
        ]
    }
    path = tmp_path / "bench.json"
    path.write_text(json.dumps({"benchmarks": RESULTS}), encoding="utf-8")
    table.main(path)
    text = capsys.readouterr().out
    lines = [line.split("  ") for line in text.splitlines()]
    cells = [[cell.strip() for cell in line if cell.strip()] for line in lines]
    assert ["ms an origin", "5"] in cells
    assert ["origins", "1", "100"] in cells
    path.write_text('{"benchmarks": []}', encoding="utf-8")
    table.main(path)
    assert capsys.readouterr().out == "skipped: the real data are not there\n"


def test_work_is_counted(tmp_path):
    leaves = range(8 * 3600 + 300, 10 * 3600, 600)
    trips = [(f"t{s}", "weekdays", [("A", town.clock(s)), ("B", town.clock(s + 600))]) for s in leaves]
    feed = town.write_feed(
        tmp_path / "bus.zip",
        stops=town.stops_text(A=(99.5, 0), B=(5_000, 0)),
        **town.trips_texts(trips),
    )
    network = town.build(tmp_path, town.straight_street(tmp_path / "street.osm", 6_000), feed)
    points = town.points(**{f"p{x}": (x, 0) for x in range(0, 6_000, 1_000)})
    engine = RaptorEngine(network, workers=2, few=0)
    town.seconds(engine.travel_times(points, points, town.query()))
    work = engine.work()
    # Two threads sweep three places each. A is within 20 min on foot of those at 0 and 1 km: 100 s and 901 s.
    # Leaving between 8:00 and 8:29 they catch the buses of 8:05 to 8:35 and of 8:25 to 8:55: six in a sweep,
    # each new at B. From places near B nothing can be caught.
    assert (work.sweeps, work.calls, work.calls_new, work.changes) == (2, 6, 6, 0)
