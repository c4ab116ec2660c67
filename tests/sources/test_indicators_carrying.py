"""Indicators of the other edition of zones, carried over by hand-derived people."""

from __future__ import annotations

import pandas as pd
import pytest

from ptreach.errors import InputError
from ptreach.measures.editions import carry
from zone_tables import GONE, NEW, OLD, ZONES, column, csv, deprivation, load, nomis, pairs

OLD_ZONES = (*OLD, GONE)
BANDS = ["Aged 15 years and under", "Aged 16 to 64 years", "Aged 65 years and over"]
# Of the two parts of the zone that was split, one has 100 people, the other 300.
PEOPLE = csv(
    ["LSOA21CD", *BANDS], *([code, 20, 150, 30] for code in OLD), [NEW[0], 20, 60, 20], [NEW[1], 100, 160, 40]
).encode()
QUALIFIED = ["Total: All usual residents aged 16 years and over", "No qualifications"]
QUALIFIED += ["Level 1 and entry level qualifications", "Level 2 qualifications", "Apprenticeship"]
QUALIFIED += ["Level 3 qualifications", "Level 4 qualifications and above", "Other qualifications"]


def claimants(codes, counts):
    return csv(["GEOGRAPHY_CODE", "OBS_VALUE"], *zip(codes, counts, strict=True))


def by_zone(found, name):
    return found.frame[name].round(9).to_dict()


def test_claimants_of_2011_are_shared_out_by_people_and_are_a_share_of_those_of_2021(tmp_path, caplog):
    table = claimants(OLD_ZONES, [15, 30, 0, 45, 20])
    found = load(tmp_path, ("c.csv", table), population=PEOPLE, editions=pairs(), carry=carry)
    # 20 claimants go 5 to 15; of 60 and 160 people aged 16 to 64.
    shares = [100 * 15 / 150, 100 * 30 / 150, 0, 100 * 45 / 150, 100 * 5 / 60, 100 * 15 / 160]
    assert by_zone(found, "claimant_rate") == pytest.approx(dict(zip(ZONES, shares, strict=True)))
    _, said = column(found, "claimant_rate")
    assert said.edition == "LSOA 2021"
    assert "Carried over from LSOA 2011." in said.note
    # Two of six zones; 400 of 4 x 200 + 400 people.
    note = "c.csv is of the other edition of zones and was carried over: 2 part of a zone that was split, "
    note += "4 unchanged; 33.3% of zones, with 33.3% of people, did not simply keep their figures."
    assert found.notes == (note,)
    assert note in caplog.text
    assert "editions" in {record.kind for record in found.sources}


def test_the_shares_touched_are_of_the_zones_asked_for(tmp_path):
    table = claimants(OLD_ZONES, [15, 30, 0, 45, 20])
    found = load(
        tmp_path, ("c.csv", table), zones=[OLD[0], NEW[1]], population=PEOPLE, editions=pairs(), carry=carry
    )
    assert by_zone(found, "claimant_rate") == {OLD[0]: 10.0, NEW[1]: 9.375}
    # 300 of 500 people.
    assert "50.0% of zones, with 60.0% of people," in found.notes[0]


def test_where_nobody_is_counted_all_zones_count_the_same(tmp_path):
    table = claimants(OLD_ZONES, [15, 30, 0, 45, 20])
    found = load(tmp_path, ("c.csv", table), editions=pairs(), carry=carry)
    assert by_zone(found, "claimants") == dict(zip(ZONES, [15, 30, 0, 45, 10, 10], strict=True))
    assert "; 33.3% of zones did not simply keep" in found.notes[0]


@pytest.mark.parametrize("can", [{"editions": pairs()}, {"carry": carry}])
def test_without_the_lookup_or_somebody_to_carry_they_are_refused(tmp_path, can):
    table = claimants(OLD_ZONES, [15, 30, 0, 45, 20])
    with pytest.raises(
        InputError, match=r"c\.csv: holds zones of LSOA 2011 .*not of LSOA 2021.* kind editions"
    ):
        load(tmp_path, ("c.csv", table), population=PEOPLE, **can)


