"""Little memory, for real: a limit is told of before any work, and what comes of it is one line."""

import errno
import os
import sys

import pytest

from fateful import said_by
from ptreach.errors import InputError
from ptreach.machine import fault_of_machine

LIMITED = """
import resource, sys
resource.setrlimit(getattr(resource, sys.argv[1]), (int(sys.argv[2]),) * 2)
from ptreach.cli.main import main
sys.exit(main(sys.argv[3:]))
"""
STARVED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]),) * 2)
from ptreach.machine import fault_of_machine
print(fault_of_machine(SyntaxError("expected ':'")))
"""
MORE = {
    "run": ["config/none.toml"],
    "build": ["none"],
    "matrix": ["none"],
    "isochrones": ["none"],
    "explain": ["none"],
}
posix = pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")


@posix
@pytest.mark.parametrize(
    ("command", "limit"), [("demo", "RLIMIT_DATA"), *((command, "RLIMIT_AS") for command in ("demo", *MORE))]
)
def test_too_little_memory_is_refused_before_any_work(tmp_path, command, limit):
    done = said_by(LIMITED, limit, 500_000_000, "--home", tmp_path, command, *MORE.get(command, ()))
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"ptreach: error: this process may hold 500 MB ({limit}, ulimit), under the ")
    assert line.endswith(" GB of a small town. Raise the limit.")
    assert not list(tmp_path.iterdir())


@posix
def test_a_limit_is_told_of_where_little_may_do(tmp_path):
    done = said_by(LIMITED, "RLIMIT_AS", 500_000_000, "--home", tmp_path, "verify", tmp_path / "none")
    assert (done.returncode, done.stdout) == (2, "")
    warning, line = done.stderr.splitlines()
    assert warning.endswith("GB of a small town: it may end without a word")
    assert line.startswith("ptreach: error: ")


@posix
def test_whatever_comes_under_a_limit_is_told_in_one_line():
    done = said_by(STARVED, 500_000_000)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("ended by SyntaxError: expected ':'; this process may hold 500 MB (RL")


@posix
def test_without_a_limit_nothing_is_said(tmp_path):
    done = said_by(LIMITED, "RLIMIT_AS", -1, "--home", tmp_path, "new", "--help")
    assert (done.returncode, done.stderr) == (0, "")


def test_memory_is_told_from_other_faults_of_loading():
    lost = OSError("Could not find/load shared object file 'libllvmlite.so'")
    lost.__cause__ = OSError("libllvmlite.so: cannot allocate memory in static TLS block")
    for error in (
        MemoryError(),
        ImportError("libgdal.so: failed to map segment from shared object"),
        OSError(errno.ENOMEM, os.strerror(errno.ENOMEM)),
        lost,
    ):
        told = fault_of_machine(error)
        assert isinstance(told, InputError)
        assert told.what.startswith("out of memory")
    for error in (
        ImportError("No module named 'osmnx'"),
        OSError(errno.EACCES, "Permission denied"),
        KeyError("x"),
    ):
        assert fault_of_machine(error) is None
