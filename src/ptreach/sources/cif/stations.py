"""Stations of the .msn: where a TIPLOC is, under which station code (CRS), and how long a change takes.

Places are national grid references of 100 m, so they lie up to 70 m from the point meant; 44 of 3,191 are
unknown. Stations of Ireland are given on the British grid too.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import pyproj

from ptreach.sources.cif.records import printable
from ptreach.sources.cif.schedules import AT_CRS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ptreach.sources.cif.delivery import Delivery
    from ptreach.sources.cif.repairs import Repairs

_T = TypeVar("_T")
_SUBSIDIARY: Final = "9"
_EAST_M: Final = (-400_000, 890_000)  # the west of Ireland to Amsterdam
_NORTH_M: Final = (-200_000, 1_300_000)  # Paris to Shetland


class Station(NamedTuple):
    """A station: degrees (EPSG:4326) or None where unknown; minutes to change, None where not given."""

    crs: str
    name: str
    lon: float | None
    lat: float | None
    change_min: int | None


class Stations(NamedTuple):
    """Stations by CRS code, and the code of each TIPLOC."""

    by_crs: dict[str, Station]
    crs_of_tiploc: dict[str, str]

    def at(self, place: str) -> Station | None:
        """Return the station of a place of `Schedules`, None where the station file does not list it."""
        crs = place.removesuffix(AT_CRS) if place.endswith(AT_CRS) else self.crs_of_tiploc.get(place, "")
        return self.by_crs.get(crs)


class _Row(NamedTuple):
    """A row of the file, metres of EPSG:27700; sorts by the claim to speak for its station."""

    subsidiary: bool
    tiploc: str
    crs: str
    name: str
    metres: tuple[int, int] | None
    change_min: int | None


def read_stations(delivery: Delivery, repairs: Repairs) -> Stations:
    """Read the .msn.

    Of several rows of one station the one that is not subsidiary speaks for it, then the first by TIPLOC; its
    place is that of the first row in this order that has one.

    Raises
    ------
    InputError
        Where it lists no station.
    """
    rows: dict[str, _Row] = {}
    for number, line in delivery.lines("msn"):
        # the first line begins with A too, and is a heading
        if line[:5] != "A    " or "FILE-SPEC" in line:
            continue
        where = delivery.place("msn", number)
        row = _row_of(line, where, repairs)
        if row is None:
            continue
        if row.tiploc in rows:
            repairs.add("stations listed twice under one TIPLOC, the first taken", where)
            continue
        rows[row.tiploc] = row
    if not rows:
        delivery.refuse("lists no station", "msn")
    by_crs: dict[str, list[_Row]] = {}
    for row in sorted(rows.values(), key=lambda row: row[:2]):
        by_crs.setdefault(row.crs, []).append(row)
    return Stations(_placed(by_crs), {row.tiploc: row.crs for row in rows.values()})


def _row_of(line: str, where: str, repairs: Repairs) -> _Row | None:
    """Return a row of a station, None where it is none."""
    name, tiploc, crs = printable(line[5:35]), line[36:43].strip(), line[49:52]  # 6,30 and 37,7 and 50,3
    if not re.fullmatch(r"[A-Z0-9]{3}", crs, re.ASCII) or not re.fullmatch(r"[A-Z0-9]+", tiploc, re.ASCII):
        repairs.add("rows of the station file without TIPLOC or station code, left out", where)
        return None
    if tiploc.startswith("CATZ") and name.endswith((" ORIGIN", " DESTINATION")):
        return None  # no stations: they stand for where a through ticket begins or ends
    metres = _metres(line[52:57], line[58:63])  # 53,5 and 59,5
    if metres is None and not line[52:57] == line[58:63] == "00000":
        repairs.add("stations at an impossible grid reference, taken as unknown", where)
    change = line[63:65].strip()  # 64,2
    change_min = int(change) if re.fullmatch(r"\d{1,2}", change, re.ASCII) else None
    if change and change_min is None:
        repairs.add("change times that are no number, left out", where)
    return _Row(line[35:36] == _SUBSIDIARY, tiploc, crs, name or crs, metres, change_min)  # 36,1


def _metres(easting: str, northing: str) -> tuple[int, int] | None:
    """Return metres east and north of a grid reference ``1nnnn``, ``6nnnn``; None where it is unknown."""
    if not all(cells.isascii() and cells.isdecimal() for cells in (easting, northing)):
        return None
    east_m, north_m = (int(easting) - 10_000) * 100, (int(northing) - 60_000) * 100
    inside = _EAST_M[0] <= east_m <= _EAST_M[1] and _NORTH_M[0] <= north_m <= _NORTH_M[1]
    return (east_m, north_m) if inside else None


def _placed(by_crs: dict[str, list[_Row]]) -> dict[str, Station]:
    """Return the stations with their places in degrees."""
    metres = {crs: _first(row.metres for row in rows) for crs, rows in by_crs.items()}
    known = {crs: place for crs, place in metres.items() if place is not None}
    lon, lat = _to_degrees().transform(
        [place[0] for place in known.values()], [place[1] for place in known.values()]
    )
    degrees = dict(zip(known, zip(lon, lat, strict=True), strict=True))
    return {
        crs: Station(
            crs, rows[0].name, *degrees.get(crs, (None, None)), _first(row.change_min for row in rows)
        )
        for crs, rows in by_crs.items()
    }


@cache
def _to_degrees() -> pyproj.Transformer:
    """Return the way from the national grid to WGS84, which takes a while to find."""
    return pyproj.Transformer.from_crs("EPSG:27700", "EPSG:4326", always_xy=True)


def _first(values: Iterable[_T | None]) -> _T | None:
    """Return the first value that is not None, None where there is none."""
    return next((value for value in values if value is not None), None)
