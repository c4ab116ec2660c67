"""Default styles for QGIS, as the QML that a GeoPackage carries: the pack's colours and dark outlines."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Final

from ptreach.measures.bands import band_labels, beyond_label
from ptreach.model import Reason
from ptreach.outputs.ramp import GROUND, INK, MISSING, STAR, band_colours

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ptreach.outputs.tables.columns import Column

_WRITTEN_FOR: Final = "3.22.0"
"""The oldest QGIS whose form of symbols this is."""
_MODE_COLOURS: Final = {
    "bus": "#C2410C", "coach": "#9A6700", "trolleybus": "#B83280", "tram": "#7A2E8E", "metro": "#1D4ED8",
    "rail": "#111827", "ferry": "#0E7490", "cable car": "#4D7C0F", "funicular": "#365314",
    "air": "#6B7280", "taxi": "#A16207", "other": "#57534E",
}  # fmt: skip
"""Colours of routes by mode: dark, and none of the ramp's."""
_LAYER_CLASSES: Final = {"fill": "SimpleFill", "line": "SimpleLine", "marker": "SimpleMarker"}
_LINE_LABELS_FROM: Final = 75_000
_STOP_LABELS_FROM: Final = 15_000
_ZONE_LABELS_FROM: Final = 100_000
"""Scales from which names are shown: 1 to so many."""
_DOCTYPE: Final = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"


def isochrone_style(cutoffs_min: Iterable[int]) -> str:
    """Return the style of the layer of isochrones: colour by ``cutoff_min``, the largest drawn first."""
    cutoffs = sorted(cutoffs_min)
    rows = [
        (str(cutoff), band_labels((cutoff,))[0], _fill(colour, outline_mm=0.4))
        for cutoff, colour in zip(cutoffs, band_colours(len(cutoffs)), strict=True)
    ]
    qgis = _document()
    _categorised(qgis, "cutoff_min", rows, number=True)
    _order_by(qgis, "cutoff_min")
    return _text(qgis)


def outline_style(cutoffs_min: Iterable[int], *, dotted: bool) -> str:
    """Return the style of isochrones that lie over those of the median: outlines, by ``cutoff_min``."""
    cutoffs = sorted(cutoffs_min)
    rows = [
        (str(cutoff), band_labels((cutoff,))[0], _outline(colour, dotted=dotted))
        for cutoff, colour in zip(cutoffs, band_colours(len(cutoffs)), strict=True)
    ]
    qgis = _document()
    _categorised(qgis, "cutoff_min", rows, number=True)
    return _text(qgis)


def zone_style(cutoffs_min: Sequence[int]) -> str:
    """Return the style of the layer of zones: colour by ``band``, grey where a zone is not reached."""
    colours = dict(zip(band_labels(cutoffs_min), band_colours(len(cutoffs_min)), strict=True))
    colours[beyond_label(cutoffs_min)] = GROUND
    colours |= {reason.value: MISSING for reason in Reason if reason is not Reason.REACHED}
    rows = [(name, name, _fill(colour, outline_mm=0.16)) for name, colour in colours.items()]
    qgis = _document(labels=True)
    _categorised(qgis, "band", rows, number=False)
    _labels(qgis, "zone_name", points=8, placement="0", from_scale=_ZONE_LABELS_FROM)
    return _text(qgis)


def street_style(cutoffs_min: Sequence[int]) -> str:
    """Return the style of the layer of streets: colour by ``band``, the nearest drawn last."""
    bands = zip(band_labels(cutoffs_min), band_colours(len(cutoffs_min)), strict=True)
    rows = [(name, name, _line(colour, width_mm=0.5)) for name, colour in bands]
    qgis = _document()
    _categorised(qgis, "band", rows, number=False, kind="line")
    return _text(qgis)


def stop_style(cutoffs_min: Sequence[int]) -> str:
    """Return the style of the layer of stops: discs in the colour of their ``band``, named from near by."""
    bands = zip(band_labels(cutoffs_min), band_colours(len(cutoffs_min)), strict=True)
    rows = [(name, name, _disc(colour)) for name, colour in bands]
    qgis = _document(labels=True)
    _categorised(qgis, "band", rows, number=False, kind="marker")
    _labels(qgis, "stop_name", points=8, placement="6", off_mm=1.5, from_scale=_STOP_LABELS_FROM)
    return _text(qgis)


def route_style(modes: Iterable[str]) -> str:
    """Return the style of the layer of routes: colour by ``mode``, the route's name along the line."""
    rows = [
        (mode, mode, _line(colour, width_mm=0.5))
        for mode, colour in _MODE_COLOURS.items()
        if mode in set(modes)
    ]
    qgis = _document(labels=True)
    _categorised(qgis, "mode", rows, number=False, kind="line")
    _labels(qgis, "route", points=9, placement="2", from_scale=_LINE_LABELS_FROM)
    return _text(qgis)


def origin_style() -> str:
    """Return the style of the town's point: a star, with the town's name beside it."""
    star = {
        "name": "star", "size": "6", "size_unit": "MM", "color": _rgba(STAR), "outline_color": _rgba(INK),
        "outline_width": "0.4", "outline_width_unit": "MM", "outline_style": "solid",
    }  # fmt: skip
    qgis = _document(labels=True)
    renderer = ET.SubElement(qgis, "renderer-v2", {"type": "singleSymbol", "symbollevels": "0"})
    _symbol(ET.SubElement(renderer, "symbols"), "0", "marker", star)
    _labels(qgis, "town", points=11, placement="6", off_mm=3.5)
    return _text(qgis)


