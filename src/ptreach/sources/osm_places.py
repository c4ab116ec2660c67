"""Where the nodes of OpenStreetMap files are.

The places of a nation's nodes don't fit memory. They lie on disk for a while, 16 bytes each, as libosmium
writes them; those that are asked for are picked out of that.
"""

from __future__ import annotations

import shutil
import tempfile
from array import array
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import osmium
import osmium.index

from ptreach.errors import InputError
from ptreach.sources.osm_files import read_errors, read_objects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

UNKNOWN_E7: Final = np.iinfo(np.int32).max
"""Coordinate of a node that no file has a place for."""
IN_MEMORY: Final = "flex_mem"
_LON_E7, _LAT_E7 = 1_800_000_000, 900_000_000
# libosmium keeps the places of nodes as an array of these in a file.
_PLACE: Final = np.dtype([("node_id", "<u8"), ("lon_e7", "<i4"), ("lat_e7", "<i4")])
_BLOCK: Final = 1 << 17
_ROOM_A_BYTE: Final = 4  # a node takes 16 bytes of the table, and no less than about 4 of a file
_GIGABYTE: Final = 1e9


class Places(NamedTuple):
    """Where nodes are: ids in ascending order, degrees times 1e7, `UNKNOWN_E7` where no file says."""

    node_id: NDArray[np.int64]
    lon_e7: NDArray[np.int32]
    lat_e7: NDArray[np.int32]

    @classmethod
    def unknown(cls, node_id: NDArray[np.int64]) -> Places:
        """Return places that are all to be filled in."""
        return cls(node_id, *(np.full(node_id.size, UNKNOWN_E7, dtype=np.int32) for _ in range(2)))


def locate_nodes(
    paths: Sequence[Path],
    wanted: NDArray[np.int64],
    keys: Sequence[str],
    is_closed: Callable[[osmium.osm.TagList], bool],
    scratch: Path | None = None,
) -> tuple[Places, NDArray[np.int64]]:
    """Return where nodes are, and the ids of those whose tags are closed.

    The first place that the files have for a node counts. All places of a file lie in a file of their own for
    a while, 16 bytes a node, for even a nation's must not fill memory.

    Parameters
    ----------
    wanted
        Node ids, in ascending order, each once.
    keys
        Only nodes that have one of these keys are asked whether they are closed.
    scratch
        Folder for the places; the system's own if None.

    Raises
    ------
    InputError
        As `osm_file`; where a file is damaged, or there is no room for its places.
    """
    places = Places.unknown(wanted)
    closed: list[int] = []
    unsaved = bool(wanted.size and wanted[0] < 0)
    with tempfile.TemporaryDirectory(prefix="ptreach-", dir=scratch, ignore_cleanup_errors=True) as folder:
        for number, path in enumerate(paths):
            require_room(path, Path(folder))
            table = Path(folder) / f"places{number}"
            with read_errors(path):
                closed += [node.id for node in write_table(path, table, keys) if is_closed(node.tags)]
            if table.is_file():
                take_places(table, places)
                table.unlink()
            if unsaved or table_name(table) == IN_MEMORY:
                _take_one_by_one(path, places)
    return places, np.unique(np.array(closed, dtype=np.int64))


def table_name(table: Path) -> str:
    """Return libosmium's name for a table of places: a file, or memory if it can't say the file's name."""
    name = str(table)
    return f"sparse_file_array,{name}" if name.isascii() and "," not in name else IN_MEMORY


def require_room(path: Path, folder: Path) -> None:
    """Raise InputError where the disk has no room: libosmium would not survive finding out."""
    needed, free = path.stat().st_size * _ROOM_A_BYTE, shutil.disk_usage(folder).free
    if needed > free:
        raise InputError(
            f"reading it may take {needed / _GIGABYTE:.1f} GB of disk, {free / _GIGABYTE:.1f} GB are free",
            where=str(path),
            remedy=f"make room on the disk of {folder.parent}",
        )


def write_table(path: Path, table: Path, keys: Sequence[str]) -> Iterator[osmium.osm.Node]:
    """Yield the nodes of a map that have one of some keys, and write the places of all into a table.

    Where the table can't be one, it is not there afterwards. Raises InputError as `read_ways`.
    """
    name = table_name(table)
    index = None if name == IN_MEMORY else osmium.index.create_map(name)
    handlers = () if index is None else (osmium.NodeLocationsForWays(index),)
    yield from read_objects(path, osmium.osm.NODE, keys, *handlers)


def table_blocks(table: Path) -> Iterator[NDArray[np.void]]:
    """Yield what a table holds in its order, some rows at a time: fields node_id, lon_e7, lat_e7."""
    with table.open("rb") as stream:
        while (block := np.fromfile(stream, dtype=_PLACE, count=_BLOCK)).size:
            yield block[block["lon_e7"] != UNKNOWN_E7]  # libosmium leaves room at the end


def take_places(table: Path, places: Places) -> None:
    """Fill in places that are not known yet from a table."""
    for block in table_blocks(table):
        # ids beyond the signed numbers are no ids of nodes
        _fill_in(places, block["node_id"].astype(np.int64), block["lon_e7"], block["lat_e7"])


def _fill_in(
    places: Places, node_id: NDArray[np.int64], lon_e7: NDArray[np.int32], lat_e7: NDArray[np.int32]
) -> None:
    """Fill in places that are wanted, possible and not known yet."""
    if not places.node_id.size:
        return
    at = np.searchsorted(places.node_id, node_id)
    at[at == places.node_id.size] = 0
    new = (places.node_id[at] == node_id) & (places.lon_e7[at] == UNKNOWN_E7)
    new &= (lon_e7 >= -_LON_E7) & (lon_e7 <= _LON_E7) & (lat_e7 >= -_LAT_E7) & (lat_e7 <= _LAT_E7)
    rows = np.flatnonzero(new)[::-1]  # the first of several is written last
    places.lon_e7[at[rows]] = lon_e7[rows]
    places.lat_e7[at[rows]] = lat_e7[rows]


def _take_one_by_one(path: Path, places: Places) -> None:
    """Fill in places without a table, which is slow.

    Tables leave out negative ids. Editors number so what is drawn and not yet uploaded: a bridge that is only
    planned.
    """
    node_id, lon_e7, lat_e7 = array("q"), array("q"), array("q")

    def fill_in() -> None:
        _fill_in(
            places,
            np.array(node_id, dtype=np.int64),
            np.array(lon_e7, dtype=np.int32),
            np.array(lat_e7, dtype=np.int32),
        )
        for column in (node_id, lon_e7, lat_e7):
            del column[:]

    with read_errors(path):
        for node in read_objects(path, osmium.osm.NODE, ()):
            node_id.append(node.id)
            lon_e7.append(node.location.x)
            lat_e7.append(node.location.y)
            if len(node_id) == _BLOCK:
                fill_in()
    fill_in()
