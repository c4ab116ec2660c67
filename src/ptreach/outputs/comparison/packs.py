"""Two packs read for comparison: their zones' times and reasons, and in what their runs differ."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PureWindowsPath
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pyarrow as pa

from ptreach.errors import InputError
from ptreach.matrix.pairs import Pairs
from ptreach.matrix.zones import to_grid
from ptreach.measures.band_changes import cross_bands
from ptreach.measures.comparison import CUTOFFS_MIN, WORST, compare_times
from ptreach.model import Reason
from ptreach.outputs.comparison.report import PackChange, Report, Side
from ptreach.outputs.comparison.runs import unlike_runs
from ptreach.outputs.differences.places import Places
from ptreach.outputs.paperwork.manifest import NAME
from ptreach.outputs.paperwork.verify import is_own, require_pack

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from ptreach.measures.comparison import Comparison, Floored, PairTimes
    from ptreach.model import FloatArray

_TIMES: Final = "minutes_p"
_COLUMNS: Final = ("zone_name", "reason", "population")
_KEYS: Final[Mapping[str, type]] = {
    "areas": dict, "town": dict, "query": dict, "network": dict, "rules": dict, "libraries": dict,
    "inputs": list, "engine": str, "made_up": bool,
}  # fmt: skip
_OF_A_FILE: Final = frozenset({"kind", "title", "file", "date", "sha256"})


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack as far as it is compared: its manifest, and its zones indexed by id, sorted."""

    folder: Path
    manifest: Mapping[str, Any]
    zones: gpd.GeoDataFrame

    @property
    def percentiles(self) -> set[int]:
        """Percentiles that the zones have times of."""
        return {int(name.removeprefix(_TIMES)) for name in self.zones.columns if name.startswith(_TIMES)}

    def seconds(self, percentile: int) -> FloatArray:
        """Return the zones' times in whole seconds, NaN where not reached."""
        minutes = self.zones[f"{_TIMES}{percentile}"].to_numpy(dtype=np.float64)
        seconds: FloatArray = np.rint(minutes * 60)
        return seconds


def read_pack(folder: Path) -> Pack:
    """Return the zones and the manifest of a town's pack.

    Raises
    ------
    InputError
        Where the folder is no town's pack, or its layer of zones is missing or not as ptreach writes it.
    """
    manifest = require_pack(folder)
    missing = [key for key, kind in _KEYS.items() if not isinstance(manifest.get(key), kind)]
    if not missing and not all(
        isinstance(one, dict) and set(one) >= _OF_A_FILE for one in manifest["inputs"]
    ):
        missing = ["inputs"]
    if missing:
        raise InputError(
            f"its manifest has no '{missing[0]}': no town's pack, or one of another version",
            where=str(folder / NAME),
            remedy="name a folder that ptreach run wrote, or make the pack again",
        )
    slug = PureWindowsPath(str(manifest["town"].get("slug"))).name  # no path, whichever way its slashes lean
    path = folder / "layers" / f"{slug}-zones.parquet"
    if not is_own(folder, path):
        raise InputError("its layer of zones is missing", where=str(path), remedy="make the pack again")
    try:
        zones = gpd.read_parquet(path)
    except (pa.ArrowException, ValueError, KeyError, OSError) as error:
        raise InputError(
            f"not readable: {' '.join(str(error).split())}", where=str(path), remedy="make the pack again"
        ) from error
    id_column = str(manifest["areas"].get("id_column"))
    lacking = [name for name in (id_column, *_COLUMNS) if name not in zones.columns]
    if lacking or not any(name.startswith(_TIMES) for name in zones.columns):
        raise InputError(
            f"no column '{[*lacking, _TIMES + '50'][0]}'", where=str(path), remedy="make the pack again"
        )
    return Pack(folder, manifest, zones.set_index(id_column).sort_index())


def compare_packs(
    first: Pack, second: Pack, cutoffs_min: Sequence[int] | None = None, floored: Floored | None = None
) -> Report:
    """Return how the times of the zones of two packs compare, and in what their runs differ.

    Parameters
    ----------
    first, second
        Packs of the same edition of zones, of which some are in both.
    cutoffs_min
        Cutoffs of the bands in minutes; those of the packs where they are the same, if None.
    floored
        Which side holds whole minutes only; looked for in the times if None.

    Raises
    ------
    InputError
        Where the editions differ, or no zone or no percentile is in both.
    """
    where = f"{first.folder}, {second.folder}"
    _require_one_edition(first, second, where)
    common = first.zones.index.intersection(second.zones.index).sort_values()
    if not len(common):
        raise InputError("no zone is in both packs", where=where, remedy="compare packs of one area")
    percentiles = sorted(first.percentiles & second.percentiles)
    if not percentiles:
        raise InputError(
            "no percentile is in both packs", where=where, remedy="give both the same percentiles"
        )
    one, other = (replace(pack, zones=pack.zones.loc[common]) for pack in (first, second))
    pairs = _pairs(one, other, percentiles)
    cutoffs = tuple(cutoffs_min or _cutoffs(first, second))
    comparison = compare_times(pairs, cutoffs, floored, examples=WORST)
    comparison = _named(comparison, one, other)
    shown = comparison.shown
    people = one.zones["population"].to_numpy(dtype=np.float64, na_value=0)
    first_s, second_s = pairs.first_s[shown], pairs.second_s[shown]
    change = PackChange(
        unlike=unlike_runs(first.manifest, second.manifest),
        people=cross_bands(first_s, second_s, cutoffs, people),
        overlap=_overlap(first, second, len(common)),
    )
    return Report(
        sides=(_side(first), _side(second)),
        comparison=comparison,
        notes=_notes(first, second),
        pack=change,
        places=_places(one, first_s, second_s, shown),
        made_up=bool(first.manifest["made_up"] or second.manifest["made_up"]),
    )


