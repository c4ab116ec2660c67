"""The client that asks servers: its patience, whom it trusts, and that the libraries below it keep silent.

These write whole addresses to their logs, keys included.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from ptreach.errors import InputError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator

    import httpx


class Patience(NamedTuple):
    """How long to wait, and how often to try; times in seconds.

    A server may be silent for ``silence_s``. After a failure the pause is ``pause_s``, doubled each time, or
    what the server asks for (Retry-After), up to ``longest_pause_s``; ``tries`` failures in a row end it.
    """

    connect_s: float = 20
    silence_s: float = 60
    tries: int = 4
    pause_s: float = 1
    longest_pause_s: float = 120


USUAL_PATIENCE: Final = Patience()


def trusted_certificates() -> ssl.SSLContext:
    """Return a context that trusts the operating system's certificates beside those of ``SSL_CERT_FILE``.

    Firewalls that open connections sign with a certificate that an organisation has installed there.
    """
    import httpx

    trust = httpx.create_ssl_context()
    trust.load_default_certs()
    return trust


def open_client(patience: Patience) -> httpx.Client:
    """Return a client that follows redirects and honours ``https_proxy``, ``no_proxy`` and ``SSL_CERT_FILE``.

    Raises
    ------
    InputError
        Where a proxy setting is not understood.
    """
    import httpx

    timeout = httpx.Timeout(patience.silence_s, connect=patience.connect_s)
    try:
        return httpx.Client(
            follow_redirects=True,
            timeout=timeout,
            verify=trusted_certificates(),
            headers={"User-Agent": "ptreach"},
        )
    except (ValueError, ImportError, httpx.InvalidURL) as error:
        # The setting may hold a password, and so may what is said of it.
        raise InputError(
            f"a proxy setting is not understood ({type(error).__name__})",
            where="https_proxy, http_proxy, all_proxy",
            remedy="write it as http://HOST:PORT, or unset it",
        ) from None


@contextmanager
def silent_libraries() -> Iterator[None]:
    """Keep httpx and httpcore from logging: addresses with keys, and headers with addresses."""
    names = [
        name for name in logging.root.manager.loggerDict if name.partition(".")[0] in {"httpx", "httpcore"}
    ]
    loggers = [log for log in map(logging.getLogger, names) if not log.disabled]
    for log in loggers:
        log.disabled = True
    try:
        yield
    finally:
        for log in loggers:
            log.disabled = False
