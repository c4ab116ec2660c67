"""Downloads from a server that cuts, stalls, lies, redirects and refuses."""

from __future__ import annotations

import hashlib

import pytest

from loopback import pbf, serving, zipped
from ptreach.errors import InputError
from ptreach.sources import download as module
from ptreach.sources.client import Patience, open_client
from ptreach.sources.contents import WEB_PAGE
from ptreach.sources.download import Wanted, download
from ptreach.sources.fetched import Fetched

CONTENT = pbf(bytes(range(256)) * 2000)
OTHER = pbf(bytes(range(255, -1, -1)) * 2000)
PAGE = b"<!doctype html><title>Blocked</title>"
QUICK = Patience(silence_s=0.2, tries=3, pause_s=0)
PATIENT = Patience(tries=3, pause_s=0)


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving() as running:
        running.files = {"/a.pbf": CONTENT}
        yield running


@pytest.fixture
def slept(monkeypatch):
    """The pauses, which are noted and not waited for."""
    pauses = []
    monkeypatch.setattr(module.time, "sleep", pauses.append)
    return pauses


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def no_report(done, total):
    """Take note of nothing."""


def bring(server, tmp_path, *paths, patience=PATIENT, sha256="", known=None, name="a.pbf"):
    urls = tuple(server.url(path) for path in paths or ("/a.pbf",))
    wanted = Wanted(urls, tmp_path / name, sha256, "use a browser", known)
    with open_client(patience) as client:
        return download(client, wanted, no_report, patience)


def says(server, tmp_path, *paths, **how):
    with pytest.raises(InputError) as caught:
        bring(server, tmp_path, *paths, **how)
    assert not (tmp_path / "a.pbf").exists()
    return str(caught.value)


def left_in(folder):
    return sorted(path.name for path in folder.iterdir())


def part_of(length, *, etag='"first"', start=0, total=None):
    """An answer that gives so many bytes of CONTENT and says what it likes of them."""
    end = start + length
    headers = {
        "Content-Range": f"bytes {start}-{end - 1}/{total or len(CONTENT)}",
        "Content-Length": str(length),
        "ETag": etag,
    }
    return lambda handler: handler.answer(206, headers, CONTENT[start:end])


def test_what_is_known_of_a_file_is_its_edition_date_and_address(server, tmp_path):
    server.headers["Last-Modified"] = "Tue, 06 Oct 2026 20:21:02 GMT"
    assert bring(server, tmp_path, "/a.pbf?key=secret") == Fetched(
        sha256(CONTENT), '"first"', "2026-10-06", server.url("/a.pbf")
    )
    assert left_in(tmp_path) == ["a.pbf"]


def test_the_next_address_is_tried_where_there_is_no_such_file(server, tmp_path):
    server.statuses = {1: 410}
    assert bring(server, tmp_path, "/gone", "/a.pbf", "/a.pbf").address == server.url("/a.pbf")
    assert [path for path, _ in server.asked] == ["/gone", "/a.pbf", "/a.pbf"]


def test_the_next_address_is_not_tried_where_the_first_one_refuses(server, tmp_path):
    server.statuses = {0: 403}
    assert "403" in says(server, tmp_path, "/a.pbf", "/a.pbf")
    assert len(server.asked) == 1


def test_a_file_at_no_address_names_both(server, tmp_path):
    text = says(server, tmp_path, "/old", "/new")
    assert f"a.pbf from {server.url('/new')}: the server says 404 Not Found" in text
    assert f"nor is it at {server.url('/old')}. Correct url in the recipe, or use a browser." in text


def test_a_cut_at_the_second_address_goes_on_there_in_the_next_call(server, tmp_path):
    server.cuts = {1: 1000, 2: 0, 3: 0}
    assert "1,000 bytes are kept" in says(server, tmp_path, "/gone", "/a.pbf")
    bring(server, tmp_path, "/gone", "/a.pbf")
    assert server.asked[-2:] == [("/gone", "bytes=1000-"), ("/a.pbf", "bytes=1000-")]
    assert (tmp_path / "a.pbf").read_bytes() == CONTENT


def test_a_stalled_download_goes_on_where_it_stopped(server, tmp_path):
    def stall(handler):
        handler.answer(200, {"Content-Length": len(CONTENT), "ETag": '"first"'}, CONTENT[:5000])
        handler.wfile.flush()
        server.released.wait(60)

    server.answers = {0: stall}
    bring(server, tmp_path, patience=Patience(silence_s=1, tries=9, pause_s=0))
    assert (tmp_path / "a.pbf").read_bytes() == CONTENT
    assert server.asked[1][1] == "bytes=5000-"


