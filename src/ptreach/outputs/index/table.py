"""The tables beside several packs: each place's figures and how they differ from others'; what failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from ptreach.errors import in_one_line
from ptreach.measures.places import CUTOFFS_MIN, together
from ptreach.outputs.tables import place_columns as named
from ptreach.outputs.tables.frames import MADE_UP, MINUTE_DECIMALS
from ptreach.outputs.tables.pack_tables import PackTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ptreach.measures.places import PlaceFigures
    from ptreach.outputs.index.failures import Failure
    from ptreach.outputs.index.found import FoundPack

_COUNTS: Final = (
    "zones",
    "residents",
    "most_deprived",
    "places_region",
    "places_all",
    "files_changed",
)


def places_table(packs: Sequence[FoundPack]) -> PackTable:
    """Return the table of places, one row each, in the order of the packs.

    A place is set beside all of the table to which the same question was put, and beside those of these that
    are on its network: that is its region, for recipes of networks are made region by region, and journeys
    in one share timetables. Several are taken together as one set of residents, so large places weigh more.
    """
    residents = [pack.residents for pack in packs]
    region = together(residents, [(pack.question, pack.network) for pack in packs])
    everywhere = together(residents, [pack.question for pack in packs])
    rows = []
    for pack, (region_n, of_region), (all_n, of_all) in zip(packs, region, everywhere, strict=True):
        row = _row(pack) | {"places_region": region_n, "places_all": all_n}
        for other, figures in zip(named.OTHERS, (of_region, of_all), strict=True):
            row |= _differences(pack.figures, figures, other)
        rows.append(row | {"files_changed": pack.unlike})
    frame = pd.DataFrame(rows)
    numbers = frame.select_dtypes("float").columns
    frame[numbers] = frame[numbers].round(MINUTE_DECIMALS)
    for name in _COUNTS:
        frame[name] = frame[name].round().astype("Int64")
    if not frame["made_up"].any():
        frame = frame.drop(columns="made_up")
    return PackTable(
        name=named.PLACES,
        sheet="Places",
        title="Places beside each other",
        about="One row a place, from the table of zones of its pack. Differences are from all residents of "
        "the places on its network, and of all places, to which the same question was put.",
        frame=frame,
        key=("folder",),
    )


def _row(pack: FoundPack) -> dict[str, Any]:
    """Return what a pack says of itself."""
    return {
        "made_up": MADE_UP if pack.made_up else "",
        "place": pack.name,
        "folder": in_one_line(pack.folder.name),
        "network": pack.network,
        "edition": pack.edition,
        "deprivation": pack.deprivation,
        "date": pack.date.isoformat(),
        "window": " to ".join(pack.window),
        "direction": pack.direction,
        "preset": pack.preset,
        "engine": pack.engine,
        "verdict": pack.decision.value if pack.decision else "",
        "last_day": pack.last_day,
        "zones": pack.residents.people.size,
        "residents": pack.figures.people,
        **_figures(pack.figures),
    }


def _figures(figures: PlaceFigures) -> dict[str, float]:
    """Return figures by the names of their columns."""
    shares = zip(CUTOFFS_MIN, figures.shares, strict=True)
    return {
        "median_min": figures.median_min,
        **{f"share_within_{cutoff}": share for cutoff, share in shares},
        "most_deprived": figures.deprived_people,
        named.DEPRIVED_SHARE: figures.deprived_share,
        named.RATIO: figures.ratio,
    }


def _differences(place: PlaceFigures, others: PlaceFigures | None, other: str) -> dict[str, float]:
    """Return a place's figures less those of others; NaN without others. Shares in percentage points."""
    own, theirs = _figures(place), _figures(others) if others else {}
    return {
        named.difference_name(name, other): (own[name] - theirs.get(name, float("nan")))
        * (100 if "_within_" in name else 1)
        for name in named.FIGURES
    }


def failures_table(failures: Sequence[Failure], kept: frozenset[str]) -> PackTable:
    """Return the table of places without a new pack; `kept` are the folders that hold one all the same."""
    rows = [{**failure._asdict(), "older_pack": failure.folder in kept} for failure in failures]
    return PackTable(
        name=named.FAILURES,
        sheet="Failures",
        title="Places whose pack could not be made",
        about="One row a place, as the last run of it ended.",
        frame=pd.DataFrame(rows),
        key=("folder",),
    )
