"""The register of schools (Get Information about Schools): where each is, how many pupils and places it has.

Read as it is downloaded (``edubasealldata….csv``, Windows-1252, all schools there ever were) or from compact
tables of the open ones.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj

from ptreach.errors import InputError
from ptreach.sources.boundaries import CRS, read_boundaries
from ptreach.sources.cells import numbers, texts
from ptreach.sources.columns import find_column, need_column
from ptreach.sources.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from ptreach.model import FloatArray

_NAME: Final = r"establishment_?name|establishment name|schname|name"
_PHASE: Final = r"phaseofeducation \(name\)|education_phase|phase"
_STATUS: Final = r"establishmentstatus \(name\)|establishment_status|status"
_PLACES: Final = r"school_?capacity|places"
_PUPILS: Final = r"number_?of_?pupils|pupils"
_LSOA: Final = r"lsoa \(code\)|lsoa_?code|lsoa(\d\d)?(cd)?"
_ZONE: Final = r"[EWSN]\d{8}"
# The British National Grid, in metres.
_EAST_M: Final = 700_000
_NORTH_M: Final = 1_300_000

_log = logging.getLogger(__name__)


def read_schools(path: Path) -> pd.DataFrame:
    """Return the open schools of a register, sorted by ``urn``; those that are not are counted in the log.

    A school is open until it closes, though it be proposed to close.

    Returns
    -------
    DataFrame
        ``urn, name, phase`` text; ``places, pupils, lon, lat`` float64 (degrees, EPSG:4326); ``lsoa_code``
        text. What the register does not say is NaN; tables without capacities have no places.

    Raises
    ------
    InputError
        As `read_register`; and where no school is open.
    """
    register = read_register(path)
    is_open = register.pop("open")
    if not is_open.any():
        raise InputError("no school in it is open", where=str(path), remedy="take the whole register")
    if not is_open.all():
        _log.info("%s: %d schools that are not open are left out", path.name, (~is_open).sum())
    columns = ["urn", "name", "phase", "places", "pupils", "lon", "lat", "lsoa_code"]
    return register[is_open].reset_index()[columns]


def read_register(path: Path) -> pd.DataFrame:
    """Return all schools of a register by ``urn``, sorted: as `read_schools`, with ``open`` (bool).

    Metres of the British National Grid win over degrees; ``easting_m, northing_m`` are float64.

    Raises
    ------
    InputError
        Where a header is missing, no row has a URN, or one occurs twice.
    """
    table = read_table(path)
    schools = urns(table[need_column(table, "urn", "URN", path)])
    if schools.isna().any():
        _log.warning("%s: %d rows without a URN are left out", path.name, schools.isna().sum())
        schools = schools.dropna()
        table = table.loc[schools.index]
    refuse_doubled_schools(schools, path, "take the register as it is")
    status = find_column(table, _STATUS)
    is_open = texts(table[status]).str.casefold().str.startswith("open", na=False) if status else True
    east, north, lon, lat = _places(table, path)
    zones = texts(table[need_column(table, _LSOA, "LSOA (code)", path)]).str.upper()
    frame = pd.DataFrame(
        {
            "name": texts(table[need_column(table, _NAME, "EstablishmentName", path)]),
            "phase": texts(table[need_column(table, _PHASE, "PhaseOfEducation (name)", path)]),
            "places": _counts(table, _PLACES, path),
            "pupils": _counts(table, _PUPILS, path),
            "lon": lon,
            "lat": lat,
            # 999999999 and L99999999 stand for none.
            "lsoa_code": zones.where(zones.str.fullmatch(_ZONE, na=False)),
            "easting_m": east,
            "northing_m": north,
            "open": is_open,
        }
    )
    return frame.set_axis(pd.Index(schools.to_list(), name="urn")).sort_index()


def urns(cells: pd.Series[Any]) -> pd.Series[str]:
    """Return school numbers as text, NaN where a cell is none: ``100000`` for ``100000.0``."""
    plain = texts(cells).str.replace(r"\.0$", "", regex=True)
    return plain.where(plain.str.fullmatch(r"\d{5,7}", na=False))


def refuse_doubled_schools(schools: pd.Series[str], where: Path | str, remedy: str) -> None:
    """Raise InputError where there is no school among the numbers of schools, or one twice."""
    if not len(schools):
        raise InputError("no row is a school", where=f"{where}, urn", remedy=remedy)
    twice = schools[schools.duplicated()]
    if len(twice):
        raise InputError(
            f"school {twice.iloc[0]} occurs more than once",
            where=f"{where}, row {twice.index[0]}, urn",
            remedy=remedy,
        )


def _counts(table: pd.DataFrame, pattern: str, path: Path) -> FloatArray:
    """Return a column of counts, float64 (rows,); NaN where there is none."""
    header = find_column(table, pattern)
    return numbers(table, header, path) if header else np.full(len(table), np.nan)


def _places(table: pd.DataFrame, path: Path) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return eastings, northings (metres), longitudes and latitudes; NaN where a school has no place."""
    east = numbers(table, need_column(table, "eastings?", "Easting", path), path)
    north = numbers(table, need_column(table, "northings?", "Northing", path), path)
    nowhere = ~((east > 0) & (east < _EAST_M) & (north > 0) & (north < _NORTH_M))
    if nowhere.any():
        _log.info("%s: %d schools have no place on the grid", path.name, nowhere.sum())
    east, north = np.where(nowhere, np.nan, east), np.where(nowhere, np.nan, north)
    degrees = pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
    lon, lat = (np.where(nowhere, np.nan, values) for values in degrees.transform(east, north))
    return east, north, lon, lat


def zones_of_schools(
    register: pd.DataFrame, codes: Collection[str], boundaries: Path, id_column: str, edition: str
) -> tuple[pd.Series[Any], bool]:
    """Return the zone of each school by URN, NaN where it stands in none; and whether places were needed.

    The register does not say which edition its codes are of. A code that the edition has is the same zone in
    any edition; a school with another code is put into the polygon of `boundaries` that it stands in.

    Parameters
    ----------
    register
        As `read_register` gives it.
    codes, edition
        All codes of the edition asked for, and its name.
    boundaries, id_column
        The file of polygons, read only where needed, and its column of codes.

    Raises
    ------
    InputError
        Where boundaries are needed and at fault.
    """
    known = set(codes)
    zones = register["lsoa_code"].where(np.array([code in known for code in register["lsoa_code"]], np.bool_))
    countries = {code[:1] for code in known}
    strange = zones.isna() & register["lsoa_code"].str[:1].isin(list(countries))
    unclear = strange | register["lsoa_code"].isna()
    _log.info(
        "%d of %d schools bear a code of %s, %d a code of another edition",
        zones.notna().sum(),
        len(register),
        edition,
        strange.sum(),
    )
    if not strange.any():
        return zones, False
    there = register[unclear & register["easting_m"].notna()]
    points = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy(there["easting_m"], there["northing_m"]), index=there.index, crs=CRS
    )
    polygons = read_boundaries(boundaries, id_column)
    polygons = polygons[[code in known for code in polygons.index]]
    joined = points.sjoin(polygons[["geometry"]], how="inner", predicate="intersects")
    found = joined["zone_id"][~joined.index.duplicated()]
    _log.warning("%d schools are put into the zone that they stand in", len(found))
    return zones.fillna(found), True
