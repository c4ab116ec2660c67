"""Courses of vehicles: the points of the trips asked for, in their order, faults counted."""

import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import town as made
from ptreach.errors import InputError
from ptreach.sources.repairs import Ledger
from ptreach.sources.shapes import read_shapes

TRIPS = """trip_id,route_id,service_id,shape_id
a,r,weekdays,s
b,r,weekdays,
c,r,weekdays,other
d,r,weekdays,s
"""
SHAPES = """shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence
s,51.2,-2,10
s,51,-2,2
other,50,-1,1
other,50,-1.5,2
"""
SHARED = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture
def read(tmp_path):
    def run(asked, /, **texts):
        tables = {"stops": made.stops_text(A=(0, 0)), "trips": TRIPS, "shapes": SHAPES, **texts}
        feed = made.write_feed(tmp_path / "bus.zip", **tables)
        ledger = Ledger()
        found = read_shapes(asked, ledger.of("bus", feed))
        return {trip: course.tolist() for trip, course in found.items()}, ledger.repairs

    return run


def test_points_stand_in_the_order_of_their_numbers(read):
    found, repairs = read(["a", "c"])
    assert found == {"a": [[-2, 51], [-2, 51.2]], "c": [[-1, 50], [-1.5, 50]]}
    assert repairs == ()


def test_trips_without_a_shape_and_feeds_without_shapes_have_none(read):
    assert read(["b"]) == ({}, ())
    assert read(["a"], shapes="") == ({}, ())
    assert read(["a"], trips="trip_id,route_id,service_id\na,r,weekdays\n") == ({}, ())
    assert read([]) == ({}, ())


def test_trips_of_a_frequency_follow_the_trip_they_are_made_of(read):
    found, _ = read(["a~08:00:00", "a~08:00:00~", "b~08:00:00"])
    assert found == {name: [[-2, 51], [-2, 51.2]] for name in ("a~08:00:00", "a~08:00:00~")}


def test_a_trip_with_such_a_name_of_its_own_follows_its_own(read):
    trips = TRIPS + "a~1,r,weekdays,other\n"
    assert read(["a~1"], trips=trips)[0] == {"a~1": [[-1, 50], [-1.5, 50]]}
    first = "\n".join([TRIPS.splitlines()[0], "a~1,r,weekdays,other", *TRIPS.splitlines()[1:], ""])
    assert read(["a~1"], trips=first)[0] == {"a~1": [[-1, 50], [-1.5, 50]]}


@pytest.mark.parametrize("point", ["s,,-2,5", "s,51,x,5", "s,51,-2,", "s,95,-2,5", "s,0,0,5", "s,51,-200,5"])
def test_a_point_without_place_or_number_is_left_out_and_counted(read, point):
    found, (repair,) = read(["a"], shapes=f"{SHAPES}{point}\n")
    assert found == {"a": [[-2, 51], [-2, 51.2]]}
    assert (repair.rule, repair.count, repair.feed) == ("shape-points-without-place", 1, "bus")
    assert repair.example == "bus.zip, shapes.txt: shape_id s"


def test_faults_of_shapes_that_nobody_asks_for_are_not_looked_at(read):
    assert read(["a"], shapes=f"{SHAPES}other,,,\n")[1] == ()


def test_a_shape_of_one_point_or_none_is_counted_by_trip(read):
    found, (repair,) = read(["a", "c", "d"], shapes=SHAPES.replace("s,51,-2,2\n", ""))
    assert set(found) == {"c"}
    assert (repair.rule, repair.count) == ("trips-of-unknown-shapes", 2)
    assert repair.example == "bus.zip, trips.txt: trip_id a, shape_id s"


def test_a_table_without_a_needed_column_is_an_error(read):
    with pytest.raises(InputError, match="no column shape_pt_sequence"):
        read(["a"], shapes="shape_id,shape_pt_lat,shape_pt_lon\ns,51,-2\n")


@pytest.mark.real
@pytest.mark.skipif(not SHARED.is_dir(), reason=f"real data absent: {SHARED}")
def test_a_real_feed_is_read_as_pandas_does():
    feed = SHARED / "chester" / "chester-20230816-small_gtfs.zip"
    with zipfile.ZipFile(feed) as archive:
        trips, shapes = (pd.read_csv(archive.open(f"{name}.txt"), dtype=str) for name in ("trips", "shapes"))
    ledger = Ledger()
    found = read_shapes(trips["trip_id"].tolist(), ledger.of("chester", feed))
    with_shape = trips.dropna(subset=["shape_id"]).set_index("trip_id")["shape_id"]
    assert set(found) == set(with_shape.index)
    assert len(found) == 115
    assert ledger.repairs == ()
    numbered = shapes.assign(at=shapes["shape_pt_sequence"].astype(int)).sort_values(["shape_id", "at"])
    for trip, shape in list(with_shape.items())[::20]:
        rows = numbered[numbered["shape_id"] == shape]
        assert np.array_equal(found[trip], rows[["shape_pt_lon", "shape_pt_lat"]].astype(float).to_numpy())
