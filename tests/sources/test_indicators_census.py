"""Tables of Census 2021 in the shapes of Nomis, and compact ones."""

from __future__ import annotations

import logging

import pytest

from ptreach.errors import InputError
from ptreach.sources.indicators.catalogue import AGES, CENSUS, DEPRIVATION, RESULTS
from ptreach.sources.indicators.census import census_table, find_label
from zone_tables import NEW, OLD, ZONES, column, csv, load, nomis, zipped

TS067 = "Highest level of qualification"
LABELS_067 = (
    "Total: All usual residents aged 16 years and over",
    "No qualifications",
    "Level 1 and entry level qualifications",
    "Level 2 qualifications",
    "Apprenticeship",
    "Level 3 qualifications",
    "Level 4 qualifications and above",
    "Other qualifications",
)
# The first is the publisher's own row of City of London 001A.
ROWS_067 = [(OLD[0], 1353, 32, 27, 53, 12, 86, 1127, 16)] + [
    (code, 1000, 200, 100, 100, 100, 100, 300, 100) for code in ZONES[1:]
]
TABLE_067 = nomis(TS067, LABELS_067, ROWS_067)


def one_row(topic, **cells):
    """A table with the same counts for each zone, by label."""
    return nomis(topic, list(cells), [(code, *cells.values()) for code in ZONES])


def test_shares_are_of_the_tables_own_total(tmp_path):
    # The parts of the other rows add up to 1,000; in the first, to the 1,353 of its total.
    found = load(tmp_path, ("q.csv", TABLE_067))
    values, said = column(found, "no_qualifications")
    assert values[0] == pytest.approx(100 * 32 / 1353, abs=1e-6)
    assert values[1:] == [20.0] * 5
    assert (said.unit, said.theme, said.part_of) == ("%", "education", "highest qualification")
    assert (said.edition, said.title) == ("LSOA 2021", "No qualifications")
    assert column(found, "level_4_plus")[0][1:] == [30.0] * 5
    assert found.frame.index.tolist() == sorted(ZONES)
    assert found.frame.index.name == "zone_id"
    assert found.frame.dtypes.eq("float64").all()


def test_of_a_zip_the_table_of_lsoas_is_read_whatever_its_name(tmp_path):
    districts = nomis(TS067, LABELS_067, [("E08000028", *[9] * 8)])
    content = zipped(
        census2021_ts067_ltla__csv=districts,
        abc__csv=TABLE_067,
        metadata___ts067_2021_1__txt="Dataset: TS067\nnot, a, table\n",
        census2021_ts067_msoa__csv=nomis(TS067, LABELS_067, [("E02000001", *[9] * 8)]),
    )
    found = load(tmp_path, ("whatever.zip", content))
    assert column(found, "no_qualifications")[0][1] == 20.0


def test_a_zip_without_lsoas_says_what_it_holds(tmp_path):
    content = zipped(
        a_ltla__csv=nomis(TS067, LABELS_067, [("E08000028", *[9] * 8)]),
        a_msoa__csv=nomis(TS067, LABELS_067, [("E02000001", *[9] * 8)]),
    )
    with pytest.raises(InputError) as caught:
        load(tmp_path, ("ts067.zip", content))
    assert caught.value.what == "no table of the zones asked for is in it; it holds a_ltla.csv, a_msoa.csv"
    assert caught.value.where.endswith("ts067.zip")


def test_one_table_of_other_areas_is_named(tmp_path):
    with pytest.raises(
        InputError, match=r"m\.csv, geography code: no row is a zone of LSOA 2021; .* E02000001"
    ):
        load(tmp_path, ("m.csv", nomis(TS067, LABELS_067, [("E02000001", *[9] * 8)])))


def test_compact_tables_have_no_topic_and_maybe_no_total(tmp_path):
    header = ["lsoa21_code", *(label.lower() for label in LABELS_067[1:])]
    found = load(tmp_path, ("c.csv", csv(header, *([code, 1, 1, 1, 1, 1, 4, 1] for code in ZONES))))
    assert column(found, "no_qualifications")[0] == [10.0] * 6
    assert column(found, "level_4_plus")[0] == [40.0] * 6


def test_groups_and_their_sub_groups_are_not_added_up(tmp_path):
    groups = {
        "Total: All usual residents": 200,
        "Asian, Asian British or Asian Welsh": 50,
        "Asian, Asian British or Asian Welsh: Indian": 30,
        "Black, Black British, Black Welsh, Caribbean or African": 20,
        "Mixed or Multiple ethnic groups": 10,
        "White": 110,
        "White: English, Welsh, Scottish, Northern Irish or British": 100,
        "White: Roma": 1,
        "Other ethnic group": 10,
        "Other ethnic group: Arab": 10,
    }
    found = load(tmp_path, ("e.csv", one_row("Ethnic group", **groups)))
    assert column(found, "asian")[0] == [25.0] * 6
    assert column(found, "white_british")[0] == [50.0] * 6
    # White and White British would say nearly the same.
    assert "white" not in found.frame
    total = groups.pop("Total: All usual residents")
    assert sum(groups.values()) > total  # what adding all columns would give
    again = load(tmp_path, ("e.csv", one_row("Ethnic group", **groups)))
    assert column(again, "asian")[0] == [25.0] * 6  # 50 of 50 + 20 + 10 + 110 + 10


