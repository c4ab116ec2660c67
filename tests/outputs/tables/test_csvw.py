import csv
import dataclasses
import json
import warnings

import pandas as pd
import pytest
from csvw import CSVW

from ptreach.outputs.tables.csvw import sidecar, write_sidecar, write_tables
from ptreach.outputs.tables.dictionary import describe
from ptreach.outputs.tables.frames import write_csv
from ptreach.outputs.wording import MADE_UP_NOTICE

CUTOFFS = (15, 30)
ENDING = ".csv-metadata.json"


@pytest.fixture
def written(tmp_path, tables, areas, facts):
    """The CSV of zones with its sidecar."""
    path = tmp_path / "ryde-zones.csv"
    write_csv(path, tables[0].frame)
    columns = describe(tables[0].name, tables[0].frame.columns, areas, CUTOFFS)
    return path, write_sidecar(path, tables[0], columns, facts)


def faults(path):
    """What the csvw package has against a file, as texts; it raises for a key that occurs twice.

    It takes a byte order mark for a letter of the first heading unless told of it, where the standard has it
    skipped: it is given a sidecar that names the encoding that it knows for that.
    """
    content = json.loads(path.read_text(encoding="utf-8"))
    content["dialect"]["encoding"] = "utf-8-sig"
    path.write_text(json.dumps(content), encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("always")  # it tells of faults by warnings, which it collects
        try:
            checked = CSVW(str(path), validate=True)
            return [] if checked.is_valid else [str(warning.message) for warning in checked.warnings]
        except ValueError as error:
            return [str(error)]


def rewrite(path, change):
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    change(rows)
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)


def test_the_sidecar_lies_where_programs_look(written):
    path, sidecar_path = written
    assert sidecar_path.name == "ryde-zones.csv-metadata.json"
    content = json.loads(sidecar_path.read_text(encoding="utf-8"))
    assert content["url"] == path.name
    assert content["@context"][0] == "http://www.w3.org/ns/csvw"
    assert content["tableSchema"]["primaryKey"] == ["lsoa11cd"]


@pytest.mark.parametrize("made_up", [True, False])
def test_tables_are_what_their_sidecars_say(tmp_path, make_tables, areas, facts, made_up):
    tables = make_tables(made_up=made_up)
    write_tables(tmp_path, "ryde", tables, areas, CUTOFFS, dataclasses.replace(facts, made_up=made_up))
    sidecars = sorted(tmp_path.glob("*.json"))
    assert [path.name for path in sidecars] == sorted(f"ryde-{table.name}{ENDING}" for table in tables)
    assert {path.name: faults(path) for path in sidecars} == {path.name: [] for path in sidecars}


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        (1, "minutes_p50", "soon"),
        (1, "area_within_15", "1.5"),
        (1, "area_within_15", "-0.1"),
        (1, "imd_decile", "2.5"),
        (1, "best_departure", "7 o'clock"),
        (1, "reason", "tired"),
        (1, "band", "under 20 min"),
        (1, "zone_name", ""),
        (2, "lsoa11cd", "E01000001"),
    ],
)
def test_a_wrong_value_is_found(written, row, column, value):
    path, sidecar_path = written
    assert faults(sidecar_path) == []

    def change(rows):
        rows[row][rows[0].index(column)] = value

    rewrite(path, change)
    assert faults(sidecar_path) != []


def test_a_missing_value_is_none_and_types_come_back(written):
    _, sidecar_path = written
    assert faults(sidecar_path) == []
    rows = next(iter(CSVW(str(sidecar_path)).tables)).__iter__()
    first, *_, last = list(rows)
    assert (first["minutes_p50"], first["population"]) == (pytest.approx(14.9833), 100)
    assert last["minutes_p50"] is None


def test_columns_carry_name_words_unit_and_whether_they_may_be_empty(tables, areas, facts):
    table = tables[0]
    content = sidecar("x.csv", table, describe(table.name, table.frame.columns, areas, CUTOFFS), facts)
    columns = {column["name"]: column for column in content["tableSchema"]["columns"]}
    assert columns["minutes_p50"]["titles"] == ["minutes_p50", "Median travel time (minutes)"]
    assert columns["minutes_p50"]["schema:unitText"] == "minutes"
    assert (columns["minutes_p50"]["required"], columns["minutes_p50"]["null"]) == (False, "")
    assert "reason says why" in columns["minutes_p50"]["dc:description"]
    assert columns["departures_reached"]["required"]
    assert columns["reason"]["datatype"]["format"].split("|")[1] == "off network"
    assert "no stop within the walking limit" in columns["reason"]["dc:description"]


def test_sources_and_licences_stand_as_they_are(tables, areas, facts):
    table = tables[1]
    content = sidecar("x.csv", table, describe(table.name, table.frame.columns, areas, CUTOFFS), facts)
    assert content["dc:license"] == ["Open Government Licence v3.0"]
    assert all(record.attribution in " ".join(content["dc:source"]) for record in facts.sources)
    made_up = dataclasses.replace(facts, made_up=True)
    columns = describe(table.name, table.frame.columns, areas, CUTOFFS)
    assert sidecar("x.csv", table, columns, made_up)["dc:description"].startswith(MADE_UP_NOTICE)


def test_signs_of_patterns_in_codes_are_taken_as_they_are(tables, areas, facts):
    (column,) = describe("zones", ["reason"], areas, CUTOFFS)
    odd = dataclasses.replace(column, codes=(("a.b (c)", ""), ("d|e", "")))
    table = dataclasses.replace(tables[0], frame=pd.DataFrame({"reason": ["a.b (c)"]}), key=("reason",))
    (described,) = sidecar("x.csv", table, [odd], facts)["tableSchema"]["columns"]
    assert described["datatype"]["format"] == r"a\.b \(c\)|d\|e"


def test_the_same_table_gives_the_same_bytes(written, tables, areas, facts):
    path, sidecar_path = written
    before = sidecar_path.read_bytes()
    write_sidecar(path, tables[0], describe("zones", tables[0].frame.columns, areas, CUTOFFS), facts)
    assert sidecar_path.read_bytes() == before
    assert b"\r" not in before
