"""Networks: opened by the name of a recipe, or built of files."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from ptreach.api.progress import told
from ptreach.errors import InputError
from ptreach.networks import kept_ground, part_for_all
from ptreach.outputs.wording import credit_line
from ptreach.routers import NamedNetwork, NetworkFiles, build_inputs, metric_crs
from ptreach.sources.recipe import find_home

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from ptreach.model import Progress
    from ptreach.routers import BuiltNetwork

_OSM_NOTICE = "Sources: © OpenStreetMap contributors (ODbL), timetables as given."


def open_network(
    name: str,
    *,
    home: str | os.PathLike[str] | None = None,
    like: str = "ours",
    progress: bool | Progress = True,
) -> Network:
    """Open a network by the name of its recipe, a folder of ``networks/``; build it where that is to do.

    Parameters
    ----------
    name
        Such as ``"isle-of-wight"``; its files must be there (``ptreach fetch``).
    home
        The folder that holds ``networks/``; else ``PTREACH_HOME``, else the nearest at or above the working
        folder.
    like
        Rules to follow: ``"ours"``, or ``"r5"``: R5's wherever they differ.
    progress
        Whether to show bars, in a notebook or on a terminal; or what is to be called as the work goes.

    Raises
    ------
    InputError
        For a fault of the recipe or of any file.
    """
    inputs = NamedNetwork(name, home_of(home))
    with told(progress) as tell:
        return Network(build_inputs(inputs, tell, like))


def build_network(
    osm: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    gtfs: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    *,
    like: str = "ours",
    progress: bool | Progress = True,
) -> Network:
    """Build a network of OpenStreetMap extracts and GTFS zips, one file or several of each.

    What is built is kept in the cache folder (``PTREACH_CACHE`` names another); the same files are built
    once.

    Parameters
    ----------
    osm
        Streets: ``.osm.pbf`` or ``.osm``.
    gtfs
        Timetables.
    like, progress
        As in `open_network`.

    Raises
    ------
    InputError
        For a fault of any file.
    """
    inputs = NetworkFiles(_paths(osm, "osm"), _paths(gtfs, "gtfs"))
    with told(progress) as tell:
        return Network(build_inputs(inputs, tell, like))


def home_of(home: str | os.PathLike[str] | None) -> Path:
    """Return the home folder that is given, else the one about the working folder."""
    if home is None:
        return find_home(Path.cwd())
    folder = Path(home)
    if not (folder / "networks").is_dir():
        raise InputError(
            f"'{folder}' holds no folder networks/", where="home", remedy="name the folder that does"
        )
    return folder


def _paths(files: str | os.PathLike[str] | Sequence[str | os.PathLike[str]], name: str) -> tuple[Path, ...]:
    """Return one file or several as paths; refuse none, and those that are not there."""
    listed = [files] if isinstance(files, str) or not isinstance(files, (list, tuple)) else files
    paths = tuple(Path(file) for file in listed)  # type: ignore[arg-type]
    if not paths:
        raise InputError("no file", where=name, remedy="give at least one")
    for path in paths:
        if not path.exists():
            raise InputError("no such file", where=f"{name}, {path}", remedy="check the path")
    return paths


class Network:
    """A network of streets and timetables, ready to be asked.

    Attributes
    ----------
    name
        Of its recipe; of the first file of streets where it was built of files.
    folder
        Where it lies on disk.
    digest
        Of its files and of the code that builds it: the same digest, the same travel times.
    timezone
        Of its timetables; dates and windows are in it.
    crs
        What its isochrones are measured in: the recipe's (``EPSG:27700``), elsewhere the UTM zone.
    source_line
        Attributions that pictures must bear.
    made_up, by_the_sea
        Whether its files are made up; whether there is sea where no zone lies.
    """

    def __init__(self, built: BuiltNetwork) -> None:
        opened = built.opened()
        self._built, self._opened = built, opened
        inputs = built.inputs
        self.name = inputs.name if isinstance(inputs, NamedNetwork) else inputs.osm[0].name.partition(".")[0]
        self.folder = built.folder
        self.digest = opened.digest
        self.timezone = opened.timezone
        self.crs = metric_crs(built, opened)
        self.source_line = credit_line(built.records) if built.records else _OSM_NOTICE
        self.made_up = built.recipe is not None and built.recipe.made_up
        self.by_the_sea = built.recipe is not None and built.recipe.by_the_sea

    def __repr__(self) -> str:
        trips = self.trips_by_day()
        days = f"{trips.index[0]:%d %B %Y} to {trips.index[-1]:%d %B %Y}"
        return f"<ptreach.Network {self.name}: {self._opened.stops_n:,} stops, timetables {days}>"

    @property
    def built(self) -> BuiltNetwork:
        """What the house makes engines of."""
        return self._built

    def stops(self) -> gpd.GeoDataFrame:
        """Return its stops: columns ``id, stop_name, geometry`` (EPSG:4326).

        Ids are ``feed:stop_id``; a stop far from any street is there too.
        """
        names, stops = self._opened.names(), self._opened.stops
        frame = gpd.GeoDataFrame(
            {"id": names.stop_ids, "stop_name": names.stop_names},
            geometry=gpd.points_from_xy(stops.lon, stops.lat),
            crs="EPSG:4326",
        )
        return self._credited(frame)

    def trips_by_day(self) -> pd.Series[int]:
        """Return how many trips run on each day of the timetables: to choose a date by."""
        calendar, services = self._opened.calendar, self._opened.patterns.trip_service
        trips = np.bincount(services, minlength=calendar.runs.shape[0]) @ calendar.runs
        days = pd.date_range(dt.date.fromordinal(calendar.first_day), periods=trips.size, name="date")
        return pd.Series(trips, index=days, name="trips")

    def ground(self, *, progress: bool | Progress = True) -> gpd.GeoDataFrame:
        """Return what lies under a map: columns ``kind`` (``major, minor, rail, water …``) and ``geometry``.

        In EPSG:27700; read once and kept beside the network.

        Raises
        ------
        InputError
            Of a network that was built of files, or whose recipe is of another place than Great Britain.
        """
        inputs, recipe = self._built.inputs, self._built.recipe
        if not isinstance(inputs, NamedNetwork) or recipe is None or recipe.crs != "EPSG:27700":
            raise InputError(
                "ground is kept for networks of British recipes only",
                where=self.name,
                remedy="plot without network=",
            )
        with told(progress) as tell:
            part = part_for_all(recipe, inputs.home)
            return self._credited(kept_ground(self.folder, self._built.records, part, tell))

    def _credited(self, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """Return a frame that bears what pictures of it must say."""
        frame.attrs |= {"source_line": self.source_line, "made_up": self.made_up}
        return frame
