"""A matrix in parts, measured: by threads, by worker processes, and what follows for all England.

``python many_to_many.py NETWORK POINTS DATE``: the folder of a built network, points to take both ways, a day
it runs on. Prints seconds, seconds of processor, memory and bytes as JSON, and from them the plan of
``docs/england.md``, whose formulas are `england`. Walls are the least of some rounds.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from ptreach.engine.raptor.engine import RaptorEngine
from ptreach.matrix.build import write_parts
from ptreach.matrix.cluster import _client, each_done, write_on_cluster
from ptreach.matrix.parts import begin_parts
from ptreach.matrix.points import read_points
from ptreach.matrix.question import Question, rows_a_part, written_by
from ptreach.model import Points, Query, no_progress
from ptreach.network.build import open_network

ENGLAND_ZONES: Final = 33_755
ENGLAND_ROWS: Final = 83_000_000
"""Rows of stop_times.txt of all England's buses: the national model's, as the README has them."""
ENGLAND_STREETS: Final = 6_200_000
ENGLAND_STOPS: Final = 300_000
LONDON: Final = 2.0
"""Twice the measured cost of what lies in reach, for places denser than the scale model."""


def cpu_s() -> float:
    """Seconds of processor of this process and of those of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def timed(job: Any, rounds: int) -> tuple[float, float]:
    """Return the least seconds and seconds of processor of a job."""
    walls, cpus = [], []
    for _ in range(rounds):
        began_s, began_cpu_s = time.perf_counter(), cpu_s()
        job()
        walls.append(time.perf_counter() - began_s)
        cpus.append(cpu_s() - began_cpu_s)
    return min(walls), min(cpus)


def question_of(network: Path, points: Points, query: Query) -> Question:
    """Ask for all points to all points."""
    opened = open_network(network)
    return Question("raptor", opened.digest, opened.rules._asdict(), points, points, query, written_by())


