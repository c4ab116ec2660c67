"""Timetables of thirteen plain weeks, whose days of service follow by hand."""

import datetime as dt

from town import clock

MONDAY = dt.date(2026, 9, 7)
"""The first day of the usual calendar, which runs to Sunday 2026-12-06 (13 weeks)."""
LAST = dt.date(2026, 12, 6)
ROUTES = "route_id,route_short_name,route_type,agency_id\nr,1,3,a\n"


def day(weeks, weekday=0):
    """The date of a weekday (0 is Monday) some weeks after the first Monday."""
    return MONDAY + dt.timedelta(days=7 * weeks + weekday)


def week_rows(*rows):
    """Calendar.txt of (service, days as 1111100, first day, last day)."""
    head = "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date"
    lines = [
        ",".join([service, *days, f"{first:%Y%m%d}", f"{last:%Y%m%d}"]) for service, days, first, last in rows
    ]
    return "\n".join([head, *lines, ""])


def dates_text(*rows):
    """Calendar_dates.txt of (service, date, exception type)."""
    lines = [f"{service},{date:%Y%m%d},{kind}" for service, date, kind in rows]
    return "\n".join(["service_id,date,exception_type", *lines, ""])


def every_minutes(count, service="weekdays", *, name="t", stops=("A", "B"), start_s=8 * 3600, ride_s=300):
    """`count` trips a minute apart between two stops."""
    return [
        (
            f"{name}{number}",
            service,
            [(stop, clock(start_s + 60 * number + ride_s * call)) for call, stop in enumerate(stops)],
        )
        for number in range(count)
    ]


USUAL = week_rows(("weekdays", "1111100", MONDAY, LAST), ("weekend", "0000011", MONDAY, LAST))


def rules(verdict, severity=None):
    """Names of the rules of a verdict's findings, in their order."""
    return [one.rule for one in verdict.findings if severity in {None, one.severity}]


def finding(verdict, rule):
    """The one finding of a rule."""
    (found,) = [one for one in verdict.findings if one.rule == rule]
    return found
