"""What speaks against a date."""

import datetime as dt

import pytest

from ptreach.model import Decision, Severity
from weeks import LAST, MONDAY, USUAL, dates_text, day, every_minutes, finding, rules, week_rows

TUESDAY = day(4, 1)
"""2026-10-06: in term, no bank holiday near, thirteen weeks of timetable about it."""
RAIL = "route_id,route_short_name,route_type,agency_id\nr,1,2,a\n"
EXTRA = every_minutes(20, "weekend", name="w")


@pytest.fixture
def train(write):
    """A rail feed, so that nobody misses rail."""
    return write(every_minutes(10, start_s=6 * 3600), name="rail", routes=RAIL)


def test_a_plain_tuesday_is_a_go(verdict, write, train):
    found = verdict(TUESDAY, write([*every_minutes(50), *EXTRA]), train)
    assert found.findings == ()
    assert found.decision is Decision.GO
    assert found.proposal is None
    assert [(row.name, row.trips, row.near) for row in found.comparisons[:3]] == [
        ("all services", 60, 60.0),
        ("bus", 50, 50.0),
        ("rail", 10, 10.0),
    ]


def test_a_date_after_the_end_is_a_no_go_with_the_span(verdict, write, train):
    found = verdict(day(14, 1), write(every_minutes(50)), train)
    first = found.findings[0]
    assert found.decision is Decision.NO_GO
    assert first.rule == "no-service"
    assert first.what == (
        "nothing runs on Tuesday 2026-12-15; the timetable has service from 2026-09-07 to 2026-12-04"
    )
    # Tuesday 1 December: the last in full service, in term
    assert found.proposal.date == dt.date(2026, 12, 1)


def test_a_feed_that_has_ended_is_named_while_the_other_runs_on(verdict, write):
    short = week_rows(("weekdays", "1111100", MONDAY, day(2, 4)))
    bus = write(every_minutes(50), calendar=short)
    found = verdict(TUESDAY, bus, write(every_minutes(10), name="rail", routes=RAIL))
    first = found.findings[0]
    assert (first.severity, first.rule, first.example.feed) == (Severity.NO_GO, "outside-feed", "bus")
    assert "ended on 2026-09-25: full service from 2026-09-07 to 2026-09-25" in first.what
    # that there are no buses, and none of their operator, is the same fault and said once
    assert "mode-absent" not in rules(found)
    assert "feed-absent" not in rules(found)
    assert found.proposal.date == day(2, 1)


def test_a_feed_of_which_nothing_ever_runs_is_a_no_go(verdict, write, train):
    calendar = USUAL + week_rows(("never", "0000000", MONDAY, LAST)).split("\n", 1)[1]
    bus = write(every_minutes(5, "never"), calendar=calendar)
    both = verdict(TUESDAY, bus, train)
    assert both.findings[0].what == "no trip of bus runs on any day"
    assert both.decision is Decision.NO_GO
    alone = verdict(TUESDAY, bus)
    assert alone.findings[0].what == "nothing runs on Tuesday 2026-10-06"
    assert alone.proposal is None


@pytest.mark.parametrize(("left", "severity"), [(12, Severity.NO_GO), (13, Severity.WARNING)])
def test_a_few_trips_after_the_end_are_no_timetable(verdict, write, left, severity):
    trips = [*every_minutes(50 - left), *every_minutes(left, "special", name="s")]
    calendar = week_rows(
        ("weekdays", "1111100", MONDAY, day(5, 4)), ("special", "1111100", MONDAY, day(5, 4))
    )
    late = day(9, 1)
    found = verdict(late, write(trips, calendar=calendar, calendar_dates=dates_text(("special", late, 1))))
    # of 50 usual trips a quarter is 12.5
    assert (finding(found, "outside-feed").severity, finding(found, "outside-feed").count) == (severity, left)


def test_feeds_that_have_no_day_in_common_are_a_no_go_on_any_date(verdict, write):
    early = week_rows(("weekdays", "1111100", MONDAY, day(2, 4)))
    late = week_rows(("weekdays", "1111100", day(3), LAST))
    found = verdict(
        TUESDAY,
        write(every_minutes(50), calendar=early),
        write(every_minutes(10), name="rail", routes=RAIL, calendar=late),
    )
    assert finding(found, "feeds-apart").severity is Severity.NO_GO
    assert "bus from 2026-09-07 to 2026-09-25 and rail from 2026-09-28 to 2026-12-04" in (
        finding(found, "feeds-apart").what
    )
    assert found.proposal is None


