"""Local authority districts beside each other: who touches whom, fifths of a score, scores of merged ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import shapely

from ptreach.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import geopandas as gpd
    from numpy.typing import ArrayLike, NDArray
    from shapely.geometry.base import BaseGeometry

    from ptreach.model import FloatArray

CLASSES_N: Final = 5
ACROSS_M: Final = 500.0
"""Districts that face each other over a river no wider than this touch: Plymouth and Cornwall do."""
NEAREST_N: Final = 3
"""Districts taken for neighbours of one that touches none, such as an island."""
_STEP_M: Final = 1.0


def put_together(areas: NDArray[np.object_]) -> BaseGeometry:
    """Return the valid union of polygons that share borders; of those that overlap a little, to a metre."""
    try:
        whole = shapely.coverage_union_all(areas)
    except shapely.errors.GEOSException:
        return shapely.union_all(areas, grid_size=_STEP_M)
    # Zones that overlap, as simplified ones do, mostly come out as shells within shells, and nothing is said.
    # Put in order that is the union, within 170 m2 in each of England's authorities, in a twentieth of the
    # time
    return whole if whole.is_valid else shapely.make_valid(whole, method="structure")


def neighbouring_districts(districts: gpd.GeoDataFrame, codes: Collection[str]) -> tuple[list[str], bool]:
    """Return the codes of districts that touch those of `codes`, sorted, and whether they do touch.

    Where none does, these are the `NEAREST_N` nearest ones.

    Parameters
    ----------
    districts
        Columns ``district_code, geometry`` in a metric coordinate reference system.
    codes
        Codes of one district or more, of which at least one has a polygon.
    """
    own = districts["district_code"].isin(list(codes)).to_numpy()
    place = districts.geometry[own].union_all()
    others = districts.loc[~own]
    shapes = others.geometry.to_numpy()
    # Boxes tell which are worth measuring: no district is nearer than its box
    boxes_m = shapely.distance(shapely.box(*shapely.bounds(shapes).T), shapely.box(*place.bounds))
    first = np.argsort(boxes_m)[:NEAREST_N]
    worth = boxes_m <= np.nanmax([ACROSS_M, *shapely.distance(shapes[first], place)])
    distance_m = np.where(worth, boxes_m, np.inf)
    distance_m[worth] = shapely.distance(shapes[worth], place)
    touching = distance_m <= ACROSS_M
    if touching.any():
        return sorted(others["district_code"][touching]), True
    nearest = others.assign(distance_m=distance_m).sort_values(["distance_m", "district_code"])
    return sorted(nearest["district_code"].head(NEAREST_N)), False


def score_classes(scores: ArrayLike, classes_n: int = CLASSES_N) -> tuple[NDArray[np.int64], FloatArray]:
    """Return the class of each score, 0 the lowest, and the lowest and highest score of each class.

    Classes hold as many scores each as can be; equal scores are in the same class. A class ends at the
    nearest rank: that of 10 scores' lowest fifth is the second. A score that is not known (NaN) has class -1,
    and so has every score where fewer than `classes_n` differ: there are no classes of them then.

    Returns
    -------
    tuple[NDArray[np.int64], FloatArray]
        Classes of shape (n,), and bounds of shape (`classes_n`, 2), of shape (0, 2) without classes.
    """
    values = np.asarray(scores, dtype=np.float64)
    known = np.sort(values[~np.isnan(values)])
    none = np.full(values.shape, -1), np.empty((0, 2))
    if len(np.unique(known)) < classes_n:
        return none
    last = [-(-step * known.size // classes_n) - 1 for step in range(1, classes_n)]
    classes = np.searchsorted(known[last], values, side="left")
    classes = np.where(np.isnan(values), -1, classes).astype(np.int64)
    members = [values[classes == number] for number in range(classes_n)]
    if not all(member.size for member in members):
        return none
    return classes, np.array([(member.min(), member.max()) for member in members])


def scores_on_polygons(
    scores: pd.DataFrame, score_column: str, successors: Mapping[str, str] | None
) -> pd.DataFrame:
    """Return scores by the districts that there are polygons of, where districts were merged since.

    Parameters
    ----------
    scores
        Columns ``district_code, rank`` and `score_column`, one row a district; and ``weight`` (people the
        score is an average over, children for IDACI) where districts are merged.
    score_column
        Name of the average score.
    successors
        New code by old one. A district that only changed its code keeps score and rank; one merged from
        several has their mean by weight and no rank (NaN).

    Raises
    ------
    InputError
        Where districts are merged and there is no weight to average them by.
    """
    table = scores[["district_code", score_column, "rank"]].copy()
    table["rank"] = table["rank"].astype("float64")
    if not successors:
        return table.reset_index(drop=True)
    table["district_code"] = [successors.get(code, code) for code in table["district_code"]]
    merged = table["district_code"].duplicated(keep=False)
    if merged.any():
        weight = scores["weight"] if "weight" in scores.columns else pd.Series(np.nan, scores.index)
        bad = scores["district_code"][merged & ~(weight > 0)]
        if len(bad):
            raise InputError(
                f"district {bad.iloc[0]} was merged into {successors.get(bad.iloc[0], bad.iloc[0])} "
                f"and has no weight ({len(bad)} such districts)",
                where="scores of districts, column weight",
                remedy="give the people that each score is an average over, or no successors",
            )
        table["weight"] = weight
        table["product"] = table[score_column] * weight
        parts = table.loc[merged].groupby("district_code", sort=True)
        sums = parts[["product", "weight"]].sum(min_count=1)
        sums = sums.where(parts["product"].apply(lambda column: column.notna().all()), axis=0)
        means = (sums["product"] / sums["weight"]).rename(score_column).reset_index()
        table = pd.concat([table.loc[~merged], means.assign(rank=np.nan)])
    return table[["district_code", score_column, "rank"]].reset_index(drop=True)
