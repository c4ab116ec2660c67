"""Which date is proposed."""

import datetime as dt

import pytest

from ptreach.check.proposal import propose
from weeks import LAST, MONDAY, USUAL, dates_text, day, every_minutes, week_rows

WHOLE = [*every_minutes(100), *every_minutes(100, "weekend", name="w")]


def test_the_nearest_tuesday_in_term(survey, write):
    found = survey(write(WHOLE))
    for asked, expected in (
        (day(4, 1), None),  # as good as any
        (day(4, 2), day(4, 1)),
        (day(4, 5), day(5, 1)),
        (dt.date(2026, 10, 27), dt.date(2026, 10, 20)),  # half-term: of two as near the earlier
        (dt.date(2026, 10, 30), dt.date(2026, 11, 3)),
        (dt.date(2020, 1, 1), day(0, 1)),
        (dt.date(2030, 1, 1), day(12, 1)),
    ):
        proposal = propose(found, asked)
        assert (proposal.date if proposal else None) == expected


def test_the_middle_where_none_is_asked_for(survey, write):
    # 7 September to 6 December: the middle is Thursday 22 October, the Tuesday before it in term
    proposal = propose(survey(write(WHOLE)), None)
    assert proposal.date == dt.date(2026, 10, 20)
    assert proposal.why == (
        "Tuesday 2026-10-20: in the middle of the timetable, inside the feed, no bank holiday in its week, "
        "in term, 100 trips, within 5% of the median of its weekday"
    )


@pytest.mark.parametrize(("fewer", "expected"), [(5, 4), (6, 5)])
def test_a_day_is_proposed_within_five_per_cent_of_its_median(survey, write, fewer, expected):
    trips = [*every_minutes(100 - fewer), *every_minutes(fewer, "some", name="s")]
    calendar = USUAL + week_rows(("some", "1111100", MONDAY, LAST)).split("\n", 1)[1]
    bus = write(trips, calendar=calendar, calendar_dates=dates_text(("some", day(4, 1), 2)))
    assert propose(survey(bus), day(4, 4)).date == day(expected, 1)


def test_another_day_of_the_week_where_there_is_no_tuesday(survey, write):
    calendar = week_rows(("weekdays", "1011100", MONDAY, LAST))
    assert propose(survey(write(every_minutes(50), calendar=calendar)), day(4, 0)).date == day(4, 2)


def test_out_of_term_where_there_is_nothing_else(survey, write):
    august = week_rows(("weekdays", "1111100", dt.date(2026, 8, 3), dt.date(2026, 8, 21)))
    proposal = propose(survey(write(every_minutes(50), calendar=august)), dt.date(2026, 9, 30))
    assert proposal.date == dt.date(2026, 8, 18)
    assert "not in term" in proposal.why


def test_nothing_where_the_feeds_have_no_day_in_common(survey, write):
    early = week_rows(("weekdays", "1111100", MONDAY, day(2, 4)))
    late = week_rows(("weekdays", "1111100", day(3), LAST))
    found = survey(
        write(every_minutes(5), calendar=early), write(every_minutes(5), name="late", calendar=late)
    )
    assert propose(found, None) is None
    assert propose(found, day(1, 1)) is None
