"""The spreadsheet of places: cover, notes, columns, the table of places, and what failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ptreach import __version__
from ptreach.measures.places import CUTOFFS_MIN
from ptreach.outputs.index.found import sources_of
from ptreach.outputs.tables.columns import MARKS
from ptreach.outputs.tables.dictionary import describe_beside
from ptreach.outputs.tables.front_matter import PROSE, columns_sheet, contents_sheet
from ptreach.outputs.tables.sheets import Book, Heading, Sheet, fitted, printable
from ptreach.outputs.tables.spreadsheet import table_sheet
from ptreach.outputs.wording import MADE_UP_NOTICE, joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ptreach.outputs.index.found import FoundPack
    from ptreach.outputs.tables.pack_tables import PackTable

REGION: Final = (
    "A place's region is the network that it was computed on: recipes of networks are made region by region, "
    "and places on one share its timetables and streets."
)
TOGETHER: Final = (
    "Others are taken together as one set of residents, the place itself among them, so that large places "
    "weigh more; residents whom several places count stand there once for each."
)
ALIKE: Final = (
    "Only places to which the same question was put are set beside each other: window, direction, limits, "
    "preset, engine, release, edition of zones and indices of deprivation. Dates may differ."
)
DECILE: Final = (
    "The most deprived decile is the tenth of all zones of England that is most deprived by IMD, not a tenth "
    "of the place's own."
)


def places_book(packs: Sequence[FoundPack], tables: Sequence[PackTable]) -> Book:
    """Return the spreadsheet of the tables beside packs."""
    made_up = bool(packs) and all(pack.made_up for pack in packs)
    described = [(table, describe_beside(table.name, table.frame.columns)) for table in tables]
    listed = [_notes(), columns_sheet(described)]
    listed += [table_sheet(table, columns, made_up=made_up) for table, columns in described]
    return Book(
        title="Places beside each other: tables",
        author=f"ptreach {__version__}",
        cover=_cover(packs, made_up=made_up),
        sheets=(contents_sheet(listed), *listed),
    )


def _cover(packs: Sequence[FoundPack], *, made_up: bool) -> tuple[tuple[str, str], ...]:
    """Say what this is, whose data it is made of and under which licences."""
    rows = [
        ("title", "Places beside each other: tables"),
        *([("heading", MADE_UP_NOTICE)] if made_up else []),
        (
            "text",
            "How soon residents travel, on foot and by public transport, one row a place.",
        ),
        ("heading", "How it was made"),
        ("text", f"By ptreach {__version__}, from the packs beside it, each as its manifest.json has it."),
        ("text", "The same packs give the same file, so it bears no date of its making."),
        ("text", "How numbers were computed and what limits them: methods.md of each pack."),
        ("heading", "Sources and licences"),
    ]
    for record in sources_of(packs):
        mark = " [made up]" if record.made_up else ""
        source = f"{record.title}, {record.publisher}, {record.date}{mark}. Licence: {record.licence}."
        rows.append(("text", f"{source} {record.attribution}"))
    return tuple((style, printable(words)) for style, words in rows)


def _notes() -> Sheet:
    """Return the explanation of shorthand and of what is compared with what."""
    rows = (
        *MARKS.items(),
        ("Region", REGION),
        ("All places", f"All places of the table. {TOGETHER}"),
        ("Compared", ALIKE),
        ("Decile", DECILE),
        ("Cutoff", f"{joined(CUTOFFS_MIN)} minutes. Within a cutoff is strictly less than it."),
        ("Percentage points", "One share less another, both in per cent."),
    )
    return Sheet(
        "Notes",
        "Notes: shorthand and terms",
        ("This sheet contains one table. Shorthand in square brackets stands where there is no value.",),
        fitted((Heading("Shorthand or term"), Heading("Meaning")), rows, most=PROSE),
        rows,
    )
