"""What route types mean, by the GTFS reference and the extended types."""

from __future__ import annotations

import numpy as np
import pytest

from ptreach.sources.modes import MODES, mode_of, modes_of


@pytest.mark.parametrize(
    ("route_type", "mode"),
    [
        (0, "tram"),
        (1, "metro"),
        (2, "rail"),
        (3, "bus"),
        (4, "ferry"),
        (5, "tram"),
        (6, "cable car"),
        (7, "funicular"),
        (11, "trolleybus"),
        (12, "rail"),
        (100, "rail"),
        (117, "rail"),
        (200, "coach"),
        (401, "metro"),
        (405, "rail"),
        (700, "bus"),
        (704, "bus"),
        (715, "bus"),
        (800, "trolleybus"),
        (900, "tram"),
        (1000, "ferry"),
        (1100, "air"),
        (1200, "ferry"),
        (1300, "cable car"),
        (1400, "funicular"),
        (1501, "taxi"),
        (8, "other"),
        (77, "other"),
        (1702, "other"),
        (-1, "other"),
    ],
)
def test_a_route_type_is_a_mode(route_type, mode):
    assert mode_of(route_type) == mode


def test_what_is_no_type_is_other():
    modes = modes_of(np.array([3.0, np.nan, 1e300, -np.inf]))
    assert [MODES[k] for k in modes] == ["bus", "other", "other", "other"]
