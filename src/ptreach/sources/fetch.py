"""Bring the files of a recipe: from the web, or from a folder where somebody has put them.

Of a file and its alternatives one is brought: the one that is there already, else the one asked for, else the
first that a mirror has, else the first. An optional file that can't be brought is left out, with a warning.
"""

from __future__ import annotations

import hashlib
import logging
import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from ptreach.errors import InputError
from ptreach.machine import still_to_come
from ptreach.sources.address import public_address, unset_variables
from ptreach.sources.client import USUAL_PATIENCE, open_client
from ptreach.sources.contents import fault_of
from ptreach.sources.download import Wanted, download
from ptreach.sources.fetched import read_fetched, write_fetched
from ptreach.sources.recipe import SOURCES_FOLDER
from ptreach.sources.records import alternative_option, digest_file, groups_of, source_records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import httpx

    from ptreach.model import Progress, SourceRecord
    from ptreach.sources.client import Patience
    from ptreach.sources.download import Report
    from ptreach.sources.fetched import Fetched
    from ptreach.sources.recipe import Recipe, Source
    from ptreach.sources.records import Group

_CHUNK_BYTES: Final = 1 << 20

_log = logging.getLogger(__name__)


class _Choice(NamedTuple):
    """The file of a group that is to be brought."""

    source: Source
    group: Group


class _Target(NamedTuple):
    """Where the files of a recipe go."""

    recipe: Recipe
    folder: Path

    @property
    def sources(self) -> Path:
        """The folder that receives the files."""
        return self.folder / SOURCES_FOLDER

    def path(self, source: Source) -> Path:
        """Return the place of a file."""
        return self.sources / source.file


def fetch_sources(
    recipe: Recipe,
    folder: Path,
    *,
    mirror: Path | None,
    progress: Progress,
    refresh: bool = False,
    alternatives: Sequence[str] = (),
    patience: Patience = USUAL_PATIENCE,
) -> tuple[SourceRecord, ...]:
    """Bring the files of a recipe into ``folder/sources``; return what is known of each, in order.

    A file that is there is kept if its sha256 is the pinned one, or if none is pinned and it is whole.
    Every file is tried before an error is raised; where several fail, the first is raised and the others are
    logged.

    Parameters
    ----------
    recipe, folder
        The recipe and its folder.
    mirror
        Take the files from this folder, or from below it, by their names. None downloads them.
    progress
        Called with the bytes of the file under way; the stage is ``fetch NAME``.
    refresh
        Ask for newer editions of the files that are there and not pinned, or take those of the mirror.
    alternatives
        Files that are to be brought in place of those to which the recipe calls them alternatives.
    patience
        How long to wait for a server.

    Raises
    ------
    InputError
        Where a file is not in the mirror or is there twice, has no address or can't be downloaded, is not the
        one that the recipe pins, or can't be written; where its address wants a variable that is not set; or
        where an alternative is none, or another of its group is there.
    """
    target = _Target(recipe, folder)
    try:
        target.sources.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _not_copied(target.sources, error) from error
    groups = groups_of(recipe)
    places = _look_for([source.file for source in recipe.sources], mirror, target.sources) if mirror else {}
    choices = [_choose(group, target, alternatives, places) for group in groups]
    _require_known(alternatives, choices, recipe)
    wanted = [
        choice
        for choice in choices
        if not _is_good(choice.source, target, renew=refresh and bool(choice.source.urls or mirror))
    ]
    if mirror is not None:
        _each(wanted, partial(_copy_one, target, mirror, places, progress))
    elif wanted:
        with open_client(patience) as client:
            _each(wanted, partial(_download_one, target, client, progress, patience))
    return source_records(recipe, folder)


def _choose(
    group: Group, target: _Target, alternatives: Sequence[str], places: dict[str, list[Path]]
) -> _Choice:
    """Return which file of a group to bring; raise InputError where one is asked for and another is there."""
    there = group.there(target.folder)
    for source in group.alternatives:
        if source.file in alternatives:
            for other in there:
                if other != source:
                    raise InputError(
                        f"{other.file} is there, and one of the two is used",
                        where=str(target.sources),
                        remedy=f"delete {other.file} to use {source.file} in its place",
                    )
            return _Choice(source, group)
    in_mirror = tuple(source for source in group.choices if places.get(source.file))
    return _Choice((*there, *in_mirror, group.main)[0], group)


