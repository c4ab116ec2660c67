"""The manifest of a pack: everything a number can be traced by, as JSON with sorted keys.

It holds no clock and no path of the machine: the same inputs and versions give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections import Counter
from dataclasses import asdict
from importlib import metadata
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyogrio
import shapely

from ptreach.config import format_clock
from ptreach.model import Severity
from ptreach.outputs.compared import percentile_figures
from ptreach.outputs.wording import people_by_band

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd
    from shapely.geometry import MultiPolygon

    from ptreach.config import Town
    from ptreach.model import SourceRecord, Verdict
    from ptreach.outputs.facts import AreasFacts, PackFacts, SecondOpinion
    from ptreach.outputs.layers.files import Surroundings

NAME: Final = "manifest.json"
FORMAT: Final = 2
"""Raised when a key of the manifest changes its meaning."""
_LIBRARIES: Final = (
    "contourpy", "geopandas", "matplotlib", "numba", "numpy", "odfpy", "osmium", "pandas", "pyarrow",
    "pyogrio", "pyproj", "python-pptx", "scipy", "shapely", "xlsxwriter",
)  # fmt: skip


def write_manifest(
    folder: Path,
    *,
    town: Town,
    zones: gpd.GeoDataFrame,
    isochrones: Mapping[int, MultiPolygon],
    facts: PackFacts,
    surroundings: Surroundings | None = None,
    opinion: SecondOpinion | None = None,
    verdict: Verdict | None = None,
) -> None:
    """Write ``manifest.json`` into a pack's folder, with the digests of all files that lie in it."""
    content = {
        "ptreach": {"version": facts.version, "pack_format": FORMAT},
        "made_up": facts.made_up,
        "town": town_facts(town),
        "sunset": _sunset(facts),
        "query": query_facts(town),
        "engine": facts.engine,
        "rules": dict(facts.rules),
        "surface": {"step_m": facts.surface_step_m, "street_within_m": facts.surface_street_m},
        "network": {
            "name": facts.network,
            "digest": facts.network_digest,
            "repairs": [asdict(repair) for repair in facts.repairs],
            "oddities": [asdict(oddity) for oddity in facts.oddities],
            "rows": [asdict(rows) for rows in facts.rows],
            "left_out": list(facts.left_out),
        },
        "areas": _areas(facts.areas),
        "inputs": [_input(record) for record in facts.sources],
        "zones": _zones(town, zones),
        "isochrones_km2": _areas_km2(isochrones),
        "libraries": library_versions(),
        "files": _files(folder),
    }
    if facts.software:
        content["engine_software"] = dict(facts.software)
    if surroundings is not None:
        content |= _around(surroundings)
    if opinion is not None:
        content["second_opinion"] = _second(opinion)
    if verdict is not None:
        content["verdict"] = _verdict(verdict)
    _write(folder, content)


def write_profile_manifest(
    folder: Path,
    *,
    version: str,
    area: str,
    zones_n: int,
    areas: AreasFacts,
    sources: Sequence[SourceRecord],
    made_up: bool,
) -> None:
    """Write ``manifest.json`` into a profile's folder, with the digests of all files that lie in it."""
    content = {
        "ptreach": {"version": version, "profile_format": 1},
        "made_up": made_up,
        "area": area,
        "zones": {"count": zones_n},
        "areas": _areas(areas),
        "inputs": [_input(record) for record in sources],
        "libraries": library_versions(),
        "files": _files(folder),
    }
    _write(folder, content)


def _write(folder: Path, content: Mapping[str, Any]) -> None:
    """Write a manifest."""
    text = json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    (folder / NAME).write_text(text + "\n", encoding="utf-8", newline="\n")


def _around(surroundings: Surroundings) -> dict[str, Any]:
    """Return counts of what is in the layers, and how map and table agree."""
    agreement = surroundings.agreement
    return {
        "isochrones_p5_km2": _areas_km2(surroundings.best),
        "isochrones_p95_km2": _areas_km2(surroundings.always),
        "isochrones_merged": {str(cutoff): one._asdict() for cutoff, one in surroundings.merged.items()},
        "layers": {
            "stops": len(surroundings.stops),
            "routes": len(surroundings.routes),
            "streets": len(surroundings.streets),
            "streets_exact": surroundings.streets_exact,
        },
        "map_and_table": {
            "zones": agreement.zones,
            "agree": agreement.agree,
            "share": round(agreement.share, 4) if agreement.zones else None,
            "rest": [
                {
                    "zone_id": one.zone_id,
                    "band_by_minutes": one.by_minutes,
                    "band_on_map": one.by_map,
                    "why": one.why.value,
                }
                for one in agreement.rest
            ],
        },
    }


