"""Bad days of fetch, build and run: processes killed and stopped, disks full and closed, memory short.

Each is done for real, to a process of its own, at a place in its work and not at a time.
"""

import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import town
from disks import change_disk, small_disk
from fateful import FATEFUL, PLAIN, said_by
from loopback import serving, zipped

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
SOURCE = """[[sources]]
kind = "{kind}"
file = "{file}"
title = "T"
publisher = "P"
licence = "L"
attribution = "A"
date = "2026"
{more}
"""


def files_in(folder):
    """The bytes of all files below a folder, by their place; what is kept beside a network is left out."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "drawn.parquet"
    }


def write_recipe(home, **urls):
    """Write a recipe of a street and a feed."""
    folder = home / "networks" / "tiny"
    folder.mkdir(parents=True, exist_ok=True)
    sources = {"street.osm": "osm", "bus.zip": "gtfs"}
    text = "".join(
        SOURCE.format(kind=kind, file=file, more=f'url = "{urls[kind]}"' if kind in urls else "")
        for file, kind in sources.items()
    )
    (folder / "network.toml").write_text(f'title = "Tiny"\n{text}', encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def mirror(tmp_path_factory):
    """A folder with a street and a feed."""
    folder = tmp_path_factory.mktemp("mirror")
    town.straight_street(folder / "street.osm", 3_000.0)
    calls = [("A", "8:10:00"), ("B", "8:20:00"), ("C", "8:21:00")]
    town.write_feed(
        folder / "bus.zip",
        stops=town.stops_text(A=(99.5, 0), B=(2_000, 0), C=(2_200, 30)),
        **town.trips_texts([("one", "weekdays", calls)]),
    )
    return folder


@pytest.fixture
def fetched(mirror, ptreach, tmp_path):
    """A home whose network's files are there."""
    write_recipe(tmp_path)
    assert ptreach("--home", tmp_path, "-q", "fetch", "tiny", "--mirror", mirror).code == 0
    return tmp_path


@pytest.fixture(scope="module")
def network(mirror, tmp_path_factory):
    """The bytes of the network that nothing disturbs, by its digest."""
    folder = town.build(tmp_path_factory.mktemp("network"), mirror / "street.osm", mirror / "bus.zip")
    return folder.name, files_in(folder)


def built_in(home):
    """What lies in the folder of built networks."""
    return home / "networks" / "tiny" / "built"


