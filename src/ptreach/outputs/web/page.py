"""The page: template, style, scripts and data put into one file that nothing else belongs to.

The policy of the page names its style and its script by their digests: a browser runs those and nothing else,
and refuses every request, whatever the names in the data say.
"""

from __future__ import annotations

import base64
import hashlib
import json
from html import escape
from importlib import resources
from string import Template
from typing import TYPE_CHECKING, Any, Final

from ptreach.outputs.web.data import page_data
from ptreach.outputs.wording import (
    MADE_UP_NOTICE,
    long_date,
    map_title,
    statistic_phrase,
    subtitle,
    sunset_phrase,
    window_phrase,
    within_phrase,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from shapely.geometry import MultiPolygon
    from shapely.geometry.base import BaseGeometry

    from ptreach.config import Town
    from ptreach.outputs.facts import PackFacts

SCRIPTS: Final = ("words.js", "view.js", "draw.js", "marks.js", "legend.js", "table.js", "main.js")
"""In the order in which they are run, as one."""
_ESCAPES: Final = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&"}


def web_page(
    *,
    town: Town,
    zones: gpd.GeoDataFrame,
    isochrones: Mapping[int, MultiPolygon],
    ground: gpd.GeoDataFrame,
    land: BaseGeometry,
    origin_xy_m: tuple[float, float],
    facts: PackFacts,
    stops: gpd.GeoDataFrame | None = None,
) -> str:
    """Return the page of a town's map, HTML in one file; the same inputs give the same text.

    All geometry is in EPSG:27700.

    Parameters
    ----------
    town
        Title, date, window, cutoffs and percentiles are taken from it.
    zones
        As `write_pack` takes them: columns of `Areas.frame`, ``minutes_p…`` (minutes, NaN where not reached),
        ``reason``, and what `towns.add_times` says of departures.
    isochrones
        Cumulative areas by cutoff in minutes, of the median.
    ground
        Columns ``kind`` (``major, minor, path, rail, water, river, coast``) and ``geometry``. Of a large
        region there may be room for main roads only; the foot of the page then says so.
    land
        All land in view.
    origin_xy_m
        Easting and northing of the town's point.
    facts
        What the foot says of the run.
    stops
        Columns ``stop_name`` and ``geometry`` (points) of a layer that can be shown; none without.

    Raises
    ------
    InputError
        A zone has no polygon.
    """
    data = page_data(
        town=town,
        zones=zones,
        isochrones=isochrones,
        ground=ground,
        land=land,
        origin_xy_m=origin_xy_m,
        by_the_sea=facts.by_the_sea,
        stops=stops,
    )
    data |= {"edition": facts.areas.edition, "slug": town.slug}
    share, words = within_phrase(town, zones)
    style = _read("page.css")
    script = "(() => {\n'use strict';\n" + "\n".join(map(_read, SCRIPTS)) + "})();\n"
    return Template(_read("page.html")).substitute(
        policy=page_policy(style, script),
        title=escape(map_title(town)),
        subtitle=escape(subtitle(town)),
        share=escape(share),
        words=escape(words),
        style=style,
        script=script,
        data=as_json(data),
        foot=_foot(town, facts, data["leftOut"]),
        slug=escape(town.slug),
        edition=escape(facts.areas.edition),
        deprivation=escape(facts.areas.deprivation_title),
        notice=f'<p class="made-up">{escape(MADE_UP_NOTICE)}</p>' if facts.made_up else "",
        badge='<p class="badge">MADE-UP DATA</p>' if facts.made_up else "",
    )


def as_json(data: Mapping[str, Any]) -> str:
    """Return data as JSON in letters of ASCII that no element of HTML can be ended or begun by.

    Raises ValueError for NaN, which JSON does not have.
    """
    return json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":")).translate(_ESCAPES)


def _read(name: str) -> str:
    """Return a file beside this module."""
    return (resources.files("ptreach.outputs.web") / name).read_text(encoding="utf-8")


def page_policy(style: str, script: str) -> str:
    """Return the policy that allows this style and this script, pictures within the page, and no more."""

    def digest(text: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    return (
        f"default-src 'none'; style-src {digest(style)}; script-src {digest(script)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _foot(town: Town, facts: PackFacts, left_out: list[str]) -> str:
    """Return how the numbers were made, until when they hold, and whose data they are made of."""
    asked = (
        f"{long_date(town.date)}, {window_phrase(town)}; {statistic_phrase(town)}; on foot and by public "
        f"transport; preset {town.preset_name} ({town.preset.title})."
    )
    way = "to" if town.preset.direction == "from" else "from"
    made = (
        f"Computed by ptreach {facts.version}, engine {facts.engine}, on network {facts.network} "
        f"(digest {facts.network_digest[:12]}). Minutes are {way} the {facts.areas.point} of each "
        f"zone ({facts.areas.edition}), and cut to a tenth, not rounded. Deprivation: "
        f"{facts.areas.deprivation_title}, decile 1 is the most deprived. Residents: "
        f"{facts.areas.population_title}."
    )
    kinds = {"path": "footpaths", "minor": "minor streets"}
    room = f"Left out of the map for its size: {', '.join(kinds.get(kind, kind) for kind in left_out)}."
    sunset = [sunset_phrase(town, facts.sunset)] if facts.sunset else []
    lines = [asked, *sunset, made, *([room] if left_out else [])]
    sources = []
    for record in facts.sources:
        note = " [made up]" if record.made_up else ""
        what = escape(f"{record.title}, {record.publisher}, {record.date}{note}")
        sources.append(f"<li>{what}. {escape(record.licence)}. {escape(record.attribution)}</li>")
    paragraphs = "\n".join(f"<p>{escape(line)}</p>" for line in lines)
    return f"{paragraphs}\n<h2>Sources and licences</h2>\n<ul>\n{chr(10).join(sources)}\n</ul>"
