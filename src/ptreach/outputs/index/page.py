"""The index of packs as one page that opens from disk, without scripts or a network."""

from __future__ import annotations

import os
from html import escape
from importlib import resources
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from ptreach.measures.places import CUTOFFS_MIN, DEPRIVED_MIN
from ptreach.model import Decision
from ptreach.outputs.compared import MINUS
from ptreach.outputs.index.book import ALIKE, DECILE, REGION, TOGETHER
from ptreach.outputs.index.found import sources_of
from ptreach.outputs.index.thumbnail import thumbnail
from ptreach.outputs.paperwork.markup import html_page, html_table, paragraph
from ptreach.outputs.tables.columns import NOT_APPLICABLE
from ptreach.outputs.tables.dictionary import describe_beside
from ptreach.outputs.tables.place_columns import DEPRIVED_SHARE, RATIO, difference_name, is_difference
from ptreach.outputs.tables.sheets import display
from ptreach.outputs.tables.spreadsheet import shown_rows
from ptreach.outputs.wording import licence_address, long_date, percent

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from ptreach.outputs.index.failures import Failure
    from ptreach.outputs.index.found import FoundPack, Unread
    from ptreach.outputs.tables.columns import Column
    from ptreach.outputs.tables.pack_tables import PackTable
    from ptreach.outputs.tables.sheets import Value

_SHOWN: Final = {
    "residents": "residents",
    "median_min": "middle resident, minutes",
    **{f"share_within_{cutoff}": f"within {cutoff} min" for cutoff in CUTOFFS_MIN},
    DEPRIVED_SHARE: f"most deprived within {DEPRIVED_MIN} min",
    RATIO: "over all residents",
    difference_name(f"share_within_{DEPRIVED_MIN}", "region"): f"within {DEPRIVED_MIN} min, less region",
    difference_name(f"share_within_{DEPRIVED_MIN}", "all"): "less all places",
}
"""Columns of the table, in fewer words than in the spreadsheet, which has more."""
_LINKS: Final = (
    ("README.txt", "Read me"),
    ("slides/{slug}.pptx", "Slides"),
    ("tables/{slug}.xlsx", "Tables (Excel)"),
    ("tables/{slug}.ods", "Tables (ODS)"),
    ("layers/{slug}.gpkg", "Layers (QGIS)"),
    ("qa.html", "Quality check"),
    ("methods.md", "Methods"),
)
_VERDICTS: Final = {Decision.GO: "go", Decision.WARNINGS: "warning", Decision.NO_GO: "no-go"}
_MINUTES: Final = (
    "Minutes are medians over the minutes of the window, to the centroid of each zone, on foot and by public "
    "transport. Half of the residents arrive no later than the middle one; who is not reached counts last."
)
_WHOSE_FILES: Final = (
    "The page tells of all packs in this folder, whenever they were made, by their own files; those that are "
    "not as their manifest has them are neither read nor linked."
)


def index_page(
    packs: Sequence[FoundPack],
    table: PackTable | None,
    failures: Sequence[Failure],
    unread: Sequence[Unread],
    files: Collection[str],
) -> str:
    """Return the page: a card a place, the places beside each other, what failed, how to read it, sources.

    `table` is that of places, None without any; `files` are the names of what lies beside the page.
    """
    sections = [("Places", _cards(packs) if packs else paragraph("There is no pack here yet."))]
    if table is not None:
        sections.append(("Beside each other", _figures(table, files)))
    if failures or unread:
        sections.append(("Not made", _failures(failures, unread, {pack.folder.name for pack in packs})))
    sections += [("How to read this", _how()), ("Sources and licences", _sources(packs))]
    return html_page(
        f"{len(packs)} place{'s' * (len(packs) != 1)} by public transport",
        "How soon residents travel at rush hour, place by place: each with its map, tables and slides.",
        sections,
        above=_banner(failures, unread),
        made_up=bool(packs) and all(pack.made_up for pack in packs),
        footer="Written by ptreach from the packs beside it. The same packs give the same page.",
        style=(resources.files("ptreach.outputs.index") / "index.css").read_text(encoding="utf-8"),
        listed=True,
    )


def _banner(failures: Sequence[Failure], unread: Sequence[Unread]) -> str:
    """Return a notice where something is missing."""
    count = len(failures) + len(unread)
    if not count:
        return ""
    names = ", ".join([failure.place for failure in failures] + [one.slug for one in unread])
    words = f"{count} place{'s' * (count > 1)} not made, or not readable"
    return f'<div class="verdict no-go"><strong>{words}</strong>{paragraph(f"{names}. Reasons below.")}</div>'


def _cards(packs: Sequence[FoundPack]) -> str:
    """Return the list of places."""
    return f'<ul class="places">\n{chr(10).join(map(_card, packs))}\n</ul>'


