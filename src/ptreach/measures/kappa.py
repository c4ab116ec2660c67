"""Agreement of two classifications in ordered classes, beyond what chance gives: Cohen's weighted kappa."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

LINEAR = 1
QUADRATIC = 2


def weighted_kappa(table: ArrayLike, power: int) -> float:
    """Return Cohen's kappa of a table of counts, disagreements weighted by how many classes they are apart.

    kappa = 1 - sum(w o) / sum(w e), with o the counts, e those that the two margins alone would give, and
    w = abs(i - j) ** power: Cohen (1968), "Weighted kappa", Psychological Bulletin 70, 213-220. `LINEAR`
    weights are those of Cicchetti and Allison (1971), American Journal of EEG Technology 11, 101-109,
    `QUADRATIC` ones those of Fleiss and Cohen (1973), Educational and Psychological Measurement 33, 613-619.
    Quadratic kappa grows with the number of classes and linear kappa hardly does (Brenner and Kliebsch 1996,
    Epidemiology 7, 199-202), so linear is the one to quote.

    Parameters
    ----------
    table
        Counts or people, shape (k, k): row by the first classification, column by the second, classes in
        their order.
    power
        `LINEAR` or `QUADRATIC`.

    Returns
    -------
    float
        1 is full agreement, 0 what chance gives; NaN where all lies in one class by both, or there is
        nothing.

    Raises
    ------
    ValueError
        Where the table is not square, or a count is negative or not finite.
    """
    counts = np.asarray(table, dtype=np.float64)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1]:
        raise ValueError(f"a table of shape {counts.shape} is not square")
    if not np.all(np.isfinite(counts)) or np.any(counts < 0):
        raise ValueError("a count is negative or not finite")
    total = counts.sum()
    if not total:
        return float("nan")
    classes = np.arange(counts.shape[0])
    weights = np.abs(classes[:, None] - classes[None, :]).astype(np.float64) ** power
    by_chance = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / total
    expected = float((weights * by_chance).sum())
    return 1 - float((weights * counts).sum()) / expected if expected else float("nan")
