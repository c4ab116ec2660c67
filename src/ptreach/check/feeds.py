"""What the check looks at: trips of all feeds by pattern, of a built network or of feeds alone."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ptreach.network.calendar import Calendar
from ptreach.network.patterns import Patterns, build_patterns
from ptreach.network.segments import NONE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ptreach.model import FloatArray, Repair, TableRows
    from ptreach.network.build import Network
    from ptreach.sources.gtfs import Timetables


class Feeds(NamedTuple):
    """Feeds put together; stops, routes and trips are numbered as in `Timetables`.

    Trip k of ``patterns`` is trip ``patterns.trip_row[k]`` of the columns ``trip_*``. Ids of stops
    and trips start with ``feed:``. ``stop_street_m`` is the straight line from each stop to the nearest
    street in metres, NaN where none is within 1,600 m; None where no streets are at hand.
    """

    feed_ids: tuple[str, ...]
    timezone: str
    stop_ids: Sequence[str]
    stop_names: Sequence[str]
    stop_lon: FloatArray
    stop_lat: FloatArray
    stop_street_m: FloatArray | None
    agency_names: Sequence[str]
    route_names: Sequence[str]
    route_mode: NDArray[np.int8]
    route_agency: NDArray[np.int32]
    trip_ids: Sequence[str]
    trip_route: NDArray[np.int32]
    trip_feed: NDArray[np.int64]
    patterns: Patterns
    calendar: Calendar
    repairs: tuple[Repair, ...]
    oddities: tuple[Repair, ...]
    rows: tuple[TableRows, ...]

    @property
    def pattern_of_trip(self) -> NDArray[np.int64]:
        """The pattern of each trip of ``patterns``."""
        sizes = np.diff(self.patterns.trip_start)
        return np.repeat(np.arange(sizes.size), sizes)

    @property
    def route_of_trip(self) -> NDArray[np.int32]:
        """The route of each trip of ``patterns``."""
        return self.trip_route[self.patterns.trip_row]

    @property
    def feed_of_trip(self) -> NDArray[np.int64]:
        """The feed of each trip of ``patterns``."""
        return self.trip_feed[self.patterns.trip_row]

    def trip_id(self, trip: int) -> str:
        """Return ``feed:id`` of a trip of ``patterns``."""
        return self.trip_ids[int(self.patterns.trip_row[trip])]


def feeds_of_timetables(timetables: Timetables) -> Feeds:
    """Return feeds that were read; their stops are not set beside streets."""
    return Feeds(
        feed_ids=timetables.feed_ids,
        timezone=timetables.timezone,
        stop_ids=timetables.stop_ids,
        stop_names=timetables.stop_names,
        stop_lon=timetables.stop_lon,
        stop_lat=timetables.stop_lat,
        stop_street_m=None,
        agency_names=timetables.agency_names,
        route_names=timetables.route_names,
        route_mode=timetables.route_mode,
        route_agency=timetables.route_agency,
        trip_ids=timetables.trip_ids,
        trip_route=timetables.trip_route,
        trip_feed=feeds_of_ids(timetables.trip_ids, timetables.feed_ids),
        patterns=build_patterns(timetables),
        calendar=Calendar(timetables.first_day, timetables.service_days),
        repairs=timetables.repairs,
        oddities=timetables.oddities,
        rows=timetables.rows,
    )


def feeds_of_network(network: Network) -> Feeds:
    """Return the feeds of a built network, with the way from each stop to its street."""
    names = network.names()
    links = network.linkage.link(network.stops.lon, network.stops.lat, network.rules)
    return Feeds(
        feed_ids=tuple(names.feed_ids),
        timezone=network.timezone,
        stop_ids=names.stop_ids,
        stop_names=names.stop_names,
        stop_lon=network.stops.lon,
        stop_lat=network.stops.lat,
        stop_street_m=np.where(links.edge == NONE, np.nan, links.off_mm / 1000),
        agency_names=names.agency_names,
        route_names=names.route_names,
        route_mode=network.routes.mode,
        route_agency=network.routes.agency,
        trip_ids=names.trip_ids,
        trip_route=network.trips.route,
        trip_feed=feeds_of_ids(names.trip_ids, names.feed_ids),
        patterns=network.patterns,
        calendar=network.calendar,
        repairs=network.repairs,
        oddities=network.oddities,
        rows=network.rows,
    )


def feeds_of_ids(ids: Sequence[str], feed_ids: Sequence[str]) -> NDArray[np.int64]:
    """Return the feed of each id ``feed:id``; the ids of a feed stand together."""
    # the longest first, for one feed's name may begin another's
    prefixes = sorted(
        ((f"{feed}:", idx) for idx, feed in enumerate(feed_ids)), key=lambda pair: -len(pair[0])
    )

    def feed_of(text: str) -> int:
        return next(idx for prefix, idx in prefixes if text.startswith(prefix))

    sizes = [(feed, sum(1 for _ in run)) for feed, run in groupby(ids, key=feed_of)]
    return np.repeat(
        np.array([feed for feed, _ in sizes], dtype=np.int64), np.array([n for _, n in sizes], dtype=np.int64)
    )
