"""Local authorities: their outlines, and how deprived each is on average.

Averages are worked out from the zones where these have scores and the weights that belong to them, which any
reader can repeat. Where they have not (no edition publishes IDACI scores of all zones without File 7), the
publisher's own averages are taken. Outlines are those of the areas' recipe; where it has none of the year of
the averages, zones are put together, which is done once and kept.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ptreach.measures.district_averages import average_by_district
from ptreach.measures.districts import put_together
from ptreach.model import Authorities
from ptreach.sources.boundaries import CRS, read_boundaries
from ptreach.sources.codes import OtherEditionError
from ptreach.sources.deprivation import read_deprivation
from ptreach.sources.joining import Tables
from ptreach.sources.kept_shapes import keep_shapes, read_kept

if TYPE_CHECKING:
    from pathlib import Path

    from ptreach.model import Areas
    from ptreach.sources.recipe import AreasRecipe
    from ptreach.sources.tables import Layout

COMPUTED: Final = "worked out from zones"
PUBLISHED: Final = "published"
_WEIGHTS: Final = {"imd": "population_iod", "idaci": "children_iod"}
_ENGLISH: Final = r"E0\d{7}"


def authorities_of(recipe: AreasRecipe, folder: Path, areas: Areas) -> Authorities | None:
    """Return the authorities of England by a recipe's deprivation, None where there are no averages of them.

    Raises InputError where a file is at fault.
    """
    records = [record for record in areas.sources if record.kind in {"deprivation", "boundaries"}]
    tables = Tables.of(recipe, records, None)
    try:
        zones = read_deprivation(
            tables.file("deprivation")[0], recipe.id_column, tables.file("deprivation")[1]
        )
    except OtherEditionError as error:
        path, layout = tables.file("deprivation")
        zones = read_deprivation(path, error.id_column, layout)
    scores = _scores(zones, areas.district_deprivation)
    english = scores["district_code"].astype(str).str.fullmatch(_ENGLISH)
    known = scores[["imd_average_score", "idaci_average_score"]].notna().any(axis=1)
    if not english.all() or not known.any():
        return None
    shapes = areas.districts
    if shapes is None or not scores["district_code"].isin(shapes["district_code"]).all():
        digest = hashlib.sha256("\0".join(record.sha256 for record in records).encode()).hexdigest()[:16]
        path, layout = tables.file("boundaries")
        shapes = _kept_together(
            folder / "built" / f"authorities-{digest}.parquet", path, recipe.id_column, layout, zones
        )
    return Authorities(shapes[["district_code", "district_name", "geometry"]], scores)


def district_at(areas: Areas, xy_m: tuple[float, float]) -> str | None:
    """Return the code of the district that a point in metres lies in or next to; None without districts."""
    frame = areas.frame[areas.frame["district_code"].notna()]
    if frame.empty:
        return None
    tree = shapely.STRtree(frame.geometry.to_numpy())
    return str(frame["district_code"].iloc[int(tree.nearest(shapely.Point(xy_m)))])


def _scores(zones: pd.DataFrame, published: pd.DataFrame | None) -> pd.DataFrame:
    """Return averages by district, each worked out where that is possible for all, else as published."""
    names = zones.drop_duplicates("district_code").set_index("district_code")["district_name"]
    if published is not None:
        names = published.set_index("district_code")["district_name"].combine_first(names)
    table = pd.DataFrame({"district_name": names.sort_index()})
    for index, weight in _WEIGHTS.items():
        found = average_by_district(
            zones["district_code"].to_numpy(), zones[f"{index}_score"], zones[weight]
        ).set_index("district_code")
        how = COMPUTED
        if found["average_score"].isna().any() and published is not None:
            given = published.set_index("district_code")
            found = pd.DataFrame(
                {
                    "average_score": given[f"{index}_average_score"],
                    "rank": given[f"{index}_rank_of_average_score"],
                }
            )
            how = PUBLISHED
        table[f"{index}_average_score"] = found["average_score"].reindex(table.index)
        table[f"{index}_rank"] = found["rank"].reindex(table.index)
        table[f"{index}_how"] = np.where(table[f"{index}_average_score"].notna(), how, "")
    return table.rename_axis("district_code").reset_index()


def _kept_together(
    kept: Path, boundaries: Path, id_column: str, layout: Layout, zones: pd.DataFrame
) -> gpd.GeoDataFrame:
    """Return the outlines of districts that were put together before, or put them together and keep them."""
    found = read_kept(kept, ("district_code", "district_name", "geometry"), "put together again")
    if found is not None:
        return found
    shapes = _put_together(read_boundaries(boundaries, id_column, None, layout), zones)
    keep_shapes(kept, shapes)
    return shapes


def _put_together(polygons: gpd.GeoDataFrame, zones: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the outlines of districts, their zones put together."""
    joined = polygons[["geometry"]].join(
        zones.set_index("zone_id")[["district_code", "district_name"]], how="inner"
    )
    rows = [
        (code, str(part["district_name"].iloc[0]), put_together(part.geometry.to_numpy()))
        for code, part in joined.groupby("district_code", sort=True)
    ]
    codes, names, shapes = zip(*rows, strict=True) if rows else ((), (), ())
    return gpd.GeoDataFrame({"district_code": codes, "district_name": names}, geometry=list(shapes), crs=CRS)
