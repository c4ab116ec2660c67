"""How two sides agree, in words: sentences and tables that the text, the page and a pack's QA page share."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ptreach.measures.band_changes import all_band_labels
from ptreach.measures.time_differences import CLASS_EDGES_S, QUANTILES, WITHIN_S

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ptreach.measures.comparison import Comparison, PairTimes
    from ptreach.measures.time_differences import TimeDifferences
    from ptreach.model import FloatArray

MINUS: Final = "\u2212"


class Table(NamedTuple):
    """A table of texts; the columns `numbers` stand to the right, the first cell of a row is its header."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]


def clock(seconds: int | None) -> str:
    """Return a travel time as minutes and seconds, ``12:05``; ``not reached`` for None."""
    return "not reached" if seconds is None else f"{seconds // 60}:{seconds % 60:02}"


def signed_clock(seconds: int | None) -> str:
    """Return a difference as minutes and seconds with its sign, ``+1:31``; empty for None."""
    if seconds is None:
        return ""
    sign = "+" if seconds > 0 else MINUS if seconds < 0 else ""
    return f"{sign}{clock(abs(seconds))}"


def share_text(share: float) -> str:
    """Return a share as a percentage of two decimals; 100.00% is said of all only, 0.00% of none."""
    return f"{100 * _inside(share, 0.0001):.2f}%"


def kappa_text(kappa: float) -> str:
    """Return a kappa to three decimals, 1.000 for full agreement only; words where there is none."""
    return "none" if math.isnan(kappa) else f"{_inside(kappa, 0.001):.3f}".replace("-", MINUS)


def _inside(value: float, step: float) -> float:
    """Return a value between 0 and 1 that is neither kept a step away from both."""
    return max(step, min(1 - step, value)) if 0 < value < 1 else value


