"""Keys of addresses reach no log, error, file or stream, whatever the server does."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import traceback
from dataclasses import asdict

import pytest

from loopback import pbf, serving, zipped
from ptreach.cli.main import main
from ptreach.errors import InputError
from ptreach.model import no_progress
from ptreach.sources.client import Patience
from ptreach.sources.fetch import fetch_sources
from ptreach.sources.recipe import load_network_recipe

APP_ID, APP_KEY = "identity-7731", "s3cret/key&9b"
FORMS = (APP_ID, APP_KEY, "s3cret%2Fkey%269b", "s3cret")
ZIP = zipped(stops="stop_id\n" * 5000)

RECIPE = """title = "Town"
[[sources]]
kind = "osm"
file = "a.pbf"
title = "T"
publisher = "P"
licence = "L"
attribution = "A"
date = "latest"
url = "{streets}"

[[sources]]
kind = "gtfs"
file = "k.zip"
title = "T"
publisher = "P"
licence = "L"
attribution = "A"
date = "latest"
url = "{feed}?app_id=${{TEST_APP_ID}}&app_key=${{TEST_APP_KEY}}"
"""


def again(handler):
    """The path as it was asked for, keys included."""
    return handler.path.partition("?")[2]


def moved(handler):
    handler.answer(302, {"Location": f"/file.zip?{again(handler)}"}, b"")


def moved_without_end(handler):
    handler.answer(302, {"Location": f"/k.zip?{again(handler)}&more"}, b"")


def moved_to_no_protocol(handler):
    handler.answer(302, {"Location": f"gopher://127.0.0.1/{again(handler)}"}, b"")


def moved_to_no_address(handler):
    handler.answer(302, {"Location": f"http://127.0.0.1:{again(handler)}/"}, b"")


def moved_to_no_host(handler):
    handler.answer(302, {"Location": f"http://127.0.0.1:1/{again(handler)}"}, b"")


def refused(handler):
    handler.send_response(403, f"Forbidden {again(handler)}")
    handler.end_headers()


def busy(handler):
    handler.send_response(503, f"Busy {again(handler)}")
    handler.end_headers()


def tagged(handler):
    headers = {"ETag": f'"{again(handler)}"', "Content-Length": len(ZIP)}
    handler.answer(200, headers, ZIP[: len(ZIP) // 2])


def cut(handler):
    headers = {"ETag": '"first"', "Content-Length": len(ZIP), "X-Asked": handler.path}
    handler.answer(200, headers, ZIP[: len(ZIP) // 2])


def no_answer(handler):
    handler.wfile.write(handler.path.encode() + b"\r\n\r\n")


def page(handler):
    handler.answer(200, {}, b"<html>" + handler.path.encode())


def damaged(handler):
    handler.answer(200, {}, b"PK" + handler.path.encode())


def sent(handler):
    handler.answer(200, {"ETag": '"first"', "Content-Length": len(ZIP)}, ZIP)


FAILURES = [
    moved_without_end,
    moved_to_no_protocol,
    moved_to_no_address,
    moved_to_no_host,
    refused,
    busy,
    tagged,
    cut,
    no_answer,
    page,
    damaged,
]


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving() as running:
        running.files = {"/a.pbf": pbf(b"streets"), "/file.zip": ZIP}
        yield running


@pytest.fixture
def home(tmp_path, server, monkeypatch):
    monkeypatch.setenv("TEST_APP_ID", APP_ID)
    monkeypatch.setenv("TEST_APP_KEY", APP_KEY)
    folder = tmp_path / "networks/town"
    folder.mkdir(parents=True)
    text = RECIPE.format(streets=server.url("/a.pbf"), feed=server.url("/k.zip"))
    (folder / "network.toml").write_text(text, encoding="utf-8")
    return tmp_path


def kept_in(home):
    """All that was written, but the recipe and the files themselves, which the server wrote."""
    own = [path for path in home.rglob("*") if path.is_file() and path.name not in {"network.toml", "k.zip"}]
    return {path.name: path.read_bytes().decode(errors="replace") for path in own if path.suffix != ".part"}


def assert_silent(*texts):
    for text in texts:
        for form in FORMS:
            assert form not in text, text


def fetch(home):
    return fetch_sources(
        load_network_recipe("town", home),
        home / "networks/town",
        mirror=None,
        progress=no_progress,
        patience=Patience(tries=2, pause_s=0),
    )


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failure_shows_no_key(home, server, caplog, capfd, failure):
    server.answers = dict.fromkeys(range(1, 60), failure)
    caplog.set_level(logging.DEBUG)
    with pytest.raises(InputError) as caught:
        fetch(home)
    assert any(
        "app_key=s3cret%2Fkey%269b" in path for path, _ in server.asked
    )  # it was asked for with the key
    shown = "".join(traceback.format_exception(caught.value))
    assert_silent(str(caught.value), repr(caught.value), shown, caplog.text, *capfd.readouterr())
    assert_silent(*(f"{record.__dict__}" for record in caplog.records), *kept_in(home).values())
    assert caplog.records


@pytest.mark.parametrize("success", [sent, moved])
def test_a_success_shows_no_key(home, server, caplog, capfd, success):
    server.answers = {1: success}
    caplog.set_level(logging.DEBUG)
    records = fetch(home)
    assert records[1].path.read_bytes() == ZIP
    assert_silent(caplog.text, *capfd.readouterr(), *kept_in(home).values())
    assert_silent(*(json.dumps(asdict(record), default=str) for record in records))
    assert ".fetched.json" in kept_in(home)


@pytest.mark.parametrize(
    ("failure", "verbose"),
    [
        (None, ("-vv",)),
        (refused, ("-v",)),
    ],
)
def test_the_command_line_shows_no_key(home, server, failure, verbose):
    server.answers = dict.fromkeys(range(1, 60), failure or moved)
    server.answers |= {} if failure else {2: sent}
    script = "import sys; from ptreach.cli.main import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", script, *verbose, "--home", str(home), "fetch", "town"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ},
    )
    assert done.returncode == (2 if failure else 0), done.stderr
    assert_silent(done.stdout, done.stderr)


def test_a_password_does_not_go_along_to_another_server(home, server):
    recipe = home / "networks/town/network.toml"
    text = recipe.read_text(encoding="utf-8").replace("?app_id=${TEST_APP_ID}&app_key=${TEST_APP_KEY}", "")
    recipe.write_text(
        text.replace(server.url("/k.zip"), server.url("/k.zip").replace("//", "//me:${TEST_APP_KEY}@")),
        "utf-8",
    )
    with serving() as other:
        other.files = {"/file.zip": ZIP}
        server.moved = {"/k.zip": other.url("/file.zip")}
        fetch(home)
        assert [name for name in server.requests[1] if name.lower() == "authorization"]
        (asked,) = other.requests
        assert not {"authorization", "cookie", "referer"} & {name.lower() for name in asked}
        assert_silent(str(asked))


@pytest.mark.parametrize("verbose", ["-q", "-vv"])
def test_a_proxy_that_is_not_there_shows_no_password(home, monkeypatch, capfd, caplog, verbose):
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://me:swordfish@127.0.0.1:1")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    assert main([verbose, "--home", str(home), "fetch", "town"]) == 2
    said = "".join(capfd.readouterr())
    assert "can't reach" in said
    assert "swordfish" not in said + caplog.text
    assert_silent(said, caplog.text)


def test_the_libraries_log_again_after_a_download(home, server):
    server.answers = {1: sent}
    fetch(home)
    assert not logging.getLogger("httpx").disabled
    assert not logging.getLogger("httpcore.http11").disabled


def test_a_password_of_a_proxy_is_not_shown(home, monkeypatch, caplog):
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://me:hunter:2hunter@proxy:port")
    monkeypatch.delenv("NO_PROXY")
    with pytest.raises(InputError, match="a proxy setting is not understood") as caught:
        fetch(home)
    assert "hunter" not in "".join(traceback.format_exception(caught.value)) + caplog.text
