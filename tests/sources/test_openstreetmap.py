"""Nominatim and Overpass, asked by osmnx on the loopback: places, streets, and servers that fail."""

from __future__ import annotations

import json
import socket
import ssl
from urllib.parse import parse_qs, urlsplit

import numpy as np
import osmnx
import pytest

from loopback import serving
from ptreach.errors import InputError
from ptreach.model import no_progress
from ptreach.sources.openstreetmap import write_certificates
from ptreach.sources.osm import read_streets
from ptreach.sources.overpass import write_streets
from ptreach.sources.places import Place, find_places, places_text

JSON = {"Content-Type": "application/json"}
HIGH_STREET = {
    "place_id": 1,
    "lat": "52.5186812345",
    "lon": "-1.9945",
    "class": "highway",
    "type": "pedestrian",
    "display_name": "High Street, West Bromwich, Sandwell, England",
}
OTHER = {
    "lat": "53",
    "lon": "-2",
    "category": "place",
    "type": "hamlet",
    "display_name": 'Bromwich\n\x1b[31m "West"',
}

NODES = [
    {"type": "node", "id": 30, "lat": 52.52, "lon": -2.0},
    {"type": "node", "id": 10, "lat": 52.52, "lon": -1.999, "tags": {"entrance": "emergency"}},
    {"type": "node", "id": 20, "lat": 52.5201, "lon": -1.998},
]
WAYS = [
    {
        "type": "way",
        "id": 7,
        "nodes": [30, 10],
        "tags": {"highway": "residential", "name": 'St "Paul" & <Co> \x01é', "oneway:foot": "yes"},
    },
    {
        "type": "way",
        "id": 5,
        "nodes": [10, 20],
        "tags": {"public_transport": "platform", "highway": "platform"},
    },
    {"type": "way", "id": 6, "nodes": [20, 30], "tags": {"highway": "motorway"}},
    {"type": "way", "id": 8, "nodes": [20, 99], "tags": {"highway": "steps"}},
]
ANSWER = {
    "version": 0.6,
    "osm3s": {"timestamp_osm_base": "2026-10-06T20:00:00Z", "copyright": "..."},
    "elements": WAYS + NODES,
}


