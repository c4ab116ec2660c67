"""The types that cross between rooms: points, queries, matrices, provenance."""

from __future__ import annotations

import enum
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from ptreach.errors import InputError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

Direction = Literal["from", "to"]
FloatArray = NDArray[np.float64]
UNREACHED: Final = 65535
"""Travel time in seconds that stands for *not reached*; real times are smaller."""


class Reason(enum.StrEnum):
    """Why a zone has no minutes; ``REACHED`` where it has."""

    REACHED = "reached"
    OFF_NETWORK = "off network"
    NO_SERVICE = "no service"
    TOO_FAR_TO_WALK = "too far to walk"
    BEYOND_LIMIT = "beyond the limit"


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Places by unique string id, longitude and latitude in degrees (EPSG:4326).

    ``lon`` and ``lat`` are float64 of shape (n,); row i belongs to ``ids[i]``. Each is equal to itself only.
    """

    ids: tuple[str, ...]
    lon: FloatArray
    lat: FloatArray

    @classmethod
    def of(
        cls, ids: Iterable[str], lon: Iterable[float], lat: Iterable[float], *, where: str = "points"
    ) -> Points:
        """Return checked points; raise InputError on duplicate ids or coordinates that are not degrees."""
        names = tuple(ids)
        x, y = (np.ascontiguousarray(list(values), dtype=np.float64) for values in (lon, lat))
        if not (len(names) == x.size == y.size):
            raise InputError(f"{len(names)} ids, {x.size} longitudes and {y.size} latitudes", where=where)
        twice = [name for name, count in Counter(names).items() if count > 1]
        if twice:
            raise InputError(
                f"id '{twice[0]}' occurs more than once ({len(twice)} such ids)",
                where=where,
                remedy="give every point an id of its own",
            )
        _check_degrees(names, x, y, where)
        for values in (x, y):
            values.flags.writeable = False
        return cls(names, x, y)

    def __len__(self) -> int:
        return len(self.ids)


def _check_degrees(ids: tuple[str, ...], lon: FloatArray, lat: FloatArray, where: str) -> None:
    """Raise InputError for coordinates that are missing, projected or outside the globe."""
    bad = np.flatnonzero(~((np.abs(lon) <= 180) & (np.abs(lat) <= 90)))
    if not bad.size:
        return
    first = int(bad[0])
    x, y = float(lon[first]), float(lat[first])
    if not (np.isfinite(x) and np.isfinite(y)):
        remedy = "fill in longitude and latitude"
    elif max(abs(x), abs(y)) > 1000:
        remedy = (
            "give degrees (EPSG:4326), not projected metres; or a geo file that names its coordinate system"
        )
    else:
        remedy = "put longitude in lon and latitude in lat, both in degrees"
    raise InputError(
        f"lon {x:g}, lat {y:g} of '{ids[first]}' is no place on earth ({bad.size} such points)",
        where=where,
        remedy=remedy,
    )


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of an engine: when, which way, how far.

    Clock times are seconds after noon minus 12 h of ``date`` and may pass 86,400. Departures (or, for
    direction ``to``, arrivals) are every 60 s from ``window_start_s``, end excluded.
    """

    date: dt.date
    window_start_s: int
    window_end_s: int
    percentiles: tuple[int, ...] = (5, 25, 50, 75, 95)
    direction: Direction = "from"
    walk_speed_kph: float = 4.8
    max_walk_min: float = 20
    max_time_min: float = 120
    max_rides: int = 8

    def __post_init__(self) -> None:
        """Refuse windows, percentiles and limits that no search can answer."""
        checks: tuple[tuple[str, bool, str], ...] = (
            (
                "window",
                0 <= self.window_start_s < self.window_end_s,
                "end the window after its start",
            ),
            ("window", self.window_end_s <= 30 * 3600, "end the window by 30:00"),
            ("window", self.departures_n <= 24 * 60, "ask for 24 hours at most"),
            (
                "percentiles",
                bool(self.percentiles)
                and all(0 < p <= 100 for p in self.percentiles)
                and list(self.percentiles) == sorted(set(self.percentiles)),
                "give whole numbers from 1 to 100, ascending",
            ),
            ("direction", self.direction in {"from", "to"}, "say from or to"),
            ("walk_speed_kph", 0.5 <= self.walk_speed_kph <= 15, "give km/h between 0.5 and 15"),
            ("max_walk_min", 0 < self.max_walk_min <= 120, "give minutes up to 120"),
            ("max_time_min", 0 < self.max_time_min <= 600, "give minutes up to 600"),
            ("max_rides", 1 <= self.max_rides <= 16, "give 1 to 16 rides"),
        )
        for field, holds, remedy in checks:
            if not holds:
                raise InputError("value out of range", where=f"query, {field}", remedy=remedy)

    @property
    def departures_n(self) -> int:
        """Number of departure (or arrival) minutes in the window."""
        return -(-(self.window_end_s - self.window_start_s) // 60)

    @property
    def max_time_s(self) -> int:
        """Longest journey searched for, in seconds; the limit itself is not reached."""
        return round(self.max_time_min * 60)

    @property
    def max_walk_s(self) -> int:
        """Longest single walk, in seconds; the limit itself is not reached."""
        return round(self.max_walk_min * 60)


@dataclass(frozen=True, slots=True)
class TravelTimeMatrix:
    """A block of whole origin rows.

    ``seconds`` is uint16 of shape (origins, destinations, percentiles), ``UNREACHED`` where a place is not
    reached; ``resolution_s`` is 1, or 60 for engines that give whole minutes only.
    """

    origin_ids: tuple[str, ...]
    destination_ids: tuple[str, ...]
    percentiles: tuple[int, ...]
    seconds: NDArray[np.uint16]
    resolution_s: Literal[1, 60] = 1


@dataclass(frozen=True, slots=True)
class PointLinks:
    """How points hang on the street network.

    ``distance_m`` float64 (n,) is the straight line to the nearest point of a street edge, NaN where none
    lies within 1,600 m; ``linked`` bool (n,). ``near_stop`` bool (n,): a stop lies within the walking limit;
    ``near_service`` bool (n,): one at which something stops in the hours of the query.
    """

    linked: NDArray[np.bool_]
    distance_m: FloatArray
    near_stop: NDArray[np.bool_]
    near_service: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """One input file, so that a number can be traced to it; ``pinned``: its recipe names this sha256."""

    kind: str
    path: Path
    sha256: str
    size_bytes: int
    title: str
    publisher: str
    licence: str
    attribution: str
    date: str
    url: str = ""
    note: str = ""
    made_up: bool = False
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Repair:
    """What a rule of cleaning found in one feed; ``feed`` is empty for what concerns the whole network.

    ``example`` names file and row of one case: ``iow-bus.zip, stop_times.txt: trip 12, stop_sequence 3``.
    ``what`` was found, what was ``done`` about it, and what the publisher should do: ``remedy``.
    """

    rule: str
    feed: str
    count: int
    example: str
    what: str
    done: str
    remedy: str


MAP_NODES: Final = "nodes"
"""The table of `TableRows` that are no rows of a feed but nodes of a map."""


@dataclass(frozen=True, slots=True)
class TableRows:
    """How many rows of a feed's table were read, lay outside the area or days asked for, and were kept.

    Of a map that was cut: its file in place of the feed, its nodes in place of rows, `MAP_NODES` for the
    table.
    """

    feed: str
    table: str
    read: int
    outside: int
    kept: int


@dataclass(frozen=True, slots=True)
class Areas:
    """Zones of one edition with what is known of the people in them.

    ``frame`` (EPSG:27700, one row a zone, sorted by ``zone_id``) has the columns ``zone_id, zone_name,
    ward_name, district_code, district_name, region_code, region_name, lon, lat, population, children,
    working_age, pensioners, population_iod, children_iod, imd_score, imd_rank, imd_decile, idaci_score,
    idaci_rank, idaci_decile, geometry``. Missing values are NaN.

    Geometry is the polygon; lon and lat are those of its ``point``. Children are of 0 to 15 years, those of
    working age of 16 to 64, pensioners of ``pensioners_from`` years and over (None where they are not known).
    ``population_iod`` and ``children_iod`` are the denominators of the Indices of Deprivation: the weights of
    the averages of districts. ``idaci_score`` is a rate from 0 to 1. ``notes`` are sentences on what was done
    to the tables that a reader of the figures should know.

    ``districts`` (EPSG:27700) has ``district_code, district_name, region_code, region_name, geometry``,
    ``regions`` the last three, ``district_deprivation`` the publisher's summaries, a row a district:
    ``imd_average_score``, ``idaci_average_score`` and what else
    `ptreach.sources.district_deprivation.COLUMNS` lists. Each is of the whole file and sorted by code; None
    where the recipe has none.
    """

    name: str
    title: str
    edition: str
    id_column: str
    deprivation_title: str
    population_title: str
    frame: gpd.GeoDataFrame
    sources: tuple[SourceRecord, ...]
    made_up: bool
    point: str = "population-weighted centroid"
    pensioners_from: int | None = None
    notes: tuple[str, ...] = ()
    districts: gpd.GeoDataFrame | None = None
    regions: gpd.GeoDataFrame | None = None
    district_deprivation: pd.DataFrame | None = None


@dataclass(frozen=True, slots=True)
class Opportunities:
    """Places of one kind that people travel to: schools, jobs, surgeries.

    ``name`` is that of its column of tables, ``title`` its words. ``offers`` float64 (n,): what each of
    ``points`` offers, such as places of a school, NaN where unknown. ``demand`` is the column of zones that
    counts who wants it: ``population, children`` or ``pensioners``.
    """

    name: str
    title: str
    points: Points
    offers: FloatArray
    demand: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """One figure that is known of every zone.

    ``name`` is that of its column, ``title`` its words on a picture; ``theme`` groups indicators (education,
    work, deprivation). ``unit`` is ``%`` for shares of 0 to 100, else a word such as ``score``. ``part_of``
    names the whole that shares of one table add up to (``ethnic group``), empty where there is none.
    """

    name: str
    title: str
    theme: str
    unit: str
    edition: str
    part_of: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Indicators:
    """Indicators of the zones of one edition.

    ``frame`` is indexed by ``zone_id``, sorted, with a float64 column an indicator, in the order of
    ``indicators``; NaN where a figure is suppressed or not known. ``notes`` are sentences on what was done to
    their tables.
    """

    indicators: tuple[Indicator, ...]
    frame: pd.DataFrame
    sources: tuple[SourceRecord, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Authorities:
    """Districts of a country: outlines and average deprivation.

    ``shapes`` (EPSG:27700): ``district_code, district_name, geometry``. ``scores``, a row a district, sorted
    by code: ``district_code, district_name``, and for ``imd`` and ``idaci``: ``imd_average_score, imd_rank``
    (1 the most deprived), ``imd_how`` (worked out from zones, or published; empty where not known).
    """

    shapes: gpd.GeoDataFrame
    scores: pd.DataFrame


@dataclass(frozen=True, slots=True)
class CorrelationMatrix:
    """All pairs of indicators of an area's zones, and the indicators in the order they are drawn in.

    ``pairs`` as `correlate_indicators` returns them, and ``first_moran_i, second_moran_i``: how like its
    neighbours' each indicator of a zone is (Moran's I). ``indicators`` are all, by theme; ``drawn`` are those
    that there is room for.
    """

    pairs: pd.DataFrame
    indicators: tuple[Indicator, ...]
    drawn: tuple[Indicator, ...]
    sources: tuple[SourceRecord, ...]
    notes: tuple[str, ...] = ()
    """Sentences on what was done to the tables of indicators."""


class Progress(Protocol):
    """What long work calls as it goes: ``progress("matrix", 40, 903)``; done == total ends the stage."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Take note that `done` of `total` units of `stage` are done."""


def no_progress(stage: str, done: int, total: int) -> None:
    """Ignore progress: for scripts and tests."""


class Severity(enum.StrEnum):
    """What a finding of the check means for a run: it stops it, warns of it, or is worth knowing."""

    NO_GO = "no go"
    WARNING = "warning"
    NOTE = "note"


class Decision(enum.StrEnum):
    """What the check of a timetable ends in."""

    GO = "go"
    WARNINGS = "go with warnings"
    NO_GO = "no go"


@dataclass(frozen=True, slots=True)
class Example:
    """One row that shows a finding: feed, table in it and id of the row there."""

    feed: str
    file: str
    id: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a verdict.

    ``rule`` is its name for scripts; ``count`` says how many trips, stops or days it is about, as ``what``
    spells out; ``remedy`` is an imperative clause.
    """

    severity: Severity
    rule: str
    what: str
    count: int
    remedy: str
    example: Example | None = None


@dataclass(frozen=True, slots=True)
class DaySeries:
    """Trips, services with trips and stops served of each day; ``kind`` is all, mode, operator or feed."""

    kind: str
    name: str
    trips: tuple[int, ...]
    services: tuple[int, ...]
    stops: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Trips of the date beside those of other days of its weekday, bank holidays left out.

    ``near`` is the median of the 4 weeks before and after, ``span`` that of all weeks of full service; None
    where there are no such days.
    """

    kind: str
    name: str
    trips: int
    near: float | None
    span: float | None


@dataclass(frozen=True, slots=True)
class FeedSpan:
    """First and last day of a feed: with any trip, and of its weeks of full service."""

    feed: str
    trips: int
    first: dt.date
    last: dt.date
    full_first: dt.date
    full_last: dt.date


@dataclass(frozen=True, slots=True)
class Proposal:
    """A date to take in place of the one asked for, and what speaks for it."""

    date: dt.date
    why: str


@dataclass(frozen=True, slots=True)
class DaysOff:
    """Days from ``first`` to ``last`` on which much is shut; ``kind`` is bank or school."""

    kind: str
    name: str
    first: dt.date
    last: dt.date


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check of a timetable found for one date; ``findings`` are sorted, the gravest first.

    ``series`` start on ``first_day``. ``cleaned`` are the rows of the feeds' tables before and after
    cleaning, ``repairs`` what was mended or left out. ``criteria`` say in words what makes a warning and what
    a no go. ``days_off`` are those of England and Wales, None for timetables of another time zone.
    """

    network: str
    date: dt.date
    date_from: str
    decision: Decision
    findings: tuple[Finding, ...]
    proposal: Proposal | None
    comparisons: tuple[Comparison, ...]
    feeds: tuple[FeedSpan, ...]
    first_day: dt.date
    series: tuple[DaySeries, ...]
    days_off: tuple[DaysOff, ...] | None
    cleaned: tuple[TableRows, ...]
    repairs: tuple[Repair, ...]
    criteria: tuple[str, ...]
