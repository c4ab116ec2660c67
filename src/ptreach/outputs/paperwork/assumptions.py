"""The assumptions log: every assumption that decides numbers, with the value that the run took for it.

The words stand in ``assumptions.toml``, the values are the run's own: its settings, the engine's rules, and
what the method holds fixed. Their names must match, so that none is left without words.
"""

from __future__ import annotations

import enum
import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple

import pandas as pd
from pydantic import Field, TypeAdapter

from ptreach.config import Frozen, Preset
from ptreach.measures.access import CATCHMENT_MIN, HALF_MIN
from ptreach.measures.place_figures import DRAWS
from ptreach.outputs.tables.frames import mark_made_up
from ptreach.outputs.tables.log_columns import ASSUMPTIONS
from ptreach.outputs.tables.pack_tables import PackTable
from ptreach.outputs.wording import joined, long_date, number_words, statistic_phrase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ptreach.config import Town
    from ptreach.outputs.facts import PackFacts

Value = str | int | float | bool
_WORDS: Final = "assumptions.toml"
SETTINGS: Final = "settings"
RULES: Final = "rules"
METHOD: Final = "method"
_CHANGE: Final = {
    SETTINGS: "{name} in the town's file",
    RULES: "not in a town's file: {name} of network/rules.py; ptreach matrix --like r5 takes R5's",
}


class Pull(enum.StrEnum):
    """Which way an assumption pulls the minutes, against those of real journeys."""

    SHORTER = "shorter"
    LONGER = "longer"
    EITHER = "either"
    NONE = "none"


class Quality(enum.StrEnum):
    """How well founded an assumption is."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


class Impact(enum.StrEnum):
    """How much an assumption can move minutes or shares."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Rating(enum.StrEnum):
    """What quality and impact come to together."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


class Entry(Frozen):
    """What ``assumptions.toml`` says of one; ``off_`` holds where its value is false, 0 or nothing."""

    assumption: Annotated[str, Field(min_length=1)]
    why: Annotated[str, Field(min_length=1)]
    source: Annotated[str, Field(min_length=1)]
    pull: Pull
    quality: Quality
    impact: Impact
    off_assumption: str = ""
    off_pull: Pull | None = None
    change: str = ""


class Assumption(NamedTuple):
    """A row of the assumptions log."""

    id: str
    assumption: str
    value: str
    set_by: str
    why: str
    source: str
    pull: Pull
    quality: Quality
    impact: Impact
    rating: Rating
    change: str


@cache
def entries() -> dict[str, Entry]:
    """Return the words on assumptions by their ids: ``settings.window``, ``rules.board_slack_s``."""
    text = (resources.files("ptreach.outputs.paperwork") / _WORDS).read_text(encoding="utf-8")
    parts = TypeAdapter(dict[str, dict[str, Entry]]).validate_python(tomllib.loads(text))
    return {f"{part}.{name}": entry for part, named in parts.items() for name, entry in named.items()}


def assumptions(town: Town, facts: PackFacts) -> tuple[Assumption, ...]:
    """Return the assumptions of a run, in the order of ``assumptions.toml``.

    Raises
    ------
    ValueError
        Names a setting or rule of the run that has no words there.
    """
    values = run_values(town, facts)
    if unknown := sorted(values.keys() - entries().keys()):
        raise ValueError(f"no words on the assumption '{unknown[0]}'; add it to {_WORDS}")
    return tuple(_row(id_, entry, values[id_], town) for id_, entry in entries().items() if id_ in values)


def run_values(town: Town, facts: PackFacts) -> dict[str, Value]:
    """Return the value that the run takes for each assumption, by the assumption's id."""
    settings = {**_preset_values(town.preset), **_town_values(town)}
    parts: dict[str, Mapping[str, Value]] = {
        SETTINGS: settings,
        RULES: facts.rules,
        METHOD: _method_values(town, facts),
    }
    return {f"{part}.{name}": value for part, named in parts.items() for name, value in named.items()}


def _preset_values(preset: Preset) -> dict[str, Value]:
    """Return the numbers of a preset, lists in words."""
    dumped: dict[str, Any] = preset.model_dump(exclude={"title", "source"})
    return {name: joined(value) if isinstance(value, tuple) else value for name, value in dumped.items()}


