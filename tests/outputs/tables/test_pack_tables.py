import numpy as np
import pandas as pd
import pytest

from ptreach.outputs.tables.dictionary import describe

CUTOFFS = (15, 30)


@pytest.fixture(scope="module")
def frames(tables):
    return {table.name: table.frame for table in tables}


def test_a_pack_has_its_tables_in_the_order_of_their_sheets(tables, make_tables):
    assert [table.name for table in tables] == [
        "zones", "by-imd-decile", "people-within", "figures", "time-and-deprivation", "deprived-and-far",
        "access", "second-opinion", "authorities", "correlations", "correlation-matrix",
    ]  # fmt: skip
    bare = make_tables(opportunities=(), authorities=None, correlations=None, opinion=None)
    assert [table.name for table in bare] == [table.name for table in tables[:6]]


def test_tables_say_what_tells_their_rows_apart(tables):
    for table in tables:
        assert table.key
        assert not table.frame[list(table.key)].isna().any(axis=None), table.name
        assert not table.frame.duplicated(list(table.key)).any(), table.name


def test_no_key_has_a_column_to_spare(tables):
    for table in tables:
        for spared in table.key:
            rest = [name for name in table.key if name != spared]
            if rest:
                assert table.frame.duplicated(rest).any(), (table.name, spared)


def test_names_of_sheets_are_such_as_excel_takes(tables):
    names = [table.sheet.casefold() for table in tables]
    assert len(set(names)) == len(names)
    for table in tables:
        assert 0 < len(table.sheet) <= 31
        assert not set(table.sheet) & set("[]:*?/\\'")
        assert table.about.endswith(".")


def test_made_up_stands_first_in_every_table_and_in_none_of_real_data(tables, make_tables):
    assert not any("made_up" in table.frame for table in tables)
    for table in make_tables(made_up=True):
        assert table.frame.columns[0] == "made_up"
        assert set(table.frame["made_up"]) == {"made-up"}


def test_only_the_matrix_has_no_sheet_and_its_numbers_stand_among_the_pairs(tables, frames):
    assert [table.name for table in tables if not table.in_spreadsheets] == ["correlation-matrix"]
    square = frames["correlation-matrix"].set_index("indicator")
    for row in frames["correlations"].itertuples():
        assert square.loc[row.first, row.second] == pytest.approx(row.spearman, nan_ok=True)


def test_the_zones_to_ask_about_are_deprived_and_not_within_the_last_cutoff_but_one(frames):
    # of deciles 1 to 3 there are zones 1, at 899 s, and 2, at exactly 900 s: not within 15 minutes
    (row,) = frames["deprived-and-far"].to_dict("records")
    assert (row["lsoa11cd"], row["minutes_p50"], row["reason"]) == ("E01000002", 15.0, "reached")
    assert row["resident_minutes_beyond"] == 0


def test_authorities_are_rounded_and_their_ranks_whole(frames):
    wight, durham = frames["authorities"].to_dict("records")
    assert (wight["deprivation"], wight["idaci_average_score"]) == ("Indices of Deprivation 2019", 0.1846)
    assert (wight["imd_rank"], durham["imd_rank"]) == (98, 48)
    assert pd.isna(durham["idaci_rank"])
    assert np.isnan(durham["idaci_average_score"])


def test_an_indicator_called_like_a_column_of_the_matrix_keeps_its_place(correlations, make_tables, areas):
    names = {"asian": "title", "white": "indicator", "rain": "zone_id"}
    named = tuple(
        type(one)(names.get(one.name, one.name), one.title, one.theme, one.unit, one.edition)
        for one in correlations.indicators
    )
    pairs = correlations.pairs.replace({"first": names, "second": names})
    changed = type(correlations)(pairs, named, named, ())
    square = make_tables(correlations=changed)[-1].frame
    assert list(square.columns) == ["indicator", "title", "imd_score", "title_", "indicator_", "zone_id"]
    assert square["indicator"].tolist() == ["imd_score", "title", "indicator", "zone_id"]
    assert len(describe("correlation-matrix", square.columns, areas, CUTOFFS)) == 6
