"""A town's configuration: one TOML file, frozen, unknown keys refused.

Presets are package data (``presets.toml`` beside this module) so that an installed wheel has them; a
``presets.toml`` beside a town's file adds presets or replaces shipped ones by name.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
import tomllib
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeVar, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from ptreach.errors import InputError
from ptreach.model import Direction, Query

if TYPE_CHECKING:
    from collections.abc import Sequence

BRITAIN: Final = ((-9.0, 2.1), (49.0, 61.1))
"""Degrees that hold Great Britain, from and to: longitude, latitude."""
_WINDOW = re.compile(r"(\d{1,2}):(\d\d)-(\d{1,2}):(\d\d)")


def parse_window(text: object) -> tuple[int, int]:
    """Return start and end in seconds after midnight of ``"07:15-09:15"``; hours may pass 24.

    Raises ValueError where the text is no such window.
    """
    match = _WINDOW.fullmatch(str(text).strip())
    if not match:
        raise ValueError(f"'{text}' is no window; write HH:MM-HH:MM, such as 07:15-09:15")
    hour0, minute0, hour1, minute1 = map(int, match.groups())
    start_s, end_s = hour0 * 3600 + minute0 * 60, hour1 * 3600 + minute1 * 60
    if minute0 > 59 or minute1 > 59 or not start_s < end_s:
        raise ValueError(f"'{text}' does not end after it starts; past midnight write 23:00-25:00")
    return start_s, end_s


def format_clock(seconds: int) -> str:
    """Return ``07:15`` for 26,100; hours may pass 24."""
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"


class Frozen(BaseModel):
    """A frozen model that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


Window = Annotated[
    tuple[int, int],
    # what is read already is a tuple; a file has text, or is refused
    BeforeValidator(lambda v: v if isinstance(v, tuple) else parse_window(v), json_schema_input_type=str),
]
Percent = Annotated[int, Field(ge=1, le=100)]
Minutes = Annotated[int, Field(ge=1, le=600)]


def _degrees(limit: int) -> AfterValidator:
    """Return a check that refuses what is no degree, projected metres above all."""

    def check(value: float) -> float:
        if not abs(value) <= limit:
            raise ValueError(f"{value:g} is no degree; give longitude and latitude (EPSG:4326), not metres")
        return value

    return AfterValidator(check)


class Origin(Frozen):
    """The place a town is measured from (or to): degrees, EPSG:4326."""

    lon: Annotated[float, _degrees(180)]
    lat: Annotated[float, _degrees(90)]
    source: str = ""


class Preset(Frozen):
    """A named meaning of rush hour; times in seconds, limits in the unit of their name."""

    title: str
    window: Window
    source: str = ""
    direction: Direction = "from"
    percentiles: tuple[Percent, ...] = (5, 25, 50, 75, 95)
    cutoffs_min: tuple[Minutes, ...] = (15, 30, 45, 60)
    walk_speed_kph: Annotated[float, Field(ge=0.5, le=15)] = 4.8
    max_walk_min: Annotated[float, Field(gt=0, le=120)] = 20
    max_time_min: Annotated[float, Field(gt=0, le=600)] = 120
    max_rides: Annotated[int, Field(ge=1, le=16)] = 8

    @model_validator(mode="after")
    def _ascending(self) -> Preset:
        """Refuse lists that do not ascend and cutoffs beyond the search limit."""
        for name in ("percentiles", "cutoffs_min"):
            values = getattr(self, name)
            if not values or list(values) != sorted(set(values)):
                raise ValueError(f"{name} must ascend, each once")
        if 50 not in self.percentiles:
            raise ValueError("percentiles must include 50, which the map and the tables show")
        if self.cutoffs_min[-1] > self.max_time_min:
            raise ValueError(
                f"the last cutoff, {self.cutoffs_min[-1]}, lies beyond max_time_min = {self.max_time_min:g}"
            )
        return self


