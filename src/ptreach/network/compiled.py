"""Compiled kernels: numba's decorator, with a cache on disk that is never out of date.

numba takes a kernel from its cache as long as the kernel's own file is the same; that a kernel it calls has
changed goes unseen. So the cache lies in a folder named after the source text of all kernels: what has
changed has another folder. It is the user's own, for where the package is installed may not be writable.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

import numba
import numpy as np
from numba import njit

from ptreach.caches import cache_folder

__all__ = ["KERNELS_DIGEST", "is_first_run", "njit", "readable"]

_Table = TypeVar("_Table", bound=NamedTuple)


def _kernels_digest() -> str:
    """Return the digest of the source text of the rooms that hold kernels, and of numba's version."""
    package = Path(__file__).parents[1]
    total = hashlib.sha256(numba.__version__.encode())
    for path in sorted([*package.glob("network/*.py"), *package.glob("engine/**/*.py")]):
        total.update(path.name.encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return total.hexdigest()[:16]


KERNELS_DIGEST: Final = _kernels_digest()
"""What tells the code that travel times are found by from any other."""
_KERNELS: Final = cache_folder() / "kernels" / KERNELS_DIGEST
_FIRST_RUN: Final = not _KERNELS.is_dir()
numba.config.CACHE_DIR = str(_KERNELS)


def is_first_run() -> bool:
    """Say whether nothing was compiled yet when this process began: kernels then take some seconds longer."""
    return _FIRST_RUN


def readable(table: _Table) -> _Table:
    """Return a table of arrays as read-only views, as those of an opened network are.

    A kernel is compiled anew for arrays that may be written: so those that only read are given others at all
    times.
    """
    columns: list[Any] = list(table)
    for at, column in enumerate(columns):
        if isinstance(column, np.ndarray):
            columns[at] = column.view()
            columns[at].flags.writeable = False
    return type(table)(*columns)
