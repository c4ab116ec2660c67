"""Packs of several towns by processes side by side: networks first, each once, then the towns on them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from ptreach.aside import clear_dead
from ptreach.errors import InputError
from ptreach.network.room import processes_with_room, warn_of_little
from ptreach.outputs.places import scene_of
from ptreach.pipeline.networks import build
from ptreach.pipeline.packs import run
from ptreach.processes import Job, do_jobs
from ptreach.sources.recipe import load_network_recipe

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ptreach.config import Town
    from ptreach.model import Progress
    from ptreach.outputs.pack import PackContent
    from ptreach.outputs.scenes import PlaceScene
    from ptreach.processes import Outcome, Watch

_ONE_AT_A_TIME: Final = {"r5"}
"""Engines that take most of a machine's memory for themselves."""


class TownAsked(NamedTuple):
    """A town whose pack is wanted, and the folder that holds its networks/."""

    town: Town
    home: Path


class PackOptions(NamedTuple):
    """What the packs of a run have in common: where they go, by which engine, with which extras.

    The engine ``against`` is asked the same, where one is named.
    """

    out: Path
    engine: str
    tiles: bool = False
    r5_jar: Path | None = None
    against: str = ""


class PackMade(NamedTuple):
    """A pack that is written, and what is kept of it for the picture of several places."""

    pack: Path
    scene: PlaceScene


def make_pack(
    asked: TownAsked, options: PackOptions, workers: int, progress: Progress, *, beside: bool = False
) -> PackMade:
    """Write the pack of a town by so many threads, with pictures drawn `beside`; raises as `run` does."""
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
        against=options.against,
        beside=beside,
        keep=keep,
    )
    return PackMade(pack, scenes[0])


def processes_for(asked: Sequence[TownAsked], options: PackOptions, workers: int) -> int:
    """Return by how many processes towns are best made: the cores, the towns, and the memory allow them."""
    warn_of_little()
    wanted = min(workers, len(asked))
    if _ONE_AT_A_TIME & {options.engine, options.against} or wanted < 2:
        return 1
    return processes_with_room(wanted, clipped=any(_clips(town) for town in asked))


class PackPlan(NamedTuple):
    """What is to be done for the packs of towns: jobs for networks, then one a town, in their order."""

    asked: tuple[TownAsked, ...]
    options: PackOptions
    processes: int
    jobs: tuple[Job, ...]

    @property
    def first(self) -> int:
        """Position of the first town among the jobs."""
        return len(self.jobs) - len(self.asked)


def plan_packs(asked: Sequence[TownAsked], options: PackOptions, *, workers: int, processes: int) -> PackPlan:
    """Plan the packs of towns by several processes, which share out so many threads.

    Each network is built by one process, before towns on it begin; where it is cut to what a town can reach,
    by the process of the town. What is built is mapped into the memory of all of them.
    """
    threads = max(1, workers // processes)
    networks = list(dict.fromkeys(_network_of(town) for town in asked if not _clips(town)))
    jobs = [Job(f"network {name}", partial(_build, name, home), (name, home)) for name, home in networks]
    for one in asked:
        key = _network_of(one)
        after = networks.index(key) if key in networks else None
        make = partial(make_pack, one, options, threads)
        jobs.append(Job(one.town.name, make, (*key, one.town.areas), after))
    return PackPlan(tuple(asked), options, processes, tuple(jobs))


def make_packs(plan: PackPlan, watch: Watch) -> list[Outcome]:
    """Write the packs of towns as planned; return what each came to, in their order.

    The result of an outcome is a `PackMade`. A pack's bytes do not hang on the number of processes.

    Raises
    ------
    KeyboardInterrupt
        When interrupted; no half-written pack is left.
    """
    made: list[Outcome] = []
    try:
        made = do_jobs(plan.jobs, plan.processes, watch)[plan.first :]
    finally:
        clear_dead(plan.options.out)  # of processes that were killed
    return [_placed(outcome, one.town) for outcome, one in zip(made, plan.asked, strict=True)]


def _network_of(asked: TownAsked) -> tuple[str, Path]:
    """Return the name of a town's network, and where it is kept."""
    return asked.town.network, asked.home


def _clips(asked: TownAsked) -> bool:
    """Return whether a town has a network of its own, cut to what it can reach."""
    return bool(load_network_recipe(asked.town.network, asked.home).clip)


def _build(name: str, home: Path, progress: Progress) -> None:
    """Build a network, unless that is done."""
    build(name, home=home, progress=progress)


def _placed(outcome: Outcome, town: Town) -> Outcome:
    """Return an outcome whose error names the town's file, where it names nothing."""
    error = outcome.error
    if error is None or error.where:
        return outcome
    return outcome._replace(error=InputError(error.what, where=str(town.path), remedy=error.remedy))
