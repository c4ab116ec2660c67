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
posix = pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")


@posix
@pytest.mark.parametrize(("limit", "megabytes"), [("RLIMIT_DATA", 150), ("RLIMIT_AS", 240)])
def test_a_limit_is_told_of_and_too_little_is_one_line(tmp_path, limit, megabytes):
    done = said_by(
        LIMITED, limit, megabytes * 1_000_000, "--home", tmp_path, "demo", "--out", tmp_path / "demo"
    )
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    warning, line = done.stderr.splitlines()
    assert f"this process may hold {megabytes} MB ({limit}, ulimit)" in warning
    assert line.startswith("ptreach: error: out of memory")
    assert "or use a machine with more memory" in line


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
