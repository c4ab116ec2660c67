"""Drawings of differences, as SVG of our own: bars of their classes, and the map of them."""

from __future__ import annotations

from collections import Counter
from html import escape
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from ptreach.measures.time_differences import classes_n, difference_class
from ptreach.outputs.compared import class_labels, share_text, signed_clock
from ptreach.outputs.differences.colours import NEITHER, ONLY_A, ONLY_B, OUTLINE, colour_of
from ptreach.outputs.ramp import INK, STAR
from ptreach.outputs.web.paths import Sheet, area_paths

if TYPE_CHECKING:
    from ptreach.measures.time_differences import TimeDifferences
    from ptreach.outputs.differences.places import Places

_WIDTH: Final = 1000
_TALLEST: Final = 1100
_PADDING: Final = 0.03
_LEAST_M: Final = 1000.0
_DOT: Final = 5.0
_MIDDLE: Final = classes_n() // 2
_ONLY_A, _ONLY_B, _NEITHER = -1, -2, -3
_PATTERNS: Final = f"""<defs>
<pattern id="later" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<path d="M0 0V7" stroke="{OUTLINE}" stroke-width="1.4" stroke-opacity=".6"/></pattern>
<pattern id="later-dark" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<path d="M0 0V7" stroke="#FFFFFF" stroke-width="1.4" stroke-opacity=".75"/></pattern>
<pattern id="only-a" width="9" height="9" patternUnits="userSpaceOnUse">
<path d="M0 0L9 9M9 0L0 9" stroke="{ONLY_A}" stroke-width="2"/></pattern>
<pattern id="only-b" width="9" height="9" patternUnits="userSpaceOnUse">
<path d="M0 0L9 9M9 0L0 9" stroke="{ONLY_B}" stroke-width="2"/></pattern>
</defs>"""


def _special(names: tuple[str, str]) -> dict[int, str]:
    """Return what is said of places that not both reach, by their kind."""
    first, second = names
    return {
        _ONLY_A: f"reached by {first} only",
        _ONLY_B: f"reached by {second} only",
        _NEITHER: "reached by neither",
    }


def bars(row: TimeDifferences, what: str) -> str:
    """Return the differences of a percentile by class: a table whose last column draws each share."""
    total, most = sum(row.classes), max(*row.classes, 1)
    lines = []
    for number, (label, count) in enumerate(zip(class_labels(), row.classes, strict=True)):
        share = share_text(count / total) if total else ""
        drawn = _bar(100 * count / most, number)
        lines.append(
            f'<tr><th scope="row">{escape(label)}</th><td class="number">{count:,}</td>'
            f'<td class="number">{share}</td><td class="bar">{drawn}</td></tr>'
        )
    caption = f"{what.capitalize()} that both reach, by difference at p{row.percentile}; bars are to scale."
    heads = "".join(
        f'<th scope="col"{classed}>{name}</th>'
        for name, classed in (
            ("difference", ""), (what, ' class="number"'), ("share", ' class="number"'), ("drawn", ""),
        )
    )  # fmt: skip
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(caption, quote=True)}">'
        f"<table><caption>{escape(caption)}</caption><thead><tr>{heads}</tr></thead>"
        f"<tbody>\n{chr(10).join(lines)}\n</tbody></table></div>"
    )


def _bar(percent: float, difference_class_: int) -> str:
    """Return one bar, `percent` of its cell wide; hatched where B is later."""
    box = f'x="0" y="1" width="{percent:.2f}%" height="14"'
    colour, hatch = _fills(difference_class_)
    over = f'<rect {box} fill="url(#{hatch})"/>' if hatch else ""
    return (
        '<svg aria-hidden="true" width="100%" height="16">'
        f'<rect {box} fill="{colour}" stroke="{OUTLINE}"/>{over}</svg>'
    )


