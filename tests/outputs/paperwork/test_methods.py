import dataclasses
import re

import pytest

from ptreach.outputs.paperwork.methods import methods_text
from ptreach.outputs.wording import MADE_UP_NOTICE, SUNSET_RULE


@pytest.fixture
def text(town, zones, isochrones, facts):
    return methods_text(town, zones, isochrones, facts)


def test_window_and_ranks_are_those_of_the_run(text):
    assert "Window: 120 departures, one a minute from 07:15, 09:15 excluded" in text
    # nearest ranks of 120: 5 % the 6th, 50 % the 60th
    assert "p5 the 6th, p50 the 60th." in text
    assert "the median is empty where fewer than 60 of the 120 departures have one" in text


def test_one_arrival_is_told_the_other_way_round(town, zones, isochrones, facts):
    preset = town.preset.model_copy(update={"window": (32_400, 32_460), "direction": "to"})
    text = methods_text(town.model_copy(update={"preset": preset}), zones, isochrones, facts)
    assert "Window: one arrival, at 09:00 (preset" in text
    assert "With one arrival, every percentile is the time of that one journey" in text
    assert "p5 the" not in text
    assert text.index("population-weighted centroid") < text.index("the point -1.163224, 50.730015")
    assert "to the minute of arrival" in text


@pytest.mark.parametrize(
    ("minutes", "ordinal"),
    [(40, "2nd, p50 the 20th"), (42, "3rd, p50 the 21st"), (220, "11th, p50 the 110th")],
)
def test_ordinals_are_english(town, zones, isochrones, facts, minutes, ordinal):
    preset = town.preset.model_copy(update={"window": (0, minutes * 60)})
    text = methods_text(town.model_copy(update={"preset": preset}), zones, isochrones, facts)
    assert f"p5 the {ordinal}." in text


def test_limits_and_rules_are_those_of_the_run(town, zones, isochrones, facts, text):
    assert "at 4.8 km/h" in text
    assert "takes less than 20 minutes" in text
    assert "less than 120 minutes and at most 8 rides" in text
    assert "within 300 m, failing that within 1600 m" in text
    assert "more than 60 s after the arrival" in text
    slow = methods_text(town, zones, isochrones, dataclasses.replace(facts, rules={"board_slack_s": 90}))
    assert "more than 90 s after the arrival" in slow
    assert "failing that" not in slow
    assert "transfers.txt" not in slow + text
    assert "block_id" not in slow + text
    both = dataclasses.replace(facts, rules={"transfers_txt": True, "stays_seated": True})
    full = methods_text(town, zones, isochrones, both)
    assert "hold as the feeds give them (transfers.txt)" in full
    assert "(block_id) may stay on board" in full


def test_repairs_reasons_and_areas_are_counted(town, zones, isochrones, facts, text):
    assert (
        "| calls-at-unknown-stops | calls at unknown stops: left out | 3 | "
        "bus.zip, stop_times.txt: trip 12, stop 7 | list the stop in stops.txt |" in text
    )
    assert "| bus | stop_times.txt | 1,004 | 1 | 1,000 |" in text
    assert "| off network | 1 |\n| reached | 4 |" in text
    # median and largest of 2.04, 10, 40 and 1,200.06
    assert "up to 1,200 m from the street that they join (median 25 m)" in text
    assert "| under 15 min | 1.5" in text  # a circle of 700 m, drawn with corners: 1.54 less a little
    clean = methods_text(town, zones, isochrones, dataclasses.replace(facts, repairs=(), rows=()))
    assert "Nothing in the inputs had to be mended" in clean
    assert "rows read" not in clean
    assert "Odd in the inputs" not in text
    odd = methods_text(town, zones, isochrones, dataclasses.replace(facts, oddities=facts.repairs))
    assert odd.count("| calls-at-unknown-stops | calls at") == 2
    assert "Odd in the inputs, and kept as it is:" in odd


