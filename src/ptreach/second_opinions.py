"""A town asked of another engine: the same question and prepared files, set beside the pack's minutes."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from ptreach import __version__
from ptreach.engine.r5_faults import WHERE
from ptreach.engine.raptor.engine import RaptorEngine
from ptreach.engine.registry import require_engine
from ptreach.errors import InputError
from ptreach.explanations import journey_notes
from ptreach.matrix.build import minutes_to
from ptreach.matrix.pairs import Pairs
from ptreach.measures.comparison import WORST, compare_times, like_for_like
from ptreach.model import Reason, no_progress
from ptreach.outputs.facts import SecondOpinion
from ptreach.outputs.wording import engine_name, engine_title
from ptreach.towns import ends_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import geopandas as gpd

    from ptreach.config import Town
    from ptreach.engine.base import Engine
    from ptreach.measures.comparison import Comparison, Floored, PairTimes
    from ptreach.model import FloatArray, Progress

_OPTION: Final = "--against"
_WHOLE_MINUTES: Final[dict[tuple[bool, bool], Floored]] = {
    (True, True): "both",
    (True, False): "a",
    (False, True): "b",
    (False, False): "neither",
}


@contextmanager
def of_second() -> Iterator[None]:
    """Name the option for a second engine in an error, where it is about R5 and its machine."""
    try:
        yield
    except InputError as error:
        if error.where not in {WHERE, "--engine"}:
            raise
        where = error.where.replace("--engine", _OPTION)
        raise InputError(error.what, where=where, remedy=error.remedy) from error


def require_second(name: str, engine: str, town: Town, r5_jar: Path | None) -> None:
    """Raise InputError where engine `name` can't be asked beside `engine`: before any work is done."""
    if name == engine:
        raise InputError(
            f"'{name}' is the engine that is asked already",
            where=_OPTION,
            remedy="name the other engine, or leave it out",
        )
    with of_second():
        require_engine(name, town.query, r5_jar)


def second_opinion(
    second: Engine, first: Engine, town: Town, zones: gpd.GeoDataFrame, progress: Progress
) -> SecondOpinion:
    """Return what a second engine says of a town's zones, and how that agrees with what the first said.

    `zones` are those of `add_times` by the first engine.

    Raises
    ------
    InputError
        Where the second engine can't be asked this, or fails.
    """
    names = engine_name(first.name), engine_name(second.name)
    stage = f"second opinion: {names[1]}"
    progress(stage, 0, 1)
    with of_second():
        found = minutes_to(second, *ends_of(town, zones), town.query, no_progress)
    minutes = {percentile: found[:, at] for at, percentile in enumerate(town.query.percentiles)}
    comparison, apart_s = _beside(first, second, town, zones, minutes)
    progress(stage, 1, 1)
    return SecondOpinion(
        engine=second.name,
        title=engine_title(second.name, __version__, second.software),
        names=names,
        rules=second.rules,
        notes=second.notes,
        software=second.software,
        resolution_s=second.resolution_s,
        minutes=minutes,
        apart_s=apart_s,
        comparison=comparison,
    )


def _beside(
    first: Engine, second: Engine, town: Town, zones: gpd.GeoDataFrame, minutes: dict[int, FloatArray]
) -> tuple[Comparison, dict[int, FloatArray]]:
    """Return how two engines agree on the zones, and each zone's difference in seconds, by percentile."""
    first_s = {p: np.rint(60 * zones[f"minutes_p{p}"].to_numpy(dtype=np.float64)) for p in minutes}
    second_s = {p: np.rint(60 * values) for p, values in minutes.items()}
    floored = _WHOLE_MINUTES[first.resolution_s == 60, second.resolution_s == 60]
    pairs = Pairs.of_one(town.slug, tuple(map(str, zones["zone_id"])), first_s, second_s)
    comparison = compare_times(pairs, town.preset.cutoffs_min, floored, examples=WORST)
    ours_s, theirs_s, _ = like_for_like(first_s, second_s, floored)
    apart_s = {p: np.asarray(theirs_s[p] - ours_s[p], dtype=np.float64) for p in minutes}
    told = {pair.to_id for pair in (*comparison.worst, *comparison.only_first, *comparison.only_second)}
    some = zones[zones["zone_id"].astype(str).isin(told)]
    notes = [
        _journeys(engine, town, some, seconds[comparison.shown][some.index])
        for engine, seconds in ((first, first_s), (second, second_s))
    ]
    return _named(comparison, some, notes), apart_s


def _journeys(engine: Engine, town: Town, zones: gpd.GeoDataFrame, seconds: FloatArray) -> list[str]:
    """Return the median journey to each zone in a line, where an engine can tell."""
    if not isinstance(engine, RaptorEngine) or not len(zones):
        return [""] * len(zones)
    return journey_notes(engine, town, zones, np.nan_to_num(seconds, nan=-1).astype(np.int64).tolist())


def _named(comparison: Comparison, zones: gpd.GeoDataFrame, notes: Sequence[Sequence[str]]) -> Comparison:
    """Return a comparison whose pairs bear the names of zones and their journeys, by the side.

    Where the pack does not reach a zone, its reason stands in place of a journey.
    """
    at = {str(zone): row for row, zone in enumerate(zones["zone_id"])}
    names, reasons = zones["zone_name"].tolist(), zones["reason"].tolist()
    by_first, by_second = notes

    def named(pairs: Sequence[PairTimes]) -> tuple[PairTimes, ...]:
        rows = [at[pair.to_id] for pair in pairs]
        return tuple(
            replace(
                pair,
                name=str(names[row]),
                first_note=by_first[row] if reasons[row] == Reason.REACHED else str(reasons[row]),
                second_note=by_second[row],
            )
            for pair, row in zip(pairs, rows, strict=True)
        )

    return replace(
        comparison,
        worst=named(comparison.worst),
        only_first=named(comparison.only_first),
        only_second=named(comparison.only_second),
    )
