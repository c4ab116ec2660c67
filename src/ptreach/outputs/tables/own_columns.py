"""Columns that mean in one table of a pack what they mean in no other, by the table's name.

``{n}`` in name and words stands for a number, ``{name}`` for any name: a column of which there are as many
as indicators.
"""

from __future__ import annotations

from typing import Final

from ptreach.measures.access import CATCHMENT_MIN, HALF_MIN
from ptreach.measures.place_figures import FEWEST_ZONES
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
from ptreach.outputs.tables.correlation_tables import FIRM_BELOW, WEAK_BELOW
from ptreach.outputs.tables.shared_columns import MADE_UP_COLUMN

ZONES: Final = "zones"
DECILES: Final = "by-imd-decile"
PEOPLE_WITHIN: Final = "people-within"
FIGURES: Final = "figures"
FAR: Final = "deprived-and-far"
RELATION: Final = "time-and-deprivation"
ACCESS: Final = "access"
AUTHORITIES: Final = "authorities"
CORRELATIONS: Final = "correlations"
MATRIX: Final = "correlation-matrix"
SECOND: Final = "second-opinion"

_NO_TEST: Final = Absence(NOT_APPLICABLE, "too few zones are known of both, or one is the same in all")
_NO_INTERVAL: Final = Absence(
    NOT_APPLICABLE,
    f"the figure has no interval: a count, one of a tenth, or of a place of fewer than {FEWEST_ZONES} zones",
)
_NO_AVERAGE: Final = Absence(NOT_KNOWN, "no average is published, nor can one be worked out from zones")
_DECILE_CODES: Final = (
    ("1", "most deprived tenth of zones"),
    *((str(number), "") for number in range(2, 10)),
    ("10", "least deprived tenth of zones"),
    ("all", "all zones, those of unknown decile too"),
)
_INDICES: Final = (
    ("imd", "Index of Multiple Deprivation"),
    ("idaci", "Income Deprivation Affecting Children Index"),
)
_WHO: Final = (
    ("all", "all residents"),
    ("most_deprived_tenth", "the most deprived tenth of the place's own residents"),
    ("least_deprived_tenth", "the least deprived tenth of the place's own residents"),
    ("most_minus_least_deprived_tenth", "the most deprived tenth less the least deprived"),
    ("minutes", "travel times of residents whose zone is reached and has a rank of deprivation"),
)
FIGURE_CODES: Final = (
    ("people", "residents"),
    ("median_min", "travel time of the middle resident, who is not reached counted last"),
)
"""Figures but shares within a cutoff, of which each town has its own, before those."""
INEQUALITY_CODES: Final = (
    ("people_counted", "people that the indices below are about"),
    ("share_counted", "their share of all people, 0 to 1"),
    ("gini", "Gini coefficient, 0 all alike to 1"),
    ("theil_t", "Theil's T, 0 all alike"),
    ("theil_l", "Theil's L, 0 all alike"),
    ("palma_ratio", "mean of the least deprived 10% of people over that of the most deprived 40%"),
    ("concentration_index", "concentration by deprivation, -1 to 1; 0 is none"),
)


def _statistic(name: str, title: str, about: str) -> Column:
    return number_column(name, title, about, 4, "", _NO_TEST)


def _moran(name: str, of: str) -> Column:
    return _statistic(
        f"{name}_moran_i",
        f"Moran's I of {of}",
        "How like their neighbours zones are in it, up to 1; about 0 is not at all.",
    )


def _alike(name: str, of: str) -> tuple[Column, Column]:
    """Return the columns that say how like their neighbours zones are in a figure, and its p."""
    about = "How likely zones strewn at random are to be so like their neighbours."
    return _moran(name, of), _statistic(f"{name}_moran_p", f"p of Moran's I of {of}", about)


def _authority(index: str, weighted_by: str) -> tuple[Column, Column, Column]:
    """Return the columns of an index's averages."""
    name = index.lower()
    return (
        number_column(
            f"{name}_average_score",
            f"{index}, average score",
            f"Average of the scores of the authority's zones, weighted by {weighted_by}; more is more "
            "deprived.",
            4,
            "",
            _NO_AVERAGE,
        ),
        whole_column(
            f"{name}_rank",
            f"{index}, rank of the average score",
            "Among the local authorities of England; 1 is the most deprived.",
            "",
            _NO_AVERAGE,
        ),
        Column(
            f"{name}_how",
            f"{index}, whose average",
            "Whether the average is worked out from zones or the publisher's own.",
            codes=(("worked out from zones", ""), ("published", "")),
            absences=(_NO_AVERAGE,),
        ),
    )


