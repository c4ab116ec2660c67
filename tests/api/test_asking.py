"""Travel times and isochrones from Python: those of the command line, with frames in and out."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
import shapely

import ptreach as pt
import town as made
from ptreach.cli.main import main
from ptreach.errors import InputError

ASKED = {"date": "2026-10-13", "window": "09:15-09:20", "progress": False}


def test_times_follow_by_hand(network, zones):
    """At 9:15 to 9:17 one catches the bus, at 9:18 and 9:19 not; on foot a metre a second, for 20 minutes."""
    times = pt.travel_times(
        network, made.lonlat(0, 0), pt.centroids(zones), walk_speed_kph=3.6, percentiles=(20, 50), **ASKED
    )
    assert list(times) == ["from_id", "to_id", "travel_time_p20", "travel_time_p50"]
    assert times["from_id"].tolist() == ["origin"] * 3
    assert times["to_id"].tolist() == ["a", "b", "c"]  # d is not reached, and has no row
    np.testing.assert_allclose(times["travel_time_p20"], [0, 10, 13], atol=2 / 60)
    np.testing.assert_allclose(times["travel_time_p50"], [0, 10, 15], atol=2 / 60)


def test_one_set_of_points_is_measured_to_itself(network, zones):
    times = pt.travel_times(network, pt.centroids(zones).iloc[:2], **ASKED)
    assert times[["from_id", "to_id"]].to_numpy().tolist() == [["a", "a"], ["a", "b"], ["b", "a"], ["b", "b"]]
    assert times.loc[times["from_id"] == times["to_id"], "travel_time_p50"].eq(0).all()


def test_journeys_to_a_place_start_at_the_others(network, zones):
    times = pt.travel_times(
        network,
        made.lonlat(5_000, 0),
        pt.centroids(zones),
        direction="to",
        date=dt.date(2026, 10, 13),
        window="09:31-09:32",
        progress=False,
    )
    assert times["to_id"].eq("origin").all()
    assert times["from_id"].tolist() == ["a", "b", "c"]


def test_the_command_line_gives_the_same_table(network, zones, street, tmp_path):
    points = pt.centroids(zones)[["id", "lon", "lat"]]
    points.to_csv(tmp_path / "points.csv", index=False)
    out = tmp_path / "times.parquet"
    command = ["-q", "matrix", "--osm", street[0], "--gtfs", street[1], "--date", ASKED["date"]]
    command += ["--window", ASKED["window"], "--out", out]
    command += ["--origins", tmp_path / "points.csv", "--destinations", tmp_path / "points.csv"]
    assert main([str(part) for part in command]) == 0
    times = pt.travel_times(network, pt.centroids(zones), **ASKED)
    pd.testing.assert_frame_equal(times, pd.read_parquet(out))


@pytest.mark.parametrize("date", ["2026-10-13", dt.date(2026, 10, 13), pd.Timestamp("2026-10-13 08:00")])
def test_dates_are_taken_as_they_come(network, date):
    areas = pt.isochrones(network, made.lonlat(0, 0), **ASKED | {"date": date}, cutoffs_min=(5,))
    assert len(areas) == 1


def test_areas_hold_the_places_that_are_within_and_no_others(network, zones):
    areas = pt.isochrones(network, made.lonlat(0, 0), walk_speed_kph=3.6, **ASKED, cutoffs_min=(12, 20))
    assert areas.crs.to_epsg() == 27700
    assert areas[["id", "cutoff_min", "percentile"]].to_numpy().tolist() == [
        ["origin", 20, 50],
        ["origin", 12, 50],
    ]
    spots = pt.centroids(zones).to_crs(27700).geometry.buffer(1)
    within = [[area.intersects(spot) for spot in spots] for area in areas.geometry]
    assert within == [[True, True, True, False], [True, True, False, False]]
    assert areas.attrs["source_line"].startswith("Sources: © OpenStreetMap contributors")


def test_areas_are_cut_to_land_in_any_coordinates(network, zones):
    land = zones.iloc[:1].to_crs(4326)
    areas = pt.isochrones(network, made.lonlat(0, 0), land=land, **ASKED, cutoffs_min=(30,))
    outside = areas.geometry.iloc[0].difference(zones.geometry.iloc[0].buffer(0.01))
    assert not areas.geometry.iloc[0].is_empty
    assert shapely.area(outside) < 1


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"date": "13/10/2026"}, r"^date: '13/10/2026' is no date. Give a date, or"),
        ({"date": "2019-01-01"}, r"^date: "),
        ({"window": "9"}, r"^window: '9' is no window"),
        ({"window": "09:00-09:00"}, r"^window: '09:00-09:00' does not end after it starts"),
        (
            {"percentiles": (50, 25)},
            r"^percentiles: value out of range. Give whole numbers from 1 to 100, asc",
        ),
        ({"direction": "up"}, r"^direction: value out of range. Say from or to"),
        ({"max_rides": 0}, r"^max_rides: value out of range"),
        ({"origins": (-2.0, 52.0)}, r"^origins: none of the 1 origins has a street within 1,600 m"),
        ({"engine": "r6"}, r"^engine: no engine 'r6'"),
        ({"engine": "r5", "r5_jar": "nosuch.jar"}, r"^r5_jar: "),
    ],
)
def test_faults_name_the_argument(network, changes, says):
    given = {"origins": made.lonlat(0, 0), "destinations": made.lonlat(600, 0), **ASKED, **changes}
    with pytest.raises(InputError, match=says):
        pt.travel_times(network, **given)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"cutoffs_min": (30, 15)}, r"^cutoffs_min: value out of range"),
        ({"cutoffs_min": (150,)}, r"^cutoffs_min: the last, 150, lies beyond the longest journey"),
        ({"origins": (-2.0, 52.0)}, r"^origins: no street within 1,600 m of 'origin'"),
    ],
)
def test_faults_of_areas_name_the_argument(network, changes, says):
    with pytest.raises(InputError, match=says):
        pt.isochrones(network, **{"origins": made.lonlat(0, 0), **ASKED, **changes})


def test_land_without_coordinates_is_refused(network, zones):
    with pytest.raises(InputError, match=r"^land: no coordinate system"):
        pt.isochrones(network, made.lonlat(0, 0), land=zones.set_crs(None, allow_override=True), **ASKED)
