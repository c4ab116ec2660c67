import csv
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptreach.outputs.tables.frames import (
    MADE_UP,
    decile_table,
    figures_table,
    people_within_table,
    relation_table,
    shield,
    unshield,
    write_csv,
    zone_table,
)

CUTOFFS = (15, 30)


def test_columns_name_the_edition_and_stand_in_their_order(zones, areas):
    table = zone_table(zones, CUTOFFS, areas, made_up=False)
    assert list(table.columns) == [
        "lsoa11cd", "zone_name", "district_code", "district_name", "minutes_p5", "minutes_p50", "band",
        "unstable", "reason", "link_distance_m", "area_within_15", "area_within_30", "departures_within_15",
        "departures_within_30", "departures_reached", "best_departure", "best_min", "worst_departure",
        "worst_min", "longest_wait_min", "population", "children", "imd_score", "imd_rank", "imd_decile",
        "idaci_rank", "idaci_decile", "lon", "lat",
    ]  # fmt: skip


def test_cutoff_is_strict_in_the_table_and_reasons_stand_for_bands(zones, areas):
    table = zone_table(zones, CUTOFFS, areas, made_up=False)
    assert table["band"].tolist() == [
        "under 15 min",
        "15 to 30 min",
        "15 to 30 min",
        "30 min or more",
        "off network",
    ]


def test_departures_stand_as_clock_times_and_what_is_not_reached_is_empty(zones, areas):
    table = zone_table(zones, CUTOFFS, areas, made_up=False)
    assert table["best_departure"].tolist()[:4] == ["07:15", "07:16", "07:17", "25:00"]
    assert table["worst_departure"].tolist()[:2] == ["09:14", "07:15"]
    assert table["best_departure"].isna().tolist() == [False] * 4 + [True]
    assert table["worst_min"].isna().tolist() == [False, False, False, True, True]
    assert table["departures_within_30"][2] == 0.6667
    assert table["area_within_30"][2] == 0.1235


def test_arrivals_are_called_so(zones, areas):
    arrivals = zones.rename(columns=lambda name: name.replace("_departure_s", "_arrival_s"))
    table = zone_table(arrivals, CUTOFFS, areas, made_up=False)
    assert {"best_arrival", "worst_arrival"} <= set(table)
    assert "best_departure" not in table


def test_zones_whose_band_hangs_on_the_minute_are_called_unstable(zones, areas):
    assert not zone_table(zones, CUTOFFS, areas, made_up=False)["unstable"].any()
    # the third zone: 15 to 30 minutes in two of five of the minutes only
    shares = zones.assign(
        departures_within_15=[0.75, 0.25, 0.4, 0.0, 0.0], departures_within_30=[1, 1, 0.8, 0, 0]
    )
    table = zone_table(shares, CUTOFFS, areas, made_up=False)
    assert table["unstable"].tolist() == [False, False, True, False, False]


def test_minutes_keep_the_seconds_without_float_noise(zones, areas):
    table = zone_table(zones, CUTOFFS, areas, made_up=False)
    assert table["minutes_p50"].tolist()[:4] == [14.9833, 15.0, 29.9833, 33.3333]
    assert (table["minutes_p50"][:4] * 60).round().tolist() == [899, 900, 1799, 2000]
    assert table["minutes_p5"].tolist()[:2] == [12.9833, 13.0]
    assert math.isnan(table["minutes_p50"][4])


def test_every_second_survives_the_rounding(zones, areas):
    seconds = np.arange(7200)
    many = zones.iloc[np.zeros(seconds.size, dtype=int)].assign(minutes_p50=seconds / 60)
    table = zone_table(many, CUTOFFS, areas, made_up=False)
    assert ((table["minutes_p50"] * 60).round() == seconds).all()
    assert max(len(str(value)) for value in table["minutes_p50"]) <= len("119.9833")


def test_file_reads_in_excel_and_in_scripts(tmp_path, zones, areas):
    path = tmp_path / "zones.csv"
    write_csv(path, zone_table(zones, CUTOFFS, areas, made_up=False))
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbflsoa11cd,")
    assert b"\r" not in data
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert rows[2]["zone_name"] == "Llŷn 3"
    assert rows[2]["children"] == ""
    assert rows[2]["imd_score"] == "20.3"
    assert rows[2]["imd_rank"] == "15000"
    assert rows[2]["link_distance_m"] == "1200.1"
    assert rows[4]["minutes_p50"] == ""
    assert rows[4]["reason"] == "off network"
    assert rows[0]["lon"] == "-1.163224"


