"""What towns of one network share: made for the first of them, and there for the next of the same run."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

import shapely

from ptreach.authorities import authorities_of
from ptreach.check.opening import open_built
from ptreach.check.survey import survey_feeds
from ptreach.engine.registry import open_engine
from ptreach.network.build import open_network
from ptreach.networks import kept_ground
from ptreach.sources.once import file_states
from ptreach.sources.recipe import SOURCES_FOLDER
from ptreach.towns import access_to, areas_in_view

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Hashable, Sequence
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    from ptreach.check.survey import Survey
    from ptreach.config import Town
    from ptreach.engine.base import Engine
    from ptreach.engine.r5_files import SourceFiles
    from ptreach.model import Areas, Authorities, FloatArray, Opportunities, Progress, SourceRecord
    from ptreach.network.build import Cleaning, Network
    from ptreach.sources.recipe import AreasRecipe


class RegionInputs(NamedTuple):
    """A built network by its name and folder, the areas' recipe and folder, an engine and its threads.

    ``files`` are what the network was built of.
    """

    name: str
    network: Path
    areas: AreasRecipe
    areas_folder: Path
    engine: str
    workers: int
    files: SourceFiles


class Region:
    """A built network, the areas in view of it, and what is the same whichever town there is asked for.

    Each part is made when it is first asked for.
    """

    def __init__(self, inputs: RegionInputs, r5_jar: Path | None, progress: Progress) -> None:
        self._of = inputs
        self._r5_jar = r5_jar
        self._progress = progress
        self._surveys: dict[dt.date, Survey] = {}
        self._ground: gpd.GeoDataFrame | None = None
        self._access: dict[Hashable, dict[str, pd.DataFrame]] = {}

    @cached_property
    def network(self) -> Network:
        """The network, opened."""
        return open_network(self._of.network)

    @cached_property
    def router(self) -> Engine:
        """The engine on it."""
        of = self._of
        return open_engine(
            of.engine,
            of.network,
            workers=of.workers,
            files=of.files,
            r5_jar=self._r5_jar,
            progress=self._progress,
        )

    @cached_property
    def in_view(self) -> tuple[Areas, FloatArray]:
        """The areas about its streets and points of these, as `areas_in_view`."""
        return areas_in_view(self.network, self._of.areas, self._of.areas_folder)

    @cached_property
    def authorities(self) -> Authorities | None:
        """The authorities of the areas, as `authorities_of`."""
        return authorities_of(self._of.areas, self._of.areas_folder, self.in_view[0])

    def survey(self, date: dt.date) -> Survey:
        """Return what is known of its feeds about a date."""
        if date not in self._surveys:
            opened = open_built(self._of.name, self.network)
            self._surveys[date] = survey_feeds(opened.name, opened.feeds, opened.stations, [date])
        return self._surveys[date]

    def ground(
        self, records: Sequence[SourceRecord], cleaning: Cleaning, progress: Progress
    ) -> gpd.GeoDataFrame:
        """Return what lies under its maps, as `kept_ground`."""
        if self._ground is None:
            self._ground = kept_ground(self._of.network, records, cleaning, progress)
        return self._ground

    @cached_property
    def land(self) -> BaseGeometry:
        """All land in view, once its ground is read: the areas but their lakes and wide rivers."""
        land = shapely.union_all(self.in_view[0].frame.geometry.to_numpy())
        if self._ground is None:
            raise ValueError("the ground is not read yet")
        water = self._ground.geometry[self._ground["kind"] == "water"]
        return shapely.difference(land, shapely.union_all(water.to_numpy())) if len(water) else land

    def access(
        self, town: Town, zones: gpd.GeoDataFrame, kinds: Sequence[Opportunities]
    ) -> dict[str, pd.DataFrame]:
        """Return the access of zones to each kind of opportunity, as `access_to`: no origin is part of it."""
        offered = tuple((kind.name, kind.demand, kind.points.ids) for kind in kinds)
        numbers = [
            column.tobytes() for kind in kinds for column in (kind.points.lon, kind.points.lat, kind.offers)
        ]
        key = (town.query, tuple(town.preset.cutoffs_min), tuple(zones["zone_id"]), offered, *numbers)
        if key not in self._access:
            kept = self._of.network / _TIMES_FOLDER if self._of.engine == "raptor" else None
            self._access = {key: access_to(self.router, town, zones, kinds, kept)}
        return self._access[key]


_TIMES_FOLDER: Final = "times"
"""Of a built network: travel times to the places people travel to."""
_KEPT: Final[dict[Hashable, Region]] = {}


def region_of(inputs: RegionInputs, *, r5_jar: Path | None, progress: Progress) -> Region:
    """Return the region of a network and areas; that of the town before, where it is the same.

    Only the last one is kept, while the files of its areas stay as they are; none whose engine is a program
    of its own, which tells its progress to the town it was opened for.
    """
    if inputs.engine != "raptor":
        return Region(inputs, r5_jar, progress)
    files = sorted((inputs.areas_folder / SOURCES_FOLDER).glob("*"))
    areas = repr(inputs.areas), inputs.areas_folder, tuple(files), file_states(files)
    key = inputs.name, inputs.network, inputs.workers, areas
    if key not in _KEPT:
        _KEPT.clear()
        _KEPT[key] = Region(inputs, r5_jar, progress)
    return _KEPT[key]
