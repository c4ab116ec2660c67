"""Days of service, and clocks of the days around."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from ptreach.errors import InputError
from ptreach.network.calendar import Calendar, day_start_s, no_service, require_service

MONDAY = dt.date(2026, 10, 12)
WEEK = Calendar(
    MONDAY.toordinal(),
    # weekdays; Saturday and the Saturday after; never; every day but without trips
    np.array(
        [
            [1, 1, 1, 1, 1, 0, 0] * 2,
            [0, 0, 0, 0, 0, 1, 0] * 2,
            [0] * 14,
            [1] * 14,
        ],
        dtype=np.bool_,
    ),
)
USED = np.array([1, 0, 0, 2], dtype=np.int32)


def day(number):
    return MONDAY + dt.timedelta(days=number)


def test_services_of_a_date():
    assert WEEK.services_on(day(0)).tolist() == [True, False, False, True]
    assert WEEK.services_on(day(12)).tolist() == [False, True, False, True]
    for outside in (-1, 14, -5_000, 5_000):
        assert WEEK.services_on(day(outside)).tolist() == [False] * 4


def test_a_date_passes_with_service_on_it_or_beside_it():
    for number in (0, 4, 5, 12, 6, -1, 13):  # Sundays are beside a Saturday or a Monday
        require_service(WEEK, USED, day(number), "query, date")
    for date in (day(-2), day(14), dt.date.min, dt.date.max):
        with pytest.raises(InputError, match="nothing runs on"):
            require_service(WEEK, USED, date, "query, date")


@pytest.mark.parametrize(
    ("date", "said", "remedy"),
    [
        # a Sunday of the calendar: no Sunday has service, so the nearest day of all
        (day(6), "nothing runs on Sunday 2026-10-18", "Saturday 2026-10-17"),
        # dates before and after: the nearest of the same weekday
        (day(-7), "nothing runs on Monday 2026-10-05", "Monday 2026-10-12"),
        (day(22), "nothing runs on Tuesday 2026-11-03", "Tuesday 2026-10-20"),
        (day(19 + 7 * 52), "nothing runs on Saturday 2027-10-30", "Saturday 2026-10-24"),
    ],
)
def test_a_date_without_service_names_one_that_has_it(date, said, remedy):
    error = no_service(WEEK, USED, date, "config/ryde.toml, date")
    assert error.where == "config/ryde.toml, date"
    assert error.what == f"{said}; the timetable has service from 2026-10-12 to 2026-10-24"
    assert error.remedy == f"take a date such as {remedy}"


def test_a_few_trips_that_go_on_for_years_are_no_days_to_take():
    # four weeks of a weekday service, then one trip on a Tuesday two years later
    runs = np.zeros((2, 800), dtype=np.bool_)
    runs[0, :28] = True
    runs[1, 729] = True
    found = no_service(Calendar(MONDAY.toordinal(), runs), np.array([0] * 20 + [1]), day(750), "query, date")
    assert f"service from 2026-10-12 to {day(729)}, in full from 2026-10-12 to {day(27)}" in found.what
    assert day(729).weekday() == day(750).weekday()
    assert found.remedy == f"take a date such as Tuesday {day(22)}"


def test_a_timetable_without_any_day_has_none_to_name():
    never = np.array([2, 2], dtype=np.int32)
    with pytest.raises(InputError, match="no trip runs on any day"):
        require_service(WEEK, never, day(1), "query, date")


def test_services_without_trips_do_not_count():
    require_service(WEEK, np.array([0, 3], dtype=np.int32), day(13), "date")
    # the Sunday beside whose Saturday only service 1 runs
    with pytest.raises(InputError, match="nothing runs on Sunday"):
        require_service(WEEK, np.array([0], dtype=np.int32), day(13), "date")


@pytest.mark.parametrize(
    ("date", "days", "hours"),
    [
        # plain days
        (dt.date(2026, 10, 13), -1, -24),
        (dt.date(2026, 10, 13), 1, 24),
        (dt.date(2026, 10, 13), 0, 0),
        # clocks go forward on Sunday 29 March 2026: noon comes 23 hours after Saturday's noon
        (dt.date(2026, 3, 28), 1, 23),
        (dt.date(2026, 3, 29), -1, -23),
        (dt.date(2026, 3, 29), 1, 24),
        (dt.date(2026, 3, 30), -1, -24),
        (dt.date(2026, 3, 30), -2, -47),
        # and back on Sunday 25 October: 25 hours
        (dt.date(2026, 10, 24), 1, 25),
        (dt.date(2026, 10, 25), -1, -25),
        (dt.date(2026, 10, 25), 1, 24),
        (dt.date(2026, 10, 26), -1, -24),
    ],
)
def test_days_start_noon_minus_twelve_hours(date, days, hours):
    other = date + dt.timedelta(days=days)
    assert day_start_s(date, other, "Europe/London") == hours * 3_600
    assert day_start_s(other, date, "Europe/London") == -hours * 3_600
    assert day_start_s(date, other, "UTC") == days * 86_400
