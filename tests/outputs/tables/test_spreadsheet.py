import dataclasses

import pandas as pd
import pytest

from ptreach.config import Origin
from ptreach.outputs.tables.columns import MARKS
from ptreach.outputs.tables.pack_tables import PackTable
from ptreach.outputs.tables.sheets import Heading, display, fitted, line_count, printable
from ptreach.outputs.tables.spreadsheet import spreadsheet
from ptreach.outputs.wording import MADE_UP_NOTICE

CUTOFFS = (15, 30)


def sheet(book, name):
    return next(sheet for sheet in book.sheets if sheet.name == name)


def column(sheet, heading):
    place = [column.heading for column in sheet.columns].index(heading)
    return [row[place] for row in sheet.rows]


def test_cover_contents_and_notes_come_before_the_tables(book):
    tables = [
        "Zones", "By IMD decile", "People within reach", "Figures", "Time and deprivation",
        "Deprived and far", "Access", "Second opinion", "Authorities", "Correlations",
    ]  # fmt: skip
    assert [sheet.name for sheet in book.sheets] == ["Contents", "Notes", "Columns", *tables]
    contents = sheet(book, "Contents")
    assert column(contents, "Sheet") == ["Notes", "Columns", *tables]
    # 11 deciles, 3 groups and 1 of IDACI, 5 cutoffs; 5 zones and 2 kinds of places; 4 indicators in pairs
    assert column(contents, "Rows")[2:] == [5, 11, 220, 20, 2, 1, 10, 5, 2, 6]
    assert book.cover[0] == ("title", "Journey time from Ryde high street by public transport: tables")


def test_the_cover_says_when_how_and_whose(book, facts):
    words = "\n".join(text for _, text in book.cover)
    for part in ("Tuesday 16 June 2020", "leaving 07:15 to 09:15", "am-peak", "LSOA 2011", "ptreach 0.1.0"):
        assert part in words
    for record in facts.sources:
        assert record.attribution in words
        assert record.licence in words
    assert "@" not in words  # it names no contact


def test_no_cell_is_empty_and_headings_are_unique(book):
    for part in book.sheets:
        assert part.rows
        assert all(value != "" for row in part.rows for value in row)
        headings = [column.heading.casefold() for column in part.columns]
        assert len(set(headings)) == len(headings)
        assert all(len(row) == len(part.columns) for row in part.rows)


def test_values_are_those_of_the_frames(book, tables):
    zones = sheet(book, "Zones")
    assert column(zones, "Zone code, LSOA 2011") == tables[0].frame["lsoa11cd"].tolist()
    assert column(zones, "Median travel time (minutes)")[:4] == [14.9833, 15.0, 29.9833, 33.3333]
    assert column(zones, "Residents (people)") == [100] * 5
    assert all(isinstance(value, int) for value in column(zones, "Residents (people)"))


def test_shorthand_stands_where_there_is_no_value_and_is_explained(book):
    zones = sheet(book, "Zones")
    assert column(zones, "Median travel time (minutes)")[4] == "[nr]"
    assert column(zones, "Travel time at worst (minutes)")[3:] == ["[nr]", "[nr]"]
    assert column(zones, "Children (people)")[2] == "[x]"
    assert column(zones, "Distance to the street (metres)")[4] == "[z]"
    notes = dict(sheet(book, "Notes").rows)
    used = {value for part in book.sheets for row in part.rows for value in row if value in MARKS}
    assert used <= set(notes)
    assert any("[nr], [x] and [z]" in line for line in zones.lines)


def test_a_decile_without_people_has_no_share_and_one_out_of_reach_no_median(book):
    # decile 10 has 100 people, none of them reached; decile 2 has nobody
    deciles = sheet(book, "By IMD decile")
    names = column(deciles, "IMD decile")
    medians = column(deciles, "Travel time of the middle resident (minutes)")
    shares = column(deciles, "Residents within 15 minutes (% of residents)")
    middle, share = dict(zip(names, medians, strict=True)), dict(zip(names, shares, strict=True))
    assert (middle["2"], middle["10"], middle["1"]) == ("[z]", "[nr]", 14.9833)
    assert (share["2"], share["10"]) == ("[z]", 0.0)


def test_what_the_cover_says_is_not_repeated_in_every_row(book, tables, areas):
    assert {"edition", "deprivation"} <= set(tables[1].frame.columns)
    assert not {"edition", "deprivation"} & {row[2] for row in sheet(book, "Columns").rows}
    cover = "\n".join(words for _, words in book.cover)
    assert areas.edition in cover
    assert areas.deprivation_title in cover


