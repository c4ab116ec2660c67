"""Stations of an OpenStreetMap file, by mode."""

import osmium
import pytest
from osmium.osm import mutable

from ptreach.errors import InputError
from ptreach.sources.cover import Cover
from ptreach.sources.modes import MODES
from ptreach.sources.stations import count_stations, station_mode
from town import write_osm


@pytest.mark.parametrize(
    ("tags", "mode"),
    [
        ({"railway": "station"}, "rail"),
        ({"railway": "halt"}, "rail"),
        ({"railway": "station", "station": "subway"}, "metro"),
        ({"railway": "station", "subway": "yes"}, "metro"),
        ({"railway": "station", "station": "light_rail"}, "tram"),
        ({"railway": "halt", "tram": "yes"}, "tram"),
        ({"railway": "tram_stop"}, "tram"),
        ({"amenity": "ferry_terminal"}, "ferry"),
        # nobody's way to work
        ({"railway": "station", "station": "miniature"}, None),
        ({"railway": "station", "usage": "tourism"}, None),
        ({"railway": "station", "railway:preserved": "yes"}, None),
        # no stations
        ({"railway": "level_crossing"}, None),
        ({"amenity": "pub"}, None),
        ({"disused:railway": "station"}, None),
    ],
)
def test_what_a_node_is_a_station_of(tags, mode):
    assert station_mode(tags) == mode
    assert mode is None or mode in MODES


def test_stations_are_counted_by_mode(tmp_path):
    path = write_osm(
        tmp_path / "town.osm",
        {number: (100.0 * number, 0.0) for number in range(6)},
        [((0, 1), {"highway": "residential"}), ((4, 5), {"railway": "station"})],  # a way is no node
        {
            1: {"railway": "station"},
            2: {"railway": "station"},
            3: {"amenity": "ferry_terminal"},
            4: {"railway": "switch"},
        },
    )
    assert count_stations([path]) == {"ferry": 1, "rail": 2}
    assert count_stations([path, path]) == {"ferry": 1, "rail": 2}  # extracts that overlap
    everywhere, elsewhere = Cover.of_box(-180, -80, 180, 80), Cover.of_box(20, 60, 21, 61)
    assert count_stations([path], everywhere) == {"ferry": 1, "rail": 2}
    assert count_stations([path], elsewhere) == {}


def test_a_file_that_is_missing_or_alien_is_named(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        count_stations([tmp_path / "none.osm.pbf"])
    broken = tmp_path / "broken.osm.pbf"
    broken.write_bytes(b"nothing of the kind")
    with pytest.raises(InputError, match="not readable as OpenStreetMap data") as caught:
        count_stations([broken])
    assert caught.value.where == str(broken)


def test_tags_that_are_no_text_are_told_with_their_file(tmp_path):
    path = tmp_path / "bytes.osm.pbf"
    with osmium.SimpleWriter(osmium.io.File(str(path), "pbf,pbf_compression=none")) as writer:
        tags = {"railway": "station", "name": "plain"}
        writer.add_node(mutable.Node(id=1, version=1, location=(-2, 52), tags=tags))
    content = path.read_bytes()
    assert content.count(b"plain") == 1
    path.write_bytes(content.replace(b"plain", b"pl\xff\xfen"))
    with pytest.raises(InputError, match=r"bytes\.osm\.pbf: not readable as OpenStreetMap data: .*decode"):
        count_stations([path])
