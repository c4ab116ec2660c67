"""A town on its network: its point, the areas in view, how far its zones are and what is in their reach."""

from __future__ import annotations

import dataclasses
import logging
from typing import TYPE_CHECKING, Final

import numpy as np

from ptreach.errors import InputError
from ptreach.matrix.build import as_minutes, minutes_to
from ptreach.matrix.kept import kept_seconds
from ptreach.matrix.points import read_opportunities
from ptreach.matrix.reasons import name_reasons
from ptreach.matrix.zones import street_spots_m
from ptreach.measures.access import summarise_access
from ptreach.measures.coverage import area_shares
from ptreach.measures.departures import summarise_departures
from ptreach.measures.editions import carry
from ptreach.model import Opportunities, Points, SourceRecord
from ptreach.networks import OFF_NETWORK_M
from ptreach.sources.areas import load_areas
from ptreach.sources.once import read_once
from ptreach.sources.recipe import SOURCES_FOLDER
from ptreach.sources.records import digest_file, source_records
from ptreach.sources.schools import read_schools

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray
    from shapely import MultiPolygon

    from ptreach.config import Town
    from ptreach.engine.base import Engine
    from ptreach.model import Areas, FloatArray, Progress
    from ptreach.network.build import Network
    from ptreach.sources.recipe import AreasRecipe

_PHASES: Final = {
    "primary": {"primary", "middle deemed primary", "all-through"},
    "secondary": {"secondary", "middle deemed secondary", "all-through"},
}

_log = logging.getLogger(__name__)


def require_origin(router: Engine, town: Town) -> None:
    """Raise InputError where the town's point is near no street."""
    here, swapped = (town.origin.lon, town.origin.lat), (town.origin.lat, town.origin.lon)
    places = [here, swapped] if abs(swapped[1]) <= 90 else [here]
    lon, lat = zip(*places, strict=True)
    points = Points.of(["origin", "swapped"][: len(places)], lon, lat)
    linked = ~np.isnan(router.street_distance_m(points, OFF_NETWORK_M))
    if linked[0]:
        return
    if linked.any():
        what, remedy = "lon and lat are swapped", f"write lon = {swapped[0]} and lat = {swapped[1]}"
    else:
        what = f"no street of network '{town.network}' within 1,600 m of lon {here[0]}, lat {here[1]}"
        remedy = "correct lon and lat, or name the network that the town lies in"
    raise InputError(what, where=f"{town.path}, [origin]", remedy=remedy)


def areas_in_view(network: Network, recipe: AreasRecipe, folder: Path) -> tuple[Areas, FloatArray]:
    """Return the areas about a network's streets, and points of these in metres of the grid, shape (n, 2).

    Raises InputError as `load_areas`.
    """
    segments = network.linkage.segments
    streets_m = street_spots_m(segments.lon0, segments.lat0)
    (west, south), (east, north) = streets_m.min(axis=0).tolist(), streets_m.max(axis=0).tolist()
    return load_areas(recipe, folder, bounds_m=(west, south, east, north), carry=carry), streets_m


def add_times(router: Engine, town: Town, zones: gpd.GeoDataFrame, progress: Progress) -> gpd.GeoDataFrame:
    """Return the zones with travel times in minutes between the town's point and their centroids.

    Columns added: ``minutes_p5`` … (one a percentile; NaN where not reached), ``reason`` (a `Reason` value;
    ``reached`` where there is a median), ``link_distance_m`` (from the centroid to the street, NaN if none),
    and those of `summarise_departures`, its shares called ``departures_reached, departures_within_15`` ….
    """
    query = town.query
    origin, points = ends_of(town, zones)
    minutes = minutes_to(router, origin, points, query, progress)
    links = router.point_links(points, query)
    if not links.near_service.any():
        _log.warning(
            "%s: no vehicle that runs from %s comes near any zone; all times are walks",
            town.path,
            town.window_text,
        )
    reached = ~np.isnan(minutes[:, query.percentiles.index(50)])
    columns: dict[str, object] = {f"minutes_p{p}": minutes[:, at] for at, p in enumerate(query.percentiles)}
    columns["reason"] = [reason.value for reason in name_reasons(reached, links)]
    columns["link_distance_m"] = links.distance_m
    (seconds,) = router.each_departure(origin, points, query)
    departures = summarise_departures(
        seconds[0], query.window_start_s, town.preset.cutoffs_min, query.direction
    ).rename(columns=lambda name: name.replace("share_", "departures_"))
    columns |= {str(name): departures[name].to_numpy() for name in departures}
    return zones.assign(**columns).reset_index(drop=True)


def ends_of(town: Town, zones: gpd.GeoDataFrame) -> tuple[Points, Points]:
    """Return the town's point and those of the zones, whichever way journeys between them go."""
    origin = Points.of(["origin"], [town.origin.lon], [town.origin.lat], where=str(town.path))
    return origin, Points.of(zones["zone_id"], zones["lon"], zones["lat"], where=town.areas)


