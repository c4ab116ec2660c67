"""The figures of a place: how soon its people arrive, how unequally, and how far each figure can be trusted.

Intervals are those of `bootstrap_interval` over compact blocks of zones (`spatial_blocks`), with a fixed
seed. A place with fewer than `FEWEST_ZONES` zones has figures without intervals.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from ptreach.measures.bootstrap import bootstrap_interval, spatial_blocks
from ptreach.measures.inequality import summarise_inequality
from ptreach.measures.inputs import as_labels, as_minutes, as_weights
from ptreach.measures.tenths import compare_tenths, local_tenths
from ptreach.measures.time_relation import relate_to_travel_time

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import ArrayLike

    from ptreach.measures.neighbours import Neighbours
    from ptreach.model import FloatArray

FEWEST_ZONES: Final = 20
"""Of fewer zones there are too few blocks to draw from."""
DRAWS: Final = 999
LEVEL: Final = 0.95
SEED: Final = 20_200_616

_COLUMNS: Final = ("figure", "about", "unit", "value", "low", "high", "zones", "blocks")


class _Place(NamedTuple):
    """Zones with people: minutes (NaN where not reached), people, deprivation rank, block of each."""

    minutes: FloatArray
    people: FloatArray
    rank: FloatArray
    block: np.ndarray[tuple[int], np.dtype[np.int64]] | None


def summarise_place(
    minutes: ArrayLike,
    people: ArrayLike,
    rank: ArrayLike,
    cutoffs_min: Sequence[int],
    xy_m: FloatArray,
) -> pd.DataFrame:
    """Return the figures of a place with their intervals, one row each.

    Parameters
    ----------
    minutes
        Median travel time of each zone in minutes, shape (n,), NaN where not reached.
    people
        Residents of each zone, NaN (unknown) counts as nobody.
    rank
        Deprivation of each zone, 1 the most deprived; NaN where unknown.
    cutoffs_min
        Cutoffs in minutes, ascending; strict.
    xy_m
        Places of the zones in metres, shape (n, 2).

    Returns
    -------
    pd.DataFrame
        Columns ``figure, about, unit, value, low, high, zones, blocks``; low and high bound the interval of
        95 %, NaN where there is none; ``blocks`` is 0 there. Rows: ``people``; ``median_min`` and
        ``share_within_15`` … of all people; the same of the most and the least deprived tenth of the place's
        own people (`local_tenths`), and their difference; ``gini, theil_t, theil_l, palma_ratio,
        concentration_index`` of minutes over people, with ``people_counted`` and ``share_counted``, those
        that these indices are about.

    Raises
    ------
    ValueError
        As `summarise_inequality` and `local_tenths` do.
    """
    times = as_minutes(minutes)
    weights, ranks = as_weights(people, times.size), as_labels(rank, times.size)
    some = np.flatnonzero(weights > 0)
    block = spatial_blocks(xy_m[some]) if some.size >= FEWEST_ZONES else None
    place = _Place(times[some], weights[some], ranks[some], block)
    rows: list[tuple[object, ...]] = [
        ("people", "all", "people", float(weights.sum()), np.nan, np.nan, some.size, 0),
        _with_interval("median_min", "all", "minutes", place, _medians),
        *(
            _with_interval(f"share_within_{cutoff}", "all", "share of people", place, _share_within(cutoff))
            for cutoff in cutoffs_min
        ),
        *_of_tenths(place, cutoffs_min),
        *_of_inequality(place),
    ]
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def relate_to_deprivation(
    minutes: ArrayLike, figures: Mapping[str, ArrayLike], xy_m: FloatArray, neighbours: Neighbours
) -> pd.DataFrame:
    """Return how travel time goes with figures of deprivation, one row a figure.

    Parameters
    ----------
    minutes
        As for `summarise_place`.
    figures
        Deprivation of each zone by name of the figure (``imd_rank``), shape (n,), NaN where unknown.
    xy_m, neighbours
        Places of the zones in metres, shape (n, 2), and which of them touch.

    Returns
    -------
    pd.DataFrame
        Columns ``with_figure`` and all fields of `TimeRelation`: Spearman's rho with its interval, p for
        independent zones and p that allows for zones being like their neighbours, Moran's I of both.
    """
    rows = [
        {
            "with_figure": name,
            **asdict(
                relate_to_travel_time(minutes, values, xy_m, neighbours, seed=SEED, draws=DRAWS, level=LEVEL)
            ),
        }
        for name, values in figures.items()
    ]
    return pd.DataFrame(rows)


def _with_interval(
    figure: str, about: str, unit: str, place: _Place, statistic: Callable[..., FloatArray]
) -> tuple[object, ...]:
    """Return the row of a statistic of minutes, people and rank."""
    zones_n = place.people.size
    if place.block is None or np.unique(place.block).size < 2:
        value = float(statistic(*place[:3], np.ones((1, zones_n)))[0]) if zones_n else np.nan
        return figure, about, unit, value, np.nan, np.nan, zones_n, 0
    found = bootstrap_interval(statistic, *place[:3], blocks=place.block, seed=SEED, draws=DRAWS, level=LEVEL)
    return figure, about, unit, found.estimate, found.low, found.high, zones_n, found.blocks


def _medians(minutes: FloatArray, people: FloatArray, _: FloatArray, times: FloatArray) -> FloatArray:
    """Return the median of each draw, as `weighted_median` has it."""
    order = np.argsort(minutes, kind="stable")  # NaN sorts last
    running = np.cumsum(times[:, order] * people[order], axis=1)
    medians: FloatArray = minutes[order][(running < running[:, -1:] / 2).sum(axis=1)]
    return medians


def _share_within(cutoff: int) -> Callable[..., FloatArray]:
    """Return the statistic: share of people within a cutoff."""
    return lambda minutes, people, _, times: (times @ (people * (minutes < cutoff))) / (times @ people)


def _concentrations(
    minutes: FloatArray, people: FloatArray, rank: FloatArray, times: FloatArray
) -> FloatArray:
    """Return the index of each draw, as `concentration_index` has it; minutes and ranks are all known."""
    order = np.argsort(rank, kind="stable")
    begins = np.unique(rank[order], return_index=True)[1]
    drawn = times[:, order] * people[order]
    to_people, to_value = (
        np.cumsum(np.add.reduceat(amounts, begins, axis=1), axis=1)
        for amounts in (drawn, drawn * minutes[order])
    )
    added = np.diff(to_people, axis=1, prepend=0)
    between = to_value - np.diff(to_value, axis=1, prepend=0) / 2
    with np.errstate(invalid="ignore"):  # all minutes are 0
        index: FloatArray = 1.0 - 2 * (added * between).sum(axis=1) / (to_people[:, -1] * to_value[:, -1])
    return index


def _of_tenths(place: _Place, cutoffs_min: Sequence[int]) -> list[tuple[object, ...]]:
    """Return the rows that compare the place's own most and least deprived tenth."""
    tenth = local_tenths(place.rank, place.people)
    table = compare_tenths(tenth, place.minutes, place.people, cutoffs_min).iloc[1:]
    rows: list[tuple[object, ...]] = []
    for number, about in ((1, "most_deprived"), (10, "least_deprived")):
        zones_n = int((tenth == number).sum())
        rows += [
            (measure, f"{about}_tenth", _unit(measure), value, np.nan, np.nan, zones_n, 0)
            for measure, value in zip(table["measure"], table[about], strict=True)
        ]
    found = int(np.isin(tenth, (1, 10)).sum())
    rows += [
        (measure, "most_minus_least_deprived_tenth", _unit(measure), value, np.nan, np.nan, found, 0)
        for measure, value in zip(table["measure"], table["difference"], strict=True)
    ]
    return rows


def _of_inequality(place: _Place) -> list[tuple[object, ...]]:
    """Return the rows of inequality; the concentration index has an interval."""
    table = summarise_inequality(place.minutes, place.people, place.rank).set_index("measure")["value"]
    counted = ~np.isnan(place.minutes) & ~np.isnan(place.rank)
    zones_n = int(counted.sum())
    rows: list[tuple[object, ...]] = [
        (measure, "minutes", unit, float(table[measure]), np.nan, np.nan, zones_n, 0)
        for measure, unit in (
            ("people_counted", "people"),
            ("share_counted", "share of people"),
            ("gini", "index"),
            ("theil_t", "index"),
            ("theil_l", "index"),
            ("palma_ratio", "ratio"),
        )
    ]
    block = place.block[counted] if place.block is not None and zones_n >= FEWEST_ZONES else None
    minutes, people, rank = (column[counted] for column in place[:3])
    here = _Place(minutes, people, rank, block)
    rows.append(_with_interval("concentration_index", "minutes", "index", here, _concentrations))
    return rows


def _unit(measure: str) -> str:
    """Return the unit of a measure of `compare_tenths`."""
    return "minutes" if measure == "median_min" else "share of people"
