"""The command that turns the rail timetable of Great Britain into a GTFS feed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ptreach.cli.console import say, stage_progress, tell
from ptreach.cli.options import Settings, option_error, out_file

if TYPE_CHECKING:
    from ptreach.sources.cif.convert import Conversion

_LICENCE = "Licence: that of the delivery. Terms differ between years: check them before you publish results."


def cif(
    ctx: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", exists=True, dir_okay=False, help="Zip of the full timetable (.mca, .msn ...)."
        ),
    ],
    out: Annotated[Path, typer.Option(metavar="FILE.zip", help="GTFS feed to write.")] = Path(
        "rail_gtfs.zip"
    ),
    *,
    ztr: Annotated[
        bool,
        typer.Option(help="Read the .ztr too: buses, ferries and railways that are not Network Rail's."),
    ] = True,
) -> None:
    """Turn a GB rail timetable (CIF) into a GTFS feed.

    Print the feed's path; on stderr what was read, written, mended and left out.
    """
    from ptreach import pipeline

    settings: Settings = ctx.obj
    if out.suffix.lower() != ".zip":
        raise option_error("--out", f"'{out}' is no name of a feed", "end the name in .zip")
    if out.exists() and out.samefile(file):
        raise option_error("--out", f"'{out}' is the timetable itself", "name another file")
    out_file(out)
    with stage_progress(quiet=settings.quiet) as progress:
        conversion = pipeline.cif(file, out=out, with_ztr=ztr, progress=progress)
    if not settings.quiet:
        for line in _summary(conversion):
            tell(line)
    say(out)


def _summary(conversion: "Conversion") -> list[str]:
    """Return what to tell of a conversion, line by line."""
    done = conversion
    lines = [
        f"read {done.schedules:,} schedules, {done.cancellations:,} of them cancellations",
        f"wrote {done.trips:,} trips, {done.calls:,} calls at {done.stops:,} stations",
        f"days: {done.first_day} to {done.last_day}, in {done.services:,} services",
    ]
    if done.repairs:
        lines += ["mended, left out or not expressed:", *(f"  {repair}" for repair in done.repairs)]
    if done.unplaced:
        calls, places = sum(done.unplaced.values()), len(done.unplaced)
        lines += [
            f"left out {calls:,} calls at {places:,} places that are no station with coordinates: "
            + ", ".join(done.unplaced)
        ]
    return [*lines, _LICENCE]
