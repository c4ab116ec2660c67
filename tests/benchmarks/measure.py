"""Figures that need a process of their own: building, compiling, and the most memory held on the way.

``python measure.py PLACE STAGE FOLDER`` prints them as JSON; `FOLDER` keeps what is built.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ptreach.engine.raptor.engine import RaptorEngine
from ptreach.model import Points, no_progress
from ptreach.network.build import build_network
from r5_answers import PLACES, read_points, some, window


def peak_mb() -> float | None:
    """Most memory this process has held, where the system tells (elsewhere it counts its parent's too)."""
    status = Path("/proc/self/status")
    if not status.is_file():
        return None
    rows = dict(line.split(":", 1) for line in status.read_text("ascii").splitlines())
    return int(rows["VmHWM"].split()[0]) / 1024


def spread(points: Points, n: int) -> Points:
    """Choose about `n` of the points, spread over their order."""
    return some(points, points.ids[:: max(1, len(points) // n)])


def run(engine: RaptorEngine, origins: Points, destinations: Points, query: Any) -> None:
    """Compute a matrix and drop it, block by block."""
    for _ in engine.travel_times(origins, destinations, query):
        pass


def stage(name: str, what: str, built: Path) -> dict[str, Any]:
    """Do one thing of a place and say what it took."""
    place = PLACES[name]
    files = [place.osm], place.feeds
    began = time.perf_counter()
    if what == "build":
        build_network(*files, built, no_progress)
        return {"seconds": time.perf_counter() - began, "peak MB": peak_mb()}
    points, query = read_points(name), window(place)
    if what == "query":
        network = build_network(*files, built, no_progress)
        run(RaptorEngine(network, workers=os.cpu_count() or 1), points, points, query)
        return {"peak MB": peak_mb()}
    few = spread(points, 20)
    network = build_network(*files, built, no_progress)
    run(RaptorEngine(network, few=0), few, few, query)
    run(RaptorEngine(network), few, few, query)
    return {"seconds": time.perf_counter() - began}


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


if __name__ == "__main__":
    print(json.dumps(stage(sys.argv[1], sys.argv[2], Path(sys.argv[3]))))
