"""A map to look around in: one page, shown in a notebook or a browser, that asks nothing of the network."""

from __future__ import annotations

from html import escape
from importlib import resources
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from ptreach.api.classes import NOT_KNOWN, classify
from ptreach.api.pictures import in_metres, placed, sources_of
from ptreach.errors import InputError
from ptreach.outputs.ramp import GROUND, INK
from ptreach.outputs.web.page import as_json, page_policy

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    import geopandas as gpd

    from ptreach.api.classes import Classes

_WIDTH: Final = 20_000
"""Whole units of the page that all rows together are wide, or high: a twentieth of a pixel at first."""
_MOST_ROWS: Final = 20_000
_HEIGHT_PX: Final = 520
_FALLBACK_PX: Final = 24
_MOST_COLUMNS: Final = 12
_HATCH: Final = "hatch-key"


class MapPage:
    """A page of HTML in one piece; a notebook shows it where it is the last thing of a cell.

    Attributes
    ----------
    html
        The page.
    """

    def __init__(self, html: str, title: str) -> None:
        self.html = html
        self._title = title

    def __repr__(self) -> str:
        """Return what stands where no page can be shown."""
        return f"<ptreach.MapPage {self._title}>"

    def _repr_html_(self) -> str:
        """Return the page in a frame of its own, which has no rights but to run its script.

        A notebook that is not trusted has its frames taken out: what remains is the line below the frame.
        """
        title = escape(self._title, quote=True)
        page = escape(self.html, quote=True).replace("\n", "&#10;")  # a blank line ends HTML in Markdown
        line = f"margin:0;height:{_FALLBACK_PX}px;line-height:{_FALLBACK_PX}px;overflow:hidden"
        frame = (
            f"background:#fff;border:1px solid #b1b4b6;box-sizing:border-box;display:block;"
            f"height:{_HEIGHT_PX}px;margin-top:-{_FALLBACK_PX}px;position:relative;width:100%"
        )
        return (
            f'<div><p style="{line}">The map “{title}” shows where this notebook is trusted '
            "(File, Trust Notebook), or its cell is run again.</p>"
            f'<iframe sandbox="allow-scripts" title="{title}" style="{frame}" '
            f'srcdoc="{page}"></iframe></div>'
        )

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to a file, which opens from disk; return its path."""
        file = Path(path)
        try:
            file.write_text(self.html, encoding="utf-8", newline="\n")
        except OSError as error:
            raise InputError(
                f"can't be written: {error.strerror or error}", where=str(file), remedy="name another file"
            ) from error
        return file


def explore(
    frame: gpd.GeoDataFrame,
    column: str | None = None,
    *,
    tooltip: Sequence[str] | None = None,
    cutoffs_min: Sequence[int] = (15, 30, 45, 60),
    title: str = "",
) -> MapPage:
    """Return a map to look around in: drag, zoom, point at a row to read its values.

    As GeoDataFrame.explore, but offline: no tiles, no address that is asked, nothing to install. Rows
    without a geometry are counted below the map.

    Parameters
    ----------
    frame
        Areas, lines or points in any coordinate system, up to 20,000 rows; later rows are drawn on top.
    column, cutoffs_min
        As in `plot`.
    tooltip
        Columns whose values are shown; all but the geometry where None, up to twelve.
    title
        Above the map.

    Raises
    ------
    InputError
        As `plot` does; for a tooltip that is no column, and for more rows than a browser draws well.
    """
    shown = in_metres(frame, None)
    if len(frame) > _MOST_ROWS:
        raise InputError(
            f"{len(frame):,} rows", where="frame", remedy=f"show {_MOST_ROWS:,} at most, such as one district"
        )
    classes = classify(shown, column, cutoffs_min)
    columns = _columns(frame, tooltip)
    data = {
        "rows": _rows(shown, classes),
        "columns": [str(frame.columns[at]) for at in columns],
        "values": [[_text(value) for value in frame.iloc[:, at]] for at in columns],
    }
    style, script = _read("explore.css"), f"(() => {{\n'use strict';\n{_read('explore.js')}}})();\n"
    page = Template(_read("explore.html")).substitute(
        policy=page_policy(style, script),
        style=style,
        script=script,
        title=escape(title or "Map"),
        heading=f"<h1>{escape(title)}</h1>" if title else "",
        notice='<p class="made-up">MADE-UP DATA</p>' if frame.attrs.get("made_up") else "",
        legend=_legend(classes),
        unplaced=_unplaced(shown),
        source=escape(sources_of(frame, None)),
        box=" ".join(map(str, _box(shown))),
        ground=GROUND,
        ink=INK,
        data=as_json(data),
    )
    return MapPage(page, title or "Map")


def _columns(frame: gpd.GeoDataFrame, tooltip: Sequence[str] | None) -> list[int]:
    """Return where the columns stand whose values are shown; raise InputError for one that is not there.

    Where they stand, for names may be numbers, or come twice.
    """
    names = frame.columns.tolist()
    if tooltip is None:
        return [at for at, name in enumerate(names) if name != frame.geometry.name][:_MOST_COLUMNS]
    asked = [tooltip] if isinstance(tooltip, str) else list(tooltip)
    for name in asked:
        if name not in names:
            known = ", ".join(map(str, names))
            raise InputError(f"no column '{name}'", where="tooltip", remedy=f"take some of {known}")
    return [names.index(name) for name in asked]


def _text(value: Any) -> str:  # noqa: ANN401  whatever a frame holds
    """Return a value as it is read: numbers with four digits behind the point at most, days without 00:00."""
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return "–"
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, (float, np.floating)):
        number = float(value)
        return f"{number:.2g}" if 0 < abs(number) < 0.0001 else f"{round(number, 4):,}".removesuffix(".0")
    if isinstance(value, pd.Timestamp):
        return str(value).removesuffix(" 00:00:00")
    return f"{value:,}" if isinstance(value, (int, np.integer)) and value >= 10_000 else str(value)


def _box(frame: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    """Return left, top, width and height in units, with some room around."""
    west, south, east, north = frame.total_bounds
    unit_m = _unit_m(frame)
    room = _WIDTH / 25
    return (
        -room,
        -room,
        round((east - west) / unit_m + 2 * room),
        round((north - south) / unit_m + 2 * room),
    )


def _unit_m(frame: gpd.GeoDataFrame) -> float:
    """Return the metres of a unit; a single point is seen from far enough to be one."""
    west, south, east, north = frame.total_bounds
    return float(max(east - west, north - south, 1000.0) / _WIDTH)


def _rows(frame: gpd.GeoDataFrame, classes: Classes) -> list[list[Any] | None]:
    """Return each row: what it is (``area, line, point``), path, colour, if not known; None is nowhere."""
    west, _, _, north = frame.total_bounds
    unit_m = _unit_m(frame)
    kinds = ("point", "line", "area")
    rows: list[list[Any] | None] = []
    for shape, at, somewhere in zip(
        frame.geometry.to_numpy(), classes.of_row.tolist(), placed(frame).tolist(), strict=True
    ):
        if not somewhere:
            rows.append(None)
            continue
        drawn = shapely.transform(shape, lambda xy: (xy - (west, north)) * (1, -1) / unit_m)
        drawn = shapely.simplify(drawn, 1.0)
        colour = GROUND if at == NOT_KNOWN else classes.colours[at]
        rows.append(
            [kinds[max(int(shapely.get_dimensions(drawn)), 0)], _path(drawn), colour, at == NOT_KNOWN]
        )
    return rows


def _path(shape: shapely.Geometry) -> str:
    """Return a shape as a path of SVG in whole units: rings closed, points as places to draw a dot at."""
    parts = shapely.get_parts(shape)
    closed = shapely.get_dimensions(shape) == 2
    lines = shapely.get_rings(parts) if closed else parts
    texts = []
    for line in lines:
        xy = np.rint(shapely.get_coordinates(line)).astype(np.int64)
        texts.append(f"M{' '.join(map(str, xy.ravel().tolist()))}{'z' if closed else ''}")
    return "".join(texts)


def _unplaced(frame: gpd.GeoDataFrame) -> str:
    """Return what is said of rows that are nowhere, HTML."""
    count = int((~placed(frame)).sum())
    if not count:
        return ""
    return f"<p>{count:,} {'row has' if count == 1 else 'rows have'} no place and can't be shown.</p>"


def _legend(classes: Classes) -> str:
    """Return the legend as a list of HTML."""
    if not classes.title:
        return ""
    rows = list(zip(classes.labels, classes.colours, strict=True))
    if (classes.of_row == NOT_KNOWN).any():
        rows.append((classes.not_known, f"url(#{_HATCH})"))
    swatch = '<svg width="26" height="16" aria-hidden="true"><rect width="26" height="16" fill="{}"/></svg>'
    items = "".join(f"<li>{swatch.format(colour)} {escape(label)}</li>" for label, colour in rows)
    return f"<h2>{escape(classes.title)}</h2><ul>{items}</ul>"


def _read(name: str) -> str:
    """Return a file beside this module."""
    return (resources.files("ptreach.api") / name).read_text(encoding="utf-8")
