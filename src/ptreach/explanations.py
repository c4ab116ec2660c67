"""Why a zone takes as long as it does: its journeys over the window, found and put into words.

What binds is what most time goes to over all journeys of the window: waits say that vehicles are few or
ill-timed, rides that the way is long or slow, walks that stops are far. All three are sums of legs.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np

from ptreach.matrix.reasons import name_reasons
from ptreach.matrix.zones import to_grid
from ptreach.measures.bands import name_bands
from ptreach.measures.time_differences import nearest_rank
from ptreach.model import UNREACHED, Reason
from ptreach.outputs.compared import clock
from ptreach.outputs.explanation import (
    RIDE,
    WAIT,
    WALK,
    Explanation,
    JourneyTold,
    LegTold,
    Place,
    Way,
    journey_note,
)
from ptreach.outputs.wording import long_date, printable, window_phrase
from ptreach.sources.modes import MODES
from ptreach.towns import ends_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from ptreach.config import Town
    from ptreach.engine.raptor.engine import RaptorEngine
    from ptreach.engine.raptor.journeys import Journey, Leg
    from ptreach.model import PointLinks, Query

_ENDS: Final = {
    "from": ("the town's point", "the zone's point"),
    "to": ("the zone's point", "the town's point"),
}


class Teller:
    """Puts the journeys of a network between a town and its zones into words; names are read once."""

    def __init__(self, router: RaptorEngine, town: Town) -> None:
        self._network = router.network
        self._names = router.network.names()
        self._town = town

    def journey(self, journey: Journey, minute_s: int, percentile: int) -> JourneyTold:
        """Return a journey with the names of its stops and routes."""
        legs = tuple(map(self._leg, journey.legs))
        return JourneyTold(percentile, minute_s, journey.seconds, legs)

    def routes(self, journey: Journey) -> tuple[str, ...]:
        """Return the routes that are ridden, in their order: ``bus 9``."""
        return tuple(" ".join(self._route(leg.trip)[:2]) for leg in journey.legs if leg.kind == RIDE)

    def _route(self, trip: int) -> tuple[str, str, str]:
        """Return mode, name and operator of a trip's route."""
        route = int(self._network.trips.route[trip])
        mode, agency = int(self._network.routes.mode[route]), int(self._network.routes.agency[route])
        name, agency_name = self._names.route_names[route], self._names.agency_names[agency]
        return MODES[mode], printable(name), printable(agency_name)

    def _leg(self, leg: Leg) -> LegTold:
        """Return a leg with its names."""
        start, end = (
            Place(self._names.stop_ids[stop], printable(self._names.stop_names[stop]))
            if stop >= 0
            else Place("", name)
            for stop, name in zip(
                (leg.from_stop, leg.to_stop), _ENDS[self._town.preset.direction], strict=True
            )
        )
        if leg.kind != RIDE:
            # who waits at the journey's end waits there
            return LegTold(leg.kind, leg.starts_s, leg.seconds, end if leg.kind == WAIT else start, end)
        mode, route, agency = self._route(leg.trip)
        trip_id = self._names.trip_ids[leg.trip]
        return LegTold(RIDE, leg.starts_s, leg.seconds, start, end, mode, route, agency, trip_id, leg.seated)


def explain_zone(router: RaptorEngine, town: Town, zone: gpd.GeoDataFrame) -> Explanation:
    """Return why the one zone of a frame, as `zones_on_streets` gives them, takes as long as it does.

    Raises
    ------
    InputError
        Where nothing runs on the town's date.
    """
    query = town.query
    origin, point = ends_of(town, zone)
    (block,) = router.each_departure(origin, point, query)
    seconds = block[0, 0].astype(np.int64)
    reached = np.flatnonzero(seconds != UNREACHED)
    journeys = router.journeys(origin, point, query, [(0, int(at)) for at in reached])
    by_minute = dict(zip(reached.tolist(), journeys, strict=True))
    _require_sums(seconds, by_minute)
    by_percentile = {p: _percentile_s(seconds, p) for p in query.percentiles}
    teller = Teller(router, town)
    told = _told(teller, query, seconds, by_minute, by_percentile)
    links = router.point_links(point, query)
    median_s = by_percentile[50]
    (reason,) = name_reasons(np.array([median_s is not None]), links)
    minutes = np.nan if median_s is None else median_s / 60
    binding, because = _binding(town, [one for one in journeys if one is not None], reason)
    xy_m = to_grid(np.r_[origin.lon, point.lon], np.r_[origin.lat, point.lat])
    return Explanation(
        town=town.name,
        direction=query.direction,
        asked=f"{long_date(town.date)}, {window_phrase(town)}",
        zone_id=point.ids[0],
        zone_name=str(zone["zone_name"].iloc[0]),
        band=name_bands([minutes], [reason], town.preset.cutoffs_min)[0],
        reason=reason.value,
        minutes_n=query.departures_n,
        reached_n=int(reached.size),
        distance_m=round(float(np.hypot(*(xy_m[1] - xy_m[0]))), 1),
        street_m=_street_m(links),
        seconds=by_percentile,
        binding=binding,
        because=because,
        journeys=told,
        ways=_ways(teller, by_minute),
    )


