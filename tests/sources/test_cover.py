"""Covers hold whatever they are asked to, and little else."""

from __future__ import annotations

import numpy as np
import pyproj
from hypothesis import given
from hypothesis import strategies as st

from ptreach.sources.cover import CELL_DEG, Cover

GEOD = pyproj.Geod(ellps="WGS84")
places = st.tuples(st.floats(-8, 2), st.floats(49, 61))


def held(cover, lon, lat):
    return bool(cover.holds(np.array([lon]), np.array([lat]))[0])


def test_a_box_holds_its_corners_and_not_what_is_a_cell_away():
    cover = Cover.of_box(-2.0, 52.0, -1.0, 53.0)
    assert all(held(cover, lon, lat) for lon in (-2.0, -1.0) for lat in (52.0, 53.0))
    away = 1.01 * CELL_DEG
    assert not any(
        held(cover, lon, lat)
        for lon, lat in ((-2 - away, 52.5), (-1 + away, 52.5), (-1.5, 52 - away), (-1.5, 53 + away))
    )
    assert not held(cover, np.nan, 52.5)
    assert not held(cover, -1.5, np.inf)


@given(st.lists(places, min_size=1, max_size=5), st.floats(0, 30_000), st.floats(0, 360), st.floats(0, 1))
def test_all_places_within_the_distance_are_held(points, metres, bearing, share):
    lon, lat = (np.array(column) for column in zip(*points, strict=True))
    cover = Cover.around(lon, lat, metres)
    there = GEOD.fwd(lon, lat, np.full(lon.size, bearing), np.full(lon.size, metres * share))[:2]
    assert cover.holds(*there).all()


@given(st.lists(places, min_size=1, max_size=5), st.floats(0, 5_000), places)
def test_what_is_twice_as_far_and_two_cells_is_not_held(points, metres, other):
    lon, lat = (np.array(column) for column in zip(*points, strict=True))
    far_m = GEOD.inv(lon, lat, np.full(lon.size, other[0]), np.full(lon.size, other[1]))[2].min()
    # the corner of a square about the circle, and the cells it touches
    if far_m > 2 * (metres + 2 * 112_000 * CELL_DEG):
        assert not held(Cover.around(lon, lat, metres), *other)


@given(st.lists(places, min_size=1, max_size=3), st.lists(places, min_size=1, max_size=3))
def test_joined_covers_hold_what_either_holds(some, others):
    one, other = (
        Cover.around(*(np.array(column) for column in zip(*points, strict=True)), 900.0)
        for points in (some, others)
    )
    joined = one.joined(other)
    lon, lat = (column.ravel() for column in np.meshgrid(np.linspace(-9, 3, 400), np.linspace(48, 62, 400)))
    assert (joined.holds(lon, lat) == (one.holds(lon, lat) | other.holds(lon, lat))).all()
    assert joined.kept.sum() >= max(one.kept.sum(), other.kept.sum())


def test_the_digest_tells_covers_apart():
    one, same, other = Cover.of_box(0, 0, 1, 1), Cover.of_box(0, 0, 1, 1), Cover.of_box(0, 0, 1, 1.1)
    part = one._replace(kept=one.kept & (np.arange(one.kept.shape[1]) > 3))
    assert one.digest == same.digest
    assert len({one.digest, other.digest, part.digest, Cover.of_box(0.1, 0, 1.1, 1).digest}) == 4
