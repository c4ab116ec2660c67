"""The tables of a GTFS feed as files: in a zip, in a folder, in a zip within a zip; read within bounds.

Nothing is unpacked under the names that a zip gives, and no size that it claims is believed: what counts is
the bytes that come out.
"""

from __future__ import annotations

import io
import shutil
import tempfile
from contextlib import ExitStack, contextmanager
from typing import IO, TYPE_CHECKING, Final, NamedTuple

from ptreach.errors import InputError
from ptreach.model import no_progress
from ptreach.sources.archive import READ_FAULTS, Bounded, TableFile, zip_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from ptreach.model import Progress
    from ptreach.sources.archive import Told
    from ptreach.sources.repairs import FeedLedger

TABLES: Final = (
    "agency", "stops", "routes", "trips", "stop_times", "calendar", "calendar_dates", "frequencies",
    "transfers", "shapes",
)  # fmt: skip
"""The tables that are read."""
# All buses of England are about 8 GB of text.
_MAX_TABLE_BYTES: Final = 24_000_000_000
# A zip of timetables shrinks ten- to thirtyfold. One that unpacks to so many times its size, once it is
# past what a small feed of a few repeated rows takes, is a trap or a mistake.
_MAX_RATIO: Final = 100
_SMALL_BYTES: Final = 64_000_000
_MAX_INNER_BYTES: Final = 4_000_000_000
_MAX_DEPTH: Final = 3
_IN_MEMORY_BYTES: Final = 32_000_000
_TOO_MUCH: Final = "unpacks to far more than a timetable does"
_MEGABYTE: Final = 1_000_000


