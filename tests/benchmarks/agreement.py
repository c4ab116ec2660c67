"""Print how the engine agrees with R5, by R5's rules, by ours, and one rule at a time: `make agreement`.

It wants R5's answers beside the project (`../shared/reference/r5`). Each row is the median of the window
07:00 to 09:00, over the pairs that R5's tables hold.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ptreach.engine.raptor.engine import RaptorEngine
from ptreach.matrix.long_tables import LongMatrix, read_matrix
from ptreach.matrix.pairs import join_matrices
from ptreach.measures.comparison import compare_times
from ptreach.measures.time_differences import WITHIN_S
from ptreach.model import UNREACHED, no_progress
from ptreach.network.build import build_network
from ptreach.network.rules import OURS, R5
from r5_answers import PLACES, REFERENCE, read_points, some, window

if TYPE_CHECKING:
    from ptreach.measures.time_differences import TimeDifferences
    from ptreach.network.rules import Rules

# R5's rules with these fields as ours: what each choice changes.
CHOICES: Final = {
    "R5's rules": (),
    "residents' streets walkable": ("local_streets",),
    "true nearest point of the edge": ("stretched", "mirrored"),
    "walks rounded once": ("rounds_each", "direct_unlimited"),
    "stops where they are, no 5 m snap": ("snap_mm", "apart_on_foot"),
    "one walking limit for every leg": ("transfer_limit_mm", "egress_limit_mm", "direct_unlimited"),
    "all transfers kept": ("nearest_of_pattern",),
    "earth, degrees and rounding": ("earth_radius_m", "degree_m", "truncates"),
    "trips of the days around": ("days_around",),
    "our rules": OURS._fields,
}


def main() -> int:
    """Print the table."""
    if not REFERENCE.is_dir():
        print(f"skipped: R5's answers are not there: {REFERENCE}")
        return 0
    for name, place in PLACES.items():
        print(f"\n{name}, {place.date}, median of 120 departures\n")
        columns = ("pairs", "reached alike", "equal", "<= 60 s", "<= 90 s", "median")
        print("rules".ljust(36) + "".join(f"{column:>{max(9, len(column) + 2)}}" for column in columns))
        for what, fields in CHOICES.items():
            rules = R5._replace(**{field: getattr(OURS, field) for field in fields})
            a = agreement(name, rules)
            minute, ninety = (a.within[WITHIN_S.index(limit)] for limit in (60, 90))
            print(
                f"{what:36}{a.both:9,}{a.reached_alike:15.2%}{a.equal:9.2%}{minute:9.2%}{ninety:9.2%}"
                f"{a.median_s:+8} s",
                flush=True,
            )
    return 0


def agreement(name: str, rules: Rules) -> TimeDifferences:
    """Return how the engine by some rules agrees with R5 on a place, at the median."""
    place, points = PLACES[name], read_points(name)
    theirs = read_matrix(REFERENCE / f"{name}_window120_seconds.parquet")
    with tempfile.TemporaryDirectory() as folder:
        network = build_network([place.osm], place.feeds, Path(folder), no_progress, rules)
        origins = some(points, [theirs.ids[idx] for idx in dict.fromkeys(theirs.from_idx.tolist())])
        engine = RaptorEngine(network, workers=2)
        blocks = engine.travel_times(origins, points, window(place, percentiles=(50,)))
        seconds = np.concatenate([block.seconds for block in blocks])[:, :, 0]
    row, column = np.nonzero(seconds != UNREACHED)
    ours = LongMatrix.of(
        "ours",
        np.array(origins.ids, dtype=object)[row],
        np.array(points.ids, dtype=object)[column],
        {50: seconds[row, column]},
    )
    pairs, _ = join_matrices(theirs, ours)
    return compare_times(pairs, floored="neither").shown_at


if __name__ == "__main__":
    raise SystemExit(main())
