"""Matrices kept on disk beside the network they were computed on, for the runs that ask for the same."""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from ptreach.aside import keep
from ptreach.network.compiled import KERNELS_DIGEST

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from ptreach.engine.base import Engine
    from ptreach.model import Points, Query

_log = logging.getLogger(__name__)


def kept_seconds(
    engine: Engine, origins: Points, destinations: Points, query: Query, folder: Path | None
) -> NDArray[np.uint16]:
    """Return travel times in seconds, uint16 of shape (origins, destinations, percentiles).

    They are read from `folder` where an earlier run left them, and left there else; computed each time where
    there is none. The file is named after all that the answer depends on but the network: the engine, its
    rules and its code, the points and the query. `folder` belongs to one network.

    Raises
    ------
    InputError
        As `Engine.travel_times`.
    """
    shape = len(origins), len(destinations), len(query.percentiles)
    if folder is None or 0 in shape:
        return _computed(engine, origins, destinations, query, shape)
    path = folder / f"{_digest(engine, origins, destinations, query)}.npy"
    kept = _read(path, shape)
    if kept is not None:
        return kept
    seconds = _computed(engine, origins, destinations, query, shape)
    keep(path, partial(_save, seconds))
    return seconds


def _save(seconds: NDArray[np.uint16], path: Path) -> None:
    """Write travel times to a file of any name."""
    with path.open("wb") as stream:
        np.save(stream, seconds, allow_pickle=False)


def _computed(
    engine: Engine, origins: Points, destinations: Points, query: Query, shape: tuple[int, int, int]
) -> NDArray[np.uint16]:
    """Return the engine's answer as one array; it is not asked where there is nothing to set out from."""
    if not shape[0]:
        return np.empty(shape, dtype=np.uint16)
    return np.concatenate(
        [block.seconds for block in engine.travel_times(origins, destinations, query)], dtype=np.uint16
    )


def _digest(engine: Engine, origins: Points, destinations: Points, query: Query) -> str:
    """Return the digest of what an answer depends on."""
    asked = [KERNELS_DIGEST, engine.name, dict(engine.rules), asdict(query)]
    total = hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode())
    for points in (origins, destinations):
        # ids too: they tell which way is that of a point to itself, which takes no time
        total.update(json.dumps(points.ids).encode() + points.lon.tobytes() + points.lat.tobytes())
    return total.hexdigest()[:16]


def _read(path: Path, shape: tuple[int, int, int]) -> NDArray[np.uint16] | None:
    """Return what is kept, None where nothing is, or what is there is cut off: that is said."""
    try:
        kept = np.load(path, allow_pickle=False)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, EOFError) as error:
        _log.warning("%s: not readable (%s); computed again", path, error)
        return None
    if kept.dtype != np.uint16 or kept.shape != shape:
        _log.warning("%s: not the travel times it is named after; computed again", path)
        return None
    return np.asarray(kept)
