"""The commands that write packs: demo and run."""

import gc
import sys
from collections import Counter
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
    Settings,
    Workers,
    home_folder,
    option_error,
    out_folder,
    require_r5_asked,
)
from ptreach.config import Town, load_town
from ptreach.errors import InputError

if TYPE_CHECKING:
    from ptreach.outputs.maps.places_picture import PlaceScene


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
    with _importing():
        from ptreach import pipeline

    settings: Settings = ctx.obj
    out_folder(out)
    with stage_progress(quiet=settings.quiet) as progress:
        pack = pipeline.demo(out, workers=workers, progress=progress)
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
    with _importing():
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


def run(
    ctx: typer.Context,
    configs: Annotated[
        list[Path], typer.Argument(metavar="CONFIG", exists=True, dir_okay=False, help="Files of towns.")
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder that receives one pack a town.")] = Path(
        "packs"
    ),
    engine: Engine = EngineName.RAPTOR,
    r5_jar: R5Jar = None,
    against: Annotated[
        EngineName | None,
        typer.Option(
            help="Ask another engine the same, and say in the pack how the two agree.", show_default=False
        ),
    ] = None,
    *,
    pmtiles: Annotated[
        bool, typer.Option("--pmtiles", help="Write isochrones and zones as map tiles too.")
    ] = False,
    workers: Workers,
) -> None:
    """Write the pack of each town: the main job.

    Of several towns there is a picture on one scale too, beside the packs. Print each pack's folder. Every
    CONFIG is read, and its recipes, before the first town starts.
    """
    with _importing():
        from ptreach import pipeline, side_by_side
        from ptreach.outputs.places import scene_of

    settings: Settings = ctx.obj
    require_r5_asked(r5_jar, engine, against)
    towns = [load_town(path) for path in configs]
    for slug, count in Counter(town.slug for town in towns).items():
        if count > 1:
            raise option_error(
                "CONFIG", f"{count} files are named {slug}.toml", "rename one: packs are named after them"
            )
    homes = [home_folder(settings, path.parent) for path in configs]
    for town, home in zip(towns, homes, strict=True):
        _require_recipes(town, home)
    out_folder(out)
    scenes: list[PlaceScene] = []
    for number, (town, home) in enumerate(zip(towns, homes, strict=True), 1):
        if not settings.quiet and len(towns) > 1:
            tell(f"{town.name} ({number} of {len(towns)})")
        with stage_progress(quiet=settings.quiet) as progress:
            pack = pipeline.run(
                town.path,
                home=home,
                out=out,
                engine=engine.value,
                workers=workers,
                progress=progress,
                tiles=pmtiles,
                r5_jar=r5_jar,
                against=against.value if against else "",
                keep=lambda content: scenes.append(scene_of(content)),
            )
        say(pack)
    if len(scenes) > 1:
        with stage_progress(quiet=settings.quiet) as progress:
            picture = side_by_side.places(scenes, out=out, progress=progress)
        if picture is not None and not settings.quiet:
            tell(f"Places on one scale: {picture}")


def _require_recipes(town: Town, home: Path) -> None:
    """Raise InputError where a town names a network or areas that have no recipe, or a faulty one."""
    from ptreach.sources.recipe import load_areas_recipe, load_network_recipe

    for key, name, load in (
        ("network", town.network, load_network_recipe),
        ("areas", town.areas, load_areas_recipe),
    ):
        try:
            load(name, home)
        except InputError as error:
            if error.where != str(home / "networks"):  # the fault is the recipe's, and its file is named
                raise
            what = f"{error.what} in {error.where}"
            raise InputError(what, where=f"{town.path}, {key}", remedy=error.remedy) from error


@contextmanager
def _importing() -> Iterator[None]:
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