def pattern_definitions() -> str:
    """Return the hatches that drawings of a page refer to: once a page, before any of them."""
    return f'<svg aria-hidden="true" width="0" height="0" class="patterns">{_PATTERNS}</svg>'


def difference_map(places: Places, names: tuple[str, str] = ("A", "B")) -> str:
    """Return the map of differences with its legend and a sentence that says what it shows.

    `names` are those of the two sides.
    """
    title = f"Map of differences, {names[1]} less {names[0]}"
    west, south, east, north = _view(places)
    unit_m = (east - west) / _WIDTH
    sheet = Sheet(west, north, unit_m)
    height = round((north - south) / unit_m)
    classes = _classes(places)
    counts = Counter(classes.tolist())
    said = _said(places, counts, names)
    kinds = classes.tolist()
    words = [_words(places, row, kind, names) for row, kind in enumerate(kinds)]
    marks = (
        _areas(places, sheet, kinds, words, unit_m)
        if _are_areas(places)
        else (_dots(places, sheet, kinds, words))
    )
    return (
        f'<svg class="map" role="img" aria-labelledby="map-title map-said" viewBox="0 0 {_WIDTH} {height}">'
        f'<title id="map-title">{escape(title)}</title><desc id="map-said">{escape(said)}</desc>'
        f"{marks}{_origin(places, sheet)}</svg>\n"
        f"{_legend(counts, names, origin=places.origin_m is not None)}\n<p>{escape(said)}</p>"
    )


def _are_areas(places: Places) -> bool:
    """Say whether places are polygons; else they are points."""
    return bool((shapely.get_dimensions(places.shapes) == 2).any())


def _view(places: Places) -> tuple[float, float, float, float]:
    """Return west, south, east, north in metres: the places with room around, hardly taller than wide."""
    west, south, east, north = shapely.total_bounds(places.shapes).tolist()
    width = max((east - west) * (1 + 2 * _PADDING), _LEAST_M)
    height = max((north - south) * (1 + 2 * _PADDING), _LEAST_M / 2)
    width = max(width, height * _WIDTH / _TALLEST)
    x, y = (west + east) / 2, (south + north) / 2
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _classes(places: Places) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Return the class of difference of each place, or which side alone reaches it."""
    in_first, in_second = places.reached.T
    alone = np.where(in_first, _ONLY_A, np.where(in_second, _ONLY_B, _NEITHER))
    known = difference_class(np.nan_to_num(places.difference_s))
    return np.where(np.isnan(places.difference_s), alone, known)


def _said(places: Places, counts: Counter[int], names: tuple[str, str]) -> str:
    """Return what the map shows in words."""
    sooner = sum(number for kind, number in counts.items() if 0 <= kind < _MIDDLE - 1)
    later = sum(number for kind, number in counts.items() if kind > _MIDDLE + 1)
    close = sum(counts[kind] for kind in range(_MIDDLE - 1, _MIDDLE + 2))
    alone = [f"{counts[kind]:,} {words}" for kind, words in _special(names).items() if counts[kind]]
    parts = [
        f"{sooner:,} more than a minute sooner in {names[1]}",
        f"{close:,} within a minute",
        f"{later:,} more than a minute later in {names[1]}",
        *alone,
    ]
    return f"{places.about} Of {len(places.names):,} places: {', '.join(parts)}."


def _fills(kind: int) -> tuple[str, str]:
    """Return the colour of a class, and the hatch that lies on it, empty where there is none."""
    if kind >= 0:
        later = "later-dark" if kind == classes_n() - 1 else "later"
        return colour_of(kind), later if kind > _MIDDLE + 1 else ""
    return {_ONLY_A: ("#FFFFFF", "only-a"), _ONLY_B: ("#FFFFFF", "only-b"), _NEITHER: (NEITHER, "")}[kind]


def _words(places: Places, row: int, kind: int, names: tuple[str, str]) -> str:
    """Return what a place says when it is pointed at."""
    told = signed_clock(round(float(places.difference_s[row]))) if kind >= 0 else _special(names)[kind]
    return escape(f"{places.names[row]}: {told}")


def _areas(places: Places, sheet: Sheet, kinds: list[int], words: list[str], unit_m: float) -> str:
    """Return the polygons, filled by class; hatches lie on them and let the pointer through."""
    paths = area_paths(shapely.simplify(places.shapes, unit_m / 2), sheet)
    lines = [f'<g stroke="{OUTLINE}" stroke-width="1" stroke-linejoin="round" fill-rule="evenodd">']
    for kind, path, said in zip(kinds, paths, words, strict=True):
        colour, hatch = _fills(kind)
        lines.append(f'<path d="{path}" fill="{colour}"><title>{said}</title></path>')
        if hatch:
            lines.append(f'<path d="{path}" fill="url(#{hatch})" pointer-events="none"/>')
    return "\n".join([*lines, "</g>"])


def _dots(places: Places, sheet: Sheet, kinds: list[int], words: list[str]) -> str:
    """Return the points as dots, those with the largest differences on top."""
    at = sheet.places(shapely.get_coordinates(places.shapes))
    size = np.abs(np.nan_to_num(places.difference_s, nan=0.0))
    lines = [f'<g stroke="{OUTLINE}" stroke-width=".8">']
    for row in np.argsort(size, kind="stable").tolist():
        colour, hatch = _fills(kinds[row])
        place = f'cx="{at[row, 0]}" cy="{at[row, 1]}" r="{_DOT:g}"'
        lines.append(f'<circle {place} fill="{colour}"><title>{words[row]}</title></circle>')
        if hatch:
            lines.append(f'<circle {place} fill="url(#{hatch})" pointer-events="none"/>')
    return "\n".join([*lines, "</g>"])


def _origin(places: Places, sheet: Sheet) -> str:
    """Return the town's point as a star; empty where there is none."""
    if places.origin_m is None:
        return ""
    x, y = sheet.places(np.array([places.origin_m]))[0].tolist()
    style = f'fill="{STAR}" stroke="{INK}" stroke-width="2"'
    return f'<path d="{_star(x, y, 16)}" {style}><title>the town</title></path>'


