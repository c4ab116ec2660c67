"""A stand-in for r5py: its names and parameters, and its traps; R5's answers from our engine by R5's rules.

The tests copy it into a folder as the package ``r5py``. What it is to do wrong is said in ``STAND_IN``.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import shutil
import signal
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import geopandas
import numpy as np
import osmium
import pandas as pd

from ptreach.engine.raptor.engine import RaptorEngine
from ptreach.model import UNREACHED, Points, Query, no_progress
from ptreach.network.build import build_network, open_network
from ptreach.network.rules import R5

__version__ = "1.1.7"
FAULT = os.environ.get("STAND_IN", "")
JAVA_SAYS = {
    "old-java": "java.lang.UnsupportedClassVersionError: com/conveyal/r5/streets/StreetLayer has been "
    "compiled by a more recent version of the Java Runtime (class file version 65.0)",
    "no-java": "jpype._jvmfinder.JVMNotFoundException: No JVM shared library file (libjvm.so) found.",
    "no-jar": "requests.exceptions.ConnectionError: HTTPSConnectionPool(host='github.com', port=443): Max "
    "retries exceeded with url: /r5py/r5/releases/download/v7.5.1-r5py/r5-v7.5.1-r5py-all.jar",
    "damaged-jar": "r5py.util.exceptions.ChecksumFailed: Checksum failed for https://github.com/r5py/r5, "
    "expected d50be1, got e3b0c4",
    "other-jar": "ModuleNotFoundError: No module named 'com'",
    "no-heap": "java.lang.OutOfMemoryError: java.lang.OutOfMemoryError: Java heap space",
    "feed": "r5py.util.exceptions.GtfsFileError: Could not load GTFS file buses-0123.zip. \n"
    "EmptyFieldError: trips line 2, field 'route_id': No value supplied for a required column.\n"
    "- RangeError: transfers line 9: Number 4.0 outside of acceptable range [0.0,3.0].",
    "twice": "com.conveyal.r5.transit.DuplicateFeedException: Duplicate feed: buses",
    "odd": "java.lang.IllegalStateException: Something of R5's own",
}


def _read_command_line():
    """Read whoever's command line it is, as r5py does when it is imported."""
    parser = argparse.ArgumentParser(add_help=False)
    for short, long in (("-m", "--max-memory"), ("-t", "--temporary-directory"), ("-r", "--r5-classpath")):
        parser.add_argument(short, long, default="")
    parser.add_argument("-v", "--verbose", action="store_true")
    return parser.parse_known_args(sys.argv[1:])[0]


ARGUMENTS = _read_command_line()
CACHE = Path(os.environ.get("LOCALAPPDATA") or os.environ["XDG_CACHE_HOME"]) / "r5py"
CACHE.mkdir(parents=True, exist_ok=True)
CONFIG = Path(os.environ.get("APPDATA") or os.environ["XDG_CONFIG_HOME"]) / "r5py.yml"
CONFIG.parent.mkdir(parents=True, exist_ok=True)
CONFIG.write_text("# a file that nobody asked for\n", encoding="utf-8")
if not ARGUMENTS.r5_classpath:
    (CACHE / "r5-v7.5.1-r5py-all.jar").write_bytes(b"PK\x05\x06" + 18 * b"\0")  # "downloaded": an empty zip
R5_CLASSPATH = ARGUMENTS.r5_classpath or str(CACHE / "r5-v7.5.1-r5py-all.jar")


def _java_class(name):
    """Give what is asked of a class of Java's: its release, the release of R5."""
    if name == "java.lang.System":
        return SimpleNamespace(getProperty={"java.version": "21.0.4"}.get)
    assert name == "com.conveyal.r5.SoftwareVersion"
    return SimpleNamespace(instance=SimpleNamespace(version="v7.5.1"))


sys.modules["jpype"] = SimpleNamespace(JClass=_java_class)
sys.modules["r5py.util"] = SimpleNamespace()
sys.modules["r5py.util.classpath"] = SimpleNamespace(R5_CLASSPATH=R5_CLASSPATH)
print("Java says something on standard output, without an end", end="", flush=True)
if FAULT in JAVA_SAYS and FAULT not in {"no-heap", "feed", "twice"}:
    raise RuntimeError(JAVA_SAYS[FAULT])


