"""Reach: how many people, children and pensioners of each decile of deprivation are within a travel time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from ptreach.measures.cumulative import opportunities_within
from ptreach.measures.deprivation import decile_members
from ptreach.measures.inputs import as_minutes, as_weights

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike

REACH_CUTOFFS_MIN: Final = (15, 30, 45, 60, 90)
"""Cutoffs in minutes that a table of reach has unless told otherwise."""


def reach_by_decile(
    decile: ArrayLike,
    minutes: ArrayLike,
    groups: Mapping[str, ArrayLike],
    cutoffs_min: Sequence[int] = REACH_CUTOFFS_MIN,
) -> pd.DataFrame:
    """Count the people of each decile within each cutoff in minutes, group by group.

    Counts are cumulative: who is within 15 minutes is within 30. People whose zone is not reached are in
    ``people`` and not in ``people_within``.

    Parameters
    ----------
    decile
        Decile of each zone, 1 (most deprived) to 10, shape (n,); NaN where unknown: only in the rows ``all``.
    minutes
        Travel time of each zone in minutes, shape (n,), NaN where not reached.
    groups
        People of each zone by name of their group (``children``), shape (n,) each; NaN (unknown) counts as
        nobody.
    cutoffs_min
        Cutoffs in minutes; strict.

    Returns
    -------
    pd.DataFrame
        A row a decile (``1`` … ``10``, ``all``, all of them always there), group and cutoff, in this order of
        sorting, groups and cutoffs as given. Columns: ``decile`` (str), ``group`` (str), ``cutoff_min``
        (int), ``people`` (of the group in the decile), ``people_within`` (floats), ``share_within`` (0 to 1
        of ``people``; NaN without people).

    Raises
    ------
    ValueError
        For a decile that is none, negative minutes or people, and shapes that differ.
    """
    times = as_minutes(minutes)
    sizes = {name: as_weights(people, times.size) for name, people in groups.items()}
    rows = []
    for decile_name, member in decile_members(decile, times.size):
        for group, people in sizes.items():
            total = float(people[member].sum())
            counts = opportunities_within(times[member], people[member], cutoffs_min)
            for cutoff, within in zip(cutoffs_min, counts, strict=True):
                share = float(within) / total if total else float("nan")
                rows.append((decile_name, group, cutoff, total, float(within), share))
    columns = ["decile", "group", "cutoff_min", "people", "people_within", "share_within"]
    return pd.DataFrame(rows, columns=columns)


def reach_by_deprivation(
    minutes: ArrayLike,
    *,
    imd_decile: ArrayLike,
    idaci_decile: ArrayLike,
    people: ArrayLike,
    children: ArrayLike,
    pensioners: ArrayLike | None = None,
    cutoffs_min: Sequence[int] = REACH_CUTOFFS_MIN,
) -> pd.DataFrame:
    """Count people, children and pensioners within each cutoff in minutes, by decile of IMD and of IDACI.

    IDACI is about children in families of low income: by its deciles children alone are counted.

    Parameters
    ----------
    minutes, cutoffs_min
        As for `reach_by_decile`.
    imd_decile, idaci_decile
        Deciles of each zone, 1 (most deprived) to 10, shape (n,); NaN where unknown.
    people, children, pensioners
        Residents of each zone, of any age and of two ages, shape (n,); NaN (unknown) counts as nobody. None
        where nothing is known of pensioners: there are then no rows of them.

    Returns
    -------
    pd.DataFrame
        That of `reach_by_decile` with a first column ``deprivation``: ``imd`` with the groups ``people``,
        ``children``, ``pensioners``, then ``idaci`` with ``children``.

    Raises
    ------
    ValueError
        As `reach_by_decile` does.
    """
    groups = {"people": people, "children": children}
    if pensioners is not None:
        groups["pensioners"] = pensioners
    by_imd = reach_by_decile(imd_decile, minutes, groups, cutoffs_min)
    by_idaci = reach_by_decile(idaci_decile, minutes, {"children": children}, cutoffs_min)
    by_imd.insert(0, "deprivation", "imd")
    by_idaci.insert(0, "deprivation", "idaci")
    return pd.concat([by_imd, by_idaci], ignore_index=True)
