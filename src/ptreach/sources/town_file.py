"""A town's file to start from: what is known is filled in, what is not is a comment with a hint."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import TYPE_CHECKING, Final

from ptreach.config import Origin, checked
from ptreach.errors import InputError
from ptreach.sources.recipe import AREAS_FILE, NETWORK_FILE, load_areas_recipe, load_network_recipe

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

CONFIG_FOLDER: Final = "config"

_OPTIONS: Final = """\
# What is given here wins over the preset; README.md has every key.
# window = "07:15-09:15"         # departures
# direction = "to"               # journeys to the town, arriving in the window
# cutoffs_min = [15, 30, 45, 60]
# walk_speed_kph = 4.8
# max_walk_min = 20              # longest single walk
# districts = ["Sandwell"]       # count only their zones; else all zones that have a street of the network
"""


def write_town_file(
    town: str,
    home: Path,
    *,
    network: str | None = None,
    areas: str | None = None,
    at: tuple[float, float] | None = None,
    date: dt.date | None = None,
) -> Path:
    """Write ``home/config/<town>.toml`` and return its path; never overwrite one.

    Parameters
    ----------
    town
        The name as maps are to show it; the file's name is made from it.
    home
        The folder that holds networks/.
    network
        A network; the only one there is, where None. Where there are several, the file lists them.
    areas
        The areas; those whose name is the last, which is the newest edition, where None.
    at
        Longitude and latitude of the town's point, EPSG:4326.
    date
        A day on which the timetable is valid.

    Raises
    ------
    InputError
        Where the file is there, the network or the areas are unknown, the point is none, or the file can't be
        written.
    """
    name = " ".join(town.split())
    slug = plain_name(name)
    if not slug:
        raise InputError(
            f"'{name}' has no letter a-z or digit", where="TOWN", remedy="write it in Latin letters"
        )
    path = home / CONFIG_FOLDER / f"{slug}.toml"
    if not 0 < len(name) <= 80:
        raise InputError(
            "a name has 1 to 80 letters", where="TOWN", remedy='write it in quotes: "West Bromwich"'
        )
    networks, editions = _recipes(home, NETWORK_FILE), _recipes(home, AREAS_FILE)
    if network is None and len(networks) == 1:
        network = networks[0]
    if network is not None:
        load_network_recipe(network, home)
    if areas is None and editions:
        areas = editions[-1]
    if areas is not None:
        load_areas_recipe(areas, home)
    schema = path.with_name("schema.json")
    lines = [
        *([f"#:schema {schema.name}"] if schema.is_file() else []),
        f"name = {_text(name)}",
        _line("network", network, f"one of {', '.join(networks)}" if networks else "write its recipe first"),
        _line("areas", areas, "write their recipe first"),
        'preset = "am-peak"',
        f"date = {date}    # a day on which the timetable is valid"
        if date
        else "# date = YYYY-MM-DD    # a Tuesday in term, on which the timetable is valid",
        "",
        *_OPTIONS.splitlines(),
        "",
        *_origin(name, at),
    ]
    _write_new(path, "\n".join(lines) + "\n")
    return path


def plain_name(name: str) -> str:
    """Return what the file or folder of a place is called: small letters, digits, hyphens; may be empty."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower().replace("'", "")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _recipes(home: Path, file: str) -> list[str]:
    """Return the names of the recipes of one sort, sorted."""
    return sorted(path.parent.name for path in (home / "networks").glob(f"*/{file}"))


def _text(value: str) -> str:
    """Return a text as TOML has it."""
    return json.dumps("".join(mark for mark in value if mark.isprintable()), ensure_ascii=False)


def _line(key: str, value: str | None, hint: str) -> str:
    """Return the line of a key, a comment where its value is not known."""
    return f"{key} = {_text(value)}" if value else f'# {key} = "..."    # {hint}'


def _origin(name: str, at: tuple[float, float] | None) -> list[str]:
    """Return the table of the town's point."""
    if at is None:
        return [
            "# Degrees, EPSG:4326. To find them:",
            f"#   ptreach origin {_text(name)}",
            "[origin]",
            "# lon = -1.99686",
            "# lat = 52.52018",
            '# source = "..."    # where the point is from',
        ]
    origin = checked(Origin, {"lon": at[0], "lat": at[1]}, "--at")
    return [
        "[origin]",
        f"lon = {origin.lon}",
        f"lat = {origin.lat}",
        '# source = "..."    # where the point is from',
    ]


def _write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet."""
    try:
        path.parent.mkdir(exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except FileExistsError as error:
        raise InputError(
            "the file is there already", where=str(path), remedy="edit it, or give the town another name"
        ) from error
    except OSError as error:
        raise InputError(
            f"can't be written: {error.strerror or error}", where=str(path), remedy="check the rights"
        ) from error
