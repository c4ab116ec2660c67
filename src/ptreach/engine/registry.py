"""Engines by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ptreach.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from ptreach.engine.base import Engine

ENGINES = ("raptor",)


def open_engine(name: str, network: Path, *, workers: int) -> Engine:
    """Return the engine `name` on a network folder.

    Raises
    ------
    InputError
        Where there is no such engine.
    """
    if name == "raptor":
        from ptreach.engine.raptor.engine import RaptorEngine

        return RaptorEngine(network, workers=workers)
    raise InputError(f"no engine '{name}'", where="--engine", remedy=f"take one of {', '.join(ENGINES)}")
