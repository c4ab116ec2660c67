"""A matrix in parts: a folder of Parquet files, each with the rows of some origins, written in any order.

``NAME.parts/`` holds ``part-00000.parquet`` …, ``_matrix.json`` (the question, the digests of network and
points, which origins are in which part), ``_origins.csv`` and ``_destinations.csv``. Names that begin with an
underscore are left out by readers of folders of Parquet files. A part that is there is whole, so a run that
was stopped goes on with what is missing, on this machine or others, and ends with the same bytes.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ptreach.errors import InputError
from ptreach.matrix.folders import is_address, open_folder
from ptreach.matrix.question import differences, points_text, question_text, read_question
from ptreach.matrix.store import parquet_bytes

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from ptreach.matrix.folders import Folder
    from ptreach.matrix.question import Part, Question
    from ptreach.model import TravelTimeMatrix

SUFFIX: Final = ".parts"
_QUESTION: Final = "_matrix.json"
_ORIGINS: Final = "_origins.csv"
_DESTINATIONS: Final = "_destinations.csv"

_OURS: Final = re.compile(rf"part-\d{{5,}}\.parquet|{_QUESTION}|{_ORIGINS}|{_DESTINATIONS}")

_log = logging.getLogger(__name__)


def in_parts(out: str | Path) -> bool:
    """Return whether a matrix of that name is a folder of parts: NAME.parts, or an address."""
    return is_address(out) or str(out).rstrip("/\\").lower().endswith(SUFFIX)


class MatrixParts:
    """A matrix in parts that is being written; made by `begin_parts` or `join_parts`.

    ``finished`` has the number of rows of each part that was there when it was opened.
    """

    def __init__(self, folder: Folder, question: Question) -> None:
        self.folder = folder
        self.question = question
        self.parts = question.parts
        self.finished: dict[int, int] = {}

    @property
    def missing(self) -> list[int]:
        """Numbers of the parts that were not there."""
        return [number for number in range(len(self.parts)) if number not in self.finished]

    def write(self, number: int, block: TravelTimeMatrix) -> int:
        """Write a part; return its number of rows.

        Raises
        ------
        ValueError
            Where the block has other rows than the part.
        InputError
            Where it can't be written.
        """
        part = self.parts[number]
        if block.origin_ids != self.question.origins.ids[part.first : part.end]:
            raise ValueError(f"block of other origins than {part.name}")
        data, rows = parquet_bytes(block, self.question.query.direction)
        self.folder.write(part.name, data)
        return rows

    def look_for_finished(self) -> None:
        """Find the parts that are there; those that can't be read are made again."""
        for number in range(len(self.parts)):
            rows = self.rows_of(number)
            if rows is not None:
                self.finished[number] = rows

    def rows_of(self, number: int) -> int | None:
        """Return the rows of a part, None where it is not there or can't be read, which is logged."""
        name = self.parts[number].name
        if not self.folder.has(name):
            return None
        try:
            with self.folder.open(name) as stream:
                return int(pq.read_metadata(stream).num_rows)
        except (pa.ArrowException, OSError) as error:
            _log.warning("%s/%s is damaged and made again: %s", self.folder.where, name, error)
            return None


def begin_parts(out: str | Path, question: Question) -> MatrixParts:
    """Begin a matrix in parts, or go on with one that answers the same question.

    Raises
    ------
    InputError
        Where the folder holds another matrix or something else, or can't be written to.
    """
    folder = open_folder(out, make=True)
    there = folder.names()
    if alien := {name for name in there if not _OURS.fullmatch(name)}:
        raise InputError(
            f"holds something else than a matrix, such as '{min(alien)}'",
            where=folder.where,
            remedy="name a folder that is empty or not there yet",
        )
    if any(name.endswith(".parquet") for name in there):
        _require_same(folder, question)
    else:  # nothing is done yet: whatever was asked before, if anything
        folder.write(_ORIGINS, points_text(question.origins).encode())
        folder.write(_DESTINATIONS, points_text(question.destinations).encode())
        folder.write(_QUESTION, question_text(question).encode())
    parts = MatrixParts(folder, question)
    parts.look_for_finished()
    if parts.finished:
        _log.warning(
            "%s: %d of %d parts are there and are kept", folder.where, len(parts.finished), len(parts.parts)
        )
    return parts


