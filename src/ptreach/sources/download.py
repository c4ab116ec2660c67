"""Download one file: resumed where it was cut, checked, and never half written under its own name.

The file grows as ``NAME.part``. A download that was cut goes on where it stopped if the server can say that
it still has the same file (its ETag or date is kept in ``NAME.part.tag``) or a sha256 is pinned; else it
starts anew, so that halves of two editions are never joined. What has come is looked at (see `contents`)
before it takes the place of anything.
"""

from __future__ import annotations

import logging
import re
import time
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol
from urllib.parse import urlsplit

import httpx

from ptreach.errors import InputError
from ptreach.machine import still_to_come
from ptreach.sources.address import fill_in, public_address, without_keys
from ptreach.sources.answers import length_of, published_on, tag_of, wait_asked_s
from ptreach.sources.client import silent_libraries
from ptreach.sources.contents import WEB_PAGE, fault_of
from ptreach.sources.fetched import Fetched
from ptreach.sources.records import digest_file

if TYPE_CHECKING:
    from pathlib import Path

    from ptreach.sources.client import Patience

_TRY_AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_ELSEWHERE: Final = frozenset({404, 410})
_LARGEST_BYTES: Final = 20 << 30  # ten times all of Great Britain: an answer without end
_GOOD_BYTES: Final = 1 << 20  # a try that brought so much was not in vain
_TRICKLE_BYTES: Final = 1000  # fewer in `silence_s` are as good as none
_NOT_PINNED: Final = "not the file that the recipe pins"
_RANGE: Final = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")

_log = logging.getLogger(__name__)


class Report(Protocol):
    """What a download calls as it goes, in bytes; done == total ends it."""

    def __call__(self, done: int, total: int) -> None:
        """Take note that `done` of `total` bytes are there."""


class Wanted(NamedTuple):
    """A file to download: from where, to where, its sha256 (empty if none is pinned).

    ``urls`` are tried in order where there is no such file, their variables not yet filled in. ``other_way``
    says, as a remedy, how the user can bring the file without this program. What is `known` of a file that is
    there makes only another edition wanted.
    """

    urls: tuple[str, ...]
    path: Path
    sha256: str
    other_way: str
    known: Fetched | None = None

    @property
    def part(self) -> Path:
        """Where the file grows."""
        return self.path.with_name(f"{self.path.name}.part")

    @property
    def part_tag(self) -> Path:
        """Where that which tells the server's file from its next edition is kept."""
        return self.path.with_name(f"{self.path.name}.part.tag")

    def kept(self) -> tuple[int, str]:
        """Return how many bytes of the part can be gone on from, and the server's tag for it."""
        size_bytes = self.part.stat().st_size if self.part.is_file() else 0
        tag = (
            self.part_tag.read_text(encoding="ascii", errors="ignore").strip()
            if self.part_tag.is_file()
            else ""
        )
        return (size_bytes if tag or self.sha256 else 0), tag

    def drop(self) -> None:
        """Remove the part, so that the next try starts anew."""
        self.part.unlink(missing_ok=True)
        self.part_tag.unlink(missing_ok=True)


class _Task(NamedTuple):
    """A file to bring from one address."""

    client: httpx.Client
    wanted: Wanted
    url: str
    report: Report
    patience: Patience

    @property
    def shown(self) -> str:
        """The address without keys."""
        return public_address(self.url)

    @property
    def known_tag(self) -> str:
        """The tag that this address gave the file that is there; empty where it gave none."""
        known = self.wanted.known
        return known.tag if known and known.address == self.shown else ""

    def error(self, what: str, remedy: str = "") -> InputError:
        """Return the error of this file; keys that an address carries are not shown."""
        return InputError(
            without_keys(what, fill_in(self.url)),
            where=f"{self.wanted.path.name} from {self.shown}",
            remedy=remedy or self.wanted.other_way,
        )


class _Answer(NamedTuple):
    """What the head of an answer says of the file; empty where it says nothing."""

    tag: str
    published: str


class _CutError(Exception):
    """The server answered and then failed: trying again may help, after the seconds that it asks for."""

    def __init__(self, why: str, wait_s: float = 0) -> None:
        super().__init__(why)
        self.wait_s = wait_s


class _UnchangedError(Exception):
    """The server has no other edition than the one that is there."""