def test_without_sub_groups_white_stands_for_white_british(tmp_path):
    groups = {
        "Asian, Asian British or Asian Welsh": 1,
        "Black, Black British, Black Welsh, Caribbean or African": 1,
        "Mixed or Multiple ethnic groups": 1,
        "White": 6,
        "Other ethnic group": 1,
    }
    found = load(tmp_path, ("e.csv", one_row("Ethnic group", **groups)))
    assert column(found, "white")[0] == [60.0] * 6
    assert "white_british" not in found.frame


def test_unemployed_are_counted_of_all_who_are_active_whatever_the_blanks_by_colons(tmp_path):
    active, students = (
        "Economically active (excluding full-time students)",
        "Economically active and a full-time student",
    )
    labels = {
        "Total: All usual residents aged 16 years and over": 1000,
        active: 500,
        f"{active}:In employment": 450,
        f"{active}:In employment:Employee": 400,
        f"{active}: In employment: Employee: Part-time": 100,
        f"{active}: Unemployed": 50,
        students: 100,
        f"{students}: Unemployed": 10,
        "Economically inactive": 400,
        "Economically inactive: Retired": 200,
        "Economically inactive: Long-term sick or disabled": 80,
    }
    found = load(tmp_path, ("a.csv", one_row("Economic activity status", **labels)))
    values, said = column(found, "unemployed")
    assert values == [10.0] * 6  # 60 of 600
    assert said.part_of == ""
    assert column(found, "inactive")[0] == [40.0] * 6
    assert column(found, "long_term_sick")[0] == [8.0] * 6
    assert "lockdown" in said.note


@pytest.mark.parametrize("colon", [": ", " "])
def test_industries_are_told_by_section_not_by_division(tmp_path, colon):
    sections = {
        "A": "Agriculture, forestry and fishing",
        "B": "Mining and quarrying",
        "C": "Manufacturing",
        "D": "Electricity, gas",
        "E": "Water supply",
        "F": "Construction",
        "G": "Wholesale and retail trade; repair of motor vehicles",
        "H": "Transport and storage",
        "I": "Accommodation and food service activities",
        "J": "Information and communication",
        "K": "Financial and insurance activities",
        "L": "Real estate activities",
        "M": "Professional, scientific",
        "N": "Administrative and support",
        "O": "Public administration and defence",
        "P": "Education",
        "Q": "Human health and social work activities",
    }
    labels = {
        "Total: All usual residents aged 16 years and over in employment the week before the census": 400
    }
    labels |= {f"{letter}{colon}{name}": 20 for letter, name in sections.items()}
    labels |= {"10 Manufacture of food products": 15, "R, S, T, U Other": 60}
    found = load(tmp_path, ("i.csv", one_row("Industry (current)", **labels)))
    assert column(found, "manufacturing")[0] == [5.0] * 6
    assert column(found, "professional_services")[0] == [15.0] * 6
    assert "agriculture" not in found.frame


def test_other_tables_of_the_catalogue(tmp_path):
    car = {
        "Total: All households": 50,
        "No cars or vans in household": 20,
        "1 car or van in household": 20,
        "2 cars or vans in household": 5,
        "3 or more cars or vans in household": 5,
    }
    tenure = {
        "Total: All households": 50,
        "Owned": 20,
        "Owned: Owns outright": 15,
        "Shared ownership": 5,
        "Shared ownership: Shared ownership": 5,
        "Social rented": 10,
        "Social rented: Other social rented": 10,
        "Private rented": 15,
        "Lives rent free": 0,
    }
    work = dict.fromkeys(CENSUS[6].parts, 10) | {"Total: All usual residents aged 16": 100}
    # Nomis says what is measured behind some headers.
    poor = {f"{label}; measures: Value": 10 for label in CENSUS[8].parts} | {
        "Total: All households; measures: Value": 50
    }
    sick = {
        "Total: All usual residents": 100,
        "Disabled under the Equality Act": 21,
        "Disabled under the Equality Act: Day-to-day activities limited a lot": 9,
        "Not disabled under the Equality Act": 79,
    }
    found = load(
        tmp_path,
        ("a.csv", one_row("Number of cars or vans", **car)),
        ("b.csv", one_row("Tenure of household", **tenure)),
        ("c.csv", one_row("Method of travel to workplace", **work)),
        ("d.csv", one_row("Household deprivation", **poor)),
        ("e.csv", one_row("Disability", **sick)),
    )
    wanted = {
        "no_car": 40,
        "social_rented": 20,
        "private_rented": 30,
        "work_by_public_transport": 30,
        "work_by_car": 10,
        "households_deprived_2_plus": 60,
        "households_not_deprived": 20,
        "disabled": 21,
    }
    assert {name: found.frame[name].iloc[0] for name in wanted} == pytest.approx(wanted)