class OpportunityFile(Frozen):
    """A file of places that people travel to, beside the town's file: points, and what each of them offers.

    ``offers`` names a column of numbers; without it each place counts one. ``demand`` says who wants them.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    file: Annotated[str, Field(min_length=1)]
    title: str = ""
    offers: str = ""
    demand: Literal["population", "children", "pensioners"] = "population"


class TownConfig(Frozen):
    """One town centre and what is asked of it; every key of its file.

    Keys of the preset (``window``, ``cutoffs_min``, limits …) may be given in the file too and win.
    """

    name: Annotated[str, Field(min_length=1, max_length=80)]
    network: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    areas: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    preset: str = "am-peak"
    date: dt.date
    origin: Origin
    districts: tuple[str, ...] = ()
    window: Window | None = None
    direction: Direction | None = None
    percentiles: tuple[Percent, ...] | None = None
    cutoffs_min: tuple[Minutes, ...] | None = None
    walk_speed_kph: float | None = None
    max_walk_min: float | None = None
    max_time_min: float | None = None
    max_rides: int | None = None
    opportunities: tuple[OpportunityFile, ...] = ()

    @model_validator(mode="after")
    def _named_once(self) -> TownConfig:
        """Refuse two files of opportunities of one name."""
        names = [one.name for one in self.opportunities]
        if len(set(names)) < len(names):
            raise ValueError("opportunities: two of one name")
        return self


class Town(Frozen):
    """A town's file resolved against its preset: what the pipeline and the outputs read."""

    slug: str
    path: Path
    name: str
    network: str
    areas: str
    date: dt.date
    origin: Origin
    districts: tuple[str, ...]
    preset_name: str
    preset: Preset
    opportunities: tuple[OpportunityFile, ...] = ()

    @property
    def query(self) -> Query:
        """The engine's question."""
        p = self.preset
        return Query(
            date=self.date,
            window_start_s=p.window[0],
            window_end_s=p.window[1],
            percentiles=p.percentiles,
            direction=p.direction,
            walk_speed_kph=p.walk_speed_kph,
            max_walk_min=p.max_walk_min,
            max_time_min=p.max_time_min,
            max_rides=p.max_rides,
        )

    @property
    def window_text(self) -> str:
        """``07:15 to 09:15``."""
        return f"{format_clock(self.preset.window[0])} to {format_clock(self.preset.window[1])}"


ModelT = TypeVar("ModelT", bound=BaseModel)


def read_toml(path: Path) -> dict[str, Any]:
    """Return the tables of a TOML file; raise InputError where it is missing or not TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise InputError("no such file", where=str(path), remedy="check the path") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError, RecursionError) as error:
        raise InputError(
            f"not readable as TOML: {error}", where=str(path), remedy="mend the line it names"
        ) from error


def checked(model: type[ModelT], data: dict[str, Any], where: str) -> ModelT:
    """Return `data` as `model`; raise InputError that names the key at fault and the remedy."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise _refusal(model, error, where) from error


def _refusal(model: type[BaseModel], error: ValidationError, where: str) -> InputError:
    """Return the error for what a model refused: its first fault, or all keys that are missing."""
    faults = error.errors()
    # An unknown key comes first: where it is a misspelt one, the missing one follows from it.
    first = min(faults, key=lambda fault: fault["type"] != "extra_forbidden")
    field = _dotted(first["loc"])
    counted = f" ({len(faults)} faults in all)" if len(faults) > 1 else ""
    if first["type"] == "extra_forbidden":
        loc = [part for part in first["loc"] if isinstance(part, str)]
        return InputError(f"unknown key '{field}'", where=where, remedy=_key_meant(model, loc))
    if first["type"] == "missing":
        keys = [fault["loc"] for fault in faults if fault["type"] == "missing"]
        more = counted if len(faults) > len(keys) else ""
        named = ", ".join(f"'{_dotted(key)}'" for key in keys)
        what = f"key {named} is missing" if len(keys) == 1 else f"keys {named} are missing"
        remedy = f"add {', '.join(_line_to_add(model, key) for key in keys)}"
        return InputError(f"{what}{more}", where=where, remedy=remedy)
    what, remedy = first["msg"].removeprefix("Value error, "), "correct the value"
    if first["type"].startswith("date"):
        what, remedy = f"'{first['input']}' is no date", "write YYYY-MM-DD, such as 2020-06-16"
    elif first["type"] == "string_pattern_mismatch" and "a-z0-9-" in first["ctx"]["pattern"]:
        what, remedy = f"'{first['input']}' is no plain name", "use small letters, digits and hyphens"
    return InputError(f"{what}{counted}", where=f"{where}, {field}" if field else where, remedy=remedy)


