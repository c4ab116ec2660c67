"""The command that writes packs of towns: run."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from ptreach.cli.console import (
    OUR_FAULT,
    YOUR_INPUT,
    job_watch,
    say,
    stage_progress,
    tell,
    tell_bug,
    tell_fault,
)
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
from ptreach.cli.packs import importing
from ptreach.config import Town, load_town
from ptreach.errors import InputError

if TYPE_CHECKING:
    from ptreach.outputs.index.failures import Failure
    from ptreach.outputs.scenes import PlaceScene
    from ptreach.pipeline import PackOptions, PackPlan, TownAsked
    from ptreach.processes import Outcome, Watch


class Failed(NamedTuple):
    """A town that came to nothing: its file, its name as far as it is known, and a fault or a traceback."""

    path: Path
    name: str
    error: InputError | None = None
    trace: str = ""


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

    Several towns are made side by side, by as many processes as --workers and memory allow. Beside their
    packs come a picture on one scale, an index page and a table of all places. Print each pack's folder.
    Towns that fail are listed at the end, which is then exit code 2; the packs of the others are written.
    """
    with importing():
        from ptreach import pipeline

    settings: Settings = ctx.obj
    require_r5_asked(r5_jar, engine, against)
    _require_own_names(configs)
    asked, failed = _read(configs, settings)
    if len(configs) == 1 and failed and failed[0].error:
        raise failed[0].error
    out_folder(out)
    options = pipeline.PackOptions(
        out, engine.value, tiles=pmtiles, r5_jar=r5_jar, against=against.value if against else ""
    )
    processes = pipeline.processes_for(asked, options, workers)
    make = _one_by_one if processes == 1 else partial(_side_by_side, processes=processes)
    outcomes = make(asked, options, workers, settings, alone=len(configs) == 1)
    failed += [
        Failed(one.town.path, one.town.name, outcome.error, outcome.trace)
        for one, outcome in zip(asked, outcomes, strict=True)
        if not outcome.is_done
    ]
    scenes = [outcome.result.scene for outcome in outcomes if outcome.is_done]
    failures = [_failure(one, asked, out) for one in failed]
    faults = _write_beside(out, configs, scenes, failures, settings)
    _end(failed, faults, len(configs), out)


def _write_beside(
    out: Path,
    configs: Sequence[Path],
    scenes: Sequence["PlaceScene"],
    failures: Sequence["Failure"],
    settings: Settings,
) -> list[InputError]:
    """Write what comes beside the packs, and say where; return the faults that were met."""
    from ptreach import side_by_side

    faults: list[InputError] = []
    if len(scenes) > 1:
        with _noting(faults), stage_progress(quiet=settings.quiet) as progress:
            picture = side_by_side.places(scenes, out=out, progress=progress)
            if picture is not None and not settings.quiet:
                tell(f"Places on one scale: {picture}")
    ran, several = {path.stem for path in configs}, len(configs) > 1
    with _noting(faults), stage_progress(quiet=settings.quiet) as progress:
        page = side_by_side.index(out, failures=failures, ran=ran, several=several, progress=progress)
        if page is not None and not settings.quiet:
            tell(f"Index of packs: {page}")
    return faults


def _require_own_names(configs: Sequence[Path]) -> None:
    """Raise InputError where two files would write one pack."""
    for slug, count in Counter(path.stem for path in configs).items():
        if count > 1:
            raise option_error(
                "CONFIG", f"{count} files are named {slug}.toml", "rename one: packs are named after them"
            )


def _read(configs: Sequence[Path], settings: Settings) -> tuple[list["TownAsked"], list[Failed]]:
    """Return the towns whose files and recipes can be read, and those whose can't.

    These are told of at once, too, and do not keep the others from being made: a slip in one of twenty files
    must not cost a night.
    """
    from ptreach.pipeline import TownAsked

    asked: list[TownAsked] = []
    failed: list[Failed] = []
    for path in configs:
        name = path.stem
        try:
            town = load_town(path)
            name, home = town.name, home_folder(settings, path.parent)
            _require_recipes(town, home)
            asked.append(TownAsked(town, home))
        except InputError as error:
            failed.append(Failed(path, name, error))
            if len(configs) > 1 and not settings.quiet:
                tell(f"{name}: left out, for its files can't be read; see the end")
    return asked, failed


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


