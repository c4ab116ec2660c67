"""Speed of the engine on two real places, and how its cost grows: `make bench`. Nothing is asserted of times.

Times are the least of some rounds. What explains them stands beside them: work done, bytes, the figures that
a process of its own has to measure. `table.py` prints all of it.
"""

from __future__ import annotations

import csv
import io
import os
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from measure import child, run, spread

from ptreach.engine.raptor.engine import RaptorEngine
from ptreach.model import no_progress
from ptreach.network.build import build_network, open_network
from r5_answers import PLACES, REFERENCE, read_points, window

if TYPE_CHECKING:
    from collections.abc import Callable

    from ptreach.model import Points, Query

pytestmark = pytest.mark.skipif(not REFERENCE.is_dir(), reason=f"real data absent: {REFERENCE}")

R5_MS: Final = {"iow": 27.0, "rnv": 43.0}
"""Milliseconds an origin that R5 took for the same squares on two cores."""
WORKERS: Final = os.cpu_count() or 1
GROWTH: Final = "rnv"


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Where networks are built; kernels are compiled before anything is timed."""
    folder = tmp_path_factory.mktemp("built")
    child("iow", "compile", folder)
    return folder


def network_of(name: str, folder: Path) -> Path:
    place = PLACES[name]
    return build_network([place.osm], place.feeds, folder, no_progress)


def timed(benchmark: Any, job: Callable[..., object], *args: Any, rounds: int = 5, **info: Any) -> None:
    """Time a job, with what explains it."""
    benchmark.extra_info.update(info)
    benchmark.pedantic(job, args=args, rounds=rounds, warmup_rounds=1)


@pytest.mark.parametrize("name", PLACES)
def test_query(benchmark, folder, name):
    network, points, query = network_of(name, folder), read_points(name), window(PLACES[name])
    engine = RaptorEngine(network, workers=WORKERS, few=0)
    run(engine, points, points, query)
    timetable, work = engine._prepared(query).timetable, engine.work()
    timed(
        benchmark,
        lambda: run(RaptorEngine(network, workers=WORKERS, few=0), points, points, query),
        rounds=7,
        place=name,
        origins=len(points),
        workers=WORKERS,
        r5_ms=R5_MS[name],
        departures_and_pattern_stops=query.departures_n * timetable.stop.size,
        work={key: number / len(points) for key, number in work._asdict().items()},
        **{"peak MB": child(name, "query", folder)["peak MB"]},
    )


@pytest.mark.parametrize("name", PLACES)
def test_build(benchmark, folder, tmp_path, name):
    place, number = PLACES[name], iter(range(100))
    timed(
        benchmark,
        lambda: build_network([place.osm], place.feeds, tmp_path / str(next(number)), no_progress),
        rounds=3,
        place=name,
        **{"peak MB": child(name, "build", tmp_path / "alone")["peak MB"]},
    )


@pytest.mark.parametrize("name", PLACES)
def test_open(benchmark, folder, name):
    network_of(name, folder)
    timed(benchmark, lambda: open_network(network_of(name, folder)), place=name)


@pytest.mark.parametrize("name", PLACES)
def test_compile(benchmark, folder, tmp_path, name):
    cold = child(name, "compile", tmp_path / "cold", PTREACH_CACHE=str(tmp_path / "cache"))["seconds"]
    benchmark.extra_info.update(place=name, cold_s=cold)
    benchmark.pedantic(
        lambda: child(name, "compile", tmp_path / "warm", PTREACH_CACHE=str(tmp_path / "cache")), rounds=1
    )


def grow(
    benchmark: Any, network: Path, what: str, value: float, sizes: tuple[Points, Points], query: Query
) -> None:
    """Time a query with one of its sizes changed, on one thread; the changes found beforehand."""
    engine = RaptorEngine(network, workers=1)
    timed(
        benchmark,
        run,
        engine,
        *sizes,
        query,
        rounds=3,
        place=GROWTH,
        grows=what,
        value=value,
        origins=len(sizes[0]),
    )


def sample() -> tuple[Points, Points]:
    points = read_points(GROWTH)
    return spread(points, 100), points


@pytest.mark.parametrize("minutes", [1, 15, 30, 60, 120, 240, 480])
def test_growth_with_the_window(benchmark, folder, minutes):
    query = window(PLACES[GROWTH])
    query = replace(query, window_end_s=query.window_start_s + 60 * minutes)
    grow(benchmark, network_of(GROWTH, folder), "window, min", minutes, sample(), query)


@pytest.mark.parametrize("n", [1, 10, 100, 1260])
def test_growth_with_origins(benchmark, folder, n):
    origins = spread(read_points(GROWTH), n)
    sizes = origins, read_points(GROWTH)
    grow(benchmark, network_of(GROWTH, folder), "origins", len(origins), sizes, window(PLACES[GROWTH]))


@pytest.mark.parametrize("n", [1, 10, 100, 1260])
def test_growth_with_destinations(benchmark, folder, n):
    destinations = spread(read_points(GROWTH), n)
    sizes = sample()[0], destinations
    grow(
        benchmark,
        network_of(GROWTH, folder),
        "destinations",
        len(destinations),
        sizes,
        window(PLACES[GROWTH]),
    )


@pytest.mark.parametrize("rides", [1, 2, 4, 8, 16])
def test_growth_with_rides(benchmark, folder, rides):
    query = replace(window(PLACES[GROWTH]), max_rides=rides)
    grow(benchmark, network_of(GROWTH, folder), "rides at most", rides, sample(), query)


@pytest.mark.parametrize("every", [16, 8, 4, 2, 1])
def test_growth_with_trips(benchmark, folder, tmp_path, every):
    """Of the same feed, every so many-th trip."""
    place = PLACES[GROWTH]
    thinned = tmp_path / "thinned.zip"
    with zipfile.ZipFile(place.feeds[0]) as source, zipfile.ZipFile(thinned, "w") as target:
        for entry in source.namelist():
            data = source.read(entry)
            if entry == "trips.txt":
                rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
                text = io.StringIO()
                csv.writer(text).writerows([rows[0], *rows[1::every]])
                data = text.getvalue().encode()
            target.writestr(entry, data)
    network = build_network([place.osm], [thinned], tmp_path / "built", no_progress)
    query = window(place)
    trips_n = RaptorEngine(network)._prepared(query).timetable.trip_row.size
    grow(benchmark, network, "trips in its hours", trips_n, sample(), query)
