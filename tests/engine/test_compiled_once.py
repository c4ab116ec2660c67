"""A kernel is compiled once, for one set of types: each further one costs whoever runs it first seconds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import town

SCRIPT = """
import json, pkgutil, importlib, sys
from pathlib import Path
import numba
import ptreach.engine, ptreach.network, town
from ptreach.engine.raptor.engine import RaptorEngine

folder = Path(sys.argv[1])
network = town.build(folder, folder / "street.osm", folder / "bus.zip")
home, far = town.points(home=(49.5, 0)), town.points(far=(8_049.5, 0))
for direction in ("from", "to"):
    for few in (9, 0):
        town.seconds(RaptorEngine(network, few=few).travel_times(home, far, town.query(direction=direction)))
    RaptorEngine(network).journeys(home, far, town.query(direction=direction), [(0, 0)])
found = {}
for room in (ptreach.engine, ptreach.network):
    for item in pkgutil.walk_packages(room.__path__, room.__name__ + "."):
        for name, thing in vars(importlib.import_module(item.name)).items():
            if isinstance(thing, numba.core.dispatcher.Dispatcher):
                found[name] = len(thing.signatures)
print(json.dumps(found))
"""
# Small, and called with numbers of two widths.
TWICE = {"length_e7", "segment_e7", "walk_s"}
# Only R5's rules want these.
NEVER = {"nearest_of_edges", "_nearer", "fill_box", "_r5_cell_of", "_mark_nearest"}


def test_every_kernel_is_compiled_for_one_set_of_types(tmp_path):
    town.straight_street(tmp_path / "street.osm", 9_000)
    # two stops near the one point, so that walks are searched from the point
    stops = town.stops_text(A=(99.5, 0), B=(8_000, 0), C=(8_100, 0))
    calls = [("A", "8:10:00"), ("B", "8:20:00")]
    town.write_feed(tmp_path / "bus.zip", stops=stops, **town.trips_texts([("t", "weekdays", calls)]))
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)],
        env={
            **os.environ,
            "PTREACH_CACHE": str(tmp_path / "cache"),  # what is cached is not compiled
            "PYTHONPATH": os.pathsep.join([str(Path(town.__file__).parent), *sys.path]),
        },
        check=True,
        capture_output=True,
        text=True,
    )
    compiled = json.loads(done.stdout)
    assert len(compiled) > 40
    assert {name for name, n in compiled.items() if n > 1} <= TWICE
    assert {name for name, n in compiled.items() if n == 0} <= NEVER