def _town_values(town: Town) -> dict[str, Value]:
    """Return what the town's file says, and in words what its preset does of hours and ways."""
    way = "from the town's point to the zones" if town.preset.direction == "from" else (
        "from the zones to the town's point"
    )  # fmt: skip
    return {
        "date": long_date(town.date),
        "origin": f"{town.name}, at longitude {town.origin.lon}, latitude {town.origin.lat}",
        "districts": joined(town.districts) if town.districts else "",
        "window": f"{town.window_text}, the end excluded (preset {town.preset_name}: {town.preset.title})",
        "direction": way,
    }


def _method_values(town: Town, facts: PackFacts) -> dict[str, Value]:
    """Return what the method holds fixed, and counts of what was found."""
    areas = facts.areas
    return {
        **dict.fromkeys(("as-scheduled", "room-on-board", "no-fares", "best-journey"), True),
        "every-minute": statistic_phrase(town),
        "median": True,
        "what-is-in-the-feeds": joined(facts.left_out) if facts.left_out else "",
        "cleaning": sum(repair.count for repair in facts.repairs),
        **dict.fromkeys(("streets", "edge"), True),
        "zone-point": areas.point,
        "people": areas.population_title,
        "deprivation": areas.deprivation_title,
        "surface-step": facts.surface_step_m,
        "surface-street": facts.surface_street_m,
        "specks": facts.surface_step_m**2 / 1e4,
        "far-zones": town.preset.max_time_min,
        "gravity": HALF_MIN,
        "catchment": CATCHMENT_MIN,
        "intervals": DRAWS,
    }


def _row(id_: str, entry: Entry, value: Value, town: Town) -> Assumption:
    """Return an assumption with the run's value in its words."""
    part, name = id_.split(".")
    off = not value
    words = entry.off_assumption if off and entry.off_assumption else entry.assumption
    default = Preset.model_fields[name].default if name in Preset.model_fields else ""
    told = {
        "value": number_words(value),
        "default": number_words(default) if isinstance(default, int | float) else "",
        "preset_source": town.preset.source or f"The preset {town.preset_name}.",
        "origin_source": town.origin.source or "The town's file.",
    }
    return Assumption(
        id=id_,
        assumption=words.format_map(told),
        value=_plain(value),
        set_by=_set_by(part, name, town),
        why=entry.why.format_map(told),
        source=entry.source.format_map(told),
        pull=entry.off_pull if off and entry.off_pull else entry.pull,
        quality=entry.quality,
        impact=entry.impact,
        rating=rating(entry.quality, entry.impact),
        change=entry.change or _CHANGE[part].format(name=name),
    )


def _plain(value: Value) -> str:
    """Return a value as the log's own column has it; empty where the assumption has none but its words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return number_words(value) if value != "" else "none"


def _set_by(part: str, name: str, town: Town) -> str:
    """Return who chose a value."""
    if part == SETTINGS and name in Preset.model_fields:
        same = getattr(town.preset, name) == Preset.model_fields[name].default
        return "default" if same else "preset or town's file"
    return {SETTINGS: "town's file", RULES: "rules of the engine"}.get(part, "method")


def rating(quality: Quality, impact: Impact) -> Rating:
    """Return what to look at first: red is ill founded and weighs, green is well founded or light.

    Poor with a medium or high impact is red; poor with a low one, fair with more than a low one, and good
    with a high one are amber.
    """
    q, i = list(Quality).index(quality), list(Impact).index(impact)
    if q == 2 and i:
        return Rating.RED
    return Rating.AMBER if q + i >= 2 else Rating.GREEN


def assumptions_table(town: Town, facts: PackFacts) -> PackTable:
    """Return the assumptions log as a table of the pack."""
    frame = pd.DataFrame([row._asdict() for row in assumptions(town, facts)], dtype="object")
    return PackTable(
        name=ASSUMPTIONS,
        sheet="Assumptions log",
        title="Assumptions that decide the numbers",
        about="One row an assumption, with the value of this run. Ratings are those of the tool's authors: "
        "review them for your use.",
        frame=mark_made_up(frame) if facts.made_up else frame,
        key=("id",),
    )
