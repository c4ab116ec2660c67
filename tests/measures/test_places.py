"""Places beside each other, on numbers that follow by hand."""

import numpy as np
import pytest

from ptreach.measures.places import Residents, place_figures, together


def residents(minutes, people, decile, limit_min=120.0):
    return Residents(*(np.array(column, dtype=np.float64) for column in (minutes, people, decile)), limit_min)


NEAR = residents([10, 20, 40], [100, 300, 100], [1, 5, 1])
FAR = residents([29.9833, 30, np.nan], [100, 100, 800], [1, 10, np.nan])
NAN = float("nan")


def test_figures_of_one_place():
    figures = place_figures([NEAR])
    assert figures.people == 500
    assert figures.median_min == 20
    assert figures.shares == (0.2, 0.8, 1.0, 1.0)
    assert figures.deprived_people == 200
    assert figures.deprived_share == 0.5
    assert figures.ratio == 0.5 / 0.8


def test_within_is_strict_and_who_is_not_reached_counts_last():
    figures = place_figures([FAR])
    assert figures.shares == (0.0, 0.1, 0.2, 0.2)
    assert figures.median_min != figures.median_min  # most are not reached
    assert (figures.deprived_people, figures.deprived_share) == (100, 1.0)
    assert figures.ratio == pytest.approx(10)


def test_several_together_are_one_set_of_residents():
    figures = place_figures([NEAR, FAR])
    assert figures.people == 1500
    assert figures.shares == (100 / 1500, 500 / 1500, 700 / 1500, 700 / 1500)
    assert figures.deprived_share == 200 / 300
    assert figures.ratio == (200 / 300) / (500 / 1500)


def test_beyond_what_was_searched_nothing_is_known():
    figures = place_figures([residents([10, NAN], [1, 1], [1, 2], limit_min=40)])
    assert figures.shares[:2] == (0.5, 0.5)
    assert np.isnan(figures.shares[2:]).all()
    short = place_figures([residents([10, NAN], [1, 1], [1, 2], limit_min=20)])
    assert np.isnan([*short.shares[1:], short.deprived_share, short.ratio]).all()


def test_nobody_and_no_deprived_have_no_share():
    nobody = place_figures([residents([10], [NAN], [1])])
    assert nobody.people == 0
    assert np.isnan([nobody.median_min, *nobody.shares, nobody.deprived_share, nobody.ratio]).all()
    well_off = place_figures([residents([10], [5], [9])])
    assert (well_off.deprived_people, well_off.shares[0]) == (0, 1.0)
    assert np.isnan([well_off.deprived_share, well_off.ratio]).all()
    none_near = place_figures([residents([90], [5], [1])])
    assert none_near.deprived_share == 0
    assert np.isnan(none_near.ratio)


def test_each_place_is_set_beside_those_of_its_group():
    (two, both), (one, alone), (again, same) = together([NEAR, NEAR, FAR], ["a", "b", "a"])
    assert (two, one, again) == (2, 1, 2)
    assert alone is None
    assert repr(both) == repr(same) == repr(place_figures([NEAR, FAR]))  # nan is not itself
