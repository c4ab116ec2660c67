import re
import string

import numpy as np
import pandas as pd
import pytest

from ptreach.measures.correlation import correlate_indicators
from ptreach.measures.inequality import summarise_inequality
from ptreach.measures.reach import reach_by_deprivation
from ptreach.measures.tenths import compare_tenths
from ptreach.model import Indicator, Indicators, Reason
from ptreach.outputs.columns import MARKS, Absence, Column, Kind
from ptreach.outputs.dictionary import CORRELATIONS, DECILES, EQUITY, REACH, TENTHS, ZONES, describe
from ptreach.outputs.tables import decile_table, zone_table

CUTOFFS = (15, 30)


@pytest.fixture(scope="module")
def tables(zones, areas):
    """Every table that there is, from the room that makes it."""
    minutes, people = zones["minutes_p50"].to_numpy(), zones["population"].to_numpy()
    decile = zones["imd_decile"].to_numpy()
    arrivals = zones.rename(columns=lambda name: name.replace("_departure_s", "_arrival_s"))
    return [
        (ZONES, zone_table(zones, CUTOFFS, areas, made_up=True)),
        (ZONES, zone_table(arrivals, CUTOFFS, areas, made_up=False)),
        (DECILES, decile_table(zones, CUTOFFS, areas, made_up=True)),
        (
            REACH,
            reach_by_deprivation(
                minutes, imd_decile=decile, idaci_decile=decile, people=people, children=people,
                pensioners=people,
            ),
        ),
        (EQUITY, summarise_inequality(np.nan_to_num(minutes), people, zones["imd_rank"].to_numpy())),
        (TENTHS, compare_tenths(decile, minutes, people, CUTOFFS)),
    ]  # fmt: skip


def described(tables, areas):
    return [(name, frame, describe(name, frame.columns, areas, CUTOFFS)) for name, frame in tables]


def test_every_column_of_every_table_is_described(tables, areas):
    for _, frame, columns in described(tables, areas):
        assert [column.name for column in columns] == list(frame.columns)
        for column in columns:
            assert column.title
            assert column.about.endswith(".")
            assert "{" not in f"{column.title} {column.about} {column.absences} {column.codes}"
        headings = [column.heading.casefold() for column in columns]
        assert len(set(headings)) == len(headings)


def test_correlations_are_described(areas):
    rng = np.random.default_rng(3)
    indicators = tuple(Indicator(name, name, "theme", "%", "2021") for name in "abc")
    frame = pd.DataFrame(rng.normal(size=(12, 3)), columns=list("abc"))
    table = correlate_indicators(Indicators(indicators, frame, ()), rng.uniform(0, 1e4, size=(12, 2)))
    assert len(describe(CORRELATIONS, table.columns, areas, CUTOFFS)) == len(table.columns)


def test_a_column_that_nobody_described_is_named(areas):
    with pytest.raises(ValueError, match="'moon_phase' of table 'zones'"):
        describe(ZONES, ["zone_name", "moon_phase"], areas, CUTOFFS)


def test_values_are_what_their_kind_says(tables, areas):
    for name, frame, columns in described(tables, areas):
        for column in columns:
            values = frame[column.name].dropna()
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


def test_only_columns_that_may_lack_values_lack_them(tables, areas):
    for name, frame, columns in described(tables, areas):
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


def test_shorthand_is_in_brackets_and_none_means_two_things(tables, areas):
    assert all(re.fullmatch(r"\[[a-z]+\]", mark) for mark in MARKS)
    assert "[u]" not in MARKS  # of low reliability, everywhere else in government
    for _, _, columns in described(tables, areas):
        assert {absence.mark for column in columns for absence in column.absences} <= set(MARKS)


def test_words_are_plain_text(tables, areas):
    printable = set(string.printable) - set("\t\n\r\x0b\x0c")
    for _, _, columns in described(tables, areas):
        for column in columns:
            assert set(column.heading + column.about) <= printable
