"""How OpenStreetMap's public services are asked: by osmnx, which waits its turn and keeps the answers.

What osmnx offers to everyone gives the first place of several only, and streets as a graph rather than as
they are. So its inner functions are called, one layer below; pyproject.toml bounds its version for that.

osmnx tries for ever where a server is busy, and hands on parts of answers; here both end in an error.
"""

from __future__ import annotations

import logging
import os
import shutil
import socket
import ssl
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol
from urllib.parse import urlsplit

from ptreach import __version__
from ptreach.aside import written_aside
from ptreach.caches import cache_folder
from ptreach.errors import InputError
from ptreach.sources.address import public_address
from ptreach.sources.contents import WEB_PAGE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

ATTRIBUTION: Final = "© OpenStreetMap contributors, Open Database Licence 1.0"
_BUSY: Final = frozenset({429, 504})
_MOST_BUSY: Final = 3
_CERTIFICATES: Final = "certificates.pem"

_log = logging.getLogger(__name__)


class Service(NamedTuple):
    """A service of OpenStreetMap: its name and address, osmnx's setting for it, and a way without it."""

    name: str
    url: str
    setting: str
    instead: str


NOMINATIM: Final = Service(
    "Nominatim", "https://nominatim.openstreetmap.org/", "nominatim_url", "read the point off a map"
)
OVERPASS: Final = Service(
    "Overpass", "https://overpass-api.de/api", "overpass_url", "save an extract with a browser"
)


class _Response(Protocol):
    """What is looked at of an answer, as the library below osmnx gives it."""

    url: str
    ok: bool
    status_code: int
    reason: str
    headers: Mapping[str, str]

    @property
    def is_redirect(self) -> bool:
        """Whether the answer only names another address."""

    def close(self) -> None:
        """Let go of the connection."""


class _Watch:
    """Looks at each answer before osmnx does."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._busy = 0

    def __call__(self, response: _Response, *_: object, **__: object) -> None:
        """Raise InputError for an answer that osmnx would try again for ever, or take for data."""
        if response.is_redirect:
            return
        says = f"the server says {response.status_code} {response.reason or ''}".strip()
        if response.status_code in _BUSY:
            self._busy += 1
            if self._busy >= _MOST_BUSY:
                raise self._error(response, f"{says}, {self._busy} times", "try again later")
            _log.warning("%s: %s; it is asked again in a minute", self._where, says)
        elif not response.ok:
            raise self._error(response, says, "check the address given as --server")
        elif response.headers.get("content-type", "").lower().startswith("text/html"):
            raise self._error(response, WEB_PAGE, "ask for access, or name another --server")

    def _error(self, response: _Response, what: str, remedy: str) -> InputError:
        """Return the error for an answer, whose connection is closed."""
        response.close()
        return InputError(what, where=self._where, remedy=remedy)


@contextmanager
def asking(
    service: Service, server: str, *, cache: str, refresh: bool = False, timeout_s: int
) -> Iterator[None]:
    """Set osmnx up to ask `service` at the address `server`, and back again.

    Answers are kept in the folder `cache` of the user's caches; `refresh` empties it first.

    Raises
    ------
    InputError
        Where the server can't be reached, is busy again and again, refuses, or gives what is not understood.
    """
    where = f"{service.name} at {shown_server(server)}"
    from osmnx import settings

    folder = cache_folder() / "osmnx" / cache
    if refresh:
        shutil.rmtree(folder, ignore_errors=True)
    wanted: dict[str, Any] = {
        service.setting: server,
        "cache_folder": folder,
        "use_cache": True,
        "requests_timeout": timeout_s,
        "requests_kwargs": {"hooks": {"response": _Watch(where)}, **_trust(server)},
        "http_user_agent": f"ptreach/{__version__} (by osmnx)",
        "http_referer": "ptreach",
        "doh_url_template": None,  # no third party is told what is asked for
        # Asked for its status first, one that is not there costs a silent minute; a busy one says so itself
        "overpass_rate_limit": False,
    }
    before = {name: getattr(settings, name) for name in wanted}
    resolve = socket.getaddrinfo  # osmnx puts its own in the place of it
    try:
        for name, value in wanted.items():
            setattr(settings, name, value)
        yield
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise _not_understood(error, where, server, service.instead) from error
    finally:
        socket.getaddrinfo = resolve
        for name, value in before.items():
            setattr(settings, name, value)


def shown_server(server: str) -> str:
    """Return a server's address as it may be shown; raise InputError where it is none."""
    try:
        parts = urlsplit(server)
        known = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # such as a port that is no number
        known = False
    if not known:
        raise InputError("no address of a server", where="--server", remedy="write it as https://HOST/PATH")
    return public_address(server)


def _not_understood(error: Exception, where: str, server: str, instead: str) -> InputError:
    """Return the error for a server that can't be reached, or whose answer is none."""
    kind = type(error).__name__
    if isinstance(error, OSError) and error.filename is not None:
        return InputError(
            f"can't be kept: {error.strerror}",
            where=str(error.filename),
            remedy="set PTREACH_CACHE to a folder",
        )
    if isinstance(error, OSError):  # those of the library below are
        return InputError(
            f"can't reach {urlsplit(server).hostname} ({kind})",
            where=where,
            remedy=f"check the connection and https_proxy, name another server with --server, or {instead}",
        )
    return InputError(
        f"the answer is not understood ({kind})", where=where, remedy="try again, or name another --server"
    )


def _trust(server: str) -> dict[str, str]:
    """Return the certificates to trust, as the library below takes them: in one file.

    It knows neither the operating system's nor ``SSL_CERT_FILE``; what ``REQUESTS_CA_BUNDLE`` names it does.
    """
    if urlsplit(server).scheme != "https" or {"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"} & set(os.environ):
        return {}
    return {"verify": str(write_certificates(cache_folder()))}


def write_certificates(folder: Path) -> Path:
    """Write all certificates that downloads trust into one file in `folder`; return it."""
    from ptreach.sources.client import trusted_certificates

    certificates = sorted(trusted_certificates().get_ca_certs(binary_form=True))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / _CERTIFICATES
    with written_aside(path) as part:
        part.write_text("".join(map(ssl.DER_cert_to_PEM_cert, certificates)), encoding="ascii")
    return path