def test_texts_to_the_right_of_numbers_are_told_apart_from_them(book):
    zones = {column.heading: column for column in sheet(book, "Zones").columns}
    assert zones["Band of travel time"].after_number
    assert not zones["Reason"].after_number
    assert not zones["Zone name"].after_number
    assert not zones["Residents (people)"].after_number


def test_every_column_is_explained_with_its_name_in_the_csv(book, tables):
    columns = sheet(book, "Columns")
    zones = [row[2] for row in columns.rows if row[0] == "Zones"]
    assert zones == list(tables[0].frame.columns)
    assert {row[2]: row[3] for row in columns.rows}["area_within_15"] == "share of the zone's area"


def test_long_tables_have_their_headings_frozen_and_short_ones_not(town, zones, make_tables, facts, book):
    assert sheet(book, "Zones").frozen_columns is None
    many = pd.concat([zones] * 6, ignore_index=True)
    many["zone_id"] = [f"E{number:08d}" for number in range(30)]
    tables = make_tables(many, made_up=True, opportunities=(), opinion=None)
    long = sheet(spreadsheet(town, many, tables, facts), "Zones")
    assert long.frozen_columns == 2  # made_up and the zone's code
    assert [column.heading for column in long.columns][:2] == ["Made-up data", "Zone code, LSOA 2011"]


def test_made_up_data_are_called_so_on_the_cover_and_on_every_table(town, zones, make_tables, facts):
    tables = make_tables(made_up=True)
    book = spreadsheet(town, zones, tables, dataclasses.replace(facts, made_up=True))
    assert ("heading", MADE_UP_NOTICE) in book.cover
    assert len(book.sheets) > 10
    assert all(part.lines[0] == MADE_UP_NOTICE for part in book.sheets[3:])


def test_a_table_without_rows_says_so(town, zones, areas, facts):
    none = PackTable("zones", "None", "No zones", "Nothing.", pd.DataFrame({"zone_name": []}), ("zone_name",))
    empty = sheet(spreadsheet(town, zones, [none], facts), "None")
    assert empty.rows == (("[z]",),)
    assert any("no rows" in line for line in empty.lines)


def test_an_arrival_town_is_described_as_one(town, zones, tables, facts):
    preset = town.preset.model_copy(update={"direction": "to"})
    arrive = town.model_copy(update={"preset": preset, "origin": Origin(lon=0, lat=50)})
    notes = dict(sheet(spreadsheet(arrive, zones, tables, facts), "Notes").rows)
    assert notes["Travel time"].startswith("From a zone to the town's point")
    assert "120 arrivals" in notes["Window"]


def test_a_figure_shows_the_decimals_that_it_has(book):
    figures = sheet(book, "Figures")
    rows = {row[:2]: row[3] for row in figures.rows}
    assert (rows["people", "all"], rows["median_min", "all"]) == (500.0, 29.9833)
    value = next(column for column in figures.columns if column.heading == "Value")
    shown = [display(number, value.kind, value.shown) for number in (500.0, 29.9833, 0.2, -24.1)]
    assert shown == ["500", "29.9833", "0.2", "-24.1"]


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\x0b", "\r", "\ud800", "\ufffe"])
def test_what_xml_cannot_hold_is_replaced(sign):
    assert printable(f"a{sign}b") == "a\ufffdb"


def test_what_xml_can_hold_is_kept():
    assert printable("Llŷn\n<b>\t&amp; 東京") == "Llŷn\n<b>\t&amp; 東京"


def test_a_text_longer_than_a_cell_of_excel_is_cut_and_shows_it():
    assert printable("a" * 32_767) == "a" * 32_767
    assert printable("a" * 40_000) == "a" * 32_766 + "…"


def test_columns_are_as_wide_as_their_longest_value_up_to_a_limit():
    short, long = fitted((Heading("A"), Heading("B")), [("abc", "x" * 99), ("Isle of Wight 006A", "x")])
    assert short.width == len("Isle of Wight 006A") + 3
    assert long.width == 44


def test_lines_are_counted_word_by_word():
    assert line_count("aaaa bbbb cccc", 10) == 2
    assert line_count("one\ntwo", 10) == 2
    assert line_count("", 10) == 1


def test_minutes_show_so_that_a_second_less_than_a_cutoff_shows_as_less(book):
    zones = sheet(book, "Zones")
    median = next(column for column in zones.columns if column.heading.startswith("Median"))
    for cutoff in range(1, 121):
        shown = display(round((cutoff * 60 - 1) / 60, 4), median.kind, median.shown)
        assert float(shown) < cutoff