def opportunities_of(town: Town, recipe: AreasRecipe, folder: Path) -> tuple[Opportunities, ...]:
    """Read the places that people travel to: those of the town's file, and schools where the areas have them.

    Schools offer their places, or their pupils where the register has no places; primary and secondary ones
    are told apart, and those for all ages are both.

    Raises
    ------
    InputError
        As `read_opportunities` and `read_schools` do.
    """
    found = []
    for source in recipe.sources:
        path = folder / SOURCES_FOLDER / source.file
        if (read := _REGISTERS.get(source.kind)) is not None and path.is_file():
            found += read(path)
    for given in town.opportunities:
        points, offers = read_opportunities(town.path.parent / given.file, given.offers)
        title = given.title or given.name
        found.append(Opportunities(given.name, title, points, offers, given.demand))
    return tuple(found)


def opportunity_records(town: Town, recipe: AreasRecipe, folder: Path) -> tuple[SourceRecord, ...]:
    """Return what is known of the files that `opportunities_of` reads, to be traced by.

    Raises InputError as `source_records`.
    """
    found = [*source_records(recipe, folder, _REGISTERS)]
    for given in town.opportunities:
        path = town.path.parent / given.file
        title = given.title or given.name
        found.append(
            SourceRecord(
                kind="opportunities",
                path=path,
                sha256=digest_file(path),
                size_bytes=path.stat().st_size,
                title=title,
                publisher="named by the town's file",
                licence="not stated",
                attribution=f"{title}: {path.name}",
                date="not stated",
            )
        )
    return tuple(found)


@read_once
def _schools(path: Path) -> list[Opportunities]:
    """Return the schools of a register that have a place on the map and room for pupils."""
    register = read_schools(path)
    offers = register["places"].fillna(register["pupils"]).to_numpy(dtype=np.float64)
    somewhere = register["lon"].notna().to_numpy() & (offers > 0)
    kinds = []
    for phase, phases in _PHASES.items():
        rows = register[somewhere & register["phase"].str.casefold().isin(phases).to_numpy()]
        points = Points.of(rows["urn"], rows["lon"], rows["lat"], where=str(path))
        kinds.append(
            Opportunities(
                f"{phase}-schools", f"Places in {phase} schools", points, offers[rows.index], "children"
            )
        )
    return kinds


_REGISTERS: Final = {"schools": _schools}
"""What reads the areas' files of each kind that has places people travel to."""


def access_to(
    router: Engine,
    town: Town,
    zones: gpd.GeoDataFrame,
    kinds: Sequence[Opportunities],
    kept: Path | None = None,
) -> dict[str, pd.DataFrame]:
    """Return the access of zones to each kind of opportunity, as `summarise_access`, by the kind's name.

    By the medians of journeys from the zones in the town's window, whatever the direction of its own; where
    that is ``to``, arriving in it. Places far from any street of the network are left out. The travel times
    are kept in a folder, as by `kept_seconds`, where one is given.
    """
    if not kinds:
        return {}
    query = dataclasses.replace(town.query, percentiles=(50,))
    homes = Points.of(zones["zone_id"], zones["lon"], zones["lat"], where=town.areas)
    places, kind_of, offers = _on_streets(router, kinds)
    ends = (homes, places) if query.direction == "from" else (places, homes)
    minutes = as_minutes(kept_seconds(router, *ends, query, kept)[:, :, 0])
    if query.direction == "to":
        minutes = minutes.T
    access = {}
    for at, kind in enumerate(kinds):
        here = kind_of == at
        demand = zones[kind.demand].to_numpy(dtype=np.float64)
        access[kind.name] = summarise_access(
            np.compress(here, minutes, axis=1), offers[here], demand, town.preset.cutoffs_min
        )
    return access


def _on_streets(
    router: Engine, kinds: Sequence[Opportunities]
) -> tuple[Points, NDArray[np.intp], FloatArray]:
    """Return the places of all kinds that are near a street, which kind each is of, and what each offers."""
    kind_of = np.repeat(np.arange(len(kinds)), [len(kind.points) for kind in kinds])
    ids = [f"{kind.name}/{id_}" for kind in kinds for id_ in kind.points.ids]
    lon = np.concatenate([kind.points.lon for kind in kinds])
    lat = np.concatenate([kind.points.lat for kind in kinds])
    offers = np.concatenate([kind.offers for kind in kinds])
    near = ~np.isnan(router.street_distance_m(Points.of(ids, lon, lat), OFF_NETWORK_M))
    places = Points.of([ids[at] for at in np.flatnonzero(near)], lon[near], lat[near])
    return places, kind_of[near], offers[near]


def add_areas_within(zones: gpd.GeoDataFrame, isochrones: Mapping[int, MultiPolygon]) -> gpd.GeoDataFrame:
    """Return the zones with the share (0 to 1) of their area in each isochrone: ``area_within_15`` …."""
    shares = area_shares(zones.geometry.to_numpy(), isochrones)
    return zones.assign(**{f"area_within_{cutoff}": shares[:, at] for at, cutoff in enumerate(isochrones)})