def test_cells_that_are_suppressed_are_missing_and_counted(tmp_path, caplog):
    rows = [list(row) for row in ROWS_067]
    for row, code in zip(rows, ["c", "-", "[x]", "..", "", "1,0"], strict=True):
        row[2] = code
    rows[5][2] = "1,000"
    caplog.set_level(logging.INFO)
    found = load(tmp_path, ("q.csv", nomis(TS067, LABELS_067, rows)))
    assert found.frame["no_qualifications"].isna().tolist() == [True] * 5 + [False]
    assert column(found, "no_qualifications")[0][5] == 100.0  # 1,000 of 1000
    assert column(found, "level_4_plus")[0][1] == 30.0
    text = "q.csv, highest level of qualification: no qualifications: 5 cells are no number: "
    assert text + "1 -, 1 .., 1 [x], 1 blank, 1 c" in caplog.text


@pytest.mark.parametrize(("cell", "what"), [("1O", "'1O' is no number"), ("-3", "-3 is negative")])
def test_cells_that_can_not_be_are_named(tmp_path, cell, what):
    rows = [list(row) for row in ROWS_067]
    rows[2][2] = cell
    with pytest.raises(InputError) as caught:
        load(tmp_path, ("q.csv", nomis(TS067, LABELS_067, rows)))
    assert caught.value.what == what
    assert caught.value.where.endswith("q.csv, row 4, highest level of qualification: no qualifications")


def test_a_part_may_pass_its_whole_by_the_perturbation_only(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    rows = [(code, 8, 10, 0, 0, 0, 0, 0, 0) for code in ZONES[:5]] + [(ZONES[5], 0, 0, 0, 0, 0, 0, 0, 0)]
    values, _ = column(load(tmp_path, ("q.csv", nomis(TS067, LABELS_067, rows))), "no_qualifications")
    assert values[:5] == [100.0] * 5
    assert values[5] != values[5]  # of nobody no share is known
    assert "5 zones a few people over 100 % are taken as 100 %" in caplog.text
    rows[1] = (ZONES[1], 100, 150, 0, 0, 0, 0, 0, 0)
    with pytest.raises(
        InputError, match=rf"row 3: No qualifications: 150 of 100 in {ZONES[1]} is over 100 %"
    ):
        load(tmp_path, ("q.csv", nomis(TS067, LABELS_067, rows)))


def test_two_tables_of_the_same_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"b\.csv: the indicator 'no_qualifications' is in it and in a\.csv"):
        load(tmp_path, ("a.csv", TABLE_067), ("b.csv", TABLE_067))


def test_zones_that_a_table_lacks_are_nan_and_counted(tmp_path, caplog):
    found = load(tmp_path, ("q.csv", nomis(TS067, LABELS_067, ROWS_067[:5])), zones=[NEW[1], OLD[1]])
    assert found.frame.index.tolist() == [OLD[1], NEW[1]]
    assert found.frame["no_qualifications"].isna().tolist() == [False, True]
    assert f"q.csv: 1 of 2 zones are not in it, such as {NEW[1]}" in caplog.text


def test_of_labels_that_begin_alike_the_shortest_is_the_groups():
    labels = {"c manufacturing: 10 food": "x", "c manufacturing": "y", "c manufacturing: 11": "z"}
    assert find_label(labels, "c manufacturing*") == "y"
    assert find_label(labels, "c manufacturing: 11") == "z"
    assert find_label(labels, "d*") is None
    assert census_table(["lsoa21cd", "no qualifications"]) is None


def test_the_catalogue_fits_on_a_picture_and_leaves_a_part_of_each_whole_out():
    shares = [share for table in CENSUS for share in table.shares]
    titles = [one.title for one in (*shares, *DEPRIVATION, *RESULTS)] + [title for _, title, *_ in AGES]
    assert max(map(len, titles)) <= 40
    assert len(set(titles)) == len(titles)
    names = [one.name for one in (*shares, *DEPRIVATION, *RESULTS)]
    assert len(set(names)) == len(names)
    for table in CENSUS:
        taken = {part for share in table.shares if not share.among for part in share.parts}
        assert set(table.parts) - taken, table.table