def _require_known(alternatives: Sequence[str], choices: Iterable[_Choice], recipe: Recipe) -> None:
    """Raise InputError where a file asked for is no alternative, or two of one group are asked for."""
    chosen = {choice.source.file for choice in choices}
    known = [source.file for source in recipe.sources if source.instead_of]
    for file in alternatives:
        if file not in known or file not in chosen:
            raise InputError(
                f"'{file}' is no alternative of network '{recipe.name}', or not the only one of its group",
                where="--alternative",
                remedy=f"take one of {', '.join(known)}" if known else "leave it out: the recipe has none",
            )


def _is_good(source: Source, target: _Target, *, renew: bool) -> bool:
    """Say whether a file need not be brought; with `renew` only a pinned one need not."""
    path = target.path(source)
    if not path.is_file():
        return False
    if source.sha256:
        good = digest_file(path) == source.sha256
        fault = "" if good else "it is not the file that the recipe pins"
    else:
        fault = fault_of(path, source.file)
        good = not fault and not renew
    if good:
        _log.info("%s is there already", path)
    elif fault:
        _log.warning("%s will be replaced: %s", path, fault)
    return good


def _described(source: Source) -> str:
    """Return which file is meant, so that a person can find it."""
    return f"{source.file} ({source.title}, {source.publisher}, {source.date})"


def _each(choices: Iterable[_Choice], bring: Callable[[_Choice], None]) -> None:
    """Bring each file, optional ones where it can be done.

    Raise InputError after all were tried: the last fault, as those before it are logged, in order.
    """
    faults: list[InputError] = []
    for choice in choices:
        try:
            bring(choice)
        except InputError as error:
            if choice.group.main.optional:
                level = logging.WARNING if choice.source.urls else logging.INFO
                _log.log(level, "%s is optional and was not brought: %s", choice.source.file, error)
            else:
                faults.append(error)
    for fault in faults[:-1]:
        _log.error("%s", fault)
    if faults:
        raise faults[-1]


def _download_one(
    target: _Target, client: httpx.Client, progress: Progress, patience: Patience, choice: _Choice
) -> None:
    """Download one file, and keep what tells it from its next edition."""
    source, path = choice.source, target.path(choice.source)
    if not source.urls:
        raise InputError(
            f"the recipe has no address for {_described(source)}",
            where=str(target.folder),
            remedy=_remedy(
                source.how_to_get,
                f"put {source.file} in a folder DIR and run ptreach fetch {target.recipe.name} --mirror DIR",
            ),
        )
    _require_variables(choice, target.recipe)
    other_way = (
        f"download it with a browser, save it as {source.file} in a folder DIR "
        f"and run ptreach fetch {target.recipe.name} --mirror DIR"
    )
    known = read_fetched(target.sources)
    file = Wanted(source.urls, path, source.sha256, other_way, _known_edition(source, path, known))
    brought = download(client, file, partial(progress, f"fetch {source.file}"), patience)
    if brought is None:
        _log.info("%s is the newest edition", path)
        return
    try:
        write_fetched(target.sources, known | {source.file: brought})
    except OSError as error:
        raise _not_copied(target.sources, error) from error


def _known_edition(source: Source, path: Path, known: dict[str, Fetched]) -> Fetched | None:
    """Return what is known of the file that is there, None where it is another, pinned, or broken."""
    edition = known.get(source.file)
    if edition is None or source.sha256 or not path.is_file() or fault_of(path, source.file):
        return None
    return edition if edition.sha256 == digest_file(path) else None


def _require_variables(choice: _Choice, recipe: Recipe) -> None:
    """Raise InputError where the environment lacks a variable of an address: names it, and other ways."""
    unset = tuple(dict.fromkeys(name for url in choice.source.urls for name in unset_variables(url)))
    if not unset:
        return
    others = ""
    if choice.source == choice.group.main and choice.group.alternatives:
        others = f"without a key, add {alternative_option(choice.group)}"
    mirror = f"put {choice.source.file} in a folder DIR and run ptreach fetch {recipe.name} --mirror DIR"
    raise InputError(
        f"{' and '.join(unset)} {'is' if len(unset) == 1 else 'are'} not set in the environment",
        where=f"{choice.source.file} from {public_address(choice.source.urls[0])}",
        remedy=_remedy(choice.source.how_to_get or f"set {' and '.join(unset)}", others, mirror),
    )


