"""What makes a warning and what a no go, in words, with the limits that the code holds."""

from __future__ import annotations

from ptreach.check.of_date import (
    CHANGED,
    FEWER,
    FEWER_LEAST,
    LARGE_OPERATOR,
    MORE,
    MORE_LEAST,
    SUNSET_DAYS,
)
from ptreach.check.of_feeds import OFF_STREETS
from ptreach.check.proposal import CLOSE
from ptreach.check.stops import FAR_LEAST_M, FAR_TIMES
from ptreach.check.usual import WEEKS_AROUND
from ptreach.network.full_service import FULL_WEEK_SHARE


def criteria() -> tuple[str, ...]:
    """Return sentences that say what is usual, what is warned of, and which date is proposed."""
    sentences = (
        f"""Usual is the median of the same weekday in the {WEEKS_AROUND} weeks before and after, and in
        all weeks of full service; bank holidays are left out. A week is one of full service if it has
        at least {FULL_WEEK_SHARE:.0%} of the trips of the busiest week.""",
        f"""No go: nothing runs on the date; or the full service of a feed has ended or not begun, and no
        more than {FULL_WEEK_SHARE:.0%} of its usual trips run on the date; or a mode, a feed or an
        operator with at least {LARGE_OPERATOR:.0%} of all trips has none, though it runs on that weekday
        in the weeks around; or two feeds have no day of full service in common.""",
        f"""Warning, of the date: fewer than {FEWER:.0%} of the usual trips, and at least {FEWER_LEAST}
        fewer; more than {MORE:.0%}, and at least {MORE_LEAST} more; a weekend; a bank holiday; a day
        on which most English schools are shut; {CHANGED:.0%} of the trips gone, or new, from the week
        before to the week after; a feed that ends within {SUNSET_DAYS} days.""",
        f"""Warning, of the feeds: a mode that the area has stations of and the feeds no trips; more than
        {OFF_STREETS:.0%} of stops without a street within 1,600 m; a stop {FAR_TIMES} times as far
        from the middle as three quarters of the stops, and at least {FAR_LEAST_M / 1000:.0f} km; stops
        in the wrong place, trips too fast to be true, and trips that two feeds have; what a second reader,
        where it is asked, reads otherwise.""",
        f"""The date proposed is the nearest Tuesday in term inside all feeds, without a bank holiday in
        its week, with trips within {CLOSE:.0%} of the median of its weekday in all and for each mode.
        Where there is none, Wednesday or Thursday will do; then a day out of term; then any working
        day.""",
    )
    return tuple(" ".join(sentence.split()) for sentence in sentences)
