"""Engines by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ptreach.errors import InputError
from ptreach.model import no_progress

if TYPE_CHECKING:
    from pathlib import Path

    from ptreach.engine.base import Engine
    from ptreach.engine.r5_files import SourceFiles
    from ptreach.model import Progress, Query

ENGINES = ("raptor", "r5")


def require_engine(name: str, query: Query, r5_jar: Path | None = None) -> None:
    """Raise InputError where an engine can't be run here, or can't be asked this: before any work is done."""
    if name == "r5":
        from ptreach.engine.r5_ask import require_answerable
        from ptreach.engine.r5_machine import require_machine

        require_answerable(query)
        require_machine(r5_jar)
    elif name not in ENGINES:
        raise _unknown(name)


def open_engine(
    name: str,
    network: Path,
    *,
    workers: int,
    files: SourceFiles,
    r5_jar: Path | None = None,
    progress: Progress = no_progress,
) -> Engine:
    """Return the engine `name` on a network folder.

    Parameters
    ----------
    files
        What the network was built of; R5's own network is built of the same, prepared in the folder.

    Raises
    ------
    InputError
        Where there is no such engine, or the machine lacks what it needs.
    """
    if name == "raptor":
        from ptreach.engine.raptor.engine import RaptorEngine

        return RaptorEngine(network, workers=workers)
    if name == "r5":
        from ptreach.engine.r5_engine import R5Engine
        from ptreach.engine.r5_files import prepare_files

        prepare_files(network, files, progress)
        return R5Engine(network, workers=workers, r5_jar=r5_jar, progress=progress)
    raise _unknown(name)


def _unknown(name: str) -> InputError:
    """Return the error for an engine that there is not."""
    return InputError(f"no engine '{name}'", where="--engine", remedy=f"take one of {', '.join(ENGINES)}")
