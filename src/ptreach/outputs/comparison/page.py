"""A comparison as one page that opens from disk, without scripts or a network."""

from __future__ import annotations

from html import escape
from importlib import resources
from typing import TYPE_CHECKING, Final

from ptreach.errors import InputError
from ptreach.outputs.comparison.tables import (
    agreement_tables,
    band_tables,
    pair_tables,
    run_table,
    sentences,
)
from ptreach.outputs.differences.drawings import bars, difference_map, pattern_definitions
from ptreach.outputs.paperwork.markup import html_page, html_table

if TYPE_CHECKING:
    from pathlib import Path

    from ptreach.outputs.compared import Table
    from ptreach.outputs.comparison.report import Report

_HOW: Final = (
    (
        "Differences are B less A: more than none is longer by B. Percentiles of times are those of the two; "
        "percentiles of differences are nearest ranks, never interpolated."
    ),
    "A pair that one of the two has no time for counts as not reached by it.",
    "Within a minute is up to and with 60 seconds. Bands hold their lower bound, not their upper one.",
    (
        "Weighted kappa (Cohen 1968) says how far bands agree beyond what chance gives: 1 is full agreement, "
        "0 is chance. Classes are the bands in their order, then beyond the last, then not reached; pairs "
        "that neither reaches are left out. Linear weights (Cicchetti and Allison 1971) are those to quote; "
        "quadratic ones (Fleiss and Cohen 1973) grow with the number of bands."
    ),
)
_NO_MAP: Final = (
    "There is no map, for a matrix does not say where its places are. Name a file of points (id, lon, lat) "
    "with --points to have one."
)


def write_page(path: Path, report: Report) -> None:
    """Write the page of a comparison.

    Raises
    ------
    InputError
        Where the file can't be written.
    """
    try:
        path.write_text(comparison_page(report), encoding="utf-8", newline="\n")
    except OSError as error:
        raise InputError(
            f"the page can't be written: {error.strerror}", where=str(path), remedy="name another file"
        ) from error


def comparison_page(report: Report) -> str:
    """Return the page: in short, the sides, what differs in the runs, tables, bars, map, method."""
    runs = run_table(report)
    told = "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences(report)[1:])
    sections = [
        ("What is compared", f"{_sides(report)}\n{told}"),
        *([("In what the runs differ", _tables((runs,)))] if runs and runs.rows else []),
        ("Agreement", _tables(agreement_tables(report))),
        ("How far apart", bars(report.comparison.shown_at, report.counted)),
        ("Bands", _tables(band_tables(report))),
        ("Map of differences", difference_map(report.places) if report.places else f"<p>{_NO_MAP}</p>"),
        ("Most apart", _tables(pair_tables(report)) or "<p>Nothing is apart.</p>"),
        ("How this was measured", f"<ul>{''.join(f'<li>{escape(words)}</li>' for words in _HOW)}</ul>"),
    ]
    short = f"<strong>In short</strong><p>{escape(sentences(report)[0])}</p>"
    return html_page(
        f"Travel times compared: {' and '.join(_name(side.name) for side in report.sides)}",
        "Two packs, zone by zone" if report.pack else "Two matrices, pair by pair",
        sections,
        above=f'{pattern_definitions()}<div class="verdict note">{short}</div>',
        made_up=report.made_up,
        style=(resources.files("ptreach.outputs.comparison") / "comparison.css").read_text(encoding="utf-8"),
        footer="Written by ptreach. The same files give the same page.",
    )


def _name(path: str) -> str:
    """Return the last part of a path, whichever way its slashes lean."""
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2] or path


def _sides(report: Report) -> str:
    """Return the two sides as a list of terms."""
    rows = [
        f"<dt>{letter}</dt><dd><b>{escape(side.name)}</b><br>{escape(side.holds)}</dd>"
        for letter, side in zip("AB", report.sides, strict=True)
    ]
    return f'<dl class="sides">{"".join(rows)}</dl>'


def _tables(tables: tuple[Table, ...]) -> str:
    """Return tables as markup."""
    return "\n".join(
        html_table(table.caption, table.header, table.rows, numbers=table.numbers) for table in tables
    )
