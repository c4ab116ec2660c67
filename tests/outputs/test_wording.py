import datetime as dt
import math
from dataclasses import replace
from functools import reduce
from operator import add
from pathlib import Path

import pandas as pd
import pytest

from ptreach.config import Origin, Preset, Town
from ptreach.outputs.facts import Sunset
from ptreach.outputs.wording import (
    NAME_LETTERS,
    TITLE_WORDS,
    district_phrase,
    first_short_title,
    in_even_lines,
    journey_description,
    journey_line,
    licence_address,
    listed,
    long_date,
    map_title,
    number_words,
    ordinal,
    people_by_band,
    percent,
    run_line,
    share_finding,
    source_line,
    statistic_phrase,
    subtitle,
    sunset_phrase,
    within_phrase,
)


def town(name="Ryde", window=(26_100, 33_300), direction="from", cutoffs=(15, 30, 45)):
    preset = Preset(title="peak", window=window, direction=direction, cutoffs_min=cutoffs)
    return Town(
        slug="ryde",
        path=Path("ryde.toml"),
        name=name,
        network="n",
        areas="a",
        date=dt.date(2020, 6, 16),
        origin=Origin(lon=-1.16, lat=50.73),
        districts=(),
        preset_name="am-peak",
        preset=preset,
    )


