"""verify and publish: what they print, and how they end."""

import hashlib
import json

import pytest

from ptreach.outputs import postgis
from ptreach.outputs.postgis import PublishedTable


@pytest.fixture
def pack(home):
    folder = home / "packs" / "ryde"
    folder.mkdir(parents=True)
    files = {"README.txt": b"hello\n", "qa.html": b"<p>\n"}
    for name, data in files.items():
        (folder / name).write_bytes(data)
    digests = {name: {"sha256": hashlib.sha256(data).hexdigest()} for name, data in files.items()}
    text = json.dumps({"ptreach": {}, "files": digests, "town": {"slug": "ryde"}})
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    return folder


def test_verify_says_that_a_pack_is_whole(ptreach, pack):
    assert ptreach("verify", pack) == (0, f"{pack}: whole, 2 files\n", "")


def test_verify_lists_faults_and_ends_in_2(ptreach, pack):
    (pack / "README.txt").unlink()
    (pack / "qa.html").write_bytes(b"")
    (pack / "more.txt").write_bytes(b"")
    ended = ptreach("verify", pack)
    assert ended.code == 2
    assert ended.out == "missing\tREADME.txt\nchanged\tqa.html\nextra\tmore.txt\n"
    assert ended.err.startswith(
        f"ptreach: error: {pack}: not as it was written: 1 missing, 1 changed, 1 extra. "
    )


def test_verify_gives_the_same_as_json(ptreach, pack):
    ended = ptreach("verify", pack, "--json")
    assert ended.code == 0
    assert json.loads(ended.out) == {
        "pack": str(pack), "files": 2, "whole": True, "missing": [], "changed": [], "extra": [],
    }  # fmt: skip
    (pack / "more.txt").write_bytes(b"")
    ended = ptreach("verify", pack, "--json")
    assert ended.code == 2
    assert json.loads(ended.out)["extra"] == ["more.txt"]
    assert json.loads(ended.out)["whole"] is False


@pytest.fixture
def made_from(home, pack):
    """The inputs of a pack, and its manifest that names them."""
    files = {"isle": b"bus", "zones": b"people"}
    for recipe, data in files.items():
        folder = home / "networks" / recipe / "sources"
        folder.mkdir(parents=True)
        (folder / f"{recipe}.zip").write_bytes(data)
    manifest = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
    manifest |= {"network": {"name": "isle"}, "areas": {"name": "zones"}}
    manifest["inputs"] = [
        {"file": f"{name}.zip", "sha256": hashlib.sha256(data).hexdigest()} for name, data in files.items()
    ]
    (pack / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return home / "networks"


def test_verify_looks_at_the_inputs_too_where_it_is_asked(ptreach, home, pack, made_from):
    asked = ("--home", home, "verify", pack, "--inputs")
    assert ptreach(*asked) == (0, f"{pack}: whole, 2 files; its 2 inputs are as they were\n", "")
    (made_from / "isle" / "sources" / "isle.zip").write_bytes(b"another bus")
    (made_from / "zones" / "sources" / "zones.zip").unlink()
    ended = ptreach(*asked)
    assert ended.code == 2
    assert ended.out == "input missing\tzones.zip\ninput changed\tisle.zip\n"
    assert "1 input missing, 1 input changed. Bring the files it was made from again" in ended.err
    told = json.loads(ptreach(*asked, "--json").out)
    assert told["whole"] is True
    assert told["inputs"] == {"listed": 2, "missing": ["zones.zip"], "changed": ["isle.zip"]}
    assert ptreach("verify", pack).code == 0


def test_verify_and_publish_refuse_what_is_no_pack(ptreach, home):
    for arguments in (["verify", home], ["publish", home, "--postgis", "postgresql://nowhere/x"]):
        line = ptreach(*arguments).line
        assert line.startswith(f"{home}: is no pack (manifest.json is missing or alien). ")
    assert ptreach("verify", home / "nosuch").line.startswith(f"{home / 'nosuch'}: is no folder. ")


def test_publish_prints_each_table(ptreach, pack, monkeypatch):
    called = []

    def stand_in(*arguments):
        called.append(arguments)
        return (PublishedTable("public.ryde_stops", 12), PublishedTable("public.ryde_origin", 1))

    monkeypatch.setattr(postgis, "publish_pack", stand_in)
    ended = ptreach("publish", pack, "--postgis", "postgresql://me@here/db")
    assert ended == (0, "public.ryde_stops\t12\npublic.ryde_origin\t1\n", "")
    assert ptreach("publish", pack, "--postgis", "dbname=db", "--schema", "reach").code == 0
    assert called == [(pack, "postgresql://me@here/db", "public"), (pack, "dbname=db", "reach")]


def test_publish_wants_a_database(ptreach, pack):
    assert "'--postgis'" in ptreach("publish", pack).line


@pytest.mark.parametrize("schema", ["a b", "1a", 'x"; DROP', "", "a.b"])
def test_publish_refuses_a_schema_that_is_no_name(ptreach, pack, schema):
    line = ptreach("publish", pack, "--postgis", "dbname=db", "--schema", schema).line
    assert line == f"--schema: '{schema}' is no name. Take letters, digits and underscores."


def test_publish_never_prints_a_password(ptreach, pack):
    (pack / "layers").mkdir()
    (pack / "layers" / "ryde.gpkg").write_bytes(b"")
    ended = ptreach("publish", pack, "--postgis", "wr0ng-secret")
    assert ended.code == 2
    assert "wr0ng-secret" not in ended.out + ended.err
