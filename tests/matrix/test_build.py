"""Matrices from an engine that says what it is told to."""

from __future__ import annotations

import logging

import numpy as np
import pandas as pd
import pytest

import town
from ptreach.errors import InputError
from ptreach.matrix.build import as_minutes, minutes_to, write_matrix
from ptreach.model import UNREACHED, TravelTimeMatrix, no_progress

QUERY = town.query(percentiles=(25, 50))
HOMES = town.points(a=(0, 0), b=(100, 0), c=(200, 0))
SHOPS = town.points(x=(0, 50), y=(0, 90))
# origins a, b, c by destinations x, y by percentiles 25, 50
SECONDS = np.array(
    [
        [[0, 0], [90, 125]],
        [[3_600, UNREACHED], [UNREACHED, UNREACHED]],
        [[1, 59], [61, 7_199]],
    ],
    dtype=np.uint16,
)


class Engine:
    """Gives fixed seconds in blocks of one or two rows; knows which points are near a street."""

    name = "told"

    def __init__(self, off=()):
        self.off = set(off)
        self.asked = []

    def travel_times(self, origins, destinations, query):
        self.asked.append((origins.ids, destinations.ids, query))
        for first, last in ((0, 1), (1, 3)):
            ids = origins.ids[first:last]
            if ids:
                yield TravelTimeMatrix(ids, destinations.ids, query.percentiles, SECONDS[first:last])

    def street_distance_m(self, points, within_m):
        assert within_m > 1_600
        return np.array([np.nan if name in self.off else 1.0 for name in points.ids])


def test_minutes_are_seconds_by_sixty():
    minutes = as_minutes(np.array([0, 1, 90, 7_199, UNREACHED], dtype=np.uint16))
    assert minutes[:4].tolist() == [0, 1 / 60, 1.5, 7_199 / 60]
    assert np.isnan(minutes[4])


def test_minutes_of_one_origin():
    calls = []
    minutes = minutes_to(Engine(), town.points(a=(0, 0)), SHOPS, QUERY, lambda *call: calls.append(call))
    assert minutes.tolist() == [[0, 0], [1.5, 125 / 60]]
    assert calls == [("travel times", 0, 2), ("travel times", 2, 2)]
    with pytest.raises(ValueError, match="3 origins where one is meant"):
        minutes_to(Engine(), HOMES, SHOPS, QUERY, no_progress)


def test_a_matrix_is_written_block_by_block(tmp_path):
    out, calls, engine = tmp_path / "matrix.csv", [], Engine()
    rows = write_matrix(engine, HOMES, SHOPS, QUERY, out, lambda *call: calls.append(call))
    assert engine.asked == [(("a", "b", "c"), ("x", "y"), QUERY)]
    assert calls == [("travel times", done, 3) for done in (0, 1, 3)]
    # the pair that no percentile reaches is no row
    assert rows == 5
    table = pd.read_csv(out)
    assert list(table.columns) == ["from_id", "to_id", "travel_time_p25", "travel_time_p50"]
    assert list(zip(table["from_id"], table["to_id"], strict=True)) == [
        *(("a", "x"), ("a", "y"), ("b", "x"), ("c", "x"), ("c", "y")),
    ]
    assert table["travel_time_p25"].tolist() == pytest.approx([0, 1.5, 60, 1 / 60, 61 / 60])
    assert table["travel_time_p50"].tolist()[:2] == pytest.approx([0, 125 / 60])
    assert np.isnan(table["travel_time_p50"][2])


def test_origins_where_one_arrives_are_the_ends_of_the_journeys(tmp_path):
    query = town.query(percentiles=(25, 50), direction="to")
    write_matrix(Engine(), HOMES, SHOPS, query, tmp_path / "matrix.csv", no_progress)
    table = pd.read_csv(tmp_path / "matrix.csv")
    pairs = list(zip(table["from_id"], table["to_id"], strict=True))
    assert pairs == [("x", "a"), ("y", "a"), ("x", "b"), ("x", "c"), ("y", "c")]


def test_points_that_are_all_off_the_streets_are_refused(tmp_path):
    for off, what, name in (("abc", "origins", "a"), ("xy", "destinations", "x")):
        with pytest.raises(
            InputError,
            match=rf"--{what}: none of the {len(off)} {what} has a street within 1,600 m, such as '{name}'",
        ) as caught:
            write_matrix(Engine(off), HOMES, SHOPS, QUERY, tmp_path / "matrix.csv", no_progress)
        assert caught.value.remedy == "check that the points lie in the network's area, longitude in lon"
    assert list(tmp_path.iterdir()) == []


def test_some_points_off_the_streets_are_logged(tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        write_matrix(Engine("by"), HOMES, SHOPS, QUERY, tmp_path / "matrix.csv", no_progress)
    assert [record.getMessage() for record in caplog.records] == [
        "origins without a street within 1,600 m: 1 of 3, such as 'b'",
        "destinations without a street within 1,600 m: 1 of 2, such as 'y'",
    ]


def test_an_engine_that_fails_leaves_no_table(tmp_path):
    class Failing(Engine):
        def travel_times(self, origins, destinations, query):
            yield next(super().travel_times(origins, destinations, query))
            raise InputError("nothing runs", where="query, date")

    with pytest.raises(InputError, match="nothing runs"):
        write_matrix(Failing(), HOMES, SHOPS, QUERY, tmp_path / "matrix.csv", no_progress)
    assert list(tmp_path.iterdir()) == []
