"""The parts of qa.html on what was computed: snapping, map beside table, a second engine, worst cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from ptreach.model import Reason
from ptreach.outputs.paperwork.agreement_words import HEADER
from ptreach.outputs.paperwork.markup import html_table, paragraph
from ptreach.outputs.wording import listed, percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from ptreach.config import Town
    from ptreach.model import FloatArray
    from ptreach.outputs.facts import PackFacts, Snapping
    from ptreach.outputs.paperwork.agreement_words import AgreementWords

WORST: Final = 10
"""So many rows a list of worst cases has at most."""
_RINGS_M: Final = (25, 50, 100)
"""Rings about a point that are counted beside those in which streets are looked for."""
SECOND_OPINION: Final = "Second opinion: another engine"
NO_R5: Final = (
    "R5 was not run for this pack. To have it judged by R5, make it with ptreach run CONFIG --against r5, "
    "where Java and R5's jar are at hand (ptreach doctor says what is missing). How the engine agrees with "
    "R5 on two real places, rule by rule, is in ptreach's README under Agreement with R5."
)


def run_sections(
    town: Town,
    zones: gpd.GeoDataFrame,
    facts: PackFacts,
    agreement: AgreementWords | None,
    second: str = "",
) -> tuple[tuple[str, str], ...]:
    """Return the parts of a pack's page on what was computed: heading and markup of each.

    `agreement` is that of map and table, where it was looked at; `second` the markup of what a second engine
    says, where one was asked.
    """
    beside = () if agreement is None else (("Map and table beside each other", _agreement(agreement)),)
    return (
        ("How far points are from their street", _snapping(zones, facts)),
        *beside,
        (SECOND_OPINION if second else "Agreement with R5", second or paragraph(NO_R5)),
        ("Worst cases", _worst(town, zones)),
    )


def _agreement(agreement: AgreementWords) -> str:
    """Return on how many zones map and table agree, and the others."""
    figure = paragraph(agreement.sentence)
    if not agreement.rows:
        return figure
    return f"{figure}\n{html_table('Zones on which they differ.', HEADER, agreement.rows, numbers=(2,))}"


def _snapping(zones: gpd.GeoDataFrame, facts: PackFacts) -> str:
    """Return how far zones, stops and the town's point are from their street, and the farthest by name."""
    snapping, rules = facts.snapping, facts.rules
    rings_m = [*_RINGS_M, *(float(rules[name]) for name in ("link_near_m", "link_far_m") if name in rules)]
    zones_m = zones["link_distance_m"].to_numpy(dtype=np.float64)
    kinds = {"zones": zones_m} | ({"stops": snapping.stops_m} if snapping else {})
    parts = [paragraph(_origin_words(snapping))] if snapping else []
    parts += [paragraph(_rings_words(kind, away_m, rings_m[-2:])) for kind, away_m in kinds.items()]
    header = ("to the street", *(cell for kind in kinds for cell in (kind, f"share of {kind}")))
    parts.append(html_table("Points by their distance.", header, _rings(kinds, rings_m), numbers=range(1, 5)))
    parts.append(_farthest("zones", zones["zone_id"], zones["zone_name"], zones_m))
    if snapping:
        parts.append(_farthest("stops", snapping.stop_ids, snapping.stop_names, snapping.stops_m))
    return "\n".join(part for part in parts if part)


def _origin_words(snapping: Snapping) -> str:
    """Return how far the town's point is from its street."""
    return f"The town's point is {snapping.origin_m:,.0f} m from the street that it joins."


def _rings_words(kind: str, away_m: FloatArray, limits_m: Sequence[float]) -> str:
    """Return how many points of a kind lie in the two rings in which streets are looked for, and how far."""
    near_m, far_m = limits_m
    known = away_m[~np.isnan(away_m)]
    if not known.size:
        return f"{away_m.size:,} {kind}: none within {far_m:,.0f} m of a street."
    near = int((known <= near_m).sum())
    p95 = float(np.quantile(known, 0.95, method="inverted_cdf"))
    words = (
        f"{away_m.size:,} {kind}: {near:,} within {near_m:,.0f} m of a street, {known.size - near:,} from "
        f"there to {far_m:,.0f} m, {away_m.size - known.size:,} off the network. Median "
        f"{np.median(known):,.0f} m, 95th percentile {p95:,.0f} m, farthest {known.max():,.0f} m."
    )
    return words.replace(" m", "\N{NO-BREAK SPACE}m")


