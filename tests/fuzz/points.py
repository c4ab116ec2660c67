"""Files of points: tables and geo files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fuzz.case import Parser
from fuzz.forms import write_json, write_table
from ptreach.matrix.points import read_opportunities, read_points

if TYPE_CHECKING:
    import random
    from pathlib import Path

TABLE = 'id,lon,lat,places\na,-1.163224,50.730015,5\n007,-1.2,50.7,0\n"c, d",-1.1,50.65,12.5\n'
SHAPES = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"id": name, "places": 5},
            "geometry": {"type": "Point", "coordinates": [lon, 50.7]},
        }
        for name, lon in (("a", -1.2), ("b", -1.1), ("c", -1.15))
    ],
}
_SUFFIXES = ("csv",) * 8 + ("txt", "tsv", "parquet", "parquet", "xlsx", "xlsx", "csv.gz", "zip", "gpkg")


def write_case(dice: random.Random, folder: Path) -> None:
    """Write points damaged under some name."""
    path = folder / f"points.{dice.choice(_SUFFIXES)}"
    if dice.random() < 0.25:
        write_json(path if dice.random() < 0.1 else path.with_name("points.geojson"), SHAPES, dice)
    else:
        write_table(path, TABLE, dice, ("a", "50.7", "-1.16", "430000", "90000"))


def read_case(folder: Path) -> int:
    """Read points, and what they offer."""
    path = next(folder.iterdir())
    points = read_points(path)
    assert len(set(points.ids)) == len(points) > 0
    assert all(name == name.strip() != "" for name in points.ids)
    assert (np.abs(points.lon) <= 180).all()
    assert (np.abs(points.lat) <= 90).all()
    same, offers = read_opportunities(path, "places")
    assert same.ids == points.ids
    assert not (offers < 0).any()  # NaN: not known
    assert not np.isinf(offers).any()
    return 0


PARSER = Parser(write_case, read_case)
