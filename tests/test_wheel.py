"""make wheel-check says which Pythons it tried, and what is wrong with a wheel or the packs it makes."""

import platform
import sys
import zipfile

import pytest

import wheel
from wheel import against, at_hand, contents, main


def write_wheel(path, left_out=(), added=()):
    """A wheel of the package's files, less some and with others."""
    source = wheel.ROOT / "src"
    files = [path for path in source.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    names = {path.relative_to(source).as_posix() for path in files} - set(left_out) | set(added)
    with zipfile.ZipFile(path, "w") as archive:
        for name in [*sorted(names), "ptreach-0.dist-info/METADATA"]:
            archive.writestr(name, "")
    return str(path)


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """A folder that is the whole PATH."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


@pytest.mark.skipif(sys.platform == "win32", reason="programs are scripts here")
def test_a_python_is_at_hand_if_it_starts(programs):
    assert at_hand("python3.11") is None
    for name, code in (("python3.12", "exit 127"), ("python3.13", "echo usage: anything")):
        (programs / name).write_text(f"#!/bin/sh\n{code}\n")
        (programs / name).chmod(0o755)
        assert at_hand(name) is None
    (programs / "python3.14").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (programs / "python3.14").chmod(0o755)
    assert at_hand("python3.14") == (sys.executable, platform.python_version())


def test_a_wheel_that_no_python_has_tried_is_not_found_well(programs, tmp_path, capsys):
    whole = write_wheel(tmp_path / "whole.whl")
    assert main(whole, "python3.11", "python3.12") == "tried on no Python: python3.11 python3.12"
    assert capsys.readouterr().out.splitlines() == [
        "python3.11: not at hand, not tried",
        "python3.12: not at hand, not tried",
    ]
    assert main(whole) == "tried on no Python: none is named"


def test_a_wheel_holds_the_package_and_nothing_else(tmp_path, capsys):
    assert contents(write_wheel(tmp_path / "whole.whl")) == []
    broken = write_wheel(tmp_path / "broken.whl", ["ptreach/py.typed"], ["tests/town.py"])
    assert main(broken, sys.executable).splitlines() == [
        "not in it: ptreach/py.typed",
        "of no use in it: tests/town.py",
    ]
    assert capsys.readouterr().out == ""  # and is tried on no Python then


def test_packs_are_compared_by_their_manifests():
    one = {"zones": 88, "files": {"README.txt": "a", "layers/town.gpkg": "b"}}
    other = {"zones": 89, "files": {"README.txt": "a", "layers/town.gpkg": "c", "qa.html": "d"}}
    packs = {"python3.11": one, "python3.12": dict(one), "python3.13": other}
    assert against(packs, "python3.11") == ""
    assert against(packs, "python3.12") == ""
    assert against(packs, "python3.13") == (
        "makes another pack than python3.11: files of its manifest, zones of its manifest, "
        "layers/town.gpkg, qa.html"
    )