class RegionalTask:
    """A request: r5py's parameters, and what it makes of them."""

    def __init__(
        self,
        transport_network,
        origin=None,
        destinations=None,
        departure=None,  # default: now
        departure_time_window=dt.timedelta(minutes=10),
        percentiles=[50],
        transport_modes=["TRANSIT"],
        access_modes=["WALK"],
        egress_modes=None,
        max_time=dt.timedelta(hours=2),
        max_time_walking=None,
        max_time_cycling=None,
        max_time_driving=None,
        speed_walking=3.6,
        speed_cycling=12.0,
        max_public_transport_rides=8,
        max_bicycle_traffic_stress=3,
    ):
        if len(percentiles) > 5:
            raise ValueError("Maximum number of percentiles allowed is 5")
        start_s = 60 * (60 * departure.hour + departure.minute)  # its seconds are dropped
        self.percentiles = list(percentiles)
        minutes = dt.timedelta(minutes=1)
        self.query = Query(
            date=departure.date(),
            window_start_s=start_s,
            window_end_s=start_s + int(departure_time_window.total_seconds()),
            percentiles=tuple(percentiles),
            walk_speed_kph=speed_walking,
            max_walk_min=(max_time if max_time_walking is None else max_time_walking) // minutes,
            max_time_min=max(max_time, max_time_walking or max_time) // minutes,
            max_rides=max_public_transport_rides,
        )


def _working_copy(path):
    """Link a file into the cache under its base name; one that is there is kept, whatever it is."""
    link = CACHE / Path(path).name
    if not link.exists():
        shutil.copyfile(path, link)
    return link


class TransportNetwork:
    """A network of files."""

    def __init__(
        self,
        osm_pbf,
        gtfs=[],
        elevation_model=None,
        elevation_cost_function=None,
        allow_errors=False,
    ):
        if FAULT in {"feed", "twice"}:
            raise RuntimeError(JAVA_SAYS[FAULT])
        if FAULT == "hang":
            time.sleep(600)
        streets, feeds = _working_copy(osm_pbf), [_working_copy(path) for path in gtfs]
        known, named = set(), set()
        for thing in osmium.FileProcessor(str(streets), osmium.osm.NODE | osmium.osm.WAY):
            if thing.is_node():
                known.add(thing.id)
            else:
                named |= {node.ref for node in thing.nodes}
        if named - known:
            raise RuntimeError(
                "transport_network.streetLayer.loadFromOsm(osm_file): java.lang.NullPointerException"
            )
        built = build_network([streets], feeds, CACHE / "built", no_progress, R5)
        self.engine = RaptorEngine(built)
        patterns_n = open_network(built).patterns.position_start.size - 1
        self.transit_layer = SimpleNamespace(
            trip_patterns=[] if FAULT == "no-trips" else [*range(patterns_n)]
        )


class TravelTimeMatrix(geopandas.GeoDataFrame):
    """Travel times in whole minutes, NaN where not reached."""

    made_n = 0

    def __init__(
        self,
        transport_network,
        origins=None,
        destinations=None,
        snap_to_network=False,
        **kwargs,
    ):
        if FAULT == "no-heap":
            raise RuntimeError(JAVA_SAYS["no-heap"])
        TravelTimeMatrix.made_n += 1
        if TravelTimeMatrix.made_n == 2:
            {"stops": lambda: os._exit(0), "dies": lambda: os.kill(os.getpid(), signal.SIGKILL)}.get(
                FAULT, int
            )()
        request = RegionalTask(transport_network, origin=None, destinations=None, **kwargs)
        ends = [
            Points.of(frame["id"].astype(str), frame.geometry.x, frame.geometry.y)
            for frame in (origins.to_crs("EPSG:4326"), destinations.to_crs("EPSG:4326"))
        ]
        blocks = transport_network.engine.travel_times(*ends, request.query)
        seconds = np.concatenate([block.seconds for block in blocks])
        minutes = np.where(seconds == UNREACHED, np.nan, seconds // 60).reshape(-1, len(request.percentiles))
        frame = pd.DataFrame(
            {
                "from_id": np.repeat(ends[0].ids, len(ends[1])),
                "to_id": np.tile(ends[1].ids, len(ends[0])),
                **{f"travel_time_p{p:d}": minutes[:, at] for at, p in enumerate(request.percentiles)},
            }
        )
        if request.percentiles == [50]:
            frame = frame.rename(columns={"travel_time_p50": "travel_time"})
        super().__init__(frame)
