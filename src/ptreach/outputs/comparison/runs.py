"""In what the runs of two packs differ, from their manifests: place, day, rules, files, software."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ptreach.outputs.comparison.report import Unlike

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_QUERY: Final = {
    "date": "date",
    "preset": "preset",
    "window": "window",
    "direction": "direction",
    "percentiles": "percentiles",
    "cutoffs_min": "cutoffs, minutes",
    "walk_speed_kph": "walking speed, km/h",
    "max_walk_min": "longest walk, minutes",
    "max_time_min": "longest journey, minutes",
    "max_rides": "most rides",
}
_AREAS: Final = {"name": "areas", "deprivation": "deprivation", "population": "population"}
_NOT_THERE: Final = "none"
_DIGITS: Final = 12


def unlike_runs(first: Mapping[str, Any], second: Mapping[str, Any]) -> tuple[Unlike, ...]:
    """Return everything that the manifests of two packs say differently of what their numbers come from.

    First the question (town, date, window, limits), then engine and rules, network and files, software.
    """
    told = [list(_told(manifest)) for manifest in (first, second)]
    files = _unlike_files(first.get("inputs", ()), second.get("inputs", ()))
    software = [list(_software(manifest)) for manifest in (first, second)]
    return (*_unlike(*told), *files, *_unlike(*software))


def _told(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what a manifest says of the question, the engine, its rules and the network."""
    town, query, network = manifest["town"], manifest["query"], manifest["network"]
    origin = town.get("origin", {})
    yield "town", str(town.get("name", ""))
    yield "point, lon lat", f"{origin.get('lon')} {origin.get('lat')}"
    yield "districts", _plain(town.get("districts", []))
    for key, words in _QUERY.items():
        yield words, _plain(query.get(key, ""))
    for key, words in _AREAS.items():
        yield words, str(manifest["areas"].get(key, ""))
    yield "engine", str(manifest["engine"])
    for name, value in sorted(manifest["rules"].items()):
        yield f"rule {name}", _plain(value)
    yield "network", f"{network.get('name')} {network.get('digest')}"


def _software(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the versions that a manifest names."""
    yield "ptreach", str(manifest["ptreach"].get("version", ""))
    for name, version in sorted(manifest.get("engine_software", {}).items()):
        yield f"engine's {name}", str(version)
    for name, version in sorted(manifest["libraries"].items()):
        yield name, str(version)


def _plain(value: object) -> str:
    """Return a value of a manifest as text."""
    if isinstance(value, list):
        return ", ".join(map(str, value)) or _NOT_THERE
    return f"{value:g}" if isinstance(value, float) else str(value)


def _unlike(first: Sequence[tuple[str, str]], second: Sequence[tuple[str, str]]) -> list[Unlike]:
    """Return what two lists of names and values have differently, in their order."""
    one, other = dict(first), dict(second)
    names = dict.fromkeys([*one, *other])
    return [
        Unlike(name, one.get(name, _NOT_THERE), other.get(name, _NOT_THERE))
        for name in names
        if one.get(name) != other.get(name)
    ]


def _unlike_files(first: Sequence[Mapping[str, Any]], second: Sequence[Mapping[str, Any]]) -> list[Unlike]:
    """Return the input files that are not the same, by digest; those of one kind and title stand together."""
    same = {record["sha256"] for record in first} & {record["sha256"] for record in second}
    by_name: list[dict[str, list[str]]] = []
    for records in (first, second):
        named: dict[str, list[str]] = {}
        for record in records:
            if record["sha256"] not in same:
                named.setdefault(f"{record['kind']}: {record['title']}", []).append(_file(record))
        by_name.append(named)
    one, other = ({name: "; ".join(files) for name, files in named.items()} for named in by_name)
    return _unlike(sorted(one.items()), sorted(other.items()))


def _file(record: Mapping[str, Any]) -> str:
    """Return what tells one file from another: name, date and the start of its digest."""
    return f"{record['file']}, {record['date']}, {str(record['sha256'])[:_DIGITS]}"
