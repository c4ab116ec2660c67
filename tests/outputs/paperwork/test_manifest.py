import hashlib
import json
import re

import numpy as np
import pytest

from ptreach.model import Severity
from ptreach.outputs.paperwork.manifest import NAME, is_pack, library_versions, write_manifest


@pytest.fixture
def written(tmp_path, town, zones, isochrones, facts):
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "b.csv").write_bytes(b"id\n1\n")
    (tmp_path / "README.txt").write_bytes(b"hello\n")
    write_manifest(tmp_path, town=town, zones=zones, isochrones=isochrones, facts=facts)
    return tmp_path / NAME


def test_every_file_of_the_pack_has_its_digest_and_size(written):
    files = json.loads(written.read_text(encoding="utf-8"))["files"]
    assert files == {
        "README.txt": {"sha256": hashlib.sha256(b"hello\n").hexdigest(), "size_bytes": 6},
        "tables/b.csv": {"sha256": hashlib.sha256(b"id\n1\n").hexdigest(), "size_bytes": 5},
    }


def test_inputs_parameters_and_counts_are_those_of_the_run(written):
    content = json.loads(written.read_text(encoding="utf-8"))
    assert [row["file"] for row in content["inputs"]] == [
        "bus.zip",
        "streets.osm.pbf",
        "zones.parquet",
        "centroids.parquet",
    ]
    assert content["inputs"][1]["attribution"] == "© OpenStreetMap contributors"
    assert content["inputs"][0] | {"sha256": "ab" * 32, "size_bytes": 1234} == content["inputs"][0]
    assert content["query"]["window"] == ["07:15", "09:15"]
    assert content["query"]["departures"] == 120
    assert content["query"]["max_walk_min"] == 20
    assert content["network"] == {
        "name": "isle",
        "digest": "cd" * 32,
        "repairs": [
            {
                "rule": "calls-at-unknown-stops",
                "feed": "bus",
                "count": 3,
                "example": "bus.zip, stop_times.txt: trip 12, stop 7",
                "what": "calls at unknown stops",
                "done": "left out",
                "remedy": "list the stop in stops.txt",
            }
        ],
        "oddities": [],
        "rows": [{"feed": "bus", "table": "stop_times.txt", "read": 1_004, "outside": 1, "kept": 1_000}],
        "left_out": [],
    }
    assert content["zones"]["count"] == 5
    assert content["zones"]["population"] == 500
    assert content["zones"]["by_reason"] == {"off network": 1, "reached": 4}
    assert content["zones"]["population_by_band"]["15 to 30 min"] == 200
    assert content["zones"]["link_distance_m_max"] == 1200.1
    assert content["areas"]["edition"] == "LSOA 2011"
    assert content["made_up"] is False


def test_it_holds_no_clock_and_no_path_of_the_machine(written, town, facts):
    text = written.read_text(encoding="utf-8")
    assert "analyst" not in text
    assert str(written.parent) not in text
    dates = set(re.findall(r"20\d\d-\d\d-\d\d", text))
    assert dates == {town.date.isoformat(), facts.sunset.last_day.isoformat()}


def test_the_sunset_is_that_of_the_feed_that_ends_first(written):
    content = json.loads(written.read_text(encoding="utf-8"))
    assert content["sunset"] == {"last_day": "2020-07-19", "feed": "bus"}


def test_keys_are_sorted_and_lines_end_in_lf(written):
    data = written.read_bytes()
    content = json.loads(data)
    assert data.decode() == json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    assert b"\r" not in data


def test_zones_all_off_the_network_have_no_largest_distance(tmp_path, town, zones, isochrones, facts):
    nowhere = zones.assign(link_distance_m=np.nan, population=np.nan)
    write_manifest(tmp_path, town=town, zones=nowhere, isochrones=isochrones, facts=facts)
    content = json.loads((tmp_path / NAME).read_text(encoding="utf-8"))
    assert content["zones"]["link_distance_m_max"] is None
    assert content["zones"]["population"] == 0


def test_libraries_that_make_numbers_are_named_with_their_versions():
    versions = library_versions()
    assert {"python", "gdal", "geos", "numba", "osmium", "shapely"} <= set(versions)
    assert all(re.match(r"\d+\.\d+", version) for version in versions.values())


@pytest.mark.parametrize(
    ("text", "answer"),
    [('{"ptreach": {}, "files": {}}', True), ('{"name": "a web app"}', False), ("[]", False), ("{", False)],
)
def test_only_our_manifest_makes_a_pack(tmp_path, text, answer):
    assert not is_pack(tmp_path)
    (tmp_path / NAME).write_text(text, encoding="utf-8")
    assert is_pack(tmp_path) == answer


def test_what_lies_around_is_counted(tmp_path, town, zones, isochrones, facts, surroundings):
    write_manifest(
        tmp_path, town=town, zones=zones, isochrones=isochrones, facts=facts, surroundings=surroundings
    )
    content = json.loads((tmp_path / NAME).read_text(encoding="utf-8"))
    assert content["layers"] == {"stops": 2, "routes": 2, "streets": 3, "streets_exact": True}
    assert content["isochrones_merged"] == {
        "15": {"islands": 0, "holes": 0},
        "30": {"islands": 2, "holes": 5},
    }
    assert content["isochrones_p95_km2"]["15"] == 0
    assert content["isochrones_p5_km2"]["30"] == content["isochrones_km2"]["30"]
    assert content["map_and_table"]["share"] == 0.6667


def test_the_verdict_is_told_with_the_number_of_findings(tmp_path, town, zones, isochrones, facts, verdict):
    write_manifest(tmp_path, town=town, zones=zones, isochrones=isochrones, facts=facts, verdict=verdict)
    told = json.loads((tmp_path / NAME).read_text(encoding="utf-8"))["verdict"]
    assert told["decision"] == verdict.decision.value
    assert sum(told["findings"].values()) == len(verdict.findings)
    assert list(told["findings"]) == sorted(severity.value for severity in Severity)
    assert told["findings"]["warning"] == sum(one.severity is Severity.WARNING for one in verdict.findings)
