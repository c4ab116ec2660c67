"""Trips that two feeds have."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ptreach.check.doubles import doubles_across, same_stops
from ptreach.check.feeds import feeds_of_ids
from town import lonlat
from weeks import LAST, MONDAY, day, every_minutes, week_rows


def places(*metres):
    lon, lat = zip(*(lonlat(*place) for place in metres), strict=True)
    return np.array(lon), np.array(lat)


def test_stops_are_the_same_by_id_or_by_place():
    ids = ["a:1", "a:2", "a:3", "b:1", "b:x", "b:y", "b:3"]
    lon, lat = places((0, 0), (1000, 0), (2000, 0), (400, 0), (1029, 0), (1031, 0), (9000, 0))
    # 1: one id 400 m apart; x: 29 m from 2; y: 31 m from it; 3: one id, but 7 km apart
    assert same_stops(ids, lon, lat, ["a", "b"]).tolist() == [0, 1, 2, 0, 1, 5, 6]


def test_the_nearest_of_several_stops_is_taken():
    lon, lat = places((0, 0), (20, 0), (12, 0))
    assert same_stops(["a:1", "a:2", "b:3"], lon, lat, ["a", "b"]).tolist() == [0, 1, 1]


def across(survey, *paths, date=MONDAY):
    feeds = survey(*paths).feeds
    found = doubles_across(feeds, feeds.calendar.services_on(date))
    return [
        (feeds.trip_id(int(trip)), feeds.trip_id(int(first)), bool(on_date))
        for trip, first, on_date in zip(*found, strict=True)
    ]


def test_a_trip_is_double_with_the_same_times_at_the_same_places_on_the_same_day(survey, write):
    one = write(every_minutes(3), name="one")
    later = write(every_minutes(3, name="later", start_s=8 * 3600 + 240), name="two")
    assert across(survey, one, later) == []
    renamed = write(
        every_minutes(2, name="same", stops=("X", "Y")),
        name="three",
        stops={"X": (5.0, 0.0), "Y": (1005.0, 0.0)},
    )
    assert across(survey, one, renamed) == [("three:same0", "one:t0", True), ("three:same1", "one:t1", True)]


def test_feeds_of_other_days_have_no_doubles(survey, write):
    one = write(every_minutes(2), name="one")
    two = write(every_minutes(2, "weekend"), name="two")
    assert across(survey, one, two) == []


def test_doubles_of_other_days_are_not_of_the_date(survey, write):
    one = write(every_minutes(1), name="one")
    fridays = week_rows(("fridays", "0000100", MONDAY, LAST))
    two = write(every_minutes(1, "fridays"), name="two", calendar=fridays)
    assert across(survey, one, two) == [("two:t0", "one:t0", False)]
    assert across(survey, one, two, date=day(0, 4)) == [("two:t0", "one:t0", True)]


def test_a_trip_that_its_own_feed_lists_twice_is_another_matter(survey, write):
    both = [*every_minutes(1), *every_minutes(1, name="again")]
    assert across(survey, write(both, name="one"), write(every_minutes(1, "weekend"), name="two")) == []


@given(st.lists(st.sampled_from(["a", "ab", "a:b"]), unique=True, min_size=1), st.data())
def test_the_feed_of_an_id_is_the_longest_that_it_starts_with(feeds, data):
    runs = [data.draw(st.integers(0, 3)) for _ in feeds]
    ids = [f"{feed}:{number}" for feed, count in zip(feeds, runs, strict=True) for number in range(count)]
    expected = [number for number, count in enumerate(runs) for _ in range(count)]
    assert feeds_of_ids(ids, feeds).tolist() == expected