def _remedy(*ways: str) -> str:
    """Return several ways out as one clause."""
    return "; or ".join(way.strip().rstrip(".") for way in ways if way.strip())


def _look_for(files: Sequence[str], mirror: Path, target: Path) -> dict[str, list[Path]]:
    """Return where files of these names lie: directly in `mirror`, else anywhere below it but in `target`."""
    if not mirror.is_dir():
        raise InputError("no such folder", where=str(mirror), remedy="check the folder given as --mirror")
    places = {file: [path] if (path := mirror / file).is_file() else [] for file in files}
    deeper = {file for file, paths in places.items() if not paths}
    if deeper:
        seen = {target.resolve(), mirror.resolve()}
        for place, folders, names in os.walk(mirror, followlinks=True):
            # a link may lead to a folder above it, or to one that was looked into already
            real = {Path(place, folder).resolve(): folder for folder in sorted(folders, reverse=True)}
            folders[:] = sorted(folder for path, folder in real.items() if path not in seen)
            seen.update(real)
            for file in deeper.intersection(names):
                if (path := Path(place, file)).is_file():  # no pipe or device, which never ends
                    places[file].append(path)
    return places


def _copy_one(
    target: _Target, mirror: Path, places: dict[str, list[Path]], progress: Progress, choice: _Choice
) -> None:
    """Copy one file from the mirror; keep the one that is there where the mirror has none and it is whole."""
    source, path = choice.source, target.path(choice.source)
    if not places[source.file] and not source.sha256 and path.is_file() and not fault_of(path, source.file):
        _log.info("%s is kept: the mirror has none", path)
        return
    origin = _only_place(source, places[source.file], mirror, target.recipe.name)
    _copy(source, origin, path, partial(progress, f"fetch {source.file}"))


def _only_place(source: Source, places: Sequence[Path], mirror: Path, name: str) -> Path:
    """Return the one place of a file; raise InputError where it has none, or several."""
    if not places:
        raise InputError(
            f"neither here nor below is {_described(source)}",
            where=str(mirror),
            remedy=_remedy(
                source.how_to_get,
                f"put it there under that name and run ptreach fetch {name} --mirror DIR again",
            ),
        )
    if len(places) > 1:
        raise InputError(
            f"{source.file} is there {len(places)} times, such as {places[0]} and {places[1]}",
            where=str(mirror),
            remedy="give the folder of the right one as --mirror",
        )
    return places[0]


def _copy(source: Source, origin: Path, path: Path, report: Report) -> None:
    """Copy a file beside its place, check it, give it its name."""
    part = path.with_name(f"{path.name}.copy.part")
    state, done, total = hashlib.sha256(), 0, 0
    try:
        total = origin.stat().st_size
        with origin.open("rb") as reader, part.open("wb") as writer:
            while chunk := reader.read(_CHUNK_BYTES):
                writer.write(chunk)
                writer.flush()  # done is what the disk took
                state.update(chunk)
                done += len(chunk)
                report(done, total)
        _check_copy(source, origin, part, state.hexdigest())
        part.replace(path)
    except OSError as error:
        raise _not_copied(path, error, still_to_come(done, total)) from error
    finally:
        part.unlink(missing_ok=True)


def _check_copy(source: Source, origin: Path, part: Path, digest: str) -> None:
    """Raise InputError where a file of the mirror is empty, of another kind, cut, or not the pinned one."""
    if source.sha256 == digest:
        return
    if fault := fault_of(part, source.file):
        raise InputError(fault, where=str(origin), remedy="put the whole file there")
    if source.sha256:
        raise InputError(
            f"not the file that the recipe pins: its sha256 is {digest[:12]}…, not {source.sha256[:12]}…",
            where=str(origin),
            remedy="put the edition that is meant there, or correct sha256 in the recipe",
        )


def _not_copied(path: Path, error: OSError, more: str = "") -> InputError:
    """Return the error for a file or folder that can't be read or written."""
    return InputError(
        f"can't be brought: {error.strerror or error}{more}",
        where=str(error.filename or path),
        remedy="make room, check the rights, or close the program that has it open",
    )
