"""The national model as a whole: where people live, which files."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from national_model.gtfs import write_feed
from national_model.places import CENTROIDS, make_places
from national_model.streets import write_national_streets
from national_model.timetable import BUS, COACH, RAIL, make_feed

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["CENTROIDS", "Model", "write_model"]

OSM, BUSES, TRAINS = "england-latest.osm.pbf", "bods-england.zip", "gb-rail-gtfs.zip"
"""Names that `networks/england` knows: the model lies where the real files would."""
LABEL = "SYNTHETIC.txt"
LEAST = 0.003  # below which there is no railway


class Model(NamedTuple):
    """The files of a model, and what they hold."""

    osm: Path
    buses: Path
    trains: Path
    counts: dict[str, int]


def write_model(out: Path, *, scale: float = 1.0, seed: int = 1) -> Model:
    """Write streets and feeds of a share of England; the same bytes for the same share and seed."""
    if not LEAST <= scale <= 1:
        raise ValueError(f"a scale of {LEAST} to 1")
    out.mkdir(parents=True, exist_ok=True)
    (out / LABEL).write_text(
        "Made up by ptreach's tests to measure with: neither OpenStreetMap data nor a timetable.\n",
        encoding="utf-8",
    )
    model = Model(out / OSM, out / BUSES, out / TRAINS, {})
    places = make_places(scale, np.random.default_rng(seed))
    streets = write_national_streets(model.osm, places, scale, np.random.default_rng(seed + 1))
    model.counts.update(streets._asdict())
    model.counts["stops"] = len(places.xy_m)
    for number, (path, kinds) in enumerate(((model.buses, (BUS, COACH)), (model.trains, (RAIL,)))):
        dice = np.random.default_rng(seed + 2 + number)
        feed = make_feed(places.xy_m, kinds, scale, dice)
        write_feed(path, feed, places.xy_m, dice)
        name = ("buses'", "trains'")[number]
        sizes = {"routes": feed.operator.size, "trips": feed.pattern.size, "calls": feed.calls}
        model.counts.update({f"{name} {what}": size for what, size in sizes.items()})
    return model
