"""A comparison as JSON for scripts; the keys are listed in the README."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from ptreach.measures.band_changes import all_band_labels
from ptreach.measures.time_differences import QUANTILES, WITHIN_S
from ptreach.outputs.compared import class_labels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ptreach.measures.comparison import PairTimes
    from ptreach.measures.time_differences import TimeDifferences
    from ptreach.outputs.comparison.report import Report


def comparison_json(report: Report) -> str:
    """Return a comparison as JSON text; times and differences are in seconds, differences B less A."""
    comparison = report.comparison
    content: dict[str, Any] = {
        letter: {"name": side.name, "holds": side.holds}
        for letter, side in zip("ab", report.sides, strict=True)
    }
    content |= {
        "notes": list(report.notes),
        "made_up": report.made_up,
        "floored": comparison.floored,
        "cutoffs_min": list(comparison.cutoffs_min),
        "bands": list(all_band_labels(comparison.cutoffs_min)),
        "percentiles": [_percentile(row) for row in comparison.at],
        "shown": comparison.shown,
        "worst": _pairs(comparison.worst),
        "only_a": _pairs(comparison.only_first),
        "only_b": _pairs(comparison.only_second),
    }
    if report.pack is not None:
        content["unlike"] = [
            {"what": row.what, "a": row.first, "b": row.second} for row in report.pack.unlike
        ]
        content["people"] = [[round(count) for count in row] for row in report.pack.people.tolist()]
        content["zones"] = report.pack.overlap
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)


def _percentile(row: TimeDifferences) -> dict[str, Any]:
    """Return how the sides agree at one percentile."""
    names = ("min", *(f"p{percentile}" for percentile in QUANTILES), "max")
    quantiles = row.quantiles_s or (None,) * len(names)
    return {
        "percentile": row.percentile,
        "both": row.both,
        "only_a": row.only_first,
        "only_b": row.only_second,
        "neither": row.neither,
        "reached_alike": row.reached_alike,
        "equal": row.equal,
        **{f"within_{limit}_s": share for limit, share in zip(WITHIN_S, row.within, strict=True)},
        "difference_s": dict(zip(names, quantiles, strict=True)),
        "differences": dict(zip(class_labels(), row.classes, strict=True)),
        "pairs_by_band": [[round(count) for count in counts] for counts in row.bands.tolist()],
        "kappa_linear": _known(row.kappa_linear),
        "kappa_quadratic": _known(row.kappa_quadratic),
    }


def _known(value: float) -> float | None:
    """Return a number, None where it is not one: JSON knows no NaN."""
    return None if math.isnan(value) else value


def _pairs(pairs: Sequence[PairTimes]) -> list[dict[str, Any]]:
    """Return pairs with both times."""
    return [
        {
            "from_id": pair.from_id,
            "to_id": pair.to_id,
            "name": pair.name,
            "a_s": pair.first_s,
            "b_s": pair.second_s,
            "difference_s": pair.difference_s,
            "a_note": pair.first_note,
            "b_note": pair.second_note,
        }
        for pair in pairs
    ]