def test_a_mode_that_runs_on_that_weekday_and_not_on_the_date_is_a_no_go(verdict, write):
    routes = "route_id,route_short_name,route_type,agency_id\nr,1,3,a\ntr,T,0,a\n"
    trips = [*every_minutes(50), *every_minutes(10, "trams", name="tram")]
    calendar = USUAL + week_rows(("trams", "1111100", MONDAY, LAST)).split("\n", 1)[1]
    off = dates_text(("trams", TUESDAY, 2))
    bus = write(trips, routes=routes, calendar=calendar, calendar_dates=off, route_of={"trams": "tr"})
    found = verdict(TUESDAY, bus)
    absent = finding(found, "mode-absent")
    assert absent.severity is Severity.NO_GO
    assert absent.what.startswith("tram: no trips; 10 on a usual Tuesday of the weeks around")
    assert (absent.example.file, absent.example.id) == ("trips.txt", "tram0")
    # the next Tuesday has trams
    assert found.proposal.date in {TUESDAY - dt.timedelta(days=7), TUESDAY + dt.timedelta(days=7)}
    assert "mode-absent" not in rules(verdict(day(5, 1), bus))


@pytest.mark.parametrize(
    ("stay", "warned"),
    [(80, False), (79, True)],  # of 100: 80 % is not fewer
)
def test_far_fewer_trips_are_a_warning(verdict, write, train, stay, warned):
    trips = [*every_minutes(stay), *every_minutes(100 - stay, "some", name="s")]
    calendar = USUAL + week_rows(("some", "1111100", MONDAY, LAST)).split("\n", 1)[1]
    bus = write(trips, calendar=calendar, calendar_dates=dates_text(("some", TUESDAY, 2)))
    found = verdict(TUESDAY, bus)
    assert ("fewer-trips" in rules(found, Severity.WARNING)) is warned
    if warned:
        what = finding(found, "fewer-trips").what
        assert what == (
            "all services: 79 trips; 100 on a usual Tuesday of the weeks around (79%), "
            "100 on the median Tuesday of the timetable"
        )


def test_a_few_trips_fewer_are_no_news(verdict, write, train):
    trips = [*every_minutes(3), *every_minutes(4, "some", name="s")]
    calendar = USUAL + week_rows(("some", "1111100", MONDAY, LAST)).split("\n", 1)[1]
    bus = write(trips, calendar=calendar, calendar_dates=dates_text(("some", TUESDAY, 2)))
    assert "fewer-trips" not in rules(verdict(TUESDAY, bus))


def test_far_more_trips_may_be_a_service_listed_twice(verdict, write, train):
    trips = [*every_minutes(40), *every_minutes(40, "again", name="again")]
    calendar = USUAL + week_rows(("again", "0000000", MONDAY, LAST)).split("\n", 1)[1]
    bus = write(trips, calendar=calendar, calendar_dates=dates_text(("again", TUESDAY, 1)))
    found = verdict(TUESDAY, bus, train)
    assert [one.what for one in found.findings if one.rule == "more-trips"][1:] == [
        (
            "bus: 80 trips; 40 on a usual Tuesday of the weeks around (200%), "
            "40 on the median Tuesday of the timetable"
        )
    ]
    # all 40 are listed twice for that day
    assert finding(found, "doubles-in-feed").count == 40
    assert "40 of them on 2026-10-06" in finding(found, "doubles-in-feed").what


def test_operators_share_a_line_and_only_a_large_one_is_a_no_go(verdict, write):
    agency = "agency_id,agency_name,agency_url,agency_timezone\n" + "".join(
        f"{name},{name} Buses,http://e.org,Europe/London\n" for name in "abc"
    )
    routes = "route_id,route_short_name,route_type,agency_id\nr,1,3,a\nrb,1,3,b\nrc,1,3,c\n"
    calendar = USUAL + "".join(
        week_rows((name, "1111100", MONDAY, LAST)).split("\n", 1)[1] for name in ("small", "large")
    )

    def on_tuesday(large, *, off):
        trips = [
            *every_minutes(96 - large),
            *every_minutes(4, "small", name="s"),
            *every_minutes(large, "large", name="l"),
        ]
        exceptions = dates_text(*((service, TUESDAY, 2) for service in off))
        route_of = {"small": "rb", "large": "rc"}
        return verdict(
            TUESDAY,
            write(
                trips,
                agency=agency,
                routes=routes,
                calendar=calendar,
                calendar_dates=exceptions,
                route_of=route_of,
            ),
        )

    few = finding(on_tuesday(4, off=["small", "large"]), "operator-absent")
    assert (few.severity, few.count) == (Severity.WARNING, 2)
    assert few.what.startswith("2 operators have none of their usual trips: b Buses: no trips; 4 on a usual")
    one = finding(on_tuesday(5, off=["large"]), "operator-absent")
    assert (one.severity, one.count) == (Severity.NO_GO, 1)
    assert one.what.startswith("1 operator has none of its usual trips: c Buses: no trips; 5 on a usual")


