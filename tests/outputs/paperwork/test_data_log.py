"""The data log: one row an input, from the run's own records."""

import dataclasses
from pathlib import Path
from typing import get_args

import pytest

from ptreach.model import Decision, Example, FeedSpan, Finding, Severity, TableRows
from ptreach.outputs.paperwork.data_log import PURPOSES, data_log_table
from ptreach.outputs.tables.dictionary import describe
from ptreach.sources.recipe import Kind


@pytest.fixture
def rows(facts, zones, verdict):
    """Return a function that gives the rows of the log by file, of changed facts."""

    def log(verdict=verdict, **changes):
        table = data_log_table(dataclasses.replace(facts, **changes), zones, verdict)
        return {row["file"]: row for row in table.frame.to_dict("records")}

    return log


def test_every_input_has_its_row_as_the_run_knows_it(rows, facts):
    found = rows()
    assert list(found) == [record.path.name for record in facts.sources]
    assert [row["id"] for row in found.values()] == ["D01", "D02", "D03", "D04"]
    bus = found["bus.zip"]
    assert bus["sha256"] == "ab" * 32
    assert bus["size_bytes"] == 1234
    assert bus["address"] == "https://example.org/file"
    assert bus["licence_address"].endswith("open-government-licence/version/3/")
    assert bus["caveat"] == "Timetable thinned."
    assert "analyst" not in str(found)


def test_a_timetable_has_its_days_and_no_other_file_has(rows):
    found = rows()
    bus = found.pop("bus.zip")
    assert (bus["first_day"], bus["last_day"]) == ("2026-09-07", "2027-01-01")
    assert (bus["full_first_day"], bus["full_last_day"]) == ("2026-09-07", "2026-11-01")
    assert {row["last_day"] for row in found.values()} == {""}


def test_checks_and_their_results_are_told(rows, facts):
    bus = rows()["bus.zip"]["checks"]
    assert "The recipe names no SHA-256." in bus
    assert "1,000 of 1,004 rows of 1 tables kept, 1 of other places or days." in bus
    assert "Mended or left out: calls at unknown stops, 3: left out." in bus
    assert "Verdict (go with warnings): warning: 1 stop lies far." in bus
    pinned = dataclasses.replace(facts.sources[0], pinned=True)
    told = rows(sources=(pinned,), repairs=())["bus.zip"]["checks"]
    assert told.startswith("SHA-256 is the one that the recipe names.")
    assert "Nothing had to be mended or left out." in told


def test_what_zones_have_of_a_file_is_counted(rows, facts):
    record = dataclasses.replace(facts.sources[0], kind="deprivation", path=Path("iod.csv"))
    told = rows(sources=(record,))["iod.csv"]["checks"]
    assert told.endswith("5 of 5 zones here have an IMD rank. 4 of 5 zones here have an idaci rank.".replace(
        "idaci", "IDACI"))  # fmt: skip


def test_nodes_of_a_map_that_was_cut_are_told(rows):
    cut = TableRows("streets.osm.pbf", "nodes", 208, 0, 2)
    assert "2 of 208 nodes kept" in rows(rows=(cut,))["streets.osm.pbf"]["checks"]


def test_a_feed_is_not_taken_for_another_of_the_same_beginning(rows, verdict):
    other = FeedSpan("bus-2", 1, *[verdict.date] * 4)
    finding = Finding(Severity.NOTE, "x", "odd", 1, "mend", Example("bus-2", "stops.txt", "1"))
    changed = dataclasses.replace(
        verdict, feeds=(other,), findings=(finding,), decision=Decision.GO, repairs=()
    )
    bus = rows(verdict=changed)["bus.zip"]
    assert bus["last_day"] == ""
    assert bus["checks"].endswith("Verdict (go): nothing about this feed.")


def test_every_kind_of_file_says_what_it_is_for():
    assert set(PURPOSES) == {*get_args(Kind), "opportunities"}


def test_its_columns_are_described(facts, zones, verdict, areas):
    table = data_log_table(facts, zones, verdict)
    assert len(describe(table.name, table.frame.columns, areas, (15, 30))) == len(table.frame.columns)
    marked = data_log_table(dataclasses.replace(facts, made_up=True), zones, verdict)
    assert list(marked.frame.columns) == ["made_up", *table.frame.columns]
    assert not marked.frame.duplicated(list(marked.key)).any()
