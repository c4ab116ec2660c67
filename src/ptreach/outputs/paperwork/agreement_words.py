"""Agreement of map and table in words: one sentence, and a row for each zone on which they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ptreach.measures.agreement import Apart
from ptreach.measures.bands import band_labels, beyond_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from ptreach.measures.agreement import Agreement

HEADER: Final = ("zone", "name", "minutes", "band by table", "band on the map", "why")
OFF_MAP: Final = "none"
_WHY: Final = {
    Apart.NOT_DRAWN: "no street within {street_m:g} m: the map is not drawn there",
    Apart.OFF_LAND: "its point lies off the land of the boundary file, or in water",
    Apart.BETWEEN_NODES: "the map runs straight between its points {step_m:g} m apart",
}


class AgreementWords(NamedTuple):
    """A sentence with the figure, and rows of `HEADER`."""

    sentence: str
    rows: tuple[tuple[str, ...], ...]


def agreement_words(
    agreement: Agreement,
    zones: gpd.GeoDataFrame,
    cutoffs_min: Sequence[int],
    *,
    street_m: float,
    step_m: float,
) -> AgreementWords:
    """Return how map and table agree on the zones' bands, in words.

    `zones` has ``zone_id, zone_name, minutes_p50``. The surface is drawn within `street_m` of streets, from
    nodes `step_m` apart.
    """
    bands = band_labels(cutoffs_min)
    places = {zone: at for at, zone in enumerate(zones["zone_id"])}
    names, minutes = zones["zone_name"].tolist(), zones["minutes_p50"].to_numpy(dtype=np.float64)
    rows = []
    for one in agreement.rest:
        at = places[one.zone_id]
        by_table = bands[one.by_minutes] if one.by_minutes >= 0 else beyond_label(cutoffs_min)
        if np.isnan(minutes[at]):
            by_table = OFF_MAP
        rows.append(
            (
                one.zone_id,
                str(names[at]),
                "" if np.isnan(minutes[at]) else f"{minutes[at]:.2f}",
                by_table,
                bands[one.by_map] if one.by_map >= 0 else OFF_MAP,
                _WHY[one.why].format(street_m=street_m, step_m=step_m),
            )
        )
    return AgreementWords(_sentence(agreement), tuple(rows))


def _sentence(agreement: Agreement) -> str:
    """Return the figure, and whether any zone follows."""
    if not agreement.zones:
        return "No zone's point lies where the map is drawn."
    figure = (
        f"Of the {agreement.zones:,} zones whose point lies where the map is drawn, {agreement.agree:,} "
        f"({100 * agreement.share:.1f}%) lie in the band of the map that their minutes say."
    )
    return f"{figure} Those on which map and table differ:" if agreement.rest else figure