def _require_same(folder: Folder, question: Question) -> None:
    """Raise InputError where a folder holds the parts of another matrix."""
    if _QUESTION not in folder.names():
        raise _damaged(folder, f"{_QUESTION} is missing")
    try:
        unlike = differences(_text(folder, _QUESTION), question)
    except ValueError as error:
        raise _damaged(folder, error) from error
    if unlike:
        shown = "; ".join(unlike[:3]) + ("; …" if len(unlike) > 3 else "")
        raise InputError(
            f"holds another matrix: {shown}",
            where=folder.where,
            remedy="write to another folder, or remove this one",
        )


def join_parts(address: str) -> MatrixParts:
    """Open a matrix in parts that was begun, to write or read its parts; ``finished`` is left empty.

    Raises
    ------
    InputError
        Where there is none, or its question can't be read.
    """
    folder = open_folder(address)
    if _QUESTION not in folder.names():
        raise InputError(
            f"no matrix in parts ({_QUESTION} is missing)", where=folder.where, remedy="check the path"
        )
    try:
        question = read_question(*(_text(folder, name) for name in (_QUESTION, _ORIGINS, _DESTINATIONS)))
    except (ValueError, KeyError, InputError) as error:
        raise _damaged(folder, error) from error
    return MatrixParts(folder, question)


def read_parts(out: str | Path, origin_ids: Collection[str] | None = None) -> pa.Table:
    """Return the long table of a matrix in parts, whole or the rows of some origins.

    Only the parts of these origins are read. Columns are those of `long_table`, in its order, ids
    dictionary-encoded.

    Raises
    ------
    InputError
        Where the matrix is not finished, a part can't be read, or an origin is none of its.
    """
    matrix = join_parts(str(out))
    wanted = _parts_of(matrix, origin_ids)
    there = matrix.folder.names()
    missing = [part.name for part in wanted if part.name not in there]
    if missing:
        raise InputError(
            f"{len(missing)} of {len(wanted)} parts are missing, such as {missing[0]}",
            where=matrix.folder.where,
            remedy="finish it: give the command that began it again",
        )
    tables = [_read_part(matrix.folder, part) for part in wanted]
    if origin_ids is not None:
        end = "from_id" if matrix.question.query.direction == "from" else "to_id"
        ids = pa.array(sorted(origin_ids), type=pa.string())
        tables = [table.filter(pc.is_in(table[end].cast(pa.string()), value_set=ids)) for table in tables]
    return pa.concat_tables(tables)


def _parts_of(matrix: MatrixParts, origin_ids: Collection[str] | None) -> list[Part]:
    """Return the parts that hold the rows of some origins; all where it is None."""
    if origin_ids is None:
        return list(matrix.parts)
    row_of = {name: row for row, name in enumerate(matrix.question.origins.ids)}
    alien = sorted(set(origin_ids) - set(row_of))
    if alien:
        raise InputError(
            f"no origin '{alien[0]}' ({len(alien)} such ids)",
            where=matrix.folder.where,
            remedy=f"take ids of its {_ORIGINS}",
        )
    rows = np.array(sorted(row_of[name] for name in origin_ids), dtype=np.int64)
    kept = [part for part in matrix.parts if np.any((rows >= part.first) & (rows < part.end))]
    return kept or list(matrix.parts[:1])  # of which no row is wanted


def _read_part(folder: Folder, part: Part) -> pa.Table:
    """Read a part."""
    try:
        with folder.open(part.name) as stream:
            return pq.ParquetFile(stream, read_dictionary=["from_id", "to_id"]).read()
    except (pa.ArrowException, OSError) as error:
        raise InputError(
            f"not readable: {' '.join(str(error).split())}",
            where=f"{folder.where}/{part.name}",
            remedy="give the command that wrote the matrix again: damaged parts are made anew",
        ) from error


def _text(folder: Folder, name: str) -> str:
    """Return the text of a file."""
    with folder.open(name) as stream:
        return stream.read().decode("utf-8")


def _damaged(folder: Folder, error: object) -> InputError:
    """Return the error for a question that can't be read."""
    return InputError(
        f"{_QUESTION} or the points beside it are damaged: {' '.join(str(error).split())}",
        where=folder.where,
        remedy="remove the folder and begin again",
    )
