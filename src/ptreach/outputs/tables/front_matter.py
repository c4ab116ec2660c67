"""Cover, contents, notes and the list of columns: what stands before the tables of a spreadsheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ptreach.outputs.tables.columns import MARKS, Column, Kind
from ptreach.outputs.tables.sheets import SCREEN_ROWS, Heading, Sheet, fitted, printable
from ptreach.outputs.wording import (
    MADE_UP_NOTICE,
    district_phrase,
    joined,
    long_date,
    map_title,
    statistic_phrase,
    sunset_phrase,
    window_phrase,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from ptreach.config import Town
    from ptreach.outputs.facts import PackFacts
    from ptreach.outputs.tables.pack_tables import PackTable

PROSE: Final = 90
"""Letters in a line of prose."""


def cover_rows(town: Town, zones: pd.DataFrame, facts: PackFacts) -> tuple[tuple[str, str], ...]:
    """Say what this is, when it is of, whose data it is made of and under which licences.

    Returns style (``title``, ``heading``, ``text``) and words of each row.
    """
    outward = town.preset.direction == "from"
    here, there = town.name, f"the zones of {district_phrase(zones)}"
    ends = f"from {here} to {there}" if outward else f"from {there} to {here}"
    made_up = [("heading", MADE_UP_NOTICE)] if facts.made_up else []
    rows = [
        ("title", f"{map_title(town)}: tables"),
        *made_up,
        ("text", f"Travel times {ends}, on foot and by public transport, and how they go with deprivation."),
        ("heading", "When"),
        ("text", f"Timetable of {long_date(town.date)}, {window_phrase(town)}; {statistic_phrase(town)}."),
        *(("text", sunset_phrase(town, one)) for one in (facts.sunset,) if one),
        ("text", f"Preset {town.preset_name}: {town.preset.title}."),
        ("heading", "Where"),
        ("text", f"Zones: {facts.areas.title} ({facts.areas.edition})."),
        ("text", f"Deprivation: {facts.areas.deprivation_title}."),
        ("text", f"Residents: {facts.areas.population_title}."),
        ("heading", "How it was made"),
        ("text", f"By ptreach {facts.version}, engine {facts.engine}, on network {facts.network}."),
        ("text", "The same inputs give the same file, so it bears no date of its making."),
        ("text", "How numbers were computed and what limits them: methods.md."),
        (
            "text",
            "Every input, parameter and version: manifest.json. The tables for programs: the CSV files.",
        ),
        ("heading", "Sources and licences"),
    ]
    for record in facts.sources:
        mark = " [made up]" if record.made_up else ""
        source = f"{record.title}, {record.publisher}, {record.date}{mark}. Licence: {record.licence}."
        rows.append(("text", f"{source} {record.attribution}"))
    return tuple((style, printable(words)) for style, words in rows)


def contents_sheet(sheets: Sequence[Sheet]) -> Sheet:
    """Return the list of the sheets that follow it."""
    rows = tuple((sheet.name, sheet.title, len(sheet.rows)) for sheet in sheets)
    return Sheet(
        "Contents",
        "Contents",
        ("This sheet contains one table. Each name is a link to its sheet.",),
        fitted((Heading("Sheet"), Heading("What it holds"), Heading("Rows", Kind.WHOLE)), rows),
        rows,
        links=True,
    )


def notes_sheet(town: Town, facts: PackFacts) -> Sheet:
    """Return the explanation of every shorthand and of the words that tables use."""
    terms = (*MARKS.items(), *_measured(town), *_known(facts))
    rows = tuple((printable(term), printable(words)) for term, words in terms)
    return Sheet(
        "Notes",
        "Notes: shorthand and terms",
        ("This sheet contains one table. Shorthand in square brackets stands where there is no value.",),
        fitted((Heading("Shorthand or term"), Heading("Meaning")), rows, most=PROSE),
        rows,
    )


def _measured(town: Town) -> tuple[tuple[str, str], ...]:
    """Explain what is measured."""
    preset, count = town.preset, town.query.departures_n
    outward = preset.direction == "from"
    ends = "From the town's point to a zone" if outward else "From a zone to the town's point"
    event = "departure" if outward else "arrival"
    start, end = town.window_text.split(" to ")
    window = f"{count} {event}s, one a minute, from {start} to {end}, the end excluded."
    percentile = (
        "Nearest rank among the travel times of the window's minutes, never interpolated; a minute without a "
        "journey comes last. The median is the 50th."
    )
    strict = "Within a cutoff is strictly less than it: 15 minutes to the second is not within 15."
    limits = (
        f"Walks of less than {preset.max_walk_min:g} minutes each at {preset.walk_speed_kph:g} km/h, at most "
        f"{preset.max_rides} rides, journeys of less than {preset.max_time_min:g} minutes."
    )
    return (
        ("Travel time", f"{ends}, first and last walk and every wait included."),
        ("Window", window if count > 1 else f"One {event}, at {start}."),
        ("Percentile", percentile),
        ("Cutoff", f"{joined(preset.cutoffs_min)} minutes. {strict}"),
        ("Isochrone", "The area within a cutoff, by the median."),
        ("Limits of the search", limits),
        ("Minutes", "Whole seconds in minutes: times 60 and rounded they are the seconds again."),
        ("Shares", "Shown as per cent; the cell holds the number from 0 to 1."),
    )


def _known(facts: PackFacts) -> tuple[tuple[str, str], ...]:
    """Explain what is known of zones."""
    areas = facts.areas
    return (
        ("Zone", f"One of {areas.title} ({areas.edition}); its {areas.point} stands for it."),
        ("LSOA", "Lower layer Super Output Area: a zone of about 1,500 residents."),
        ("IMD", f"Index of Multiple Deprivation, of {areas.deprivation_title}."),
        ("IDACI", f"Income Deprivation Affecting Children Index, of {areas.deprivation_title}."),
        ("Decile", "A tenth of all zones of England, not of the zones here. 1 is the most deprived."),
    )


def columns_sheet(described: Sequence[tuple[PackTable, tuple[Column, ...]]]) -> Sheet:
    """Return the description of each column of each table, and of what no value means there."""
    rows = tuple(
        (
            printable(table.sheet),
            printable(column.heading),
            printable(column.name),
            printable(_unit(column)),
            printable(_meaning(column)),
            printable(_gaps(column)),
        )
        for table, columns in described
        for column in columns
    )
    words = ("Sheet", "Heading", "Name in the CSV", "Unit", "Meaning", "Where there is no value")
    return Sheet(
        "Columns",
        "Columns of the tables",
        ("This sheet contains one table: one row a column of each table.",),
        fitted([Heading(word) for word in words], rows, most=60),
        rows,
        frozen_columns=0 if len(rows) > SCREEN_ROWS else None,
    )


def _unit(column: Column) -> str:
    """Return a column's unit, or what its values are where they have none."""
    if column.kind is Kind.SHARE:
        return f"share of {column.unit}"
    return column.unit or column.kind.value


def _meaning(column: Column) -> str:
    """Return what a column's values are, with their codes."""
    return f"{column.about} Codes: {column.code_list}." if column.codes else column.about


def _gaps(column: Column) -> str:
    """Return which shorthand stands in a column, and why."""
    if not column.absences:
        return "There always is a value."
    return "; ".join(f"{absence.mark} {absence.why}" for absence in column.absences) + "."