class _NoSuchFileError(Exception):
    """The address has no such file; another may."""


def download(client: httpx.Client, wanted: Wanted, report: Report, patience: Patience) -> Fetched | None:
    """Bring a file to its place; None where the one that is there is the newest.

    A file that is there is replaced only by a good one.

    Raises
    ------
    InputError
        Where the server can't be reached, has no such file, answers with a web page or an empty file, breaks
        off again and again; where the file is cut short, or not the pinned one; or it can't be written.
    """
    try:
        with silent_libraries():
            brought = _from_any_address(client, wanted, report, patience)
        wanted.part.replace(wanted.path)
        wanted.part_tag.unlink(missing_ok=True)
    except _UnchangedError:
        return None
    except OSError as error:
        raise InputError(
            f"can't be written: {error.strerror or type(error).__name__}",
            where=str(wanted.path),
            remedy="make room, or close the program that has it open",
        ) from error
    return brought


def _from_any_address(client: httpx.Client, wanted: Wanted, report: Report, patience: Patience) -> Fetched:
    """Fill the part from the first address that has the file."""
    *others, last = [_Task(client, wanted, url, report, patience) for url in wanted.urls]
    for task in others:
        try:
            return _bring(task)
        except _NoSuchFileError as error:
            _log.info("%s: %s; trying the next address", task.shown, error)
    try:
        return _bring(last)
    except _NoSuchFileError as error:
        more = f", nor is it at {others[0].shown}" if others else ""
        remedy = f"correct url in the recipe, or {wanted.other_way}"
        raise last.error(f"{error}{more}", remedy) from None


def _bring(task: _Task) -> Fetched:
    """Fill the part with a whole, checked file."""
    wanted = task.wanted
    resumed, answer = _receive_patiently(task)
    digest, fault = _look_at(wanted)
    if fault and resumed:
        # The part was of another edition: once more, from the start.
        wanted.drop()
        _, answer = _receive_patiently(task)
        digest, fault = _look_at(wanted)
    if fault:
        wanted.drop()
        remedy = ""
        if fault.startswith(_NOT_PINNED):
            remedy = (
                "check what the publisher has there now and correct sha256 in the recipe, "
                "or bring the pinned file with --mirror DIR"
            )
        raise task.error(fault, remedy)
    return Fetched(digest, answer.tag, answer.published, task.shown)


def _look_at(wanted: Wanted) -> tuple[str, str]:
    """Return the sha256 of the part, and what is wrong with it, an empty text where nothing is."""
    digest = digest_file(wanted.part)
    if wanted.sha256 == digest:
        return digest, ""
    fault = fault_of(wanted.part, wanted.path.name)
    if not fault and wanted.sha256:
        fault = f"{_NOT_PINNED}: its sha256 is {digest[:12]}…, not {wanted.sha256[:12]}…"
    return digest, fault


def _receive_patiently(task: _Task) -> tuple[bool, _Answer]:
    """Fill the part, going on after a cut; return whether it was ever gone on with, and the last answer."""
    wanted, patience = task.wanted, task.patience
    resumed, failures, why = False, 0, ""
    while failures < patience.tries:
        before, wait_s = wanted.kept()[0], 0.0
        resumed |= before > 0
        try:
            return resumed, _receive(task)
        except _CutError as error:
            why, wait_s = str(error), error.wait_s
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            raise task.error(f"can't reach {urlsplit(task.url).hostname}: {_reason(error)}") from None
        except httpx.UnsupportedProtocol as error:
            raise task.error(f"sends to where nothing can be had: {_reason(error)}") from None
        except httpx.TransportError as error:
            why = f"the connection failed: {_reason(error)}"
        except httpx.TooManyRedirects:
            raise task.error("the server sends from one address to the next without end") from None
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, OverflowError) as error:
            raise task.error(f"can't be downloaded: {_reason(error)}") from None
        if wait_s > patience.longest_pause_s:
            why += f" and asks to come again in {wait_s:.0f} s"
            break
        failures = 1 if wanted.kept()[0] >= before + _GOOD_BYTES else failures + 1
        _log.info("%s: %s (failure %d of %d)", task.shown, _shown(why, task), failures, patience.tries)
        if failures < patience.tries:
            time.sleep(max(wait_s, min(patience.pause_s * 2 ** (failures - 1), patience.longest_pause_s)))
    if kept_bytes := wanted.kept()[0]:
        why += f"; {kept_bytes:,} bytes are kept"
    raise task.error(why, f"run ptreach fetch again later; or {wanted.other_way}")


