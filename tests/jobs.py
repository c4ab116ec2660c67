"""Jobs that processes of their own can import: what they do is seen by what they leave and return."""

import errno
import logging
import os
import signal
import time
from pathlib import Path

from ptreach.errors import InputError


def twice(number, progress):
    """Tell of progress and return a number doubled."""
    progress("doubling", 0, 1)
    progress("doubling", 1, 1)
    return 2 * number


def process(progress):
    """Return the number of the process."""
    return os.getpid()


def refused(progress):
    """End as a fault of the input does."""
    raise InputError("nothing runs", where="a.toml, date", remedy="take another")


def broken(progress):
    """End as a fault of ours does."""
    return 1 / 0


def killed(progress):
    """End as where the system takes the memory away."""
    os.kill(os.getpid(), signal.SIGKILL)


def left(progress):
    """End the process."""
    os._exit(7)


def warns(progress):
    """Log what can't be pickled as it is."""
    logging.getLogger("ptreach.jobs").warning("odd: %s", lambda: 0)
    try:
        twice(None, progress)
    except TypeError:
        logging.getLogger("ptreach.jobs").exception("worse")


def writes(folder, progress):
    """Write a file of its own until it is stopped, and take it away then."""
    path = Path(folder, f"{os.getpid()}.part")
    path.touch()
    try:
        for second in range(600):
            progress("writing", second, 600)
            time.sleep(0.1)
    finally:
        path.unlink()


def swallows(folder, progress):
    """Go on after a first interrupt, as a library does that calls Python and looks away."""
    path = Path(folder, f"{os.getpid()}.part")
    path.touch()
    try:
        for second in range(600):
            try:
                time.sleep(0.1)
            except KeyboardInterrupt:
                continue
            progress("writing", second, 600)
    finally:
        path.unlink()


def draws(name, folder):
    """Draw a picture, and say in it by which process."""
    (folder / name).write_text(str(os.getpid()), encoding="utf-8")


def draws_slowly(folder):
    """Draw, in the end."""
    time.sleep(1)
    draws("slow.png", folder)


def meets_full_disk(folder):
    """Find no room, half-way."""
    (folder / "half.png").touch()
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder / "half.png"))


def draws_wrong(folder):
    """Fail by a fault of ours."""
    raise ZeroDivisionError(folder.name)


def dies_drawing(folder):
    """End as where the system takes the memory away."""
    killed(None)
