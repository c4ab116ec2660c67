"""Travel times and isochrones between points."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ptreach.engine.registry import require_engine
from ptreach.isochrone_areas import IsochroneQuery, isochrones_around
from ptreach.matrix.points import read_points
from ptreach.matrix.writing import Target, write_to
from ptreach.outputs.layers.isochrones import write_isochrones
from ptreach.routers import build_inputs, first_run_told, metric_crs

if TYPE_CHECKING:
    from pathlib import Path

    from ptreach.model import Points, Progress, Query
    from ptreach.routers import NetworkInputs


def matrix(
    inputs: NetworkInputs,
    origins: Path,
    destinations: Path,
    query: Query,
    *,
    out: Path | str,
    engine: str,
    workers: int,
    progress: Progress,
    like: str = "ours",
    r5_jar: Path | None = None,
    cluster: str = "",
) -> int:
    """Write the travel times between two files of points to a long table; return its number of rows.

    `like` is the name of the rules to follow: ``ours``, or ``r5``. Engine ``r5`` runs R5 itself, of `r5_jar`.
    `out` and `cluster` are those of a `Target`.

    Raises
    ------
    InputError
        For a fault of any file or of the query: names file, row or field, and remedy.
    """
    require_engine(engine, query, r5_jar)
    from_points = read_points(origins)
    to_points = from_points if origins == destinations else read_points(destinations)
    built = build_inputs(inputs, progress, like)
    router = built.router(engine, workers=workers, r5_jar=r5_jar, progress=progress)
    with first_run_told(progress):
        target = Target(out, cluster, workers)
        return write_to(router, built.folder, from_points, to_points, query, target, progress)


def isochrones(
    inputs: NetworkInputs,
    origins: Points,
    query: Query,
    cutoffs_min: tuple[int, ...],
    *,
    out: Path,
    engine: str,
    workers: int,
    progress: Progress,
    like: str = "ours",
    r5_jar: Path | None = None,
) -> int:
    """Write the areas within each cutoff of points as a geo file; return its number of rows.

    Of the one percentile that the query has.

    Raises
    ------
    InputError
        For a fault of any file, of the query or of the cutoffs.
    """
    require_engine(engine, query, r5_jar)
    built = build_inputs(inputs, progress, like)
    network = built.opened()
    router = built.router(engine, workers=workers, r5_jar=r5_jar, progress=progress)
    asked = IsochroneQuery(cutoffs_min, query.percentiles[0], metric_crs(built, network))
    with first_run_told(progress):
        areas = isochrones_around(router, network.stops, origins, query, asked, progress)
    write_isochrones(out, areas)
    return len(areas)
