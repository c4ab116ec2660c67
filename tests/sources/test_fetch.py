from __future__ import annotations

import hashlib
import socket
from pathlib import Path

import pytest

from loopback import pbf, serving, zipped
from ptreach.errors import InputError
from ptreach.model import no_progress
from ptreach.sources.client import Patience
from ptreach.sources.fetch import fetch_sources
from ptreach.sources.recipe import NetworkRecipe, load_recipe

ROOT = Path(__file__).parents[2]
SHARED = ROOT / "../shared/data"
CONTENT = pbf(bytes(range(256)) * 2000)
OTHER = pbf(bytes(range(255, -1, -1)) * 2000)
ZIP = zipped(stops="stop_id\n", routes="route_id\n")
AT_ONCE = Patience(pause_s=0)
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is absent")


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving() as running:
        yield running


def recipe(*files: dict[str, str]) -> NetworkRecipe:
    known = {
        "kind": "gtfs",
        "title": "T",
        "publisher": "P",
        "licence": "L",
        "attribution": "A",
        "date": "2020",
    }
    sources = [{**known, **file} for file in files]
    sources[0]["kind"] = "osm"
    return NetworkRecipe.model_validate({"name": "town", "title": "Town", "sources": sources})


def bring(files, folder, mirror=None, progress=no_progress, **how):
    return fetch_sources(
        recipe(*files), folder, mirror=mirror, progress=progress, **{"patience": AT_ONCE, **how}
    )


def left_in(folder: Path) -> list[str]:
    """The files beside what is known of them."""
    return sorted(path.name for path in (folder / "sources").iterdir() if path.name != ".fetched.json")


def test_a_download_is_described_and_leaves_nothing_beside_it(tmp_path, server):
    server.files, server.moved = {"/file.bin": CONTENT, "/b.zip": ZIP}, {"/moved": "/file.bin"}
    (first, second) = bring(
        [
            {"file": "a.osm.pbf", "url": server.url("/moved?key=secret"), "sha256": sha256(CONTENT)},
            {"file": "b.zip", "url": server.url("/b.zip")},
        ],
        tmp_path,
    )
    assert first.path == tmp_path / "sources/a.osm.pbf"
    assert first.path.read_bytes() == CONTENT
    assert (first.sha256, first.size_bytes) == (sha256(CONTENT), len(CONTENT))
    assert first.url == server.url("/moved")
    assert (second.path.read_bytes(), second.sha256) == (ZIP, sha256(ZIP))
    assert left_in(tmp_path) == ["a.osm.pbf", "b.zip"]


def test_progress_is_in_bytes_and_ends_each_stage_once(tmp_path, server):
    server.files = {"/file.bin": CONTENT}
    calls = []
    bring(
        [{"file": "a.pbf", "url": server.url("/file.bin")}],
        tmp_path,
        progress=lambda stage, done, total: calls.append((stage, done, total)),
    )
    assert {stage for stage, _, _ in calls} == {"fetch a.pbf"}
    assert calls[-1] == ("fetch a.pbf", len(CONTENT), len(CONTENT))
    assert sum(done >= total for _, done, total in calls) == 1
    assert {total for _, done, total in calls[:-1] if done < len(CONTENT)} <= {len(CONTENT)}


def test_a_cut_download_goes_on_where_it_stopped(tmp_path, server):
    server.files, server.cuts = {"/file.bin": CONTENT}, {0: 100_000, 1: 50_000}
    (record,) = bring([{"file": "a.pbf", "url": server.url("/file.bin")}], tmp_path)
    assert record.path.read_bytes() == CONTENT
    assert [span for _, span in server.asked] == ["", "bytes=100000-", "bytes=150000-"]


def test_a_later_call_goes_on_with_what_an_earlier_one_kept(tmp_path, server):
    server.files, server.cuts = {"/file.bin": CONTENT}, {0: 1000, 1: 0, 2: 0, 3: 0}
    file = {"file": "a.pbf", "url": server.url("/file.bin"), "sha256": sha256(CONTENT)}
    with pytest.raises(
        InputError, match=r"a\.pbf from .*1,000 bytes are kept.*fetch again later.*--mirror DIR"
    ):
        bring([file], tmp_path)
    assert left_in(tmp_path) == ["a.pbf.part", "a.pbf.part.tag"]
    (record,) = bring([file], tmp_path)
    assert record.path.read_bytes() == CONTENT
    assert server.asked[-1][1] == "bytes=1000-"
    assert left_in(tmp_path) == ["a.pbf"]


