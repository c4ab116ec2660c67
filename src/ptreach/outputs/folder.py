"""A folder of results, written whole beside its place and then moved there: half of one is never seen."""

from __future__ import annotations

import errno
import shutil
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from ptreach.aside import aside_of, clear_dead
from ptreach.errors import InputError
from ptreach.machine import refusal
from ptreach.outputs.paperwork.manifest import NAME, is_pack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_TRIES: Final = 10
"""So often a run moves its pack to its place while others do the same, after pauses that double."""
_PAUSE_S: Final = 0.005
_TAKEN: Final = frozenset({errno.ENOTEMPTY, errno.EEXIST})


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text with LF line ends on every system."""
    path.write_text(text, encoding="utf-8", newline="\n")


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give a new folder beside `target` that takes its place when all is written, and is removed when not.

    Raises
    ------
    InputError
        Where `target` is no pack, a file of it is open, or the system refuses to write: a full disk.
    """
    part, old = aside_of(target), target.with_name(f".{target.name}.old")
    if old.is_dir() and not target.exists():
        with suppress(OSError):  # another run is between the two moves, and goes on by itself
            old.rename(target)  # a run was killed between them
    _require_replaceable(target)
    try:
        clear_dead(target.parent)
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        yield part
        _swap(part, target, old)
    except InputError:
        raise
    except Exception as error:
        why = refusal(part, error)
        if why is None:
            raise
        raise InputError(
            f"the pack can't be written: {why}",
            where=str(target.parent),
            remedy="choose another folder, or free space and permissions there",
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


@contextmanager
def replacing_files(folder: Path, name: str, what: str) -> Iterator[Path]:
    """Give a new folder whose files are moved into `folder` when all are written, in place of older ones.

    `name` parts it from other such folders, `what` is what errors call the files: ``the index``.

    Raises
    ------
    InputError
        Where the folder can't be written to, or an older file is open in another program.
    """
    part = aside_of(folder / name)
    try:
        clear_dead(folder)
        part.mkdir(parents=True)
        yield part
        for path in sorted(part.iterdir()):
            path.replace(folder / path.name)
    except OSError as error:
        raise InputError(
            f"{what} can't be written: {error.strerror or error}",
            where=str(folder / name),
            remedy="close the old files in other programs, or free space and permissions there",
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _swap(part: Path, target: Path, old: Path) -> None:
    """Move `part` to `target`, and what was there out of the way; on failure all is as before.

    Another run may do the same at once: the pack of the one that comes last stays.
    """
    for number in range(_TRIES):
        try:
            if target.exists():
                shutil.rmtree(old, ignore_errors=True)
            _move_away(target, old)
            part.rename(target)
        except OSError as error:
            if error.errno in _TAKEN and number < _TRIES - 1:  # another run was quicker with one of these
                time.sleep(_PAUSE_S * 2**number)
                continue
            if old.exists() and not target.exists():
                old.rename(target)
            raise
        break
    # What can't be removed now goes when the next pack is written
    shutil.rmtree(old, ignore_errors=True)


def _move_away(target: Path, old: Path) -> None:
    """Move the pack that is at `target`, if one is; raises InputError where a file of it is open."""
    try:
        target.rename(old)
    except FileNotFoundError:  # there is none, or another run has just moved it
        return
    except PermissionError as error:
        raise InputError(
            "a file of the old pack is open in another program, so it can't be replaced",
            where=str(target),
            remedy="close the file (Excel, QGIS, a file manager's preview) and run again",
        ) from error


def _require_replaceable(target: Path) -> None:
    """Raise InputError where `target` is something else than a pack or an empty folder."""
    for _ in range(3):  # what another run moves away while it is looked at looks like neither
        if not target.exists() or is_pack(target) or (target.is_dir() and not _names(target)):
            return
        time.sleep(_PAUSE_S)
    what = "folder" if target.is_dir() else "file"
    raise InputError(
        f"a {what} of that name is there and is no pack ({NAME} is missing or alien)",
        where=str(target),
        remedy="move it away, or write to another folder",
    )


def _names(folder: Path) -> list[Path]:
    """Return what lies in a folder; nothing where it is gone."""
    try:
        return list(folder.iterdir())
    except FileNotFoundError:
        return []
