"""A built network that is damaged is built again, with the same bytes, and that is said."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys

import numpy as np
import pytest

import town
from ptreach.model import no_progress
from ptreach.network.build import build_network, built_folder, open_network
from ptreach.network.saved import META, fault_of_saved

BUILD = """
import sys
from pathlib import Path
from ptreach.model import no_progress
from ptreach.network.build import build_network
print(build_network([Path(sys.argv[1])], [Path(sys.argv[2])], Path(sys.argv[3]), no_progress))
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A street of 3 km and a feed."""
    folder = tmp_path_factory.mktemp("files")
    feed = town.write_feed(
        folder / "bus.zip",
        stops=town.stops_text(A=(99.5, 0), B=(2_000, 0), C=(2_200, 30)),
        **town.trips_texts([("one", "weekdays", [("A", "8:10:00"), ("B", "8:20:00"), ("C", "8:21:00")])]),
    )
    return town.straight_street(folder / "street.osm", 3_000.0), feed


@pytest.fixture(scope="module")
def built(files, tmp_path_factory):
    """A network that is built, and what is in it."""
    folder = build_network(files[:1], files[1:], tmp_path_factory.mktemp("built"), no_progress)
    return folder, contents(folder)


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def cut(data):
    return data[: len(data) // 2]


def longer(data):
    """The same with some bytes more."""
    return data + data[-8:]


DAMAGES = {"cut": cut, "empty": lambda _: b"", "longer": longer, "gone": None}


def test_every_file_that_is_damaged_in_any_way_is_found_and_made_again(files, built, caplog):
    folder, whole = built
    names = [name for name in whole if name != META]
    assert len(names) > 40
    for name, (damage, change) in zip(names, itertools.cycle(DAMAGES.items()), strict=False):
        path = folder / name
        path.unlink()
        if change is not None:
            path.write_bytes(change(whole[name]))
        fault = fault_of_saved(folder)
        assert fault is not None, (name, damage)
        assert fault.startswith(name), (name, damage)
        path.write_bytes(whole[name])
    assert fault_of_saved(folder) == ""
    caplog.clear()


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("edges.mm.npy", cut),
        ("names.json", cut),
        (META, cut),
        (META, lambda _: b""),
        (META, lambda _: b"[]"),
        (META, lambda data: json.dumps({**json.loads(data), "files": None}).encode()),
        (META, lambda data: b"\xff" + data),
    ],
)
def test_a_damaged_network_is_built_again_and_that_is_said(files, built, caplog, name, change):
    folder, whole = built
    (folder / name).write_bytes(change(whole[name]))
    assert built_folder(files, folder.parent) is None
    assert build_network(files[:1], files[1:], folder.parent, no_progress) == folder
    assert contents(folder) == whole
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]
    assert caplog.text.count("the network is built again") == 2
    assert name in caplog.text


def test_an_array_of_another_length_with_a_header_of_its_own_is_found(built):
    folder, whole = built
    before = np.load(folder / "stops.lon.npy")
    np.save(folder / "stops.lon.npy", np.r_[before, before])
    assert fault_of_saved(folder).startswith("stops.lon.npy has ")
    (folder / "stops.lon.npy").write_bytes(whole["stops.lon.npy"])


def test_what_is_kept_beside_a_network_is_no_part_of_it(built):
    folder, _ = built
    (folder / "drawn.parquet").write_bytes(b"cut")
    (folder / "times").mkdir()
    assert fault_of_saved(folder) == ""
    (folder / "drawn.parquet").unlink()
    (folder / "times").rmdir()


@pytest.mark.parametrize("is_broken", [False, True])
def test_processes_that_build_the_same_at_once_leave_one_whole_network(files, built, tmp_path, is_broken):
    """Both build; the first to end gives the folder its name, the other finds it whole."""
    name, whole = built[0].name, built[1]
    if is_broken:
        (tmp_path / name).mkdir()
        for file, data in whole.items():
            (tmp_path / name / file).write_bytes(data if file == META else cut(data))
    command = [sys.executable, "-c", BUILD, *map(str, files), str(tmp_path)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") for _ in range(2)]
    said = [process.communicate(timeout=300)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0]
    assert set(said) == {f"{tmp_path / name}\n"}
    assert contents(tmp_path / name) == whole
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert open_network(tmp_path / name).stops_n == 3