def test_halves_of_two_editions_are_never_joined(tmp_path, server):
    server.files, server.cuts = {"/file.bin": CONTENT}, {0: 1000, 1: 0, 2: 0, 3: 0}
    file = {"file": "a.pbf", "url": server.url("/file.bin")}
    with pytest.raises(InputError, match="kept"):
        bring([file], tmp_path)
    server.files, server.headers = {"/file.bin": OTHER}, {"ETag": '"second"'}
    (record,) = bring([file], tmp_path)
    assert record.path.read_bytes() == OTHER


def test_a_pinned_file_whose_server_has_no_tags_starts_anew_when_halves_do_not_fit(tmp_path, server):
    server.headers = {}
    server.files, server.cuts = {"/file.bin": OTHER}, {0: 1000, 1: 0, 2: 0, 3: 0}
    file = {"file": "a.pbf", "url": server.url("/file.bin"), "sha256": sha256(CONTENT)}
    with pytest.raises(InputError, match="kept"):
        bring([file], tmp_path)
    server.files = {"/file.bin": CONTENT}
    (record,) = bring([file], tmp_path)
    assert record.path.read_bytes() == CONTENT


def test_without_tags_or_a_pin_a_cut_download_starts_anew(tmp_path, server):
    server.headers = {"ETag": 'W/"weak"'}
    server.files, server.cuts = {"/file.bin": CONTENT}, {0: 1000}
    (record,) = bring([{"file": "a.pbf", "url": server.url("/file.bin")}], tmp_path)
    assert record.path.read_bytes() == CONTENT
    assert [span for _, span in server.asked] == ["", ""]


def test_a_server_that_ignores_ranges_sends_all_again(tmp_path, server):
    server.files, server.cuts, server.ranges = {"/file.bin": CONTENT}, {0: 1000}, False
    (record,) = bring([{"file": "a.pbf", "url": server.url("/file.bin")}], tmp_path)
    assert record.path.read_bytes() == CONTENT


def test_a_part_that_is_whole_already_is_only_checked(tmp_path, server):
    server.files = {"/file.bin": CONTENT}
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources/a.pbf.part").write_bytes(CONTENT)
    file = {"file": "a.pbf", "url": server.url("/file.bin"), "sha256": sha256(CONTENT)}
    (record,) = bring([file], tmp_path)
    assert record.path.read_bytes() == CONTENT
    assert server.asked == [("/file.bin", f"bytes={len(CONTENT)}-")]


def test_a_part_longer_than_the_file_is_dropped(tmp_path, server):
    server.files = {"/file.bin": CONTENT}
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources/a.pbf.part").write_bytes(CONTENT + b"more")
    file = {"file": "a.pbf", "url": server.url("/file.bin"), "sha256": sha256(CONTENT)}
    (record,) = bring([file], tmp_path)
    assert record.path.read_bytes() == CONTENT


def test_a_busy_server_is_asked_again(tmp_path, server):
    server.files, server.statuses = {"/file.bin": CONTENT}, {0: 503, 1: 429}
    (record,) = bring([{"file": "a.pbf", "url": server.url("/file.bin")}], tmp_path)
    assert record.path.read_bytes() == CONTENT


def test_a_wrong_sha256_never_replaces_a_file(tmp_path, server):
    server.files = {"/file.bin": OTHER}
    (tmp_path / "sources").mkdir()
    there = tmp_path / "sources/a.pbf"
    there.write_bytes(b"what a colleague put here")
    file = {"file": "a.pbf", "url": server.url("/file.bin"), "sha256": sha256(CONTENT)}
    with pytest.raises(InputError) as caught:
        bring([file], tmp_path)
    assert f"its sha256 is {sha256(OTHER)[:12]}…, not {sha256(CONTENT)[:12]}…" in str(caught.value)
    assert "correct sha256" in caught.value.remedy
    assert there.read_bytes() == b"what a colleague put here"
    assert left_in(tmp_path) == ["a.pbf"]


