"""Bring the files of a recipe: from the web, or from a folder where somebody has put them."""

from __future__ import annotations

import hashlib
import logging
import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ptreach.errors import InputError
from ptreach.sources.download import Wanted, download, open_client
from ptreach.sources.recipe import SOURCES_FOLDER, digest_file, record_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import httpx

    from ptreach.model import Progress, SourceRecord
    from ptreach.sources.download import Report
    from ptreach.sources.recipe import Recipe, Source

_CHUNK_BYTES: Final = 1 << 20

_log = logging.getLogger(__name__)


def fetch_sources(
    recipe: Recipe, folder: Path, *, mirror: Path | None, progress: Progress
) -> tuple[SourceRecord, ...]:
    """Bring every file of a recipe into ``folder/sources``; return what is known of each, in order.

    A file that is there is kept if its sha256 is the pinned one or none is pinned. Every file is tried before
    an error is raised; where several fail, the first is raised and the others are logged.

    Parameters
    ----------
    recipe, folder
        The recipe and its folder.
    mirror
        Take the files from this folder, or from below it, by their names. None downloads them.
    progress
        Called with the bytes of the file under way; the stage is ``fetch NAME``.

    Raises
    ------
    InputError
        Where a file is not in the mirror or is there twice, has no address or can't be downloaded, is not the
        one that the recipe pins, or can't be written.
    """
    target = folder / SOURCES_FOLDER
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _not_copied(target, error) from error
    digests = {source.file: _digest_if_good(source, target / source.file) for source in recipe.sources}
    wanted = [source for source in recipe.sources if not digests[source.file]]
    if mirror is not None:
        places = _look_for([source.file for source in wanted], mirror, target)

        def copy(source: Source) -> str:
            origin = _only_place(source, places[source.file], mirror, recipe.name)
            return _copy(source, origin, target / source.file, partial(progress, f"fetch {source.file}"))

        digests |= _each(wanted, copy)
    elif wanted:
        with open_client() as client:
            digests |= _each(wanted, partial(_download, recipe.name, target, client, progress))
    return tuple(
        record_of(recipe, source, target / source.file, digests[source.file]) for source in recipe.sources
    )


def _digest_if_good(source: Source, path: Path) -> str:
    """Return the sha256 of a file that need not be brought; an empty text for any other."""
    if not path.is_file():
        return ""
    digest = digest_file(path)
    if source.sha256 in {"", digest}:
        _log.info("%s is there already", path)
        return digest
    _log.warning("%s is not the file that the recipe pins; it will be replaced", path)
    return ""


def _described(source: Source) -> str:
    """Return which file is meant, so that a person can find it."""
    return f"{source.file} ({source.title}, {source.publisher}, {source.date})"


def _each(sources: Sequence[Source], bring: Callable[[Source], str]) -> dict[str, str]:
    """Return sha256 by file name; raise the first InputError after all sources were tried."""
    digests: dict[str, str] = {}
    faults: list[InputError] = []
    for source in sources:
        try:
            digests[source.file] = bring(source)
        except InputError as error:
            faults.append(error)
    for fault in faults[1:]:
        _log.error("%s", fault)
    if faults:
        raise faults[0]
    return digests


def _download(name: str, target: Path, client: httpx.Client, progress: Progress, source: Source) -> str:
    """Download one file; return its sha256."""
    if not source.url:
        raise InputError(
            f"the recipe has no address for {_described(source)}",
            where=str(target.parent),
            remedy=f"put {source.file} in a folder DIR and run ptreach fetch {name} --mirror DIR",
        )
    other_way = (
        f"download it with a browser, save it as {source.file} in a folder DIR "
        f"and run ptreach fetch {name} --mirror DIR"
    )
    file = Wanted(source.url, target / source.file, source.sha256, other_way)
    return download(client, file, partial(progress, f"fetch {source.file}"))


def _look_for(files: Sequence[str], mirror: Path, target: Path) -> dict[str, list[Path]]:
    """Return where files of these names lie: directly in `mirror`, else anywhere below it but in `target`."""
    if not mirror.is_dir():
        raise InputError("no such folder", where=str(mirror), remedy="check the folder given as --mirror")
    places = {file: [path] if (path := mirror / file).is_file() else [] for file in files}
    deeper = {file for file, paths in places.items() if not paths}
    if deeper:
        own = target.resolve()
        for place, folders, names in os.walk(mirror):
            folders[:] = sorted(folder for folder in folders if Path(place, folder).resolve() != own)
            for file in deeper.intersection(names):
                places[file].append(Path(place, file))
    return places


def _only_place(source: Source, places: Sequence[Path], mirror: Path, name: str) -> Path:
    """Return the one place of a file; raise InputError where it has none, or several."""
    if not places:
        raise InputError(
            f"neither here nor below is {_described(source)}",
            where=str(mirror),
            remedy=f"put it there under that name and run ptreach fetch {name} --mirror DIR again",
        )
    if len(places) > 1:
        raise InputError(
            f"{source.file} is there {len(places)} times, such as {places[0]} and {places[1]}",
            where=str(mirror),
            remedy="give the folder of the right one as --mirror",
        )
    return places[0]


def _copy(source: Source, origin: Path, path: Path, report: Report) -> str:
    """Copy a file beside its place, check it, give it its name; return its sha256."""
    part = path.with_name(f"{path.name}.copy.part")
    state, done = hashlib.sha256(), 0
    try:
        total = origin.stat().st_size
        with origin.open("rb") as reader, part.open("wb") as writer:
            while chunk := reader.read(_CHUNK_BYTES):
                writer.write(chunk)
                state.update(chunk)
                done += len(chunk)
                report(done, total)
        _check_copy(source, origin, done, state.hexdigest())
        part.replace(path)
    except OSError as error:
        raise _not_copied(path, error) from error
    finally:
        part.unlink(missing_ok=True)
    return state.hexdigest()


def _check_copy(source: Source, origin: Path, size_bytes: int, digest: str) -> None:
    """Raise InputError where a file of the mirror is empty or is not the pinned one."""
    if not size_bytes:
        raise InputError("the file is empty", where=str(origin), remedy="put the whole file there")
    if source.sha256 not in {"", digest}:
        raise InputError(
            f"not the file that the recipe pins: its sha256 is {digest[:12]}…, not {source.sha256[:12]}…",
            where=str(origin),
            remedy="put the edition that is meant there, or correct sha256 in the recipe",
        )


def _not_copied(path: Path, error: OSError) -> InputError:
    """Return the error for a file or folder that can't be read or written."""
    return InputError(
        f"can't be brought: {error.strerror or error}",
        where=str(error.filename or path),
        remedy="make room, check the rights, or close the program that has it open",
    )
