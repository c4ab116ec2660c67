"""What each key of ``manifest.json`` means, for docs/pack.md."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_OF_ONE_REPAIR: Final = {
    "rule": "name of the rule",
    "feed": "the feed, empty for what concerns the whole network",
    "count": "how many cases",
    "example": "file and row of one case",
    "what": "what was found",
    "done": "what was done about it",
    "remedy": "what the publisher should do",
}

KEYS: Final = {
    "ptreach.version": "version of ptreach",
    "ptreach.pack_format": "raised when a key of this file changes its meaning",
    "ptreach.profile_format": "the same, of an area's profile",
    "made_up": "whether any of it describes no real place",
    "area": "of a profile: the area it is of",
    "town.slug": "the town as its files are named",
    "town.name": "the town as its pages are titled",
    "town.districts": "codes of the districts that it was asked of; none for what the search reaches",
    "town.origin.lon": "longitude of the town's point, degrees (WGS 84)",
    "town.origin.lat": "latitude of the town's point, degrees (WGS 84)",
    "town.origin.source": "where the point is from",
    "sunset": "null where no feed of the run ends",
    "sunset.last_day": "last day that the figures may be quoted for",
    "sunset.feed": "the feed that ends then",
    "query.date": "the day of travel",
    "query.preset": "name of the preset",
    "query.preset_title": "the preset in words",
    "query.preset_source": "whose window and limits it has",
    "query.window": "first and last clock time, the last not included",
    "query.departures": "minutes of the window, each a departure (or an arrival)",
    "query.direction": "`from` the town's point to zones, or `to` it",
    "query.percentiles": "percentiles of the travel times over the window, by nearest rank",
    "query.cutoffs_min": "bounds of bands and isochrones, minutes",
    "query.walk_speed_kph": "walking speed, km/h",
    "query.max_walk_min": "longest walk to the first stop, and from the last, minutes",
    "query.max_time_min": "longest journey, minutes",
    "query.max_rides": "most rides of a journey",
    "engine": "the engine that routed",
    "engine_software.{name}": "of an engine that is not ours: releases of its software",
    "rules.{name}": "the engine's rules, as methods.md has them in words",
    "surface.step_m": "side of a cell of the surface that isochrones are drawn from, metres",
    "surface.street_within_m": "farthest a cell may be from a street, metres",
    "network.name": "folder of the network's recipe",
    "network.digest": "digest of the network's inputs, rules and builder",
    **{f"network.repairs[].{key}": f"rule of cleaning: {words}" for key, words in _OF_ONE_REPAIR.items()},
    **{f"network.oddities[].{key}": f"left as it is: {words}" for key, words in _OF_ONE_REPAIR.items()},
    "network.rows[].feed": "a feed, or the file of a map that was cut",
    "network.rows[].table": "its table; `nodes` of a map",
    "network.rows[].read": "rows read",
    "network.rows[].outside": "of these, outside the area or the days asked for",
    "network.rows[].kept": "rows kept",
    "network.left_out": "optional sources of the recipe that were not at hand",
    "areas.name": "folder of the zones' recipe",
    "areas.title": "the zones in words",
    "areas.edition": "edition of the zones that the figures are of",
    "areas.id_column": "the publisher's name of the zones' code",
    "areas.deprivation": "the indices that ranks and deciles are of",
    "areas.population": "the estimates that people are of",
    "inputs[].kind": "what the file is to the run: osm, gtfs, zones ...",
    "inputs[].file": "its name, without folders",
    "inputs[].title": "what it is",
    "inputs[].publisher": "whose it is",
    "inputs[].licence": "its licence",
    "inputs[].attribution": "the words that its licence asks for",
    "inputs[].date": "of when it is",
    "inputs[].url": "where it is from",
    "inputs[].note": "what else its recipe says",
    "inputs[].sha256": "its digest",
    "inputs[].size_bytes": "its size, bytes",
    "inputs[].made_up": "whether it describes no real place",
    "inputs[].pinned": "whether its recipe names this digest",
    "zones.count": "number of zones",
    "zones.population": "people in them",
    "zones.population_by_band.{band}": "people by band of the median travel time",
    "zones.by_reason.{reason}": "zones by the reason for having no travel time; reached where they have one",
    "zones.link_distance_m_max": "farthest that a zone's point is from the street it joins, metres",
    "isochrones_km2.{cutoff}": "area of the isochrone of the median by its minutes, km2",
    "isochrones_p5_km2.{cutoff}": "the same at best (5th percentile), km2",
    "isochrones_p95_km2.{cutoff}": "the same nearly always (95th percentile), km2",
    "isochrones_merged.{cutoff}.islands": "islands too small to be drawn that were taken away",
    "isochrones_merged.{cutoff}.holes": "holes too small to be drawn that were filled",
    "layers.stops": "stops in the layer",
    "layers.routes": "routes in the layer",
    "layers.streets": "streets in the layer",
    "layers.streets_exact": "whether each street stands for itself; else near ones were drawn as one",
    "map_and_table.zones": "zones whose point has a cell of the surface",
    "map_and_table.agree": "of these, those in the band that their minutes say",
    "map_and_table.share": "their share; null where there are none",
    "map_and_table.rest[].zone_id": "a zone that disagrees, with a cell or without",
    "map_and_table.rest[].band_by_minutes": "its band by the table",
    "map_and_table.rest[].band_on_map": "its band on the map",
    "map_and_table.rest[].why": "why they differ",
    "verdict.decision": "go, go with warnings or no go, by the check of timetable and date",
    "verdict.findings.{severity}": "findings of the check by how grave they are",
    "second_opinion.engine": "the engine that was asked as well; below, a is this pack, b that engine",
    "second_opinion.title": "that engine in words",
    "second_opinion.software.{name}": "releases of its software",
    "second_opinion.rules.{name}": "its rules",
    "second_opinion.floored": "which holds whole minutes only, `a`, `b` or `both`; null if none",
    "second_opinion.percentiles[].percentile": "the percentile compared",
    "second_opinion.percentiles[].both": "zones that both reach",
    "second_opinion.percentiles[].only_a": "zones that only a reaches",
    "second_opinion.percentiles[].only_b": "zones that only b reaches",
    "second_opinion.percentiles[].neither": "zones that neither reaches",
    "second_opinion.percentiles[].reached_alike": "share of zones that both or neither reach",
    "second_opinion.percentiles[].equal": "share of both's with equal times",
    "second_opinion.percentiles[].within_{seconds}_s": "share of both's within so many seconds",
    "second_opinion.percentiles[].difference_s.{quantile}": "quantiles of b - a, seconds",
    "second_opinion.percentiles[].differences.{class}": "zones by class of the difference",
    "second_opinion.percentiles[].pairs_by_band": "zones by band of a (rows) and band of b (columns)",
    "second_opinion.percentiles[].kappa_linear": "Cohen's kappa of the bands, linear weights; null if none",
    "second_opinion.percentiles[].kappa_quadratic": "the same, weighted by squares",
    "libraries.{name}": "releases of Python and of the libraries that numbers and files come from",
    "files.{path}.sha256": "digest of a file of this pack, as `ptreach verify` holds it",
    "files.{path}.size_bytes": "its size, bytes",
}


def paths_of(value: object, path: str = "") -> Iterator[str]:
    """The paths of all keys of a manifest that hold no further ones."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield from paths_of(below, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for item in value:
            yield from paths_of(item, f"{path}[]")
    else:
        yield path


def key_of(path: str) -> str | None:
    """The documented key that a path is one of, None where it is of none; an empty list is its items."""
    for key in KEYS:
        if path == key or key.startswith(f"{path}[].") or _PATTERNS[key].fullmatch(path):
            return key
    return None


_PATTERNS: Final = {key: re.compile(re.sub(r"\\{\w+\\}", ".+", re.escape(key))) for key in KEYS}
