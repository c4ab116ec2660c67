"""README.txt of a pack: what it holds, its headline figures, how to open it, whose data it is made of."""

from __future__ import annotations

import fnmatch
import textwrap
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from ptreach.measures.deprivation import summarise_by_decile
from ptreach.outputs.layers.frames import zone_layer_name
from ptreach.outputs.wording import (
    MADE_UP_NOTICE,
    district_phrase,
    licence_address,
    long_date,
    map_title,
    people_by_band,
    percent,
    statistic_phrase,
    sunset_phrase,
    window_phrase,
    within_phrase,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    import geopandas as gpd

    from ptreach.config import Town
    from ptreach.model import SourceRecord
    from ptreach.outputs.facts import PackFacts

WIDTH: Final = 96
CONTENTS: Final = {
    "maps/*-journey-time.png": "the map, 16:9, 2560 x 1440, for a slide",
    "maps/*-deprived-and-far.png": "zones by travel time and deprivation; the ten to ask about first",
    "maps/*-within-by-decile.png": "who of each decile of deprivation is within reach",
    "maps/*-idaci-by-authority.png": "child poverty: average IDACI score by local authority",
    "maps/*-imd-by-authority.png": "average deprivation by local authority",
    "maps/*-correlations.png": "how the zones' indicators go together",
    "slides/*.pptx": "the findings as slides that can be edited: map, chart, table, method, sources",
    "layers/*.gpkg": "for QGIS (GeoPackage, EPSG:27700): isochrones, also at best and nearly always; "
    "{zones}, streets, routes, stops, origin",
    "layers/*-isochrones.geojson": "isochrones of the median, for web maps (GeoJSON, longitude and latitude)",
    "layers/*-isochrones.parquet": "the same for scripts (GeoParquet, EPSG:27700)",
    "layers/*-isochrones.pmtiles": "the same as map tiles (PMTiles, to be served)",
    "layers/*-zones.geojson": "zones with all their columns, for web maps (GeoJSON)",
    "layers/*-zones.parquet": "the same for scripts (GeoParquet, EPSG:27700)",
    "layers/*-zones.pmtiles": "the same as map tiles (PMTiles, to be served)",
    "tables/*.xlsx": "all tables but the matrix in one workbook for Excel, every column explained",
    "tables/*.ods": "the same as OpenDocument, for LibreOffice",
    "tables/*-zones.csv": "one row a zone ({edition}): minutes, band, departures, deprivation",
    "tables/*-by-imd-decile.csv": "travel time by decile, {deprivation} (1 = most deprived)",
    "tables/*-people-within.csv": "people, children, pensioners within 15 to 90 min, by decile",
    "tables/*-deprived-and-far.csv": "the ten zones to ask about first",
    "tables/*-figures.csv": "figures of the place with 95% intervals; inequality",
    "tables/*-time-and-deprivation.csv": "whether time goes with deprivation, and how firmly",
    "tables/*-access.csv": "access of each zone to schools and other places",
    "tables/*-second-opinion.csv": "one row a zone: minutes by another engine beside these",
    "tables/*-authorities.csv": "average deprivation of every local authority",
    "tables/*-correlations.csv": "correlations of indicators, one row a pair, and how firm they are",
    "tables/*-correlation-matrix.csv": "the same as a square: Spearman's rank correlation",
    "tables/*-data-log.csv": "every input: whose, of when, licence, digest, checks made",
    "tables/*-assumptions-log.csv": "what is assumed, with this run's values, and how firm it is",
    "web/index.html": "the map for a browser: opens from disk, needs no network",
    "qa.html": "the quality check, for a browser: timetable, date, cleaning, snapping, "
    "agreement, worst cases",
    "methods.md": "how the numbers were computed, what they assume, and their limits",
    "manifest.json": "inputs with digests, versions, parameters, digests of every file here",
}
"""What the files of a pack are, by name; an asterisk stands for the town's."""
SIDECARS: Final = ("tables/*.csv-metadata.json", "what each column is, for programs (CSV on the Web)")
"""Files beside the tables, and what they are."""


EACH_PICTURE: Final = {
    "maps/*-a4.png": "each picture again, laid out for A4, for a report",
    "maps/*.svg": "each of both as a drawing: sharp at any size, streets as pixels, letters as outlines",
    "maps/*.txt": "what each picture shows, for those who cannot see it",
}
"""Files beside the pictures, and what they are."""


def readme_text(town: Town, zones: gpd.GeoDataFrame, facts: PackFacts, files: Collection[str]) -> str:
    """Return the text of README.txt, UTF-8 and in lines of readable length; attributions stand verbatim.

    `files` are those of the pack, by their paths with forward slashes.
    """
    title = map_title(town)
    head = [title, "=" * len(title), ""]
    if facts.made_up:
        head += [MADE_UP_NOTICE, ""]
    sections = (
        ("Headline figures", _headlines(town, zones, facts)),
        ("What is in this pack", _contents(town, facts, files)),
        ("How to open it", _opening(facts)),
        ("Licences and attributions", [*licence_lines(facts.sources), *_point(town)]),
    )
    body = [line for name, lines in sections for line in (name, "-" * len(name), *lines, "")]
    return "\n".join([*head, *_about(town, facts), "", *body]).rstrip("\n") + "\n"


def _about(town: Town, facts: PackFacts) -> list[str]:
    """Say what was asked, and how long it may be quoted."""
    asked = _paragraph(
        f"{long_date(town.date)}, {window_phrase(town)}; {statistic_phrase(town)}; on foot and by public "
        f"transport; preset {town.preset_name} ({town.preset.title})."
    )
    return [*asked, *_paragraph(sunset_phrase(town, facts.sunset))] if facts.sunset else asked


def _headlines(town: Town, zones: gpd.GeoDataFrame, facts: PackFacts) -> list[str]:
    """Give the figures that a reader will quote, and the number of zones without one."""
    share, words = within_phrase(town, zones)
    bands = people_by_band(zones, town.preset.cutoffs_min)
    total = sum(row.people for row in bands)
    cutoffs = town.preset.cutoffs_min
    middle = cutoffs[(len(cutoffs) - 1) // 2]
    deciles = summarise_by_decile(
        zones["imd_decile"].to_numpy(dtype=float),
        zones["minutes_p50"].to_numpy(dtype=float),
        zones["population"].to_numpy(dtype=float),
        cutoffs,
    ).set_index("decile")
    people = float(deciles["population"].loc["1"])
    share_within = float(deciles[f"share_within_{middle}"].loc["1"])
    if people:
        deprived = (
            f"Of the {people:,.0f} residents of zones in the most deprived tenth "
            f"({facts.areas.deprivation_title}, decile 1): {percent(share_within)}."
        )
    else:
        deprived = f"No resident lives in the most deprived tenth of zones ({facts.areas.deprivation_title})."
    reached = int(zones["minutes_p50"].notna().sum())
    label_width = max(len(row.label) for row in bands)
    return [
        *_paragraph(f"{share} {words}."),
        *_paragraph(deprived),
        "",
        f"Residents counted in {district_phrase(zones)} ({facts.areas.population_title}): {total:,.0f}",
        *(f"  {row.label:<{label_width}}  {percent(row.share):>5}  {row.people:>12,.0f}" for row in bands),
        "",
        f"{reached:,} of {len(zones):,} zones ({facts.areas.edition}) have a median travel time.",
    ]


def _contents(town: Town, facts: PackFacts, files: Collection[str]) -> list[str]:
    """List the files that there are, each with what it is."""
    words = {
        name.replace("*", town.slug): text.format(
            zones=zone_layer_name(facts.areas),
            edition=facts.areas.edition,
            deprivation=facts.areas.deprivation_title,
        )
        for name, text in CONTENTS.items()
    }
    entries = [(name, text) for name, text in words.items() if name in files]
    beside = [entry for entry in (*EACH_PICTURE.items(), SIDECARS) if fnmatch.filter(files, entry[0])]
    return _entries([*entries, *beside])


def _opening(facts: PackFacts) -> list[str]:
    """Say how QGIS, Excel and PowerPoint open the pack."""
    return [
        *_paragraph(
            "QGIS (3.22 or later): drag the .gpkg into the window and take all layers; they come coloured. "
            f"Join your own zone data to the layer by the column {facts.areas.id_column}."
        ),
        *_paragraph(
            "Excel: open the .xlsx, or a .csv by double click. These are UTF-8 with a byte order mark, so "
            "names show rightly. minutes_p50 is the median; an empty cell is not reached (see the column "
            "reason) or not known. Close the files before the pack is made again."
        ),
        *_paragraph(
            "PowerPoint: charts and tables of the .pptx can be edited; paste slides into your own deck."
        ),
    ]


def licence_lines(sources: Iterable[SourceRecord]) -> list[str]:
    """Give title, date, licence with its address, and attribution of each input; this is not changed."""
    lines = []
    for record in sources:
        note = " [made up]" if record.made_up else ""
        lines += _paragraph(f"{record.title}, {record.publisher}, {record.date}{note}")
        address = licence_address(record.licence)
        lines += [f"  {record.licence}", *([f"  {address}"] if address else []), f"  {record.attribution}"]
    return lines


def _point(town: Town) -> list[str]:
    """Return where the town's point is from."""
    return _paragraph(f"The town's point: {town.origin.source}") if town.origin.source else []


def _entries(rows: Sequence[tuple[str, str]]) -> list[str]:
    """Return names with their explanations in two columns, the second wrapped."""
    width = max(len(name) for name, _ in rows)
    lines = []
    for name, words in rows:
        parts = textwrap.wrap(words, max(40, WIDTH - width - 2))
        lines += [f"{start:<{width}}  {part}" for start, part in zip_longest([name], parts, fillvalue="")]
    return lines


def _paragraph(text: str) -> list[str]:
    """Return lines of readable length."""
    return textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)
