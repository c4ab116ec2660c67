"""A comparison as JSON for scripts; the keys are listed in the README."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ptreach.measures.band_changes import all_band_labels
from ptreach.outputs.compared import percentile_figures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ptreach.measures.comparison import PairTimes
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
        "percentiles": [percentile_figures(row) for row in comparison.at],
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
