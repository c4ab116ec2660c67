"""The scale model as a whole: which stops, how much of everything, which files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from scale_model.streets import make_streets, write_streets
from scale_model.timetable import make_trips, write_feed

if TYPE_CHECKING:
    from numpy.typing import NDArray

SOURCE = Path(__file__).resolve().parents[3] / "shared" / "data" / "west-midlands-stops"
NAME = "synthetic-west-midlands"
MIDDLE = (-1.996861, 52.520183)
"""West Bromwich: where a part of the model lies."""
METRES_A_DEGREE = 111_250.0  # of latitude
STREET_NODES, BUILDINGS, ROUTES = 1_200_000, 250_000, 388
STOP_TIMES, DAY_STOP_TIMES = 5_000_000, 600_000  # over the calendar, and on a weekday


class Model(NamedTuple):
    """The files of a model, and what they hold."""

    osm: Path
    gtfs: Path
    counts: dict[str, int]


class Plane(NamedTuple):
    """Metres east and north of a middle, in degrees."""

    middle: tuple[float, float]
    metres_a_degree_lon: float
    metres_a_degree_lat: float = METRES_A_DEGREE

    @classmethod
    def about(cls, lon: float, lat: float) -> Plane:
        """The plane that is true about a place."""
        return cls((lon, lat), METRES_A_DEGREE * float(np.cos(np.radians(lat))))

    def metres(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Places of degrees, shape (n, 2)."""
        return np.stack(
            [
                (lon - self.middle[0]) * self.metres_a_degree_lon,
                (lat - self.middle[1]) * self.metres_a_degree_lat,
            ],
            axis=1,
        )

    def degrees(self, xy_m: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Degrees of places."""
        return (
            self.middle[0] + xy_m[:, 0] / self.metres_a_degree_lon,
            self.middle[1] + xy_m[:, 1] / self.metres_a_degree_lat,
        )


PLANE = Plane.about(*MIDDLE)


def write_model(out: Path, *, share: float = 1.0, seed: int = 1) -> Model:
    """Write streets and feed into a folder; the same bytes for the same share and seed."""
    out.mkdir(parents=True, exist_ok=True)
    stops = pd.read_csv(SOURCE / "stops.txt", dtype=str, keep_default_na=False)
    places = PLANE.metres(
        stops["stop_lon"].astype(float).to_numpy(), stops["stop_lat"].astype(float).to_numpy()
    )
    is_called = (stops["location_type"] != "1").to_numpy()
    near = np.argsort(np.hypot(*places.T), kind="stable")
    chosen = np.zeros(len(stops), dtype=np.bool_)
    chosen[near[: max(100, round(share * len(stops)))]] = True
    is_called = is_called & chosen
    chosen = chosen | stops["stop_id"].isin(stops.loc[chosen, "parent_station"]).to_numpy()
    chosen = chosen | (stops["location_type"] == "1").to_numpy() & (share >= 1)

    streets = make_streets(
        places[is_called], round(share * STREET_NODES), round(share * BUILDINGS), np.random.default_rng(seed)
    )
    osm = out / f"{NAME}.osm.pbf"
    write_streets(osm, streets, *PLANE.degrees(streets.xy_m))

    trips = make_trips(
        SOURCE,
        stops["stop_id"].to_numpy()[is_called],
        places[is_called],
        max(8, round(share * ROUTES)),
        round(share * STOP_TIMES),
        round(share * DAY_STOP_TIMES),
        np.random.default_rng(seed + 1),
    )
    gtfs = out / f"{NAME}-gtfs.zip"
    write_feed(gtfs, SOURCE, stops[chosen], trips)
    return Model(
        osm,
        gtfs,
        {
            "nodes of streets": streets.street_nodes,
            "ways": len(streets.way_start) - 1,
            "stops": int(chosen.sum()),
            "patterns": len(trips.patterns),
            "trips": trips.pattern.size,
            "calls": trips.calls,
        },
    )