def class_labels(second: str = "B") -> tuple[str, ...]:
    """Return the names of the classes of difference, from much sooner by `second` to much later."""
    edges = [edge // 60 for edge in CLASS_EDGES_S]
    spans = [
        f"up to {edges[0]} min",
        *(f"{low} to {high} min" for low, high in itertools.pairwise(edges)),
    ]
    spans.append(f"over {edges[-1]} min")
    sooner = [f"{span} sooner in {second}" for span in reversed(spans)]
    return (*sooner, "the same", *(f"{span} later in {second}" for span in spans))


def floored_sentence(comparison: Comparison, names: tuple[str, str] = ("A", "B")) -> str:
    """Return what was done about whole minutes."""
    first, second = names
    match comparison.floored:
        case "a":
            return f"{first} holds whole minutes only: times of {second} are cut down to whole minutes too."
        case "b":
            return f"{second} holds whole minutes only: times of {first} are cut down to whole minutes too."
        case "both":
            return "Both hold whole minutes only: differences are of whole minutes."
        case _:
            return "Times are compared to the second."


def in_short(comparison: Comparison, what: str = "pairs") -> str:
    """Return the figures that sum it up, in two sentences."""
    row = comparison.shown_at
    either = row.both + row.only_first + row.only_second
    if not either:
        return f"At p{row.percentile} neither reaches any of the {what}."
    kappa = "" if math.isnan(row.kappa_linear) else f", weighted kappa {kappa_text(row.kappa_linear)}"
    same_band = share_text(float(row.bands.trace()) / either)
    return (
        f"At p{row.percentile}, of {either:,} {what} that either reaches, "
        f"{share_text(row.reached_alike)} are reached by both; of these "
        f"{share_text(row.equal)} take the same time, "
        f"{share_text(row.within[0])} are within 1 minute and {share_text(row.within[-1])} within "
        f"{WITHIN_S[-1] // 60}. {same_band} lie in the same band by both{kappa}."
    )


def percentile_figures(row: TimeDifferences) -> dict[str, Any]:
    """Return how A and B agree at one percentile, by the keys that scripts know; seconds, None of nothing."""
    names = ("min", *(f"p{percentile}" for percentile in QUANTILES), "max")
    quantiles = row.quantiles_s or (None,) * len(names)
    return {
        "percentile": row.percentile,
        "both": row.both,
        "only_a": row.only_first,
        "only_b": row.only_second,
        "neither": row.neither,
        "reached_alike": row.reached_alike,
        "equal": row.equal,
        **{f"within_{limit}_s": share for limit, share in zip(WITHIN_S, row.within, strict=True)},
        "difference_s": dict(zip(names, quantiles, strict=True)),
        "differences": dict(zip(class_labels(), row.classes, strict=True)),
        "pairs_by_band": [[round(count) for count in counts] for counts in row.bands.tolist()],
        "kappa_linear": _known(row.kappa_linear),
        "kappa_quadratic": _known(row.kappa_quadratic),
    }


def _known(value: float) -> float | None:
    """Return a number, None where it is not one: JSON knows no NaN."""
    return None if math.isnan(value) else value


def agreement_table(
    comparison: Comparison, what: str = "pairs", names: tuple[str, str] = ("A", "B")
) -> Table:
    """Return the table of agreement: a row a percentile; `names` are those of the two sides."""
    first, second = names
    limits = [f"≤ {limit} s" if limit % 60 else f"≤ {limit // 60} min" for limit in WITHIN_S]
    return Table(
        f"Agreement by percentile. Shares of {what} that both reach; reached alike: of those either does.",
        ("percentile", "both", f"only {first}", f"only {second}", "reached alike", "equal", *limits),
        tuple(
            (
                f"p{row.percentile}",
                f"{row.both:,}",
                f"{row.only_first:,}",
                f"{row.only_second:,}",
                *map(share_text, (row.reached_alike, row.equal, *row.within)),
            )
            for row in comparison.at
        ),
        tuple(range(1, 6 + len(limits))),
    )


def difference_table(
    comparison: Comparison, what: str = "pairs", names: tuple[str, str] = ("A", "B")
) -> Table:
    """Return the table of differences: quantiles and kappas, a row a percentile."""
    header = (
        "percentile",
        "smallest",
        *(f"{percentile}%" for percentile in QUANTILES),
        "largest",
        "kappa",
        "quadratic",
    )
    return Table(
        f"Differences, {names[1]} less {names[0]}, in minutes:seconds: that share of {what} is apart by so "
        "much or less (nearest rank). Kappa: agreement of bands, weighted by how many they are apart, linear "
        "and quadratic.",
        header,
        tuple((f"p{row.percentile}", *_differences(row)) for row in comparison.at),
        tuple(range(1, len(header))),
    )


def _differences(row: TimeDifferences) -> tuple[str, ...]:
    """Return the quantiles and kappas of a percentile as texts."""
    quantiles = row.quantiles_s or (None,) * (2 + len(QUANTILES))
    return (*map(signed_clock, quantiles), kappa_text(row.kappa_linear), kappa_text(row.kappa_quadratic))


def band_table(
    table: FloatArray, cutoffs_min: Sequence[int], caption: str, names: tuple[str, str] = ("A", "B")
) -> Table:
    """Return the table of bands by the first side (rows) and the second (columns): pairs or people."""
    first, second = names
    labels = all_band_labels(cutoffs_min)
    short = [label.replace(" min", "") for label in labels]
    rows = [
        (label, *(f"{count:,.0f}" for count in counts), f"{counts.sum():,.0f}")
        for label, counts in zip(labels, table, strict=True)
    ]
    rows.append(
        (f"all by {second}", *(f"{count:,.0f}" for count in table.sum(axis=0)), f"{table.sum():,.0f}")
    )
    return Table(
        caption,
        (f"{first} \\ {second}, minutes", *short, f"all by {first}"),
        tuple(rows),
        tuple(range(1, len(labels) + 2)),
    )


def pair_table(
    pairs: Iterable[PairTimes], caption: str, *, zones: bool, names: tuple[str, str] = ("A", "B")
) -> Table:
    """Return a table of pairs, or of zones, with both times; a side's notes only where any is known."""
    first, second = names
    listed = tuple(pairs)
    by_first, by_second = (
        any(getattr(pair, note) for pair in listed) for note in ("first_note", "second_note")
    )
    ends = ("zone", "name") if zones else ("from", "to")
    header = (
        *(*ends, first, second, f"{second} less {first}"),
        *((f"journey by {first}",) * by_first),
        *((f"journey by {second}",) * by_second),
    )
    rows = tuple(
        (
            *((pair.to_id, pair.name) if zones else (pair.from_id, pair.to_id)),
            clock(pair.first_s),
            clock(pair.second_s),
            signed_clock(pair.difference_s),
            *((pair.first_note,) * by_first),
            *((pair.second_note,) * by_second),
        )
        for pair in listed
    )
    return Table(caption, header, rows, (2, 3, 4))
