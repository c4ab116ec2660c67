"""The command that draws how far one gets from a point."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ptreach.cli.asking import (
    DepartureWindow,
    FeedFiles,
    LongestTime,
    LongestWalk,
    MostRides,
    NetworkName,
    ServiceDate,
    StreetFiles,
    WalkSpeed,
    Way,
    naming_options,
    network_inputs,
)
from ptreach.cli.console import say, stage_progress, tell
from ptreach.cli.options import (
    Engine,
    EngineName,
    R5Jar,
    RulesName,
    Settings,
    Workers,
    lon_lat,
    option_error,
    out_file,
    require_r5_asked,
    service_date,
    whole_numbers,
    window_s,
)
from ptreach.errors import InputError
from ptreach.model import Query

if TYPE_CHECKING:
    from ptreach.model import Points

_SUFFIXES = (".gpkg", ".geojson", ".parquet")


def isochrones(
    ctx: typer.Context,
    origin: Annotated[
        str,
        typer.Option(
            metavar="LON,LAT|FILE", help="A point in degrees, or a file of points: areas about each."
        ),
    ],
    date: ServiceDate,
    window: DepartureWindow,
    out: Annotated[Path, typer.Option(metavar="FILE", help=f"Layer to write: {', '.join(_SUFFIXES)}.")],
    network: NetworkName = None,
    osm: StreetFiles = None,
    gtfs: FeedFiles = None,
    cutoffs: Annotated[str, typer.Option(metavar="LIST", help="Cutoffs in minutes.")] = "15,30,45,60",
    percentile: Annotated[
        int, typer.Option(metavar="P", help="Percentile over the window; 50 is the median.")
    ] = 50,
    direction: Way = "from",
    walk_speed_kph: WalkSpeed = 4.8,
    max_walk_min: LongestWalk = 20,
    max_time_min: LongestTime = 120,
    max_rides: MostRides = 8,
    engine: Engine = EngineName.RAPTOR,
    r5_jar: R5Jar = None,
    like: Annotated[
        RulesName, typer.Option(help="Rules to follow: ours, or R5's wherever they differ.")
    ] = RulesName.OURS,
    *,
    workers: Workers,
) -> None:
    """Write how far one gets from a point: an area for each cutoff.

    Print the layer's path.
    """
    from ptreach import pipeline

    settings: Settings = ctx.obj
    require_r5_asked(r5_jar, engine)
    window_start_s, window_end_s = window_s(window)
    cutoffs_min = whole_numbers(cutoffs, "--cutoffs", "15,30,45,60")
    with naming_options():
        query = Query(
            date=service_date(date),
            window_start_s=window_start_s,
            window_end_s=window_end_s,
            percentiles=(percentile,),
            direction=direction,
            walk_speed_kph=walk_speed_kph,
            max_walk_min=max_walk_min,
            max_time_min=max_time_min,
            max_rides=max_rides,
        )
    inputs = network_inputs(settings, network, tuple(osm or ()), tuple(gtfs or ()))
    if out.suffix.lower() not in _SUFFIXES:
        raise option_error("--out", f"'{out}' is no kind of layer", f"end the name in {', '.join(_SUFFIXES)}")
    out_file(out)
    with naming_options(), stage_progress(quiet=settings.quiet) as progress:
        rows = pipeline.isochrones(
            inputs,
            _points(origin),
            query,
            cutoffs_min,
            out=out,
            engine=engine.value,
            like=like.value,
            workers=workers,
            progress=progress,
            r5_jar=r5_jar,
        )
    if not settings.quiet:
        tell(f"{rows:,} areas")
    say(out)


def _points(origin: str) -> "Points":
    """Return the point of ``LON,LAT``, or those of a file."""
    from ptreach.matrix.points import read_points
    from ptreach.model import Points

    if Path(origin).is_file():
        return read_points(Path(origin))
    try:
        lon, lat = lon_lat(origin, "--origin")
    except InputError as error:
        if "," in origin:
            raise
        raise option_error("--origin", f"no file '{origin}'", error.remedy) from error
    return Points.of(["origin"], [lon], [lat], where="--origin")
