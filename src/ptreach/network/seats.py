"""Staying seated: trips that a vehicle makes one after the other, so that nobody need leave it between."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ptreach.network.patterns import Patterns


def next_trips(
    patterns: Patterns, trip: NDArray[np.int64], shift_s: NDArray[np.int32], block: NDArray[np.int32]
) -> NDArray[np.int64]:
    """Return for each trip that runs the position in `trip` of the one its vehicle makes next, -1 if none.

    That is the next of its block on its service day, if it begins at the stop where this one ends, and not
    before it arrives there.

    Parameters
    ----------
    trip, shift_s
        Trips that run, by their number among the patterns' trips, and how far their service day's clock is
        off.
    block
        Block of each trip of the timetables, -1 if none.
    """
    following = np.full(trip.size, -1, dtype=np.int64)
    blocks = block[patterns.trip_row[trip]]
    pattern = np.searchsorted(patterns.trip_start, trip, side="right") - 1
    start = patterns.time_start[trip]
    end = start + np.diff(patterns.position_start)[pattern] - 1
    leaves_s, arrives_s = patterns.departure_s[start] + shift_s, patterns.arrival_s[end] + shift_s
    in_block = np.flatnonzero(blocks >= 0)
    order = in_block[np.lexsort((trip[in_block], leaves_s[in_block], shift_s[in_block], blocks[in_block]))]
    one, other = order[:-1], order[1:]
    first_stop = patterns.stop[patterns.position_start[pattern]]
    last_stop = patterns.stop[patterns.position_start[pattern + 1] - 1]
    stays = (
        (blocks[one] == blocks[other])
        & (shift_s[one] == shift_s[other])
        & (last_stop[one] == first_stop[other])
        & (arrives_s[one] <= leaves_s[other])
    )
    following[one[stays]] = other[stays]
    return following


def turned(following: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each trip the one before it instead of the one after it."""
    before = np.full(following.size, -1, dtype=np.int64)
    there = np.flatnonzero(following >= 0)
    before[following[there]] = there
    return before


def chain_keys(pattern: NDArray[np.int64], following: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return a number for each trip, the same for trips of the same pattern that go on as the same patterns.

    Numbers ascend with the pattern.
    """
    keys: dict[tuple[int, ...], int] = {}
    chains = []
    for trip in range(pattern.size):
        chain, at = [int(pattern[trip])], int(following[trip])
        while at >= 0:
            chain.append(int(pattern[at]))
            at = int(following[at])
        chains.append(tuple(chain))
    keys = {chain: number for number, chain in enumerate(sorted(set(chains)))}
    return np.array([keys[chain] for chain in chains], dtype=np.int64)