@pytest.fixture
def slow_server(tmp_path):
    """A server that sends half of a feed and then nothing, once; the feed, and the folder it is wanted in."""
    feed = zipped(**{"stops.txt": "stop_id\n" + "".join(f"{n * n}\n" for n in range(60_000))})

    def half(handler):
        handler.answer(200, {"Content-Length": str(len(feed)), "ETag": '"first"'}, feed[: len(feed) // 2])
        handler.server.released.wait(60)

    with serving() as server:
        server.files["/bus.zip"] = feed
        server.answers[0] = half
        folder = write_recipe(tmp_path, gtfs=server.url("/bus.zip"))
        (folder / "sources").mkdir()
        town.straight_street(folder / "sources" / "street.osm", 100.0)
        yield server, feed, folder / "sources"


@POSIX
@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT], ids=["kill", "ctrl-c"])
def test_a_download_that_is_ended_goes_on_where_it_was(slow_server, ptreach, tmp_path, sent):
    server, feed, sources = slow_server
    process = subprocess.Popen(
        [sys.executable, "-c", PLAIN, "--home", str(tmp_path), "fetch", "tiny"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    part = sources / "bus.zip.part"
    until = time.monotonic() + 60
    while not (part.is_file() and part.stat().st_size) and time.monotonic() < until:
        time.sleep(0.01)
    process.send_signal(sent)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (-signal.SIGKILL if sent == signal.SIGKILL else 130, "")
    assert err == ("" if sent == signal.SIGKILL else "ptreach: stopped.\n")
    size_bytes = part.stat().st_size
    assert 0 < size_bytes < len(feed)
    assert not (sources / "bus.zip").exists()
    assert ptreach("--home", tmp_path, "-q", "fetch", "tiny").code == 0
    assert (sources / "bus.zip").read_bytes() == feed
    assert server.asked[1] == ("/bus.zip", f"bytes={size_bytes}-")
    assert sorted(path.name for path in sources.iterdir() if "part" in path.name) == []


@POSIX
def test_a_copy_that_is_killed_is_made_again(mirror, ptreach, tmp_path):
    folder = write_recipe(tmp_path)
    fetch = ("--home", tmp_path, "fetch", "tiny", "--mirror", mirror)
    killed = said_by(FATEFUL, "ptreach.sources.fetch", "_check_copy", 2, int(signal.SIGKILL), *fetch)
    assert killed.returncode == -signal.SIGKILL
    assert sorted(files_in(folder / "sources")) == ["bus.zip.copy.part", "street.osm"]
    assert ptreach(*fetch).code == 0
    assert files_in(folder / "sources") == files_in(mirror)


def test_on_a_full_disk_a_download_says_what_is_missing_and_goes_on_later(slow_server, ptreach, tmp_path):
    server, feed, sources = slow_server
    server.answers.clear()
    with small_disk(tmp_path / "disk", 64) as disk:
        sources.rmdir() if not any(sources.iterdir()) else None
        folder = write_recipe(disk, gtfs=server.url("/bus.zip"))
        (folder / "sources").mkdir()
        town.straight_street(folder / "sources" / "street.osm", 100.0)
        line = ptreach("--home", disk, "-q", "fetch", "tiny").line
        path = folder / "sources" / "bus.zip"
        assert line.startswith(f"{path}: can't be written: No space left on device; 0.")
        assert f"of its {len(feed) / 1e6:.1f} MB are still to come. Make room" in line
        assert not path.exists()
        change_disk(disk, "size=2m")
        assert ptreach("--home", disk, "-q", "fetch", "tiny").code == 0
        assert path.read_bytes() == feed


def test_on_a_full_disk_a_copy_says_what_is_missing_and_leaves_nothing(mirror, ptreach, tmp_path):
    big = tmp_path / "mirror"
    big.mkdir()
    (big / "street.osm").write_bytes((mirror / "street.osm").read_bytes() + b" " * 90_000)
    (big / "bus.zip").write_bytes((mirror / "bus.zip").read_bytes())
    with small_disk(tmp_path / "disk", 64) as disk:
        folder = write_recipe(disk)
        line = ptreach("--home", disk, "-q", "fetch", "tiny", "--mirror", big).line
        assert "street.osm" in line
        assert "can't be brought: No space left on device; 0.1 of its 0.1 MB are still to come" in line
        assert sorted(files_in(folder / "sources")) == ["bus.zip"]


@POSIX
@pytest.mark.parametrize(
    ("module", "name", "number"),
    [
        ("ptreach.network.build", "build_transfers", 1),
        ("numpy", "save", 20),
        ("ptreach.network.build", "settle", 1),
    ],
)
def test_a_build_that_is_killed_is_begun_again_and_leaves_nothing(
    fetched, network, ptreach, module, name, number
):
    digest, whole = network
    build, built = ("--home", fetched, "build", "tiny"), built_in(fetched)
    for _ in range(2):  # nor does what is left grow
        killed = said_by(FATEFUL, module, name, number, int(signal.SIGKILL), *build)
        assert killed.returncode == -signal.SIGKILL, killed
        assert [path.name.startswith(f".{digest}.") for path in built.iterdir()] == [True]
    ended = ptreach(*build)
    assert (ended.code, ended.out) == (0, f"{built / digest}\n")
    assert files_in(built) == {f"{digest}/{file}": data for file, data in whole.items()}


@POSIX
def test_ctrl_c_in_a_build_is_clean(fetched, network, ptreach):
    build = ("--home", fetched, "build", "tiny")
    stopped = said_by(FATEFUL, "ptreach.network.build", "build_transfers", 1, int(signal.SIGINT), *build)
    assert (stopped.returncode, stopped.stdout) == (130, "")
    assert stopped.stderr == "ptreach: stopped.\n"
    assert list(built_in(fetched).iterdir()) == []
    assert ptreach(*build).code == 0
    assert sorted(path.name for path in built_in(fetched).iterdir()) == [network[0]]


def test_what_stands_in_the_way_of_a_build_is_named(fetched, ptreach):
    built_in(fetched).write_text("a file", encoding="utf-8")
    line = ptreach("--home", fetched, "-q", "build", "tiny").line
    assert line.startswith(f"{built_in(fetched)}: the network can't be written: ")


def test_it_works_below_a_long_path_with_spaces_and_accents(mirror, network, street, ptreach, tmp_path):
    home = tmp_path / "Ŵyr & co" / ("long " * 40).strip()
    write_recipe(home)
    assert len(str(home)) > 260
    assert ptreach("--home", home, "-q", "fetch", "tiny", "--mirror", mirror).code == 0
    assert ptreach("--home", home, "-q", "build", "tiny").out == f"{built_in(home) / network[0]}\n"
    assert files_in(built_in(home) / network[0]) == network[1]


def test_too_little_memory_is_one_line_that_says_what_to_lower(ptreach, fetched, monkeypatch):
    """An array is asked for that no machine holds."""
    monkeypatch.setattr("ptreach.network.build.build_transfers", lambda *_: np.empty(1 << 50))
    line = ptreach("--home", fetched, "-q", "build", "tiny").line
    assert line.startswith("out of memory: Unable to allocate")
    assert "fewer --workers" in line
    assert list(built_in(fetched).iterdir()) == []
