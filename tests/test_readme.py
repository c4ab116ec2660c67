"""README.md promises nothing that is not there, and leaves out nothing that a town's file can say."""

import inspect
import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

import ptreach.api
from ptreach.cli.main import app
from ptreach.config import Preset, TownConfig, load_presets, load_town
from ptreach.model import (
    Comparison,
    DaySeries,
    DaysOff,
    Example,
    FeedSpan,
    Finding,
    Proposal,
    Repair,
    TableRows,
    Verdict,
)
from ptreach.outputs.explanation import Explanation, JourneyTold, LegTold, Place, Way, journey_values
from ptreach.sources.recipe import IndicatorColumn, Source

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = {command.name for command in app.registered_commands}


def block_after(heading):
    """The indented blocks of a chapter."""
    chapter = re.search(rf"(?ms)^## {heading}\n(.*?)(?=^## |\Z)", README).group(1)
    return "\n".join(line[4:] for line in chapter.splitlines() if line.startswith("    "))


def test_its_commands_are_those_that_exist():
    assert set(re.findall(r"(?m)^ptreach (\w+)", block_after("Commands"))) == COMMANDS
    assert set(re.findall(r"ptreach (\w+) ", block_after("A real town"))) <= COMMANDS


def test_its_pythons_are_those_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pythons = [line.rpartition(" ")[2] for line in project["classifiers"] if " :: Python :: " in line]
    assert f"(Python {', '.join(pythons[:-1])} or {pythons[-1]};" in README


def test_its_town_can_be_read(tmp_path):
    (example,) = re.findall(r"(?ms)^```toml\n(.*?)^```", README)
    path = tmp_path / "ryde.toml"
    path.write_text(example, encoding="utf-8")
    shipped = load_town(ROOT / "config" / "ryde.toml")
    assert load_town(path).query == shipped.query
    assert load_town(path).origin.lon == shipped.origin.lon


def test_the_readme_of_networks_has_every_key_of_a_source():
    text = (ROOT / "networks" / "README.md").read_text(encoding="utf-8")
    example, own_files, columns = re.findall(r"(?ms)^```toml\n(.*?)^```", text)
    keys = set(re.findall(r"(?m)^(\w+) = ", example)) | set(re.findall(r"(?m)^(?:# )?(\w+) = ", own_files))
    assert keys >= set(Source.model_fields) - {"columns"}
    assert set(re.findall(r"(?m)^(\w+) = ", columns)) >= set(IndicatorColumn.model_fields)


def rows_of_keys():
    """Key and default as the table of optional keys gives them."""
    (table,) = re.findall(r"(?ms)^\| key \| default \| meaning \|\n(.*?)\n\n", README)
    return re.findall(r"(?m)^\| `(\w+)` \| (.+?) \| .*\|$", table)


def test_its_table_has_every_optional_key():
    required = {key for key, field in TownConfig.model_fields.items() if field.is_required()}
    assert {key for key, _ in rows_of_keys()} == set(TownConfig.model_fields) - required - {"preset"}


@pytest.mark.parametrize(("key", "default"), [row for row in rows_of_keys() if row[0] in Preset.model_fields])
def test_its_defaults_are_those_of_the_preset(key, default):
    field = Preset.model_fields[key]
    if field.is_required():
        assert default == "of the preset"
        return
    value = list(field.default) if isinstance(field.default, tuple) else field.default
    assert default == (f'`"{value}"`' if isinstance(value, str) else f"`{value}`")


def test_its_presets_are_those_shipped():
    (table,) = re.findall(r"(?ms)^\| preset \| rush hour \| as \|\n\|-.*?\n(.*?)\n\n", README)
    rows = dict(re.findall(r"(?m)^\| `([\w-]+)` \| (.*?) \|$", table))
    presets = load_presets()
    assert list(rows) == list(presets)
    plain = Preset(title="", source="", window="00:00-00:01")
    for name, words in rows.items():
        preset = presets[name]
        said, source = words.split(" | ")
        assert said.startswith(preset.title)
        assert preset.source.startswith(source)
        for key in ("percentiles", "cutoffs_min"):
            values = ", ".join(map(str, getattr(preset, key)))
            differs = getattr(preset, key) != getattr(plain, key)
            assert (f"{key.removesuffix('_min')} {values}" in said) == differs, (name, key)
        assert ("to the town" in said) == (preset.direction == "to")


