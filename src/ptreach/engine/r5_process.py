"""R5's process: started, listened to, and ended with whatever becomes of its parent."""

from __future__ import annotations

import json
import logging
import os
import queue
import subprocess
import sys
import threading
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ptreach.caches import CACHE_VARIABLE, cache_folder
from ptreach.engine.r5_ask import MARK
from ptreach.engine.r5_faults import fault_of

if TYPE_CHECKING:
    from collections.abc import Generator

_MODULE: Final = "ptreach.engine.r5"
_LINES_KEPT: Final = 2_000
_POLL_S: Final = 0.5
"""On Windows a wait without end can't be interrupted by Ctrl-C."""
_PATIENCE_S: Final = 5.0

_log = logging.getLogger(__name__)


def environment(cache: Path, java_home: str, workers: int) -> dict[str, str]:
    """Return the environment of the child: a cache and a configuration of its own, Java, its threads.

    r5py asks for the variables of Windows first, wherever it runs.
    """
    config = cache / "config"
    path = [str(Path(part).absolute()) for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part]
    java = f"{os.environ.get('JAVA_TOOL_OPTIONS', '')} -XX:ActiveProcessorCount={workers}"
    return {
        **os.environ,
        CACHE_VARIABLE: str(cache_folder()),
        "XDG_CACHE_HOME": str(cache),
        "LOCALAPPDATA": str(cache),
        "XDG_CONFIG_HOME": str(config),
        "APPDATA": str(config),
        "JAVA_HOME": java_home,
        "JAVA_TOOL_OPTIONS": java.strip(),
        "PYTHONPATH": os.pathsep.join(path),
        "PYTHONUTF8": "1",
    }


def listen(folder: Path, env: dict[str, str]) -> Generator[dict[str, Any], None, None]:
    """Run the child on what is asked in a folder; yield what it tells.

    It is ended when the iterator is closed or an exception comes, Ctrl-C too. All else that it prints is
    logged.

    Raises
    ------
    InputError
        Where it fails: one line says why.
    """
    read_end, write_end = os.pipe()
    try:
        # A group of its own: Ctrl-C is the parent's to hear, and the parent ends the child.
        # Not from the folder that one happens to stand in: Java leaves files there when it dies.
        process = subprocess.Popen(  # noqa: S603  our own module
            [sys.executable, "-P", "-m", _MODULE, str(folder)],
            stdin=subprocess.PIPE,
            stdout=write_end,
            stderr=write_end,
            env=env,
            cwd=folder,
            start_new_session=sys.platform != "win32",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
    except BaseException:
        os.close(read_end)
        raise
    finally:
        os.close(write_end)
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    reader = threading.Thread(target=_read, args=(read_end, lines), daemon=True)
    reader.start()
    try:
        yield from _told(lines, process)
    finally:
        _end(process)
        reader.join()


def _told(
    lines: queue.SimpleQueue[str | None], process: subprocess.Popen[bytes]
) -> Generator[dict[str, Any], None, None]:
    """Yield what the child tells until it ends; raise InputError if it ends badly."""
    printed: deque[str] = deque(maxlen=_LINES_KEPT)
    while (line := _next(lines)) is not None:
        before, mark, news = line.partition(MARK)
        if mark:
            yield json.loads(news)
        if before.strip():
            printed.append(before)
            _log.info("R5: %s", before.rstrip())
    code = process.wait()
    if code:
        raise fault_of(code, printed)


def _next(lines: queue.SimpleQueue[str | None]) -> str | None:
    """Return the next line, None at the end."""
    while True:
        try:
            return lines.get(timeout=_POLL_S)
        except queue.Empty:
            continue


def _read(read_end: int, lines: queue.SimpleQueue[str | None]) -> None:
    """Put all lines of the pipe into the queue."""
    with os.fdopen(read_end, encoding="utf-8", errors="replace") as stream:
        for line in stream:
            lines.put(line)
    lines.put(None)


def _end(process: subprocess.Popen[bytes]) -> None:
    """See that the child has ended."""
    if process.stdin is not None:
        process.stdin.close()
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
