"""The commands that begin a town: a point for it, streets around it, a file to start from."""

import json
from pathlib import Path
from typing import Annotated

import typer

from ptreach.cli.console import say, stage_progress, tell
from ptreach.cli.options import Settings, home_folder, lon_lat, option_error, out_folder, service_date
from ptreach.sources.openstreetmap import ATTRIBUTION, NOMINATIM, OVERPASS

_SERVER = "Address of the server, where not the public one."


def origin(
    ctx: typer.Context,
    place: Annotated[str, typer.Argument(metavar="PLACE", help="Name of a place, in quotes.")],
    pick: Annotated[
        int, typer.Option(metavar="N", min=1, help="Which of the places found goes into [origin].")
    ] = 1,
    country: Annotated[
        str, typer.Option(metavar="CODE", help='Code of the country; "" for all countries.')
    ] = "gb",
    server: Annotated[
        str, typer.Option(metavar="URL", envvar="PTREACH_NOMINATIM_URL", help=_SERVER)
    ] = NOMINATIM.url,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> None:
    """Find the point of a place by its name.

    Print the places found, and the [origin] of a town's file. Asks Nominatim, OpenStreetMap's gazetteer.
    """
    from ptreach.sources.places import find_places, places_text

    settings: Settings = ctx.obj
    places = find_places(place, country=country, server=server)
    if pick > len(places):
        raise option_error("--pick", f"{pick} of {len(places)} places", "leave it out to see them")
    if as_json:
        say(json.dumps([found._asdict() for found in places], indent=1, ensure_ascii=False))
    else:
        say(places_text(places, pick))
    if not settings.quiet:
        tell(ATTRIBUTION)


def streets(
    ctx: typer.Context,
    around: Annotated[str, typer.Option(metavar="LON,LAT", help="Point in degrees.")],
    radius_km: Annotated[float, typer.Option(metavar="KM", help="How far around it, kilometres, up to 30.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="File to write: .osm.")],
    server: Annotated[
        str, typer.Option(metavar="URL", envvar="PTREACH_OVERPASS_URL", help=_SERVER)
    ] = OVERPASS.url,
    *,
    refresh: Annotated[bool, typer.Option("--refresh", help="Ask anew for what was asked before.")] = False,
) -> None:
    """Write the streets around a point, where no extract is at hand.

    Print the file's path; it is read as --osm, or as a source of kind osm. Asks Overpass.
    """
    from ptreach.sources.overpass import write_streets

    settings: Settings = ctx.obj
    lon, lat = lon_lat(around, "--around")
    if out.suffix.lower() != ".osm":
        raise option_error("--out", f"'{out}' is no kind of file for streets", "end the name in .osm")
    out_folder(out.parent)
    with stage_progress(quiet=settings.quiet) as progress:
        extract = write_streets(lon, lat, radius_km, out, progress=progress, server=server, refresh=refresh)
    if not settings.quiet:
        tell(f"{extract.ways:,} ways, OpenStreetMap of {extract.date or 'an unknown date'}. {ATTRIBUTION}")
    say(out)


def new(
    ctx: typer.Context,
    town: Annotated[str, typer.Argument(metavar="TOWN", help="Name as maps are to show it.")],
    network: Annotated[
        str | None, typer.Option(metavar="NAME", help="A network: a folder of networks/.")
    ] = None,
    areas: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Areas: a folder of networks/; default: the newest edition of them."
        ),
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="LON,LAT", help="The town's point in degrees; see ptreach origin.")
    ] = None,
    date: Annotated[
        str | None, typer.Option(metavar="D", help="A day on which the timetable is valid: YYYY-MM-DD.")
    ] = None,
) -> None:
    """Write a town's file to start from.

    Print its path, below config/. A file that is there is never overwritten.
    """
    from ptreach.sources.town_file import write_town_file

    settings: Settings = ctx.obj
    path = write_town_file(
        town,
        home_folder(settings, Path.cwd()),
        network=network,
        areas=areas,
        at=lon_lat(at, "--at") if at is not None else None,
        date=service_date(date) if date is not None else None,
    )
    say(path)
