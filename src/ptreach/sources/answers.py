"""What the head of a server's answer says of a file: its edition, date and length, and when to come again."""

from __future__ import annotations

import email.utils
from typing import TYPE_CHECKING

from ptreach.sources.address import without_keys

if TYPE_CHECKING:
    import datetime as dt

    import httpx


def wait_asked_s(headers: httpx.Headers) -> float:
    """Return how many seconds a server asks to wait, given in seconds or as a date; 0 where it does not."""
    text = str(headers.get("retry-after", "")).strip()
    if text.isdecimal():
        return float(text[:9])
    then, now = _moment(text), _moment(str(headers.get("date", "")))
    return max(0.0, (then - now).total_seconds()) if then and now else 0.0


def _moment(text: str) -> dt.datetime | None:
    """Return the moment that a header gives, None where it is none; all are in Greenwich time."""
    try:
        return email.utils.parsedate_to_datetime(text).replace(tzinfo=None)
    except ValueError:
        return None


def length_of(headers: httpx.Headers) -> int:
    """Return the length that an answer gives itself in bytes, 0 where it gives none."""
    length = str(headers.get("content-length", ""))
    return int(length) if length.isdecimal() else 0


def tag_of(headers: httpx.Headers, filled_url: str) -> str:
    """Return what tells this file from its next edition: an exact ETag, else the date, else nothing.

    It is kept in a file, so one that repeats a key of the address is no tag.
    """
    etag = str(headers.get("etag", ""))
    tag = etag if etag.startswith('"') else str(headers.get("last-modified", ""))
    sound = tag.isascii() and tag.isprintable() and tag == without_keys(tag, filled_url)
    return tag if sound else ""


def published_on(headers: httpx.Headers) -> str:
    """Return the date, YYYY-MM-DD, at which the server says that the file was last changed, or nothing."""
    moment = _moment(str(headers.get("last-modified", "")))
    return f"{moment:%Y-%m-%d}" if moment else ""
