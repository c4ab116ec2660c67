"""Agreement of map and table, by hand."""

import math

import numpy as np
import pytest
from shapely.geometry import MultiPolygon, box

from ptreach.measures.agreement import Agreement, Apart, Disagreement, band_agreement

NEAR, FAR = MultiPolygon([box(0, 0, 100, 100)]), MultiPolygon([box(0, 0, 200, 100)])
LAND = box(0, 0, 1000, 100)


def agreement(*zones, land=LAND):
    """Each zone is x, minutes and whether the surface is drawn there; y is 50."""
    x, minutes, drawn = zip(*zones, strict=True)
    places = np.column_stack([x, np.full(len(x), 50.0)])
    ids = [f"z{number}" for number in range(len(x))]
    return band_agreement(
        ids, places, np.array(minutes, dtype=float), np.array(drawn), {15: NEAR, 30: FAR}, land
    )


def test_points_in_their_bands_agree():
    found = agreement((50, 14.99, True), (150, 15, True), (250, 30, True), (350, math.nan, True))
    assert found == Agreement(4, 4, ())
    assert found.share == 1.0


def test_a_point_in_another_band_is_listed_with_both():
    found = agreement((50, 15, True), (150, 14, True), (250, 29, True), (50, 31, True), (50, 3, True))
    assert found.rest == (
        Disagreement("z0", 1, 0, Apart.BETWEEN_NODES),
        Disagreement("z1", 0, 1, Apart.BETWEEN_NODES),
        Disagreement("z2", 1, -1, Apart.BETWEEN_NODES),
        Disagreement("z3", -1, 0, Apart.BETWEEN_NODES),
    )
    assert found.share == pytest.approx(1 / 5)


def test_a_point_where_nothing_is_drawn_is_listed_but_does_not_count():
    found = agreement((50, 3, True), (500, 20, False), (500, 40, False))
    assert found == Agreement(1, 1, (Disagreement("z1", 1, -1, Apart.NOT_DRAWN),))
    assert found.share == 1.0


def test_a_point_off_the_land_is_told_from_one_that_the_surface_misses():
    found = agreement((1500, 20, True), (500, 20, True))
    assert [one.why for one in found.rest] == [Apart.OFF_LAND, Apart.BETWEEN_NODES]


def test_without_a_cell_there_is_no_share():
    assert math.isnan(agreement((500, 20, False)).share)
