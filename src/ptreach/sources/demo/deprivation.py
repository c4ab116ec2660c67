"""Made-up deprivation of the made-up zones, in the layout of File 7 of the Indices of Deprivation 2019.

Domain scores are drawn from where people live: council estates on the edge come worst, terraces between,
villages and private estates best. The overall score is made from the domains as the published method makes
it: each domain's rank is transformed exponentially, the weighted sum is the score. Ranks and deciles are
those of the made-up set alone and say nothing of England.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from ptreach.sources.demo.plan import SEED
from ptreach.sources.demo.zones import KINDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ptreach.model import FloatArray
    from ptreach.sources.demo.zones import TownZones

_NEED: Final = {
    "core": 0.15,
    "terrace": 0.35,
    "interwar": -0.55,
    "estate": 1.45,
    "modern": -1.15,
    "village": -1.0,
}
# Stem, score word, share of the common need, lowest and highest score.
_DOMAINS: Final[tuple[tuple[str, str, float, float, float], ...]] = (
    ("Income", "Score (rate)", 0.95, 0.02, 0.42),
    ("Employment", "Score (rate)", 0.93, 0.02, 0.34),
    ("Education, Skills and Training", "Score", 0.88, 1.0, 78.0),
    ("Health Deprivation and Disability", "Score", 0.85, -1.8, 2.1),
    ("Crime", "Score", 0.7, -1.6, 1.9),
    ("Barriers to Housing and Services", "Score", -0.1, 4.0, 46.0),
    ("Living Environment", "Score", 0.25, 2.0, 58.0),
    ("Income Deprivation Affecting Children Index (IDACI)", "Score (rate)", 0.88, 0.02, 0.52),
    ("Income Deprivation Affecting Older People (IDAOPI)", "Score (rate)", 0.85, 0.02, 0.46),
    ("Children and Young People Sub-domain", "Score", 0.8, -1.4, 1.9),
    ("Adult Skills Sub-domain", "Score", 0.88, 0.08, 0.62),
    ("Geographical Barriers Sub-domain", "Score", -0.4, -1.6, 2.4),
    ("Wider Barriers Sub-domain", "Score", 0.55, -4.5, 5.5),
    ("Indoors Sub-domain", "Score", 0.2, -1.3, 1.7),
    ("Outdoors Sub-domain", "Score", 0.3, -1.1, 1.5),
)
_WEIGHTS: Final = (22.5, 22.5, 13.5, 13.5, 9.3, 9.3, 9.4)
"""Weights of the first seven domains in the overall score; they add up to 100."""
_IMD: Final = "Index of Multiple Deprivation (IMD)"
_RANK: Final = "Rank (where 1 is most deprived)"
_DECILE: Final = "Decile (where 1 is most deprived 10% of LSOAs)"
_GEOGRAPHICAL: Final = "Geographical Barriers Sub-domain"


def deprivation_table(zones: TownZones) -> pd.DataFrame:
    """Return File 7's 57 columns, one row a zone, in order of the codes; the same each time."""
    rng = np.random.default_rng(SEED + 4)
    need = _common_need(zones, rng)
    table: dict[str, object] = {
        "LSOA code (2011)": zones.codes,
        "LSOA name (2011)": zones.names,
        "Local Authority District code (2019)": _district_codes(zones),
        "Local Authority District name (2019)": [f"{name} (made-up)" for name in zones.districts],
    }
    scores: dict[str, FloatArray] = {}
    for stem, _, share, lowest, highest in _DOMAINS:
        latent = share * need + np.sqrt(1 - min(share * share, 0.97)) * rng.normal(0, 0.75, need.size)
        if stem == _GEOGRAPHICAL:
            far_km = np.hypot(*zones.centroids.T) / 1000
            latent = latent + 0.8 * (far_km - far_km.mean())
        ladder = 1 / (1 + np.exp(-1.25 * latent))
        scores[stem] = lowest + (highest - lowest) * ladder**1.3
    _add(table, _IMD, "Score", np.round(_overall(list(scores.values())[: len(_WEIGHTS)]), 3))
    for stem, word, *_ in _DOMAINS:
        _add(table, stem, word, np.round(scores[stem], 3))
    table |= _people(zones, need, rng)
    return pd.DataFrame(table)


def rank_of(scores: FloatArray) -> NDArray[np.int64]:
    """Return ranks, 1 for the highest score; of two that are equal the first comes first."""
    rank = np.empty(scores.size, dtype=np.int64)
    rank[np.argsort(-scores, kind="stable")] = np.arange(1, scores.size + 1)
    return rank


def decile_of(rank: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return deciles of ranks 1 … n: 1 for the most deprived tenth."""
    return -(-10 * rank // rank.size)


def _common_need(zones: TownZones, rng: np.random.Generator) -> FloatArray:
    """Return what all domains of a zone share, standardised: by kind of homes, quarter and chance."""
    x, y = zones.centroids.T / 1000
    quarter = 0.3 * np.sin(0.9 * x - 0.5) + 0.3 * np.cos(0.8 * y + 0.4 * x)
    need = zones.share @ np.array([_NEED[kind] for kind in KINDS]) + quarter + rng.normal(0, 0.22, x.size)
    return np.asarray((need - need.mean()) / need.std())


def _overall(domains: list[FloatArray]) -> FloatArray:
    """Return the weighted sum of the domains' exponentially transformed ranks, 0 to 100."""
    total = np.zeros(domains[0].size)
    for scores, weight in zip(domains, _WEIGHTS, strict=True):
        share = 1 - (rank_of(scores) - 1) / scores.size
        total += weight / 100 * -23 * np.log(1 - share * (1 - np.exp(-100 / 23)))
    return total


def _add(table: dict[str, object], stem: str, word: str, scores: FloatArray) -> None:
    """Add score, rank and decile of one stem."""
    rank = rank_of(scores)
    table[f"{stem} {word}"] = scores
    table[f"{stem} {_RANK}"] = rank
    table[f"{stem} {_DECILE}"] = decile_of(rank)


def _district_codes(zones: TownZones) -> list[str]:
    """Return a code for each zone's district."""
    names = sorted(set(zones.districts))
    return [f"X070{names.index(name) + 1:05d}" for name in zones.districts]


def _people(zones: TownZones, need: FloatArray, rng: np.random.Generator) -> dict[str, NDArray[np.int64]]:
    """Return the population denominators; more children where need is high, more older people in villages."""
    total = zones.population
    children = np.clip(0.187 + 0.026 * need + rng.normal(0, 0.012, total.size), 0.1, 0.3)
    village = zones.share[:, KINDS.index("village")]
    core = zones.share[:, KINDS.index("core")]
    children = np.rint(total * (children - 0.05 * core)).astype(np.int64)
    older = np.rint(
        total * np.clip(0.225 - 0.03 * need + 0.07 * village + rng.normal(0, 0.02, total.size), 0.1, 0.4)
    )
    older = older.astype(np.int64)
    adults = total - children - older
    working = np.rint(0.985 * adults + 0.06 * older).astype(np.int64) - np.rint(0.03 * total).astype(np.int64)
    tail = "(excluding prisoners)"
    return {
        f"Total population: mid 2015 {tail}": total,
        f"Dependent Children aged 0-15: mid 2015 {tail}": children,
        f"Population aged 16-59: mid 2015 {tail}": adults,
        f"Older population aged 60 and over: mid 2015 {tail}": older,
        f"Working age population 18-59/64: for use with Employment Deprivation Domain {tail} ": working,
    }
