"""Names of places to points: Nominatim, the gazetteer of OpenStreetMap."""

from __future__ import annotations

import json
import math
from collections import OrderedDict
from typing import TYPE_CHECKING, Final, NamedTuple

from ptreach.errors import InputError
from ptreach.sources.openstreetmap import NOMINATIM, asking, shown_server

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_PLACES: Final = 5
_TIMEOUT_S: Final = 60


class Place(NamedTuple):
    """A place of the gazetteer: its whole name, what it is (``highway pedestrian``), degrees (EPSG:4326)."""

    name: str
    kind: str
    lon: float
    lat: float


def find_places(text: str, *, country: str, server: str = NOMINATIM.url) -> tuple[Place, ...]:
    """Return up to five places of that name, the likeliest first.

    `country` is a code of two letters such as ``gb``, or empty for all countries.

    Raises
    ------
    InputError
        Where nothing is found, or the gazetteer can't be asked.
    """
    from osmnx._nominatim import _nominatim_request

    # Always in this order, for the answer is kept under the whole question.
    question: OrderedDict[str, int | str] = OrderedDict(
        format="json", q=" ".join(text.split()), limit=MOST_PLACES
    )
    if country:
        question["countrycodes"] = country.lower()
    with asking(NOMINATIM, server, cache="places", timeout_s=_TIMEOUT_S):
        places = tuple(_place(found) for found in _nominatim_request(question))
    if not places:
        raise InputError(
            f"no place called '{text}'" + (f" in country '{country}'" if country else ""),
            where=f"Nominatim at {shown_server(server)}",
            remedy="add or leave out the town, county or --country; or read lon and lat off a map",
        )
    return places


def _place(found: dict[str, object]) -> Place:
    """Return one place of an answer; raise ValueError, TypeError or KeyError where it is none."""
    lon, lat = float(str(found["lon"])), float(str(found["lat"]))
    if not (math.isfinite(lon) and abs(lon) <= 180 and abs(lat) <= 90):
        raise ValueError("no place on earth")
    kind = f"{found.get('class', found.get('category', ''))} {found.get('type', '')}"
    return Place(_printable(str(found["display_name"])), _printable(kind), round(lon, 6), round(lat, 6))


def _printable(text: str) -> str:
    """Return a text in one line, without what would steer a terminal."""
    return " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())


def places_text(places: Sequence[Place], chosen: int) -> str:
    """Return places in plain lines, and the table [origin] for a town's file of the one numbered `chosen`."""
    lines = []
    for number, place in enumerate(places, 1):
        lines += [f"{number}  {place.name}", f"   {place.kind}; lon {place.lon}, lat {place.lat}"]
    return "\n".join([*lines, "", origin_table(places[chosen - 1])])


def origin_table(place: Place) -> str:
    """Return the table [origin] for a town's file."""
    source = json.dumps(f"OpenStreetMap by Nominatim: {place.name}", ensure_ascii=False)
    return f"[origin]\nlon = {place.lon}\nlat = {place.lat}\nsource = {source}"
