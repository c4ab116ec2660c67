"""Download one file: resumed where it was cut, checked, and never half written under its own name.

The file grows as ``NAME.part``. A download that was cut goes on where it stopped if the server can say that
it still has the same file (its ETag or date is kept in ``NAME.part.tag``) or a sha256 is pinned; else it
starts anew, so that halves of two editions are never joined.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol
from urllib.parse import urlsplit

import httpx

from ptreach.errors import InputError
from ptreach.sources.recipe import digest_file, public_address

if TYPE_CHECKING:
    from pathlib import Path

_TIMEOUT: Final = httpx.Timeout(60.0, connect=20.0)
_TRIES: Final = 4
_PAUSE_S: Final = 1.0  # before the second try; twice that before the third, and so on
_TRY_AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})


class Report(Protocol):
    """What a download calls as it goes, in bytes; done == total ends it."""

    def __call__(self, done: int, total: int) -> None:
        """Take note that `done` of `total` bytes are there."""


class Wanted(NamedTuple):
    """A file to download: from where, to where, its sha256 (empty if none is pinned).

    ``other_way`` says, as a remedy, how the user can bring the file without this program.
    """

    url: str
    path: Path
    sha256: str
    other_way: str

    @property
    def part(self) -> Path:
        """Where the file grows."""
        return self.path.with_name(f"{self.path.name}.part")

    @property
    def tag(self) -> Path:
        """Where that which tells the server's file from its next edition is kept."""
        return self.path.with_name(f"{self.path.name}.part.tag")

    def kept(self) -> tuple[int, str]:
        """Return how many bytes of the part can be gone on from, and the server's tag for it."""
        size_bytes = self.part.stat().st_size if self.part.is_file() else 0
        tag = self.tag.read_text(encoding="utf-8") if self.tag.is_file() else ""
        return (size_bytes if tag or self.sha256 else 0), tag

    def error(self, what: str, remedy: str = "") -> InputError:
        """Return the error of this file; keys that an address carries are not shown."""
        return InputError(
            what, where=f"{self.path.name} from {public_address(self.url)}", remedy=remedy or self.other_way
        )


class _CutError(Exception):
    """The server answered and then failed: trying again may help."""


def open_client() -> httpx.Client:
    """Return a client that follows redirects and honours ``https_proxy``, ``no_proxy`` and ``SSL_CERT_FILE``.

    It trusts the certificates of the operating system beside the usual ones: firewalls that open connections
    sign with one that an organisation has installed there.

    Raises
    ------
    InputError
        Where a proxy setting is not understood.
    """
    trust = httpx.create_ssl_context()
    trust.load_default_certs()
    try:
        return httpx.Client(
            follow_redirects=True, timeout=_TIMEOUT, verify=trust, headers={"User-Agent": "ptreach"}
        )
    except (ValueError, ImportError, httpx.InvalidURL) as error:
        raise InputError(
            f"a proxy setting is not understood: {error}",
            where="https_proxy, http_proxy, all_proxy",
            remedy="write it as http://HOST:PORT, or unset it",
        ) from error


def download(client: httpx.Client, wanted: Wanted, report: Report) -> str:
    """Bring a file to its place; return its sha256. A file that is there is replaced only by a good one.

    Raises
    ------
    InputError
        Where the server can't be reached, has no such file, answers with a web page or an empty file, breaks
        off again and again; where the file is not the pinned one; or it can't be written.
    """
    try:
        digest = _bring(client, wanted, report)
        wanted.part.replace(wanted.path)
        wanted.tag.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(
            f"can't be written: {error.strerror or error}",
            where=str(wanted.path),
            remedy="make room, or close the program that has it open",
        ) from error
    return digest


def _bring(client: httpx.Client, wanted: Wanted, report: Report) -> str:
    """Fill the part with a whole, checked file; return its sha256."""
    resumed = _receive_patiently(client, wanted, report)
    digest = _checked_digest(wanted)
    if digest is None and resumed:
        # The part was of another edition: once more, from the start.
        _drop(wanted)
        _receive_patiently(client, wanted, report)
        digest = _checked_digest(wanted)
    if digest is None:
        found = digest_file(wanted.part)
        _drop(wanted)
        raise wanted.error(
            f"not the file that the recipe pins: its sha256 is {found[:12]}…, not {wanted.sha256[:12]}…",
            "check what the publisher has there now and correct sha256 in the recipe, or bring the pinned "
            "file with --mirror DIR",
        )
    return digest


