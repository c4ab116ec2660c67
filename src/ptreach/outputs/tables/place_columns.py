"""Columns of the tables beside several packs: a place's figures beside those of others, and what failed."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ptreach.measures.places import CUTOFFS_MIN, DEPRIVED_MIN
from ptreach.model import Decision
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
from ptreach.outputs.tables.shared_columns import MADE_UP_COLUMN

PLACES: Final = "places"
FAILURES: Final = "failures"
DEPRIVED_SHARE: Final = f"most_deprived_within_{DEPRIVED_MIN}"
RATIO: Final = "most_deprived_ratio"
FIGURES: Final = ("median_min", *(f"share_within_{cutoff}" for cutoff in CUTOFFS_MIN), DEPRIVED_SHARE, RATIO)
"""Columns of figures, of each of which there is a difference from others too."""
OTHERS: Final = {
    "region": "all places on its network",
    "all": "all places",
}
"""What a place is set beside, by the end of the column's name."""

_UNSEARCHED: Final = Absence(NOT_APPLICABLE, "nobody lives there, or journeys so long were not looked for")
_NO_DECILE: Final = Absence(NOT_APPLICABLE, "nobody of the most deprived decile lives in its zones")
_TITLES: Final = {
    "median_min": "Travel time of the middle resident",
    **{f"share_within_{cutoff}": f"Residents within {cutoff} minutes" for cutoff in CUTOFFS_MIN},
    DEPRIVED_SHARE: f"Most deprived decile within {DEPRIVED_MIN} minutes",
    RATIO: "Most deprived decile over all residents",
}
_UNITS: Final = {"median_min": "minutes", RATIO: ""}


def difference_name(figure: str, other: str) -> str:
    """Return the name of a figure's difference from others: ``median_min_less_region``."""
    return f"{figure}_less_{other}"


def is_difference(name: str) -> bool:
    """Return whether a column is a difference from others."""
    return any(name == difference_name(figure, other) for figure in FIGURES for other in OTHERS)


def _difference(figure: str, other: str) -> Column:
    """Return the column of a figure's difference from that of others."""
    unit = _UNITS.get(figure, "percentage points")
    return number_column(
        difference_name(figure, other),
        f"{_TITLES[figure]}, less {OTHERS[other]}",
        f"The place's figure less that of the residents of {OTHERS[other]} of this table to which the same "
        "question was put, itself among them, taken together.",
        2,
        unit,
        Absence(NOT_APPLICABLE, "there is no other such place, or one of the two has no figure"),
    )


PLACE_COLUMNS: Final = {
    PLACES: (
        replace(
            MADE_UP_COLUMN,
            about="Stands in rows of data that describe no real place.",
            absences=(Absence(NOT_APPLICABLE, "the place is real"),),
        ),
        Column("place", "Place", "Name of the town or centre."),
        Column("folder", "Folder", "Folder of its pack, beside this table."),
        Column("network", "Network", "Name of the network's recipe: what is called its region here."),
        Column("date", "Date", "Day of the timetable, YYYY-MM-DD."),
        Column("window", "Window", "Departures, or arrivals, from the first to before the last."),
        Column(
            "direction",
            "Direction",
            "Which way journeys go.",
            codes=(("from", "from the place"), ("to", "to the place")),
        ),
        Column("preset", "Preset", "Name of what was asked."),
        Column("engine", "Engine", "What computed the travel times."),
        Column(
            "verdict",
            "Verdict on the timetable",
            "What the check of timetable and date came to; qa.html of the pack says why.",
            codes=tuple((decision.value, "") for decision in Decision),
            absences=(Absence(NOT_KNOWN, "the pack is of an older release, which did not tell"),),
        ),
        Column(
            "last_day",
            "Not to be quoted after",
            "Last day that the figures hold for, YYYY-MM-DD.",
            absences=(Absence(NOT_APPLICABLE, "no feed has a trip on the date"),),
        ),
        whole_column("zones", "Zones", "Zones that are counted."),
        whole_column("residents", "Residents", "Residents of these zones.", "people"),
        minutes_column(
            "median_min",
            _TITLES["median_min"],
            "Population-weighted median of the zones' median travel times; who is not reached counts last.",
            Absence(NOT_APPLICABLE, "nobody lives there", nobody_in="residents"),
            Absence(NOT_REACHED, "more than half of them live in zones that are not reached"),
        ),
        *(
            share_column(
                f"share_within_{cutoff}",
                _TITLES[f"share_within_{cutoff}"],
                "residents",
                f"Share of residents whose zone has a median travel time of less than {cutoff} minutes.",
                _UNSEARCHED,
            )
            for cutoff in CUTOFFS_MIN
        ),
        whole_column(
            "most_deprived",
            "Residents of the most deprived decile",
            "Residents of zones in the most deprived tenth of all zones of England (IMD).",
            "people",
        ),
        share_column(
            DEPRIVED_SHARE,
            _TITLES[DEPRIVED_SHARE],
            "residents of the most deprived decile",
            f"Share of these whose zone has a median travel time of less than {DEPRIVED_MIN} minutes.",
            _NO_DECILE,
        ),
        number_column(
            RATIO,
            _TITLES[RATIO],
            f"That share over the share of all residents within {DEPRIVED_MIN} minutes: above 1, the most "
            "deprived are better placed.",
            2,
            "",
            Absence(NOT_APPLICABLE, "one of the two shares is missing, or nobody is within reach"),
        ),
        whole_column(
            "places_region",
            "Places on its network",
            "Places of this table on the same network to which the same question was put, itself among them.",
        ),
        whole_column(
            "places_all",
            "Places compared",
            "Places of this table to which the same question was put, itself among them: same window, "
            "limits, engine, release, edition of zones and indices of deprivation.",
        ),
        *(_difference(figure, other) for other in OTHERS for figure in FIGURES),
        whole_column(
            "files_changed",
            "Files not as written",
            "Files of the pack that were changed, removed or added since it was written; none of these "
            "figures is from one.",
        ),
    ),
    FAILURES: (
        Column("folder", "Folder", "Folder that the place's pack would have."),
        Column("place", "Place", "Name of the town or centre; of its file where that can't be read."),
        Column("what", "What is wrong", "Why there is no new pack."),
        Column(
            "where", "Where", "File and field.", absences=(Absence(NOT_APPLICABLE, "it is about no file"),)
        ),
        Column("remedy", "Remedy", "What to do.", absences=(Absence(NOT_KNOWN, "none is known"),)),
        Column(
            "older_pack",
            "Older pack kept",
            "Whether the place's pack of an earlier run is still there, and stands in the table of places.",
            Kind.FLAG,
        ),
    ),
}
"""Entries by the table's name, as in `own_columns`."""
