"""Default styles for QGIS, as the QML that a GeoPackage carries: the pack's colours and dark outlines."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Final

from ptreach.measures.bands import band_labels, beyond_label
from ptreach.model import Reason
from ptreach.outputs.ramp import GROUND, INK, MISSING, STAR, band_colours

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_WRITTEN_FOR: Final = "3.22.0"
"""The oldest QGIS whose form of symbols this is."""
_DOCTYPE: Final = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"


def isochrone_style(cutoffs_min: Iterable[int]) -> str:
    """Return the style of the layer of isochrones: colour by ``cutoff_min``, the largest drawn first."""
    cutoffs = sorted(cutoffs_min)
    rows = [
        (str(cutoff), band_labels((cutoff,))[0], _fill(colour, outline_mm=0.4))
        for cutoff, colour in zip(cutoffs, band_colours(len(cutoffs)), strict=True)
    ]
    return _categorised("cutoff_min", rows, number=True, largest_first=True)


def zone_style(cutoffs_min: Sequence[int]) -> str:
    """Return the style of the layer of zones: colour by ``band``, grey where a zone is not reached."""
    colours = dict(zip(band_labels(cutoffs_min), band_colours(len(cutoffs_min)), strict=True))
    colours[beyond_label(cutoffs_min)] = GROUND
    colours |= {reason.value: MISSING for reason in Reason if reason is not Reason.REACHED}
    rows = [(name, name, _fill(colour, outline_mm=0.16)) for name, colour in colours.items()]
    return _categorised("band", rows, number=False, largest_first=False)


def origin_style() -> str:
    """Return the style of the town's point: a star, with the town's name beside it."""
    star = {
        "name": "star", "size": "6", "size_unit": "MM", "color": _rgba(STAR), "outline_color": _rgba(INK),
        "outline_width": "0.4", "outline_width_unit": "MM", "outline_style": "solid",
    }  # fmt: skip
    qgis = _document(labels=True)
    renderer = ET.SubElement(qgis, "renderer-v2", {"type": "singleSymbol", "symbollevels": "0"})
    _symbol(ET.SubElement(renderer, "symbols"), "0", "marker", "SimpleMarker", star)
    labelling = ET.SubElement(qgis, "labeling", {"type": "simple"})
    settings = ET.SubElement(labelling, "settings")
    style = ET.SubElement(
        settings,
        "text-style",
        {
            "fieldName": "town",
            "fontSize": "11",
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
    ET.SubElement(settings, "placement", {"placement": "6", "dist": "3.5", "distUnits": "MM"})
    return _text(qgis)


def _categorised(
    column: str, rows: Sequence[tuple[str, str, Mapping[str, str]]], *, number: bool, largest_first: bool
) -> str:
    """Return a style with a fill a value; each of `rows` is value, label and properties of the fill."""
    qgis = _document()
    renderer = ET.SubElement(
        qgis,
        "renderer-v2",
        {
            "type": "categorizedSymbol",
            "attr": column,
            "symbollevels": "0",
            "enableorderby": str(int(largest_first)),
        },
    )
    categories = ET.SubElement(renderer, "categories")
    symbols = ET.SubElement(renderer, "symbols")
    for index, (value, label, fill) in enumerate(rows):
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
        _symbol(symbols, str(index), "fill", "SimpleFill", fill)
    if largest_first:
        order = ET.SubElement(renderer, "orderby")
        ET.SubElement(order, "orderByClause", {"asc": "0", "nullsFirst": "0"}).text = f'"{column}"'
    return _text(qgis)


def _document(*, labels: bool = False) -> ET.Element:
    """Return the root of a style."""
    categories = "Symbology|Labeling" if labels else "Symbology"
    attributes = {"version": _WRITTEN_FOR, "styleCategories": categories}
    return ET.Element("qgis", attributes | ({"labelsEnabled": "1"} if labels else {}))


def _symbol(parent: ET.Element, name: str, kind: str, layer_class: str, options: Mapping[str, str]) -> None:
    """Add a symbol of one layer."""
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


def _rgba(colour: str) -> str:
    """Return ``r,g,b,255`` of ``#RRGGBB``."""
    return ",".join(str(int(colour[start : start + 2], 16)) for start in (1, 3, 5)) + ",255"


def _text(qgis: ET.Element) -> str:
    """Return the document as text."""
    ET.indent(qgis, " ")
    return _DOCTYPE + ET.tostring(qgis, encoding="unicode") + "\n"