def _require_one_edition(first: Pack, second: Pack, where: str) -> None:
    """Raise InputError where the packs' zones are of different editions."""
    editions = [
        (str(pack.manifest["areas"].get("edition")), pack.zones.index.name) for pack in (first, second)
    ]
    if editions[0] != editions[1]:
        raise InputError(
            f"zones of different editions: {editions[0][0]} and {editions[1][0]}",
            where=where,
            remedy="make one again with the areas of the other: codes of two editions never meet",
        )


def _pairs(first: Pack, second: Pack, percentiles: Sequence[int]) -> Pairs:
    """Return the town and each zone as pairs; the zone stands second, whichever way journeys go."""
    return Pairs.of_one(
        str(first.manifest["town"].get("slug", "")),
        tuple(map(str, first.zones.index)),
        {percentile: first.seconds(percentile) for percentile in percentiles},
        {percentile: second.seconds(percentile) for percentile in percentiles},
    )


def _cutoffs(first: Pack, second: Pack) -> Sequence[int]:
    """Return the cutoffs of both packs where they are the same, else the usual ones."""
    one, other = (tuple(pack.manifest["query"].get("cutoffs_min", ())) for pack in (first, second))
    return one if one and one == other else CUTOFFS_MIN


def _named(comparison: Comparison, first: Pack, second: Pack) -> Comparison:
    """Return a comparison whose pairs bear the names of zones, and the reasons of those not reached."""

    def named(pairs: Sequence[PairTimes]) -> tuple[PairTimes, ...]:
        return tuple(
            replace(
                pair,
                name=str(first.zones.at[pair.to_id, "zone_name"]),
                first_note=_note(first, pair.to_id),
                second_note=_note(second, pair.to_id),
            )
            for pair in pairs
        )

    return replace(
        comparison,
        worst=named(comparison.worst),
        only_first=named(comparison.only_first),
        only_second=named(comparison.only_second),
    )


def _note(pack: Pack, zone_id: str) -> str:
    """Return why a zone is not reached in a pack; empty where it is."""
    reason = str(pack.zones.at[zone_id, "reason"])
    return "" if reason == Reason.REACHED else reason


def _overlap(first: Pack, second: Pack, common_n: int) -> str:
    """Return which zones are compared."""
    alone = len(first.zones) - common_n, len(second.zones) - common_n
    if not any(alone):
        return f"Both have the same {common_n:,} zones."
    return f"{common_n:,} zones are in both and compared; {alone[0]:,} are in A only, {alone[1]:,} in B only."


def _side(pack: Pack) -> Side:
    """Return what a pack is of."""
    town, query = pack.manifest["town"], pack.manifest["query"]
    window = " to ".join(map(str, query.get("window", ())))
    holds = f"{town.get('name')}, {query.get('date')}, {window}, {len(pack.zones):,} zones"
    return Side(str(pack.folder), f"{holds}, engine {pack.manifest['engine']}")


def _notes(first: Pack, second: Pack) -> tuple[str, ...]:
    """Return sentences of warning on what is hardly a before and after."""
    notes = []
    origins = [pack.manifest["town"].get("origin", {}) for pack in (first, second)]
    if any(origins[0].get(axis) != origins[1].get(axis) for axis in ("lon", "lat")):
        notes.append("The two towns' points differ: differences are between places, not between times.")
    if first.manifest["query"].get("direction") != second.manifest["query"].get("direction"):
        notes.append("One is of journeys from the town, the other of journeys to it.")
    populations = [pack.manifest["areas"].get("population") for pack in (first, second)]
    if populations[0] != populations[1]:
        notes.append(f"People are those of A: {populations[0]}.")
    return tuple(notes)


def _places(
    pack: Pack, first_s: NDArray[np.floating], second_s: NDArray[np.floating], percentile: int
) -> Places:
    """Return the zones of a map of differences."""
    origin = pack.manifest["town"].get("origin", {})
    origin_m = None
    if {"lon", "lat"} <= set(origin):
        x, y = to_grid(np.array([origin["lon"]]), np.array([origin["lat"]]))[0].tolist()
        origin_m = (x, y)
    return Places(
        names=tuple(map(str, pack.zones["zone_name"])),
        shapes=np.asarray(pack.zones.geometry, dtype=object),
        difference_s=(second_s - first_s).astype(np.float64),
        reached=np.column_stack([~np.isnan(first_s), ~np.isnan(second_s)]),
        origin_m=origin_m,
        about=f"Each zone's p{percentile} travel time by B less that by A.",
    )
