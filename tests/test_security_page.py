"""docs/security.md names tests that are there, and all that can open the network."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
PACKAGE = ROOT / "src" / "ptreach"
ASKS = {
    *("httpx", "httpcore", "requests", "urllib3", "aiohttp", "osmnx", "fsspec", "distributed", "r5py"),
    *("psycopg", "sqlalchemy", "socket", "ssl", "http", "ftplib", "smtplib", "telnetlib", "xmlrpc"),
}
"""Libraries that can open the network, by their first names; and modules of urllib and asyncio, below."""
ASKS_FULLY = {"urllib.request", "asyncio", "multiprocessing.managers"}


def imports_of(text):
    """Full names of what a module imports, for types alone too."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def can_ask(text):
    """Whether a module imports what can open the network."""
    return any(
        name.partition(".")[0] in ASKS or any(f"{name}.".startswith(f"{full}.") for full in ASKS_FULLY)
        for name in imports_of(text)
    )


def functions_of(path):
    return {
        node.name
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
    }


def test_every_test_that_it_names_is_there():
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)
    assert len(named) > 50
    assert len(named) == PAGE.count("::test_")
    assert [f"{file}::{name}" for file, name in named if name not in functions_of(ROOT / file)] == []
    assert len(named) == len(set(named))


def test_no_other_module_can_open_the_network():
    told = {name for row in re.findall(r"(?m)^\|.*\|$", PAGE) for name in re.findall(r"`([\w/]+\.py)`", row)}
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if can_ask(path.read_text(encoding="utf-8"))
    }
    assert told == found


def test_imports_are_found_wherever_they_stand():
    for text in (
        "import httpx",
        "def f():\n    from urllib.request import urlopen",
        "import http.client as c",
    ):
        assert can_ask(text), text
    for text in (
        "from urllib.parse import quote",
        "import httpxyz",
        "from . import socket_of",
        "'import ssl'",
    ):
        assert not can_ask(text), text


def test_the_readme_and_contributors_are_led_to_it():
    for name in ("README.md", "CONTRIBUTING.md"):
        assert "docs/security.md" in (ROOT / name).read_text(encoding="utf-8")
