"""``make fuzz [SECONDS=600] [SEED=0] [CASES=n] [PARSERS=gtfs,…] [CASE=gtfs-0-17]``: files damaged at random.

Each case is read, or refused by an error that names file and remedy. Anything else is a crash: another error,
a warning, a process that ends, more than a minute or 2 GB. Case 17 of seed 0 is always the same. Ends in 1
where any crashed; its files are then in ``.fuzz/``, and ``make fuzz CASE=.fuzz/gtfs-0-17`` reads them again.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from fuzz.program import KINDS, Tally, replay, run_parser

SHARES = {
    "gtfs": 8,
    "verdicts": 2,
    "osm": 2,
    "cif": 1,
    "areas": 1,
    "indicators": 1,
    "points": 1,
    "matrices": 1,
    "towns": 1,
    "packs": 1,
}
"""The parsers, with the parts of the time that they are given."""


def table(tallies: list[Tally]) -> str:
    """What came of the cases, a line a parser, and the totals."""
    total = Tally("all")
    for tally in tallies:
        total.cases += tally.cases
        for kind in KINDS:
            total.kinds[kind] += tally.kinds[kind]
        total.slowest_s = max(total.slowest_s, tally.slowest_s)
    lines = [
        f"{'parser':<12}{'cases':>9}{'accepted':>10}{'repaired':>10}{'refused':>9}{'crashes':>9}  slowest"
    ]
    for tally in [*tallies, total]:
        counts = "".join(
            f"{tally.kinds[kind]:>{width},}" for kind, width in zip(KINDS, (10, 10, 9, 9), strict=True)
        )
        which = f" (case {tally.slowest})" if tally is not total else ""
        lines.append(f"{tally.parser:<12}{tally.cases:>9,}{counts}  {1000 * tally.slowest_s:,.0f} ms{which}")
    return "\n".join(lines)


def _told(tally: Tally) -> None:
    """Say on stderr how far it is."""
    print(
        f"{tally.parser}: {tally.cases:,} cases, {tally.kinds['crash']} crashes", file=sys.stderr, flush=True
    )


def main() -> int:
    """Run the cases that are asked for; return 1 where any crashed."""
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--cases", type=int, default=None, help="so many of each parser, however long it takes"
    )
    parser.add_argument("--parsers", default=",".join(SHARES), help="some of the parsers, between commas")
    parser.add_argument("--case", default=None, help="one case, by name or by the folder it was saved in")
    parser.add_argument("--keep", type=Path, default=Path(".fuzz"), help="folder for the cases that crash")
    asked = parser.parse_args()
    if asked.case:
        return int(replay(asked.case))
    names = asked.parsers.split(",")
    if unknown := [name for name in names if name not in SHARES]:
        parser.error(f"no parser {unknown[0]}; there are {', '.join(SHARES)}")
    whole = sum(SHARES[name] for name in names)
    tallies = [
        run_parser(
            name,
            asked.seed,
            asked.cases or sys.maxsize,
            seconds=float("inf") if asked.cases else asked.seconds * SHARES[name] / whole,
            keep=asked.keep,
            told=_told,
        )
        for name in names
    ]
    print(f"seed {asked.seed}")
    print(table(tallies))
    for tally in tallies:
        for place in tally.saved:
            print(f"CRASH {place}: see {place}.txt; again with make fuzz CASE={place}")
    return int(any(tally.kinds["crash"] for tally in tallies))


if __name__ == "__main__":
    sys.exit(main())
