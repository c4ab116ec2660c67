from __future__ import annotations

from pathlib import Path

import pyproj
import pytest
import shapely

from ptreach.errors import InputError
from ptreach.sources.ground import joined_ground, read_ground
from ptreach.sources.ground_kinds import GROUND_KINDS

SHARED = Path(__file__).parents[3] / "shared"
GRID = pyproj.Transformer.from_crs("EPSG:27700", "EPSG:4326", always_xy=True)


def osm(path: Path, nodes: dict[int, tuple[float, float]], body: str) -> Path:
    """Write an OSM file; nodes in grid metres."""
    places = {i: GRID.transform(x, y) for i, (x, y) in nodes.items()}
    text = "".join(
        f'<node id="{i}" version="1" lon="{lon:.7f}" lat="{lat:.7f}"/>' for i, (lon, lat) in places.items()
    )
    path.write_text(f'<?xml version="1.0"?><osm version="0.6">{text}{body}</osm>', encoding="utf-8")
    return path


def way(number: int, nodes: list[int], **tags: str) -> str:
    refs = "".join(f'<nd ref="{n}"/>' for n in nodes)
    return f'<way id="{number}" version="1">{refs}{tagged(tags)}</way>'


def tagged(tags: dict[str, str]) -> str:
    return "".join(f'<tag k="{k}" v="{v}"/>' for k, v in tags.items())


def square(first: int, x: float, y: float, side: float) -> dict[int, tuple[float, float]]:
    corners = [(x, y), (x + side, y), (x + side, y + side), (x, y + side)]
    return dict(enumerate(corners, first))


BASE = (400_000.0, 290_000.0)
NODES = {
    **square(1, *BASE, 1000),
    **square(11, BASE[0] + 400, BASE[1] + 400, 200),
    **square(21, BASE[0] + 3000, BASE[1], 100),
}


def test_a_lake_keeps_its_island_and_closed_ways_are_water(tmp_path):
    body = (
        way(1, [1, 2, 3, 4, 1])
        + way(2, [11, 12, 13, 14, 11])
        + way(3, [21, 22, 23, 24, 21], natural="water")
        + '<relation id="1" version="1"><member type="way" ref="1" role="outer"/>'
        + '<member type="way" ref="2" role="inner"/>'
        + tagged({"type": "multipolygon", "natural": "water"})
        + "</relation>"
    )
    ground = read_ground([osm(tmp_path / "lake.osm", NODES, body)])
    assert ground["kind"].tolist() == ["water", "water"]
    assert sorted(ground.area) == pytest.approx([100**2, 1000**2 - 200**2], rel=1e-3)
    lake = ground.geometry[ground.area.idxmax()]
    assert not lake.contains(shapely.Point(BASE[0] + 500, BASE[1] + 500))
    assert lake.contains(shapely.Point(BASE[0] + 100, BASE[1] + 100))


def test_lines_get_their_kinds(tmp_path):
    expected = {
        ("highway", "motorway_link"): "major",
        ("highway", "secondary"): "major",
        ("highway", "tertiary"): "minor",
        ("highway", "residential"): "minor",
        ("highway", "footway"): "path",
        ("highway", "steps"): "path",
        ("highway", "proposed"): None,
        ("railway", "light_rail"): "rail",
        ("railway", "abandoned"): None,
        ("waterway", "canal"): "river",
        ("waterway", "ditch"): None,
        ("natural", "coastline"): "coast",
        ("natural", "water"): None,  # open: no area
        ("building", "yes"): None,
    }
    body = "".join(way(i, [1, 2], **{key: value}) for i, (key, value) in enumerate(expected, 1))
    ground = read_ground([osm(tmp_path / "lines.osm", NODES, body)])
    assert ground["kind"].tolist() == [kind for kind in expected.values() if kind]
    assert set(ground["kind"]) == set(GROUND_KINDS) - {"water"}
    assert ground.length.tolist() == pytest.approx([1000] * len(ground), abs=1)
    assert ground.crs.to_epsg() == 27700


def test_a_square_for_walking_is_no_line_and_an_island_coast_no_water(tmp_path):
    body = way(1, [1, 2, 3, 4, 1], highway="pedestrian", area="yes") + way(
        2, [21, 22, 23, 24, 21], natural="coastline"
    )
    ground = read_ground([osm(tmp_path / "square.osm", NODES, body)])
    assert ground["kind"].tolist() == ["coast"]
    assert ground.geom_type.tolist() == ["LineString"]


def test_a_way_cut_by_the_extract_is_left_out(tmp_path):
    body = way(1, [1, 999], highway="primary") + way(2, [1, 2], highway="primary")
    ground = read_ground([osm(tmp_path / "cut.osm", NODES, body)])
    assert len(ground) == 1


def test_a_street_with_tram_rails_is_drawn_as_the_street(tmp_path):
    ground = read_ground(
        [osm(tmp_path / "tram.osm", NODES, way(1, [1, 2], highway="residential", railway="tram"))]
    )
    assert ground["kind"].tolist() == ["minor"]


def test_lines_of_a_kind_are_one_where_just_two_meet(tmp_path):
    body = (
        way(1, [1, 2], highway="residential")
        + way(2, [2, 3], highway="residential")
        + way(3, [3, 4], highway="footway")
        + way(4, [11, 12], highway="footway")
        + way(5, [12, 13], highway="footway")
        + way(6, [12, 14], highway="footway")
        + way(7, [21, 22, 23, 24, 21], natural="water")
    )
    ground = read_ground([osm(tmp_path / "streets.osm", NODES, body)])
    joined = joined_ground(ground)
    assert joined["kind"].tolist() == ["water", *["path"] * 4, "minor"]
    assert joined.crs == ground.crs
    assert shapely.get_num_points(joined.geometry.to_numpy()[-1]) == 3
    for kind in ("path", "minor", "water"):
        assert joined[joined["kind"] == kind].union_all().equals(ground[ground["kind"] == kind].union_all())


def test_a_file_without_anything_to_draw_gives_an_empty_table(tmp_path):
    ground = read_ground([osm(tmp_path / "none.osm", NODES, "")], crs="EPSG:32630")
    assert list(ground.columns) == ["kind", "geometry"]
    assert len(ground) == 0
    assert ground.crs.to_epsg() == 32630
    assert joined_ground(ground).equals(ground)


@pytest.mark.parametrize("content", [b"", b"no pbf at all", b"\x00\x00\x00\x0d\x0a\x09OSMHeader"])
def test_a_file_that_is_no_pbf_is_named(tmp_path, content):
    path = tmp_path / "bad.osm.pbf"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"bad\.osm\.pbf: not readable as OpenStreetMap"):
        read_ground([path])


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"gone\.osm\.pbf: no such file"):
        read_ground([tmp_path / "gone.osm.pbf"])


@pytest.mark.real
@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is absent")
def test_the_isle_of_wight_has_streets_only():
    ground = read_ground([SHARED / "data/isle-of-wight/iow-filtered.osm.pbf"])
    assert set(ground["kind"]) == {"major", "minor", "path"}
    # The island lies between the Needles and Bembridge.
    xmin, ymin, xmax, ymax = ground.total_bounds
    assert 428_000 < xmin < xmax < 467_000
    assert 74_000 < ymin < ymax < 98_000
