"""``python -m fuzz.worker PARSER SEED FIRST END FOLDER LIMIT_S MEMORY_MB``: read cases, say how they end.

A line of JSON says that a case began, the next how it ended. Where the process ends in between, it was the
case: its files stay there. What libraries print goes to stderr.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import importlib
import json
import os
import re
import shutil
import sys
import time
import traceback
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from fuzz.case import Case
from ptreach.errors import InputError

if TYPE_CHECKING:
    from fuzz.case import Parser

_MEGABYTE = 1 << 20
# Words that Python has for a fault of the program: a refusal in them took a bug for the input's fault.
_OF_PYTHON = re.compile(
    r"zip\(\) argument|has no attribute|NoneType|to unpack|object is not|object cannot|index out of range"
    r"|is out of bounds|broadcast|subscriptable|<class '|object at 0x|Traceback"
)


class _Said(Exception):  # noqa: N818  it is no fault of its own
    """What is wrong with a refusal or an acceptance."""


def parser_of(name: str) -> Parser:
    """The parser of a name: ``PARSER`` of the module of that name."""
    parser: Parser = importlib.import_module(f"fuzz.{name}").PARSER
    return parser


def outcome(parser: Parser, folder: Path, lost: list[str]) -> dict[str, Any]:
    """How the reading of a case ends: ``kind`` accepted, repaired, refused or crash, and its words."""
    there = {path.name for path in folder.iterdir()}
    try:
        repairs = parser.read(folder)
    except InputError as error:
        found = {"kind": "refused", "words": str(error)}
        fault = _fault_of(error, folder, there)
        if fault:
            found = {"kind": "crash", "words": f"{fault}\n{traceback.format_exc()}"}
    except BaseException:  # noqa: BLE001  whatever it is, it is what is looked for
        found = {"kind": "crash", "words": traceback.format_exc()}
    else:
        found = {"kind": "repaired" if repairs else "accepted", "words": ""}
    gc.collect()
    if lost:
        found = {"kind": "crash", "words": "\n".join(lost)}
        lost.clear()
    return found


def _fault_of(error: InputError, folder: Path, there: set[str]) -> str:
    """What is wrong with a refusal: it must name a file and a remedy, in one line."""
    if not error.remedy:
        return "the refusal has no remedy"
    if str(folder) not in error.where and not any(name in error.where for name in there):
        return "the refusal names no file"
    if len(str(error).splitlines()) > 1:
        return "the refusal has more than one line"
    if _OF_PYTHON.search(error.what):
        return "the refusal is in the words of a bug"
    return ""


def _limit_memory(memory_mb: int) -> None:
    """Let the process take so much more than it has; on a system that has no such limit, nothing."""
    try:
        import resource
    except ImportError:
        return
    most = psutil.Process().memory_info().vms + memory_mb * _MEGABYTE
    resource.setrlimit(resource.RLIMIT_AS, (most, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _warmed(parser: Parser, name: str, folder: Path) -> None:
    """Read some cases first, so that what is imported late is there before time and memory are limited."""
    for number in range(20):
        path = folder / f"warm-{number}"
        path.mkdir()
        parser.write(Case(name, -1, number).dice(), path)
        with contextlib.suppress(Exception):  # its case comes again, and is counted
            parser.read(path)
        shutil.rmtree(path)


def main() -> None:
    """Read the cases that are asked for."""
    name, *rest = sys.argv[1:]
    seed, first, end = map(int, rest[:3])
    folder, limit_s, memory_mb = Path(rest[3]), float(rest[4]), int(rest[5])
    lines = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    lost: list[str] = []
    faulthandler.enable()
    parser = parser_of(name)
    _warmed(parser, name, folder)
    gc.collect()
    gc.freeze()
    sys.unraisablehook = lambda unraisable: lost.append(
        f"nobody caught {unraisable.exc_type.__name__}: {unraisable.exc_value}, {unraisable.object!r}"
    )
    warnings.simplefilter("error")
    _limit_memory(memory_mb)
    for number in range(first, end):
        case = Case(name, seed, number)
        path = folder / str(case)
        shutil.rmtree(path, ignore_errors=True)  # of a process that was lost as it wrote
        path.mkdir()
        parser.write(case.dice(), path)
        print(json.dumps({"began": number}), file=lines, flush=True)
        faulthandler.dump_traceback_later(limit_s, exit=True)
        began = time.process_time()
        found = outcome(parser, path, lost)
        took_s = time.process_time() - began
        faulthandler.cancel_dump_traceback_later()
        print(json.dumps({"ended": number, "took_s": took_s, **found}), file=lines, flush=True)
        if found["kind"] != "crash":
            shutil.rmtree(path)
    print(json.dumps({"over": True}), file=lines, flush=True)
    # what a case left behind may keep the process from ending
    faulthandler.dump_traceback_later(limit_s, exit=True)


if __name__ == "__main__":
    main()
