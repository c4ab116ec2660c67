"""The zip of a timetable as the Rail Delivery Group ships it (RSPS5046): its files, line by line.

Names differ between years (``ttisf585.mca``, ``RJTTF918.MCA``, ``RJTTF942MCA.txt``), so a file is known by
the end of its name only. Text is never held: the timetable of the whole country is some 600 MB.
"""

from __future__ import annotations

import zipfile
import zlib
from typing import TYPE_CHECKING, Final, NoReturn, Self

from ptreach.errors import InputError
from ptreach.model import no_progress

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

    from ptreach.model import Progress

_KINDS: Final = ("mca", "msn", "ztr", "alf", "flf", "tsi")
_NEEDED: Final = {"mca": "the schedules", "msn": "the stations"}
_BLOCK_BYTES: Final = 1 << 20
_MAX_LINE_CHARS: Final = 1_000  # records have 80
# Five times what the whole country's timetable unpacks to; more is a trap or a mistake.
_MAX_UNPACKED_BYTES: Final = 3_000_000_000
WHOLE: Final = "take the zip of the full timetable as the Rail Delivery Group ships it"
_FAULTS: Final = (OSError, EOFError, RuntimeError, ValueError, zipfile.BadZipFile, zlib.error)


class Delivery:
    """A delivery, opened with ``with``.

    Raises
    ------
    InputError
        Names the zip that is unreadable or holds changes only, or the file that is missing or twice in it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._archive: zipfile.ZipFile | None = None
        self._items: dict[str, zipfile.ZipInfo] = {}

    def __enter__(self) -> Self:
        """Open the zip and choose its files."""
        try:
            self._archive = zipfile.ZipFile(self.path)
        except _FAULTS as error:
            raise InputError(
                f"not readable as a zip: {' '.join(str(error).split())}", where=str(self.path), remedy=WHOLE
            ) from error
        try:
            self._items = self._chosen(self._archive)
        except InputError:
            self._archive.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the zip."""
        if self._archive is not None:
            self._archive.close()

    def _chosen(self, archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
        """Return the entry of each kind of file."""
        entries = [
            item
            for item in archive.infolist()
            if item.filename and not item.is_dir() and not _name_of(item).startswith(".")
        ]
        items: dict[str, zipfile.ZipInfo] = {}
        for kind in (*_KINDS, "cfa"):
            ends = (f".{kind}", f"{kind}.txt")
            found = [item for item in entries if _name_of(item).lower().endswith(ends)]
            if len(found) > 1:
                names = " and ".join(item.filename for item in found)
                raise InputError(
                    f"{len(found)} files are .{kind}: {names}", where=str(self.path), remedy=WHOLE
                )
            if found:
                items[kind] = found[0]
        if "cfa" in items:
            raise InputError(
                "holds changes only (.cfa), which mean nothing without their base",
                where=f"{self.path}, {items['cfa'].filename}",
                remedy=WHOLE,
            )
        for kind, what in _NEEDED.items():
            if kind not in items:
                raise InputError(f"no file .{kind} ({what})", where=str(self.path), remedy=WHOLE)
        unpacked = sum(item.file_size for item in items.values())
        if unpacked > _MAX_UNPACKED_BYTES:
            raise InputError(f"unpacks to {unpacked / 1e9:.0f} GB", where=str(self.path), remedy=WHOLE)
        return items

    def __contains__(self, kind: str) -> bool:
        return kind in self._items

    def where(self, kind: str, line: int = 0) -> str:
        """Return how to name a file of the zip, and a line of it, to people: with the zip."""
        return f"{self.path}, {self.place(kind, line)}"

    def place(self, kind: str, line: int = 0) -> str:
        """Return how to name a file of the zip, and a line of it, to people."""
        name = self._items[kind].filename
        return f"{name}, line {line}" if line else name

    def refuse(
        self, what: str, kind: str, line: int = 0, *, remedy: str = "fetch the delivery again"
    ) -> NoReturn:
        """Raise InputError for a fault of a file of the zip."""
        raise InputError(what, where=self.where(kind, line), remedy=remedy)

    def lines(self, kind: str, progress: Progress = no_progress) -> Iterator[tuple[int, str]]:
        """Give the lines of a file with their numbers, from 1; comments (``/!!``) are left out.

        `progress` is told of the bytes read. Any byte is a character (Latin-1), so columns never shift.
        """
        stage = f"read {_name_of(self._items[kind])}"
        total = max(self._items[kind].file_size, 1)
        number, rest, done = 0, "", 0
        progress(stage, 0, total)
        for block in self._blocks(kind):
            done += len(block)
            *lines, rest = (rest + block.decode("latin-1")).split("\n")
            for line in lines:
                number += 1
                if not line.startswith("/!!"):
                    yield number, line.rstrip("\r")
            if len(rest) > _MAX_LINE_CHARS:
                self.refuse("a line goes on and on: not text", kind, number + 1)
            progress(stage, min(done, total - 1), total)
        if rest:
            yield number + 1, rest.rstrip("\r")
        progress(stage, total, total)

    def _blocks(self, kind: str) -> Iterator[bytes]:
        """Give the bytes of a file in blocks, without a byte order mark."""
        assert self._archive is not None
        try:
            with self._archive.open(self._items[kind]) as stream:
                block = stream.read(_BLOCK_BYTES).removeprefix(b"\xef\xbb\xbf")
                while block:
                    yield block
                    block = stream.read(_BLOCK_BYTES)
        except _FAULTS as error:
            self.refuse(f"not readable: {' '.join(str(error).split()) or 'it ends too early'}", kind)


def _name_of(item: zipfile.ZipInfo) -> str:
    """Return the name of a file in a zip without its folders."""
    return item.filename.replace("\\", "/").rsplit("/", 1)[-1]