# Of 1,000 people 100 are at 14.9 min, 250 at 15.0 and 29.9, 50 at 44, 200 at 45.0, 400 not reached
ZONES = pd.DataFrame(
    {
        "minutes_p50": [14.9, 15.0, 29.9, 44.0, 45.0, math.nan],
        "population": [100, 200, 50, 50, 200, 400],
        "district_name": ["Wight", "Wight", "Arran", "Wight", "Arran", "Wight"],
        "departures_within_15": [1.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        "departures_within_30": [1.0, 1.0, 1.0, 0.0, 0.0, 0.0],
        "departures_within_45": [1.0, 1.0, 1.0, 1.0, 0.0, 0.0],
    }
)


@pytest.mark.parametrize(
    ("name", "direction", "title"),
    [
        ("Ryde", "from", "Journey time from Ryde by public transport"),
        ("Ryde high street", "to", "Journey time to Ryde high street by public transport"),
        (
            "Newport (Isle of Wight) town centre",
            "from",
            "Public transport time from Newport (Isle of Wight) town centre",
        ),
        (
            "Newport (Isle of Wight) town centre and quay",
            "to",
            "Public transport time to Newport town centre and quay",
        ),
        ("a b c d e f g h", "to", "Public transport time to a b c d e f…"),
    ],
)
def test_title_says_what_is_shown_in_ten_words(name, direction, title):
    made = map_title(town(name, direction=direction))
    assert made == title
    assert len(made.split()) <= TITLE_WORDS


def test_a_name_all_in_brackets_is_kept():
    assert map_title(town("(a b c d e f)")) == "Public transport time from (a b c d e f)"


def test_dates_are_english_on_any_machine():
    assert long_date(dt.date(2020, 6, 16)) == "Tuesday 16 June 2020"
    assert long_date(dt.date(2026, 1, 4)) == "Sunday 4 January 2026"


def test_subtitle_names_day_window_statistic_and_preset():
    assert subtitle(town()) == (
        "Tuesday 16 June 2020, leaving 07:15 to 09:15  ·  median of 120 departures, one a minute"
        "  ·  preset am-peak"
    )


def test_one_departure_is_called_one_journey():
    single = town(window=(32_400, 32_460), direction="to")
    assert statistic_phrase(single) == "one journey"
    assert "arriving by 09:00" in subtitle(single)


def test_people_by_band_counts_everybody_once():
    rows = people_by_band(ZONES, (15, 30, 45))
    assert [(row.label, row.people, row.share) for row in rows] == [
        ("under 15 min", 100, 0.1),
        ("15 to 30 min", 250, 0.25),
        ("30 to 45 min", 50, 0.05),
        ("45 min or more, or not reached", 600, 0.6),
    ]


def test_unknown_population_counts_as_nobody():
    rows = people_by_band(ZONES.assign(population=math.nan), (15,))
    assert [row.people for row in rows] == [0, 0]
    assert all(math.isnan(row.share) for row in rows)


def test_headline_is_the_share_within_the_middle_cutoff():
    share, words = within_phrase(town("Ryde"), ZONES)
    assert share == "35%"
    assert (
        words
        == "of the 1,000 residents counted in Arran and Wight can be reached from Ryde in under 30 minutes"
    )
    assert "can reach Ryde" in within_phrase(town(direction="to"), ZONES)[1]


def test_everybody_is_a_hundred_per_cent():
    assert reduce(add, [0.1] * 10) < 1  # as sum() has it before Python 3.12
    many = pd.DataFrame({"minutes_p50": range(10), "population": 1, "district_name": "Wight"})
    cutoffs = (*range(1, 11), *range(21, 30))  # the middle one is 10, under which everybody is
    assert within_phrase(town(cutoffs=cutoffs), many)[0] == "100%"


def test_nobody_has_no_share():
    nobody = ZONES.assign(population=0)
    assert within_phrase(town(), nobody)[0] == "n/a"


def described(zones, *, made_up=False):
    return journey_description(town(), zones, "A title", made_up=made_up)


def test_descriptions_say_the_numbers_and_whether_they_are_made_up():
    lines = described(ZONES)
    assert lines[0] == "Map: A title."
    assert "Share of the 1,000 residents counted in Arran and Wight, by travel time:" in lines
    assert "- 15 to 30 min: 25% (250 people)" in lines
    assert "- 45 min or more, or not reached: 60% (600 people)" in lines
    assert "made up" not in " ".join(lines)
    assert described(ZONES, made_up=True)[1] == "The data are made up; they describe no real place."


def test_descriptions_count_zones_that_are_unstable_or_have_no_journey():
    # bands of the medians: 0, 1, 1, 2, beyond, beyond; the share of minutes in the second's is 0.4
    zones = ZONES.assign(
        departures_within_15=[0.6, 0.2, 0.0, 0.2, 0.0, 0.0],
        departures_within_30=[0.8, 0.6, 1.0, 0.4, 0.0, 0.0],
        departures_within_45=[1.0, 1.0, 1.0, 0.9, 0.4, 0.4],
    )
    lines = described(zones)
    assert "Dotted: unstable, most departures give another band (1 of 6 zones)." in lines
    assert "Hatched: no journey in most minutes (1 of 6 zones)." in lines


@pytest.mark.parametrize(
    ("name", "share", "title"),
    [
        ("Ryde", 0.18, "18% of residents live within 30 minutes of Ryde"),
        ("Ryde high street", 0.18, "18% live within 30 minutes of Ryde high street"),
        ("Newport (Isle of Wight) town centre", 0.16, "16% live within 30 minutes of Newport town centre"),
        ("a b c d e f g h", 0.5, "50% of residents are within 30 minutes"),
        ("Ryde", 0.0, "No resident lives within 30 minutes of Ryde"),
        ("Ryde", math.nan, "No residents are counted here"),
    ],
)
def test_titles_say_who_is_within_the_middle_cutoff(name, share, title):
    assert share_finding(town(name, cutoffs=(15, 30, 45)), share) == title
    assert len(title.split()) <= TITLE_WORDS


def test_journeys_to_a_town_are_said_so():
    assert share_finding(town("Ryde", direction="to", cutoffs=(15, 30, 45)), 0.2) == (
        "20% of residents reach Ryde within 30 minutes"
    )


def test_pictures_say_date_window_preset_and_engine():
    assert run_line(town(), "raptor", "0.1.0") == (
        "Timetable of Tuesday 16 June 2020, leaving 07:15 to 09:15; preset am-peak; engine raptor "
        "(ptreach 0.1.0)."
    )


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0%"),
        (0.004, "<1%"),
        (0.005, "0%"),
        (0.344, "34%"),
        (0.995, ">99%"),
        (1, "100%"),
        (math.nan, "n/a"),
    ],
)
def test_percent_keeps_some_from_looking_like_none_or_all(share, text):
    assert percent(share) == text


@pytest.mark.parametrize(
    ("names", "phrase"),
    [
        (["B"], "B"),
        (["B", "A", "B"], "A and B"),
        (["C", "B", "A"], "A, B and C"),
        (list("ABCD"), "4 districts"),
    ],
)
def test_districts_are_named_up_to_three(names, phrase):
    assert district_phrase(pd.DataFrame({"district_name": names})) == phrase