def _card(pack: FoundPack) -> str:
    """Return a place: its map in small, its headline, and links to what its pack holds."""
    share = percent(pack.figures.shares[CUTOFFS_MIN.index(DEPRIVED_MIN)])
    ends = "can be reached from here" if pack.direction == "from" else "can reach it"
    asked = f"{long_date(pack.date)}, {' to '.join(pack.window)}. Network {pack.network}."
    last = f" Not to be quoted after {pack.last_day}." if pack.last_day else ""
    made_up = '<span class="badge made">Made-up data</span> ' * pack.made_up
    page = "web/index.html"
    name = escape(pack.name)
    heading = f'<a href="{_address(pack, page)}">{name}</a>' if page in pack.whole else name
    links = [
        f'<li><a href="{_address(pack, path)}">{words}</a></li>'
        for path, words in ((path.format(slug=pack.slug), words) for path, words in _LINKS)
        if path in pack.whole
    ]
    changed = (
        f"<p>{pack.unlike} of its files are not as they were written: run ptreach verify.</p>"
        if pack.unlike
        else ""
    )
    return (
        f"<li>{_picture(pack)}<div><h3>{heading}</h3>"
        f"<p><b>{escape(share)}</b> of {pack.figures.people:,.0f} residents {ends} in under "
        f"{DEPRIVED_MIN} minutes.</p>"
        f"<p>{made_up}{_verdict(pack.decision)}</p>{changed}"
        f'<p class="seen">{escape(asked + last)}</p><ul class="files">{"".join(links)}</ul></div></li>'
    )


def _address(pack: FoundPack, path: str) -> str:
    """Return the address of a file of a pack, from the page."""
    return escape(quote(os.fsencode(f"{pack.folder.name}/{path}")), quote=True)


def _picture(pack: FoundPack) -> str:
    """Return the map of a place in small, where it is as it was written."""
    path = f"maps/{pack.slug}-journey-time.png"
    small = thumbnail(pack.folder / path) if path in pack.whole else None
    if small is None:
        return '<p class="no-map">No map</p>'
    alt = escape(f"Map in small: bands of journey time {pack.direction} {pack.name}", quote=True)
    width, height = small.width_px // 2, small.height_px // 2
    return f'<img src="{small.address}" width="{width}" height="{height}" alt="{alt}">'


def _verdict(decision: Decision | None) -> str:
    """Return the verdict on the timetable as a badge."""
    if decision is None:
        return '<span class="badge note">Timetable: verdict not kept</span>'
    return f'<span class="badge {_VERDICTS[decision]}">Timetable: {escape(decision.value)}</span>'


def _figures(table: PackTable, files: Collection[str]) -> str:
    """Return the figures of all places as a table, and where there are more."""
    frame = table.frame
    columns = describe_beside(table.name, frame.columns)
    rows = shown_rows(frame, columns)
    at = {column.name: place for place, column in enumerate(columns)}
    kept = [(at[name], columns[at[name]]) for name in _SHOWN]
    shown = html_table(
        "Shares are of residents; differences are in percentage points. [z]: nothing it could be of; "
        "[nr]: not reached.",
        ("place", *_SHOWN.values()),
        [(_name(row, at), *(_cell(row[place], column) for place, column in kept)) for row in rows],
        numbers=range(1, len(kept) + 1),
    )
    names = (
        ("places.csv", "all figures (CSV)"),
        ("places.xlsx", "as a workbook (Excel)"),
        ("places.ods", "as OpenDocument"),
        ("places-journey-time.png", "maps of the last run of several, on one scale"),
    )
    links = "".join(f'<li><a href="{name}">{words}</a></li>' for name, words in names if name in files)
    return f'{shown}\n<ul class="files">{links}</ul>'


def _name(row: Sequence[Value], at: Mapping[str, int]) -> str:
    """Return the name of a row's place, marked where it is made up."""
    is_real = "made_up" not in at or row[at["made_up"]] == NOT_APPLICABLE
    return f"{row[at['place']]}{'' if is_real else ' (made-up)'}"


def _cell(value: Value, column: Column) -> str:
    """Return a value as people read it, a difference with its sign."""
    if isinstance(value, str) or not is_difference(column.name):
        return display(value, column.kind, column.shown)
    size = display(abs(value), column.kind, column.shown)
    return size if not size.strip("0.") else f"{'+' if value > 0 else MINUS}{size}"


def _failures(failures: Sequence[Failure], unread: Sequence[Unread], kept: Collection[str]) -> str:
    """Return what was not made, why, and what to do."""
    rows = [
        (
            failure.place,
            f"{failure.where}: {failure.what}" if failure.where else failure.what,
            failure.remedy,
            "of an earlier run, above" if failure.folder in kept else "none",
        )
        for failure in failures
    ]
    rows += [(one.slug, one.why, "make the pack again", "there, but not readable") for one in unread]
    return html_table(
        "Places without a new pack.", ("place", "what is wrong", "remedy", "pack"), rows, numbers=()
    )


def _how() -> str:
    """Return what the figures are."""
    words = (_MINUTES, REGION, TOGETHER, ALIKE, DECILE, _WHOSE_FILES)
    return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in words)}</ul>"


def _sources(packs: Sequence[FoundPack]) -> str:
    """Return whose data the packs are made of."""
    lines = []
    for record in sources_of(packs):
        note = " [made up]" if record.made_up else ""
        address = licence_address(record.licence)
        licence = f'<a href="{address}">{escape(record.licence)}</a>' if address else escape(record.licence)
        what = escape(f"{record.title}, {record.publisher}, {record.date}{note}")
        lines.append(f"<li>{what}. {licence}. {escape(record.attribution)}</li>")
    return f"<ul>{''.join(lines)}</ul>" if lines else paragraph("None.")
