"""The commands that bring and build what a run needs: fetch and build."""

from pathlib import Path
from typing import Annotated

import typer

from ptreach.cli.console import say, stage_progress, tell
from ptreach.cli.options import Settings, home_folder


def fetch(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A network or areas: a folder of networks/.")],
    mirror: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            exists=True,
            file_okay=False,
            help="Take the files from this folder instead of the web.",
        ),
    ] = None,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Bring newer editions of files that are not pinned.")
    ] = False,
    alternative: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE",
            help="Bring this file in place of the one it is the alternative to; may be repeated.",
        ),
    ] = None,
    timeout_s: Annotated[
        float, typer.Option(metavar="S", min=1, max=3600, help="How long a server may be silent, seconds.")
    ] = 60,
) -> None:
    """Bring the files that a recipe names.

    Check them; print where they lie.
    """
    from ptreach import pipeline

    settings: Settings = ctx.obj
    home = home_folder(settings, Path.cwd())
    with stage_progress(quiet=settings.quiet) as progress:
        records = pipeline.fetch(
            name,
            home=home,
            mirror=mirror,
            progress=progress,
            refresh=refresh,
            alternatives=tuple(alternative or ()),
            timeout_s=timeout_s,
        )
    for record in records:
        say(record.path)


def build(
    ctx: typer.Context,
    network: Annotated[str, typer.Argument(metavar="NETWORK", help="A network: a folder of networks/.")],
    gtfs_out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", file_okay=False, help="Write the feeds here too, cleaned."),
    ] = None,
    second_reader: Annotated[
        bool,
        typer.Option(
            "--second-reader",
            help="Have gtfs-kit read the feeds too, and require the same network of what it reads.",
        ),
    ] = False,
) -> None:
    """Build a network from its files.

    Print the built folder; do nothing where it is there.
    """
    from ptreach import pipeline

    settings: Settings = ctx.obj
    home = home_folder(settings, Path.cwd())
    with stage_progress(quiet=settings.quiet) as progress:
        built = pipeline.build(network, home=home, progress=progress)
        cleaned: tuple[Path, ...] = ()
        if gtfs_out:
            cleaned = pipeline.clean_feeds(network, home=home, out=gtfs_out, progress=progress)
        files_n = pipeline.read_again(network, home=home, progress=progress) if second_reader else 0
    for path in (built, *cleaned):
        say(path)
    if second_reader:
        tell(
            "gtfs-kit, the second reader, reads the same: a network of what it reads is the same "
            f"in all {files_n} files"
        )
