"""Files in a zip, read within bounds.

Nothing is unpacked under the names that a zip gives, and no size that it claims is believed: what counts is
the bytes that come out.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from ptreach.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import ExitStack
    from pathlib import Path

READ_FAULTS: Final = (
    ValueError,
    OSError,
    EOFError,
    RuntimeError,
    OverflowError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
"""What Python raises for a file or a zip that is damaged."""
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


_TOLD_EACH_BYTES: Final = 64_000_000


class Told(Protocol):
    """What is told how many bytes of a file are read so far, and that there are no more."""

    def __call__(self, read_bytes: int, *, ended: bool = False) -> None:
        """Take note of the bytes read so far."""


class TableFile(NamedTuple):
    """One file of many: its name there, its packed size in bytes, how it is opened, what size it claims."""

    name: str
    packed_bytes: int
    opened: Callable[[], IO[bytes]]
    claimed_bytes: int = 0


class Bounded(io.RawIOBase):
    """A stream that counts what comes out of it, and raises InputError (`too_much`) after `most` bytes.

    A long one tells now and then how much was read.
    """

    def __init__(
        self, file: TableFile, most: int, too_much: str, where: str, told: Told | None = None
    ) -> None:
        super().__init__()
        self._told, self._read_bytes, self._next_bytes = told, 0, _TOLD_EACH_BYTES
        self._left, self._too_much, self._where = most, too_much, where
        self._stream: IO[bytes] = io.BytesIO()  # for close(), where the file can't be opened
        self._stream = file.opened()

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401  whatever takes bytes
        """Read into a buffer; raise InputError once more came than may."""
        view = memoryview(buffer).cast("B")
        part = self._stream.read(len(view))
        view[: len(part)] = part
        self._left -= len(part)
        if self._left < 0:
            raise InputError(self._too_much, where=self._where, remedy="fetch the file again")
        self._read_bytes += len(part)
        if self._told and self._read_bytes >= self._next_bytes:
            self._next_bytes += _TOLD_EACH_BYTES
            self._told(self._read_bytes)
        return len(part)

    def close(self) -> None:
        """Close the file in the zip too."""
        if self._told and not self.closed and self._next_bytes > _TOLD_EACH_BYTES:
            self._told(self._read_bytes, ended=True)
        self._stream.close()
        super().close()


def zip_files(source: Path | IO[bytes], path: Path, stack: ExitStack) -> list[TableFile]:
    """Return the files of a zip, which stays open as long as the stack.

    Raises
    ------
    InputError
        Where it is no zip; on opening a file, where that is encrypted or packed in a rare way.
    """
    try:
        archive = stack.enter_context(zipfile.ZipFile(source))
        items = [item for item in archive.infolist() if item.filename and not item.is_dir()]
    except READ_FAULTS as error:
        raise InputError(
            f"not readable as a zip: {' '.join(str(error).split())}",
            where=str(path),
            remedy="give a whole zip, or fetch the file again",
        ) from error

    def opener(item: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
        def opened() -> IO[bytes]:
            if item.flag_bits & 1:
                raise InputError(
                    "is encrypted", where=f"{path}, {item.filename}", remedy="make a zip without a password"
                )
            if item.compress_type not in _METHODS:
                raise InputError(
                    "is packed by another method than deflate",
                    where=f"{path}, {item.filename}",
                    remedy="make a plain zip of it",
                )
            return archive.open(item)

        return opened

    return [
        TableFile(item.filename.replace("\\", "/"), item.compress_size, opener(item), item.file_size)
        for item in items
    ]