class FeedFiles(NamedTuple):
    """The tables of a feed by name: ``stops`` for ``stops.txt``; whoever waits for a long one is told."""

    path: Path
    tables: dict[str, TableFile]
    progress: Progress = no_progress

    def where(self, table: str) -> str:
        """Return what an error about a table names as its place."""
        return f"{self.path}, {self.tables[table].name}"

    def open(self, table: str) -> io.BufferedReader:
        """Open a table; reading raises InputError once it unpacks to more than a timetable does."""
        file = self.tables[table]
        return io.BufferedReader(_bounded(file, self.where(table), self._told(file)), 1 << 20)

    def _told(self, file: TableFile) -> Told:
        """Return what tells how many bytes of a table are read; no size that a zip claims is believed."""
        stage, claimed_n = f"{self.path.name}, {file.name}, MB", -(-file.claimed_bytes // _MEGABYTE)

        def told(read_bytes: int, *, ended: bool = False) -> None:
            done = -(-read_bytes // _MEGABYTE)
            self.progress(stage, done, done if ended else max(claimed_n, done + 1))

        return told


def _bounded(file: TableFile, where: str, told: Told | None = None) -> Bounded:
    """Open a file within the bounds of a timetable."""
    most = min(_MAX_TABLE_BYTES, max(_SMALL_BYTES, _MAX_RATIO * file.packed_bytes))
    return Bounded(file, most, _TOO_MUCH, where, told)


@contextmanager
def open_feed(path: Path, ledger: FeedLedger, progress: Progress = no_progress) -> Iterator[FeedFiles]:
    """Open a feed: a zip, a folder, or a zip that holds nothing but the zip of a feed.

    `progress` is told how much of a long table is read.

    Raises
    ------
    InputError
        Where there is no such file, it is no zip, holds no feed or several, or a table twice.
    """
    with ExitStack() as stack:
        if path.is_dir():
            files = [
                TableFile(
                    item.relative_to(path).as_posix(),
                    item.stat().st_size,
                    _opener(item),
                    item.stat().st_size,
                )
                for item in sorted(path.rglob("*"))
                if item.is_file()
            ]
        elif path.is_file():
            files = zip_files(path, path, stack)
        else:
            raise InputError("no such file", where=str(path), remedy="check the path, or run ptreach fetch")
        for depth in range(_MAX_DEPTH + 1):
            inner = _only_zip(files, path)
            if inner is None:
                break
            if depth == _MAX_DEPTH:
                raise InputError("zips within zips without end", where=str(path), remedy="unpack it")
            files = zip_files(_unpacked(inner, path, stack), path, stack)
            ledger.note("feeds-in-inner-zips", 1, inner.name, "the feed lies in it")
        yield FeedFiles(path, _tables(files, path, ledger), progress)


def _opener(item: Path) -> Callable[[], IO[bytes]]:
    """Return how a file of a folder is opened."""
    return lambda: item.open("rb")


def _only_zip(files: Iterable[TableFile], path: Path) -> TableFile | None:
    """Return the zip to look into, if the tables are not here but in a zip beside them."""
    names = [file.name.lower().rpartition("/")[2] for file in files]
    if "stops.txt" in names:
        return None
    zips = [
        file
        for file, name in zip(files, names, strict=True)
        if name.endswith(".zip") and not name.startswith(".")
    ]
    if len(zips) > 1:
        raise InputError(
            f"stops.txt is missing; {len(zips)} zips are in it",
            where=str(path),
            remedy=f"unpack it and take the feeds in it, such as {min(file.name for file in zips)}",
        )
    return zips[0] if zips else None


def _unpacked(inner: TableFile, path: Path, stack: ExitStack) -> IO[bytes]:
    """Return the content of a zip within a zip, in memory or in a file without a name."""
    target: IO[bytes] = stack.enter_context(tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES))  # noqa: SIM115  the stack closes it
    where = f"{path}, {inner.name}"
    try:
        with _bounded(inner, where) as stream:
            shutil.copyfileobj(io.BufferedReader(stream, 1 << 20), _Capped(target, where))
    except READ_FAULTS as error:
        raise InputError(f"not readable: {error}", where=where, remedy="fetch the file again") from error
    target.seek(0)
    return target


class _Capped:
    """Writes to a file up to what a feed may take."""

    def __init__(self, target: IO[bytes], where: str) -> None:
        self._target, self._where, self._left = target, where, _MAX_INNER_BYTES

    def write(self, data: bytes) -> int:
        """Write, or raise InputError where it gets too much."""
        self._left -= len(data)
        if self._left < 0:
            raise InputError(_TOO_MUCH, where=self._where, remedy="fetch the file again")
        return self._target.write(data)


def _tables(files: Iterable[TableFile], path: Path, ledger: FeedLedger) -> dict[str, TableFile]:
    """Return the files of the tables: those beside stops.txt, which may lie in a folder."""
    files = list(files)
    homes = [file.name[: -len("stops.txt")] for file in files if f"/{file.name}".endswith("/stops.txt")]
    if not homes:
        homes = [
            file.name[: -len("stops.txt")] for file in files if f"/{file.name.lower()}".endswith("/stops.txt")
        ]
    if len(homes) != 1:
        what, remedy = "stops.txt is missing", "take a whole GTFS feed"
        if homes:
            what, remedy = f"stops.txt is in it {len(homes)} times", "make a zip of each feed"
        raise InputError(what, where=str(path), remedy=remedy)
    beside = {file: file.name.removeprefix(homes[0]) for file in files if file.name.startswith(homes[0])}
    tables: dict[str, TableFile] = {}
    for table in TABLES:
        wanted = f"{table}.txt"
        exact = [file for file, name in beside.items() if name == wanted]
        found = exact or [file for file, name in beside.items() if name.lower() == wanted]
        if len(found) > 1:
            raise InputError(
                f"{wanted} is in it {len(found)} times",
                where=str(path),
                remedy="keep one of them",
            )
        if found:
            tables[table] = found[0]
            ledger.note("tables-in-odd-case", int(not exact), found[0].name, f"stands for {wanted}", table)
    return tables
