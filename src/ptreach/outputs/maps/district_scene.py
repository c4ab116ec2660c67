"""What the map of districts shows and says: polygons joined to scores, the place among all, and the words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from ptreach.errors import InputError
from ptreach.measures.districts import CLASSES_N, neighbouring_districts, score_classes, scores_on_polygons
from ptreach.outputs.wording import first_short_title, ordinal

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import geopandas as gpd
    import pandas as pd

FIFTHS: Final = ("highest fifth", "lowest fifth")


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictMeasure:
    """What an average score of districts is: its column, and its words on the picture."""

    column: str
    title: str
    short: str
    meaning: str
    decimals: int


IDACI: Final = DistrictMeasure(
    column="idaci_average_score",
    title="IDACI average score",
    short="IDACI",
    meaning="Share of children under 16 in income-deprived families",
    decimals=3,
)
IMD: Final = DistrictMeasure(
    column="imd_average_score",
    title="IMD average score",
    short="IMD",
    meaning="Index of Multiple Deprivation; higher is more deprived",
    decimals=1,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictScene:
    """What is drawn: polygons with their scores, the place, those around it, and what could not be drawn."""

    shapes: gpd.GeoDataFrame
    """``district_code, district_name, score, rank, fifth, geometry``, marked and neighbouring ones told by
    ``marked`` and ``near``."""
    ranking: pd.DataFrame
    """``district_code, score, fifth, marked`` of all that have a score, the highest first."""
    bounds: np.ndarray
    ranked_n: int
    scored_n: int
    without_polygon: list[str]
    touching: bool
    average: float
    average_words: str
    measure: DistrictMeasure
    edition: str


def district_scene(
    districts: gpd.GeoDataFrame,
    scores: pd.DataFrame,
    marked: Collection[str],
    measure: DistrictMeasure,
    edition: str,
    england_average: float | None,
    successors: Mapping[str, str] | None,
) -> DistrictScene:
    """Join polygons and scores, find neighbours and classes."""
    for frame, what in ((districts, "districts"), (scores, "scores of districts")):
        if (twice := frame["district_code"].duplicated()).any():
            code = frame["district_code"][twice].iloc[0]
            raise InputError(
                f"district {code} is there twice", where=what, remedy="give every district one row"
            )
    table = scores_on_polygons(scores, measure.column, successors).rename(columns={measure.column: "score"})
    classes, bounds = score_classes(table["score"].to_numpy(dtype=np.float64))
    if not len(bounds):
        raise InputError(
            f"too few scores differ to make fifths of {len(table)} districts",
            where=f"scores of districts, column {measure.column}",
            remedy="give the scores of all districts of England",
        )
    table["fifth"] = classes
    shapes = districts[["district_code", "district_name", "geometry"]].merge(
        table, on="district_code", how="left"
    )
    shapes["fifth"] = shapes["fifth"].fillna(-1).astype(int)
    shapes = shapes.sort_values("district_code").reset_index(drop=True)
    _check_marked(shapes, marked, measure)
    near, touching = neighbouring_districts(shapes, marked)
    absent = ~table["district_code"].isin(districts["district_code"])
    names = dict(
        zip(scores["district_code"], scores.get("district_name", scores["district_code"]), strict=True)
    )
    scored = table[["district_code", "score", "fifth"]].dropna(subset="score")
    return DistrictScene(
        ranking=scored.assign(marked=scored["district_code"].isin(list(marked))).sort_values(
            ["score", "district_code"], ascending=[False, True]
        ),
        shapes=shapes.assign(
            marked=shapes["district_code"].isin(list(marked)), near=shapes["district_code"].isin(near)
        ),
        bounds=bounds,
        ranked_n=int(scores["rank"].notna().sum()),
        scored_n=int(table["score"].notna().sum()),
        without_polygon=sorted(str(names.get(code, code)) for code in table["district_code"][absent]),
        touching=touching,
        average=float(table["score"].median()) if england_average is None else england_average,
        average_words="Median authority" if england_average is None else "England",
        measure=measure,
        edition=edition,
    )


def _check_marked(shapes: gpd.GeoDataFrame, marked: Collection[str], measure: DistrictMeasure) -> None:
    """Refuse a place that could not be shown."""
    known = set(shapes["district_code"])
    scored = set(shapes["district_code"][shapes["score"].notna()])
    for code in sorted(marked):
        if code not in scored:
            lacks = "score" if code in known else "polygon"
            raise InputError(
                f"district {code} of the place has no {lacks}",
                where=f"map of the {measure.title}",
                remedy="give codes, boundaries and scores of one edition, or the successors of older codes",
            )
    if not marked:
        raise InputError("no district is marked", where=f"map of the {measure.title}", remedy="name one")


def district_name(name: str) -> str:
    """Return a name as it is said: ``Bristol`` for *Bristol, City of*."""
    return name.split(", ", maxsplit=1)[0] if name.endswith(" of") else name


def said_names(rows: pd.DataFrame) -> list[str]:
    """Return the names of districts as they are said."""
    return [district_name(str(name)) for name in rows["district_name"]]


def scene_title(scene: DistrictScene) -> str:
    """Return the finding: where the place stands among all districts."""
    rows = scene.shapes[scene.shapes["marked"]]
    short, total = scene.measure.short, scene.ranked_n
    plain = f"{scene.measure.title} by local authority"
    if len(rows) > 1:
        worst = int((rows["fifth"] == CLASSES_N - 1).sum())
        return first_short_title(
            f"{worst} of {len(rows)} districts are in England's highest {short} fifth", plain
        )
    name, rank = said_names(rows)[0], float(rows["rank"].iloc[0])
    if np.isnan(rank):
        score = f"{rows['score'].iloc[0]:.{scene.measure.decimals}f}"
        return first_short_title(f"{name}: {scene.measure.title} {score}", plain)
    place, end = (int(rank), "highest") if rank <= total / 2 else (int(total + 1 - rank), "lowest")
    which = end if place == 1 else f"{ordinal(place)} {end}"
    middling = f"{name} ranks {ordinal(int(rank))} of {total} districts on {short}"
    titles = (f"{name} has England's {which} {short} score", f"{name}: {which} {short} of {total}", plain)
    return first_short_title(*(titles if place <= total / CLASSES_N else (middling, *titles[1:])))


def scene_subtitle(scene: DistrictScene) -> str:
    """Return what is shown."""
    return f"{scene.measure.title} by local authority  ·  {scene.edition}  ·  rank 1 is the most deprived"


def count_phrase(scene: DistrictScene, left_out: list[str]) -> str:
    """Say how many districts there are, and which are not to be seen."""
    words = [f"n = {scene.scored_n} local authority districts ({scene.edition})."]
    no_score = int((scene.shapes["fifth"] < 0).sum())
    if scene.without_polygon:
        words.append(f"{len(scene.without_polygon)} have no boundary in this map (listed in .txt).")
    if no_score:
        words.append(f"{no_score} boundaries have no score (grey).")
    if left_out:
        words.append(f"{len(left_out)} neighbours without a bar: see .txt.")
    return " ".join(words)


def scene_description(scene: DistrictScene, title: str, *, made_up: bool) -> list[str]:
    """Describe the picture for those who cannot see it."""
    decimals = scene.measure.decimals
    lines = [
        f"Map: {title}.",
        f"{scene.measure.title} by local authority, {scene.edition}. {scene.measure.meaning}.",
        f"Fifths of {scene.scored_n} local authorities, the highest first:",
    ]
    if made_up:
        lines.insert(1, "The data are made up; they describe no real place.")
    lines += [f"- {low:.{decimals}f} to {high:.{decimals}f}" for low, high in reversed(scene.bounds)]
    lines.append(f"{scene.average_words}: {scene.average:.{decimals}f}.")
    kind = "districts that touch it" if scene.touching else "nearest districts, for it touches none"
    lines.append(f"The place and the {kind}, by score:")
    shown = scene.shapes[scene.shapes["marked"] | scene.shapes["near"]]
    for row in shown.sort_values(["score", "district_code"], ascending=[False, True]).itertuples():
        score = "no score" if np.isnan(row.score) else f"{row.score:.{decimals}f}"
        rank = "" if np.isnan(row.rank) else f", rank {row.rank:.0f} of {scene.ranked_n}"
        lines.append(f"- {row.district_name}{' (the place)' if row.marked else ''}: {score}{rank}")
    grey = sorted(scene.shapes["district_name"][scene.shapes["fifth"] < 0])
    if grey:
        lines.append(f"Boundaries without a score ({len(grey)}): {'; '.join(grey)}.")
    if scene.without_polygon:
        names = "; ".join(scene.without_polygon)
        lines.append(f"Districts with a score and no boundary ({len(scene.without_polygon)}): {names}.")
    return lines
