"""Options by which a network and a query are asked for, shared by the commands that route between points."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ptreach.cli.options import Settings, home_folder, option_error
from ptreach.errors import InputError
from ptreach.model import Direction

if TYPE_CHECKING:
    from ptreach.routers import NetworkInputs

ServiceDate = Annotated[str, typer.Option("--date", metavar="YYYY-MM-DD", help="Day of service.")]
DepartureWindow = Annotated[
    str,
    typer.Option("--window", metavar="HH:MM-HH:MM", help="Departures, one a minute; the end excluded."),
]
NetworkName = Annotated[
    str | None, typer.Option("--network", metavar="NAME", help="A network: a folder of networks/.")
]
StreetFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--osm",
        metavar="FILE",
        exists=True,
        dir_okay=False,
        help="Instead of --network: streets (.osm.pbf); may be repeated.",
    ),
]
FeedFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--gtfs",
        metavar="FILE",
        exists=True,
        dir_okay=False,
        help="With --osm: a GTFS zip; may be repeated.",
    ),
]
WalkSpeed = Annotated[float, typer.Option(metavar="KPH", help="Walking speed, km/h.")]
LongestWalk = Annotated[float, typer.Option(metavar="MIN", help="Longest single walk, minutes.")]
LongestTime = Annotated[float, typer.Option(metavar="MIN", help="Longest journey, minutes.")]
MostRides = Annotated[int, typer.Option(metavar="N", help="Most vehicles boarded.")]
Way = Annotated[
    Direction,
    typer.Option(
        metavar="from|to",
        help="from: origins to destinations; to: destinations to origins, arriving in the window.",
    ),
]


def network_inputs(
    settings: Settings, network: str | None, osm: tuple[Path, ...], gtfs: tuple[Path, ...]
) -> "NetworkInputs":
    """Return what the network is made of; refuse both ways at once, half of one, or none."""
    from ptreach.routers import NamedNetwork, NetworkFiles

    files = [option for option, given in (("--osm", osm), ("--gtfs", gtfs)) if given]
    if network is not None and files:
        raise option_error("--network", f"given together with {' and '.join(files)}", "give one or the other")
    if network is not None:
        return NamedNetwork(name=network, home=home_folder(settings, Path.cwd()))
    if not files:
        raise option_error("--network", "missing", "name a network, or give --osm FILE and --gtfs FILE")
    if not osm:
        raise option_error("--osm", "missing beside --gtfs", "give the streets, a file .osm.pbf")
    if not gtfs:
        raise option_error("--gtfs", "missing beside --osm", "give at least one GTFS zip")
    return NetworkFiles(osm=osm, gtfs=gtfs)


@contextmanager
def naming_options() -> Iterator[None]:
    """Name the option, not the query's field, in an error."""
    try:
        yield
    except InputError as error:
        _, found, field = error.where.partition("query, ")
        if not found:
            raise
        raise option_error(f"--{field.replace('_', '-')}", error.what, error.remedy) from error
