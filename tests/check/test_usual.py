"""The usual trips of a weekday."""

import datetime as dt

import numpy as np

from ptreach.check.usual import Series, comparison
from weeks import MONDAY, day

WEEK = [100, 100, 100, 100, 100, 60, 40]
"""600 trips a week, so a week of 150 is one of full service."""


def series(trips):
    array = np.array(trips)
    return Series("mode", "bus", array, array, array)


def test_usual_is_the_median_of_the_weekday_about_the_date_and_of_all_weeks():
    trips = np.array(WEEK * 13)
    tuesdays = np.arange(1, 91, 7)
    trips[tuesdays] = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130]
    found = comparison(series(trips), MONDAY.toordinal(), day(6, 1), set())
    # weeks 2 to 10 but the sixth: 30 40 50 60 80 90 100 110; all but the sixth: 10 … 60 80 … 130
    assert (found.trips, found.near, found.span) == (70, 70.0, 70.0)
    first = comparison(series(trips), MONDAY.toordinal(), day(0, 1), set())
    assert (first.trips, first.near, first.span) == (10, 35.0, 75.0)


def test_bank_holidays_are_not_usual():
    trips = np.array(WEEK * 5)
    trips[[1, 8]] = 7, 9
    shut = {day(0, 1).toordinal(), day(1, 1).toordinal()}
    found = comparison(series(trips), MONDAY.toordinal(), day(2, 1), shut)
    assert (found.near, found.span) == (100.0, 100.0)


def test_days_after_the_end_are_not_usual():
    trips = np.array([*WEEK * 4, *[0] * 70])
    found = comparison(series(trips), MONDAY.toordinal(), day(4, 0), set())
    assert (found.trips, found.near, found.span) == (0, 100.0, 100.0)
    late = comparison(series(trips), MONDAY.toordinal(), day(12, 0), set())
    assert (late.trips, late.near, late.span) == (0, None, 100.0)
    outside = comparison(series(trips), MONDAY.toordinal(), dt.date(2030, 1, 7), set())
    assert (outside.trips, outside.near, outside.span) == (0, None, 100.0)


def test_without_any_service_nothing_is_usual():
    found = comparison(series([0] * 30), MONDAY.toordinal(), day(1, 0), set())
    assert (found.trips, found.near, found.span) == (0, None, None)