def _rings(kinds: dict[str, FloatArray], rings_m: Sequence[float]) -> list[tuple[str, ...]]:
    """Return counts and shares of points ring by ring, last of those without a street."""
    starts = (0.0, *rings_m[:-1])
    labels = [f"{start:,.0f} to {end:,.0f} m" for start, end in zip(starts, rings_m, strict=True)]
    labels += [f"none within {rings_m[-1]:,.0f} m"]
    columns = []
    for away_m in kinds.values():
        # The outer edge of a ring belongs to it: a street at 300 m is one within 300 m
        ring = np.searchsorted(rings_m, np.where(np.isnan(away_m), np.inf, away_m), side="left")
        counts = np.bincount(ring, minlength=len(labels))
        columns += [
            [f"{count:,}" for count in counts],
            [percent(count / max(ring.size, 1)) for count in counts],
        ]
    return [(label, *cells) for label, *cells in zip(labels, *columns, strict=True)]


def _farthest(kind: str, ids: Sequence[str], names: Sequence[str], away_m: FloatArray) -> str:
    """Return the points of a kind that are farthest from their street, those without one first."""
    key = np.where(np.isnan(away_m), np.inf, away_m)
    rows = [
        (str(list(ids)[at]), str(list(names)[at]), "none" if np.isnan(away_m[at]) else f"{away_m[at]:,.0f}")
        for at in np.lexsort((np.arange(key.size), -key))[:WORST].tolist()
    ]
    caption = f"The {len(rows)} {kind} farthest from a street."
    return html_table(caption, (kind.removesuffix("s"), "name", "metres"), rows, numbers=(2,)) if rows else ""


def _worst(town: Town, zones: gpd.GeoDataFrame) -> str:
    """Return the zones whose minutes hang most on the minute of leaving, and those without minutes."""
    return "\n".join([*_widest(town, zones), _not_reached(zones)])


def _widest(town: Town, zones: gpd.GeoDataFrame) -> list[str]:
    """Return the zones of the widest spread, and those that some minutes of the window do not reach."""
    low, high = town.preset.percentiles[0], town.preset.percentiles[-1]
    if town.query.departures_n == 1 or low == high:
        return [paragraph("There is no spread: one journey a zone.")]
    best, middle, worst = (
        zones[f"minutes_p{percentile}"].to_numpy(dtype=np.float64) for percentile in (low, 50, high)
    )
    spread = worst - best
    order = np.argsort(-np.nan_to_num(spread, nan=-1), kind="stable")[:WORST]
    rows = [
        (*_named(zones, at), *(f"{values[at]:.1f}" for values in (best, middle, worst, spread)))
        for at in order.tolist()
        if not np.isnan(spread[at])
    ]
    header = ("zone", "name", f"p{low}", "median", f"p{high}", "spread")
    parts = []
    if rows:
        parts.append(
            html_table(
                f"The {len(rows)} zones of the widest spread of minutes, p{low} to p{high}.",
                header,
                rows,
                numbers=range(2, 6),
            )
        )
    if some := np.flatnonzero(~np.isnan(middle) & np.isnan(worst)).tolist():
        names = _some_names(zones, np.array(some))
        parts.append(
            paragraph(
                f"{len(some):,} zone{'s' * (len(some) != 1)} with a median, but no p{high}, for more than "
                f"{100 - high}% of the minutes have no journey: {names}."
            )
        )
    return parts


def _not_reached(zones: gpd.GeoDataFrame) -> str:
    """Return the zones without a median by the reason why."""
    reasons = zones["reason"].astype(str).to_numpy()
    people = np.nan_to_num(zones["population"].to_numpy(dtype=np.float64))
    rows = []
    for reason in Reason:
        here = np.flatnonzero(reasons == reason.value)
        if here.size and reason is not Reason.REACHED:
            rows.append(
                (reason.value, f"{here.size:,}", f"{people[here].sum():,.0f}", _some_names(zones, here))
            )
    if not rows:
        return paragraph("Every zone has a median.")
    header = ("reason", "zones", "residents", "which")
    return html_table("Zones without a median, by the reason.", header, rows, numbers=(1, 2))


def _named(zones: gpd.GeoDataFrame, at: int) -> tuple[str, str]:
    """Return id and name of a zone."""
    return str(zones["zone_id"].iloc[at]), str(zones["zone_name"].iloc[at])


def _some_names(zones: gpd.GeoDataFrame, places: NDArray[np.intp]) -> str:
    """Return the names of zones, of many the first and how many more there are."""
    names = [str(zones["zone_name"].iloc[at]) for at in places[:WORST].tolist()]
    more = [f"{places.size - WORST:,} more"] if places.size > WORST else []
    return listed([*names, *more])
