"""The tables of a pack, each with what a reader must be told of it, made in one place for every form.

CSV, its sidecar and the spreadsheets are written from these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ptreach.measures.far_and_deprived import near_and_far_min
from ptreach.measures.reach import REACH_CUTOFFS_MIN
from ptreach.outputs.tables import own_columns as named
from ptreach.outputs.tables.correlation_tables import pair_table, square_matrix
from ptreach.outputs.tables.frames import (
    access_table,
    decile_table,
    far_table,
    figures_table,
    mark_made_up,
    people_within_table,
    relation_table,
    zone_table,
)
from ptreach.outputs.tables.opinion_table import opinion_table
from ptreach.outputs.wording import far_rule, joined

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    import pandas as pd

    from ptreach.config import Town
    from ptreach.model import Authorities, CorrelationMatrix, Opportunities
    from ptreach.outputs.facts import AreasFacts, SecondOpinion


@dataclass(frozen=True, slots=True, eq=False)
class PackTable:
    """A table of a pack with what a reader must be told of it."""

    name: str
    """Part of its file's name, and its name in the dictionary of columns: ``by-imd-decile``."""
    sheet: str
    """Name of its sheet, at most 31 letters: ``By IMD decile``."""
    title: str
    """``Travel time by decile of deprivation``."""
    about: str
    """What a row is, in a sentence."""
    frame: pd.DataFrame
    """Its rows."""
    key: tuple[str, ...]
    """Columns that together are different in every row."""
    in_spreadsheets: bool = True
    """Whether it has a sheet of the spreadsheets, too."""


def pack_tables(
    town: Town,
    zones: gpd.GeoDataFrame,
    areas: AreasFacts,
    *,
    made_up: bool,
    opportunities: Sequence[Opportunities] = (),
    access: Mapping[str, pd.DataFrame] | None = None,
    authorities: Authorities | None = None,
    correlations: CorrelationMatrix | None = None,
    opinion: SecondOpinion | None = None,
) -> tuple[PackTable, ...]:
    """Return all tables of a pack, in the order of their sheets.

    Parameters
    ----------
    town
        What was asked: its cutoffs and the longest travel time searched for.
    zones, areas, made_up
        As `zone_table` takes them; the column ``pensioners`` where they are counted.
    opportunities, access
        Kinds of places, and by their names what `summarise_access` says of each zone.
    authorities, correlations
        As `place_tables` takes them.
    """
    tables = [
        _of_zones(town, zones, areas, made_up=made_up),
        *_of_the_place(town, zones, areas, made_up=made_up),
        _of_far_zones(town, zones, areas, made_up=made_up),
    ]
    if opportunities:
        tables.append(
            PackTable(
                name=named.ACCESS,
                sheet="Access",
                title="Access to schools and other places",
                about="One row a zone and kind of place.",
                frame=access_table(zones, access or {}, opportunities, areas, made_up=made_up),
                key=(areas.id_column, "opportunities"),
            )
        )
    if opinion is not None:
        tables.append(
            PackTable(
                name=named.SECOND,
                sheet="Second opinion",
                title="Travel time by zone, by two engines",
                about=f"One row a zone ({areas.edition}): minutes of this pack and of {opinion.title}.",
                frame=opinion_table(zones, opinion, town.preset.cutoffs_min, areas, made_up=made_up),
                key=(areas.id_column,),
            )
        )
    return (*tables, *place_tables(authorities, correlations, areas, made_up=made_up))


def _of_zones(town: Town, zones: gpd.GeoDataFrame, areas: AreasFacts, *, made_up: bool) -> PackTable:
    """Return the table of zones."""
    return PackTable(
        name=named.ZONES,
        sheet="Zones",
        title="Travel time by zone",
        about=f"One row a zone ({areas.edition}).",
        frame=zone_table(zones, town.preset.cutoffs_min, areas, made_up=made_up),
        key=(areas.id_column,),
    )


def _of_far_zones(town: Town, zones: gpd.GeoDataFrame, areas: AreasFacts, *, made_up: bool) -> PackTable:
    """Return the table of the zones to ask about first."""
    limit_min, (_, far_min) = town.preset.max_time_min, near_and_far_min(town.preset.cutoffs_min)
    return PackTable(
        name=named.FAR,
        sheet="Deprived and far",
        title="Deprived zones far away: those to ask about first",
        about=f"One row a zone, ten at most. {far_rule(far_min, limit_min)}",
        frame=far_table(zones, areas, cutoff_min=far_min, limit_min=limit_min, made_up=made_up),
        key=(areas.id_column,),
    )


