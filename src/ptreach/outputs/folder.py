"""A folder of results, written whole beside its place and then moved there: half of one is never seen."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ptreach.aside import aside_of, clear_dead
from ptreach.errors import InputError
from ptreach.machine import refusal
from ptreach.outputs.paperwork.manifest import NAME, is_pack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


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
        old.rename(target)  # a run was killed between the two moves below
    _require_replaceable(target)
    try:
        clear_dead(target.parent)
        for left_over in (part, old):
            if left_over.exists():
                shutil.rmtree(left_over)
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
    part = folder / f".{name}.part"
    try:
        shutil.rmtree(part, ignore_errors=True)
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
    """Move `part` to `target`, and what was there out of the way; on failure all is as before."""
    if target.exists():
        try:
            target.rename(old)
        except PermissionError as error:
            raise InputError(
                "a file of the old pack is open in another program, so it can't be replaced",
                where=str(target),
                remedy="close the file (Excel, QGIS, a file manager's preview) and run again",
            ) from error
    try:
        part.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise
    # What can't be removed now goes when the next pack is written
    shutil.rmtree(old, ignore_errors=True)


def _require_replaceable(target: Path) -> None:
    """Raise InputError where `target` is something else than a pack or an empty folder."""
    if not target.exists() or is_pack(target) or (target.is_dir() and not any(target.iterdir())):
        return
    what = "folder" if target.is_dir() else "file"
    raise InputError(
        f"a {what} of that name is there and is no pack ({NAME} is missing or alien)",
        where=str(target),
        remedy="move it away, or write to another folder",
    )
