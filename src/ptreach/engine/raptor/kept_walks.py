"""Walks from the stops of a network to all of them, kept beside it: every town asks for them."""

from __future__ import annotations

import hashlib
import json
import logging
import zipfile
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from ptreach.aside import keep
from ptreach.network.compiled import KERNELS_DIGEST
from ptreach.network.walks import WalkTable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from ptreach.network.walks import Pace

_FOLDER: Final = "walks"
_Int = TypeVar("_Int", np.int32, np.int64)

_log = logging.getLogger(__name__)


def kept_walks(
    network: Path, pace: Pace, stops_n: int, *, mirrored: bool, find: Callable[[], WalkTable]
) -> WalkTable:
    """Return the walks to each stop, a row each, read from the folder of a built network or found and kept.

    The file is named after what they depend on but the network: the limits of `pace`, the way they go, and
    the code that finds them.
    """
    asked = json.dumps([KERNELS_DIGEST, pace.walk_limit_mm, pace.vertex_limit_mm, mirrored])
    path = network / _FOLDER / f"{hashlib.sha256(asked.encode()).hexdigest()[:16]}.npz"
    table = _read(path, stops_n)
    if table is None:
        table = find()
        keep(path, partial(_save, table))
    return table


def _save(table: WalkTable, path: Path) -> None:
    """Write walks to a file of any name."""
    with path.open("wb") as stream:
        np.savez(stream, allow_pickle=False, **table._asdict())


def _read(path: Path, stops_n: int) -> WalkTable | None:
    """Return what is kept, None where nothing is, or what is there is damaged: that is said."""
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as parts:  # parts have checksums
            table = WalkTable(
                _typed(parts["start"], np.int64), _typed(parts["to"], np.int32), _typed(parts["mm"], np.int32)
            )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        _log.warning("%s: not readable (%s); found again", path, error)
        return None
    if not _is_whole(table, stops_n):
        _log.warning("%s: not walks between these stops; found again", path)
        return None
    return table


def _typed(part: NDArray[Any], dtype: type[_Int]) -> NDArray[_Int]:
    """Return one of the arrays, if it is of its type."""
    if part.dtype != dtype or part.ndim != 1:
        raise ValueError(f"it holds {part.dtype} of shape {part.shape}")
    return part


def _is_whole(table: WalkTable, stops_n: int) -> bool:
    """Say whether rows and stops are those of so many stops: kernels read where they are told."""
    start, to, mm = table
    return bool(
        start.size == stops_n + 1
        and start[0] == 0
        and start[-1] == to.size == mm.size
        and (np.diff(start) >= 0).all()
        and ((to >= 0) & (to < stops_n)).all()
        and (mm >= 0).all()
    )
