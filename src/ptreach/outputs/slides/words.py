"""What the slides say: titles that state the finding, sentences built from the numbers, speaker notes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from ptreach.model import Reason
from ptreach.outputs.wording import (
    NOBODY,
    district_phrase,
    joined,
    long_date,
    middle_cutoff,
    people_by_band,
    percent,
    share_finding,
    window_phrase,
    within_phrase,
)

if TYPE_CHECKING:
    import pandas as pd

    from ptreach.config import Town
    from ptreach.outputs.facts import PackFacts

FAR_ZONES: Final = 10
"""The most zones that a slide lists."""


def decile_shares(town: Town, deciles: pd.DataFrame) -> dict[str, float]:
    """Return the share within the middle cutoff by decile (``1`` … ``10``, ``all``), NaN without people."""
    column = deciles[f"share_within_{middle_cutoff(town)}"].astype("float64")
    return dict(zip(deciles["imd_decile"].astype(str), column.tolist(), strict=True))


def map_finding(town: Town, deciles: pd.DataFrame) -> str:
    """Return the title over the map: how many are within the middle cutoff, of the town if there is room."""
    return share_finding(town, decile_shares(town, deciles)["all"])


def middle_finding(town: Town, zones: pd.DataFrame, deciles: pd.DataFrame) -> str:
    """Return the title over the sentences: how far half of the residents are."""
    row = deciles[deciles["imd_decile"].astype(str) == "all"].iloc[0]
    if not row["population"] > 0:
        return NOBODY
    if row["median_min"] < middle_cutoff(town):
        return f"Half of residents are within {math.floor(row['median_min']) + 1} minutes"
    if not math.isnan(row["median_min"]):
        return f"Half of residents are {math.floor(row['median_min'])} minutes or more away"
    reached = zones["population"][zones["minutes_p50"].notna()].sum()
    return "Most residents are beyond reach" if reached > 0 else "All residents are beyond reach"


def three_sentences(
    town: Town, zones: pd.DataFrame, deciles: pd.DataFrame, facts: PackFacts
) -> tuple[str, str, str]:
    """Return what the map shows: who is near, who is far, how the most deprived fare."""
    share, words = within_phrase(town, zones)
    last = people_by_band(zones, town.preset.cutoffs_min)[-1]
    beyond = f"{town.preset.cutoffs_min[-1]} minutes or more away, or not reached"
    far = f"{percent(last.share)} ({last.people:,.0f} people) are {beyond}"
    by_decile = deciles.set_index(deciles["imd_decile"].astype(str))
    people = float(by_decile["population"].loc["1"])
    shares = decile_shares(town, deciles)
    if people > 0:
        deprived = (
            f"Of the {people:,.0f} residents of the most deprived tenth of zones "
            f"({facts.areas.deprivation_title}, decile 1) {percent(shares['1'])} are within "
            f"{middle_cutoff(town)} minutes; of all residents {percent(shares['all'])}."
        )
    else:
        deprived = (
            f"No resident lives in the most deprived tenth ({facts.areas.deprivation_title}, decile 1)."
        )
    return f"{share} {words}.", f"{far}.", deprived


def deprivation_finding(town: Town, deciles: pd.DataFrame) -> str:
    """Return the title over the chart: the shares of the most and the least deprived that live here."""
    known = [(int(name), share) for name, share in decile_shares(town, deciles).items()
             if name != "all" and not math.isnan(share)]  # fmt: skip
    cutoff = middle_cutoff(town)
    if not known:
        return "No resident's decile of deprivation is known"
    (most, near), (least, far) = known[0], known[-1]
    if most == least:
        return f"Decile {most}: {percent(near)} within {cutoff} minutes"
    if (most, least) == (1, 10):
        return f"Most deprived tenth: {percent(near)} within {cutoff} minutes; least: {percent(far)}"
    return f"Decile {most}: {percent(near)} within {cutoff} minutes; decile {least}: {percent(far)}"


def far_finding(far: pd.DataFrame) -> str:
    """Return the title over the table of zones that are deprived and far: of all, not of those listed."""
    count = len(far)
    if not count:
        return "No deprived zone is far away"
    minutes = far["minutes_p50"].to_numpy(dtype=np.float64)
    zones = "1 deprived zone" if count == 1 else f"{count:,} deprived zones"
    reached = minutes[~np.isnan(minutes)]
    are = "is" if count == 1 else "are"
    if not reached.size:
        return f"{zones} {are} beyond reach"
    nearest = math.floor(reached.min())
    if reached.size == count:
        return f"{zones} {are} {nearest} minutes or more away"
    return f"{zones}: {nearest} minutes or more away, or unreached"


def minutes_or_reason(minutes: float, reason: str) -> str:
    """Return minutes to one decimal, cut and not rounded so that none leaves its band; else the reason."""
    if math.isnan(minutes):
        return Reason.BEYOND_LIMIT.value if reason == Reason.REACHED else reason
    return f"{math.floor(minutes * 10 + 1e-6) / 10:.1f}"


def method_finding(town: Town) -> str:
    """Return the title over the method."""
    if town.query.departures_n == 1:
        return f"Journeys by timetable, {window_phrase(town)}"
    return f"Journeys by timetable, every minute from {town.window_text}"


def method_points(town: Town, facts: PackFacts) -> tuple[str, ...]:
    """Return the method in short sentences, from the run's settings."""
    preset, areas, count = town.preset, facts.areas, town.query.departures_n
    point, zone = "the town's point", "each zone"
    start, end = (point, zone) if preset.direction == "from" else (zone, point)
    what = (
        f"Travel time from {start} to {end} ({areas.edition}, at its {areas.point}), on foot "
        "and by public transport, waits included."
    )
    stands = f"The median of {count} times" if count > 1 else "One journey"
    limits = (
        f"Walks of less than {preset.max_walk_min:g} minutes each at {preset.walk_speed_kph:g} km/h; at most "
        f"{preset.max_rides} rides; journeys of less than {preset.max_time_min:g} minutes."
    )
    cutoffs = f"Within {joined(preset.cutoffs_min)} minutes means strictly less."
    points = [
        what,
        f"Timetable of {long_date(town.date)}, {window_phrase(town)}. {stands} stands for the zone.",
        limits,
        f"{cutoffs} Shares are of residents ({areas.population_title}).",
        f"Deciles are national ({areas.deprivation_title}); 1 is the most deprived.",
        "Timetables, not what ran: no delays, crowding, cancellations or fares. One day stands for all.",
    ]
    if facts.sunset:
        points.append(
            f"Sunset {long_date(facts.sunset.last_day)}: the timetable ends; not to be quoted for later days."
        )
    if facts.left_out:
        points.append(f"Left out, for the file was not there: {joined(facts.left_out)}.")
    return tuple(points)


def made_by(facts: PackFacts) -> str:
    """Return what made the pack, for those who must find it again."""
    return (
        f"Made by ptreach {facts.version}, engine {facts.engine}, network {facts.network}. "
        "All inputs, parameters and digests: manifest.json. Method and limits: methods.md."
    )


def deprivation_notes(town: Town, zones: pd.DataFrame, deciles: pd.DataFrame) -> str:
    """Return the chart in words, decile by decile; it is the chart's description too."""
    cutoff, shares = middle_cutoff(town), decile_shares(town, deciles)
    people = dict(zip(deciles["imd_decile"].astype(str), deciles["population"].tolist(), strict=True))
    rows = [
        f"decile {name}: {f'{percent(share)} of {people[name]:,.0f}' if people[name] else 'nobody'}"
        for name, share in shares.items()
        if name != "all"
    ]
    return (
        f"Share of residents in {district_phrase(zones)} within {cutoff} minutes of {town.name} by decile of "
        f"deprivation, 1 the most deprived. {'; '.join(rows)}. All residents: {percent(shares['all'])}."
    )
