"""What a pack must know of its run beside the numbers: engine, network, zones, inputs, rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from ptreach.measures.comparison import Comparison
    from ptreach.model import (
        Areas,
        CorrelationMatrix,
        FloatArray,
        Repair,
        SourceRecord,
        TableRows,
        Verdict,
    )


class Sunset(NamedTuple):
    """The last day that a pack's figures may be quoted for, the feed that ends on it, and among how many.

    It is the last day of full service of the feed that ends first; of a feed whose full service is over on
    the date asked about, the last day on which anything runs. Feeds without a trip on the date do not count.
    """

    last_day: dt.date
    feed: str
    feeds_n: int

    @classmethod
    def of(cls, verdict: Verdict) -> Sunset | None:
        """Return the sunset by a verdict on the date; None where no feed has a trip then."""
        runs = {row.name for row in verdict.comparisons if row.kind == "feed" and row.trips}
        ends = sorted(
            (feed.full_last if feed.full_last >= verdict.date else feed.last, feed.feed)
            for feed in verdict.feeds
            if feed.feed in runs
        )
        return cls(*ends[0], len(ends)) if ends else None


@dataclass(frozen=True, slots=True, eq=False)
class Snapping:
    """How far the town's point and the stops of the network are from the street that they join, in metres.

    ``stops_m`` float64 (n,) is NaN where no street lies within ``far_m``; ``stop_ids`` and ``stop_names``
    belong to it.
    """

    origin_m: float
    stop_ids: tuple[str, ...]
    stop_names: tuple[str, ...]
    stops_m: FloatArray
    near_m: float
    far_m: float


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SecondOpinion:
    """What another engine says of the same zones, and how that agrees with the minutes of the pack.

    Of ``comparison`` the first side is the pack, the second this engine; both are cut down to whole minutes
    where one of them gives no more.
    """

    engine: str
    """Name of the engine: ``r5``."""
    title: str
    """With its releases: ``R5 7.5.1 (r5py 1.1.7, Java 21.0.4)``."""
    names: tuple[str, str]
    """Short ones of the pack's engine and of this one: ``ptreach``, ``R5``."""
    rules: Mapping[str, str | int | float | bool]
    """Its rules by name, in plain values."""
    notes: tuple[str, ...]
    """Sentences on its answers that a reader should know."""
    software: Mapping[str, str]
    """What it runs beside ptreach: releases, and the digest of R5's jar."""
    resolution_s: int
    """What its times are whole multiples of, in seconds."""
    minutes: Mapping[int, FloatArray]
    """Minutes at each percentile, in the order of the zones, NaN where one is not reached."""
    apart_s: Mapping[int, FloatArray]
    """Seconds by this engine less those of the pack, like for like; NaN where not both reach the zone."""
    comparison: Comparison
    """How the two agree, zone by zone."""


@dataclass(frozen=True, slots=True)
class AreasFacts:
    """The zones' edition and the titles of what is known of them."""

    name: str
    """Name of the recipe: ``england-lsoa-2011``."""
    title: str
    """``LSOAs of England, 2011``."""
    edition: str
    """``LSOA 2011``."""
    id_column: str
    """What the column of zone ids is called: ``lsoa11cd``."""
    deprivation_title: str
    """``Indices of Deprivation 2019``."""
    population_title: str
    """``mid-2020 population estimates``."""
    point: str = "population-weighted centroid"
    """What stands for each zone."""
    pensioners_from: int | None = None
    """Age from which people are counted as pensioners, None where they are not counted."""
    notes: tuple[str, ...] = ()
    """Sentences on what was done to the tables of zones."""

    @classmethod
    def of(cls, areas: Areas, correlations: CorrelationMatrix | None = None) -> AreasFacts:
        """Return the facts of `areas`, and of the tables of indicators that were correlated."""
        return cls(
            name=areas.name,
            title=areas.title,
            edition=areas.edition,
            id_column=areas.id_column,
            deprivation_title=areas.deprivation_title,
            population_title=areas.population_title,
            point=areas.point,
            pensioners_from=areas.pensioners_from,
            notes=(*areas.notes, *(correlations.notes if correlations else ())),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PackFacts:
    """Facts of a run that are written into its pack; none holds a clock or a path of the machine."""

    version: str
    """Version of ptreach."""
    engine: str
    """Name of the engine: ``raptor``."""
    network: str
    """Name of the network's recipe: ``isle-of-wight``."""
    network_digest: str
    """Digest of the built network, in hexadecimal: the same files and rules give the same."""
    areas: AreasFacts
    """The zones' edition."""
    sources: tuple[SourceRecord, ...]
    """Every input file of network and areas."""
    repairs: tuple[Repair, ...]
    """What was mended or left out of feeds and streets, by which rule and how often."""
    oddities: tuple[Repair, ...] = ()
    """What is odd in the feeds, and kept as it is."""
    rows: tuple[TableRows, ...] = ()
    """How many rows of the feeds' tables were read and kept."""
    rules: Mapping[str, str | int | float | bool]
    """The engine's rules by name, in plain values: ``board_slack_s``."""
    software: Mapping[str, str] = field(default_factory=dict)
    """What the engine runs beside ptreach and its libraries: releases, and the digest of R5's jar."""
    engine_notes: tuple[str, ...] = ()
    """Sentences on the engine's answers that a reader should know."""
    resolution_s: int = 1
    """What times are whole multiples of, in seconds; rounded down where that is 60."""
    surface_step_m: float
    """Distance in metres between neighbouring nodes of the surface that isochrones are cut from."""
    surface_street_m: float
    """How near, in metres, a street must be for a node of the surface to count as reached."""
    by_the_sea: bool
    """Whether there is sea where there is no zone; else that may be land of which nothing is known."""
    made_up: bool
    """Whether any input is made up: the whole pack then says so."""
    sunset: Sunset | None = None
    """The last day that the figures may be quoted for."""
    snapping: Snapping | None = None
    """How far stops and the town's point are from their street."""
    left_out: tuple[str, ...] = ()
    """Titles of the optional files of the network's recipe that were not there."""
