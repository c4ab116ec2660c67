"""The Isle of Wight through the adapter: R5's own answer for it, in whole minutes.

By R5 itself where its jar and Java are at hand (marked ``r5``); everywhere by the stand-in, which computes by
R5's rules: so that the files that are prepared for R5 are known to lose nothing.
"""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
import pytest

from ptreach.engine.r5_engine import R5Engine
from ptreach.engine.r5_machine import lacks, look_about
from ptreach.model import UNREACHED, no_progress
from ptreach.network.build import build_network
from r5_answers import PLACES, REFERENCE, read_points, some, window
from r5_made import make_machine, prepared

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not REFERENCE.is_dir(), reason=f"R5's answers absent: {REFERENCE}"),
]


@pytest.fixture(params=["stand-in", pytest.param("itself", marks=pytest.mark.r5)])
def machine(request, tmp_path, monkeypatch):
    """A machine with R5, or with its stand-in."""
    if request.param == "stand-in":
        make_machine(tmp_path / "machine", monkeypatch)
    elif missing := lacks(look_about()):
        pytest.skip("; ".join(f"{lack.what}: {lack.remedy}" for lack in missing))


def test_the_isle_of_wight_by_r5_is_what_r5_answered(machine, tmp_path):
    place, all_points = PLACES["iow"], read_points("iow")
    reference = pd.read_parquet(REFERENCE / "iow_window120_seconds.parquet")
    reference = reference.astype({"from_id": str, "to_id": str})
    origins = some(all_points, pd.unique(reference["from_id"])[:12])
    reference = reference[reference["from_id"].isin(origins.ids)]
    network = build_network([place.osm], place.feeds, tmp_path / "built", no_progress)
    engine = R5Engine(prepared(network, [place.osm], *place.feeds), workers=2)
    query = window(place)
    seconds = np.concatenate([b.seconds for b in engine.travel_times(origins, all_points, query)])
    expected = np.full(seconds.shape, UNREACHED, dtype=np.int64)
    row = pd.Index(origins.ids).get_indexer(reference["from_id"])
    column = pd.Index(all_points.ids).get_indexer(reference["to_id"])
    for at, percentile in enumerate(query.percentiles):
        theirs_s = reference[f"travel_time_p{percentile}"].to_numpy(dtype=np.float64, na_value=np.nan)
        expected[row, column, at] = np.where(np.isnan(theirs_s), UNREACHED, theirs_s // 60 * 60)
    assert (expected < UNREACHED).sum() > 1_000
    assert set(engine.software) == {"r5", "r5_jar_sha256", "r5py", "java"}
    jar = look_about().jar
    assert engine.software["r5_jar_sha256"] == hashlib.sha256(jar.read_bytes()).hexdigest()
    np.testing.assert_array_equal(seconds, expected)
