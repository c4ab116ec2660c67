"""A stream that arrow reads on a thread of its own, ahead of what is taken of it; and how that is stopped."""

from __future__ import annotations

import time
from typing import IO, Final

_STEP_S: Final = 0.005
# A thread that did not read for so long has read as far ahead as it may.
_IDLE_S: Final = 0.5


class ReadAhead:
    """What arrow reads a stream through.

    Where a fault ends the reading early, the thread reads on. If the program then ends, arrow waits for its
    thread, and the thread for Python to let it read: both for ever. So `stop` comes first: it gives the
    thread no more to read, and waits until it has seen that.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._reading = self._stopped = self._ended = False
        self._last = time.monotonic()

    @property
    def closed(self) -> bool:
        """Whether there is no stream to read any more."""
        return self._stream.closed

    def close(self) -> None:
        """Leave the stream to whoever opened it."""

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; none at the end, or once it is stopped."""
        self._reading = True
        try:
            content = b"" if self._stopped else self._stream.read(size)
            self._ended = not content
        except BaseException:
            self._ended = True
            raise
        finally:
            self._last = time.monotonic()
            self._reading = False
        return content

    def stop(self) -> None:
        """Give no more to read, and wait until the thread is done with reading."""
        self._stopped = True
        while not self._ended and (self._reading or time.monotonic() - self._last < _IDLE_S):
            time.sleep(_STEP_S)
        time.sleep(_STEP_S)  # from the last read back to arrow
