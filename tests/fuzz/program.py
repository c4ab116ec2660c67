"""Cases of each parser in a process of its own, one after the other; what came of them, counted."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fuzz.case import Case
from fuzz.worker import outcome, parser_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MOST_SAVED = 20
_TESTS = Path(__file__).parents[1]


class Limits(NamedTuple):
    """What a case may take: seconds by the clock, and memory beyond that of the program itself, in MB."""

    case_s: float = 60
    memory_mb: int = 2_000


@dataclass
class Tally:
    """What came of a parser's cases."""

    parser: str
    cases: int = 0
    kinds: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    slowest_s: float = 0.0
    slowest: int = 0
    saved: list[Path] = field(default_factory=list)

    def note(self, number: int, kind: str, took_s: float, *, again: bool = False) -> None:
        """Count a case; one that is told of `again` has crashed after all, and is one case still."""
        self.cases += not again
        self.kinds[kind] += 1
        if took_s > self.slowest_s:
            self.slowest_s, self.slowest = took_s, number


KINDS = ("accepted", "repaired", "refused", "crash")


def run_parser(
    name: str,
    seed: int,
    end: int,
    *,
    seconds: float,
    keep: Path,
    limits: Limits = Limits(),  # noqa: B008  it never changes
    told: Callable[[Tally], None] = lambda _: None,
) -> Tally:
    """Read the cases 0 to `end` of a parser, as many as `seconds` allow; those that crash are kept in `keep`.

    Where the process that reads is lost, the case at hand has crashed, and another goes on after it. Where it
    is lost between cases, as when a disk is full, another tries once more; then that is an error.
    """
    tally = Tally(name)
    until, first, idle = time.monotonic() + seconds, 0, 0
    with tempfile.TemporaryDirectory(prefix="fuzz-") as work:
        while first < end and time.monotonic() < until:
            last_told, before = time.monotonic(), first
            for number, found in _lines_of(Case(name, seed, first), end, Path(work), limits, until):
                tally.note(number, found["kind"], found["took_s"], again="again" in found)
                if found["kind"] == "crash":
                    _save(Case(name, seed, number), Path(work), keep, found["words"], tally)
                first = number + 1
                if time.monotonic() - last_told > 10:
                    last_told = time.monotonic()
                    told(tally)
            idle = idle + 1 if first == before else 0
            if idle > 1:
                raise RuntimeError(f"the process that reads is lost before {Case(name, seed, first)}")
    return tally


def _lines_of(
    start: Case, end: int, work: Path, limits: Limits, until: float
) -> Iterator[tuple[int, dict[str, object]]]:
    """Yield number and outcome of each case that one process reads; the last may be that it was lost."""
    asked = [start.parser, start.seed, start.number, end, work, limits.case_s, limits.memory_mb]
    command = [sys.executable, "-m", "fuzz.worker", *map(str, asked)]
    paths = os.pathsep.join(filter(None, [str(_TESTS), *sys.path]))
    began, last, over = None, start.number, False
    with (
        tempfile.TemporaryFile() as heard,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=heard, text=True, env={**os.environ, "PYTHONPATH": paths}
        ) as worker,
    ):
        assert worker.stdout is not None
        for line in worker.stdout:
            said = json.loads(line)
            if "began" in said:
                began = said["began"]
                continue
            if "over" in said:
                over = True
                continue
            began, last = None, said["ended"]
            yield last, said
            if time.monotonic() > until:
                worker.kill()
                return
        code = worker.wait()
        heard.seek(max(0, heard.seek(0, os.SEEK_END) - 4_000))
        words = f"the process ended with code {code}\n{heard.read().decode(errors='replace')}"
    found = {"kind": "crash", "took_s": limits.case_s if "Timeout (" in words else 0.0, "words": words}
    if began is not None:
        yield began, found
    elif code and over:
        yield last, {**found, "words": f"after its last case: {words}", "again": True}
    elif code:
        print(f"between cases, {words}", file=sys.stderr, flush=True)


def _save(case: Case, work: Path, keep: Path, words: str, tally: Tally) -> None:
    """Keep the files of a case that crashed, with what was said of it beside them."""
    if len(tally.saved) >= _MOST_SAVED:
        shutil.rmtree(work / str(case), ignore_errors=True)
        return
    keep.mkdir(parents=True, exist_ok=True)
    place = keep / str(case)
    shutil.rmtree(place, ignore_errors=True)
    if not (work / str(case)).is_dir():  # it was read well, and the process did not end after it
        (work / str(case)).mkdir()
        parser_of(case.parser).write(case.dice(), work / str(case))
    shutil.move(work / str(case), place)
    (keep / f"{case}.txt").write_text(words, encoding="utf-8")
    tally.saved.append(place)


def replay(text: str) -> bool:
    """Read one case again in this process and print how it ends; return whether it crashed.

    `text` is ``gtfs-0-17``, whose files are made again, or a folder of that name, whose files are read as
    they are.
    """
    kept = Path(text)
    case = Case.of(kept.name)
    parser = parser_of(case.parser)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as work:
        folder = Path(work) / str(case)
        if kept.is_dir():
            shutil.copytree(kept, folder)
        else:
            folder.mkdir()
            parser.write(case.dice(), folder)
        print(f"{case}: {', '.join(sorted(path.name for path in folder.iterdir()))}")
        found = outcome(parser, folder, [])
    print(f"{found['kind']}\n{found['words']}".rstrip())
    return bool(found["kind"] == "crash")
