"""A reader with faults planted on purpose, which show that the program finds each kind."""

from __future__ import annotations

import os
import threading
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from fuzz.case import Parser
from ptreach.errors import InputError

if TYPE_CHECKING:
    import random

FAULTS = ("error", "warning", "hang", "memory", "end", "no remedy", "no file", "in words of a bug", "nobody")
"""What a case may plant; of each of them there is one among so many cases."""
_EACH = 25


def planted(number: int) -> str:
    """What is planted in a case, nothing in most."""
    kind, rest = divmod(number, _EACH)
    return FAULTS[kind] if rest == 10 and kind < len(FAULTS) else ""


class _Lost:
    """Raises where nobody can catch it."""

    def __del__(self) -> None:
        raise KeyError("lost")


def write_case(dice: random.Random, folder: Path) -> None:
    """Write one number; that of the case is the last part of its folder's name.

    Where the tests say so, the process is lost as it writes, unless a file says that it was before; or a
    thread keeps it from ending.
    """
    lost = os.environ.get("PTREACH_FUZZ_LOST")
    if lost and folder.name == "stand_in-0-5" and not Path(lost).exists():
        if Path(lost).parent.is_dir():
            Path(lost).touch()
        os._exit(4)
    if os.environ.get("PTREACH_FUZZ_STAYS") and folder.name == "stand_in-0-0":
        threading.Thread(target=time.sleep, args=(600,)).start()
    (folder / "number.txt").write_text(str(dice.randrange(10)), encoding="utf-8")


def read_case(folder: Path) -> int:
    """Read the number, which is refused from 7 on, unless a fault is planted."""
    path = folder / "number.txt"
    number, case = int(path.read_text(encoding="utf-8")), int(folder.name.rpartition("-")[2])
    match planted(case) if folder.name.startswith("stand_in") else "":
        case "error":
            raise KeyError(number)
        case "warning":
            warnings.warn("odd", stacklevel=1)
        case "hang":
            time.sleep(600)
        case "memory":
            return len(bytearray(10**11))
        case "end":
            os._exit(3)
        case "no remedy":
            raise InputError("no good", where=str(path))
        case "no file":
            raise InputError("no good", where="somewhere", remedy="mend it")
        case "in words of a bug":
            raise InputError("zip() argument 2 is longer", where=str(path), remedy="mend it")
        case "nobody":
            _Lost()
    if number >= 7:
        raise InputError(f"{number} is too much", where=str(path), remedy="write less")
    return number


PARSER = Parser(write_case, read_case)
