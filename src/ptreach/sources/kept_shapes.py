"""Shapes kept in a file for the next run, with checksums: what is damaged is found, and made again."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pyarrow as pa
from pyproj.exceptions import ProjError
from shapely.errors import ShapelyError

from ptreach.aside import keep

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

_FAULTS: Final = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    pa.ArrowException,
    ProjError,
    ShapelyError,
)
"""What Arrow, GeoPandas, PROJ and Shapely raise for a damaged file."""

_log = logging.getLogger(__name__)


def read_kept(path: Path, columns: Collection[str], done: str) -> gpd.GeoDataFrame | None:
    """Return the shapes that are kept in a file, None where there is none.

    A file that is damaged, or lacks one of `columns`, is none: that is logged, with what is `done` about it.
    """
    try:
        shapes = gpd.read_parquet(path, page_checksum_verification=True)
    except FileNotFoundError:
        return None
    except _FAULTS as error:
        why = " ".join(str(error).split())
    else:
        if set(columns) <= set(shapes.columns):
            return shapes
        why = "it holds something else"
    _log.warning("%s: not readable (%s); %s", path, why.rstrip("."), done)
    return None


def keep_shapes(path: Path, shapes: gpd.GeoDataFrame) -> None:
    """Keep shapes in a file, where it can be written."""
    keep(path, lambda part: shapes.to_parquet(part, write_page_checksum=True))
