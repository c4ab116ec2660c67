"""Where stops lie: commas, metres, swapped places, places that stand for none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ptreach.errors import InputError
from ptreach.sources.gtfs_stops import clean_stops
from ptreach.sources.repairs import Ledger


def stops_of(places, timezone="Europe/London", off=()):
    """Stops by id as (lat, lon), and what was counted; places are (lat, lon) as they are written."""
    rows = [(name, str(lat), str(lon)) for name, (lat, lon) in places.items()]
    table = pd.DataFrame(rows, columns=["stop_id", "stop_lat", "stop_lon"], dtype=object)
    ledger = Ledger(off)
    stops = clean_stops(table, timezone, ledger.of("bus", Path("bus.zip")))
    found = {name: (lat, lon) for name, lat, lon in zip(stops.stop_id, stops.lat, stops.lon, strict=True)}
    return found, {repair.rule: repair.count for repair in ledger.repairs}


TOWN = {f"s{k}": (52.5 + k / 100, -2.0 + k / 200) for k in range(10)}


def test_a_comma_stands_for_the_point():
    found, counts = stops_of(
        {"a": ("51,5", "-1,25"), "b": ("51.5", "1"), "c": ("5,1,5", "0"), "d": ("5,", "1")}
    )
    assert found == {"a": (51.5, -1.25), "b": (51.5, 1.0), "d": (5.0, 1.0)}
    assert counts == {"coordinates-with-comma": 3, "stops-without-place": 1}
    with pytest.raises(InputError, match="no stop has coordinates"):
        stops_of({"a": ("51,5", "-1,25")}, off={"coordinates-with-comma"})


def test_eastings_and_northings_become_degrees_where_most_are():
    # Ordnance Survey's worked example of the guide to coordinate systems: 651409.903, 313177.270 is
    # 52 deg 39' 28.72" N, 1 deg 42' 57.79" E in WGS84
    found, counts = stops_of({"a": (313177.270, 651409.903), "b": (313177.270, 651409.903), "c": ("", "")})
    lat, lon = found["a"]
    assert lat == pytest.approx(52 + 39 / 60 + 28.72 / 3600, abs=5e-5)  # some metres
    assert lon == pytest.approx(1 + 42 / 60 + 57.79 / 3600, abs=5e-5)
    assert counts == {"stops-in-metres": 2, "stops-without-place": 1}
    found, counts = stops_of({**TOWN, "metres": (291367, 400310)})
    assert set(found) == set(TOWN)
    assert counts == {"stops-without-place": 1}


@pytest.mark.parametrize(("timezone", "off"), [("Europe/Berlin", ()), ("Europe/London", {"stops-in-metres"})])
def test_metres_stay_no_place_elsewhere_or_where_the_rule_is_off(timezone, off):
    with pytest.raises(InputError, match="no stop has coordinates"):
        stops_of({"a": (313177, 651409), "b": (313177, 651500)}, timezone, off)


def test_a_swapped_stop_is_put_among_the_others():
    found, counts = stops_of({**TOWN, "swapped": (-1.97, 52.53)})
    assert found["swapped"] == (52.53, -1.97)
    assert counts == {"stops-swapped": 1}
    found, counts = stops_of({**TOWN, "swapped": (-1.97, 52.53)}, off={"stops-swapped"})
    assert found["swapped"] == (-1.97, 52.53)
    assert counts == {}
    # neither as it is nor swapped among the others: left where it says
    found, counts = stops_of({**TOWN, "far": (10.0, 20.0)})
    assert found["far"] == (10.0, 20.0)
    assert counts == {}


def test_a_feed_swapped_as_a_whole_is_known_in_britain_only():
    swapped = {name: (lon, lat) for name, (lat, lon) in TOWN.items()}
    found, counts = stops_of({**swapped, "right": (52.52, -1.99)})
    assert found == {**TOWN, "right": (52.52, -1.99)}
    assert counts == {"stops-swapped": 10}
    found, counts = stops_of(swapped, "Africa/Nairobi")
    assert found == swapped
    assert counts == {}


def test_the_corner_of_the_national_grid_is_no_place():
    # 0, 0 of the grid, by the formulas of WGS84 and of the old datum; seen in real feeds
    found, counts = stops_of({**TOWN, "grid": (49.766132, -7.555903), "old": (49.766807, -7.557160)})
    assert set(found) == set(TOWN)
    assert counts == {"stops-without-place": 2}


def test_places_do_not_depend_on_the_order_of_rows():
    places = {
        **TOWN,
        "swapped": (-1.97, 52.53),
        "comma": ("52,5", "-2"),
        "zero": (0, 0),
        "grid": (49.7661, -7.5559),
    }
    first = stops_of(places)
    for seed in range(5):
        names = np.random.default_rng(seed).permutation(list(places)).tolist()
        assert stops_of({name: places[name] for name in names}) == first
