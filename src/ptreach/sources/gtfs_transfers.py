"""Changes of vehicle that a feed rules: least times and prohibitions of transfers.txt, stop by stop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd

from ptreach.sources.gtfs_tables import kept_rows, numbers_of, positions_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ptreach.sources.repairs import FeedLedger

FORBIDDEN_S: Final = -1
_OF_SOME_TRIPS: Final = ("from_route_id", "to_route_id", "from_trip_id", "to_trip_id")
# All platforms with all others of the largest stations of a country are far fewer.
_SHOWN: Final = ("from_stop_id", "to_stop_id", "transfer_type", "min_transfer_time")
_MOST_PAIRS: Final = 20_000_000
_LONGEST_S: Final = 86_400


class TransferRules(NamedTuple):
    """Rules of changing from a vehicle at one stop to one at another (or at the same), a row a pair.

    ``least_s``: at least so many seconds from arrival to departure; ``FORBIDDEN_S`` where nobody may change.
    Rows are sorted by ``from_stop``, then ``to_stop``; a pair that no rule is about has none.
    """

    from_stop: NDArray[np.int32]
    to_stop: NDArray[np.int32]
    least_s: NDArray[np.int32]


NO_RULES: Final = TransferRules(*(np.empty(0, dtype=np.int32) for _ in range(3)))


def transfer_rules(table: pd.DataFrame, stops: pd.DataFrame, ledger: FeedLedger) -> TransferRules:
    """Return the rules of transfers.txt that hold for whoever changes, whatever they ride.

    A rule of a station holds for all its platforms, where no rule names those themselves. Of rules that name
    a pair equally closely, the strictest holds. Rows about certain routes or trips are left out and counted.

    Parameters
    ----------
    table
        Columns from_stop_id, to_stop_id, transfer_type, min_transfer_time and others, where there are any.
    stops
        Columns stop_id and parent_id; stops are numbered by row.
    """
    if table.empty:
        return NO_RULES
    special = np.zeros(len(table), dtype=np.bool_)
    for column in _OF_SOME_TRIPS:
        if column in table:
            special |= table[column].notna().to_numpy()
    kind, least_s = _column(table, "transfer_type", 0.0), _column(table, "min_transfer_time", 0.0)
    ruled = (kind == 3) | ((kind == 2) & (least_s > 0) & (least_s <= _LONGEST_S))
    ids = pd.Index(stops["stop_id"])
    ends = [
        positions_of(table[name], ids) if name in table else np.full(len(table), -1)
        for name in ("from_stop_id", "to_stop_id")
    ]
    known = (ends[0] >= 0) & (ends[1] >= 0)
    plain = np.isin(kind, (0, 1, 4, 5)) | ((kind == 2) & (least_s == 0))
    for rule, faulty in (
        ("transfers-of-some-trips", special),
        ("transfers-between-unknown-stops", ~known & ~special),
        ("transfers-without-meaning", known & ~special & ~ruled & ~plain),
    ):
        kept_rows(table, ~faulty, rule, "transfers.txt", _SHOWN, ledger)
    rows = np.flatnonzero(ruled & known & ~special)
    least = np.where(kind == 3, FORBIDDEN_S, np.ceil(least_s))[rows].astype(np.int64)
    rules = _strictest(_pairs(ends[0][rows], ends[1][rows], least, _platforms(stops), ledger))
    ledger.note_rows("transfers.txt", read=len(table), kept=rows.size)
    return rules


def turned_rules(rules: TransferRules) -> TransferRules:
    """Return the rules for those who travel backward in time."""
    order = np.lexsort((rules.from_stop, rules.to_stop))
    return TransferRules(rules.to_stop[order], rules.from_stop[order], rules.least_s[order])


def joined_rules(rules: list[TransferRules], stops_before: list[int]) -> TransferRules:
    """Put the rules of feeds together; the stops of each are moved past those of the feeds before it."""
    return TransferRules(
        np.concatenate([rule.from_stop + before for rule, before in zip(rules, stops_before, strict=True)]),
        np.concatenate([rule.to_stop + before for rule, before in zip(rules, stops_before, strict=True)]),
        np.concatenate([rule.least_s for rule in rules]),
    )


def kept_rules(rules: TransferRules, number: NDArray[np.int32]) -> TransferRules:
    """Return the rules between stops that have a new number, by that; the others have -1."""
    held = (number[rules.from_stop] >= 0) & (number[rules.to_stop] >= 0)
    return TransferRules(number[rules.from_stop[held]], number[rules.to_stop[held]], rules.least_s[held])


def _column(table: pd.DataFrame, name: str, blank: float) -> NDArray[np.float64]:
    """Return a column as numbers, `blank` where a cell is empty or the column absent, NaN for other text."""
    if name not in table:
        return np.full(len(table), blank)
    return np.where(table[name].isna().to_numpy(), blank, numbers_of(table[name]))


def _platforms(stops: pd.DataFrame) -> pd.DataFrame:
    """Return which stops each stop stands for: itself, its platforms and their boarding areas.

    Columns of, stop, from_station (how many levels down).
    """
    own = np.arange(len(stops))
    parent = np.append(positions_of(stops["parent_id"], stops["stop_id"]), -1)
    levels = [own, parent[:-1], parent[parent[:-1]]]
    rows = [above >= 0 for above in levels]
    return pd.DataFrame(
        {
            "of": np.concatenate([above[held] for above, held in zip(levels, rows, strict=True)]),
            "stop": np.concatenate([own[held] for held in rows]),
            "from_station": np.repeat(range(3), [int(held.sum()) for held in rows]),
        }
    )


def _pairs(
    one: NDArray[Any],
    other: NDArray[Any],
    least_s: NDArray[Any],
    platforms: pd.DataFrame,
    ledger: FeedLedger,
) -> pd.DataFrame:
    """Return rules by pairs of stops; columns one, other, distant (0: the pair itself is named), least_s."""
    platforms_n = np.bincount(platforms["of"])
    many = np.cumsum(platforms_n[one] * platforms_n[other]) > _MOST_PAIRS
    ledger.note("transfers-too-many", int(many.sum()), "transfers.txt", f"the last {many.sum():,} rules")
    rules = pd.DataFrame({"one": one, "other": other, "least_s": least_s})[~many]
    for end in ("one", "other"):
        part = platforms.rename(columns={"stop": f"{end}_stop", "from_station": f"{end}_distant"})
        rules = rules.merge(part, left_on=end, right_on="of").drop(columns=["of", end])
    distant = rules["one_distant"] + rules["other_distant"]
    return pd.DataFrame(
        {
            "one": rules["one_stop"],
            "other": rules["other_stop"],
            "distant": distant,
            "least_s": rules["least_s"],
        }
    )


def _strictest(pairs: pd.DataFrame) -> TransferRules:
    """Return of each pair the rule that names it most closely; of equals, a prohibition, else the longest."""
    strict = np.where(pairs["least_s"] == FORBIDDEN_S, _LONGEST_S + 1, pairs["least_s"])
    order = np.lexsort((-strict, pairs["distant"], pairs["other"], pairs["one"]))
    pairs = pairs.iloc[order].drop_duplicates(["one", "other"])
    return TransferRules(*(pairs[name].to_numpy(np.int32) for name in ("one", "other", "least_s")))
