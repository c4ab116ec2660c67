import numpy as np
import pytest
from shapely.geometry import MultiPolygon

from ptreach.outputs.layers.frames import (
    isochrone_layer,
    origin_layer,
    route_layer,
    stop_layer,
    street_layer,
    zone_layer,
    zone_layer_name,
)

CUTOFFS = (15, 30)
ORIGIN = (459_154.0, 92_600.0)


def test_isochrones_are_one_row_a_cutoff_largest_first_and_nested(town, isochrones):
    layer = isochrone_layer(isochrones, town, made_up=False)
    assert list(layer.columns) == ["town", "percentile", "cutoff_min", "label", "area_km2", "geometry"]
    assert layer["percentile"].tolist() == [50, 50]
    assert layer["cutoff_min"].tolist() == [30, 15]
    assert layer["label"].tolist() == ["under 30 min", "under 15 min"]
    # a circle of 2 km and a square of 500 m; a circle of 700 m
    assert layer["area_km2"].tolist() == pytest.approx([np.pi * 4 + 0.25, np.pi * 0.49], rel=0.01)
    assert layer.geometry[0].covers(layer.geometry[1])


def test_zones_have_every_column_of_the_table_and_one_type_of_geometry(zones, areas):
    mixed = zones.copy()
    mixed.loc[0, "geometry"] = MultiPolygon([mixed.geometry[0]])
    layer = zone_layer(mixed, CUTOFFS, areas, made_up=False)
    assert set(layer.geom_type) == {"MultiPolygon"}
    assert layer["band"][0] == "under 15 min"
    assert "lsoa11cd" in layer


@pytest.mark.parametrize("made_up", [True, False])
def test_made_up_layers_say_so(town, zones, isochrones, areas, surroundings, made_up):
    for layer in (
        stop_layer(surroundings.stops, CUTOFFS, made_up=made_up),
        route_layer(surroundings.routes, made_up=made_up),
        street_layer(surroundings.streets, CUTOFFS, made_up=made_up),
        isochrone_layer(isochrones, town, made_up=made_up),
        zone_layer(zones, CUTOFFS, areas, made_up=made_up),
        origin_layer(town, ORIGIN, made_up=made_up),
    ):
        assert ("made_up" in layer) == made_up
        if made_up:
            assert set(layer["made_up"]) == {"made-up"}


def test_layer_of_zones_is_named_after_the_edition(areas):
    assert zone_layer_name(areas) == "lsoa_2011"


def test_stops_have_their_band_and_the_nearest_come_last(surroundings):
    layer = stop_layer(surroundings.stops, CUTOFFS, made_up=False)
    assert list(layer.columns) == [
        "stop_id", "stop_name", "modes", "routes", "departures", "minutes_p5", "minutes_p50", "band",
        "geometry",
    ]  # fmt: skip
    assert layer["stop_id"].tolist() == ["bus:b", "bus:a"]
    assert layer["minutes_p50"].tolist() == [15.0, 14.9917]
    assert layer["minutes_p5"].tolist() == [16.0, 1.0]
    assert layer["band"].tolist() == ["15 to 30 min", "under 15 min"]
    assert layer.crs.to_epsg() == 27700


def test_streets_have_their_band_and_whole_decimetres(surroundings):
    layer = street_layer(surroundings.streets, CUTOFFS, made_up=False)
    assert list(layer.columns) == ["minutes_p50", "band", "length_m", "geometry"]
    assert layer["band"].tolist() == ["15 to 30 min", "15 to 30 min", "under 15 min"]
    assert layer["length_m"].tolist() == [100.0, 20.0, 5.6]


def test_a_band_is_that_of_the_minutes_as_found_not_as_rounded(surroundings):
    close = surroundings.streets.assign(minutes_p50=15 - 1e-6)
    layer = street_layer(close, CUTOFFS, made_up=False)
    assert layer["minutes_p50"].tolist() == [15.0] * 3
    assert set(layer["band"]) == {"under 15 min"}


def test_routes_keep_no_numbers_of_the_network(surroundings):
    layer = route_layer(surroundings.routes, made_up=False)
    assert list(layer.columns) == [
        "route", "mode", "agency", "trips", "stops_n", "first_stop", "last_stop", "line", "stop_ids",
        "geometry",
    ]  # fmt: skip