def test_deciles_weigh_people_and_name_what_they_are_of(zones, areas):
    table = decile_table(zones, CUTOFFS, areas, made_up=False).set_index("imd_decile")
    assert set(table["edition"]) == {"LSOA 2011"}
    assert set(table["deprivation"]) == {"Indices of Deprivation 2019"}
    # decile 1: 100 people at 899 s, 100 at 900 s
    columns = ["zones", "population", "median_min", "share_within_15", "share_within_30"]
    assert table.loc["1", columns].tolist() == [2, 200, 14.9833, 0.5, 1.0]
    # all: 1 of 5 under 15, 3 of 5 under 30, person 250 of 500 needs 1,799 s
    assert table.loc["all", columns].tolist() == [5, 500, 29.9833, 0.2, 0.6]
    assert list(table.index) == [*map(str, range(1, 11)), "all"]


@pytest.mark.parametrize("make", [zone_table, decile_table])
def test_made_up_data_say_so_in_every_row_and_real_data_do_not(zones, areas, make):
    assert "made_up" not in make(zones, CUTOFFS, areas, made_up=False)
    marked = make(zones, CUTOFFS, areas, made_up=True)
    assert marked.columns[0] == "made_up"
    assert set(marked["made_up"]) == {MADE_UP}


def test_zones_given_are_not_changed(zones, areas):
    before = zones.copy()
    zone_table(zones, CUTOFFS, areas, made_up=True)
    assert before.equals(zones)


def test_people_within_reach_are_counted_by_both_indices(zones, areas):
    table = people_within_table(zones, areas, made_up=False)
    assert set(table["index"]) == {"imd", "idaci"}
    assert set(table["group"]) == {"people", "children"}  # nobody knows of pensioners here
    rows = table.set_index(["index", "decile", "group", "cutoff_min"])
    # decile 1: 100 people at 899 s, 100 at exactly 900 s
    assert rows.loc[("imd", "1", "people", 15), ["people", "people_within", "share_within"]].tolist() == [
        200,
        100,
        0.5,
    ]
    assert rows.loc[("imd", "1", "people", 30), "people_within"] == 200
    # IDACI's decile 1 is the first zone alone; all children: four zones of 20, one unknown
    assert rows.loc[("idaci", "1", "children", 15), "people_within"] == 20
    assert rows.loc[("idaci", "all", "children", 90), ["people", "people_within"]].tolist() == [80, 60]
    with_pensioners = people_within_table(zones.assign(pensioners=10.0), areas, made_up=False)
    assert set(with_pensioners["group"]) == {"people", "children", "pensioners"}


def test_figures_are_rounded_and_say_what_they_are_of(zones, areas):
    table = figures_table(zones, CUTOFFS, areas, made_up=False)
    assert list(table.columns[:4]) == ["edition", "deprivation", "figure", "about"]
    rows = table.set_index(["figure", "about"])["value"]
    assert rows["people", "all"] == 500
    assert rows["median_min", "all"] == 29.9833
    assert rows["share_within_15", "all"] == 0.2
    assert not np.isinf(table[["value", "low", "high"]].to_numpy()).any()


def test_relation_counts_whom_it_leaves_out(zones, areas):
    table = relation_table(zones, areas, made_up=False).set_index("with_figure")
    assert table.loc["imd_rank", ["zones", "not_reached", "not_known"]].tolist() == [4, 1, 0]
    assert table.loc["idaci_rank", ["zones", "not_reached", "not_known"]].tolist() == [4, 1, 0]
    assert table.loc["imd_rank", "rho"] == 1.0  # the more deprived, the sooner


DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1+1", "'=1", "''@x"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_of_a_file_begins_as_a_formula_and_none_is_lost(tmp_path, text):
    path = tmp_path / "names.csv"
    write_csv(path, pd.DataFrame({"name": [text, "Ryde"], "value": [-1.5, 2.0]}))
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    written = rows[1][0]
    assert written.lstrip("'") != written  # an apostrophe comes first, which no formula does
    assert unshield(written) == text.replace("\r", "\n")  # all lines of a pack end alike
    assert rows[1][1] == "-1.5"  # a number is no text
    assert rows[2] == ["Ryde", "2.0"]


@pytest.mark.parametrize(
    "text", ["Ryde", "St Mary's", "'s-Hertogenbosch", "Stratford-on-Avon", "a=b", "", "'"]
)
def test_honest_names_are_written_as_they_are(text):
    assert shield(text) == text == unshield(text)


@given(st.text(alphabet="'=+-@\t\r\nab ", max_size=6))
def test_any_text_comes_back(text):
    assert unshield(shield(text)) == text
    assert not shield(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
