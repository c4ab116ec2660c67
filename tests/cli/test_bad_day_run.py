"""Bad days of run: packs killed and made twice at once, odd locales and clocks, closed folders, damage.

Each is done for real, by processes of their own, to a small part of the made-up town.
"""

import os
import shutil
import signal
import subprocess
import sys
import time

import psutil
import pytest

from disks import closed_folder
from fateful import FATEFUL, PLAIN, said_by
from ptreach.outputs.paperwork.verify import verify_pack
from quarter import write_quarter

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
# A program that others embed takes their locale; and a clock that somebody has set.
EMBEDDED = """
import locale, sys, time
print(locale.setlocale(locale.LC_ALL, ""), locale.localeconv()["decimal_point"], file=sys.stderr)
true, years = time.time, float(sys.argv[1])
time.time = lambda: true() + years * 31_557_600
from ptreach.cli.main import main
sys.exit(main(sys.argv[2:]))
"""


def files_in(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def command(home, out):
    """The words of a run; all files are named in full."""
    config = home / "config" / "demo-town.toml"
    return ["-q", "--home", str(home), "run", str(config), "--workers", "1", "--out", str(out)]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home whose network is built and whose pack is written, in ``packs``, where nothing disturbs."""
    folder = tmp_path_factory.mktemp("home")
    write_quarter(folder)
    done = said_by(PLAIN, *command(folder, folder / "packs"))
    assert (done.returncode, done.stderr) == (0, "")
    return folder


@pytest.fixture(scope="module")
def pack(home):
    """The bytes of its files, by name."""
    files = files_in(home / "packs" / "demo-town")
    assert len(files) > 40
    return files


def test_a_pack_that_is_killed_leaves_none_or_the_old_one_and_the_next_run_clears(home, pack, tmp_path):
    out, words = tmp_path / "packs", command(home, tmp_path / "packs")

    def names():
        return sorted(path.name for path in out.iterdir())

    killed = said_by(FATEFUL, "ptreach.outputs.maps.far_map", "draw_far_map", 1, int(signal.SIGKILL), *words)
    assert killed.returncode == -signal.SIGKILL, killed
    (left,) = names()
    assert left.startswith(".demo-town.")
    assert any((out / left / "layers").iterdir())  # it was at work

    shutil.copytree(home / "packs" / "demo-town", out / "demo-town")
    stopped = said_by(FATEFUL, "ptreach.outputs.maps.far_map", "draw_far_map", 1, int(signal.SIGINT), *words)
    assert (stopped.returncode, stopped.stdout, stopped.stderr) == (130, "", "ptreach: stopped.\n")
    assert names() == ["demo-town"]  # what was left by the first is gone as well
    assert files_in(out / "demo-town") == pack

    killed = said_by(FATEFUL, "os", "rename", 2, int(signal.SIGKILL), *words)  # between the two moves
    assert killed.returncode == -signal.SIGKILL, killed
    old, new = names()
    assert old.startswith(".demo-town.")
    assert new == ".demo-town.old"
    assert files_in(out / old) == files_in(out / new) == pack

    assert said_by(PLAIN, *words).returncode == 0
    assert names() == ["demo-town"]
    assert files_in(out / "demo-town") == pack


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT])
def test_who_draws_beside_a_run_that_ends_ends_too_and_leaves_nothing(home, tmp_path, sent):
    out = tmp_path / "packs"
    words = ["2" if word == "1" else word for word in command(home, out)]
    ended = said_by(FATEFUL, "ptreach.outputs.pack", "web_page", 1, int(sent), *words, OF_TEST=str(out))
    if sent == signal.SIGINT:
        assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "ptreach: stopped.\n")
        assert list(out.iterdir()) == []
        return
    assert ended.returncode == -sent, ended
    assert gone_in_a_minute(str(out))
    assert {path.name.split(".")[1] for path in out.iterdir()} >= {"demo-town"}
    assert said_by(PLAIN, *words).returncode == 0
    assert [path.name for path in out.iterdir()] == ["demo-town"]


def gone_in_a_minute(mark):
    """Say whether all processes with a mark in their environment end in a minute."""
    until = time.monotonic() + 60
    while any(process.info["environ"].get("OF_TEST") == mark for process in alive()):
        if time.monotonic() > until:
            return False
        time.sleep(0.2)
    return True


def alive():
    """All processes whose environment is known: those that have ended, and wait to be noticed, have none."""
    return [process for process in psutil.process_iter(["environ"]) if process.info["environ"]]


@pytest.fixture(scope="module")
def german(tmp_path_factory):
    """The environment of a locale with decimal commas; skips where none can be made."""
    folder = tmp_path_factory.mktemp("locales")
    make = ["localedef", "-i", "de_DE", "-f", "UTF-8", str(folder / "de_DE.UTF-8")]
    try:
        done = subprocess.run(make, capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("no localedef to make a locale with decimal commas")
    if done.returncode > 1:  # 1: warnings
        pytest.skip("the sources of locales are not installed")
    return {"LOCPATH": str(folder), "LC_ALL": "de_DE.UTF-8"}


def test_two_runs_at_once_in_other_locales_zones_and_years_write_the_same_pack(home, pack, german, tmp_path):
    source = home / "networks" / "demo-town" / "sources" / "demo-bus.zip"
    os.utime(source, (4e9, 4e9))  # a file of the year 2096
    worlds = [
        (70, german | {"TZ": "Pacific/Auckland", "PYTHONHASHSEED": "1"}),
        (-30, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "TZ": "America/St_Johns"}),
    ]
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", EMBEDDED, str(years), *command(home, tmp_path / "packs")],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env={**os.environ, "PTREACH_HOME": "", **world},
        )
        for years, world in worlds
    ]
    said = [run.communicate(timeout=300) for run in runs]
    assert [run.returncode for run in runs] == [0, 0], said
    assert [err for _, err in said] == ["de_DE.UTF-8 ,\n", "C .\n"]
    assert [path.name for path in (tmp_path / "packs").iterdir()] == ["demo-town"]
    assert files_in(tmp_path / "packs" / "demo-town") == pack


def test_a_network_on_a_closed_share_is_used_also_where_what_is_kept_there_is_damaged(home, pack, tmp_path):
    own = tmp_path / "home"
    for name in ("config", "networks"):
        shutil.copytree(home / name, own / name)
    (ground,) = own.rglob("drawn.parquet")
    ground.write_bytes(ground.read_bytes()[:-99])
    before = files_in(own)
    with closed_folder(own / "networks"):
        done = said_by(PLAIN, *command(own, tmp_path / "packs")[1:])
    assert done.returncode == 0, done
    assert f"{ground}: not readable (" in done.stderr
    assert "read again from the map" in done.stderr
    assert files_in(own) == before
    assert files_in(tmp_path / "packs" / "demo-town") == pack
    assert verify_pack(tmp_path / "packs" / "demo-town").is_whole


def test_a_network_that_is_not_built_on_a_closed_share_says_what_to_do(home, ptreach, tmp_path):
    own = tmp_path / "home"
    for name in ("config", "networks"):
        shutil.copytree(home / name, own / name, ignore=shutil.ignore_patterns("built"))
    with closed_folder(own / "networks"):
        line = ptreach(*command(own, tmp_path / "packs")).line
    assert line.startswith(f"{own / 'networks' / 'demo-town' / 'built'}: the network can't be written: ")
    assert "Read-only file system" in line
    assert "have ptreach build run by somebody who may write there" in line
    assert list((tmp_path / "packs").rglob("*")) == []
