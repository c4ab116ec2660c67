"""The assumptions log: an entry for everything that decides numbers, each with the run's own value."""

import dataclasses
import tomllib
from importlib import resources

import pytest

from ptreach.config import Preset
from ptreach.network.rules import OURS, PRESETS, R5, Rules
from ptreach.outputs.paperwork.assumptions import (
    Impact,
    Quality,
    Rating,
    assumptions,
    assumptions_table,
    entries,
    rating,
    run_values,
)
from ptreach.outputs.tables.dictionary import describe


@pytest.fixture
def run(town, facts):
    """Return a function that gives the log by its ids, of a run by some rules."""

    def log(rules=OURS, town=town, **changes):
        told = dataclasses.replace(facts, rules=rules._asdict(), **changes)
        return {row.id: row for row in assumptions(town, told)}

    return log


def test_every_rule_setting_and_convention_has_words_and_nothing_else_has(town, facts):
    values = run_values(town, dataclasses.replace(facts, rules=OURS._asdict()))
    assert list(entries()) == [id_ for id_ in entries() if id_ in values]
    assert set(entries()) == set(values)
    assert {f"rules.{name}" for name in Rules._fields} <= set(entries())
    assert {f"settings.{name}" for name in set(Preset.model_fields) - {"title", "source"}} <= set(entries())


def test_a_new_rule_without_words_is_refused(town, facts):
    rules = {**OURS._asdict(), "walks_on_water": True}
    with pytest.raises(ValueError, match=r"rules\.walks_on_water"):
        assumptions(town, dataclasses.replace(facts, rules=rules))


@pytest.mark.parametrize("rules", PRESETS.values(), ids=PRESETS)
def test_each_rule_is_told_as_the_run_has_it(run, rules):
    log = run(rules)
    assert len(log) == len(entries())
    for name, value in rules._asdict().items():
        row, entry = log[f"rules.{name}"], entries()[f"rules.{name}"]
        if not value:
            assert row.assumption == entry.off_assumption, name
        assert "{" not in "".join(map(str, row)), name
    for name in ("local_streets", "truncates", "rounds_each", "stays_seated", "transfer_limit_mm"):
        assert run(OURS)[f"rules.{name}"].assumption != run(R5)[f"rules.{name}"].assumption, name


def test_values_are_those_of_the_run(run, town):
    log = run()
    assert log["settings.walk_speed_kph"].assumption.startswith("Everybody walks at 4.8 km/h")
    assert log["settings.walk_speed_kph"].set_by == "default"
    assert log["settings.window"].set_by == "preset or town's file"
    assert log["rules.board_slack_s"].value == "60"
    assert log["rules.link_far_m"].value == "1,600"
    assert "(preset am-peak: weekday morning peak)" in log["settings.window"].assumption
    assert log["method.cleaning"].value == "3"
    assert log["method.specks"].assumption.startswith("Islands and holes of an isochrone under 1 ha")
    slow = town.model_copy(update={"preset": town.preset.model_copy(update={"walk_speed_kph": 3.6})})
    row = run(town=slow)["settings.walk_speed_kph"]
    assert (row.value, row.set_by) == ("3.6", "preset or town's file")
    assert "at 3.6 km/h" in row.assumption
    assert "4.8 km/h" in row.why
    there = town.model_copy(update={"preset": town.preset.model_copy(update={"direction": "to"})})
    assert "from the zones to the town's point" in run(town=there)["settings.direction"].assumption


def test_what_is_off_is_told_as_such(run):
    log = run(repairs=(), left_out=())
    assert "found anything to mend" in log["method.cleaning"].assumption
    assert log["method.what-is-in-the-feeds"].assumption.endswith("No file of the recipe was left out.")
    less = run(left_out=("GB rail timetable", "Ferries"))["method.what-is-in-the-feeds"]
    assert less.assumption.endswith("not there: GB rail timetable and Ferries.")


def test_ratings_say_what_to_look_at_first():
    table = {(q, i): rating(q, i) for q in Quality for i in Impact}
    assert [pair for pair, found in table.items() if found is Rating.RED] == [
        (Quality.POOR, Impact.MEDIUM),
        (Quality.POOR, Impact.HIGH),
    ]
    assert [pair for pair, found in table.items() if found is Rating.AMBER] == [
        (Quality.GOOD, Impact.HIGH),
        (Quality.FAIR, Impact.MEDIUM),
        (Quality.FAIR, Impact.HIGH),
        (Quality.POOR, Impact.LOW),
    ]


def test_codes_and_columns_are_those_described(town, facts, areas):
    table = assumptions_table(town, dataclasses.replace(facts, rules=OURS._asdict()))
    columns = describe(table.name, table.frame.columns, areas, (15, 30))
    assert not table.frame.isna().any(axis=None)
    assert (table.frame != "").all(axis=None)
    for column in columns:
        if column.codes:
            assert set(table.frame[column.name]) <= {code for code, _ in column.codes}, column.name
    assert table.frame["id"].is_unique


def test_words_that_are_never_used_are_not_kept():
    """What is off has its own words only where it can be off: flags, numbers that may be 0, lists."""
    text = (resources.files("ptreach.outputs.paperwork") / "assumptions.toml").read_text(encoding="utf-8")
    rules = tomllib.loads(text)["rules"]
    may_be_off = {
        name for preset in PRESETS.values() for name, value in preset._asdict().items() if not value
    }
    assert may_be_off <= {name for name, entry in rules.items() if "off_assumption" in entry}
