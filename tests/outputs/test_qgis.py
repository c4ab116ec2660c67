import xml.etree.ElementTree as ET

import pytest

from ptreach.measures.bands import name_bands
from ptreach.model import Reason
from ptreach.outputs.qgis import isochrone_style, origin_style, zone_style
from ptreach.outputs.ramp import INK, MISSING, band_colours

CUTOFFS = (15, 30, 45, 60)


def fills(qml):
    """Colour and outline by value of the category."""
    root = ET.fromstring(qml)
    symbols = {
        symbol.get("name"): {
            option.get("name"): option.get("value") for option in symbol.iter("Option") if option.get("name")
        }
        for symbol in root.iter("symbol")
    }
    return {row.get("value"): symbols[row.get("symbol")] for row in root.iter("category")}


def rgb(text):
    return "#" + "".join(f"{int(part):02X}" for part in text.split(",")[:3])


def test_isochrones_have_the_colours_of_the_map_and_dark_outlines():
    styles = fills(isochrone_style(CUTOFFS))
    assert [rgb(styles[str(cutoff)]["color"]) for cutoff in CUTOFFS] == list(band_colours(4))
    assert {rgb(style["outline_color"]) for style in styles.values()} == {INK}


def test_larger_isochrones_are_drawn_first():
    renderer = ET.fromstring(isochrone_style(CUTOFFS)).find("renderer-v2")
    assert renderer.get("attr") == "cutoff_min"
    assert renderer.get("enableorderby") == "1"
    clause = renderer.find("orderby/orderByClause")
    assert clause.text == '"cutoff_min"'
    assert clause.get("asc") == "0"


def test_every_band_and_reason_of_a_zone_has_a_style():
    styles = fills(zone_style(CUTOFFS))
    minutes = [0, 15, 30, 45, 60, *[float("nan")] * len(Reason)]
    reasons = [*["reached"] * 5, *Reason]
    assert set(name_bands(minutes, reasons, CUTOFFS)) == set(styles)
    assert [rgb(style["color"]) for style in styles.values()][:4] == list(band_colours(4))
    assert rgb(styles["off network"]["color"]) == MISSING


def test_zones_have_thinner_outlines_than_isochrones():
    zone = {float(style["outline_width"]) for style in fills(zone_style(CUTOFFS)).values()}
    isochrone = {float(style["outline_width"]) for style in fills(isochrone_style(CUTOFFS)).values()}
    assert 0 < max(zone) < min(isochrone)


def test_origin_is_a_star_with_its_name():
    root = ET.fromstring(origin_style())
    options = {option.get("name"): option.get("value") for option in root.iter("Option")}
    assert options["name"] == "star"
    assert root.get("labelsEnabled") == "1"
    assert root.find("labeling/settings/text-style").get("fieldName") == "town"


@pytest.mark.parametrize("qml", [isochrone_style(CUTOFFS), zone_style((30,)), origin_style()])
def test_styles_repeat_and_say_which_qgis_they_are_for(qml):
    assert ET.fromstring(qml).get("version") == "3.22.0"
    assert isochrone_style(CUTOFFS) == isochrone_style(reversed(CUTOFFS))