def _star(x: float, y: float, radius: float) -> str:
    """Return the path of a star of five points."""
    angles = np.pi * np.arange(10) / 5 - np.pi / 2
    radii = np.where(np.arange(10) % 2, 0.45 * radius, radius)
    points = [f"{x + r * np.cos(a):.1f} {y + r * np.sin(a):.1f}" for r, a in zip(radii, angles, strict=True)]
    return f"M{'L'.join(points)}z"


def _legend(counts: Counter[int], names: tuple[str, str], *, origin: bool) -> str:
    """Return what colours and hatches mean: all steps of the map, and of the others those that are on it."""
    labels = class_labels(names[1])
    steps = [(kind, labels[kind]) for kind in range(classes_n()) if abs(kind - _MIDDLE) > 1]
    steps.insert(len(steps) // 2, (_MIDDLE, "within 1 min"))
    steps += [(kind, words) for kind, words in _special(names).items() if counts[kind]]
    items = []
    for kind, words in steps:
        colour, hatch = _fills(kind)
        box = f'width="26" height="16" stroke="{OUTLINE}"'
        over = f'<rect {box} fill="url(#{hatch})"/>' if hatch else ""
        swatch = f'<svg aria-hidden="true" width="26" height="16"><rect {box} fill="{colour}"/>{over}</svg>'
        items.append(f"<li>{swatch} {escape(words)}</li>")
    if origin:
        star = f'<path d="{_star(9, 9, 8)}" fill="{STAR}" stroke="{INK}"/>'
        items.append(f'<li><svg aria-hidden="true" width="18" height="18">{star}</svg> the town</li>')
    return f'<ul class="legend">{"".join(items)}</ul>'
