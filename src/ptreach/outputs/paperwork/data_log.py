"""The data log: one row an input, from the records of the run, as analysts' pipelines keep one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from ptreach.model import MAP_NODES
from ptreach.outputs.tables.frames import mark_made_up
from ptreach.outputs.tables.log_columns import DATA_LOG
from ptreach.outputs.tables.pack_tables import PackTable
from ptreach.outputs.wording import licence_address

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ptreach.model import FeedSpan, SourceRecord, Verdict
    from ptreach.outputs.facts import PackFacts

PURPOSES: Final = {
    "osm": "streets to walk, and what lies under the maps",
    "gtfs": "timetable: what runs when, and where it stops",
    "boundaries": "outlines of zones: maps, and land for isochrones",
    "centroids": "the point that each zone is measured at",
    "deprivation": "scores, ranks and deciles of zones",
    "population": "residents, children and pensioners of zones",
    "lookup": "the ward, district and region of each zone",
    "editions": "carries tables of another edition of zones over",
    "districts": "outlines of local authorities",
    "regions": "outlines of regions",
    "district_deprivation": "averages of local authorities, as published",
    "indicators": "figures of zones that are correlated",
    "schools": "places that people travel to",
    "opportunities": "places that people travel to, of the town's own file",
}
"""What a file decides, by the kind of its recipe."""
_COUNTED: Final = {
    "deprivation": (("imd_rank", "an IMD rank"), ("idaci_rank", "an IDACI rank")),
    "population": (("population", "a number of residents"),),
    "lookup": (("district_name", "a district"),),
    "centroids": (("lon", "a point"),),
}
"""Columns of zones that a kind of file fills, and what a cell of each is."""


def data_log_table(facts: PackFacts, zones: pd.DataFrame, verdict: Verdict) -> PackTable:
    """Return the data log as a table of the pack, in the order in which inputs are read.

    `zones` are those of the pack, `verdict` is that on the timetable.
    """
    rows = [
        _row(f"D{number:02d}", record, facts, zones, verdict)
        for number, record in enumerate(facts.sources, 1)
    ]
    frame = pd.DataFrame(rows, dtype="object").astype({"size_bytes": "int64"} if rows else {})
    return PackTable(
        name=DATA_LOG,
        sheet="Data log",
        title="Inputs: whose they are, of when, and what was checked",
        about="One row a file that the pack is made from.",
        frame=mark_made_up(frame) if facts.made_up else frame,
        key=("id",),
    )


def _row(
    id_: str, record: SourceRecord, facts: PackFacts, zones: pd.DataFrame, verdict: Verdict
) -> dict[str, object]:
    """Return what is known of an input."""
    span = next((feed for feed in verdict.feeds if _is_of(record, feed.feed)), None)
    return {
        "id": id_,
        "file": record.path.name,
        "title": record.title,
        "publisher": record.publisher,
        "purpose": PURPOSES.get(record.kind, record.kind),
        "date": record.date,
        **_span(span if record.kind == "gtfs" else None),
        "licence": record.licence,
        "licence_address": licence_address(record.licence),
        "attribution": record.attribution,
        "address": record.url,
        "sha256": record.sha256,
        "size_bytes": record.size_bytes,
        "checks": " ".join(_checks(record, facts, zones, verdict)),
        "caveat": record.note,
    }


def _span(feed: FeedSpan | None) -> dict[str, str]:
    """Return the days of a feed, empty where there is none."""
    days = (feed.first, feed.last, feed.full_first, feed.full_last) if feed else ()
    names = ("first_day", "last_day", "full_first_day", "full_last_day")
    return (
        dict(zip(names, (day.isoformat() for day in days), strict=True)) if days else dict.fromkeys(names, "")
    )


def _is_of(record: SourceRecord, feed: str) -> bool:
    """Return whether a feed, or what is told of a map, is that of a file: by its name, to the first dot."""
    return feed in {record.path.name, record.path.name.split(".")[0]}


def _checks(record: SourceRecord, facts: PackFacts, zones: pd.DataFrame, verdict: Verdict) -> list[str]:
    """Return what was checked of an input, a sentence each."""
    pinned = "SHA-256 is the one that the recipe names." if record.pinned else "The recipe names no SHA-256."
    told = [pinned]
    if record.kind in {"gtfs", "osm"}:
        told += _kept(record, facts)
    if record.kind == "gtfs":
        told += [_repaired(record, facts), _judged(record, verdict)]
    for column, what in _COUNTED.get(record.kind, ()):
        if column in zones:
            told.append(f"{int(zones[column].notna().sum()):,} of {len(zones):,} zones here have {what}.")
    return told


def _kept(record: SourceRecord, facts: PackFacts) -> list[str]:
    """Return how many rows of a feed, or nodes of a map that was cut, were read and kept."""
    mine = [row for row in facts.rows if _is_of(record, row.feed)]
    nodes = [row for row in mine if row.table == MAP_NODES]
    tables = [row for row in mine if row.table != MAP_NODES]
    told = [f"{row.kept:,} of {row.read:,} nodes kept: what was needed here." for row in nodes]
    if tables:
        read, outside, kept = (
            sum(getattr(row, name) for row in tables) for name in ("read", "outside", "kept")
        )
        other = f", {outside:,} of other places or days" if outside else ""
        told.append(f"{kept:,} of {read:,} rows of {len(tables)} tables kept{other}.")
    return told


def _repaired(record: SourceRecord, facts: PackFacts) -> str:
    """Return what rules of cleaning found in a feed."""
    found = [repair for repair in facts.repairs if repair.feed and _is_of(record, repair.feed)]
    if not found:
        return "Nothing had to be mended or left out."
    return f"Mended or left out: {'; '.join(f'{one.what}, {one.count:,}: {one.done}' for one in found)}."


def _judged(record: SourceRecord, verdict: Verdict) -> str:
    """Return what the check of the timetable found in a feed, the gravest first."""
    found: Sequence[str] = [
        f"{finding.severity}: {finding.what}"
        for finding in verdict.findings
        if finding.example and _is_of(record, finding.example.feed)
    ]
    return f"Verdict ({verdict.decision}): {'; '.join(found) or 'nothing about this feed'}."
