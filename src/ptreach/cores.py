"""How many cores there are for us."""

import os
import sys


def cores() -> int:
    """Return the number of cores this process may use."""
    if sys.version_info >= (3, 13):
        return os.process_cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):  # not on Windows, not on macOS
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