def _of_the_place(
    town: Town, zones: gpd.GeoDataFrame, areas: AreasFacts, *, made_up: bool
) -> tuple[PackTable, ...]:
    """Return the tables of deciles, and the figures of the whole place."""
    cutoffs = town.preset.cutoffs_min
    return (
        PackTable(
            name=named.DECILES,
            sheet="By IMD decile",
            title="Travel time by decile of deprivation",
            about=f"One row a decile ({areas.deprivation_title}; 1 is the most deprived), and one of all.",
            frame=decile_table(zones, cutoffs, areas, made_up=made_up),
            key=("imd_decile",),
        ),
        PackTable(
            name=named.PEOPLE_WITHIN,
            sheet="People within reach",
            title=f"People within {joined(REACH_CUTOFFS_MIN)} minutes by decile of deprivation",
            about="One row a decile (1 is the most deprived; and all), group of people and cutoff.",
            frame=people_within_table(zones, areas, made_up=made_up),
            key=("index", "decile", "group", "cutoff_min"),
        ),
        PackTable(
            name=named.FIGURES,
            sheet="Figures",
            title="Figures of the place with their intervals, and inequality of travel times",
            about="One row a figure. Tenths are of the place's own residents, by rank of deprivation.",
            frame=figures_table(zones, cutoffs, areas, made_up=made_up),
            key=("figure", "about"),
        ),
        PackTable(
            name=named.RELATION,
            sheet="Time and deprivation",
            title="Whether travel time goes with deprivation, and how firmly",
            about="One row an index. Ranks have 1 for the most deprived: rho above 0 says that these arrive "
            "sooner.",
            frame=relation_table(zones, areas, made_up=made_up),
            key=("with_figure",),
        ),
    )


def place_tables(
    authorities: Authorities | None,
    correlations: CorrelationMatrix | None,
    areas: AreasFacts,
    *,
    made_up: bool,
) -> tuple[PackTable, ...]:
    """Return the tables that need no timetable: of authorities, of pairs of indicators and their matrix.

    The matrix has no sheet: it is wide, and its numbers stand one a row among the pairs.
    """
    tables = []
    if authorities is not None:
        tables.append(
            PackTable(
                name=named.AUTHORITIES,
                sheet="Authorities",
                title="Average deprivation of every local authority",
                about=f"One row a local authority district of England ({areas.deprivation_title}).",
                frame=_marked(_authority_table(authorities, areas), made_up=made_up),
                key=("district_code",),
            )
        )
    if correlations is not None:
        pairs, indicators = correlations.pairs, correlations.indicators
        tables += [
            PackTable(
                name=named.CORRELATIONS,
                sheet="Correlations",
                title="How the zones' indicators go together",
                about=f"One row a pair of indicators of zones ({areas.edition}).",
                frame=_marked(pair_table(pairs, indicators, areas.edition), made_up=made_up),
                key=("first", "second"),
            ),
            PackTable(
                name=named.MATRIX,
                sheet="Correlation matrix",
                title="How the zones' indicators go together, as a square",
                about=f"One row an indicator of zones ({areas.edition}), and a column each: Spearman's rho.",
                frame=_marked(square_matrix(pairs, indicators), made_up=made_up),
                key=("indicator",),
                in_spreadsheets=False,
            ),
        ]
    return tuple(tables)


def _authority_table(authorities: Authorities, areas: AreasFacts) -> pd.DataFrame:
    """Return the averages of authorities: ``deprivation``, then the columns of `Authorities.scores`."""
    scores = authorities.scores.copy()
    for name in ("imd", "idaci"):
        scores[f"{name}_average_score"] = scores[f"{name}_average_score"].round(4)
        scores[f"{name}_rank"] = scores[f"{name}_rank"].astype("Int64")
    scores.insert(0, "deprivation", areas.deprivation_title)
    return scores


def _marked(table: pd.DataFrame, *, made_up: bool) -> pd.DataFrame:
    return mark_made_up(table) if made_up else table
