"""Two files or two packs set beside each other: what `ptreach compare` tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np

from ptreach.errors import InputError
from ptreach.matrix.long_tables import read_matrix
from ptreach.matrix.pairs import join_matrices
from ptreach.matrix.points import read_points
from ptreach.measures.comparison import CUTOFFS_MIN, compare_times, like_for_like
from ptreach.measures.time_differences import nearest_rank
from ptreach.outputs.comparison.packs import compare_packs, read_pack
from ptreach.outputs.comparison.report import Report, Side
from ptreach.outputs.differences.places import Places

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from ptreach.matrix.long_tables import LongMatrix
    from ptreach.matrix.pairs import Overlap, Pairs
    from ptreach.matrix.shapes import Unit
    from ptreach.measures.comparison import Comparison, Floored


def compare_pack_folders(
    first: Path, second: Path, cutoffs_min: Sequence[int] | None = None, floored: Floored | None = None
) -> Report:
    """Return how two packs compare: see `ptreach.outputs.comparison.packs.compare_packs`."""
    return compare_packs(read_pack(first), read_pack(second), cutoffs_min, floored)


def compare_matrix_files(
    first: Path,
    second: Path,
    *,
    units: tuple[Unit | None, Unit | None] = (None, None),
    floored: Floored | None = None,
    cutoffs_min: Sequence[int] | None = None,
    points: Path | None = None,
    common: bool = False,
) -> Report:
    """Return how two matrices compare.

    Parameters
    ----------
    first, second
        Files that `ptreach.matrix.long_tables.read_matrix` reads.
    units
        Unit of the travel times of each; told by names where None.
    floored
        Which holds whole minutes only; looked for in the times if None.
    cutoffs_min
        Cutoffs of the bands in minutes, ascending.
    points
        File of points (id, lon, lat) that says where destinations are, for a map.
    common
        Leave out origins and destinations of which one of the two has no row.

    Raises
    ------
    InputError
        Where a file can't be read, they have nothing in common, or `points` has none of the destinations.
    """
    matrices = [read_matrix(path, unit) for path, unit in zip((first, second), units, strict=True)]
    sides = (_side(matrices[0]), _side(matrices[1]))
    pairs, overlap = join_matrices(*matrices, common=common)
    matrices.clear()  # their rows are in `pairs`; those of large files should not be held twice
    comparison = compare_times(pairs, cutoffs_min or CUTOFFS_MIN, floored)
    return Report(
        sides=sides,
        comparison=comparison,
        notes=_notes(overlap, common=common),
        places=_places(pairs, comparison, points) if points else None,
    )


def _side(matrix: LongMatrix) -> Side:
    """Return what a matrix holds."""
    percentiles = ", ".join(f"p{percentile}" for percentile in matrix.seconds)
    return Side(matrix.where, f"{matrix.from_idx.size:,} rows, {percentiles} in {matrix.told}")


def _notes(overlap: Overlap, *, common: bool) -> tuple[str, ...]:
    """Return sentences on what one of two matrices has and the other lacks."""
    notes = []
    sides = (("A", "B"), ("B", "A"))
    for at, (one, other) in enumerate(sides):
        if overlap.percentiles[at]:
            listed = ", ".join(f"p{percentile}" for percentile in overlap.percentiles[at])
            notes.append(f"Only {one} has {listed}.")
        if not overlap.pairs[at]:
            continue
        counts = ((overlap.origins[at], "origins"), (overlap.destinations[at], "destinations"))
        what = " and ".join(f"{number:,} {words}" for number, words in counts if number)
        done = (
            "were left out (--common)" if common
            else f"count as not reached by {other}; --common leaves them out, if {other} was not asked"
        )  # fmt: skip
        notes.append(f"{one} has {what} of which {other} has no row: {overlap.pairs[at]:,} pairs {done}.")
    return tuple(notes)


def _places(pairs: Pairs, comparison: Comparison, points: Path) -> Places:
    """Return where the destinations are, and how far apart the two are on the way to each in the middle."""
    read = read_points(points)
    row_of = {name: row for row, name in enumerate(read.ids)}
    used = np.flatnonzero(np.bincount(pairs.to_idx))
    at = np.array([row_of.get(pairs.ids[idx], -1) for idx in used])
    if (at < 0).all():
        raise InputError(
            f"none of the {len(used):,} destinations, such as '{pairs.ids[used[0]]}', is among its points",
            where=str(points),
            remedy="name the file of points that the matrices were computed to",
        )
    shown = comparison.shown
    first, second, _ = like_for_like(
        {shown: pairs.first_s[shown]}, {shown: pairs.second_s[shown]}, comparison.floored
    )
    difference_s, reached = _by_destination(pairs.to_idx, first[shown], second[shown])
    known = at >= 0
    shapes = gpd.GeoSeries.from_xy(read.lon[at[known]], read.lat[at[known]], crs="EPSG:4326")
    missing = f" {int((~known).sum()):,} destinations are not among the points." if not known.all() else ""
    return Places(
        names=tuple(pairs.ids[idx] for idx in used[known]),
        shapes=np.asarray(shapes.to_crs(shapes.estimate_utm_crs()), dtype=object),
        difference_s=difference_s[known],
        reached=reached[known],
        origin_m=None,
        about=f"To each place: the median over origins of p{shown} by B less p{shown} by A.{missing}",
    )


def _by_destination(
    to_idx: NDArray[np.integer], first_s: NDArray[np.floating], second_s: NDArray[np.floating]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the median difference (nearest rank) over origins that both have, and which side has any.

    One row a destination, in ascending order of `to_idx`: float64 (n,), NaN where no origin is in both; bool
    (n, 2).
    """
    used = np.flatnonzero(np.bincount(to_idx))
    place = np.searchsorted(used, to_idx)
    reached = np.column_stack(
        [np.bincount(place, weights=~np.isnan(side), minlength=used.size) > 0 for side in (first_s, second_s)]
    )
    apart = (second_s - first_s).astype(np.float64)
    both = np.flatnonzero(~np.isnan(apart))
    order = both[np.lexsort((apart[both], place[both]))]
    counts = np.bincount(place[both], minlength=used.size)
    starts = np.cumsum(counts) - counts
    median = np.full(used.size, np.nan)
    for row in np.flatnonzero(counts).tolist():
        median[row] = apart[order[starts[row] + nearest_rank(50, int(counts[row]))]]
    return median, reached