def test_a_file_that_is_there_is_not_fetched_again(tmp_path, server):
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources/a.pbf").write_bytes(CONTENT)
    (tmp_path / "sources/b.zip").write_bytes(ZIP)
    records = bring(
        [
            {"file": "a.pbf", "url": server.url("/gone"), "sha256": sha256(CONTENT)},
            {"file": "b.zip"},
        ],
        tmp_path,
    )
    assert server.asked == []
    assert [record.sha256 for record in records] == [sha256(CONTENT), sha256(ZIP)]


@pytest.mark.parametrize("status", [404, 403])
def test_a_refusal_is_said_with_the_way_round_it_and_without_keys(tmp_path, server, status):
    server.statuses = {0: status}
    with pytest.raises(InputError) as caught:
        bring([{"file": "a.pbf", "url": server.url("/a.pbf?app_key=secret")}], tmp_path)
    assert f"a.pbf from {server.url('/a.pbf')}: the server says {status} " in str(caught.value)
    assert "save it as a.pbf in a folder DIR and run ptreach fetch town --mirror DIR" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert ("orrect url in the recipe" in str(caught.value)) == (status == 404)


def test_a_firewalls_page_is_not_taken_for_the_file(tmp_path, server):
    server.files, server.headers = (
        {"/a.zip": b"<html>Blocked</html>"},
        {"Content-Type": "text/html; charset=utf-8"},
    )
    with pytest.raises(InputError, match=r"a web page came instead of the file.*with a browser"):
        bring([{"file": "a.zip", "url": server.url("/a.zip")}], tmp_path)
    assert left_in(tmp_path) == []


def test_an_empty_answer_is_no_file(tmp_path, server):
    server.files = {"/a.zip": b""}
    with pytest.raises(InputError, match="the file is empty"):
        bring([{"file": "a.zip", "url": server.url("/a.zip")}], tmp_path)
    assert left_in(tmp_path) == []