def one_process(network: Path, question: Question, workers: int, rounds: int) -> dict[str, float]:
    """Write all parts in this process."""
    folder = Path(tempfile.mkdtemp())
    outs = iter(range(rounds))
    rows = 0

    def job() -> None:
        nonlocal rows
        matrix = begin_parts(folder / f"{next(outs)}.parts", question)
        rows = write_parts(RaptorEngine(network, workers=workers), matrix, no_progress)

    wall_s, used_s = timed(job, rounds)
    written = sum(path.stat().st_size for path in (folder / "0.parts").glob("*.parquet"))
    shutil.rmtree(folder)
    return {
        "wall_s": wall_s,
        "cpu_s": used_s,
        "rows": rows,
        "bytes": written,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def by_cluster(network: Path, question: Question, workers: int, rounds: int) -> dict[str, float]:
    """Write all parts by worker processes; ``block_s``: from part to part once they are at work."""
    folder = Path(tempfile.mkdtemp())
    outs = iter(range(rounds))
    between: list[float] = []

    def job() -> None:
        at_s: list[float] = []
        matrix = begin_parts(folder / f"{next(outs)}.parts", question)
        write_on_cluster(
            matrix, network, "local", workers=workers, progress=lambda *_: at_s.append(time.perf_counter())
        )
        # the first parts wait for the network to be opened
        after = at_s[workers:]
        between.append((after[-1] - after[0]) / (len(after) - 1))

    wall_s, used_s = timed(job, rounds)
    shutil.rmtree(folder)
    return {"wall_s": wall_s, "cpu_s": used_s, "block_s": min(between)}


def block_overhead_ms(blocks_n: int = 500) -> dict[str, float]:
    """Milliseconds that Dask takes for a block in which there is nothing to do, at two workers."""
    with _client("local", 2) as client:
        list(each_done(client, int, range(10)))
        wall_s, used_s = timed(lambda: list(each_done(client, int, range(blocks_n))), 1)
    return {"wall_ms": wall_s / blocks_n * 1000, "client_cpu_ms": used_s / blocks_n * 1000}


def an_origin_ms(engine: RaptorEngine, origins: Points, destinations: Points, query: Query) -> float:
    """Milliseconds of one core for an origin once the engine is prepared."""

    def job() -> None:
        for _ in engine.travel_times(origins, destinations, query):
            pass

    job()
    return timed(job, 2)[1] / len(origins) * 1000


def what_costs(network: Path, points: Points, query: Query) -> dict[str, float]:
    """Milliseconds an origin: as asked, with next to nothing in reach, to as many places as England has."""
    engine = RaptorEngine(network, workers=1)
    prepare_s = timed(lambda: (engine._calls(query), engine._places(points, query)), 1)[1]
    step = max(1, len(points) // 128)
    some = Points.of(points.ids[::step], points.lon[::step], points.lat[::step])
    # England's number of places to go to, all of them in this network
    turn = np.random.default_rng(1).uniform(-0.01, 0.01, (2, ENGLAND_ZONES))
    row = np.arange(ENGLAND_ZONES) % len(points)
    crowd = Points.of(map(str, range(ENGLAND_ZONES)), points.lon[row] + turn[0], points.lat[row] + turn[1])
    return {
        "prepare_s": prepare_s,
        "origin_ms": an_origin_ms(engine, some, points, query),
        "origin_10_min_ms": an_origin_ms(engine, some, points, replace(query, max_time_min=10)),
        "origin_33755_ms": an_origin_ms(engine, some, crowd, query),
        "stops": engine.network.stops_n,
        "calls": engine._calls(query).stop.size,
        "edges": engine.network.linkage.edges.mm.size,
        "network_mb": sum(path.stat().st_size for path in network.iterdir()) / 1e6,
    }


def england(
    cost: dict[str, float], alone: dict[str, float], pairs: int, model: dict[str, float]
) -> dict[str, float]:
    """Return the plan for all England from what a network of known size cost.

    An origin costs what lies in its reach (twice, for London), a look at each call of the country in the
    hours asked, and a look at each destination, as if all were in reach. What a process prepares, and the
    memory it takes, grow with the timetable.
    """
    larger = ENGLAND_ROWS / model["stop_times"]
    streets = ENGLAND_STREETS / model["street_ways"]
    looks_ms = cost["origin_33755_ms"] - cost["origin_ms"]
    origin_ms = LONDON * cost["origin_ms"] + larger * cost["origin_10_min_ms"] + looks_ms
    rows_n = rows_a_part(ENGLAND_ZONES, 5)
    row_bytes = alone["bytes"] / alone["rows"]
    return {
        "times_the_timetable": larger,
        "network_gb": cost["network_mb"] * max(larger, streets) / 1000,
        "origin_ms": origin_ms,
        "core_hours": origin_ms * ENGLAND_ZONES / 3.6e6,
        "prepare_s_a_process": cost["prepare_s"] * larger,
        "origins_a_part": rows_n,
        "parts": -(-ENGLAND_ZONES // rows_n),
        "part_s": rows_n * origin_ms / 1000,
        "row_bytes": row_bytes,
        "gb_where_all_are_reached": ENGLAND_ZONES**2 * row_bytes / 1e9,
        "share_reached_here": alone["rows"] / pairs,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="many_to_many.py", description=__doc__)
    parser.add_argument("network", type=Path)
    parser.add_argument("points", type=Path)
    parser.add_argument("date", type=str)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument(
        "--stop-times", type=int, default=5_000_000, help="rows of the network's stop_times.txt"
    )
    parser.add_argument("--street-ways", type=int, default=190_000, help="streets of its map")
    asked = parser.parse_args()
    points = read_points(asked.points)
    date = np.datetime64(asked.date).item()
    query = Query(date, 7 * 3600, 9 * 3600)
    question = question_of(asked.network, points, query)
    found: dict[str, Any] = {"parts": len(question.parts)}
    for workers in (1, 2):
        found[f"threads {workers}"] = one_process(asked.network, question, workers, asked.rounds)
        print(json.dumps(found), file=sys.stderr)
    for workers in (1, 2):
        found[f"workers {workers}"] = by_cluster(asked.network, question, workers, asked.rounds)
        print(json.dumps(found), file=sys.stderr)
    found["overhead of a block"] = block_overhead_ms()
    found["cost"] = what_costs(asked.network, points, query)
    model = {"stop_times": asked.stop_times, "street_ways": asked.street_ways}
    found["England"] = england(found["cost"], found["threads 1"], len(points) ** 2, model)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
