"""What is said of a place without a timetable: its authority among others, and how its indicators relate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from ptreach.outputs.maps.district_scene import IDACI, IMD

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ptreach.model import Authorities, CorrelationMatrix


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceWords:
    """What pictures of a place say beside their figures; ``area`` is what the zones are of."""

    slug: str
    area: str
    edition: str
    deprivation_title: str
    source_line: str
    made_up: bool


def draw_authorities(
    folder: Path,
    words: PlaceWords,
    authorities: Authorities | None,
    marked: Sequence[str],
    kept: Path | None = None,
) -> None:
    """Draw averages of deprivation by local authority, where there are any.

    `marked` are the codes of the place's own authorities; without any that has an average nothing is drawn.
    Pictures are brought from the folder `kept` where they were drawn before, and kept there else.
    """
    from ptreach.outputs.maps.kept_pictures import draw_or_bring

    if authorities is not None:
        draw = partial(_draw_authorities, words=words, authorities=authorities, marked=marked)
        draw_or_bring(draw, folder, words.slug, _shown(words, authorities, marked), kept)


def _shown(words: PlaceWords, authorities: Authorities, marked: Sequence[str]) -> list[bytes]:
    """Return all that pictures of authorities hang on, but the name of their files."""
    shapes = authorities.shapes
    names = shapes[["district_code", "district_name"]].to_csv(index=False)
    said = repr((replace(words, slug=""), list(marked), names, authorities.scores.to_csv(index=False)))
    return [said.encode(), *shapes.geometry.to_wkb()]


def _draw_authorities(
    folder: Path, words: PlaceWords, authorities: Authorities, marked: Sequence[str]
) -> None:
    """Draw the averages of both measures."""
    from ptreach.outputs.maps.district_map import draw_district_map

    for measure in (IDACI, IMD):
        name = measure.short.lower()
        scores = authorities.scores.rename(columns={f"{name}_rank": "rank"})
        scores = scores[scores[measure.column].notna()]
        here = [code for code in marked if code in set(scores["district_code"])]
        if here and scores[measure.column].nunique() >= 5:
            draw_district_map(
                folder / f"{words.slug}-{name}-by-authority.png",
                districts=authorities.shapes,
                scores=scores,
                marked=here,
                measure=measure,
                edition=words.deprivation_title,
                source_line=words.source_line,
                made_up=words.made_up,
            )


def draw_correlations(folder: Path, words: PlaceWords, correlations: CorrelationMatrix | None) -> None:
    """Draw the correlation matrix, where there is one."""
    from ptreach.outputs.maps.correlation_picture import draw_correlation_picture

    if correlations is not None:
        draw_correlation_picture(
            folder / f"{words.slug}-correlations.png",
            pairs=correlations.pairs,
            indicators=correlations.drawn,
            area=words.area,
            edition=words.edition,
            source_line=words.source_line,
            made_up=words.made_up,
        )
