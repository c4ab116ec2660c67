import xml.etree.ElementTree as ET

import pytest

from ptreach.measures.bands import name_bands
from ptreach.model import Reason
from ptreach.outputs.layers.qgis import (
    isochrone_style,
    origin_style,
    outline_style,
    route_style,
    stop_style,
    street_style,
    with_plain_names,
    zone_style,
)
from ptreach.outputs.ramp import INK, MISSING, band_colours
from ptreach.outputs.tables.columns import Column
from ptreach.sources.modes import MODES

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


@pytest.mark.parametrize(
    "qml",
    [
        isochrone_style(CUTOFFS),
        zone_style((30,)),
        origin_style(),
        outline_style(CUTOFFS, dotted=True),
        street_style(CUTOFFS),
        stop_style(CUTOFFS),
        route_style(["bus"]),
        with_plain_names(origin_style(), [Column("town", "Town", "It.")]),
    ],
)
def test_styles_repeat_and_say_which_qgis_they_are_for(qml):
    assert ET.fromstring(qml).get("version") == "3.22.0"
    assert isochrone_style(CUTOFFS) == isochrone_style(reversed(CUTOFFS))


def test_isochrones_over_others_are_outlines_that_differ():
    best, always = (fills(outline_style(CUTOFFS, dotted=dotted)) for dotted in (True, False))
    for styles, line in ((best, "dot"), (always, "solid")):
        assert {style["style"] for style in styles.values()} == {"no"}
        assert {style["outline_style"] for style in styles.values()} == {line}
        assert [rgb(styles[str(cutoff)]["outline_color"]) for cutoff in CUTOFFS] == list(band_colours(4))


def test_streets_and_stops_have_the_colours_of_their_band():
    assert [rgb(style["line_color"]) for style in fills(street_style(CUTOFFS)).values()] == list(
        band_colours(4)
    )
    assert [rgb(style["color"]) for style in fills(stop_style(CUTOFFS)).values()] == list(band_colours(4))


def test_every_mode_has_a_colour_of_its_own_and_only_those_asked_for_are_listed():
    styles = fills(route_style(MODES))
    assert set(styles) == set(MODES)
    assert len({style["line_color"] for style in styles.values()}) == len(MODES)
    assert set(fills(route_style(["rail", "bus", "bus"]))) == {"bus", "rail"}


@pytest.mark.parametrize(
    ("style", "column"),
    [(zone_style(CUTOFFS), "zone_name"), (stop_style(CUTOFFS), "stop_name"), (route_style(["bus"]), "route")],
)
def test_names_are_shown_from_near_by_only(style, column):
    root = ET.fromstring(style)
    settings = root.find("labeling/settings")
    assert settings.find("text-style").get("fieldName") == column
    rendering = settings.find("rendering")
    assert rendering.get("scaleVisibility") == "1"
    assert float(rendering.get("scaleMax")) > float(rendering.get("scaleMin")) == 0
    assert root.get("labelsEnabled") == "1"


def test_columns_are_shown_by_title_and_unit():
    columns = [Column("town", "Town", "It."), Column("lon", "Longitude", "East.", unit="degrees")]
    root = ET.fromstring(with_plain_names(origin_style(), columns))
    aliases = {one.get("field"): (one.get("index"), one.get("name")) for one in root.iter("alias")}
    assert aliases == {"town": ("1", "Town"), "lon": ("2", "Longitude (degrees)")}
    assert root.get("styleCategories") == "Symbology|Labeling|Fields"
    assert root.find("renderer-v2") is not None
