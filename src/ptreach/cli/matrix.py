"""The command that writes a travel-time matrix between two files of points."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ptreach.cli.console import say, stage_progress, tell
from ptreach.cli.options import (
    Engine,
    EngineName,
    R5Jar,
    RulesName,
    Settings,
    Workers,
    home_folder,
    option_error,
    out_matrix,
    percentile_list,
    service_date,
    window_s,
)
from ptreach.errors import InputError
from ptreach.model import Direction, Query

if TYPE_CHECKING:
    from ptreach.pipeline import NetworkInputs

_POINTS = "Points: CSV with id, lon, lat, or a geo file."
_OUT = "Table to write: .parquet, .csv, or NAME.parts: a folder of Parquet parts, resumed (or s3://...)."
_CLUSTER = (
    "With NAME.parts: by the workers of this Dask scheduler (tcp://...); local: by --workers processes."
)
_FROM_OR_TO = "from: origins to destinations; to: destinations to origins, arriving in the window."


def matrix(
    ctx: typer.Context,
    origins: Annotated[Path, typer.Option(metavar="FILE", exists=True, dir_okay=False, help=_POINTS)],
    destinations: Annotated[Path, typer.Option(metavar="FILE", exists=True, dir_okay=False, help=_POINTS)],
    date: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="Day of service.")],
    window: Annotated[
        str, typer.Option(metavar="HH:MM-HH:MM", help="Departures, one a minute; the end excluded.")
    ],
    out: Annotated[str, typer.Option(metavar="FILE|DIR", help=_OUT)],
    network: Annotated[
        str | None, typer.Option(metavar="NAME", help="A network: a folder of networks/.")
    ] = None,
    osm: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="Instead of --network: streets (.osm.pbf); may be repeated.",
        ),
    ] = None,
    gtfs: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", exists=True, dir_okay=False, help="With --osm: a GTFS zip; may be repeated."
        ),
    ] = None,
    direction: Annotated[Direction, typer.Option(metavar="from|to", help=_FROM_OR_TO)] = "from",
    percentiles: Annotated[
        str, typer.Option(metavar="LIST", help="Percentiles over the window.")
    ] = "5,25,50,75,95",
    walk_speed_kph: Annotated[float, typer.Option(metavar="KPH", help="Walking speed, km/h.")] = 4.8,
    max_walk_min: Annotated[float, typer.Option(metavar="MIN", help="Longest single walk, minutes.")] = 20,
    max_time_min: Annotated[float, typer.Option(metavar="MIN", help="Longest journey, minutes.")] = 120,
    max_rides: Annotated[int, typer.Option(metavar="N", help="Most vehicles boarded.")] = 8,
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
    window_start_s, window_end_s = window_s(window)
    with _naming_options():
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
    inputs = _inputs(settings, network, tuple(osm or ()), tuple(gtfs or ()))
    table = out_matrix(out)
    if cluster and not in_parts(table):
        raise option_error("--cluster", "writes a folder of parts", "end the name of --out in .parts")
    if cluster and engine is not EngineName.RAPTOR:
        raise option_error(
            "--cluster", f"engine {engine.value} runs on one machine", "leave it out, or take engine raptor"
        )
    with _naming_options(), stage_progress(quiet=settings.quiet) as progress:
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


def _inputs(
    settings: Settings, network: str | None, osm: tuple[Path, ...], gtfs: tuple[Path, ...]
) -> "NetworkInputs":
    """Return what the network is made of; refuse both ways at once, half of one, or none."""
    from ptreach import pipeline

    files = [option for option, given in (("--osm", osm), ("--gtfs", gtfs)) if given]
    if network is not None and files:
        raise option_error("--network", f"given together with {' and '.join(files)}", "give one or the other")
    if network is not None:
        return pipeline.NamedNetwork(name=network, home=home_folder(settings, Path.cwd()))
    if not files:
        raise option_error("--network", "missing", "name a network, or give --osm FILE and --gtfs FILE")
    if not osm:
        raise option_error("--osm", "missing beside --gtfs", "give the streets, a file .osm.pbf")
    if not gtfs:
        raise option_error("--gtfs", "missing beside --osm", "give at least one GTFS zip")
    return pipeline.NetworkFiles(osm=osm, gtfs=gtfs)


@contextmanager
def _naming_options() -> Iterator[None]:
    """Name the option, not the query's field, in an error."""
    try:
        yield
    except InputError as error:
        _, found, field = error.where.partition("query, ")
        if not found:
            raise
        raise option_error(f"--{field.replace('_', '-')}", error.what, error.remedy) from error
