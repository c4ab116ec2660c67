"""How far stops and the town's point are from their street, by hand."""

from __future__ import annotations

import numpy as np
import pytest

import town as made
from ptreach.engine.raptor.engine import RaptorEngine
from ptreach.network.build import open_network
from ptreach.snapping import snapping_of


def test_distances_follow_by_hand(tmp_path):
    """A street along y = 0: A lies on it, B 40 m and C 900 m from it, D nowhere near."""
    stops = made.stops_text(A=(100, 0), B=(500, 40), C=(900, 900), D=(900, 5_000))
    trips = [("t", "weekdays", [("A", "9:20:00"), ("B", "9:30:00"), ("C", "9:40:00"), ("D", "9:50:00")])]
    feed = made.write_feed(tmp_path / "bus.zip", stops=stops, **made.trips_texts(trips))
    built = made.build(tmp_path, made.straight_street(tmp_path / "street.osm", 2_700), feed)
    found = snapping_of(RaptorEngine(built), open_network(built), made.town(tmp_path, ""))
    assert found.origin_m == pytest.approx(0, abs=0.02)
    assert found.stop_ids == ("bus:A", "bus:B", "bus:C", "bus:D")
    assert found.stops_m == pytest.approx([0, 40, 900, np.nan], rel=0.005, abs=0.02, nan_ok=True)
    assert (found.near_m, found.far_m) == (300, 1600)