def _second(opinion: SecondOpinion) -> dict[str, Any]:
    """Return what a second engine ran, and how it agrees; a is the pack, b the second engine."""
    return {
        "engine": opinion.engine,
        "title": opinion.title,
        "software": dict(opinion.software),
        "rules": dict(opinion.rules),
        "floored": opinion.comparison.floored,
        "percentiles": [percentile_figures(row) for row in opinion.comparison.at],
    }


def _areas_km2(isochrones: Mapping[int, MultiPolygon]) -> dict[str, float]:
    """Return the area of each isochrone, by its cutoff."""
    return {str(cutoff): round(area.area / 1e6, 3) for cutoff, area in isochrones.items()}


def _areas(areas: AreasFacts) -> dict[str, str]:
    """Return the edition of the zones and the titles of what is known of them."""
    return {
        "name": areas.name,
        "title": areas.title,
        "edition": areas.edition,
        "id_column": areas.id_column,
        "deprivation": areas.deprivation_title,
        "population": areas.population_title,
    }


def is_pack(folder: Path) -> bool:
    """Return whether a folder holds the manifest of a pack."""
    try:
        content = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(content, dict) and "ptreach" in content and "files" in content


def library_versions() -> dict[str, str]:
    """Return the versions of Python and of the libraries that the numbers and files come from."""
    versions = {name: metadata.version(name) for name in _LIBRARIES}
    gdal = ".".join(map(str, pyogrio.__gdal_version__))
    return versions | {"python": platform.python_version(), "gdal": gdal, "geos": shapely.geos_version_string}


def town_facts(town: Town) -> dict[str, Any]:
    """Return the town as its file has it."""
    return {
        "slug": town.slug,
        "name": town.name,
        "districts": list(town.districts),
        "origin": {"lon": town.origin.lon, "lat": town.origin.lat, "source": town.origin.source},
    }


def _sunset(facts: PackFacts) -> dict[str, Any] | None:
    """Return the last day that the figures may be quoted for, and the feed that ends then."""
    if facts.sunset is None:
        return None
    return {"last_day": facts.sunset.last_day.isoformat(), "feed": facts.sunset.feed}


def _verdict(verdict: Verdict) -> dict[str, Any]:
    """Return the decision on timetable and date, and the number of findings by how grave they are."""
    counts = Counter(finding.severity.value for finding in verdict.findings)
    return {
        "decision": verdict.decision.value,
        "findings": {severity.value: counts[severity.value] for severity in Severity},
    }


def query_facts(town: Town) -> dict[str, Any]:
    """Return every parameter of the run."""
    preset = town.preset
    return {
        "date": town.date.isoformat(),
        "preset": town.preset_name,
        "preset_title": preset.title,
        "preset_source": preset.source,
        "window": [format_clock(second) for second in preset.window],
        "departures": town.query.departures_n,
        "direction": preset.direction,
        "percentiles": list(preset.percentiles),
        "cutoffs_min": list(preset.cutoffs_min),
        "walk_speed_kph": preset.walk_speed_kph,
        "max_walk_min": preset.max_walk_min,
        "max_time_min": preset.max_time_min,
        "max_rides": preset.max_rides,
    }


def _input(record: SourceRecord) -> dict[str, Any]:
    """Return what is known of an input file; of its path only the name."""
    return {
        "kind": record.kind,
        "file": record.path.name,
        "title": record.title,
        "publisher": record.publisher,
        "licence": record.licence,
        "attribution": record.attribution,
        "date": record.date,
        "url": record.url,
        "note": record.note,
        "sha256": record.sha256,
        "size_bytes": record.size_bytes,
        "made_up": record.made_up,
        "pinned": record.pinned,
    }


def _zones(town: Town, zones: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return counts of zones and people."""
    distance_m = zones["link_distance_m"].to_numpy(dtype=np.float64)
    known = distance_m[~np.isnan(distance_m)]
    shares = people_by_band(zones, town.preset.cutoffs_min)
    return {
        "count": len(zones),
        "population": round(sum(row.people for row in shares)),
        "population_by_band": {row.label: round(row.people) for row in shares},
        "by_reason": reason_counts(zones),
        "link_distance_m_max": round(float(known.max()), 1) if known.size else None,
    }


def reason_counts(zones: gpd.GeoDataFrame) -> dict[str, int]:
    """Return the number of zones by reason, sorted by its name."""
    return dict(sorted(Counter(str(reason) for reason in zones["reason"]).items()))


def _files(folder: Path) -> dict[str, dict[str, str | int]]:
    """Return sha256 and size of every file below a folder, by its path with forward slashes."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / NAME)
    return {
        path.relative_to(folder).as_posix(): {
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "size_bytes": path.stat().st_size,
        }
        for path in paths
    }