def test_the_house_it_draws_is_the_house():
    drawn = block_after("The house")
    rooms = set(re.findall(r"(?m)^  (\w+)/", drawn))
    assert rooms == {path.parent.name for path in (ROOT / "src" / "ptreach").glob("*/__init__.py")}
    for top in re.findall(r"(?m)^([\w/]+)/", drawn):
        assert (ROOT / top).is_dir()


def test_its_names_for_python_are_those_that_there_are():
    (table,) = re.findall(r"(?ms)^\| name \| what it gives \|\n\|---\|---\|\n(.*?)\n\n", README)
    chapter = re.search(r"(?ms)^## From Python\n(.*?)(?=^## )", README).group(1)
    called = set(re.findall(r"`(\w+)\(", "\n".join(row.split("|")[1] for row in table.splitlines())))
    functions = {name for name in ptreach.api.__all__ if inspect.isfunction(getattr(ptreach, name))}
    assert called == functions
    for name in ptreach.api.__all__:
        assert name in chapter
    (script,) = re.findall(r"(?ms)^```python\n(.*?)^```", chapter)
    for name, arguments in re.findall(r"pt\.(\w+)\((.*)\)$", script, re.MULTILINE):
        signature = inspect.signature(getattr(ptreach, name))
        assert set(re.findall(r"(\w+)=", arguments)) <= set(signature.parameters)


def test_its_checks_are_those_of_make():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipe = re.search(r"(?m)^test: .*\n((?:\t.*\n)+)", makefile).group(1)
    for command in re.findall(r"\$\(BIN\)/(.+?)(?: \$\(AT_ONCE\))?\n", recipe):
        assert f"`{command}`" in README


def test_its_keys_of_an_explanation_are_those_of_the_json():
    (table,) = re.findall(r"(?ms)^\| key of an explanation \| meaning \|\n\|---\|---\|\n(.*?)\n\n", README)
    rows = [line.strip("|").split(" | ", 1) for line in table.splitlines()]
    keys = [key for names, _ in rows for key in re.findall(r"`(\w+)`", names)]
    assert sorted(keys) == sorted(field.name for field in fields(Explanation))
    words = {names.strip().strip("`"): set(re.findall(r"`(\w+)`", meaning)) for names, meaning in rows}
    place, leg = LegTold("ride", 0, 60, Place("", ""), Place("", "")), "journeys"
    journey = journey_values(JourneyTold(50, 0, 60, (place,)))
    assert {*journey, *journey["legs"][0], *journey["legs"][0]["start"]} <= words[leg]
    assert {field.name for field in fields(Way)} <= words["ways"]


def test_its_keys_of_a_verdict_are_those_of_the_json():
    (table,) = re.findall(r"(?ms)^\| key \| meaning \|\n\|---\|---\|\n(.*?)\n\n", README)
    rows = [line.strip("|").split(" | ", 1) for line in table.splitlines()]
    keys = [key for names, _ in rows for key in re.findall(r"`(\w+)`", names)]
    assert keys == [field.name for field in sorted(fields(Verdict), key=lambda field: keys.index(field.name))]
    words = {names.strip().strip("`"): set(re.findall(r"`(\w+)`", meaning)) for names, meaning in rows}
    for key, kind in (
        ("findings", Finding),
        ("findings", Example),
        ("proposal", Proposal),
        ("comparisons", Comparison),
        ("feeds", FeedSpan),
        ("first_day`, `series", DaySeries),
        ("days_off", DaysOff),
        ("cleaned", TableRows),
        ("repairs", Repair),
    ):
        assert {field.name for field in fields(kind)} <= words[key], key
