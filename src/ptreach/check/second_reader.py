"""A second opinion on what feeds say: gtfs-kit reads the files again, and is set beside our own reading.

Both are asked before anything is mended or left out: which trips run on a date, by mode, at which stops, of
which services. Where they agree, one line says so, and how many trips are left after cleaning. gtfs-kit is
given the file and nothing else of ours.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ptreach.check.gtfs_kit_feeds import gtfs_kit_feed
from ptreach.check.survey import day_words
from ptreach.model import Example, Finding, Severity
from ptreach.sources.gtfs import feed_name
from ptreach.sources.gtfs_days import service_days
from ptreach.sources.gtfs_files import open_feed
from ptreach.sources.gtfs_tables import numbers_of, read_table, table_batches
from ptreach.sources.modes import MODES, modes_of
from ptreach.sources.repairs import Ledger

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pandas as pd

    from ptreach.check.survey import Survey
    from ptreach.sources.gtfs_files import FeedFiles
    from ptreach.sources.repairs import FeedLedger

RULE: Final = "second-reader"
_MOST_RULES: Final = 4


class Reading(NamedTuple):
    """What one reader finds in a feed on a date: ids with how often they occur, and trips by mode."""

    trips: Counter[str]
    stops: Counter[str]
    services: Counter[str]
    modes: Counter[str]


# Of each: what is counted, and where an example of it can be looked up, by which id.
_KINDS: Final = {
    "trips": ("trips", "trips.txt", "trip_id"),
    "stops": ("stops", "stop_times.txt", "stop_id"),
    "services": ("services", "trips.txt", "service_id"),
    "modes": ("trips of a known mode", "routes.txt", "mode"),
}


def second_findings(
    survey: Survey, paths: Sequence[Path], dates: Sequence[dt.date]
) -> dict[dt.date, list[Finding]]:
    """Return what the second reader makes of each date: a note where it agrees on all feeds, else warnings.

    Raises
    ------
    InputError
        Where gtfs-kit is not installed, can't read a feed, or would need more memory than there is.
    """
    alike: dict[dt.date, list[Reading]] = {date: [] for date in dates}
    apart: dict[dt.date, list[Finding]] = {date: [] for date in dates}
    for path in paths:
        readings = zip(dates, _of_gtfs_kit(path, dates), _ours(path, dates), strict=True)
        for date, theirs, ours in readings:
            if ours == theirs:
                alike[date].append(ours)
            else:
                apart[date].append(_difference(survey, path, date, ours, theirs))
    return {date: apart[date] or [_agreement(survey, date, alike[date])] for date in dates}


def _ours(path: Path, dates: Sequence[dt.date]) -> Iterator[Reading]:
    """Yield what our reader finds on each date, trips without route, stop or place included."""
    ledger = Ledger().of(feed_name(path), path)
    with open_feed(path, ledger) as files:
        trips, routes = read_table(files, "trips", ledger), read_table(files, "routes", ledger)
        calendar, exceptions = (read_table(files, name, ledger) for name in ("calendar", "calendar_dates"))
        modes = _modes_of_routes(routes)
        days = service_days(calendar, exceptions, ledger)
        for date in dates:
            column = date.toordinal() - days.first_day
            inside = 0 <= column < days.runs.shape[1]
            rows = np.flatnonzero(days.runs[:, column]) if inside else ()
            of_day = trips[trips["service_id"].isin([days.service_ids[row] for row in rows])]
            yield Reading(
                Counter(of_day["trip_id"].dropna()),
                Counter(_stops(files, set(of_day["trip_id"]), ledger)),
                Counter(set(of_day["service_id"])),
                Counter(modes[route] for route in of_day["route_id"] if route in modes),
            )


def _modes_of_routes(routes: pd.DataFrame) -> dict[str, str]:
    """Return the mode of each route, by its first row."""
    if "route_type" not in routes:
        return {}
    once = routes.drop_duplicates("route_id")
    modes = modes_of(numbers_of(once["route_type"]))
    return {route: MODES[mode] for route, mode in zip(once["route_id"], modes, strict=True)}


def _stops(files: FeedFiles, trips: set[str], ledger: FeedLedger) -> set[str]:
    """Return the stops at which trips call."""
    found: set[str] = set()
    for batch in table_batches(files, "stop_times", ledger, ("trip_id", "stop_id")):
        of_day = batch["trip_id"].take([text in trips for text in batch["trip_id"].texts], missing=False)
        found.update(text for text in batch["stop_id"].cells()[of_day] if text is not None)
    return found


def _of_gtfs_kit(path: Path, dates: Sequence[dt.date]) -> Iterator[Reading]:
    """Yield what gtfs-kit finds on each date."""
    with gtfs_kit_feed(path) as (kit, feed):
        for date in dates:
            trips = kit.get_trips(feed, date=f"{date:%Y%m%d}")
            calls = feed.stop_times[feed.stop_times["trip_id"].isin(trips["trip_id"])]
            kinds = trips[["route_id"]].merge(feed.routes.drop_duplicates("route_id"), on="route_id")
            numbers = kinds["route_type"].to_numpy(dtype=np.float64, na_value=np.nan)
            yield Reading(
                Counter(trips["trip_id"].dropna()),
                Counter(calls["stop_id"].dropna().unique()),
                Counter(trips["service_id"].dropna().unique()),
                Counter(MODES[number] for number in modes_of(numbers)),
            )


def _agreement(survey: Survey, date: dt.date, readings: Sequence[Reading]) -> Finding:
    """Return that both readers find the same on a date, and what cleaning leaves of it."""
    trips = sum(reading.trips.total() for reading in readings)
    what = (
        f"the second reader, gtfs-kit, reads the same: {trips:,} trips on {day_words(date)}, "
        "their stops, services and modes"
    )
    day, is_part = survey.day_of(date), any(rows.outside for rows in survey.feeds.rows)
    left = int(survey.all_trips.trips[day]) if day is not None else 0
    if left != trips and not is_part:
        why = [f"after cleaning, {_rules(survey)}"] if survey.feeds.repairs else []
        why += ["with the departures of frequencies.txt"] if left > trips or not why else []
        what += f"; {left:,} {', and '.join(why)}"
    return Finding(Severity.NOTE, RULE, what, trips, "nothing needs to be done")


def _difference(survey: Survey, path: Path, date: dt.date, ours: Reading, theirs: Reading) -> Finding:
    """Return what two readers of a feed count otherwise on a date, with an example."""
    feed = feed_name(path)
    words, examples, most = [], [], 0
    for kind in Reading._fields:
        one, other = getattr(ours, kind), getattr(theirs, kind)
        differing = (one - other) + (other - one)
        if differing:
            name = min(differing)
            words.append(f"{other.total():,} {_KINDS[kind][0]}, ours {one.total():,}")
            examples.append(Example(feed, _KINDS[kind][1], f"{_KINDS[kind][2]} {name}"))
            most = max(most, differing.total())
    return Finding(
        Severity.WARNING,
        RULE,
        f"the second reader, gtfs-kit, reads otherwise on {day_words(date)}: {'; '.join(words)}; "
        f"{_rules(survey, feed)}",
        most,
        "look up the example: one of the readers takes the row, or its calendar, for something else",
        examples[0],
    )


def _rules(survey: Survey, feed: str = "") -> str:
    """Return which rules of cleaning were followed, of a feed or of all, the most frequent first."""
    counts: Counter[str] = Counter()
    for repair in survey.feeds.repairs:
        if not feed or repair.feed == feed:
            counts[repair.rule] += repair.count
    shown = [f"{rule} {count:,}" for rule, count in counts.most_common(_MOST_RULES)]
    more = [f"{len(counts) - _MOST_RULES} more rules"] if len(counts) > _MOST_RULES else []
    return f"by {', '.join([*shown, *more])}" if shown else "no rule of cleaning found anything there"