def test_people_not_known_are_reported(town, zones, isochrones, facts, text):
    assert "population estimate and count as nobody" not in text
    lacking = zones.assign(population=[100.0, None, None, 100.0, 100.0])
    told = methods_text(town, lacking, isochrones, facts)
    assert "2 zones have no population estimate and count as nobody." in told
    assert "; 300 residents" in told


def test_notes_of_inputs_are_limits_and_digests_are_listed(text, facts):
    assert "- Title of bus.zip (bus.zip): Timetable thinned." in text
    assert text.count(f"`{'ab' * 32}`") == len(facts.sources)


def test_made_up_methods_say_so(town, zones, isochrones, facts, text):
    assert MADE_UP_NOTICE not in text
    told = methods_text(town, zones, isochrones, dataclasses.replace(facts, made_up=True))
    assert told.splitlines()[2] == f"**{MADE_UP_NOTICE}**"


def test_bars_in_titles_do_not_break_tables(town, zones, isochrones, facts):
    record = dataclasses.replace(facts.sources[0], title="A | B")
    text = methods_text(town, zones, isochrones, dataclasses.replace(facts, sources=(record,)))
    assert "| gtfs | A \\| B | 2020-06 |" in text


def test_one_paragraph_tells_the_method_with_the_runs_own_settings(town, zones, isochrones, facts, text):
    def paragraph(text):
        return text.split("## In one paragraph\n\n")[1].split("\n")[0]

    for words in (
        "from Ryde high street to the population-weighted centroids of 5 zones (LSOA 2011)",
        "ptreach 0.1.0 (engine raptor) by the timetables of Tuesday 16 June 2020: 120 departures,",
        "walks of less than 20 minutes each at 4.8 km/h, at most 8 rides, less than 120 minutes in all.",
        "The median over the departures stands for each zone.",
        "Title of bus.zip (2020-06); Title of streets.osm.pbf (2020-06).",
        "which holds to Sunday 19 July 2020",
    ):
        assert words in paragraph(text), words
    preset = town.preset.model_copy(update={"walk_speed_kph": 3.6, "max_rides": 2, "direction": "to"})
    other = paragraph(methods_text(town.model_copy(update={"preset": preset}), zones, isochrones, facts))
    assert "5 zones (LSOA 2011) to Ryde high street" in other
    assert "at 3.6 km/h, at most 2 rides" in other
    assert "The median over the arrivals" in other


def test_the_sunset_its_rule_and_weighty_assumptions_are_told(town, zones, isochrones, facts, text):
    limits = text.split("## Limits\n\n")[1]
    assert limits.startswith("- These figures describe the timetable of Tuesday 16 June 2020, which holds to")
    assert SUNSET_RULE in limits.split("\n")[0]
    told = text.split("## Assumptions\n\n")[1].split("\n## ")[0]
    ratings = re.findall(r"(?m)^\| (red|amber|green) \|", told)
    assert ratings == sorted(ratings, reverse=True)
    assert {"red", "amber"} == set(ratings)
    assert "| amber | Everybody walks at 4.8 km/h" in told
    assert "tables/ryde-assumptions-log.csv" in told


def test_what_was_left_out_is_a_limit(town, zones, isochrones, facts, text):
    assert "Left out" not in text
    told = methods_text(town, zones, isochrones, dataclasses.replace(facts, left_out=("GB rail timetable",)))
    assert "- Left out, for the file was not there: GB rail timetable.\n" in told


def test_what_lies_around_is_counted_and_its_rules_are_stated(
    town, zones, isochrones, facts, surroundings, text
):
    told = methods_text(town, zones, isochrones, facts, surroundings)
    assert re.search(r"\| under 30 min \| (12\.\d\d) \| \1 \| 1\.54 \| 2 \| 5 \|", told)
    assert "under one cell of the grid (1 ha) are merged" in told
    assert "2 stops with a median under the last cutoff" in told
    assert "1 follow the course that the feed gives" in told
    assert "3 stretches of street" in told
    assert "each is searched for" in told
    read_off = dataclasses.replace(surroundings, streets_exact=False)
    assert "read off the surface, between nodes 100 m apart" in methods_text(
        town, zones, isochrones, facts, read_off
    )
    assert "stretches of street" not in text
