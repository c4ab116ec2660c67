"""What the tables of a pack hold (zones, deciles, figures, access), as CSV that Excel and scripts read alike.

UTF-8 with a byte order mark, without which Excel on Windows takes names for another alphabet; lines end in
LF as in all text of a pack (Excel reads it); an empty cell is a value that is not known or not reached. Times
are whole seconds in minutes, to four decimals: times 60 and rounded they are the seconds again. The column of
zone ids bears the edition's name (``lsoa11cd``), so that editions are not joined by mistake.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from ptreach.config import format_clock
from ptreach.matrix.zones import to_grid
from ptreach.measures.bands import name_bands
from ptreach.measures.deprivation import summarise_by_decile
from ptreach.measures.far_and_deprived import MOST, far_and_deprived
from ptreach.measures.neighbours import touching_zones
from ptreach.measures.place_figures import relate_to_deprivation, summarise_place
from ptreach.measures.reach import reach_by_deprivation
from ptreach.measures.stability import unstable_zones

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd

    from ptreach.model import FloatArray, Opportunities
    from ptreach.outputs.facts import AreasFacts

MINUTE_DECIMALS: Final = 4
MADE_UP: Final = "made-up"
"""Value of the column ``made_up``, which stands in every row of data that describe no real place."""

_FORMULA: Final = re.compile(r"'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
"""How a text begins that a spreadsheet program may take for a formula, wide signs of Japanese Excel too."""
_COUNTS: Final = ("population", "children", "imd_rank", "imd_decile", "idaci_rank", "idaci_decile")
_FAR_COLUMNS: Final = (
    "number", "zone_id", "zone_name", "district_name", "minutes_p50", "reason", "imd_decile", "imd_rank",
    "idaci_decile", "population", "children", "resident_minutes_beyond",
)  # fmt: skip
_DECIMALS: Final = {"imd_score": 3, "link_distance_m": 1, "lon": 6, "lat": 6}


def zone_table(
    zones: gpd.GeoDataFrame, cutoffs_min: Sequence[int], areas: AreasFacts, *, made_up: bool
) -> pd.DataFrame:
    """Return what a pack says of each zone, without geometry.

    Parameters
    ----------
    zones
        Zones with ``minutes_p…`` (minutes, NaN where not reached), ``reason``, ``link_distance_m``, and what
        `towns.add_times` and `towns.add_areas_within` say of departures and area.
    cutoffs_min
        Cutoffs in minutes, ascending.
    areas
        The zones' edition; its ``id_column`` names the column of zone ids.
    made_up
        Whether to begin with the column ``made_up``; real data have no such column.

    Returns
    -------
    pd.DataFrame
        In the order of `zones`: the zone id, ``zone_name, district_code, district_name``, ``minutes_p5`` …
        (four decimals), ``band`` (of the median; for a zone not reached, the reason), ``unstable`` (whether
        most of the window's minutes lie in other bands), ``reason, link_distance_m``; ``area_within_15`` …
        (share of the zone's area, 0 to 1, in each isochrone),
        ``departures_within_15`` … and ``departures_reached`` (share of departures, 0 to 1, that reach the
        zone within a cutoff, and at all); ``best_departure, best_min, worst_departure, worst_min`` (clock
        time and minutes; worst_min is empty where that departure does not reach the zone; of arrivals for the
        direction ``to``), ``longest_wait_min`` (how long one can put off leaving and arrive as soon);
        ``population, children, imd_score, imd_rank, imd_decile, idaci_rank, idaci_decile, lon,
        lat``. Counts, ranks and deciles are whole numbers (``Int64``).
    """
    minutes = sorted(
        (name for name in zones.columns if name.startswith("minutes_p")),
        key=lambda name: int(name.removeprefix("minutes_p")),
    )
    shares = [f"{part}_within_{cutoff}" for part in ("area", "departures") for cutoff in cutoffs_min]
    event = "departure" if "best_departure_s" in zones else "arrival"
    extremes = [f"best_{event}_s", "best_min", f"worst_{event}_s", "worst_min", "longest_wait_min"]
    names = ["zone_id", "zone_name", "district_code", "district_name", *minutes, "reason", "link_distance_m"]
    names += [*shares, "departures_reached", *extremes]
    names += ["population", "children", "imd_score", *_COUNTS[2:], "lon", "lat"]
    table = pd.DataFrame(zones[names]).reset_index(drop=True)
    rounded = [*minutes, *shares, "departures_reached", "best_min", "worst_min", "longest_wait_min"]
    decimals = {**_DECIMALS, **dict.fromkeys(rounded, MINUTE_DECIMALS)}
    for name, count in decimals.items():
        table[name] = table[name].astype("float64").round(count)
    for name in _COUNTS:
        table[name] = table[name].astype("float64").round().astype("Int64")
    table["reason"] = [str(reason) for reason in table["reason"]]
    # From the minutes as computed: rounding must not carry a zone over a cutoff
    bands = name_bands(zones["minutes_p50"].to_numpy(dtype=np.float64), table["reason"], cutoffs_min)
    at = list(table.columns).index("reason")
    table.insert(at, "band", bands)
    table.insert(at + 1, "unstable", unstable_zones(zones, cutoffs_min))
    for name in extremes[:3:2]:
        clock = [None if np.isnan(value) else format_clock(int(value)) for value in table[name]]
        table[name] = pd.Series(clock, dtype="str")
    table = table.rename(columns={"zone_id": areas.id_column, **{n: n[:-2] for n in extremes[:3:2]}})
    return mark_made_up(table) if made_up else table


def decile_table(
    zones: gpd.GeoDataFrame,
    cutoffs_min: Sequence[int],
    areas: AreasFacts,
    *,
    made_up: bool,
    rounded: bool = True,
) -> pd.DataFrame:
    """Return travel time and people by decile of multiple deprivation, `rounded` unless it will be again.

    Columns ``edition, deprivation`` (what the deciles are of), ``imd_decile`` (``1``, most deprived, to
    ``10``, and ``all``), ``zones, population`` (whole numbers), ``median_min`` (minutes, people not reached
    counted last), ``share_within_15`` … (0 to 1).
    """
    table = summarise_by_decile(
        zones["imd_decile"].to_numpy(dtype=np.float64),
        zones["minutes_p50"].to_numpy(dtype=np.float64),
        zones["population"].to_numpy(dtype=np.float64),
        cutoffs_min,
    ).rename(columns={"decile": "imd_decile"})
    table["population"] = table["population"].round().astype("Int64")
    if rounded:
        names = [name for name in table.columns if name.startswith(("median_", "share_"))]
        table[names] = table[names].round(MINUTE_DECIMALS)
    return _titled(table, areas, made_up=made_up)


def people_within_table(zones: gpd.GeoDataFrame, areas: AreasFacts, *, made_up: bool) -> pd.DataFrame:
    """Return people, children and pensioners within 15, 30, 45, 60 and 90 minutes by decile of deprivation.

    Columns ``edition, deprivation, index`` (``imd``; ``idaci``, by which children alone are counted),
    ``decile`` (``1`` … ``10``, ``all``), ``group, cutoff_min, people, people_within`` (whole numbers),
    ``share_within`` (0 to 1). Rows of pensioners only where their number is known.
    """
    columns = {
        name: zones[name].to_numpy(dtype=np.float64)
        for name in ("minutes_p50", "imd_decile", "idaci_decile", "population", "children")
    }
    pensioners = zones["pensioners"].to_numpy(dtype=np.float64) if "pensioners" in zones else None
    if pensioners is not None and np.isnan(pensioners).all():
        pensioners = None
    table = reach_by_deprivation(
        columns["minutes_p50"],
        imd_decile=columns["imd_decile"],
        idaci_decile=columns["idaci_decile"],
        people=columns["population"],
        children=columns["children"],
        pensioners=pensioners,
    ).rename(columns={"deprivation": "index"})
    for name in ("people", "people_within"):
        table[name] = table[name].round().astype("Int64")
    table["share_within"] = table["share_within"].round(MINUTE_DECIMALS)
    return _titled(table, areas, made_up=made_up)


def figures_table(
    zones: gpd.GeoDataFrame, cutoffs_min: Sequence[int], areas: AreasFacts, *, made_up: bool
) -> pd.DataFrame:
    """Return the figures of the place with their intervals: ``edition, deprivation``, `summarise_place`."""
    table = summarise_place(
        zones["minutes_p50"].to_numpy(dtype=np.float64),
        zones["population"].to_numpy(dtype=np.float64),
        zones["imd_rank"].to_numpy(dtype=np.float64),
        cutoffs_min,
        centres_m(zones),
    )
    numbers = ["value", "low", "high"]
    table[numbers] = table[numbers].replace(np.inf, np.nan).round(MINUTE_DECIMALS)
    return _titled(table, areas, made_up=made_up)


def relation_table(zones: gpd.GeoDataFrame, areas: AreasFacts, *, made_up: bool) -> pd.DataFrame:
    """Return how travel time goes with deprivation: ``edition, deprivation``, then `relate_to_deprivation`.

    By ranks, of which 1 is the most deprived: a positive rho says that the more deprived arrive sooner.
    """
    table = relate_to_deprivation(
        zones["minutes_p50"].to_numpy(dtype=np.float64),
        {name: zones[name].to_numpy(dtype=np.float64) for name in ("imd_rank", "idaci_rank")},
        centres_m(zones),
        touching_zones(zones.geometry.to_numpy()),
    )
    numbers = table.select_dtypes("float").columns
    table[numbers] = table[numbers].map(_significant)
    return _titled(table, areas, made_up=made_up)


def far_table(
    zones: gpd.GeoDataFrame,
    areas: AreasFacts,
    *,
    cutoff_min: int,
    limit_min: float,
    made_up: bool,
    most: int = MOST,
) -> pd.DataFrame:
    """Return the deprived zones to ask about first: the ten are those numbered on the map of `draw_far_map`.

    By the rule of `far_and_deprived`, whose parameters `cutoff_min, limit_min, most` are. Columns ``edition,
    deprivation, number``, the zone id, ``zone_name, district_name, minutes_p50`` (empty where not reached),
    ``reason, imd_decile, imd_rank, idaci_decile, population, children`` (whole numbers),
    ``resident_minutes_beyond``.
    """
    table = far_and_deprived(zones, cutoff_min=cutoff_min, limit_min=limit_min, most=most)
    table = pd.DataFrame(table[list(_FAR_COLUMNS)]).reset_index(drop=True)
    table["minutes_p50"] = table["minutes_p50"].astype("float64").round(MINUTE_DECIMALS)
    table["reason"] = [str(reason) for reason in table["reason"]]
    table["resident_minutes_beyond"] = table["resident_minutes_beyond"].round(1)
    for name in _COUNTS:
        if name in table:
            table[name] = table[name].astype("float64").round().astype("Int64")
    return _titled(table.rename(columns={"zone_id": areas.id_column}), areas, made_up=made_up)


def access_table(
    zones: gpd.GeoDataFrame,
    access: Mapping[str, pd.DataFrame],
    kinds: Sequence[Opportunities],
    areas: AreasFacts,
    *,
    made_up: bool,
) -> pd.DataFrame:
    """Return the access of each zone to each kind of opportunity, one row a zone and kind.

    Columns: the zone id, ``zone_name, opportunities`` (the kind's name), ``title, demand`` (the people who
    share in it), then those of `summarise_access`.
    """
    parts = []
    for kind in kinds:
        part = access[kind.name].round(MINUTE_DECIMALS)
        heads = [
            zones["zone_id"].to_numpy(),
            zones["zone_name"].to_numpy(),
            kind.name,
            kind.title,
            kind.demand,
        ]
        names = (areas.id_column, "zone_name", "opportunities", "title", "demand")
        for at, (name, head) in enumerate(zip(names, heads, strict=True)):
            part.insert(at, name, head)
        parts.append(part)
    table = pd.concat(parts, ignore_index=True)
    return mark_made_up(table) if made_up else table


def centres_m(zones: gpd.GeoDataFrame) -> FloatArray:
    """Return the zones' population-weighted centroids in metres of the British grid, shape (n, 2)."""
    return to_grid(zones["lon"].to_numpy(dtype=np.float64), zones["lat"].to_numpy(dtype=np.float64))


def _significant(value: float) -> float:
    """Return a number to four significant digits: p may be very small."""
    return float(f"{value:.4g}")


def _titled(table: pd.DataFrame, areas: AreasFacts, *, made_up: bool) -> pd.DataFrame:
    """Return a table with its edition and what its deprivation is in the first columns."""
    table.insert(0, "edition", areas.edition)
    table.insert(1, "deprivation", areas.deprivation_title)
    return mark_made_up(table) if made_up else table


def mark_made_up(table: pd.DataFrame) -> pd.DataFrame:
    """Return `table` with the first column ``made_up``, the same in every row."""
    marked = table.copy()
    marked.insert(0, "made_up", MADE_UP)
    return marked


def write_csv(path: Path, table: pd.DataFrame) -> None:
    """Write a table as the module's docstring says; the same table gives the same bytes."""
    safe = table.copy()
    for name in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[name]):  # numbers and flags are no texts
            texts = [_lf_only(value) if isinstance(value, str) else value for value in safe[name]]
            safe[name] = [shield(text) if isinstance(text, str) else text for text in texts]
    safe.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")


def _lf_only(text: str) -> str:
    """Return `text` with LF at the end of its lines: a lone CR is not quoted, and would cut a row in two."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def shield(text: str) -> str:
    """Return `text` with an apostrophe before it where a spreadsheet program would take it for a formula.

    So is a text that has apostrophes before such a beginning, for `unshield` to give back any text.
    """
    return f"'{text}" if _FORMULA.match(text) else text


def unshield(text: str) -> str:
    """Return the text that `shield` was given."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
