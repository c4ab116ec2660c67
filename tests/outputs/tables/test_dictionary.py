import dataclasses
import re
import string

import pytest

from ptreach.model import Reason
from ptreach.outputs.tables.columns import MARKS, Absence, Column, Kind
from ptreach.outputs.tables.dictionary import describe
from ptreach.outputs.tables.own_columns import DECILES, FIGURES, MATRIX, OWN_COLUMNS, ZONES
from ptreach.outputs.tables.shared_columns import SHARED_COLUMNS

CUTOFFS = (15, 30)


@pytest.fixture(scope="module")
def every(zones, tables, make_tables):
    """Every table that there is, as a pack has it: of departures and arrivals, made up or not."""
    arrivals = zones.rename(columns=lambda name: name.replace("_departure_s", "_arrival_s"))
    made = [*tables, *make_tables(made_up=True), *make_tables(arrivals)]
    return [(table.name, table.frame) for table in made]


def described(every, areas):
    return [(name, frame, describe(name, frame.columns, areas, CUTOFFS)) for name, frame in every]


def test_every_column_of_every_table_is_described(every, areas):
    for _, frame, columns in described(every, areas):
        assert [column.name for column in columns] == list(frame.columns)
        for column in columns:
            assert column.title
            assert column.about.endswith(".")
            assert "{" not in f"{column.title} {column.about} {column.absences} {column.codes}"
        headings = [column.heading.casefold() for column in columns]
        assert len(set(headings)) == len(headings)


def test_every_entry_is_of_a_column_that_a_table_has(every):
    named = {name: set() for name, _ in every}
    for name, frame in every:
        named[name] |= set(frame.columns)
    for table, columns in OWN_COLUMNS.items():
        assert all(any(fits(column, name) for name in named[table]) for column in columns), table
    anywhere = set.union(*named.values())
    for column in SHARED_COLUMNS:
        assert column.name == "zone_id" or any(fits(column, name) for name in anywhere), column.name


def fits(column, name):
    return re.fullmatch(column.name.replace("{n}", r"\d+").replace("{name}", "[a-z_]+"), name)


def test_a_column_that_nobody_described_is_named(areas):
    with pytest.raises(ValueError, match="'moon_phase' of table 'zones'"):
        describe(ZONES, ["zone_name", "moon_phase"], areas, CUTOFFS)


def test_columns_say_what_stands_for_a_zone_in_this_run(areas):
    names = ["minutes_p50", "minutes_p95", "link_distance_m", "lon", "lat"]
    assert all("population-weighted centroid" in one.about for one in describe(ZONES, names, areas, CUTOFFS))
    other = dataclasses.replace(areas, point="representative point of the polygon")
    for column in describe(ZONES, names, other, CUTOFFS):
        assert "representative point of the polygon" in column.about
        assert "centroid" not in column.about


def test_values_are_what_their_kind_says(every, areas):
    for name, frame, columns in described(every, areas):
        for column in columns:
            values = frame[column.name].dropna()
            values = values[values != ""]  # an empty text is no value
            codes = {code for code, _ in column.codes}
            assert not codes or set(values) <= codes, (name, column.name)
            if column.kind is Kind.SHARE:
                assert values.between(0, 1).all()
            if column.kind is Kind.WHOLE:
                assert (values.astype("float64") % 1 == 0).all(), (name, column.name)
            if column.kind is Kind.CLOCK:
                assert all(re.fullmatch(r"\d{2,}:[0-5]\d", value) for value in values)
            if column.kind is Kind.TEXT:
                assert all(isinstance(value, str) for value in values)


def test_only_columns_that_may_lack_values_lack_them(every, areas):
    for name, frame, columns in described(every, areas):
        gaps = {column.name for column in columns if frame[column.name].isna().any()}
        assert gaps <= {column.name for column in columns if column.absences}, name


def test_patterns_take_their_number_into_the_words(areas):
    p5, p50, area = describe(ZONES, ["minutes_p5", "minutes_p50", "area_within_45"], areas, CUTOFFS)
    assert p5.heading == "Travel time, 5th percentile (minutes)"
    assert p5.absences[0].why == "fewer than 5% of the window's minutes have a journey"
    assert p50.heading == "Median travel time (minutes)"
    assert area.heading == "Area within 45 minutes (% of the zone's area)"


def test_the_zone_id_is_described_under_the_name_of_its_edition(areas):
    (column,) = describe(ZONES, ["lsoa11cd"], areas, CUTOFFS)
    assert (column.name, column.title) == ("lsoa11cd", "Zone code, LSOA 2011")


def test_a_table_of_its_own_comes_before_what_all_share(areas):
    (zone,) = describe(ZONES, ["imd_decile"], areas, CUTOFFS)
    (decile,) = describe(DECILES, ["imd_decile"], areas, CUTOFFS)
    assert zone.kind is Kind.WHOLE
    assert [code for code, _ in decile.codes] == [*map(str, range(1, 11)), "all"]


def test_figures_are_named_with_the_towns_own_cutoffs(areas):
    (column,) = describe(FIGURES, ["figure"], areas, (20, 40))
    codes = dict(column.codes)
    assert codes["share_within_40"] == "share whose zone is within 40 minutes"
    assert "share_within_15" not in codes


def test_columns_of_the_matrix_are_indicators_whatever_they_are_called(areas):
    made_up, score, other = describe(MATRIX, ["made_up", "imd_score", "no_car"], areas, CUTOFFS)
    assert made_up.title == "Made-up data"
    assert score.about == "Spearman's rho of the row's indicator with imd_score, -1 to 1."
    assert other.heading == "With no_car"


def test_every_reason_has_its_words(areas):
    (column,) = describe(ZONES, ["reason"], areas, CUTOFFS)
    assert {code for code, _ in column.codes} == {reason.value for reason in Reason}


def test_shorthand_follows_from_the_row():
    column = Column(
        "share", "Share", "It.", Kind.SHARE, "people",
        absences=(Absence("[z]", "nobody", nobody_in="people"), Absence("[nr]", "not reached")),
    )  # fmt: skip
    assert column.mark({"people": 0.0}) == "[z]"
    assert column.mark({"people": float("nan")}) == "[z]"
    assert column.mark({"people": 3.0}) == "[nr]"
    assert Column("a", "A", "It.").mark({}) == "[x]"


def test_shorthand_is_in_brackets_and_none_means_two_things(every, areas):
    assert all(re.fullmatch(r"\[[a-z]+\]", mark) for mark in MARKS)
    assert "[u]" not in MARKS  # of low reliability, everywhere else in government
    for _, _, columns in described(every, areas):
        assert {absence.mark for column in columns for absence in column.absences} <= set(MARKS)


def test_words_are_plain_text(every, areas):
    printable = set(string.printable) - set("\t\n\r\x0b\x0c")
    for _, _, columns in described(every, areas):
        for column in columns:
            assert set(column.heading + column.about) <= printable