def test_a_server_out_of_reach_is_named_with_the_way_round(tmp_path, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with pytest.raises(
        InputError, match=r"can't reach 127\.0\.0\.1: .*refused.*with a browser.*--mirror DIR"
    ):
        bring([{"file": "a.pbf", "url": f"http://127.0.0.1:{port}/a.pbf"}], tmp_path)


def test_a_dead_proxy_is_an_error_of_input(tmp_path, monkeypatch):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    for name in ("NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
    with pytest.raises(InputError, match=r"can't reach download\.invalid: .*--mirror DIR"):
        bring([{"file": "a.pbf", "url": "https://download.invalid/a.pbf"}], tmp_path)


def test_a_proxy_setting_that_makes_no_sense_is_named(tmp_path, monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "gopher://proxy:70")
    with pytest.raises(InputError, match=r"https_proxy.*: a proxy setting is not understood"):
        bring([{"file": "a.pbf", "url": "https://download.invalid/a.pbf"}], tmp_path)


def test_a_file_without_address_is_asked_for_after_the_others_were_brought(tmp_path, server, caplog):
    server.files = {"/b.zip": ZIP}
    files = [{"file": "a.pbf"}, {"file": "b.zip", "url": server.url("/b.zip")}, {"file": "c.zip"}]
    with pytest.raises(InputError) as caught:
        bring(files, tmp_path)
    assert caught.value.what == "the recipe has no address for c.zip (T, P, 2020)"
    assert caught.value.remedy == "put c.zip in a folder DIR and run ptreach fetch town --mirror DIR"
    assert left_in(tmp_path) == ["b.zip"]
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "no address for a.pbf" in caplog.text


def test_a_mirror_gives_files_from_itself_and_from_below(tmp_path):
    mirror = tmp_path / "stick"
    (mirror / "deep/deeper").mkdir(parents=True)
    (mirror / "a.pbf").write_bytes(CONTENT)
    (mirror / "deep/a.pbf").write_bytes(b"older")
    (mirror / "deep/deeper/b.zip").write_bytes(ZIP)
    calls = []
    records = bring(
        [{"file": "a.pbf", "sha256": sha256(CONTENT)}, {"file": "b.zip"}],
        tmp_path / "town",
        mirror,
        lambda stage, done, total: calls.append((stage, done, total)),
    )
    assert [record.path.read_bytes() for record in records] == [CONTENT, ZIP]
    assert calls == [
        ("fetch a.pbf", len(CONTENT), len(CONTENT)),
        ("fetch b.zip", len(ZIP), len(ZIP)),
    ]
    assert left_in(tmp_path / "town") == ["a.pbf", "b.zip"]


def test_a_mirror_above_the_recipe_does_not_find_what_it_is_to_replace(tmp_path):
    folder = tmp_path / "networks/town"
    (folder / "sources").mkdir(parents=True)
    (folder / "sources/a.pbf").write_bytes(b"wrong")
    (tmp_path / "downloads").mkdir()
    (tmp_path / "downloads/a.pbf").write_bytes(CONTENT)
    (record,) = bring([{"file": "a.pbf", "sha256": sha256(CONTENT)}], folder, tmp_path)
    assert record.path.read_bytes() == CONTENT


def test_a_mirror_may_link_to_folders_even_to_itself(tmp_path):
    elsewhere, mirror = tmp_path / "elsewhere", tmp_path / "stick"
    (elsewhere / "deep").mkdir(parents=True)
    mirror.mkdir()
    (elsewhere / "deep/a.pbf").write_bytes(CONTENT)
    links = {
        mirror / "data": elsewhere,
        mirror / "twin": elsewhere,
        mirror / "part": elsewhere / "deep",
        elsewhere / "deep/up": mirror,
    }
    try:
        for link, folder in links.items():
            link.symlink_to(folder, target_is_directory=True)
    except OSError as error:
        pytest.skip(f"no links can be made here: {error}")
    (record,) = bring([{"file": "a.pbf"}], tmp_path / "town", mirror)
    assert record.path.read_bytes() == CONTENT


def test_what_a_mirror_lacks_is_named(tmp_path, caplog):
    mirror = tmp_path / "stick"
    mirror.mkdir()
    (mirror / "b.zip").write_bytes(ZIP)
    files = [{"file": name} for name in ("a.pbf", "b.zip", "c.zip", "d.zip")]
    with pytest.raises(InputError) as caught:
        bring(files, tmp_path / "town", mirror)
    assert caught.value.where == str(mirror)
    assert caught.value.what == "neither here nor below is d.zip (T, P, 2020)"
    told = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert [line.split(" (T, P")[0].split()[-1] for line in told] == ["a.pbf", "c.zip"]
    assert left_in(tmp_path / "town") == ["b.zip"]


def test_two_files_of_one_name_below_a_mirror_are_not_guessed_between(tmp_path):
    for folder in ("2023", "2024"):
        (tmp_path / "stick" / folder).mkdir(parents=True)
        (tmp_path / "stick" / folder / "a.pbf").write_bytes(CONTENT)
    with pytest.raises(InputError, match=r"a\.pbf is there 2 times, such as .*2023.*2024"):
        bring([{"file": "a.pbf"}], tmp_path / "town", tmp_path / "stick")


def test_a_mirror_that_is_no_folder_is_named(tmp_path):
    with pytest.raises(InputError, match=r"nowhere: no such folder"):
        bring([{"file": "a.pbf"}], tmp_path / "town", tmp_path / "nowhere")


@pytest.mark.parametrize(("content", "says"), [(OTHER, "its sha256 is"), (b"", "the file is empty")])
def test_a_wrong_file_in_a_mirror_never_replaces_a_file(tmp_path, content, says):
    (tmp_path / "sources").mkdir()
    there = tmp_path / "sources/a.pbf"
    there.write_bytes(b"what a colleague put here")
    (tmp_path / "stick").mkdir()
    (tmp_path / "stick/a.pbf").write_bytes(content)
    with pytest.raises(InputError, match=says) as caught:
        bring([{"file": "a.pbf", "sha256": sha256(CONTENT)}], tmp_path, tmp_path / "stick")
    assert caught.value.where == str(tmp_path / "stick/a.pbf")
    assert there.read_bytes() == b"what a colleague put here"
    assert left_in(tmp_path) == ["a.pbf"]


def test_a_folder_that_can_not_be_made_is_an_error_of_input(tmp_path):
    (tmp_path / "town").write_text("a file where the folder should be")
    with pytest.raises(InputError, match="can't be brought"):
        bring([{"file": "a.pbf"}], tmp_path / "town")


def test_a_place_that_is_taken_by_a_folder_is_an_error_of_input(tmp_path, server):
    server.files = {"/a.pbf": CONTENT}
    (tmp_path / "sources/a.pbf/inside").mkdir(parents=True)
    with pytest.raises(InputError, match=r"a\.pbf: can't be written"):
        bring([{"file": "a.pbf", "url": server.url("/a.pbf")}], tmp_path)


@pytest.mark.real
@needs_shared
@pytest.mark.parametrize(
    ("name", "mirror"),
    [
        ("isle-of-wight", "isle-of-wight"),
        ("england-lsoa-2011", "england"),
        ("england-lsoa-2021", "england"),
    ],
)
def test_the_shared_data_satisfy_the_recipes(tmp_path, name, mirror):
    known = load_recipe(name, ROOT)
    records = fetch_sources(known, tmp_path, mirror=SHARED / mirror, progress=no_progress)
    taken = [source for source in known.sources if not source.instead_of]
    assert [record.sha256 for record in records] == [source.sha256 for source in taken]
    assert all(record.sha256 for record in records)
    assert all(record.path.parent == tmp_path / "sources" for record in records)


# Alternatives, optional files, keys

KEYED = {
    "file": "keyed.zip",
    "url": "http://api.invalid/k.zip?id=${TEST_APP_ID}&key=${TEST_APP_KEY}",
    "how_to_get": "register at http://api.invalid/ and set TEST_APP_ID and TEST_APP_KEY",
}
RAIL = {"file": "rail.zip", "optional": True, "how_to_get": "run ptreach cif FILE --out rail.zip"}


def group(server, streets=None):
    """Streets that are there, a feed that wants keys, its alternative, and optional trains."""
    return [
        {"file": "a.pbf", "url": server.url("/a.pbf")},
        {**KEYED, "url": server.url("/k.zip?id=${TEST_APP_ID}&key=${TEST_APP_KEY}")},
        {"file": "free.zip", "url": server.url("/free.zip"), "instead_of": "keyed.zip"},
        RAIL,
    ]


@pytest.fixture
def feeds(server, monkeypatch):
    for name in ("TEST_APP_ID", "TEST_APP_KEY"):
        monkeypatch.delenv(name, raising=False)
    server.files = {"/a.pbf": CONTENT, "/k.zip": ZIP, "/free.zip": zipped(stops="free")}
    return server


def names(records):
    return [record.path.name for record in records]


def test_keys_are_filled_in_at_the_request_and_nowhere_else(tmp_path, feeds, monkeypatch):
    monkeypatch.setenv("TEST_APP_ID", "my-id")
    monkeypatch.setenv("TEST_APP_KEY", "k&y=1")
    records = bring(group(feeds), tmp_path)
    assert names(records) == ["a.pbf", "keyed.zip"]
    assert feeds.asked[1][0] == "/k.zip?id=my-id&key=k%26y%3D1"
    assert records[1].url == feeds.url("/k.zip")
    assert (tmp_path / "sources/.fetched.json").is_file()
    for path in (tmp_path / "sources").iterdir():
        assert b"my-id" not in path.read_bytes()


def test_a_missing_variable_names_itself_where_to_register_and_the_other_ways(tmp_path, feeds, monkeypatch):
    monkeypatch.setenv("TEST_APP_ID", "my-id")
    with pytest.raises(InputError) as caught:
        bring(group(feeds), tmp_path)
    assert str(caught.value) == (
        f"keyed.zip from {feeds.url('/k.zip')}: TEST_APP_KEY is not set in the environment. Register at "
        "http://api.invalid/ and set TEST_APP_ID and TEST_APP_KEY; or without a key, add --alternative "
        "free.zip (T); or put keyed.zip in a folder DIR and run ptreach fetch town --mirror DIR."
    )
    assert [path for path, _ in feeds.asked] == ["/a.pbf"]  # nothing is asked for with half a key


def test_an_alternative_is_brought_on_demand_and_kept(tmp_path, feeds):
    records = bring(group(feeds), tmp_path, alternatives=["free.zip"])
    assert names(records) == ["a.pbf", "free.zip"]
    assert names(bring(group(feeds), tmp_path)) == ["a.pbf", "free.zip"]
    assert [path for path, _ in feeds.asked] == ["/a.pbf", "/free.zip"]


def test_two_of_a_group_are_never_brought(tmp_path, feeds, monkeypatch):
    monkeypatch.setenv("TEST_APP_ID", "my-id")
    monkeypatch.setenv("TEST_APP_KEY", "key")
    bring(group(feeds), tmp_path)
    with pytest.raises(
        InputError, match=r"keyed\.zip is there, and one of the two is used\. Delete keyed\.zip"
    ):
        bring(group(feeds), tmp_path, alternatives=["free.zip"])
    (tmp_path / "sources/keyed.zip").unlink()
    assert names(bring(group(feeds), tmp_path, alternatives=["free.zip"])) == ["a.pbf", "free.zip"]


@pytest.mark.parametrize("file", ["keyed.zip", "a.pbf", "nosuch.zip"])
def test_what_is_no_alternative_is_refused(tmp_path, feeds, file):
    with pytest.raises(InputError, match=r"--alternative: .* is no alternative .*Take one of free\.zip"):
        bring(group(feeds), tmp_path, alternatives=[file])
    with pytest.raises(InputError, match="the recipe has none"):
        bring([{"file": "a.pbf"}], tmp_path, alternatives=[file])


def test_a_mirror_serves_whichever_of_a_group_it_has(tmp_path, feeds, caplog):
    mirror = tmp_path / "stick"
    mirror.mkdir()
    (mirror / "a.pbf").write_bytes(CONTENT)
    (mirror / "free.zip").write_bytes(ZIP)
    assert names(bring(group(feeds), tmp_path / "one", mirror)) == ["a.pbf", "free.zip"]
    (mirror / "keyed.zip").write_bytes(ZIP)
    (mirror / "rail.zip").write_bytes(ZIP)
    assert names(bring(group(feeds), tmp_path / "two", mirror)) == ["a.pbf", "keyed.zip", "rail.zip"]
    assert feeds.asked == []


def test_a_mirror_without_any_of_a_group_says_how_to_get_it(tmp_path, feeds):
    mirror = tmp_path / "stick"
    mirror.mkdir()
    (mirror / "a.pbf").write_bytes(CONTENT)
    with pytest.raises(InputError, match=r"is keyed\.zip.*Register at http://api\.invalid/"):
        bring(group(feeds), tmp_path / "town", mirror)


def test_an_optional_file_that_can_not_be_had_is_left_out_with_a_warning(tmp_path, feeds, caplog):
    files = [{"file": "a.pbf", "url": feeds.url("/a.pbf")}, {**RAIL, "url": feeds.url("/gone.zip")}]
    assert names(bring(files, tmp_path)) == ["a.pbf"]
    warnings = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert "rail.zip is optional and was not brought: rail.zip from" in warnings[0]
    assert "404" in warnings[0]
    assert warnings[1:] == [
        "town is used without 1 optional file: rail.zip (T); to add it, run ptreach cif FILE --out rail.zip"
    ]


def test_the_second_address_of_a_file_is_where_it_came_from(tmp_path, server):
    server.files = {"/new/a.pbf": CONTENT}
    file = {"file": "a.pbf", "url": server.url("/old/a.pbf"), "fallback_urls": [server.url("/new/a.pbf")]}
    (record,) = bring([file], tmp_path)
    assert record.url == server.url("/new/a.pbf")


# Newer editions


def test_a_file_is_kept_until_a_newer_one_is_asked_for(tmp_path, server):
    server.files = {"/a.pbf": CONTENT}
    file = {"file": "a.pbf", "url": server.url("/a.pbf")}
    bring([file], tmp_path)
    server.files, server.headers = {"/a.pbf": OTHER}, {"ETag": '"second"'}
    (record,) = bring([file], tmp_path)
    assert record.path.read_bytes() == CONTENT
    assert len(server.asked) == 1
    (record,) = bring([file], tmp_path, refresh=True)
    assert record.path.read_bytes() == OTHER
    assert len(server.asked) == 2


def test_an_unchanged_file_is_asked_for_and_not_sent(tmp_path, server, caplog):
    server.files = {"/a.pbf": CONTENT}
    file = {"file": "a.pbf", "url": server.url("/a.pbf")}
    bring([file], tmp_path)
    caplog.set_level("INFO")
    (record,) = bring([file], tmp_path, refresh=True)
    assert record.path.read_bytes() == CONTENT
    assert server.requests[-1]["If-None-Match"] == '"first"'
    assert "is the newest edition" in caplog.text


def test_a_file_that_somebody_replaced_is_not_taken_for_the_one_that_came(tmp_path, server):
    server.files = {"/a.pbf": CONTENT}
    file = {"file": "a.pbf", "url": server.url("/a.pbf")}
    (record,) = bring([file], tmp_path)
    record.path.write_bytes(OTHER)
    (record,) = bring([file], tmp_path, refresh=True)
    assert "If-None-Match" not in server.requests[-1]
    assert record.path.read_bytes() == CONTENT


def test_a_newer_edition_that_does_not_come_leaves_the_older_one(tmp_path, server):
    server.files = {"/a.pbf": CONTENT}
    file = {"file": "a.pbf", "url": server.url("/a.pbf")}
    bring([file], tmp_path)
    server.statuses = dict.fromkeys(range(9), 503)
    with pytest.raises(InputError, match="503"):
        bring([file], tmp_path, refresh=True)
    assert (tmp_path / "sources/a.pbf").read_bytes() == CONTENT


def test_a_pinned_file_has_no_newer_edition(tmp_path, server):
    server.files = {"/a.pbf": CONTENT}
    file = {"file": "a.pbf", "url": server.url("/a.pbf"), "sha256": sha256(CONTENT)}
    bring([file], tmp_path)
    bring([file], tmp_path, refresh=True)
    assert len(server.asked) == 1


def test_a_file_without_an_address_has_no_newer_edition(tmp_path):
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources/a.pbf").write_bytes(CONTENT)
    (record,) = bring([{"file": "a.pbf"}], tmp_path, refresh=True)
    assert record.path.read_bytes() == CONTENT


def test_a_mirror_gives_newer_editions_of_what_it_has(tmp_path):
    mirror = tmp_path / "stick"
    mirror.mkdir()
    for name, content in (("a.pbf", CONTENT), ("b.zip", ZIP)):
        (mirror / name).write_bytes(content)
    files = [{"file": "a.pbf"}, {"file": "b.zip"}]
    bring(files, tmp_path / "town", mirror)
    (mirror / "a.pbf").write_bytes(OTHER)
    (mirror / "b.zip").unlink()
    bring(files, tmp_path / "town", mirror)
    assert (tmp_path / "town/sources/a.pbf").read_bytes() == CONTENT
    first, second = bring(files, tmp_path / "town", mirror, refresh=True)
    assert (first.path.read_bytes(), second.path.read_bytes()) == (OTHER, ZIP)


def test_a_page_that_lies_in_the_place_of_the_file_is_replaced(tmp_path, server, caplog):
    server.files = {"/b.zip": ZIP}
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources/a.pbf").write_bytes(CONTENT)
    (tmp_path / "sources/b.zip").write_bytes(b"<html>Sign in</html>")
    _, second = bring([{"file": "a.pbf"}, {"file": "b.zip", "url": server.url("/b.zip")}], tmp_path)
    assert second.path.read_bytes() == ZIP
    assert "b.zip will be replaced: a web page came instead of the file" in caplog.text


def test_a_page_in_a_mirror_is_not_taken_for_the_file(tmp_path):
    (tmp_path / "stick").mkdir()
    (tmp_path / "stick/a.pbf").write_bytes(b"<html>Sign in</html>")
    with pytest.raises(InputError, match=r"a\.pbf: a web page came instead of the file"):
        bring([{"file": "a.pbf"}], tmp_path / "town", tmp_path / "stick")