def test_sources_of_a_map_name_streets_and_timetables_first_and_each_once_with_its_licence(facts):
    assert source_line(facts.sources) == (
        "Sources: © OpenStreetMap contributors (Open Government Licence v3.0). Contains timetable data (Open "
        "Government Licence v3.0). Contains OS data (Open Government Licence v3.0). Titles and dates: "
        "README.txt."
    )


def test_a_licence_that_the_attribution_has_is_not_said_again(facts):
    record = replace(
        facts.sources[0], attribution="Data of X, CC BY 2.0 UK", licence="CC BY 2.0 UK (inferred)"
    )
    assert source_line([record]) == "Sources: Data of X, CC BY 2.0 UK. Titles and dates: README.txt."


def test_an_attribution_within_another_is_said_once(facts):
    words = ("Source: ONS", "Source: ONS. Contains OS data.")
    records = [replace(facts.sources[0], attribution=text, licence="OGL") for text in words]
    assert source_line(records).startswith("Sources: ONS. Contains OS data (OGL). Titles")


def test_a_licence_has_its_address_whatever_is_said_behind_its_name():
    for licence in ("Open Government Licence v3.0", "Open Government Licence v3.0 (inferred)"):
        assert licence_address(licence).endswith("/open-government-licence/version/3/")
    assert licence_address("ODbL 1.0") == "https://www.openstreetmap.org/copyright"
    assert not licence_address("made up")


def test_the_sunset_is_said_with_the_feed_that_ends_first():
    said = sunset_phrase(town(), Sunset(dt.date(2020, 7, 19), "bus", 2))
    assert said == (
        "These figures describe the timetable of Tuesday 16 June 2020, which holds to Sunday 19 July 2020 "
        "(bus is the first of 2 feeds to end): do not quote them for later days without running again."
    )
    assert "(bus" not in sunset_phrase(town(), Sunset(dt.date(2020, 7, 19), "bus", 1))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (60, "60"),
        (60.0, "60"),
        (6_371_008.8, "6,371,008.8"),
        (4.8, "4.8"),
        (0.0, "0"),
        ("x", "x"),
        (100.0, "100"),
    ],
)
def test_numbers_are_said_without_zeros_that_tell_nothing(value, said):
    assert number_words(value) == said


def test_long_names_stand_in_even_lines():
    assert in_even_lines("Ryde high street") == "Ryde high street"
    assert in_even_lines("Newport (Isle of Wight) town centre") == "Newport (Isle of Wight)\ntown centre"
    long = "a market square near the town hall corner by the old mill and its pond"
    lines = in_even_lines(long).split("\n")
    assert " ".join(lines) == long
    assert max(map(len, lines)) <= NAME_LETTERS
    assert max(map(len, lines)) - min(map(len, lines)) < 10


def test_names_are_listed_as_they_are_said():
    assert listed(["Dudley"]) == "Dudley"
    assert listed(["Dudley", "Walsall"]) == "Dudley and Walsall"
    assert listed(["Dudley", "Sandwell", "Walsall"]) == "Dudley, Sandwell and Walsall"


def test_ordinals_end_as_they_are_said():
    said = {
        1: "1st",
        2: "2nd",
        3: "3rd",
        4: "4th",
        11: "11th",
        12: "12th",
        13: "13th",
        21: "21st",
        112: "112th",
    }
    assert {number: ordinal(number) for number in said} == said


def test_the_first_title_of_ten_words_is_taken():
    ten, eleven = " ".join("abcdefghij"), " ".join("abcdefghijk")
    assert first_short_title(eleven, ten, "last") == ten
    assert first_short_title(eleven, "last") == "last"


def test_a_line_for_pictures_whose_title_has_no_place_says_it():
    assert journey_line(town()) == (
        "From Ryde  ·  Tuesday 16 June 2020, leaving 07:15 to 09:15  ·  "
        "median of 120 departures, one a minute"
    )
    assert journey_line(town(direction="to")).startswith("To Ryde  ·  Tuesday 16 June 2020, arriving ")