def test_what_is_of_the_edition_is_not_carried(tmp_path):
    table = claimants(ZONES, [15, 30, 0, 45, 6, 16])
    found = load(tmp_path, ("c.csv", table), population=PEOPLE, editions=pairs(), carry=carry)
    assert by_zone(found, "claimant_rate")[NEW[0]] == 10.0
    assert found.notes == ()
    assert "editions" not in {record.kind for record in found.sources}


def test_shares_of_2021_in_a_recipe_of_2011_are_weighted_by_people(tmp_path):
    rows = [(code, 100, 10, 0, 0, 0, 0, 90, 0) for code in OLD]
    rows += [(NEW[0], 100, 40, 0, 0, 0, 0, 60, 0), (NEW[1], 100, 20, 0, 0, 0, 0, 80, 0)]
    census = nomis("Highest level of qualification", QUALIFIED, rows)
    of_2011 = {"codes": OLD_ZONES, "year": 2011, "zones": OLD_ZONES}
    found = load(tmp_path, ("q.csv", census), ("a.csv", PEOPLE), editions=pairs(), carry=carry, **of_2011)
    # (100 x 40 + 300 x 20) / 400
    shares = dict(zip(OLD_ZONES, [10, 10, 10, 10, 25], strict=True))
    assert by_zone(found, "no_qualifications") == pytest.approx(shares)
    # People add up: 120 children of 400.
    assert by_zone(found, "children") == pytest.approx(dict.fromkeys(OLD, 10.0) | {GONE: 30.0})
    assert [note.split(" ")[0] for note in found.notes] == ["a.csv", "Parts", "q.csv"]


def own(year, *rows):
    return csv([f"LSOA{year}CD", "Trees"], *rows)


def test_a_column_of_ones_own_is_asked_about(tmp_path):
    table = own(11, *([code, 8] for code in OLD_ZONES))
    with pytest.raises(InputError) as caught:
        load(tmp_path, ("t.csv", table), population=PEOPLE, editions=pairs(), carry=carry)
    assert caught.value.what == "is of LSOA 2011, and nothing says whether 'Trees' adds up, as people do"
    assert "adds_up = true" in caught.value.remedy


@pytest.mark.parametrize(("adds_up", "parts"), [(True, [2, 6]), (False, [8, 8])])
def test_a_column_of_ones_own_is_shared_out_or_kept(tmp_path, adds_up, parts):
    table = own(11, *([code, 8] for code in OLD_ZONES))
    said = {"columns": [{"column": "Trees", "adds_up": adds_up}]}
    found = load(tmp_path, ("t.csv", table, said), population=PEOPLE, editions=pairs(), carry=carry)
    assert by_zone(found, "trees") == dict(zip(ZONES, [8, 8, 8, 8, *parts], strict=True))


def test_deprivation_of_2011_is_carried_too_and_told_with_the_zones(tmp_path):
    found = load(tmp_path, iod=deprivation(OLD_ZONES, 2011), population=PEOPLE, editions=pairs(), carry=carry)
    # 10 to 13 of the old zones, and 14 of the one that was split.
    assert by_zone(found, "imd_score") == dict(zip(ZONES, [10, 11, 12, 13, 14, 14], strict=True))
    assert by_zone(found, "income_deprived")[NEW[0]] == pytest.approx(14)
    assert found.notes == ()
    with pytest.raises(InputError, match="holds zones of LSOA 2011"):
        load(tmp_path, iod=deprivation(OLD_ZONES, 2011), population=PEOPLE, carry=carry)


def test_deprivation_is_read_under_the_headers_of_the_recipe(tmp_path):
    """As load_areas reads it: a table of no publisher."""
    table = pd.DataFrame({"Zone": ZONES, "Deprived": [float(i) for i in range(6)]})
    headers = {"zone_id": "Zone", "imd_score": "Deprived"}
    assert by_zone(load(tmp_path, iod=table, iod_headers=headers), "imd_score")[NEW[1]] == 5.0
