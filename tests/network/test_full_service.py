"""Weeks of full service."""

import numpy as np
import pytest

from ptreach.network.full_service import FullDays, full_days
from weeks import MONDAY, day

WEEK = [100, 100, 100, 100, 100, 60, 40]
"""600 trips a week, so a week of 150 is one of full service."""


@pytest.mark.parametrize(
    ("trips", "expected"),
    [
        (WEEK * 3, FullDays(0, 20, 0, 20)),
        ([0, 0, *WEEK[2:], *WEEK], FullDays(2, 13, 2, 13)),
        # one special day long after the end, and one on the Sunday before
        ([*[0] * 6, 149, *WEEK, *[0] * 21, *[0, 149, 0, 0, 0, 0, 0]], FullDays(6, 36, 7, 13)),
        ([*[0] * 6, 150, *WEEK], FullDays(6, 13, 6, 13)),
        ([0] * 9, None),
    ],
)
def test_a_week_of_full_service_has_a_quarter_of_the_busiest(trips, expected):
    assert full_days(np.array(trips), MONDAY.toordinal()) == expected


def test_weeks_begin_on_monday_whatever_the_first_day():
    wednesday = MONDAY.toordinal() + 2
    # Wednesday to Sunday, then a whole week: the first five days are a week of their own, of 140
    assert full_days(np.array([0, 0, 0, 0, 140, *WEEK]), wednesday) == FullDays(4, 11, 5, 11)


def test_words_say_full_service_where_it_is_less_than_all():
    assert FullDays(0, 6, 0, 6).words(MONDAY.toordinal()) == (
        f"the timetable has service from {MONDAY} to {day(0, 6)}"
    )
    assert FullDays(0, 40, 7, 13).words(MONDAY.toordinal()) == (
        f"the timetable has service from {MONDAY} to {day(5, 5)}, in full from {day(1, 0)} to {day(1, 6)}"
    )
