"""Columns that tables of a pack share, each described once.

``{n}`` in name and words stands for a number, ``{point}`` for what stands for a zone.
"""

from __future__ import annotations

from typing import Final

from ptreach.model import Reason
from ptreach.outputs.tables.columns import (
    NOT_APPLICABLE,
    NOT_KNOWN,
    NOT_REACHED,
    Absence,
    Column,
    Kind,
    minutes_column,
    number_column,
    share_column,
    whole_column,
)
from ptreach.outputs.tables.frames import MADE_UP

REASONS: Final = (
    (Reason.REACHED, "reached, within the limits of the search"),
    (Reason.OFF_NETWORK, "no street near enough to the point that stands for the zone"),
    (Reason.NO_SERVICE, "stops within a walk, but nothing stops there in the hours asked about"),
    (Reason.TOO_FAR_TO_WALK, "no stop within the walking limit"),
    (Reason.BEYOND_LIMIT, "the journey takes longer, or more rides, than the search allows"),
)
_UNKNOWN: Final = Absence(NOT_KNOWN, "no figure is published for the zone")
_NEVER: Final = Absence(NOT_REACHED, "no departure of the window reaches the zone; reason says why")
_NEVER_ARRIVES: Final = Absence(NOT_REACHED, "no arrival of the window has a journey; reason says why")
_NOBODY: Final = Absence(NOT_APPLICABLE, "nobody lives there", nobody_in="population")


def _clock(name: str, title: str, about: str, absence: Absence) -> Column:
    return Column(name, title, about, Kind.CLOCK, "clock", absences=(absence,))


def _rank(name: str, index: str) -> Column:
    about = f"Rank of the zone by {index} among all zones of England; 1 is the most deprived."
    return whole_column(name, f"{index} rank", about, "", _UNKNOWN)


def _decile(name: str, index: str) -> Column:
    about = f"Tenth of the zones of England by {index}; 1 holds the most deprived, 10 the least."
    return whole_column(name, f"{index} decile", about, "", _UNKNOWN)


MADE_UP_COLUMN: Final = Column(
    "made_up",
    "Made-up data",
    "Stands in every row of data that describe no real place.",
    codes=((MADE_UP, "describes no real place"),),
)

SHARED_COLUMNS: Final = (
    MADE_UP_COLUMN,
    Column("edition", "Edition of zones", "Edition of the zones that the figures are of."),
    Column("deprivation", "Deprivation by", "The indices that ranks and deciles are of."),
    Column("zone_id", "Zone code", "Code of the zone in its edition, to join other figures by."),
    Column("zone_name", "Zone name", "Name of the zone."),
    Column("district_code", "District code", "Code of the local authority district.", absences=(_UNKNOWN,)),
    Column("district_name", "District", "Name of the local authority district.", absences=(_UNKNOWN,)),
    minutes_column(
        "minutes_p50",
        "Median travel time",
        "Median over the minutes of the window of the travel time between the town's point and the zone's "
        "{point}, waiting included.",
        Absence(NOT_REACHED, "fewer than half of the window's minutes have a journey; reason says why"),
    ),
    minutes_column(
        "minutes_p{n}",
        "Travel time, {nth} percentile",
        "The {nth} percentile, by nearest rank, over the minutes of the window of the travel time between "
        "the town's point and the zone's {point}. Minutes without a journey come last.",
        Absence(NOT_REACHED, "fewer than {n}% of the window's minutes have a journey"),
    ),
    Column(
        "band",
        "Band of travel time",
        "Band of the median: it holds its lower bound, not its upper one. For a zone that is not reached, "
        "the reason.",
    ),
    Column(
        "unstable",
        "Unstable band",
        "Whether fewer than half of the window's minutes lie in the zone's band: leave at another minute, "
        "and it is more often nearer or farther.",
        Kind.FLAG,
    ),
    Column(
        "reason",
        "Reason",
        "Why the zone has no median travel time; reached where it has.",
        codes=tuple((reason.value, words) for reason, words in REASONS),
    ),
    number_column(
        "link_distance_m",
        "Distance to the street",
        "Straight line from the zone's {point} to the street that it joins.",
        1,
        "metres",
        Absence(NOT_APPLICABLE, "no street is near enough: the zone is off the network"),
    ),
    share_column(
        "area_within_{n}",
        "Area within {n} minutes",
        "the zone's area",
        "Share of the zone's area that lies in the isochrone of {n} minutes.",
        Absence(NOT_APPLICABLE, "the zone's boundary encloses no area"),
    ),
    share_column(
        "departures_within_{n}",
        "Departures within {n} minutes",
        "the window's minutes",
        "Share of the window's minutes whose journey takes less than {n} minutes.",
    ),
    share_column(
        "departures_reached",
        "Departures with a journey",
        "the window's minutes",
        "Share of the window's minutes that have a journey at all, within the limits of the search.",
    ),
    _clock("best_departure", "Best departure", "When to leave to travel least; the first of equals.", _NEVER),
    _clock(
        "best_arrival", "Best arrival", "When to arrive to travel least; the first of equals.", _NEVER_ARRIVES
    ),
    minutes_column(
        "best_min", "Travel time at best", "Travel time at the best minute of the window.", _NEVER
    ),
    _clock(
        "worst_departure",
        "Worst departure",
        "When to leave to travel longest; one that does not reach the zone is worse than any that does.",
        _NEVER,
    ),
    _clock(
        "worst_arrival",
        "Worst arrival",
        "When to arrive to travel longest; one without a journey is worse than any that has one.",
        _NEVER_ARRIVES,
    ),
    minutes_column(
        "worst_min",
        "Travel time at worst",
        "Travel time at the worst minute of the window.",
        Absence(NOT_REACHED, "at least one minute of the window has no journey"),
    ),
    minutes_column(
        "longest_wait_min",
        "Longest wait",
        "How long one can put off leaving and still arrive as soon, at most; for arrivals, how much earlier "
        "one arrives than need be.",
    ),
    whole_column("population", "Residents", "Residents of all ages.", "people", _UNKNOWN),
    whole_column("children", "Children", "Residents of ages 0 to 15.", "people", _UNKNOWN),
    number_column(
        "imd_score",
        "IMD score",
        "Index of Multiple Deprivation; more is more deprived.",
        3,
        "",
        _UNKNOWN,
    ),
    _rank("imd_rank", "IMD"),
    _decile("imd_decile", "IMD"),
    _rank("idaci_rank", "IDACI"),
    _decile("idaci_decile", "IDACI"),
    number_column("lon", "Longitude", "Of the zone's {point}, WGS 84.", 6, "degrees"),
    number_column("lat", "Latitude", "Of the zone's {point}, WGS 84.", 6, "degrees"),
    share_column(
        "share_within_{n}",
        "Residents within {n} minutes",
        "residents",
        "Share of residents whose zone has a median travel time of less than {n} minutes.",
        _NOBODY,
    ),
    minutes_column(
        "median_min",
        "Travel time of the middle resident",
        "Population-weighted median of the zones' median travel times; who is not reached counts last.",
        _NOBODY,
        Absence(NOT_REACHED, "more than half of them live in zones that are not reached"),
    ),
)
