"""The command that writes a travel-time matrix between two files of points."""

from pathlib import Path
from typing import Annotated

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
    out_matrix,
    percentile_list,
    service_date,
    window_s,
)
from ptreach.model import Query

_POINTS = "Points: CSV with id, lon, lat, or a geo file."


def matrix(
    ctx: typer.Context,
    origins: Annotated[Path, typer.Option(metavar="FILE", exists=True, dir_okay=False, help=_POINTS)],
    destinations: Annotated[Path, typer.Option(metavar="FILE", exists=True, dir_okay=False, help=_POINTS)],
    date: ServiceDate,
    window: DepartureWindow,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Table to write: .parquet or .csv.")],
    network: NetworkName = None,
    osm: StreetFiles = None,
    gtfs: FeedFiles = None,
    direction: Way = "from",
    percentiles: Annotated[
        str, typer.Option(metavar="LIST", help="Percentiles over the window.")
    ] = "5,25,50,75,95",
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
    """Write the travel times between two files of points.

    Print the table's path.
    """
    from ptreach import pipeline

    settings: Settings = ctx.obj
    window_start_s, window_end_s = window_s(window)
    with naming_options():
        query = Query(
            date=service_date(date),
            window_start_s=window_start_s,
            window_end_s=window_end_s,
            percentiles=percentile_list(percentiles),
            direction=direction,
            walk_speed_kph=walk_speed_kph,
            max_walk_min=max_walk_min,
            max_time_min=max_time_min,
            max_rides=max_rides,
        )
    inputs = network_inputs(settings, network, tuple(osm or ()), tuple(gtfs or ()))
    out_matrix(out)
    with naming_options(), stage_progress(quiet=settings.quiet) as progress:
        rows = pipeline.matrix(
            inputs,
            origins,
            destinations,
            query,
            out=out,
            engine=engine.value,
            like=like.value,
            workers=workers,
            progress=progress,
            r5_jar=r5_jar,
        )
    if not settings.quiet:
        tell(f"{rows:,} rows")
    say(out)
