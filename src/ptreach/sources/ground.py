"""What lies under a map: roads, paths, railways, rivers, water and coast of an OpenStreetMap file."""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import osmium
import osmium.filter
import osmium.geom
import pandas as pd
import shapely

from ptreach.sources.ground_kinds import GROUND_KEYS, GROUND_KINDS, WATER_TAGS, is_water, line_kind
from ptreach.sources.osm_files import osm_file, read_errors
from ptreach.sources.osm_places import require_room, table_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from ptreach.sources.cover import Cover
    from ptreach.sources.ground_kinds import GroundKind

_BATCH: Final = 1 << 14

_log = logging.getLogger(__name__)


def read_ground(
    paths: Sequence[Path], crs: str = "EPSG:27700", cover: Cover | None = None
) -> gpd.GeoDataFrame:
    """Return roads, railways and water of OpenStreetMap files in the order of the files.

    Parameters
    ----------
    paths
        The files. What several of them hold is drawn once.
    crs
        The coordinate reference system wanted.
    cover
        Only what may touch it is kept, whole; everything if None.

    Returns
    -------
    GeoDataFrame
        Columns ``kind`` (``major``: motorway to secondary with their links; ``minor``: other roads for
        vehicles; ``path``; ``rail``; ``river``: lines of rivers and canals; ``coast``: coastlines; ``water``:
        polygons of lakes and wide rivers, islands cut out) and ``geometry``, in `crs`. No rows where the
        files have none.

    Raises
    ------
    InputError
        Where a file is missing or not readable as OpenStreetMap data.
    """
    kinds: list[GroundKind] = []
    shapes: list[NDArray[np.object_]] = []
    drawn: set[tuple[bool, int]] = set()
    for path in paths:
        for batch in _batches(path, drawn if len(paths) > 1 else None):
            lines = np.asarray(shapely.from_wkb([shape for _, shape in batch]))
            kept = np.ones(lines.size, dtype=np.bool_)
            if cover is not None:
                kept = cover.touches(*shapely.bounds(lines).T)
            kinds += [batch[row][0] for row in np.flatnonzero(kept)]
            shapes.append(lines[kept])
    places = np.concatenate(shapes) if shapes else np.empty(0, dtype=object)
    geometry = gpd.GeoSeries(places, crs="EPSG:4326").to_crs(crs)
    return gpd.GeoDataFrame({"kind": pd.Series(kinds, dtype="str")}, geometry=geometry, crs=crs)


def joined_ground(ground: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the ground, kind by kind, with lines of a kind as one where just two of them meet.

    Streets end at every crossing of a file; what is drawn of them is simpler, and shorter, without.
    """
    kinds, shapes = ground["kind"].to_numpy(), ground.geometry.to_numpy()
    parts: dict[GroundKind, NDArray[np.object_]] = {}
    for kind in GROUND_KINDS:
        of_kind = shapes[kinds == kind]
        if kind != "water":
            lines = shapely.get_parts(of_kind[shapely.get_dimensions(of_kind) == 1])
            of_kind = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines)))
        parts[kind] = of_kind
    kind_of = np.repeat(list(parts), [part.size for part in parts.values()])
    return gpd.GeoDataFrame(
        {"kind": pd.Series(kind_of, dtype="str")},
        geometry=np.concatenate(list(parts.values())),
        crs=ground.crs,
    )


def _batches(path: Path, drawn: set[tuple[bool, int]] | None) -> Iterator[list[tuple[GroundKind, str]]]:
    """Yield what `_read` does, some at a time."""
    batch: list[tuple[GroundKind, str]] = []
    with (
        read_errors(path),
        tempfile.TemporaryDirectory(prefix="ptreach-", ignore_cleanup_errors=True) as folder,
    ):
        for kind, shape in _read(path, drawn, Path(folder)):
            batch.append((kind, shape))
            if len(batch) == _BATCH:
                yield batch
                batch = []
    yield batch


def _read(path: Path, drawn: set[tuple[bool, int]] | None, folder: Path) -> Iterator[tuple[GroundKind, str]]:
    """Yield kinds and shapes (WKB in hexadecimal, degrees) of all that is drawn and not in `drawn`."""
    wkb = osmium.geom.WKBFactory()
    cut = 0
    # The filters run in C++, so that Python sees only what may be drawn.
    water = osmium.filter.TagFilter(*WATER_TAGS)
    keys = osmium.filter.KeyFilter(*GROUND_KEYS)
    file = osm_file(path)
    require_room(path, folder)
    places = table_name(folder / "places")  # on disk: a nation's would fill memory
    for thing in osmium.FileProcessor(file).with_locations(places).with_areas(water).with_filter(keys):
        kind: GroundKind | None = None
        name = (thing.is_area(), thing.id)
        try:
            if thing.is_area():
                if is_water(thing.tags) and not (drawn and name in drawn):
                    kind, shape = "water", wkb.create_multipolygon(thing)
            elif thing.is_way() and not (drawn and name in drawn):
                kind = line_kind(thing.tags)
                shape = wkb.create_linestring(thing) if kind else ""
        except (osmium.InvalidLocationError, RuntimeError) as error:
            _log.debug("%s: way or area %d is not drawn: %s", path.name, thing.id, error)
            cut += 1
            continue
        if kind:
            if drawn is not None:
                drawn.add(name)
            yield kind, shape
    if cut:
        _log.info("%s: %d ways without all their nodes are not drawn", path.name, cut)