def test_a_server_that_never_answers_is_given_up(server, tmp_path):
    server.answers = dict.fromkeys(range(9), lambda _: server.released.wait(60))
    text = says(server, tmp_path, patience=QUICK)
    assert "the connection failed: timed out" in text
    assert "Run ptreach fetch again later; or use a browser." in text


def test_a_trickle_is_as_good_as_nothing(server, tmp_path):
    def trickle(handler):
        handler.answer(200, {"Content-Length": len(CONTENT), "ETag": '"first"'}, b"")
        for place in range(900):
            if server.released.wait(0.02):
                return
            handler.wfile.write(CONTENT[place : place + 1])

    server.answers = dict.fromkeys(range(9), trickle)
    assert "hardly anything came in 1 s" in says(server, tmp_path, patience=Patience(silence_s=1, tries=1))


def test_tries_that_bring_much_are_not_in_vain(server, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_GOOD_BYTES", 1000)
    server.cuts = dict.fromkeys(range(20), 30_000)
    bring(server, tmp_path)
    assert (tmp_path / "a.pbf").read_bytes() == CONTENT
    assert len(server.asked) > PATIENT.tries


def test_a_length_that_is_too_long_is_a_cut(server, tmp_path):
    headers = {"Content-Length": len(CONTENT) + 5, "ETag": '"first"'}
    server.answers = {0: lambda handler: handler.answer(200, headers, CONTENT)}
    bring(server, tmp_path)  # the rest is asked for, and the server owns that there is none
    assert server.asked[1][1] == f"bytes={len(CONTENT)}-"
    assert (tmp_path / "a.pbf").read_bytes() == CONTENT


def test_a_length_that_is_always_too_long_is_given_up(server, tmp_path):
    headers = {"Content-Length": len(CONTENT) + 5}
    server.answers = dict.fromkeys(range(9), lambda handler: handler.answer(200, headers, CONTENT))
    assert "the connection failed: peer closed connection" in says(server, tmp_path)


def test_a_length_that_is_too_short_leaves_a_file_that_is_known_to_be_cut(server, tmp_path):
    headers = {"Content-Length": len(CONTENT) - 5, "ETag": '"first"'}
    server.answers = {0: lambda handler: handler.answer(200, headers, CONTENT)}
    assert "the file is cut short or damaged" in says(server, tmp_path)
    assert left_in(tmp_path) == []


def test_a_part_that_says_less_than_the_rest_is_gone_on_from(server, tmp_path):
    server.cuts = {0: 1000}
    server.answers = {1: part_of(500, start=1000)}
    bring(server, tmp_path)
    assert [span for _, span in server.asked] == ["", "bytes=1000-", "bytes=1500-"]
    assert (tmp_path / "a.pbf").read_bytes() == CONTENT


def test_a_part_longer_than_the_file_is_refused(server, tmp_path):
    server.cuts = {0: 1000}
    server.answers = {1: part_of(3000, start=1000, total=2000)}
    assert "more came than the file can be long" in says(server, tmp_path)
    assert left_in(tmp_path) == []


def test_a_part_of_another_place_is_not_joined(server, tmp_path):
    server.cuts = {0: 1000}
    server.answers = {1: part_of(500, start=2000)}
    bring(server, tmp_path)
    assert [span for _, span in server.asked] == ["", "bytes=1000-", ""]


def test_a_part_of_another_edition_is_not_joined_though_the_server_does_not_mind(server, tmp_path):
    server.cuts = {0: 1000}
    server.answers = {1: part_of(len(CONTENT) - 1000, start=1000, etag='"second"')}
    bring(server, tmp_path)
    assert [span for _, span in server.asked] == ["", "bytes=1000-", ""]
    assert (tmp_path / "a.pbf").read_bytes() == CONTENT


def test_a_part_that_nobody_asked_for_is_refused(server, tmp_path):
    server.answers = dict.fromkeys(range(9), part_of(500, start=1000))
    assert "another part than it was asked for" in says(server, tmp_path)


def test_an_answer_without_end_is_ended(server, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_LARGEST_BYTES", 100_000)
    assert "more came than the file can be long" in says(server, tmp_path)
    assert left_in(tmp_path) == []


def test_a_loop_of_redirects_is_called_one(server, tmp_path):
    server.moved = {"/b": "/c", "/c": "/b"}
    assert "the server sends from one address to the next without end" in says(server, tmp_path, "/b")


@pytest.mark.parametrize("place", ["ftp://127.0.0.1/a.pbf", "http://[::1", "http://a..b/", "data:,a"])
def test_a_redirect_to_nowhere_is_an_error_of_input(server, tmp_path, place):
    server.moved = {"/b": place}
    text = says(server, tmp_path, "/b")
    assert f"a.pbf from {server.url('/b')}: " in text


@pytest.mark.parametrize("kind", ["application/octet-stream", "text/html"])
@pytest.mark.parametrize("pinned", ["", sha256(CONTENT)])
def test_a_page_with_status_200_is_not_taken_for_the_file(server, tmp_path, kind, pinned):
    server.files = {"/a.pbf": PAGE}
    server.headers = {"Content-Type": kind}
    assert f"{WEB_PAGE}. Use a browser." in says(server, tmp_path, sha256=pinned)
    assert left_in(tmp_path) == []


def test_a_file_of_another_kind_is_named(server, tmp_path):
    server.files = {"/a.pbf": zipped(stops="s")}
    assert "not an OpenStreetMap pbf file" in says(server, tmp_path)


def test_a_range_not_satisfiable_of_another_file_starts_anew(server, tmp_path):
    server.cuts = {0: 1000}
    server.answers = {1: lambda handler: handler.answer(416, {"Content-Range": "bytes */5"}, b"")}
    bring(server, tmp_path)
    assert [span for _, span in server.asked] == ["", "bytes=1000-", ""]


def test_416_for_ever_is_given_up(server, tmp_path):
    server.statuses = dict.fromkeys(range(9), 416)
    assert "the server says 416" in says(server, tmp_path)


@pytest.mark.parametrize("status", [429, 503])
def test_the_pause_that_a_server_asks_for_is_kept(server, tmp_path, slept, status):
    server.answers = {0: lambda handler: handler.answer(status, {"Retry-After": "7"}, b"")}
    bring(server, tmp_path)
    assert slept == [7]


def test_the_pause_may_be_given_as_a_date(server, tmp_path, slept):
    def later(handler):
        handler.send_response_only(503)
        handler.send_header("Date", "Tue, 06 Oct 2026 20:00:00 GMT")
        handler.send_header("Retry-After", "Tue, 06 Oct 2026 20:00:09 GMT")
        handler.end_headers()

    server.answers = {0: later}
    bring(server, tmp_path)
    assert slept == [9]


@pytest.mark.parametrize("nonsense", ["soon", "-5", "Tue, 99 Oct 2026", "1e9"])
def test_a_pause_that_is_none_is_ours(server, tmp_path, slept, nonsense):
    server.answers = {0: lambda handler: handler.answer(503, {"Retry-After": nonsense}, b"")}
    bring(server, tmp_path, patience=Patience(pause_s=2))
    assert slept == [2]


def test_pauses_double(server, tmp_path, slept):
    server.statuses = dict.fromkeys(range(4), 503)
    bring(server, tmp_path, patience=Patience(tries=5, pause_s=3, longest_pause_s=10))
    assert slept == [3, 6, 10, 10]


def test_who_asks_to_come_tomorrow_is_not_waited_for(server, tmp_path, slept):
    server.answers = {0: lambda handler: handler.answer(429, {"Retry-After": "86400"}, b"")}
    text = says(server, tmp_path)
    assert "429 Too Many Requests and asks to come again in 86400 s" in text
    assert slept == []


def test_only_another_edition_is_wanted_of_a_file_that_is_known(server, tmp_path):
    known = bring(server, tmp_path)
    assert bring(server, tmp_path, known=known) is None
    assert server.requests[-1]["If-None-Match"] == '"first"'
    server.files, server.headers = {"/a.pbf": OTHER}, {"ETag": '"second"'}
    assert bring(server, tmp_path, known=known).sha256 == sha256(OTHER)
    assert (tmp_path / "a.pbf").read_bytes() == OTHER


def test_another_address_is_not_asked_by_the_tag_of_the_first(server, tmp_path):
    known = bring(server, tmp_path)
    server.files["/b.pbf"] = OTHER
    assert bring(server, tmp_path, "/b.pbf", known=known).sha256 == sha256(OTHER)


def test_a_file_that_nobody_asked_an_edition_of_is_not_unchanged(server, tmp_path):
    server.statuses = dict.fromkeys(range(9), 304)
    assert "the server says 304" in says(server, tmp_path)


def test_a_tag_that_is_no_header_is_no_tag(server, tmp_path):
    server.headers, server.cuts = {"ETag": '"\xe9\x7f"'}, {0: 1000}
    bring(server, tmp_path)
    assert [span for _, span in server.asked] == ["", ""]
