"""A second engine's opinion in a pack: the part of qa.html on it, and what methods.md says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ptreach.outputs.compared import (
    agreement_table,
    band_table,
    difference_table,
    floored_sentence,
    in_short,
    pair_table,
)
from ptreach.outputs.differences.drawings import difference_map, pattern_definitions
from ptreach.outputs.differences.places import Places
from ptreach.outputs.paperwork.markup import html_table, paragraph
from ptreach.outputs.wording import engine_title

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd

    from ptreach.outputs.compared import Table
    from ptreach.outputs.facts import PackFacts, SecondOpinion

_COUNTED = "zones"


def opinion_section(
    zones: gpd.GeoDataFrame, facts: PackFacts, opinion: SecondOpinion, origin_xy_m: tuple[float, float]
) -> str:
    """Return the markup of how a second engine agrees: in short, by percentile, by band, on a map, by zone.

    `zones` are those of the pack (EPSG:27700), in whose order the opinion is.
    """
    first = engine_title(facts.engine, facts.version, facts.software)
    asked = (
        f"{opinion.title} was asked the same question of the same prepared files as {first}, whose minutes "
        "this pack has; each went by its own rules."
    )
    sentences = [
        asked,
        f"{in_short(opinion.comparison, _COUNTED)} {floored_sentence(opinion.comparison, opinion.names)}",
        *opinion.notes,
    ]
    drawn = difference_map(_places(zones, opinion, origin_xy_m), opinion.names)
    return "\n".join(
        [
            *map(paragraph, sentences),
            *(_markup(table) for table in _of_all(opinion)),
            f"{pattern_definitions()}{drawn}",
            *(_markup(table) for table in _of_zones(opinion)),
        ]
    )


def opinion_words(facts: PackFacts, opinion: SecondOpinion) -> tuple[str, ...]:
    """Return what methods.md says of a second engine: who was asked, how they agree, what that is worth."""
    first = engine_title(facts.engine, facts.version, facts.software)
    asked = (
        f"{opinion.title} was asked the same question of the same prepared files, by its own rules, beside "
        f"{first}."
    )
    found = (
        "Minutes by both, zone by zone, are in the table second-opinion, the zones most apart in qa.html. "
        f"All other figures of this pack are those of {opinion.names[0]}."
    )
    agreement = opinion.comparison
    return (
        asked,
        in_short(agreement, _COUNTED),
        floored_sentence(agreement, opinion.names),
        found,
        *opinion.notes,
    )


def _markup(table: Table) -> str:
    """Return a table as HTML."""
    return html_table(table.caption, table.header, table.rows, numbers=table.numbers)


def _of_all(opinion: SecondOpinion) -> tuple[Table, ...]:
    """Return the tables of all zones together."""
    comparison, names = opinion.comparison, opinion.names
    caption = (
        f"Zones that either reaches, by band at p{comparison.shown}: rows by {names[0]}, columns by "
        f"{names[1]}."
    )
    return (
        agreement_table(comparison, _COUNTED, names),
        difference_table(comparison, _COUNTED, names),
        band_table(comparison.shown_at.bands, comparison.cutoffs_min, caption, names),
    )


def _of_zones(opinion: SecondOpinion) -> Iterator[Table]:
    """Yield the tables of single zones: those most apart, and those that one engine alone reaches."""
    comparison, names, row = opinion.comparison, opinion.names, opinion.comparison.shown_at
    if comparison.worst:
        caption = f"The {len(comparison.worst)} zones that are most apart at p{row.percentile}."
        yield pair_table(comparison.worst, caption, zones=True, names=names)
    for name, pairs, count in (
        (names[0], comparison.only_first, row.only_first),
        (names[1], comparison.only_second, row.only_second),
    ):
        if pairs:
            caption = f"Reached by {name} only, soonest first: {len(pairs)} of {count:,}."
            yield pair_table(pairs, caption, zones=True, names=names)


def _places(zones: gpd.GeoDataFrame, opinion: SecondOpinion, origin_xy_m: tuple[float, float]) -> Places:
    """Return the zones of the map of differences, like for like."""
    shown, (first, second) = opinion.comparison.shown, opinion.names
    minutes = zones[f"minutes_p{shown}"].to_numpy(dtype=np.float64), opinion.minutes[shown]
    return Places(
        names=tuple(map(str, zones["zone_name"])),
        shapes=np.asarray(zones.geometry, dtype=object),
        difference_s=opinion.apart_s[shown],
        reached=~np.isnan(np.column_stack(minutes)),
        origin_m=origin_xy_m,
        about=f"Each zone's p{shown} travel time by {second} less that by {first}.",
    )