def with_plain_names(qml: str, columns: Iterable[Column]) -> str:
    """Return a style that shows columns by their titles and units."""
    qgis = ET.fromstring(qml)  # noqa: S314  of our own making
    qgis.set("styleCategories", f"{qgis.get('styleCategories')}|Fields")
    aliases = ET.SubElement(qgis, "aliases")
    for index, column in enumerate(columns, 1):  # 0 is the key, fid
        ET.SubElement(aliases, "alias", {"index": str(index), "field": column.name, "name": column.heading})
    return _text(qgis)


def _categorised(
    qgis: ET.Element,
    column: str,
    rows: Sequence[tuple[str, str, Mapping[str, str]]],
    *,
    number: bool,
    kind: str = "fill",
) -> None:
    """Add a symbol a value; each of `rows` is value, label and properties of the symbol."""
    renderer = ET.SubElement(
        qgis, "renderer-v2", {"type": "categorizedSymbol", "attr": column, "symbollevels": "0"}
    )
    categories = ET.SubElement(renderer, "categories")
    symbols = ET.SubElement(renderer, "symbols")
    for index, (value, label, options) in enumerate(rows):
        ET.SubElement(
            categories,
            "category",
            {
                "symbol": str(index),
                "value": value,
                "type": "long" if number else "string",
                "label": label,
                "render": "true",
            },
        )
        _symbol(symbols, str(index), kind, options)


def _order_by(qgis: ET.Element, column: str) -> None:
    """Have the largest values of a column drawn first."""
    renderer = qgis.find("renderer-v2")
    assert renderer is not None
    renderer.set("enableorderby", "1")
    order = ET.SubElement(renderer, "orderby")
    ET.SubElement(order, "orderByClause", {"asc": "0", "nullsFirst": "0"}).text = f'"{column}"'


def _labels(
    qgis: ET.Element,
    column: str,
    *,
    points: int,
    placement: str,
    off_mm: float = 0,
    from_scale: int | None = None,
) -> None:
    """Label by a column, from 1 to `from_scale` on; `placement` is QGIS's number of a way to do so."""
    labelling = ET.SubElement(qgis, "labeling", {"type": "simple"})
    settings = ET.SubElement(labelling, "settings")
    style = ET.SubElement(
        settings,
        "text-style",
        {
            "fieldName": column,
            "fontSize": str(points),
            "fontSizeUnit": "Point",
            "fontWeight": "75",
            "textColor": _rgba(INK),
        },
    )
    ET.SubElement(
        style,
        "text-buffer",
        {"bufferDraw": "1", "bufferSize": "0.8", "bufferSizeUnits": "MM", "bufferColor": _rgba("#FFFFFF")},
    )
    ET.SubElement(settings, "placement", {"placement": placement, "dist": f"{off_mm:g}", "distUnits": "MM"})
    # zones and routes lie everywhere: labels of points may stand on them
    rendering = {"obstacle": "0"}
    if from_scale is not None:
        rendering |= {"scaleVisibility": "1", "scaleMin": "0", "scaleMax": str(from_scale)}
    ET.SubElement(settings, "rendering", rendering)


def _document(*, labels: bool = False) -> ET.Element:
    """Return the root of a style."""
    categories = "Symbology|Labeling" if labels else "Symbology"
    attributes = {"version": _WRITTEN_FOR, "styleCategories": categories}
    return ET.Element("qgis", attributes | ({"labelsEnabled": "1"} if labels else {}))


def _symbol(parent: ET.Element, name: str, kind: str, options: Mapping[str, str]) -> None:
    """Add a symbol of one layer."""
    layer_class = _LAYER_CLASSES[kind]
    symbol = ET.SubElement(
        parent, "symbol", {"type": kind, "name": name, "alpha": "1", "clip_to_extent": "1"}
    )
    layer = ET.SubElement(symbol, "layer", {"class": layer_class, "enabled": "1", "pass": "0", "locked": "0"})
    table = ET.SubElement(layer, "Option", {"type": "Map"})
    for key, value in options.items():
        ET.SubElement(table, "Option", {"type": "QString", "name": key, "value": value})


def _fill(colour: str, *, outline_mm: float) -> dict[str, str]:
    """Return the properties of a fill with an outline in ink."""
    return {
        "color": _rgba(colour), "style": "solid", "outline_color": _rgba(INK), "outline_style": "solid",
        "outline_width": f"{outline_mm}", "outline_width_unit": "MM", "joinstyle": "round",
    }  # fmt: skip


def _outline(colour: str, *, dotted: bool) -> dict[str, str]:
    """Return the properties of an outline without a fill."""
    return {
        "style": "no", "outline_color": _rgba(colour), "outline_style": "dot" if dotted else "solid",
        "outline_width": "0.7", "outline_width_unit": "MM", "joinstyle": "round",
    }  # fmt: skip


def _line(colour: str, *, width_mm: float) -> dict[str, str]:
    """Return the properties of a line."""
    return {
        "line_color": _rgba(colour), "line_style": "solid", "line_width": f"{width_mm}",
        "line_width_unit": "MM", "joinstyle": "round", "capstyle": "round",
    }  # fmt: skip


def _disc(colour: str) -> dict[str, str]:
    """Return the properties of a disc with an outline in ink."""
    return {
        "name": "circle", "size": "2.2", "size_unit": "MM", "color": _rgba(colour),
        "outline_color": _rgba(INK), "outline_width": "0.2", "outline_width_unit": "MM",
        "outline_style": "solid",
    }  # fmt: skip


def _rgba(colour: str) -> str:
    """Return ``r,g,b,255`` of ``#RRGGBB``."""
    return ",".join(str(int(colour[start : start + 2], 16)) for start in (1, 3, 5)) + ",255"


def _text(qgis: ET.Element) -> str:
    """Return the document as text."""
    ET.indent(qgis, " ")
    return _DOCTYPE + ET.tostring(qgis, encoding="unicode") + "\n"
