"""Packs of several towns by processes side by side: networks first, each once, then the towns on them."""

from __future__ import annotations

import shutil
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from ptreach.errors import InputError
from ptreach.network.room import processes_with_room
from ptreach.outputs.places import scene_of
from ptreach.pipeline.networks import build
from ptreach.pipeline.packs import run
from ptreach.processes import Job, do_jobs
from ptreach.sources.recipe import load_network_recipe

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ptreach.config import Town
    from ptreach.model import Progress
    from ptreach.outputs.maps.places_picture import PlaceScene
    from ptreach.outputs.pack import PackContent
    from ptreach.processes import Outcome, Watch

_ONE_AT_A_TIME: Final = {"r5"}
"""Engines that take most of a machine's memory for themselves."""


class TownAsked(NamedTuple):
    """A town whose pack is wanted, and the folder that holds its networks/."""

    town: Town
    home: Path


class PackOptions(NamedTuple):
    """What the packs of a run have in common: where they go, by which engine, with which extras."""

    out: Path
    engine: str
    tiles: bool = False
    r5_jar: Path | None = None


class PackMade(NamedTuple):
    """A pack that is written, and what is kept of it for the picture of several places."""

    pack: Path
    scene: PlaceScene


def make_pack(asked: TownAsked, options: PackOptions, workers: int, progress: Progress) -> PackMade:
    """Write the pack of a town by so many threads; raises as `run` does."""
    scenes: list[PlaceScene] = []

    def keep(content: PackContent) -> None:
        scenes.append(scene_of(content))

    pack = run(
        asked.town.path,
        home=asked.home,
        out=options.out,
        engine=options.engine,
        workers=workers,
        progress=progress,
        tiles=options.tiles,
        r5_jar=options.r5_jar,
        keep=keep,
    )
    return PackMade(pack, scenes[0])


def processes_for(asked: Sequence[TownAsked], engine: str, workers: int) -> int:
    """Return by how many processes towns are best made: the cores, the towns, and the memory allow them."""
    wanted = min(workers, len(asked))
    if engine in _ONE_AT_A_TIME or wanted < 2:
        return 1
    return processes_with_room(wanted, clipped=any(_clips(town) for town in asked))


def make_packs(
    asked: Sequence[TownAsked],
    options: PackOptions,
    *,
    workers: int,
    processes: int,
    show: Callable[[Sequence[Job]], Watch],
) -> list[Outcome]:
    """Write the packs of towns by several processes; return what each town came to, in their order.

    The result of an outcome is a `PackMade`. A pack's bytes do not hang on their number.

    Parameters
    ----------
    workers
        Threads for all processes together.
    show
        Is given all jobs, those of networks before those of towns, and returns what is told of them.

    Raises
    ------
    KeyboardInterrupt
        When interrupted; no half-written pack is left.
    """
    threads = max(1, workers // processes)
    networks = list(dict.fromkeys(_network_of(town) for town in asked if not _clips(town)))
    jobs = [Job(f"network {name}", partial(_build, name, home), (name, home)) for name, home in networks]
    first = len(jobs)
    for one in asked:
        key = _network_of(one)
        after = networks.index(key) if key in networks else None
        make = partial(make_pack, one, options, threads)
        jobs.append(Job(one.town.name, make, (*key, one.town.areas), after))
    made: list[Outcome] = []
    try:
        made = do_jobs(jobs, processes, show(jobs))[first:]
    finally:
        done = {at for at, outcome in enumerate(made) if outcome.is_done}
        _clear(options.out, [one.town.slug for at, one in enumerate(asked) if at not in done])
    return [_placed(outcome, one.town) for outcome, one in zip(made, asked, strict=True)]


def _network_of(asked: TownAsked) -> tuple[str, Path]:
    """Return the name of a town's network, and where it is kept."""
    return asked.town.network, asked.home


def _clips(asked: TownAsked) -> bool:
    """Return whether a town has a network of its own, cut to what it can reach."""
    return bool(load_network_recipe(asked.town.network, asked.home).clip)


def _build(name: str, home: Path, progress: Progress) -> None:
    """Build a network, unless that is done."""
    build(name, home=home, progress=progress)


def _clear(out: Path, slugs: Sequence[str]) -> None:
    """Remove what processes that were killed have left half-written."""
    for slug in slugs:
        shutil.rmtree(out / f".{slug}.part", ignore_errors=True)


def _placed(outcome: Outcome, town: Town) -> Outcome:
    """Return an outcome whose error names the town's file, where it names nothing."""
    error = outcome.error
    if error is None or error.where:
        return outcome
    return outcome._replace(error=InputError(error.what, where=str(town.path), remedy=error.remedy))