@pytest.mark.parametrize(
    ("date", "rule", "words"),
    [
        (day(4, 5), "weekend", "Saturday 2026-10-10 is at the weekend: there is no rush hour"),
        (
            dt.date(2026, 10, 27),
            "school-holiday",
            "Tuesday 2026-10-27: most English schools are on holiday (autumn half-term)",
        ),
    ],
)
def test_days_that_are_no_working_days_in_term(verdict, write, date, rule, words):
    found = verdict(date, write([*every_minutes(50), *every_minutes(50, "weekend", name="w")]))
    assert finding(found, rule).what == words
    assert finding(found, rule).severity is Severity.WARNING
    assert found.proposal.date.weekday() == 1


def test_bank_holidays_and_the_days_about_them(verdict, write):
    calendar = week_rows(("weekdays", "1111100", dt.date(2026, 3, 2), dt.date(2026, 7, 10)))
    bus = write(every_minutes(50), calendar=calendar)
    found = verdict(dt.date(2026, 5, 4), bus)
    assert "bank holiday in England and Wales: May Day" in finding(found, "bank-holiday").what
    note = finding(verdict(dt.date(2026, 5, 5), bus), "bank-holiday-near")
    assert (note.severity, note.what) == (
        Severity.NOTE,
        "2026-05-04 is a bank holiday in the same week: May Day",
    )


def test_days_off_are_england_s_alone(verdict, write):
    agency = "agency_id,agency_name,agency_url,agency_timezone\na,Buses,http://e.org,Europe/Berlin\n"
    found = verdict(dt.date(2026, 10, 27), write(every_minutes(50), agency=agency))
    assert found.days_off is None
    assert found.findings == ()


def test_years_without_known_terms_are_a_note(verdict, write):
    calendar = week_rows(("weekdays", "1111100", dt.date(2031, 9, 1), dt.date(2031, 12, 5)))
    found = verdict(dt.date(2031, 10, 7), write(every_minutes(50), calendar=calendar))
    assert finding(found, "school-terms-unknown").severity is Severity.NOTE


@pytest.mark.parametrize(("days", "warned"), [(27, True), (28, False)])
def test_a_feed_that_ends_within_four_weeks_is_a_sunset(verdict, write, days, warned):
    end = TUESDAY + dt.timedelta(days=days)
    calendar = week_rows(("weekdays", "1111111", MONDAY, end))
    found = verdict(TUESDAY, write(every_minutes(50), calendar=calendar))
    assert ("feed-ends-soon" in rules(found, Severity.WARNING)) is warned


def test_a_change_of_timetable_is_seen_by_times_not_by_ids(verdict, write):
    middle = day(4, 2)
    calendar = week_rows(
        ("old", "1111100", MONDAY, middle - dt.timedelta(days=1)), ("new", "1111100", middle, LAST)
    )
    same = [*every_minutes(50, "old"), *every_minutes(50, "new", name="n")]
    assert "timetable-change" not in rules(verdict(TUESDAY, write(same, calendar=calendar)))
    moved = [*every_minutes(50, "old"), *every_minutes(50, "new", name="n", start_s=8 * 3600 + 600)]
    found = finding(verdict(TUESDAY, write(moved, calendar=calendar)), "timetable-change")
    # leaving 8:00 to 8:49, then 8:10 to 8:59: ten are gone and ten are new
    assert found.what == (
        "the timetable changes about 2026-10-06: of 50 trips of Tuesday 2026-09-29, "
        "10 do not run at the same times on 2026-10-13, and 10 others do"
    )
    assert found.example.id == "t0"


def test_the_evening_before_is_all_that_runs_past_midnight(verdict, write):
    late = [("late", "mondays", [("A", "23:50:00"), ("B", "24:40:00")])]
    calendar = week_rows(("mondays", "1000000", MONDAY, LAST))
    bus = write(late, calendar=calendar)
    night = verdict(TUESDAY, bus, window_s=(0, 3_600))
    assert finding(night, "evening-before").count == 1
    assert night.decision is Decision.WARNINGS
    for window_s in (None, (7 * 3_600, 9 * 3_600)):
        found = verdict(TUESDAY, bus, window_s=window_s)
        assert found.findings[0].rule == "no-service"