@pytest.fixture(autouse=True)
def slept(monkeypatch, tmp_path):
    """No pauses, and caches of the test's own; returns the pauses that were due."""
    pauses = []
    monkeypatch.setattr(osmnx._overpass.time, "sleep", pauses.append)
    monkeypatch.setenv("PTREACH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return pauses


@pytest.fixture
def server():
    with serving() as running:
        yield running


def says(body, status=200, headers=JSON):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda handler: handler.answer(status, {**headers, "Content-Length": len(data)}, data)


def find(server, text="West Bromwich High Street", country="gb"):
    return find_places(text, country=country, server=server.url("/"))


# Places


def test_places_come_in_the_order_of_the_gazetteer_and_in_plain_letters(server):
    server.answers = {0: says([HIGH_STREET, OTHER])}
    assert find(server) == (
        Place("High Street, West Bromwich, Sandwell, England", "highway pedestrian", -1.9945, 52.518681),
        Place('Bromwich [31m "West"', "place hamlet", -2.0, 53.0),
    )
    asked = urlsplit(server.asked[0][0])
    assert asked.path == "/search"
    assert parse_qs(asked.query) == {
        "format": ["json"],
        "q": ["West Bromwich High Street"],
        "limit": ["5"],
        "countrycodes": ["gb"],
    }
    assert server.requests[0]["User-Agent"].startswith("ptreach/")


def test_no_country_asks_for_all(server):
    server.answers = {0: says([OTHER])}
    find(server, country="")
    assert "countrycodes" not in server.asked[0][0]


def test_what_was_asked_before_is_not_asked_again(server, tmp_path):
    server.answers = {0: says([HIGH_STREET])}
    assert find(server) == find(server, "West  Bromwich High Street ")
    assert len(server.asked) == 1
    assert list((tmp_path / "cache/osmnx/places").iterdir())


def test_the_table_for_a_town_is_toml_of_the_place_that_was_picked(server):
    import tomllib

    server.answers = {0: says([HIGH_STREET, OTHER])}
    text = places_text(find(server), 2)
    assert text.startswith(
        "1  High Street, West Bromwich, Sandwell, England\n   highway pedestrian; lon -1.9945, "
    )
    origin = tomllib.loads(text[text.index("[origin]") :])["origin"]
    assert origin == {"lon": -2.0, "lat": 53.0, "source": 'OpenStreetMap by Nominatim: Bromwich [31m "West"'}


def test_a_place_that_is_not_found_is_an_error_of_input(server):
    server.answers = {0: says([])}
    with pytest.raises(InputError, match=r"no place called 'Nowhere' in country 'gb'\. Add or leave out"):
        find(server, "Nowhere")


@pytest.mark.parametrize(
    "answer",
    [
        {"error": "x"},
        b"nonsense",
        [{"lat": "1"}],
        [{**HIGH_STREET, "lat": "north"}],
        [{**HIGH_STREET, "lon": "nan"}],
        [{**HIGH_STREET, "lat": "91"}],
        ["x"],
        [None],
    ],
)
def test_an_answer_that_is_none_is_named(server, answer):
    server.answers = {0: says(answer)}
    with pytest.raises(InputError, match=r"Nominatim at http://127\.0\.0\.1.*the answer is not understood"):
        find(server)


# Servers that fail


def test_a_web_page_is_called_one(server):
    server.answers = {0: says(b"<html>Blocked", headers={"Content-Type": "text/html; charset=utf-8"})}
    with pytest.raises(InputError, match="a web page came instead of the file"):
        find(server)


def test_a_refusal_is_said_as_it_is(server):
    server.statuses = {0: 403}
    with pytest.raises(InputError, match="the server says 403 Forbidden"):
        find(server)
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [429, 504])
def test_a_busy_server_is_asked_three_times_and_no_more(server, slept, caplog, status):
    server.statuses = dict.fromkeys(range(50), status)
    with pytest.raises(InputError, match=rf"the server says {status} .*, 3 times\. Try again later"):
        find(server)
    assert len(server.asked) == 3
    assert caplog.text.count("it is asked again in a minute") == 2
    assert slept == [1, 55, 1, 55, 1]


@pytest.fixture
def closed_port():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return closed.getsockname()[1]


def test_a_server_out_of_reach_is_named_with_the_way_round(closed_port):
    with pytest.raises(
        InputError,
        match=r"can't reach 127\.0\.0\.1 \(ConnectionError\).*--server, or read the point off a map",
    ):
        find_places("Ryde", country="gb", server=f"http://127.0.0.1:{closed_port}/")


@pytest.mark.parametrize("server", ["ftp://x/", "nominatim", "", "http://", "http://[::1", "http://x:y/"])
def test_an_address_that_is_none_is_named(server):
    with pytest.raises(InputError, match="no address of a server"):
        find_places("Ryde", country="gb", server=server)


def test_a_password_of_a_server_is_not_shown(server, caplog):
    server.statuses = {0: 403, **dict.fromkeys(range(1, 9), 429)}
    address = server.url("/").replace("http://", "http://me:hunter2@")
    for what in ("the server says 403", "the server says 429"):
        with pytest.raises(InputError, match=what) as caught:
            find_places("Ryde", country="gb", server=address)
        assert "hunter2" not in str(caught.value) + caplog.text
    assert server.requests[0]["Authorization"].startswith("Basic ")