def _one_by_one(
    asked: Sequence["TownAsked"], options: "PackOptions", workers: int, settings: Settings, *, alone: bool
) -> list["Outcome"]:
    """Make packs in this process, one after the other; the fault of a town that is `alone` is raised."""
    from ptreach import pipeline
    from ptreach.processes import Outcome, outcome_of

    outcomes = []
    for number, one in enumerate(asked, 1):
        if not (alone or settings.quiet):
            tell(f"{one.town.name} ({number} of {len(asked)})")
        with stage_progress(quiet=settings.quiet) as progress:
            do = partial(pipeline.make_pack, one, options, workers, progress, beside=workers > 1)
            outcome = Outcome(do()) if alone else outcome_of(do)
        if outcome.is_done:
            say(outcome.result.pack)
        outcomes.append(outcome)
    return outcomes


def _side_by_side(
    asked: Sequence["TownAsked"],
    options: "PackOptions",
    workers: int,
    settings: Settings,
    *,
    alone: bool,  # noqa: ARG001  one alone needs no processes
    processes: int,
) -> list["Outcome"]:
    """Make packs by processes of their own; what is done is printed in the order of the towns."""
    from ptreach import pipeline

    plan = pipeline.plan_packs(asked, options, workers=workers, processes=processes)
    outcomes: list[Outcome | None] = [None] * len(asked)
    try:
        with job_watch(plan.jobs, quiet=settings.quiet) as watch:
            outcomes = list(pipeline.make_packs(plan, _Numbered(watch, plan, outcomes, settings)))
    finally:  # after the bars, of which these lines would get in the way
        for outcome in outcomes:
            if outcome is not None and outcome.is_done:
                say(outcome.result.pack)
    return [outcome for outcome in outcomes if outcome is not None]


class _Numbered:
    """Says which town begins, as where they are made one by one, and keeps what they came to."""

    def __init__(
        self, watch: "Watch", plan: "PackPlan", outcomes: list["Outcome | None"], settings: Settings
    ) -> None:
        self._watch = watch
        self._plan = plan
        self._outcomes = outcomes
        self._quiet = settings.quiet
        self.stage = watch.stage

    def begun(self, number: int) -> None:
        """Say so."""
        at = number - self._plan.first
        if at >= 0 and not self._quiet:
            tell(f"{self._plan.asked[at].town.name} ({at + 1} of {len(self._plan.asked)})")
        self._watch.begun(number)

    def ended(self, number: int, outcome: "Outcome") -> None:
        """Keep what it came to."""
        if number >= self._plan.first:
            self._outcomes[number - self._plan.first] = outcome
        self._watch.ended(number, outcome)


@contextmanager
def _noting(faults: list[InputError]) -> Iterator[None]:
    """Note a fault of what is written beside the packs, and go on."""
    try:
        yield
    except InputError as error:
        faults.append(error)


def _failure(failed: Failed, asked: Sequence["TownAsked"], out: Path) -> "Failure":
    """Return what the index says of a town that failed, without folders of this machine."""
    from ptreach.caches import cache_folder
    from ptreach.outputs.index.failures import Failure, without_folders

    folders = [failed.path.parent, out, Path.cwd(), Path.home(), cache_folder()]
    folders += [one.home for one in asked]
    if failed.error is None:
        what = f"a fault of ptreach: {failed.trace.splitlines()[-1] if failed.trace else 'unknown'}"
        said = (what, "", "report it, with the traceback that the run printed")
    else:
        said = (failed.error.what, failed.error.where, failed.error.remedy)
    return Failure(failed.path.stem, failed.name, *(without_folders(text, folders) for text in said))


def _end(failed: Sequence[Failed], faults: Sequence[InputError], towns_n: int, out: Path) -> None:
    """List what failed, and leave by its exit code."""
    for one in failed:
        if one.error is None:
            tell_bug(one.trace)
        else:
            tell_fault(str(one.error))
    for fault in faults:
        tell_fault(str(fault))
    if failed:
        tell_fault(
            f"{len(failed)} of {towns_n} towns failed, see above; the packs of the others are in {out}."
        )
    if failed or faults:
        raise typer.Exit(OUR_FAULT if any(one.error is None for one in failed) else YOUR_INPUT)
