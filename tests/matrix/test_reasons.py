"""Why a place has no travel time."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from ptreach.matrix.reasons import name_reasons
from ptreach.model import PointLinks, Reason


def links(**columns):
    n = len(next(iter(columns.values())))
    flags = {
        name: np.array(columns.get(name, [True] * n)) for name in ("linked", "near_stop", "near_service")
    }
    return PointLinks(distance_m=np.where(flags["linked"], 12.5, np.nan), **flags)


@pytest.mark.parametrize(
    ("reached", "linked", "near_stop", "near_service", "reason"),
    [
        (True, True, True, True, "reached"),
        (True, True, False, False, "reached"),  # on foot all the way
        (True, False, False, False, "reached"),  # from a place to itself
        (False, False, False, False, "off network"),
        (False, True, False, False, "too far to walk"),
        (False, True, True, False, "no service"),
        (False, True, True, True, "beyond the limit"),
    ],
)
def test_the_first_thing_in_the_way_is_named(reached, linked, near_stop, near_service, reason):
    how = links(linked=[linked], near_stop=[near_stop], near_service=[near_service])
    assert name_reasons(np.array([reached]), how) == [Reason(reason)]


def test_reasons_stand_in_the_order_of_the_places():
    rows = list(itertools.product([False, True], repeat=4))
    reached, linked, near_stop, near_service = (list(column) for column in zip(*rows, strict=True))
    how = links(linked=linked, near_stop=near_stop, near_service=near_service)
    together = name_reasons(np.array(reached), how)
    for k, (has_time, *flags) in enumerate(rows):
        alone = links(**dict(zip(("linked", "near_stop", "near_service"), ([f] for f in flags), strict=True)))
        assert name_reasons(np.array([has_time]), alone) == [together[k]]
        assert (together[k] == Reason.REACHED) is has_time
    assert name_reasons(np.array([], dtype=np.bool_), links(linked=[])) == []
