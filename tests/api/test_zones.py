"""Travel times joined to zones: whichever way the journeys go, and what can't be joined."""

import numpy as np
import pandas as pd
import pytest

import ptreach as pt
from ptreach.errors import InputError

TIMES = pd.DataFrame(
    {"from_id": "ryde", "to_id": ["a", "c"], "travel_time_p5": [1.0, 2.0], "travel_time_p50": [3.0, np.nan]}
)


def test_centroids_are_points_of_the_zones(zones):
    points = pt.centroids(zones)
    assert points["id"].tolist() == list("abcd")
    assert points.crs.to_epsg() == 4326
    np.testing.assert_array_equal(points.geometry.x, zones["lon"])
    assert points["population"].tolist() == [10, 20, 30, 40]


@pytest.mark.parametrize("turned", [False, True])
def test_times_stand_beside_what_is_known_of_zones(zones, turned):
    zones.attrs["source_line"] = "Sources: somebody."
    times = TIMES.rename(columns={"from_id": "to_id", "to_id": "from_id"}) if turned else TIMES
    joined = pt.join_times(zones, times)
    assert joined["zone_id"].tolist() == list("abcd")
    np.testing.assert_array_equal(joined["minutes_p5"], [1, np.nan, 2, np.nan])
    np.testing.assert_array_equal(joined["minutes_p50"], [3, np.nan, np.nan, np.nan])
    assert joined["imd_decile"].tolist()[:3] == [1, 2, 10]
    assert joined.crs == zones.crs
    assert joined.attrs == zones.attrs


def test_a_place_that_is_a_zone_itself_is_told_from_the_others(zones):
    joined = pt.join_times(zones, TIMES.assign(from_id="b"))
    np.testing.assert_array_equal(joined["minutes_p5"], [1, np.nan, 2, np.nan])


@pytest.mark.parametrize(
    ("times", "says"),
    [
        (TIMES.assign(from_id=["b", "c"]), "^times: times of 2 places. Choose those of one from_id"),
        (TIMES.assign(to_id=["x", "a"]), "^times: neither from_id nor to_id is always a zone. Ask for times"),
        (TIMES.iloc[:0], "^times: no row"),
        (TIMES.drop(columns="to_id"), "^times: no column 'to_id'"),
    ],
)
def test_times_of_other_places_are_refused(zones, times, says):
    with pytest.raises(InputError, match=says):
        pt.join_times(zones, times)


def test_zones_without_points_are_refused(zones):
    with pytest.raises(InputError, match=r"^zones: no column 'lon'. It must have zone_id, lon, lat"):
        pt.centroids(zones.drop(columns="lon"))
