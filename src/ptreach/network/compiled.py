"""Compiled kernels: numba's decorator, with a cache on disk that is never out of date.

numba takes a kernel from its cache as long as the kernel's own file is the same; that a kernel it calls has
changed goes unseen. So the cache lies in a folder named after the source text of all kernels: what has
changed has another folder. It is the user's own, for where the package is installed may not be writable.
A cache is no more than time saved: what can't be read of it is compiled again; where it can't be written,
nothing is kept. Nor is anything kept by a numba whose cache is another than the one known here, for what is
used of it is no part of its interface: kernels are then compiled by each process anew.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

import numba
import numpy as np

from ptreach.caches import cache_folder, source_digest

try:
    from numba.core.caching import FunctionCache
except ImportError:  # it is elsewhere in this numba
    FunctionCache = object

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger(__name__)

_Table = TypeVar("_Table", bound=NamedTuple)


def _kernels_digest() -> str:
    """Return the digest of the source text of the rooms that hold kernels, and of numba's version."""
    package = Path(__file__).parents[1]
    return source_digest(
        [*package.glob("network/*.py"), *package.glob("engine/**/*.py")], [numba.__version__]
    )


KERNELS_DIGEST: Final = _kernels_digest()
"""What tells the code that travel times are found by from any other."""
_KERNELS: Final = cache_folder() / "kernels" / KERNELS_DIGEST
_FIRST_RUN: Final = not _KERNELS.is_dir()
numba.config.CACHE_DIR = str(_KERNELS)


class _KernelCache(FunctionCache):  # type: ignore[misc]  # numba has no types
    """The compiled forms of a kernel on disk, which may fail without harm."""

    def load_overload(self, *signature: Any) -> Any:  # noqa: ANN401
        """Return a compiled form, None where there is none; what is damaged is forgotten and told."""
        try:
            return super().load_overload(*signature)
        except Exception as error:  # noqa: BLE001  a pickle that is cut raises anything
            _log.warning("%s: not readable (%s); compiled again", _KERNELS, error)
            self._unless_closed(super().flush)
            return None

    def save_overload(self, *compiled: Any) -> None:  # noqa: ANN401
        """Keep a compiled form, where that can be written."""
        self._unless_closed(super().save_overload, *compiled)

    def _unless_closed(self, write: Callable[..., object], *arguments: object) -> None:
        """Write to the cache; a full or closed disk is logged, and a cache that wants something else."""
        try:
            write(*arguments)
        except (OSError, AttributeError, TypeError) as error:
            _log.info("%s: not kept: %s", _KERNELS, error)


def njit(*, cache: bool = False, **options: Any) -> Callable[[Callable[..., Any]], Any]:  # noqa: ANN401
    """Return numba's decorator of that name; `cache` keeps what is compiled in these kernels' folder."""

    def compiled(kernel: Callable[..., Any]) -> Any:  # noqa: ANN401
        dispatcher = numba.njit(**options)(kernel)
        if cache:
            _keep(dispatcher, kernel)
        return dispatcher

    return compiled


def _keep(dispatcher: Any, kernel: Callable[..., Any]) -> None:  # noqa: ANN401
    """Have what is compiled of a kernel kept, as the dispatcher's ``enable_caching()`` does."""
    if FunctionCache is object or not hasattr(dispatcher, "_cache"):
        _log.info("kernels are not kept: numba %s keeps them in another way", numba.__version__)
        return
    try:
        dispatcher._cache = _KernelCache(kernel)  # noqa: SLF001
    except (
        AttributeError,
        RuntimeError,
        TypeError,
    ) as error:  # no folder that can be written to, or as above
        _log.info("kernels are not kept: %s", error)


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
