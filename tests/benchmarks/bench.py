"""Speed of the engine: ``make bench`` prints one table of two real places and one of how cost grows.

Each figure of a place is measured in a process of its own, so that compiling, caches and memory are its own;
times are the least of some repeats. Both tables are written to ``.benchmarks/`` as JSON. Nothing is asserted.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ptreach.engine.raptor.engine import RaptorEngine
from ptreach.model import no_progress
from ptreach.network.build import build_network, open_network
from r5_answers import PLACES, REFERENCE, read_points, some, window

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ptreach.model import Points, Query

OUT: Final = Path(__file__).resolve().parents[2] / ".benchmarks"
R5_MS: Final = {"iow": 27.0, "rnv": 43.0}
"""Milliseconds an origin that R5 took for the same squares on two cores."""
REPEATS: Final = 7


def spread(points: Points, n: int) -> Points:
    """Choose about `n` of the points, spread over their order."""
    return some(points, points.ids[:: max(1, len(points) // n)])


def least_s(job: Callable[[], object], repeats: int) -> float:
    """Shortest of some runs."""
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        job()
        times.append(time.perf_counter() - began)
    return min(times)


def run(engine: RaptorEngine, origins: Points, destinations: Points, query: Query) -> None:
    """Compute a matrix and drop it, block by block."""
    for _ in engine.travel_times(origins, destinations, query):
        pass


def square(network: Path, points: Points, query: Query, *, workers: int, repeats: int) -> dict[str, Any]:
    """Time and work of the square matrix of all points, on an engine that has answered once before."""
    engine = RaptorEngine(network, workers=workers, few=0)
    run(engine, points, points, query)
    work = engine.work()
    seconds = least_s(lambda: run(engine, points, points, query), repeats)
    first = least_s(
        lambda: run(RaptorEngine(network, workers=workers, few=0), points, points, query), repeats
    )
    timetable = engine._prepared(query).timetable
    return {
        "points": len(points),
        "workers": workers,
        "ms an origin": 1e3 * first / len(points),
        "ms an origin, same query again": 1e3 * seconds / len(points),
        "ns a departure and pattern-stop": 1e9
        * first
        / len(points)
        / query.departures_n
        / timetable.stop.size,
        **{f"{name} an origin": number / len(points) for name, number in work._asdict().items()},
    }


def growth(network: Path, points: Points, query: Query, *, repeats: int) -> list[dict[str, Any]]:
    """How cost grows with the window, the longest journey (and with it trips), origins and destinations."""
    rows = []

    def row(what: str, value: float, origins: Points, destinations: Points, asked: Query) -> None:
        engine = RaptorEngine(network, workers=1)
        run(engine, origins, destinations, asked)
        seconds = least_s(lambda: run(engine, origins, destinations, asked), repeats)
        rows.append(
            {"what": what, "value": value, "ms": 1e3 * seconds, "ms an origin": 1e3 * seconds / len(origins)}
        )

    sample = spread(points, 100)
    for minutes in (1, 15, 30, 60, 120, 240, 480):
        row(
            "window, min",
            minutes,
            sample,
            points,
            replace(query, window_end_s=query.window_start_s + 60 * minutes),
        )
    for minutes in (15, 30, 60, 120, 240):  # longer journeys may use more trips
        asked = replace(query, max_time_min=minutes)
        row("trips", RaptorEngine(network)._prepared(asked).timetable.trip_row.size, sample, points, asked)
    for n in (1, 10, 100, len(points)):
        origins = spread(points, n)
        row("origins", len(origins), origins, points, query)
    for n in (1, 10, 100, len(points)):
        destinations = spread(points, n)
        row("destinations", len(destinations), sample, destinations, query)
    for rides in (1, 2, 4, 8, 16):
        row("rides at most", rides, sample, points, replace(query, max_rides=rides))
    return rows


def peak_mb() -> float | None:
    """Most memory this process has held, where the system tells."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    return float(
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "linux" else 1024) / 1024
    )


def stage(name: str, what: str, built: Path) -> dict[str, Any]:
    """Measure one thing of a place, in a process of its own."""
    place = PLACES[name]
    files = [place.osm], place.feeds
    if what == "build":
        seconds = least_s(lambda: build_network(*files, built, no_progress), 1)
        return {"build s": seconds, "peak MB of build": peak_mb()}
    network = build_network(*files, built, no_progress)
    if what == "open":
        return {
            "build s, from cache": least_s(
                lambda: open_network(build_network(*files, built, no_progress)), REPEATS
            )
        }
    points, query = read_points(name), window(place)
    if what == "compile":
        few = spread(points, 20)

        def whole(folder: str) -> None:
            fresh = build_network(*files, built / folder, no_progress)
            run(RaptorEngine(fresh, few=0), few, few, query)
            run(RaptorEngine(fresh), few, few, query)

        cold = least_s(lambda: whole(f"{name} cold"), 1)
        return {"compile s, all kernels": cold - least_s(lambda: whole(f"{name} warm"), 1)}
    if what == "memory":
        run(RaptorEngine(network, workers=os.cpu_count() or 1), points, points, query)
        return {"peak MB": peak_mb()}
    if what == "growth":
        return {"rows": growth(network, points, query, repeats=3)}
    result = square(network, points, query, workers=os.cpu_count() or 1, repeats=REPEATS)
    return {**result, "times R5": R5_MS[name] / result["ms an origin"]}


def child(name: str, what: str, built: Path, **environment: str) -> dict[str, Any]:
    """Run a stage in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, name, what, str(built)],
        env={**os.environ, **environment},
        check=True,
        capture_output=True,
        text=True,
    )
    return dict(json.loads(done.stdout))


def table(rows: Sequence[dict[str, Any]]) -> str:
    """Rows as text, one column a row's."""
    names = list(rows[0])
    cells = [[name, *(shown(row[name]) for row in rows)] for name in names]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in cells
    )


def shown(value: object) -> str:
    """A number with three digits that matter."""
    return (
        f"{value:,.0f}"
        if isinstance(value, float) and value >= 100
        else f"{value:.3g}"
        if isinstance(value, float)
        else str(value)
    )


def main() -> None:
    """Measure all and print."""
    if not REFERENCE.is_dir():
        sys.exit(f"The benchmark needs the real data beside the project: {REFERENCE} is absent.")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        built = Path(folder)
        child("iow", "square", built / "warm")  # compiles and caches all kernels
        for name in PLACES:
            print(f"{name} ...", file=sys.stderr)
            row: dict[str, Any] = {"place": name, **child(name, "build", built), **child(name, "open", built)}
            row |= child(name, "compile", built, PTREACH_CACHE=str(built / f"{name}.cache"))
            row |= child(name, "memory", built)
            rows.append(row | child(name, "square", built))
        print("growth ...", file=sys.stderr)
        grown = child("rnv", "growth", built)["rows"]
    print(table(rows), end="\n\n")
    for what in dict.fromkeys(row["what"] for row in grown):
        part = [row for row in grown if row["what"] == what]
        print(
            table(
                [
                    {what: float(row["value"]), "ms": row["ms"], "ms an origin": row["ms an origin"]}
                    for row in part
                ]
            )
        )
    OUT.mkdir(exist_ok=True)
    (OUT / "bench.json").write_text(json.dumps({"places": rows, "growth": grown}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(stage(sys.argv[1], sys.argv[2], Path(sys.argv[3]))))
    else:
        main()
