"""Bank holidays of England and Wales, and the table of school holidays."""

import datetime as dt
import itertools

import pytest

from ptreach.check.days_off import BANK, SCHOOL, bank_holidays, days_off_between, on, schools_known

# Weekdays on which England and Wales did not work and no rule of the calendar says so: proclaimed one by one.
PROCLAIMED = {
    dt.date(2020, 5, 8),  # VE day, in place of 4 May
    dt.date(2022, 6, 2),  # in place of 30 May
    dt.date(2022, 6, 3),  # jubilee
    dt.date(2022, 9, 19),  # funeral of the Queen
    dt.date(2023, 5, 8),  # coronation
}
NOT_KEPT = {dt.date(2020, 5, 4), dt.date(2022, 5, 30)}


def easter(year):
    """Easter Sunday by Butcher's rule."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    l = (32 + 2 * e + 2 * i - h - k) % 7  # noqa: E741
    m = (a + 11 * h + 22 * l) // 451
    month, day = divmod(h + l - 7 * m + 114, 31)
    return dt.date(year, month, day + 1)


def by_rule(year):
    """Weekdays shut by the Banking and Financial Dealings Act, substitute days included."""

    def monday(month, first):
        day = dt.date(year, month, first)
        return day + dt.timedelta(days=-day.weekday() % 7)

    days = {easter(year) - dt.timedelta(days=2), easter(year) + dt.timedelta(days=1)}
    days |= {monday(5, 1), monday(5, 25), monday(8, 25)}
    for fixed in ([dt.date(year, 1, 1)], [dt.date(year, 12, 25), dt.date(year, 12, 26)]):
        taken = {day for day in fixed if day.weekday() < 5}
        for day in fixed:
            while day.weekday() > 4 or (day not in fixed and day in taken):
                day += dt.timedelta(days=1)  # noqa: PLW2901
                while day in taken:
                    day += dt.timedelta(days=1)  # noqa: PLW2901
            taken.add(day)
        days |= taken
    return days


@pytest.mark.parametrize("year", range(2016, 2031))
def test_bank_holidays_are_those_of_the_act_and_of_proclamations(year):
    found = {row.first for row in bank_holidays(year) if row.first.weekday() < 5}
    expected = by_rule(year) | {day for day in PROCLAIMED if day.year == year}
    assert found == expected - NOT_KEPT


def test_a_substitute_day_says_so():
    (row,) = [row for row in bank_holidays(2027) if row.first == dt.date(2027, 12, 28)]
    assert row.name == "Boxing Day (substitute day)"


def test_school_holidays_are_weeks_that_do_not_overlap():
    rows = [row for row in days_off_between(dt.date(2016, 1, 1), dt.date(2027, 12, 31)) if row.kind == SCHOOL]
    closures = [row for row in rows if "closed" in row.name]
    rows = [row for row in rows if row not in closures]
    assert all(before.last < after.first for before, after in itertools.pairwise(rows))
    assert all(row.first <= row.last and row.first.weekday() < 5 and row.last.weekday() < 5 for row in rows)
    halves = [row for row in rows if "half-term" in row.name]
    assert all((row.first.weekday(), (row.last - row.first).days) == (0, 4) for row in halves)
    for row in rows:  # May half-term holds the spring bank holiday, Easter holidays Easter Monday
        days = [row.first + dt.timedelta(days=number) for number in range((row.last - row.first).days + 1)]
        if row.name == "May half-term":
            assert row.first.month in {5, 6}
            assert dt.date(row.first.year, 5, 25) <= row.first <= dt.date(row.first.year, 5, 31)
        if row.name == "Easter holidays" and row.first.year != 2016:
            assert easter(row.first.year) + dt.timedelta(days=1) in days or row.last == dt.date(2027, 4, 9)
    assert len(closures) == 2


@pytest.mark.parametrize(
    ("date", "name"),
    [
        (dt.date(2024, 10, 30), "autumn half-term"),
        (dt.date(2025, 8, 12), "summer holidays"),
        (dt.date(2026, 10, 13), None),
        (dt.date(2022, 11, 15), None),  # ONS's isochrones: a Tuesday in term
        (dt.date(2023, 12, 27), "Christmas holidays"),
    ],
)
def test_days_of_most_english_schools(date, name):
    row = on(date, days_off_between(date, date), SCHOOL)
    assert (row.name if row else None) == name


def test_nothing_is_said_of_years_that_the_table_does_not_have():
    assert schools_known(dt.date(2026, 10, 13))
    assert not schools_known(dt.date(2015, 10, 13))
    assert not schools_known(dt.date(2031, 10, 13))


def test_days_off_of_a_span_are_those_that_reach_into_it():
    rows = days_off_between(dt.date(2025, 12, 25), dt.date(2025, 12, 26))
    assert [(row.kind, row.name) for row in rows] == [
        (SCHOOL, "Christmas holidays"),
        (BANK, "Christmas Day"),
        (BANK, "Boxing Day"),
    ]


def test_the_days_off_of_a_century_are_known_without_fault():
    rows = days_off_between(dt.date(1990, 1, 1), dt.date(2099, 12, 31))
    assert len(rows) > 110 * 8
    assert list(rows) == sorted(rows, key=lambda row: row.first)