def _indicator(side: str, title: str) -> tuple[Column, Column, Column]:
    """Return the columns of one of a pair of indicators."""
    return (
        Column(side, f"{title} indicator", "Name of the indicator."),
        Column(f"{side}_title", f"{title} indicator in words", "What the indicator is called on pictures."),
        Column(f"{side}_theme", f"{title} theme", "What the indicator is about."),
    )


OWN_COLUMNS: Final = {
    DECILES: (
        Column(
            "imd_decile",
            "IMD decile",
            "Tenth of the zones of England by the Index of Multiple Deprivation.",
            codes=_DECILE_CODES,
        ),
        whole_column("zones", "Zones", "Zones of the decile."),
        whole_column("population", "Residents", "Residents of the decile's zones.", "people"),
    ),
    PEOPLE_WITHIN: (
        Column("index", "Index", "The index that the deciles are of.", codes=_INDICES),
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
        whole_column("cutoff_min", "Within", "Cutoff of travel time; strictly less counts.", "minutes"),
        whole_column("people", "People", "People of the group in the decile.", "people"),
        whole_column(
            "people_within", "People within reach", "Those whose zone is within the cutoff.", "people"
        ),
        share_column(
            "share_within",
            "Within reach",
            "people",
            "Share of the group's people in the decile whose zone is within the cutoff.",
            Absence(NOT_APPLICABLE, "nobody of the group lives there", nobody_in="people"),
        ),
    ),
    FIGURES: (
        Column("figure", "Figure", "Name of the figure."),
        Column("about", "Of whom", "Who or what the figure is of.", codes=_WHO),
        Column(
            "unit",
            "Unit",
            "Unit of the value and its interval.",
            codes=(
                ("people", ""), ("minutes", ""), ("share of people", "0 to 1"), ("index", ""), ("ratio", ""),
            ),
        ),
        number_column(
            "value",
            "Value",
            "Value of the figure.",
            None,
            "",
            Absence(NOT_APPLICABLE, "nobody counts, the middle resident is not reached, or it is infinite"),
        ),
        number_column("low", "Low", "Lower bound of the interval of 95%.", None, "", _NO_INTERVAL),
        number_column("high", "High", "Upper bound of the interval of 95%.", None, "", _NO_INTERVAL),
        whole_column("zones", "Zones", "Zones that the figure rests on."),
        whole_column(
            "blocks", "Blocks", "Blocks of zones that the interval's bootstrap draws; 0 without an interval."
        ),
    ),
    FAR: (
        whole_column("number", "Number", "Number of the zone on the map deprived-and-far."),
        number_column(
            "resident_minutes_beyond",
            "Residents times minutes beyond",
            "Residents times the minutes beyond the cutoff, by which the zones are in order; a zone that is "
            "not reached counts as at the longest travel time searched for.",
            0,
            "minutes",
        ),
    ),
    RELATION: (
        Column(
            "with_figure",
            "With",
            "What travel time is set beside.",
            codes=(("imd_rank", "rank of the zone by IMD"), ("idaci_rank", "rank of the zone by IDACI")),
        ),
        whole_column("zones", "Zones", "Zones that have both a travel time and a rank."),
        whole_column("not_reached", "Zones not reached", "Zones left out, for they have no travel time."),
        whole_column("not_known", "Zones without a rank", "Zones left out that have a travel time only."),
        _statistic(
            "rho",
            "Spearman's rho",
            "Correlation of the ranks, -1 to 1. Positive: the more deprived arrive sooner.",
        ),
        _statistic("rho_low", "Rho, low", "Lower bound of rho's interval."),
        _statistic("rho_high", "Rho, high", "Upper bound of rho's interval."),
        number_column("level", "Level of the interval", "How sure the interval is, 0 to 1.", 2),
        whole_column("blocks", "Blocks", "Blocks of zones that the interval's bootstrap draws."),
        _statistic(
            "p_naive",
            "p, zones taken for independent",
            "Two-sided p of rho: far too small, as zones resemble their neighbours.",
        ),
        _statistic("p_spatial", "p, neighbours allowed for", "Two-sided p of rho by the modified t-test."),
        number_column(
            "effective_zones", "Effective zones", "Independent zones that the p rests on.", 1, "", _NO_TEST
        ),
        *_alike("minutes", "travel time"),
        *_alike("figure", "the rank"),
    ),
    ACCESS: (
        Column("opportunities", "Kind of place", "Name of the kind of place."),
        Column("title", "What is counted", "What the places offer."),
        Column(
            "demand",
            "Who shares in it",
            "Residents among whom the places of a catchment are shared.",
            codes=(
                ("population", "residents of all ages"),
                ("children", "residents of ages 0 to 15"),
                ("pensioners", "residents of pension age"),
            ),
        ),
        number_column(
            "within_{n}",
            "Within {n} minutes",
            "What the places within a median travel time of less than {n} minutes offer.",
            None,
        ),
        minutes_column(
            "nearest_{n}_min",
            "Travel time to the {nth} nearest",
            "Median travel time to the {nth} nearest place that offers any.",
            Absence(NOT_REACHED, "fewer than {n} such places are reached"),
        ),
        number_column(
            "gravity",
            "Access by gravity",
            f"What all places offer, each counted half at {HALF_MIN:g} minutes, a quarter at "
            f"{2 * HALF_MIN:g}.",
            1,
        ),
        number_column(
            "a_head",
            "A head",
            f"What places within {CATCHMENT_MIN:g} minutes offer for each person, shared with all others "
            "who reach them (two-step floating catchment).",
            4,
        ),
    ),
    AUTHORITIES: (
        Column("district_code", "District code", "Code of the local authority district."),
        *_authority("IMD", "people"),
        *_authority("IDACI", "children"),
    ),
    CORRELATIONS: (
        *_indicator("first", "First"),
        *_indicator("second", "Second"),
        whole_column("zones", "Zones", "Zones that both indicators are known of."),
        _statistic("pearson", "Pearson's r", "Correlation of the values, -1 to 1."),
        _statistic("spearman", "Spearman's rho", "Correlation of the ranks, -1 to 1."),
        _statistic(
            "p_naive",
            "p, zones taken for independent",
            "Two-sided p of rho: far too small, as zones resemble their neighbours.",
        ),
        _statistic("p_spatial", "p, neighbours allowed for", "Two-sided p of rho by the modified t-test."),
        number_column(
            "q_spatial",
            "q, neighbours and number of pairs allowed for",
            "The p that allows for neighbours, after Benjamini and Hochberg over all pairs that are not of "
            "one whole.",
            4,
            "",
            Absence(NOT_APPLICABLE, "both are parts of one whole, or there is no p"),
        ),
        number_column(
            "effective_zones", "Effective zones", "Independent zones that the p rests on.", 1, "", _NO_TEST
        ),
        _moran("first", "the first"),
        _moran("second", "the second"),
        Column(
            "same_whole",
            "Parts of one whole",
            "Whether both are shares of one whole, which forces their correlation down.",
            Kind.FLAG,
        ),
        Column(
            "firm",
            "Firm",
            f"Whether rho is {WEAK_BELOW:g} or more in size and the p that allows for neighbours under "
            f"{FIRM_BELOW:g}.",
            Kind.FLAG,
        ),
    ),
    SECOND: (
        Column("second_engine", "Second engine", "The other engine that was asked, with its releases."),
        minutes_column(
            "second_minutes_p{n}",
            "Travel time by the second engine, {nth} percentile",
            "As minutes_p{n}, by the second engine and its own rules.",
            Absence(NOT_REACHED, "by the second engine fewer than {n}% of the minutes have a journey"),
        ),
        minutes_column(
            "second_less_first_p{n}",
            "Second engine less the first, {nth} percentile",
            "Travel time by the second engine less that of the pack. Where one engine gives whole minutes "
            "only, rounded down, the other's are rounded down too.",
            Absence(NOT_APPLICABLE, "one of the engines does not reach the zone"),
        ),
        Column(
            "second_band",
            "Band by the second engine",
            "Band of the second engine's median: it holds its lower bound, not its upper one.",
        ),
    ),
    MATRIX: (
        MADE_UP_COLUMN,
        Column("indicator", "Indicator", "Name of the row's indicator."),
        Column("title", "Indicator in words", "What the row's indicator is called on pictures."),
        _statistic("{name}", "With {name}", "Spearman's rho of the row's indicator with {name}, -1 to 1."),
    ),
}  # fmt: skip
"""A table that is not here has only columns that tables share."""
