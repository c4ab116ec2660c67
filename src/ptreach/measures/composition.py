"""Shares of one whole, freed of the sum that ties them: the centred log-ratio of compositional data."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ptreach.model import FloatArray, Indicators

UNIT = "log ratio"


def centred_log_ratio(indicators: Indicators) -> Indicators:
    """Return indicators whose shares of one whole stand as the log of their ratio to its typical part.

    The typical part is the geometric mean of the zone's shares of that whole (Aitchison 1986). Only the parts
    that are among the indicators take part. A share of 0 counts as half of the smallest share above 0 in its
    column, as log has no 0; a share that is 0 everywhere becomes NaN and takes no part. In a zone that lacks
    one of the shares, all of them become NaN. Indicators of no whole, and a part that stands alone, are left
    as they are.

    Log-ratios still add up to 0 over the parts, so that `same_whole` pairs stay flagged; with two parts they
    mirror each other. From four parts on the pull is small, and no part dominates because it is large.
    """
    parts: dict[str, list[str]] = defaultdict(list)
    for indicator in indicators.indicators:
        if indicator.part_of:
            parts[indicator.part_of].append(indicator.name)
    frame = indicators.frame.copy()
    changed = set()
    for names in parts.values():
        if len(names) > 1:
            frame[names] = _log_ratios(frame[names].to_numpy(dtype=np.float64))
            changed |= set(names)
    described = tuple(
        dataclasses.replace(indicator, unit=UNIT) if indicator.name in changed else indicator
        for indicator in indicators.indicators
    )
    return dataclasses.replace(indicators, indicators=described, frame=frame)


def _log_ratios(shares: FloatArray) -> FloatArray:
    """Return centred log-ratios of parts in columns, shape (zones, parts)."""
    positive = np.where(shares > 0, shares, np.inf)
    least = positive.min(axis=0, initial=np.inf)
    there = np.isfinite(least)
    logs = np.log(np.where(shares == 0, least / 2, shares)[:, there])
    ratios = np.full(shares.shape, np.nan)
    ratios[:, there] = logs - logs.mean(axis=1, keepdims=True) if there.any() else logs
    return ratios
