import dataclasses

import numpy as np
import pytest

from ptreach.outputs.slides import words
from ptreach.outputs.tables.frames import decile_table, zone_table
from ptreach.outputs.wording import TITLE_WORDS

CUTOFFS = (15, 30)


@pytest.fixture
def deciles(areas):
    def make(zones):
        return decile_table(zones, CUTOFFS, areas, made_up=False)

    return make


def renamed(town, name, **preset):
    return town.model_copy(update={"name": name, "preset": town.preset.model_copy(update=preset)})


def test_the_map_says_how_many_live_near(town, zones, deciles):
    # 100 of 500 are under 15 minutes, the middle one of the cutoffs 15 and 30
    table = deciles(zones)
    assert (
        words.map_finding(renamed(town, "Ryde"), table) == "20% of residents live within 15 minutes of Ryde"
    )
    assert words.map_finding(town, table) == "20% live within 15 minutes of Ryde high street"
    long = renamed(town, "Wootton-under-Edge high street by the old market")
    assert words.map_finding(long, table) == "20% of residents are within 15 minutes"
    towards = renamed(town, "Ryde", direction="to")
    assert words.map_finding(towards, table) == "20% of residents reach Ryde within 15 minutes"
    none = deciles(zones.assign(minutes_p50=np.nan))
    assert words.map_finding(renamed(town, "Ryde"), none) == "No resident lives within 15 minutes of Ryde"
    assert words.map_finding(towards, none) == "No resident reaches Ryde within 15 minutes"
    assert words.map_finding(town, deciles(zones.assign(population=0.0))) == words.NOBODY


def test_the_middle_is_that_of_people(town, zones, deciles):
    # person 250 of 500 needs 1,799 s
    assert (
        words.middle_finding(town, zones, deciles(zones)) == "Half of residents are 29 minutes or more away"
    )
    near = zones.assign(minutes_p50=[5.0, 9.0, 14.5, 20.0, np.nan])
    assert words.middle_finding(town, near, deciles(near)) == "Half of residents are within 15 minutes"
    whole = zones.assign(minutes_p50=[5.0, 9.0, 14.0, 20.0, np.nan])  # not strictly within 14
    assert words.middle_finding(town, whole, deciles(whole)) == "Half of residents are within 15 minutes"
    far = zones.assign(minutes_p50=[10.0, 20.0, np.nan, np.nan, np.nan])
    assert words.middle_finding(town, far, deciles(far)) == "Most residents are beyond reach"
    none = zones.assign(minutes_p50=np.nan)
    assert words.middle_finding(town, none, deciles(none)) == "All residents are beyond reach"
    empty = zones.assign(population=np.nan)
    assert words.middle_finding(town, empty, deciles(empty)) == words.NOBODY


def test_three_sentences_follow_from_the_numbers(town, zones, deciles, facts):
    near, far, deprived = words.three_sentences(town, zones, deciles(zones), facts)
    assert near == (
        "20% of the 500 residents counted in Wight can be reached from Ryde high street in under 15 minutes."
    )
    # 33.3 minutes and not reached
    assert far == "40% (200 people) are 30 minutes or more away, or not reached."
    # of the two zones of decile 1 one is under 15 minutes
    assert deprived == (
        "Of the 200 residents of the most deprived tenth of zones (Indices of Deprivation 2019, decile 1) "
        "50% are within 15 minutes; of all residents 20%."
    )
    rich = zones.assign(imd_decile=9.0)
    assert (
        "No resident lives in the most deprived tenth"
        in words.three_sentences(town, rich, deciles(rich), facts)[2]
    )


def test_the_chart_compares_the_most_and_the_least_deprived_who_live_here(town, zones, deciles):
    assert words.deprivation_finding(town, deciles(zones)) == (
        "Most deprived tenth: 50% within 15 minutes; least: 0%"
    )
    some = zones.assign(imd_decile=[2.0, 2.0, 5.0, 8.0, 9.0])
    assert words.deprivation_finding(town, deciles(some)) == "Decile 2: 50% within 15 minutes; decile 9: 0%"
    one = zones.assign(imd_decile=4.0)
    assert words.deprivation_finding(town, deciles(one)) == "Decile 4: 20% within 15 minutes"
    unknown = zones.assign(imd_decile=np.nan)
    assert words.deprivation_finding(town, deciles(unknown)) == "No resident's decile of deprivation is known"


def test_the_chart_is_told_in_words(town, zones, deciles):
    told = words.deprivation_notes(town, zones, deciles(zones))
    assert "decile 1: 50% of 200; decile 2: nobody" in told
    assert "decile 8: 0% of 100" in told
    assert "All residents: 20%" in told


def test_zones_that_are_far_are_counted_and_those_beyond_reach_told_apart(zones, areas):
    table = zone_table(zones, CUTOFFS, areas, made_up=False)
    assert words.far_finding(table.head(0)) == "No deprived zone is far away"
    assert words.far_finding(table.iloc[2:4]) == "2 deprived zones are 29 minutes or more away"
    assert words.far_finding(table.iloc[3:4]) == "1 deprived zone is 33 minutes or more away"
    assert words.far_finding(table.iloc[3:5]) == "2 deprived zones: 33 minutes or more away, or unreached"
    assert words.far_finding(table.iloc[4:5]) == "1 deprived zone is beyond reach"


def test_no_minutes_are_rounded_up():
    assert words.minutes_or_reason(14.9833, "reached") == "14.9"
    assert words.minutes_or_reason(15.0, "reached") == "15.0"
    assert words.minutes_or_reason(0.3, "reached") == "0.3"
    assert words.minutes_or_reason(float("nan"), "off network") == "off network"
    assert words.minutes_or_reason(float("nan"), "reached") == "beyond the limit"


def test_the_method_is_that_of_the_run(town, facts):
    text = " ".join(words.method_points(town, facts))
    for part in (
        "from the town's point to each zone",
        "Tuesday 16 June 2020",
        "median of 120 times",
        "less than 20 minutes each at 4.8 km/h",
        "at most 8 rides",
        "less than 120 minutes",
        "Within 15 and 30 minutes",
        "mid-2020 population estimates",
        "Sunset Sunday 19 July 2020: the timetable ends; not to be quoted for later days.",
    ):
        assert part in text
    once = renamed(town, "Ryde", window=(28_800, 28_860), direction="to")
    text = " ".join(words.method_points(once, dataclasses.replace(facts, left_out=("Ferries",))))
    assert "from each zone to the town's point" in text
    assert "One journey stands for the zone" in text
    assert "Left out, for the file was not there: Ferries." in text
    assert words.method_finding(once) == "Journeys by timetable, arriving by 08:00"


def test_titles_have_ten_words_at_most(town, zones, areas, deciles):
    table = zone_table(zones, CUTOFFS, areas, made_up=False)
    far = table.iloc[[3, 4] * 5]
    for name in ("Ryde", "Ryde high street", "The old market of the town of Stow-on-the-Wold by the church"):
        named = renamed(town, name)
        titles = (
            words.map_finding(named, deciles(zones)),
            words.middle_finding(town, zones, deciles(zones)),
            words.deprivation_finding(named, deciles(zones)),
            words.far_finding(far),
            words.method_finding(named),
        )
        assert all(len(title.split()) <= TITLE_WORDS for title in titles), titles
