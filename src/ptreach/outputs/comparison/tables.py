"""The tables and sentences of a comparison in the order in which they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from ptreach.outputs.compared import (
    Table,
    agreement_table,
    band_table,
    difference_table,
    floored_sentence,
    in_short,
    pair_table,
)

if TYPE_CHECKING:
    from ptreach.model import FloatArray
    from ptreach.outputs.comparison.report import Report

NO_UNLIKE: Final = "Their manifests tell of no difference between the runs."


def sentences(report: Report) -> tuple[str, ...]:
    """Return what sums the comparison up, and what to know of it."""
    overlap: tuple[str, ...] = ()
    if report.pack is not None:
        overlap = (report.pack.overlap, *(() if report.pack.unlike else (NO_UNLIKE,)))
    short = in_short(report.comparison, report.counted)
    if report.pack is not None:
        short = f"{short} {_moved(report.pack.people)}"
    return (short, floored_sentence(report.comparison), *overlap, *report.notes)


def _moved(people: FloatArray) -> str:
    """Return how many residents move to a sooner and to a later band; not reached is the last."""
    sooner, later = float(np.tril(people, -1).sum()), float(np.triu(people, 1).sum())
    return (
        f"Of {people.sum():,.0f} residents {later:,.0f} are in a later band in B (or no longer reached), "
        f"{sooner:,.0f} in a sooner one."
    )


def agreement_tables(report: Report) -> tuple[Table, ...]:
    """Return agreement and differences by percentile."""
    return agreement_table(report.comparison, report.counted), difference_table(report.comparison)


def run_table(report: Report) -> Table | None:
    """Return in what the runs of two packs differ, None for matrices."""
    if report.pack is None:
        return None
    return Table(
        "In what the two runs differ; all else that their manifests tell of them is the same.",
        ("what", "A", "B"),
        tuple((row.what, row.first, row.second) for row in report.pack.unlike),
        (),
    )


def band_tables(report: Report) -> tuple[Table, ...]:
    """Return the tables of bands: of pairs or zones, and for packs of their people."""
    comparison = report.comparison
    cutoffs, shown = comparison.cutoffs_min, comparison.shown
    words = f"that either reaches, by band at p{shown}: rows by A, columns by B."
    tables = [band_table(comparison.shown_at.bands, cutoffs, f"{report.counted.capitalize()} {words}")]
    if report.pack is not None:
        caption = f"Residents of the zones, by band at p{shown}: rows by A, columns by B."
        tables.append(band_table(report.pack.people, cutoffs, caption))
    return tuple(tables)


def pair_tables(report: Report) -> tuple[Table, ...]:
    """Return the pairs or zones that are most apart, and examples of those that one side alone reaches."""
    comparison, zones = report.comparison, report.pack is not None
    row = comparison.shown_at
    found = (
        (
            comparison.worst,
            f"The {len(comparison.worst)} {report.counted} that are most apart at p{row.percentile}.",
        ),
        (comparison.only_first, f"Reached by A only, soonest first: {{}} of {row.only_first:,}."),
        (comparison.only_second, f"Reached by B only, soonest first: {{}} of {row.only_second:,}."),
    )
    return tuple(
        pair_table(pairs, caption.format(len(pairs)), zones=zones) for pairs, caption in found if pairs
    )