def test_a_cache_that_can_not_be_written_is_named(server, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("PTREACH_CACHE", str(tmp_path / "file"))
    server.answers = {0: says([HIGH_STREET])}
    with pytest.raises(InputError, match=r"can't be kept: .*Set PTREACH_CACHE"):
        find(server)


def test_osmnx_is_left_as_it_was(server, tmp_path):
    before = {name: getattr(osmnx.settings, name) for name in dir(osmnx.settings) if name[0] != "_"}
    resolve = socket.getaddrinfo
    server.answers = {0: says(ANSWER)}
    write(server, tmp_path)
    assert {name: getattr(osmnx.settings, name) for name in before} == before
    assert socket.getaddrinfo is resolve


def test_certificates_are_those_that_downloads_trust(tmp_path):
    path = write_certificates(tmp_path / "new")
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trust.load_verify_locations(path)
    assert len(trust.get_ca_certs()) > 50
    assert [found.name for found in path.parent.iterdir()] == ["certificates.pem"]


# Streets


def write(server, tmp_path, **how):
    how = {"lon": -2.0, "lat": 52.52, "radius_km": 1.0, **how}
    lon, lat, radius_km = how.pop("lon"), how.pop("lat"), how.pop("radius_km")
    path = tmp_path / "out.osm"
    extract = write_streets(
        lon, lat, radius_km, path, server=server.url("/api"), **{"progress": no_progress, **how}
    )
    return path, extract


@pytest.fixture
def overpass(server):
    server.answers = {0: says(ANSWER)}
    return server


def test_streets_are_read_as_openstreetmap_has_them(overpass, tmp_path):
    path, extract = write(overpass, tmp_path)
    assert extract == (4, 3, "2026-10-06T20:00:00Z")
    streets = read_streets([path])
    assert streets.way_id.tolist() == [5, 7]  # no motorway, and no way whose nodes are not there
    assert streets.ref_node_id.tolist() == [10, 20, 30, 10]
    assert streets.ref_lon_e7.tolist() == [-19_990_000, -19_980_000, -20_000_000, -19_990_000]
    assert streets.ref_lat_e7.tolist() == [525_200_000, 525_201_000, 525_200_000, 525_200_000]
    assert streets.way_forward.tolist() == [True, True]
    assert streets.way_backward.tolist() == [True, False]
    assert streets.impassable_node_id.tolist() == [10]
    assert streets.missing_nodes == 1


def test_the_file_says_whose_it_is_and_of_when(overpass, tmp_path):
    path, _ = write(overpass, tmp_path)
    text = path.read_text(encoding="utf-8")
    assert 'copyright="OpenStreetMap and contributors"' in text
    assert "opendatacommons.org/licenses/odbl" in text
    assert '<meta osm_base="2026-10-06T20:00:00Z"/>' in text
    assert 'St "Paul" &amp; &lt;Co&gt; é' in text
    assert sorted(found.name for found in tmp_path.iterdir()) == ["cache", "out.osm"]


def test_the_question_is_a_circle_around_the_point(overpass, tmp_path):
    write(overpass, tmp_path)
    assert [path for path, _ in overpass.asked] == ["/api/interpreter"]
    (question,) = parse_qs(overpass.bodies[0])["data"]
    assert question.startswith('[out:json][timeout:180];(way["highway"](poly:\'')
    ring = question.partition("(poly:'")[2].partition("'")[0].split()
    lat, lon = np.array(ring, dtype=float).reshape(-1, 2).T
    away_m = np.hypot((lat + -52.52) * 111_270, (lon + 2.0) * 67_850)
    assert away_m == pytest.approx(1000, rel=0.02)
    for tags in ('["highway"]', '["public_transport"="platform"]', '["railway"="platform"]'):
        assert f"way{tags}(poly:" in question
    assert question.endswith(";);(._;>;);out;")


def test_a_circle_too_large_for_one_question_is_joined_from_several(overpass, tmp_path, monkeypatch):
    monkeypatch.setattr(osmnx.settings, "max_query_area_size", 1_000_000)
    halves = [{**ANSWER, "elements": WAYS[:2] + NODES}, {**ANSWER, "elements": WAYS[1:] + NODES[1:]}]
    halves[1] |= {"osm3s": {"timestamp_osm_base": "2026-10-05T20:00:00Z"}}
    overpass.answers = {number: says(halves[number % 2]) for number in range(20)}
    stages = []
    path, extract = write(
        overpass, tmp_path, progress=lambda stage, done, total: stages.append((stage, done, total))
    )
    assert extract == (4, 3, "2026-10-05T20:00:00Z")
    assert len(stages) > 3
    assert stages[-1] == ("streets", len(stages) - 1, len(stages) - 1)
    assert read_streets([path]).way_id.tolist() == [5, 7]


def test_streets_that_were_asked_for_are_kept_until_asked_anew(overpass, tmp_path):
    first, _ = write(overpass, tmp_path)
    text = first.read_bytes()
    write(overpass, tmp_path)
    assert len(overpass.asked) == 1
    newer = {**ANSWER, "osm3s": {"timestamp_osm_base": "2026-11-06T20:00:00Z"}}
    overpass.answers[1] = says(newer)
    path, extract = write(overpass, tmp_path, refresh=True)
    assert extract.date == "2026-11-06T20:00:00Z"
    assert path.read_bytes() == text.replace(b"2026-10-06", b"2026-11-06")


def test_streets_of_a_server_out_of_reach_are_not_waited_for(closed_port, slept, tmp_path):
    with pytest.raises(InputError, match=r"can't reach 127\.0\.0\.1 .*save an extract with a browser"):
        write_streets(
            -2.0, 52.52, 1.0, tmp_path / "out.osm", server=f"http://127.0.0.1:{closed_port}/api",
            progress=no_progress,
        )  # fmt: skip
    assert sum(slept) == 0


def test_a_part_of_an_answer_is_no_answer(overpass, tmp_path):
    overpass.answers[0] = says({**ANSWER, "remark": 'runtime error: Query timed out in "query"'})
    with pytest.raises(InputError, match=r"only a part came: runtime error: Query timed out.*smaller radius"):
        write(overpass, tmp_path)
    assert not (tmp_path / "out.osm").exists()


def test_no_street_is_an_error_of_input(overpass, tmp_path):
    overpass.answers[0] = says({**ANSWER, "elements": []})
    with pytest.raises(InputError, match=r"no street within 1 km of lon -2, lat 52\.52\. Check the order"):
        write(overpass, tmp_path)


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {"elements": 5},
        {"elements": ["x"]},
        {"elements": [{"type": "node", "id": 1}]},
        {"elements": [{"type": "node", "id": 1, "lat": 99, "lon": 0}]},
        {"elements": [{"type": "way", "id": "x", "nodes": []}]},
        {"elements": [{"type": "way", "id": 1, "nodes": [1], "tags": ["highway"]}]},
        {"elements": [], "osm3s": "x"},
    ],
)
def test_an_answer_that_has_no_streets_in_it_is_named(overpass, tmp_path, answer):
    overpass.answers[0] = says(answer)
    with pytest.raises(InputError, match=r"Overpass at .*the answer is not understood"):
        write(overpass, tmp_path)


@pytest.mark.parametrize(
    "wrong",
    [
        {"lon": 52.52, "lat": -200.0},
        {"lon": float("nan")},
        {"radius_km": 0.0},
        {"radius_km": 31.0},
        {"radius_km": float("nan")},
    ],
)
def test_a_circle_that_is_none_is_refused_before_anybody_is_asked(overpass, tmp_path, wrong):
    with pytest.raises(InputError, match=r"--around: .* is no place|--radius-km: .* is out of range"):
        write(overpass, tmp_path, **wrong)
    assert overpass.asked == []


def test_a_file_that_can_not_be_written_is_named(overpass, tmp_path):
    (tmp_path / "out.osm").mkdir()
    with pytest.raises(InputError, match=r"out\.osm: can't be written"):
        write(overpass, tmp_path)
    assert sorted(found.name for found in tmp_path.iterdir()) == ["cache", "out.osm"]
