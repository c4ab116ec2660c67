"""The dictionary: every column of every table of a pack, described once.

A table's own entry comes before the entries that all tables share, an exact name before a pattern. A new
table needs the entries of its columns here and nothing else: sidecar, sheets and slides follow.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ptreach.measures.bands import band_labels, beyond_label
from ptreach.model import Reason
from ptreach.outputs.columns import NOT_APPLICABLE, NOT_KNOWN, NOT_REACHED, Absence, Column, Kind
from ptreach.outputs.layer_columns import LAYER_COLUMNS
from ptreach.outputs.tables import MADE_UP, MINUTE_DECIMALS
from ptreach.outputs.wording import ordinal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ptreach.outputs.facts import AreasFacts

ZONES: Final = "zones"
DECILES: Final = "by-imd-decile"
REACH: Final = "reach"
CORRELATIONS: Final = "correlations"
EQUITY: Final = "equity"
TENTHS: Final = "tenths"

_REASONS: Final = (
    (Reason.REACHED, "reached, within the limits of the search"),
    (Reason.OFF_NETWORK, "no street near enough to the zone's centroid"),
    (Reason.NO_SERVICE, "stops within a walk, but nothing stops there in the hours asked about"),
    (Reason.TOO_FAR_TO_WALK, "no stop within the walking limit"),
    (Reason.BEYOND_LIMIT, "the journey takes longer, or more rides, than the search allows"),
)
_UNKNOWN: Final = (Absence(NOT_KNOWN, "no figure is published for the zone"),)
_NEVER: Final = (Absence(NOT_REACHED, "no departure of the window reaches the zone; reason says why"),)
_NEVER_ARRIVES: Final = (Absence(NOT_REACHED, "no arrival of the window has a journey; reason says why"),)
_NOBODY: Final = (Absence(NOT_APPLICABLE, "nobody lives there", nobody_in="population"),)
_NO_TEST: Final = (Absence(NOT_APPLICABLE, "too few zones are known of both, or one is the same in all"),)
_DECILE_CODES: Final = (
    ("1", "most deprived tenth of zones"),
    *((str(number), "") for number in range(2, 10)),
    ("10", "least deprived tenth of zones"),
    ("all", "all zones, those of unknown decile too"),
)


def _minutes(name: str, title: str, about: str, absences: tuple[Absence, ...] = ()) -> Column:
    """Return a column of minutes: two decimals part any two seconds, so that 14:59 never shows as 15."""
    return Column(name, title, about, Kind.NUMBER, "minutes", MINUTE_DECIMALS, 2, absences=absences)


def _share(name: str, title: str, of: str, about: str, absences: tuple[Absence, ...] = ()) -> Column:
    return Column(name, title, about, Kind.SHARE, of, MINUTE_DECIMALS, 1, absences=absences)


def _whole(name: str, title: str, about: str, unit: str = "", absences: tuple[Absence, ...] = ()) -> Column:
    return Column(name, title, about, Kind.WHOLE, unit, absences=absences)


def _number(
    name: str, title: str, about: str, decimals: int, unit: str = "", absences: tuple[Absence, ...] = ()
) -> Column:
    return Column(name, title, about, Kind.NUMBER, unit, decimals, decimals, absences=absences)


def _statistic(name: str, title: str, about: str) -> Column:
    return _number(name, title, about, 4, absences=_NO_TEST)


def _rank(name: str, index: str) -> Column:
    about = f"Rank of the zone by {index} among all zones of England; 1 is the most deprived."
    return _whole(name, f"{index} rank", about, absences=_UNKNOWN)


def _decile(name: str, index: str) -> Column:
    about = f"Tenth of the zones of England by {index}; 1 holds the most deprived, 10 the least."
    return _whole(name, f"{index} decile", about, absences=_UNKNOWN)


_SHARED: Final = (
    Column(
        "made_up",
        "Made-up data",
        "Stands in every row of data that describe no real place.",
        codes=((MADE_UP, "describes no real place"),),
    ),
    Column("zone_id", "Zone code", "Code of the zone in its edition, to join other figures by."),
    Column("zone_name", "Zone name", "Name of the zone."),
    Column("district_code", "District code", "Code of the local authority district.", absences=_UNKNOWN),
    Column("district_name", "District", "Name of the local authority district.", absences=_UNKNOWN),
    _minutes(
        "minutes_p50",
        "Median travel time",
        "Median over the minutes of the window of the travel time between the town's point and the zone's "
        "population-weighted centroid, waiting included.",
        (Absence(NOT_REACHED, "fewer than half of the window's minutes have a journey; reason says why"),),
    ),
    _minutes(
        "minutes_p{n}",
        "Travel time, {nth} percentile",
        "The {nth} percentile, by nearest rank, over the minutes of the window of the travel time between "
        "the town's point and the zone's population-weighted centroid. Minutes without a journey come last.",
        (Absence(NOT_REACHED, "fewer than {n}% of the window's minutes have a journey"),),
    ),
    Column(
        "band",
        "Band of travel time",
        "Band of the median: it holds its lower bound, not its upper one. For a zone that is not reached, "
        "the reason.",
    ),
    Column("reason", "Reason", "Why the zone has no median travel time; reached where it has.",
           codes=tuple((reason.value, words) for reason, words in _REASONS)),
    _number(
        "link_distance_m",
        "Distance to the street",
        "Straight line from the zone's centroid to the street that it joins.",
        1,
        "metres",
        (Absence(NOT_APPLICABLE, "no street is near enough: the zone is off the network"),),
    ),
    _share(
        "area_within_{n}",
        "Area within {n} minutes",
        "the zone's area",
        "Share of the zone's area that lies in the isochrone of {n} minutes.",
        (Absence(NOT_APPLICABLE, "the zone's boundary encloses no area"),),
    ),
    _share(
        "departures_within_{n}",
        "Departures within {n} minutes",
        "the window's minutes",
        "Share of the window's minutes whose journey takes less than {n} minutes.",
    ),
    _share(
        "departures_reached",
        "Departures with a journey",
        "the window's minutes",
        "Share of the window's minutes that have a journey at all, within the limits of the search.",
    ),
    Column(
        "best_departure",
        "Best departure",
        "When to leave to travel least; the first of equals.",
        Kind.CLOCK,
        "clock",
        absences=_NEVER,
    ),
    Column(
        "best_arrival",
        "Best arrival",
        "When to arrive to travel least; the first of equals.",
        Kind.CLOCK,
        "clock",
        absences=_NEVER_ARRIVES,
    ),
    _minutes("best_min", "Travel time at best", "Travel time at the best minute of the window.", _NEVER),
    Column(
        "worst_departure",
        "Worst departure",
        "When to leave to travel longest; one that does not reach the zone is worse than any that does.",
        Kind.CLOCK,
        "clock",
        absences=_NEVER,
    ),
    Column(
        "worst_arrival",
        "Worst arrival",
        "When to arrive to travel longest; one without a journey is worse than any that has one.",
        Kind.CLOCK,
        "clock",
        absences=_NEVER_ARRIVES,
    ),
    _minutes(
        "worst_min",
        "Travel time at worst",
        "Travel time at the worst minute of the window.",
        (Absence(NOT_REACHED, "at least one minute of the window has no journey"),),
    ),
    _minutes(
        "longest_wait_min",
        "Longest wait",
        "How long one can put off leaving and still arrive as soon, at most; for arrivals, how much earlier "
        "one arrives than need be.",
    ),
    _whole("population", "Residents", "Residents of all ages.", "people", _UNKNOWN),
    _whole("children", "Children", "Residents of ages 0 to 15.", "people", _UNKNOWN),
    _number("imd_score", "IMD score", "Index of Multiple Deprivation; more is more deprived.", 3,
            absences=_UNKNOWN),
    _rank("imd_rank", "IMD"),
    _decile("imd_decile", "IMD"),
    _rank("idaci_rank", "IDACI"),
    _decile("idaci_decile", "IDACI"),
    _number("lon", "Longitude", "Of the zone's population-weighted centroid, WGS 84.", 6, "degrees"),
    _number("lat", "Latitude", "Of the zone's population-weighted centroid, WGS 84.", 6, "degrees"),
    Column("edition", "Edition of zones", "Edition of the zones that the figures are of."),
    _share(
        "share_within_{n}",
        "Residents within {n} minutes",
        "residents",
        "Share of residents whose zone has a median travel time of less than {n} minutes.",
        _NOBODY,
    ),
    _minutes(
        "median_min",
        "Travel time of the middle resident",
        "Population-weighted median of the zones' median travel times; who is not reached counts last.",
        (*_NOBODY, Absence(NOT_REACHED, "more than half of them live in zones that are not reached")),
    ),
)  # fmt: skip

_OWN: Final = LAYER_COLUMNS | {
    DECILES: (
        Column("deprivation", "Deprivation by", "The indices that the deciles are of."),
        Column(
            "imd_decile",
            "IMD decile",
            "Tenth of the zones of England by the Index of Multiple Deprivation.",
            codes=_DECILE_CODES,
        ),
        _whole("zones", "Zones", "Zones of the decile."),
        _whole("population", "Residents", "Residents of the decile's zones.", "people"),
    ),
    REACH: (
        Column(
            "deprivation",
            "Deprivation by",
            "The index that the deciles are of.",
            codes=(("imd", "Index of Multiple Deprivation"),
                   ("idaci", "Income Deprivation Affecting Children Index")),
        ),
        Column("decile", "Decile", "Tenth of the zones of England by that index.", codes=_DECILE_CODES),
        Column(
            "group",
            "Group",
            "Who is counted.",
            codes=(
                ("people", "residents of all ages"),
                ("children", "residents of ages 0 to 15"),
                ("pensioners", "residents of pension age"),
            ),
        ),
        _whole("cutoff_min", "Within", "Cutoff of travel time; strictly less counts.", "minutes"),
        _whole("people", "People", "People of the group in the decile.", "people"),
        _whole("people_within", "People within reach", "Those whose zone is within the cutoff.", "people"),
        _share(
            "share_within",
            "Within reach",
            "people",
            "Share of the group's people in the decile whose zone is within the cutoff.",
            (Absence(NOT_APPLICABLE, "nobody of the group lives there", nobody_in="people"),),
        ),
    ),
    CORRELATIONS: (
        Column("first", "First indicator", "Name of an indicator."),
        Column("second", "Second indicator", "Name of another indicator."),
        _whole("zones", "Zones", "Zones that both indicators are known of."),
        _statistic("pearson", "Pearson's r", "Correlation of the values, -1 to 1."),
        _statistic("spearman", "Spearman's rho", "Correlation of the ranks, -1 to 1."),
        _statistic("p_naive", "p, zones taken for independent", "Two-sided p of rho: far too small, as "
                   "zones resemble their neighbours."),
        _statistic("p_spatial", "p, neighbours allowed for", "Two-sided p of rho by the modified t-test."),
        Column(
            "q_spatial",
            "q, neighbours and number of pairs allowed for",
            "The p that allows for neighbours, after Benjamini and Hochberg over all pairs that are not of "
            "one whole.",
            Kind.NUMBER,
            "",
            4,
            4,
            absences=(Absence(NOT_APPLICABLE, "both are parts of one whole, or there is no p"),),
        ),
        _number("effective_zones", "Effective zones", "Independent zones that the p rests on.", 1,
                absences=_NO_TEST),
        Column("same_whole", "Parts of one whole", "Whether both are shares of one whole, which forces their "
               "correlation down.", Kind.FLAG),
    ),
    EQUITY: (
        Column(
            "measure",
            "Measure",
            "Name of the index.",
            codes=(
                ("people_counted", "people that the indices are about"),
                ("share_counted", "their share of all people, 0 to 1"),
                ("mean", "population-weighted mean, in the unit of the values"),
                ("gini", "Gini coefficient, 0 all alike to 1"),
                ("theil_t", "Theil's T, 0 all alike"),
                ("theil_l", "Theil's L, 0 all alike"),
                ("palma_ratio", "mean of the least deprived 10% of people over the most deprived 40%"),
                ("concentration_index", "concentration by deprivation, -1 to 1; 0 is none"),
            ),
        ),
        _number("value", "Value", "Value of the index.", 4,
                absences=(Absence(NOT_APPLICABLE, "the index has no value for such figures"),)),
    ),
    TENTHS: (
        Column("measure", "Measure", "What is compared: residents, median travel time in minutes, or the "
               "share (0 to 1) within a cutoff in minutes."),
        *(
            _number(name, title, about, 4,
                    absences=(Absence(NOT_APPLICABLE, "a tenth has nobody, is not reached, or is 0"),))
            for name, title, about in (
                ("most_deprived", "Most deprived tenth", "Value of decile 1."),
                ("least_deprived", "Least deprived tenth", "Value of decile 10."),
                ("difference", "Difference", "Most deprived less least deprived."),
                ("ratio", "Ratio", "Most deprived over least deprived."),
            )
        ),
    ),
}  # fmt: skip


def describe(
    table: str, names: Iterable[str], areas: AreasFacts, cutoffs_min: Sequence[int]
) -> tuple[Column, ...]:
    """Return the descriptions of a table's columns, in their order.

    Parameters
    ----------
    table
        Name of the table: `ZONES`, `DECILES` …; one without entries of its own has those that all share.
    names
        Names of its columns.
    areas
        The zones' edition, whose ``id_column`` is described as what it is.
    cutoffs_min
        Cutoffs of the town in minutes, of which bands are named.

    Raises
    ------
    ValueError
        Names a column that the dictionary does not describe.
    """
    return tuple(_described(table, str(name), areas, cutoffs_min) for name in names)


def _described(table: str, name: str, areas: AreasFacts, cutoffs_min: Sequence[int]) -> Column:
    """Return the description of one column."""
    if name == areas.id_column:
        return replace(_entry(table, "zone_id"), name=name, title=f"Zone code, {areas.edition}")
    if name == "band":
        labels = (*band_labels(cutoffs_min), beyond_label(cutoffs_min))
        codes = [(label, "") for label in labels]
        codes += [(reason.value, words) for reason, words in _REASONS if reason is not Reason.REACHED]
        return replace(_entry(table, name), codes=tuple(codes))
    return _entry(table, name)


def _entry(table: str, name: str) -> Column:
    """Return the entry of a column, numbers filled in; raise ValueError where there is none."""
    for entries in (_OWN.get(table, ()), _SHARED):
        for entry in entries:
            if entry.name == name:
                return entry
        for entry in entries:
            pattern = re.escape(entry.name).replace(re.escape("{n}"), r"(\d+)")
            if "{n}" in entry.name and (match := re.fullmatch(pattern, name)):
                return _with_number(entry, name, int(match[1]))
    raise ValueError(f"no description of column '{name}' of table '{table}'; add it to the dictionary")


def _with_number(entry: Column, name: str, number: int) -> Column:
    """Return an entry with a number in place of ``{n}``, and ``5th`` of ``{nth}``."""

    def fill(text: str) -> str:
        return text.replace("{n}", str(number)).replace("{nth}", ordinal(number))

    absences = tuple(replace(absence, why=fill(absence.why)) for absence in entry.absences)
    return replace(entry, name=name, title=fill(entry.title), about=fill(entry.about), absences=absences)
