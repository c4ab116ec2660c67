"""Travel times that are kept are those that are asked for, and computed anew where they may not be."""

from __future__ import annotations

import dataclasses
import datetime as dt
import errno

import numpy as np
import pytest

from ptreach.matrix import kept
from ptreach.matrix.kept import kept_seconds
from ptreach.model import Points, Query, TravelTimeMatrix

HERE = Points.of(["a", "b"], [-1.0, -1.1], [50.0, 50.1])
THERE = Points.of(["x", "y", "z"], [-1.2, -1.3, -1.4], [50.2, 50.3, 50.4])
QUERY = Query(date=dt.date(2026, 1, 13), window_start_s=8 * 3600, window_end_s=9 * 3600, percentiles=(5, 50))


class Counted:
    """An engine whose every answer is another one."""

    name = "counted"

    def __init__(self):
        self.asked = 0
        self.rules = {"slack_s": 60}

    def travel_times(self, origins, destinations, query):
        self.asked += 1
        for at, name in enumerate(origins.ids):
            shape = 1, len(destinations), len(query.percentiles)
            seconds = np.arange(np.prod(shape), dtype=np.uint16).reshape(shape) + 1_000 * self.asked + at
            yield TravelTimeMatrix((name,), destinations.ids, query.percentiles, seconds.astype(np.uint16))


def test_the_same_question_is_computed_once(tmp_path):
    engine = Counted()
    first = kept_seconds(engine, HERE, THERE, QUERY, tmp_path / "times")
    assert first.shape == (2, 3, 2)
    assert first[:, 0, 0].tolist() == [1_000, 1_001]
    assert (kept_seconds(engine, HERE, THERE, QUERY, tmp_path / "times") == first).all()
    assert engine.asked == 1
    assert len(list((tmp_path / "times").iterdir())) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"query": dataclasses.replace(QUERY, window_end_s=10 * 3600)},
        {"query": dataclasses.replace(QUERY, percentiles=(5, 95))},
        {"query": dataclasses.replace(QUERY, direction="to")},
        {"origins": Points.of(["a", "b"], [-1.0, -1.1], [50.0, 50.1001])},
        {"destinations": Points.of(["x", "y", "a"], THERE.lon, THERE.lat)},
        {"rules": {"slack_s": 0}},
        {"code": "other"},
    ],
    ids=str,
)
def test_another_question_is_computed_anew(change, tmp_path, monkeypatch):
    engine = Counted()
    kept_seconds(engine, HERE, THERE, QUERY, tmp_path)
    engine.rules = change.get("rules", engine.rules)
    monkeypatch.setattr(kept, "KERNELS_DIGEST", change.get("code", kept.KERNELS_DIGEST))
    asked = {"origins": HERE, "destinations": THERE, "query": QUERY} | {
        name: value for name, value in change.items() if name not in {"rules", "code"}
    }
    assert kept_seconds(engine, *asked.values(), tmp_path)[0, 0, 0] == 2_000


@pytest.mark.parametrize("damage", ["cut", "empty", "other", "text"])
def test_what_is_cut_off_or_another_table_is_computed_again_and_that_is_said(damage, tmp_path, caplog):
    engine = Counted()
    kept_seconds(engine, HERE, THERE, QUERY, tmp_path)
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    path.write_bytes({"cut": whole[:-3], "empty": b"", "text": b"seconds", "other": whole}[damage])
    if damage == "other":
        np.save(path, np.zeros((2, 3, 1), dtype=np.uint16))
    assert kept_seconds(engine, HERE, THERE, QUERY, tmp_path)[0, 0, 0] == 2_000
    assert "computed again" in caplog.text
    assert kept_seconds(engine, HERE, THERE, QUERY, tmp_path)[0, 0, 0] == 2_000


def test_a_full_disk_is_no_fault_and_leaves_nothing(tmp_path, monkeypatch):
    def fills_up(stream, seconds, **_):
        stream.write(seconds.tobytes()[:5])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(kept.np, "save", fills_up)
    assert kept_seconds(Counted(), HERE, THERE, QUERY, tmp_path).shape == (2, 3, 2)
    assert not list(tmp_path.iterdir())


def test_without_a_folder_or_without_points_nothing_is_kept(tmp_path):
    engine, nobody = Counted(), Points.of([], [], [])
    assert kept_seconds(engine, HERE, THERE, QUERY, None).shape == (2, 3, 2)
    assert kept_seconds(engine, nobody, THERE, QUERY, tmp_path).shape == (0, 3, 2)
    assert engine.asked == 1
    assert not list(tmp_path.iterdir())
