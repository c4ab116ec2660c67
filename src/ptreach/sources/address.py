"""Addresses of files: keys are filled in at the moment of the request, and are never shown.

``${NAME}`` in an address stands for a variable of the environment. A recipe, a log, an error and a pack hold
the address as it is written there, without what follows ``?``; only the request itself holds the value.
"""

from __future__ import annotations

import os
import re
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlsplit, urlunsplit

_VARIABLE: Final = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")
_HIDDEN: Final = "***"
_SHORTEST_KEY: Final = 4  # what is shorter is no key, and hiding it would garble the text


def public_address(url: str) -> str:
    """Return an address without user, query and fragment, where keys are carried."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def variables_of(url: str) -> tuple[str, ...]:
    """Return the names of the variables in an address, in order; raise ValueError for a malformed one."""
    if "${" in _VARIABLE.sub("", url):
        raise ValueError("write a variable as ${NAME}, in capitals, digits and underscores")
    return tuple(dict.fromkeys(_VARIABLE.findall(url)))


def unset_variables(url: str) -> tuple[str, ...]:
    """Return the names of the variables in an address that the environment lacks, or has empty."""
    return tuple(name for name in variables_of(url) if not _value(name))


def fill_in(url: str) -> str:
    """Return an address with the values of its variables, ready for the request and for nothing else."""
    return _VARIABLE.sub(lambda match: quote(_value(match[1]), safe=""), url)


def _value(name: str) -> str:
    """Return the value of a variable of the environment, without the blanks that copying brings along."""
    return os.environ.get(name, "").strip()


def without_keys(text: str, filled_url: str) -> str:
    """Return a text without the keys of a filled-in address: its user, password and query values."""
    parts = urlsplit(filled_url)
    user, _, password = parts.netloc.rpartition("@")[0].partition(":")
    values = {value for _, value in parse_qsl(parts.query)} | {unquote(user), unquote(password)}
    forms = {form for value in values for form in (value, quote(value, safe=""))}
    for form in sorted(forms, key=len, reverse=True):
        if len(form) >= _SHORTEST_KEY:
            text = text.replace(form, _HIDDEN)
    return text
