import dataclasses
import datetime as dt

import pytest

from ptreach.outputs.paperwork.readme import CONTENTS, WIDTH, readme_text
from ptreach.outputs.wording import MADE_UP_NOTICE

FILES = {name.replace("*", "ryde") for name in CONTENTS}


def test_headlines_follow_from_the_zones(town, zones, facts):
    text = readme_text(town, zones, facts, FILES)
    # 500 residents: 100 under 15 min, 200 from 15 to under 30; the middle of the cutoffs (15, 30) is 15
    assert "20% of the 500 residents counted in Wight can be reached from Ryde high street" in text
    # decile 1: 100 of 200 residents under 15 min
    one_line = " ".join(text.split("\n"))
    assert "Of the 200 residents of zones in the most deprived tenth (Indices" in one_line
    assert "(Indices of Deprivation 2019, decile 1): 50%." in one_line
    rows = {line.rsplit(None, 2)[0].strip(): line.split()[-2:] for line in text.splitlines() if "%  " in line}
    assert rows == {
        "under 15 min": ["20%", "100"],
        "15 to 30 min": ["40%", "200"],
        "30 min or more, or not reached": ["40%", "200"],
    }
    assert "4 of 5 zones (LSOA 2011) have a median travel time." in text


def test_no_share_is_made_up_for_a_decile_without_people(town, zones, facts):
    text = readme_text(town, zones.assign(imd_decile=5.0), facts, FILES)
    assert "No resident lives in the most deprived tenth of zones" in text


def test_attributions_stand_verbatim_and_other_lines_are_short(town, zones, facts):
    long = "© Somebody, " + "who wants this said in one go, " * 8 + "and no word less"
    record = dataclasses.replace(facts.sources[0], attribution=long)
    text = readme_text(town, zones, dataclasses.replace(facts, sources=(record, *facts.sources[1:])), FILES)
    assert f"  {long}\n" in text
    assert all(len(line) <= WIDTH + 8 for line in text.splitlines() if long not in line)
    for source in facts.sources[1:]:
        assert source.attribution in text
        assert source.licence in text


@pytest.mark.parametrize("made_up", [True, False])
def test_made_up_packs_say_so_before_any_number(town, zones, facts, made_up):
    text = readme_text(town, zones, dataclasses.replace(facts, made_up=made_up), FILES)
    assert (MADE_UP_NOTICE in text) == made_up
    if made_up:
        assert text.index(MADE_UP_NOTICE) < text.index("%")


def test_it_says_its_sunset_before_any_figure(town, zones, facts):
    text = " ".join(readme_text(town, zones, facts, FILES).split())
    assert "holds to Sunday 19 July 2020" in text
    assert text.index("holds to") < text.index("%")
    assert "holds to" not in readme_text(town, zones, dataclasses.replace(facts, sunset=None), FILES)


def test_licences_have_their_address_and_the_towns_point_its_source(town, zones, facts):
    text = readme_text(town, zones, facts, FILES)
    assert "/open-government-licence/version/3/\n" in text
    assert "The town's point: OS Open Names\n" in text


def test_it_says_how_to_open_what_is_there(town, zones, facts):
    text = readme_text(town, zones, facts, FILES)
    for words in ("QGIS", "Excel", "lsoa11cd", "layers/ryde.gpkg", "lsoa_2011", "tables/ryde-zones.csv"):
        assert words in text
    other = town.model_copy(update={"date": dt.date(2026, 10, 13)})
    assert "Tuesday 13 October 2026" in readme_text(other, zones, facts, FILES)


def test_it_lists_the_files_that_are_there_and_no_others(town, zones, facts):
    text = readme_text(town, zones, facts, {"qa.html", "tables/ryde-access.csv", "maps/ryde-x.txt"})
    assert "qa.html " in text
    assert "tables/ryde-access.csv " in text
    assert "tables/ryde-zones.csv" not in text
    assert "maps/*.txt " in text
    assert "maps/*.svg" not in text