def _dotted(loc: Sequence[int | str]) -> str:
    """Return the key at fault as TOML would write it: ``origin.lon``."""
    return ".".join(map(str, loc))


def _line_to_add(model: type[BaseModel], loc: Sequence[int | str]) -> str:
    """Return the line that a missing key wants, and where: a table's stands below its heading."""
    table, *below = map(str, loc)
    if below:
        return f"{below[-1]} = … below [{table}]"
    kind = model.model_fields[table].annotation if table in model.model_fields else None
    return f"[{table}]" if isinstance(kind, type) and issubclass(kind, BaseModel) else f"{table} = …"


def _key_meant(model: type[BaseModel], loc: Sequence[str]) -> str:
    """Return the remedy for an unknown key: the one that may be meant, or the place it belongs to."""
    *tables, key = loc
    if tables and key in model.model_fields:  # a line below a table's heading is the table's, which few know
        return f"it is no key of [{tables[0]}]: write it above the first line in square brackets"
    known = sorted(_keys_at(model, tables))
    close = difflib.get_close_matches(key, known, 1)
    return f"did you mean '{close[0]}'?" if close else f"known keys: {', '.join(known)}"


def _keys_at(model: type[BaseModel], path: Sequence[str]) -> set[str]:
    """Return the keys a (nested) model knows."""
    for key in path:
        inner = model.model_fields[key].annotation if key in model.model_fields else None
        inner = next(iter(get_args(inner)), inner)  # of a list, what it is a list of
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return set(model.model_fields)
        model = inner
    return set(model.model_fields)


def load_presets(folder: Path | None = None) -> dict[str, Preset]:
    """Return presets by name: the shipped ones, and those of ``presets.toml`` in `folder`."""
    shipped = resources.files("ptreach") / "presets.toml"
    tables = {"ptreach/presets.toml": tomllib.loads(shipped.read_text(encoding="utf-8"))}
    own = folder / "presets.toml" if folder else None
    if own and own.is_file():
        tables[str(own)] = read_toml(own)
    return {
        name: checked(Preset, table, f"{where}, [{name}]")
        for where, data in tables.items()
        for name, table in data.items()
    }


def load_town(path: Path) -> Town:
    """Read a town's file and resolve its preset.

    Raises
    ------
    InputError
        Names the file, the key and the remedy: a missing file, unknown or missing keys, values out of range.
    """
    data = read_toml(path)
    config = checked(TownConfig, data, str(path))
    presets = load_presets(path.parent)
    if config.preset not in presets:
        close = difflib.get_close_matches(config.preset, sorted(presets), 1)
        there = f"take one of {', '.join(sorted(presets))}"
        raise InputError(
            f"unknown preset '{config.preset}'",
            where=f"{path}, preset",
            remedy=f"did you mean '{close[0]}'? Else {there}" if close else there,
        )
    own = {
        key: value
        for key in Preset.model_fields
        if key in TownConfig.model_fields and (value := getattr(config, key)) is not None
    }
    preset = presets[config.preset]
    merged = checked(Preset, {**preset.model_dump(), **own}, str(path))
    town = Town(
        slug=path.stem,
        path=path,
        name=config.name,
        network=config.network,
        areas=config.areas,
        date=config.date,
        origin=config.origin,
        districts=config.districts,
        preset_name=config.preset,
        preset=merged,
        opportunities=config.opportunities,
    )
    try:
        _ = town.query
    except InputError as error:
        field = error.where.removeprefix("query, ")
        raise InputError(error.what, where=f"{path}, {field}", remedy=error.remedy) from error
    return town