def journey_notes(
    router: RaptorEngine, town: Town, zones: gpd.GeoDataFrame, seconds: Sequence[int]
) -> list[str]:
    """Return for each zone the journey of the first minute that takes so many seconds, in a line.

    `seconds` are those of a percentile; empty where no minute takes as many.
    """
    query = town.query
    origin, points = ends_of(town, zones)
    (block,) = router.each_departure(origin, points, query)
    asked = [
        (zone, int(at[0]))
        for zone, own_s in enumerate(seconds)
        if (at := np.flatnonzero(block[0, zone] == own_s)).size
    ]
    teller, notes = Teller(router, town), [""] * len(points)
    for (zone, minute), journey in zip(asked, router.journeys(origin, points, query, asked), strict=True):
        if journey is not None:
            told = teller.journey(journey, query.window_start_s + 60 * minute, 50)
            notes[zone] = journey_note(told, query.direction)
    return notes


def _percentile_s(seconds: NDArray[np.int64], percentile: int) -> int | None:
    """Return a percentile of the window's seconds, None where too few of its minutes have a journey."""
    value = int(np.sort(seconds)[nearest_rank(percentile, seconds.size)])
    return None if value == UNREACHED else value


def _require_sums(seconds: NDArray[np.int64], by_minute: dict[int, Journey | None]) -> None:
    """Raise RuntimeError where a journey does not add up to what the matrix has: a fault of ours."""
    for minute, journey in by_minute.items():
        found_s = None if journey is None else journey.seconds
        if found_s != seconds[minute]:
            raise RuntimeError(f"minute {minute}: a journey of {found_s} s, a time of {seconds[minute]} s")


def _street_m(links: PointLinks) -> float | None:
    """Return how far a zone's point is from its street."""
    return round(float(links.distance_m[0]), 1) if links.linked[0] else None


def _told(
    teller: Teller,
    query: Query,
    seconds: NDArray[np.int64],
    by_minute: dict[int, Journey | None],
    by_percentile: dict[int, int | None],
) -> tuple[JourneyTold, ...]:
    """Return the journeys at the best, the median and the worst percentile, each of its first minute."""
    told = []
    for percentile in sorted({query.percentiles[0], 50, query.percentiles[-1]}):
        own_s = by_percentile[percentile]
        minute = -1 if own_s is None else int(np.flatnonzero(seconds == own_s)[0])
        journey = by_minute.get(minute)
        if journey is not None:
            told.append(teller.journey(journey, query.window_start_s + 60 * minute, percentile))
    return tuple(told)


def _ways(teller: Teller, by_minute: dict[int, Journey | None]) -> tuple[Way, ...]:
    """Return the sequences of routes over the window, those of most minutes first."""
    taken: Counter[tuple[str, ...]] = Counter()
    times_s: dict[tuple[str, ...], list[int]] = {}
    for journey in by_minute.values():
        if journey is not None:
            routes = teller.routes(journey)
            taken[routes] += 1
            times_s.setdefault(routes, []).append(journey.seconds)
    ordered = sorted(taken, key=lambda routes: (-taken[routes], min(times_s[routes]), routes))
    return tuple(Way(routes, taken[routes], min(times_s[routes]), max(times_s[routes])) for routes in ordered)


def _binding(town: Town, journeys: Sequence[Journey], reason: Reason) -> tuple[str, str]:
    """Return what binds, and why one may say so."""
    if reason is not Reason.REACHED:
        return reason.value, _why_not(town, len(journeys), reason)
    spent_s = dict.fromkeys((WAIT, RIDE, WALK), 0)
    for journey in journeys:
        for leg in journey.legs:
            spent_s[leg.kind] += leg.seconds
    mean_s = {kind: round(total_s / len(journeys)) for kind, total_s in spent_s.items()}
    most = max(mean_s, key=lambda kind: spent_s[kind])
    best_s = min(journey.seconds for journey in journeys)
    return {WAIT: "frequency", RIDE: "distance", WALK: "walking"}[most], (
        f"Over the window's {len(journeys):,} journeys, {clock(sum(mean_s.values()))} on average, waits take "
        f"{clock(mean_s[WAIT])}, rides {clock(mean_s[RIDE])} and walks {clock(mean_s[WALK])}. The quickest "
        f"takes {clock(best_s)}."
    )


def _why_not(town: Town, reached_n: int, reason: Reason) -> str:
    """Return why a zone has no median."""
    preset, all_n = town.preset, town.query.departures_n
    limits = f"under {preset.max_time_min:g} minutes with at most {preset.max_rides} rides"
    if reached_n:
        return f"Only {reached_n} of {all_n} minutes have a journey {limits}: fewer than half have no median."
    return {
        Reason.OFF_NETWORK: "No street of the network is near enough to its point.",
        Reason.TOO_FAR_TO_WALK: f"No stop lies within a walk of {preset.max_walk_min:g} minutes.",
        Reason.NO_SERVICE: "There are stops within a walk, but nothing calls at them in these hours.",
    }.get(reason, f"There are stops with service, but no journey {limits}.")
