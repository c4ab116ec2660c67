"""Verdicts on real feeds: what they say is what the files say."""

import csv
import datetime as dt
import io
import zipfile
from pathlib import Path

import pyproj
import pytest

from ptreach.model import Decision, Severity
from weeks import finding, rules

DATA = Path(__file__).parents[2] / ".." / "shared" / "data"
ISLAND = [DATA / "isle-of-wight" / name for name in ("iow-bus-gtfs.zip", "iow-rail-gtfs.zip")]
RHEIN_NECKAR = [DATA / "rhein-neckar" / "rnv_gtfs.zip"]
CHESTER = [DATA / "chester" / "chester-20230816-small_gtfs.zip"]
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not all(path.is_file() for path in (*ISLAND, *RHEIN_NECKAR, *CHESTER)), reason=f"no feeds in {DATA}"
    ),
]


def test_the_island_s_tuesday_can_be_used_with_what_is_known_of_it(verdict):
    found = verdict(dt.date(2020, 6, 16), *ISLAND)
    assert rules(found) == ["school-holiday"]
    assert "closed to most pupils (COVID-19)" in found.findings[0].what
    assert found.proposal is None  # no day of these weeks is in term


def test_the_island_s_spring_bank_holiday_has_half_the_buses(verdict):
    found = verdict(dt.date(2020, 5, 25), *ISLAND)
    assert found.decision is Decision.WARNINGS
    assert {"fewer-trips", "bank-holiday"} <= set(rules(found, Severity.WARNING))
    assert found.proposal.date == dt.date(2020, 6, 2)  # 26 May is in the week of the bank holiday


def test_the_island_s_buses_end_in_july_whatever_the_calendar_says(verdict):
    # exceptions of the calendar name bank holidays until 2026
    found = verdict(dt.date(2020, 9, 8), *ISLAND)
    first = found.findings[0]
    assert (first.rule, first.severity, first.example.feed) == (
        "outside-feed",
        Severity.NO_GO,
        "iow-bus-gtfs",
    )
    assert "full service from 2020-05-18 to 2020-07-19, 0 trips on Tuesday 2020-09-08" in first.what
    assert found.proposal.date == dt.date(2020, 7, 14)


def test_all_saints_in_mannheim_is_no_tuesday_like_others(verdict):
    found = verdict(dt.date(2016, 11, 1), *RHEIN_NECKAR)
    assert found.days_off is None
    assert "all services: 3,978 trips; 7,099 on a usual Tuesday of the weeks around (56%)" in (
        next(one.what for one in found.findings if one.rule == "fewer-trips")
    )
    assert found.proposal.date == dt.date(2016, 10, 25)


def test_a_school_of_chester_was_given_no_place(verdict):
    found = verdict(dt.date(2023, 10, 10), *CHESTER)
    stop = finding(found, "stops-without-place")
    assert (stop.count, stop.severity) == (1, Severity.WARNING)
    with zipfile.ZipFile(CHESTER[0]) as archive:
        stops, calls = (
            list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))
            for name in ("stops.txt", "stop_times.txt")
        )
    used = {row["stop_id"] for row in calls}
    places = {row["stop_id"]: (float(row["stop_lon"]), float(row["stop_lat"])) for row in stops}
    strays = [stop_id for stop_id in used if not (-3.6 < places[stop_id][0] < -2.3)]
    assert [f"stop_id {stop_id}" for stop_id in strays] == [stop.example.id.partition(",")[0]]
    to_grid = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:27700", always_xy=True)
    assert to_grid.transform(*places[strays[0]]) == pytest.approx((0, 0), abs=200)
