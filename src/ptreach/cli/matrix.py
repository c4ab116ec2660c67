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
    option_error,
    out_matrix,
    percentile_list,
    require_r5_asked,
    service_date,
    window_s,
)
from ptreach.model import Query

_POINTS = "Points: CSV with id, lon, lat, or a geo file."
_OUT = "Table to write: .parquet, .csv, or NAME.parts: a folder of Parquet parts, resumed (or s3://...)."
_CLUSTER = (
    "With NAME.parts: by the workers of this Dask scheduler (tcp://...); local: by --workers processes."
)


def matrix(
    ctx: typer.Context,
    origins: Annotated[Path, typer.Option(metavar="FILE", exists=True, dir_okay=False, help=_POINTS)],
    destinations: Annotated[Path, typer.Option(metavar="FILE", exists=True, dir_okay=False, help=_POINTS)],
    date: ServiceDate,
    window: DepartureWindow,
    out: Annotated[str, typer.Option(metavar="FILE|DIR", help=_OUT)],
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
    cluster: Annotated[str, typer.Option(metavar="ADDR|local", show_default=False, help=_CLUSTER)] = "",
    *,
    workers: Workers,
) -> None:
    """Write the travel times between two files of points.

    Print the table's path.
    """
    from ptreach import pipeline
    from ptreach.matrix.parts import in_parts
    from ptreach.sources.address import public_address

    settings: Settings = ctx.obj
    require_r5_asked(r5_jar, engine)
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
    table = out_matrix(out)
    if cluster and not in_parts(table):
        raise option_error("--cluster", "writes a folder of parts", "end the name of --out in .parts")
    if cluster and engine is not EngineName.RAPTOR:
        raise option_error(
            "--cluster", f"engine {engine.value} runs on one machine", "leave it out, or take engine raptor"
        )
    with naming_options(), stage_progress(quiet=settings.quiet) as progress:
        rows = pipeline.matrix(
            inputs,
            origins,
            destinations,
            query,
            out=table,
            cluster=cluster,
            engine=engine.value,
            like=like.value,
            workers=workers,
            progress=progress,
            r5_jar=r5_jar,
        )
    if not settings.quiet:
        tell(f"{rows:,} rows")
    say(public_address(table) if isinstance(table, str) else table)