def _checked_digest(wanted: Wanted) -> str | None:
    """Return the sha256 of the part, None if another is pinned; raise InputError where the part is empty."""
    if not wanted.part.stat().st_size:
        _drop(wanted)
        raise wanted.error("the server sent an empty file")
    digest = digest_file(wanted.part)
    return digest if wanted.sha256 in {"", digest} else None


def _drop(wanted: Wanted) -> None:
    """Remove the part, so that the next try starts anew."""
    wanted.part.unlink(missing_ok=True)
    wanted.tag.unlink(missing_ok=True)


def _receive_patiently(client: httpx.Client, wanted: Wanted, report: Report) -> bool:
    """Fill the part, going on after a cut; return whether it was ever gone on with."""
    resumed, why = False, ""
    for attempt in range(_TRIES):
        time.sleep(_PAUSE_S * attempt)
        resumed |= wanted.kept()[0] > 0
        try:
            _receive(client, wanted, report)
        except _CutError as error:
            why = str(error)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            host = urlsplit(wanted.url).hostname
            raise wanted.error(f"can't reach {host}: {_reason(error)}") from error
        except httpx.TransportError as error:
            why = f"the connection failed: {_reason(error)}"
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise wanted.error(f"can't be downloaded: {_reason(error)}") from error
        else:
            return resumed
    kept_bytes, _ = wanted.kept()
    if kept_bytes:
        why += f"; {kept_bytes:,} bytes are kept"
    raise wanted.error(why, f"run ptreach fetch again later; or {wanted.other_way}")


def _reason(error: Exception) -> str:
    """Return what an error of the network says, in one line."""
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__


def _receive(client: httpx.Client, wanted: Wanted, report: Report) -> None:
    """Ask once for the file, or for the rest of it, and append what comes to the part.

    Raises _CutError where another try may help, InputError where it can't, and httpx's errors.
    """
    have, tag = wanted.kept()
    headers = {"Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
        if tag:
            headers["If-Range"] = tag
    with client.stream("GET", wanted.url, headers=headers) as response:
        place = response.headers.get("content-range", "")
        if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE and "Range" in headers:
            if place.replace(" ", "") == f"bytes*/{have}":
                return  # all of it was there already
            _drop(wanted)
            raise _CutError("the server has another file now")
        _refuse(response, wanted)
        goes_on = response.status_code == httpx.codes.PARTIAL_CONTENT
        if goes_on and not place.startswith(f"bytes {have}-"):
            _drop(wanted)
            raise _CutError("the server sent another part of the file than it was asked for")
        _append(response, wanted, have if goes_on else 0, report)


def _refuse(response: httpx.Response, wanted: Wanted) -> None:
    """Raise _CutError or InputError for an answer that is not the file."""
    status = f"{response.status_code} {response.reason_phrase}".strip()
    if response.status_code in _TRY_AGAIN:
        raise _CutError(f"the server says {status}")
    if not response.is_success:
        if response.status_code in {401, 403, 407}:
            raise wanted.error(f"the server says {status}")
        raise wanted.error(f"the server says {status}", f"correct url in the recipe, or {wanted.other_way}")
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "text/html" and wanted.path.suffix.lower() not in {".html", ".htm"}:
        raise wanted.error("a web page came instead of the file, such as a firewall's or one to sign in")


def _append(response: httpx.Response, wanted: Wanted, done: int, report: Report) -> None:
    """Write what comes to the part from byte `done` on."""
    length = response.headers.get("content-length", "")
    encoded = response.headers.get("content-encoding", "identity") != "identity"
    total = done + int(length) if length.isdecimal() and not encoded else 0
    with wanted.part.open("ab" if done else "wb") as stream:
        wanted.tag.write_text("" if encoded else _tag(response.headers), encoding="utf-8")
        for chunk in response.iter_bytes():
            stream.write(chunk)
            done += len(chunk)
            report(done, max(total, done + 1))  # only the end ends the stage
    report(done, done)


def _tag(headers: httpx.Headers) -> str:
    """Return what tells this file from its next edition: an exact ETag, else the date, else nothing."""
    etag = str(headers.get("etag", ""))
    return etag if etag.startswith('"') else str(headers.get("last-modified", ""))
