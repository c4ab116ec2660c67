"""The commands that write the made-up town's pack, and profiles."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from ptreach.cli.console import say, stage_progress
from ptreach.cli.options import (
    Settings,
    Workers,
    home_folder,
    out_folder,
)


def demo(
    ctx: typer.Context,
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder for the made-up town and its pack.")
    ] = Path("demo"),
    *,
    workers: Workers,
) -> None:
    """Write the pack of a made-up town, offline.

    Print the pack's folder.
    """
    with importing():
        from ptreach import pipeline

    settings: Settings = ctx.obj
    out_folder(out)
    with stage_progress(quiet=settings.quiet) as progress:
        pack = pipeline.demo(out, workers=workers, progress=progress, beside=workers > 1)
    say(pack)


def profile(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="AREAS", help="Name of areas, a folder of networks/.")],
    district: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Name or code of a district or region; several may be given."),
    ] = None,
    called: Annotated[
        str, typer.Option("--name", metavar="TEXT", help="What the area is called; default: its districts.")
    ] = "",
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder that receives the profile.")] = Path(
        "packs"
    ),
) -> None:
    """Write what can be said of an area without a timetable.

    Maps of average deprivation by local authority, the correlations of its zones' indicators, and their
    tables. Print the folder.
    """
    with importing():
        from ptreach import pipeline

    settings: Settings = ctx.obj
    out_folder(out)
    with stage_progress(quiet=settings.quiet) as progress:
        folder = pipeline.profile(
            name,
            districts=district or [],
            called=called,
            home=home_folder(settings, Path.cwd()),
            out=out,
            progress=progress,
        )
    say(folder)


@contextmanager
def importing() -> Iterator[None]:
    """Keep the collector from what imports make: it stays, and to look through it takes a second a run."""
    if "ptreach.pipeline" in sys.modules:
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