def _shown(text: str, task: _Task) -> str:
    """Return a text that a server had a part in, without keys."""
    return without_keys(text, fill_in(task.url))


def _reason(error: Exception) -> str:
    """Return what an error of the network says, in one line."""
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__


def _receive(task: _Task) -> _Answer:
    """Ask once for the file, or for the rest of it, and append what comes to the part.

    Raises _CutError where another try may help, _NoSuchFileError where another address may, _UnchangedError,
    InputError where nothing can, and httpx's errors.
    """
    have, tag = task.wanted.kept()
    headers = {"Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
        if tag:
            headers["If-Range"] = tag
    elif task.known_tag:
        headers["If-None-Match" if task.known_tag.startswith('"') else "If-Modified-Since"] = task.known_tag
    with task.client.stream("GET", fill_in(task.url), headers=headers) as response:
        _log.debug("%s: %d", task.shown, response.status_code)
        answer = _Answer(tag_of(response.headers, fill_in(task.url)), published_on(response.headers))
        place = response.headers.get("content-range", "")
        if response.status_code == httpx.codes.NOT_MODIFIED and task.known_tag:
            raise _UnchangedError
        if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE and have:
            if place.replace(" ", "") == f"bytes*/{have}":
                return answer  # all of it was there already
            task.wanted.drop()
            raise _CutError("the server has another file now")
        _refuse(response, task)
        if response.status_code != httpx.codes.PARTIAL_CONTENT:
            _append(response, task, answer.tag, (0, length_of(response.headers)))
            return answer
        span = _RANGE.fullmatch(place)
        if not span or int(span[1]) != have or (tag and answer.tag and answer.tag != tag):
            task.wanted.drop()
            raise _CutError("the server sent another part than it was asked for, or one of another file")
        _append(response, task, answer.tag or tag, (have, int(span[2]) if span[2] != "*" else 0))
        return answer


def _refuse(response: httpx.Response, task: _Task) -> None:
    """Raise _CutError, _NoSuchFileError or InputError for an answer that is not the file."""
    says = f"the server says {response.status_code} {response.reason_phrase}".strip()
    if response.status_code in _TRY_AGAIN:
        raise _CutError(says, wait_asked_s(response.headers))
    if response.status_code in _ELSEWHERE:
        raise _NoSuchFileError(says)
    if response.status_code not in {httpx.codes.OK, httpx.codes.PARTIAL_CONTENT}:
        raise task.error(says)
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "text/html" and task.wanted.path.suffix.lower() not in {".html", ".htm"}:
        raise task.error(WEB_PAGE)


def _append(response: httpx.Response, task: _Task, tag: str, span: tuple[int, int]) -> None:
    """Write what comes to the part, from byte ``span[0]`` on; ``span[1]`` is the whole length, 0 if unknown.

    Raises _CutError where fewer or more bytes come than were said, or hardly any; InputError for an
    answer without end.
    """
    done, total = span
    wanted, silence_s = task.wanted, task.patience.silence_s
    encoded = response.headers.get("content-encoding", "identity") != "identity"
    if encoded:
        tag, total = "", 0
    since, by_then = time.monotonic(), done
    try:
        with wanted.part.open("ab" if done else "wb") as stream:
            wanted.part_tag.write_text(tag, encoding="utf-8")
            for chunk in response.iter_bytes():
                stream.write(chunk)
                done += len(chunk)
                task.report(done, max(total, done + 1))  # only the end ends the stage
                if done > _LARGEST_BYTES:
                    break
                if time.monotonic() - since > silence_s:
                    if done - by_then < _TRICKLE_BYTES:
                        raise _CutError(f"hardly anything came in {silence_s:g} s")
                    since, by_then = time.monotonic(), done
    except OSError as error:
        raise OSError(error.errno, f"{error.strerror or error}{still_to_come(done, total)}") from error
    if done > _LARGEST_BYTES or (total and done > total):
        wanted.drop()
        raise task.error("more came than the file can be long")
    if done < total:
        raise _CutError(f"the server sent {done:,} of {total:,} bytes")
    task.report(done, done)
