"""Networks opened for routing: by files and by name, in which metres they are measured."""

import types

import numpy as np
import pytest

import town as made
from ptreach.errors import InputError
from ptreach.model import no_progress
from ptreach.routers import BuiltNetwork, NetworkFiles, build_inputs, metric_crs


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.setenv("PTREACH_CACHE", str(tmp_path / "cache"))
    trips = [("t", "weekdays", [("A", "9:20:00"), ("B", "9:30:00")])]
    feed = made.write_feed(
        tmp_path / "bus.zip", stops=made.stops_text(A=(0, 0), B=(900, 0)), **made.trips_texts(trips)
    )
    return NetworkFiles((made.straight_street(tmp_path / "street.osm", 1_000),), (feed,))


def test_files_are_built_once_and_kept_in_the_cache(files, tmp_path):
    steps = []
    first = build_inputs(files, lambda *step: steps.append(step))
    assert first.folder.is_relative_to(tmp_path / "cache")
    once = len(steps)
    assert build_inputs(files, lambda *step: steps.append(step)) == first
    assert len(steps) == once + 1 < 2 * once
    assert first.opened().stops_n == 2
    assert first.router("raptor", workers=1).name == "raptor"


def test_rules_that_there_are_not_are_refused(files):
    with pytest.raises(InputError, match=r"--like: no rules 'r6'. Take one of"):
        build_inputs(files, no_progress, "r6")


@pytest.mark.parametrize(
    ("timezone", "lon", "lat", "crs"),
    [
        ("Europe/London", -2.0, 51.0, "EPSG:27700"),
        ("Europe/Berlin", 8.47, 49.49, "EPSG:32632"),
        ("Pacific/Auckland", 174.8, -41.3, "EPSG:32760"),
        ("Pacific/Fiji", 180.0, -17.0, "EPSG:32701"),
    ],
)
def test_metres_are_those_of_the_place(files, timezone, lon, lat, crs):
    segments = types.SimpleNamespace(lon0=np.array([lon * 1e7]), lat0=np.array([lat * 1e7]))
    network = types.SimpleNamespace(timezone=timezone, linkage=types.SimpleNamespace(segments=segments))
    assert metric_crs(BuiltNetwork(files, files.osm[0], None), network) == crs


def test_metres_of_a_recipe_go_before(files):
    recipe = types.SimpleNamespace(crs="EPSG:2157")
    assert metric_crs(BuiltNetwork(files, files.osm[0], None, recipe), None) == "EPSG:2157"
