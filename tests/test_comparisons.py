"""Files set beside each other: medians to each destination, and the engine beside R5's own tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ptreach.comparisons import compare_matrix_files
from ptreach.engine.raptor.engine import RaptorEngine
from ptreach.matrix.store import MatrixWriter
from ptreach.model import no_progress
from ptreach.network.build import build_network
from ptreach.network.rules import R5
from r5_answers import PERCENTILES, PLACES, REFERENCE, read_points, some, window


def write(path, rows):
    frame = pd.DataFrame(rows, columns=["from_id", "to_id", "travel_time_p50_s"])
    frame.to_csv(path, index=False)
    return path


def test_the_map_has_the_median_over_origins(tmp_path):
    origins = ("a", "b", "c", "d")
    first = [(origin, "x", 1000) for origin in origins] + [("a", "y", 500), ("a", "q", 5)]
    later = {"a": 7, "b": -3, "c": 90}  # nearest rank of three: 7
    second = [(origin, "x", 1000 + later[origin]) for origin in later] + [("b", "z", 600)]
    points = tmp_path / "points.csv"
    points.write_text("id,lon,lat\nx,8.0,49.0\ny,8.1,49.0\nz,8.0,49.1\n", encoding="utf-8")
    report = compare_matrix_files(
        write(tmp_path / "a.csv", first), write(tmp_path / "b.csv", second), points=points
    )
    places = report.places
    assert places.names == ("x", "y", "z")
    assert places.difference_s[0] == 7
    assert np.isnan(places.difference_s[1:]).all()
    assert places.reached.tolist() == [[True, True], [True, False], [False, True]]
    assert "1 destinations are not among the points" in places.about


def test_the_map_is_cut_down_like_the_tables(tmp_path):
    points = tmp_path / "points.csv"
    points.write_text("id,lon,lat\nx,8.0,49.0\n", encoding="utf-8")
    report = compare_matrix_files(
        write(tmp_path / "a.csv", [("a", "x", 659), ("b", "x", 61)]),
        write(tmp_path / "b.csv", [("a", "x", 600), ("b", "x", 60)]),
        points=points,
    )
    assert report.comparison.floored == "b"
    assert report.places.difference_s.tolist() == [0]


@pytest.mark.real
@pytest.mark.skipif(not REFERENCE.is_dir(), reason=f"R5's answers absent: {REFERENCE}")
@pytest.mark.parametrize("name", PLACES)
def test_the_embedded_engine_beside_r5_comes_out_of_the_files(tmp_path, name):
    place, points = PLACES[name], read_points(name)
    theirs = REFERENCE / f"{name}_window120_seconds.parquet"
    origins = some(points, pd.unique(pd.read_parquet(theirs)["from_id"]))
    network = build_network([place.osm], place.feeds, tmp_path, no_progress, R5)
    with MatrixWriter(tmp_path / "ours.parquet", PERCENTILES) as table:
        for block in RaptorEngine(network, workers=2).travel_times(origins, points, window(place)):
            table.write(block)
    report = compare_matrix_files(tmp_path / "ours.parquet", theirs)
    assert report.notes == ()
    assert report.comparison.floored == "neither"
    assert [row.percentile for row in report.comparison.at] == list(PERCENTILES)
    for row in report.comparison.at:
        assert row.both > 6_000
        assert (row.equal, row.reached_alike, row.only_first, row.only_second) == (1, 1, 0, 0)
        assert row.kappa_linear == row.kappa_quadratic == 1
    # as R5 itself gives its times: whole minutes
    floored = pd.read_parquet(theirs)
    times = [column for column in floored if column.startswith("travel_time")]
    floored[times] = floored[times] // 60
    floored.to_parquet(tmp_path / "r5py.parquet")
    report = compare_matrix_files(tmp_path / "ours.parquet", tmp_path / "r5py.parquet")
    assert report.comparison.floored == "b"
    assert {row.equal for row in report.comparison.at} == {1.0}
