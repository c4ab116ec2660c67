"""Carry a table of zones from one edition to the other: counts are shared out, rates weighted, by people.

Most zones are unchanged and keep their figures. The parts of a zone that was split share its counts by
their people, and have its rates. A zone that was merged has the sum of counts, and the mean of rates,
weighted by the people of the old zones. Of zones that were redrawn, so that old ones lie across new ones,
nobody knows how many people went where: they are left missing, unless an apportionment is asked for, which
takes it that people of an old zone went to its new ones as these have people. Ranks and deciles have no mean:
they are kept by zones that are made of one, and missing for others.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray


class How(enum.StrEnum):
    """How a zone came to its figures."""

    SAME = "unchanged"
    PART = "part of a zone that was split"
    WHOLE = "made of zones that were merged"
    IRREGULAR = "redrawn"
    ABSENT = "not in the lookup"


class Carried(NamedTuple):
    """A table in the other edition, and what was done to it."""

    frame: pd.DataFrame
    """By zone of the other edition, sorted: the columns carried, float64."""
    how: pd.Series[str]
    """By the same zones: a value of `How`."""
    zones_touched: float
    """Share of zones, 0 to 1, that did not simply keep their figures; NaN without zones."""
    people_touched: float
    """Share of people, 0 to 1, who live in these zones; NaN where people are not known."""

    def among(self, zones: Collection[str], people_there: pd.Series[float]) -> Carried:
        """Return what is carried to some zones, and the shares of these; `people_there` as `carry` has it."""
        asked = self.how.index.isin(list(zones))
        how = self.how[asked]
        return Carried(self.frame[asked], how, *_touched(how, people_there))


def carry(
    table: pd.DataFrame,
    pairs: pd.DataFrame,
    *,
    counts: Sequence[str],
    rates: Sequence[str],
    ranks: Sequence[str] = (),
    people: pd.Series[float],
    people_there: pd.Series[float],
    apportion_irregular: bool = False,
) -> Carried:
    """Carry a table from the edition of ``pairs.from_id`` to that of ``pairs.to_id``.

    Parameters
    ----------
    table
        Figures by zone of the edition that is left; NaN where not known.
    pairs
        ``from_id, to_id``: each two zones that share ground. Which zones are unchanged, split, merged or
        redrawn follows from how often they occur.
    counts, rates
        Columns of numbers of people or things, which add up; and of shares, scores and means, which do not.
    ranks
        Columns of ranks and deciles.
    people
        People by zone of the edition that is left: the weights of rates.
    people_there
        People by zone of the other edition: how counts are shared out between the parts of a zone. Its index
        does not bound the result.
    apportion_irregular
        Share out zones that were redrawn by the people of the new zones; missing if false.

    Returns
    -------
    Carried
        The figures of every zone of ``pairs.to_id``. A figure is NaN where one that it is made of is, or its
        weights are not known.
    """
    links = pairs[["from_id", "to_id"]].reset_index(drop=True)
    how = _ways(links)
    there = people_there.reindex(links["to_id"]).to_numpy(dtype=np.float64)
    of_old = links.groupby("from_id")["to_id"].transform("size").to_numpy()
    total = pd.Series(there).groupby(links["from_id"].to_numpy()).transform("sum", min_count=1).to_numpy()
    known = pd.Series(there).groupby(links["from_id"].to_numpy()).transform("count").to_numpy() == of_old
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(of_old == 1, 1.0, np.where(known & (total > 0), there / total, np.nan))
    if not apportion_irregular:
        share[how.reindex(links["to_id"]).to_numpy() == How.IRREGULAR] = np.nan
    # A zone that is made of one keeps its rates, whatever its people.
    alone = (links.groupby("to_id")["from_id"].transform("size").to_numpy() == 1) & ~np.isnan(share)
    weight = np.where(alone, 1.0, people.reindex(links["from_id"]).to_numpy(dtype=np.float64) * share)
    weights = _sums(weight, links)
    carried = {}
    for name in (*counts, *rates, *ranks):
        values = np.asarray(table[name].reindex(links["from_id"]), dtype=np.float64)
        if name in counts:
            carried[name] = _sums(values * share, links)
        elif name in rates:
            carried[name] = (_sums(values * weight, links) / weights).where(weights > 0)
        else:
            carried[name] = _sums(np.where(alone, values, np.nan), links)
    frame = pd.DataFrame(carried, index=how.index)
    return Carried(frame, how, *_touched(how, people_there))


def _sums(values: NDArray[np.floating[Any]], links: pd.DataFrame) -> pd.Series[float]:
    """Return sums by zone of the other edition; NaN where one of the values is."""
    groups = pd.Series(values).groupby(links["to_id"].to_numpy())
    sums = groups.sum(min_count=1)
    whole: pd.Series[float] = sums.where(groups.count() == groups.size())
    return whole


def _ways(links: pd.DataFrame) -> pd.Series[str]:
    """Return how each zone of the other edition is carried to, sorted by its code."""
    parts = links.groupby("from_id")["to_id"].transform("size")
    wholes = links.groupby("to_id")["from_id"].transform("size")
    ways = np.select(
        [(parts == 1) & (wholes == 1), (parts > 1) & (wholes == 1), (parts == 1) & (wholes > 1)],
        [How.SAME.value, How.PART.value, How.WHOLE.value],
        How.IRREGULAR.value,
    )
    # All zones that hang together with a redrawn one are redrawn: an old zone lies in part in each.
    told = pd.Series(ways, index=links.index)
    crossed = told == How.IRREGULAR.value
    while True:
        olds, news = set(links.loc[crossed, "from_id"]), set(links.loc[crossed, "to_id"])
        wider = links["from_id"].isin(olds) | links["to_id"].isin(news)
        if wider.sum() == crossed.sum():
            break
        crossed = wider
    told[crossed] = How.IRREGULAR.value
    return told.groupby(links["to_id"].to_numpy()).first().sort_index()


def _touched(how: pd.Series[str], people_there: pd.Series[float]) -> tuple[float, float]:
    """Return the shares of zones and of people that did not simply keep their figures."""
    if how.empty:
        return float("nan"), float("nan")
    touched = (how != How.SAME.value).to_numpy()
    people = people_there.reindex(how.index).to_numpy(dtype=np.float64)
    total = float(np.nansum(people))
    return float(touched.mean()), float(np.nansum(people[touched])) / total if total else float("nan")
