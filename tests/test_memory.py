"""Memory is that of the machine, or of the tightest control group that a container or job is in."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from ptreach import machine
from ptreach.memory import Memory, group_memory, memory

MB = 1_000_000
MACHINE = SimpleNamespace(total=8_000 * MB, available=5_000 * MB)


@pytest.fixture(autouse=True)
def large(monkeypatch):
    monkeypatch.setattr("psutil.virtual_memory", lambda: MACHINE)


def tree(root, cgroup, **files):
    """Files of /proc and /sys below a folder: names with ``__`` for slashes and ``_at_`` for dots."""
    (root / "proc" / "self").mkdir(parents=True)
    (root / "proc" / "self" / "cgroup").write_text(cgroup)
    for name, text in files.items():
        path = root / "sys" / "fs" / "cgroup" / name.replace("__", "/").replace("_at_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n")
    return root


STAT = "anon 5\ninactive_file 100000000\nactive_file 7"


def test_a_container_of_version_2_has_what_its_group_has(tmp_path):
    root = tree(tmp_path, "0::/\n", memory_at_max=2_000 * MB, memory_at_current=700 * MB, memory_at_stat=STAT)
    assert memory(root)[:2] == (2_000 * MB, 1_400 * MB)
    assert memory(root).limit.endswith("/sys/fs/cgroup/memory.max")


def test_of_groups_within_each_other_the_tightest_counts(tmp_path):
    root = tree(
        tmp_path,
        "0::/slice/job\n",
        slice__memory_at_max=900 * MB,
        slice__memory_at_current=100 * MB,
        slice__job__memory_at_max="max",
        slice__job__memory_at_current=1,
    )
    assert memory(root)[:2] == (900 * MB, 800 * MB)


def test_a_container_of_version_1_may_see_its_group_at_the_top(tmp_path):
    root = tree(
        tmp_path,
        "5:cpu,cpuacct:/docker/ab\n4:memory:/docker/ab\n0::/\n",
        memory__memory_at_limit_in_bytes=1_000 * MB,
        memory__memory_at_usage_in_bytes=1_300 * MB,
        memory__memory_at_stat="total_inactive_file 100000000",
    )
    assert memory(root)[:2] == (1_000 * MB, 0)


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"memory_at_max": "max"},
        {"memory_at_max": 9_000 * MB},
        {"memory_at_max": "so much"},
        {"memory__memory_at_limit_in_bytes": 9223372036854771712},
    ],
    ids=str,
)
def test_without_a_limit_it_is_the_machines(tmp_path, files):
    root = tree(tmp_path, "4:memory:/x\n0::/y\n", **files)
    assert memory(root) == Memory(MACHINE.total, MACHINE.available)


def test_where_there_are_no_groups_it_is_the_machines(tmp_path):
    assert memory(tmp_path) == Memory(MACHINE.total, MACHINE.available)
    assert group_memory(tmp_path) is None


def test_a_machine_that_is_full_frees_no_more_for_a_group(tmp_path):
    root = tree(tmp_path, "0::/\n", memory_at_max=7_000 * MB, memory_at_current=0)
    assert memory(root)[:2] == (7_000 * MB, 5_000 * MB)


def test_too_small_a_group_is_refused_as_an_ulimit_is(monkeypatch):
    group = Memory(500 * MB, 400 * MB, "/sys/fs/cgroup/memory.max")
    monkeypatch.setattr(machine, "group_memory", lambda: group)
    words = "this process may hold 500 MB (/sys/fs/cgroup/memory.max), under the 0.8 GB of a small town"
    assert machine.memory_limit() == words
    group = group._replace(total_bytes=900 * MB)
    assert machine.memory_limit() == ""


@contextmanager
def real_group(limit_bytes):
    """A control group with a limit, if this process may make one."""
    for top, limit in (("/sys/fs/cgroup", "memory.max"), ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")):
        group = Path(top) / f"ptreach-{os.getpid()}"
        try:
            group.mkdir()
        except OSError:
            continue
        try:
            with (group / limit).open("r+") as file:  # it is there, or this is a plain folder
                file.write(str(limit_bytes))
        except OSError:
            group.rmdir()
            continue
        try:
            yield group
        finally:
            group.rmdir()
        return
    pytest.skip("no control group can be made here")


def in_group(group, *arguments):
    """Run the command line in a control group."""
    script = (
        "import os, sys; open(sys.argv[1], 'w').write(str(os.getpid()));"
        "from ptreach.cli.main import main; sys.exit(main(sys.argv[2:]))"
    )
    return subprocess.run(
        [sys.executable, "-c", script, group / "cgroup.procs", *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.skipif(sys.platform != "linux", reason="control groups of Linux")
def test_a_real_group_is_told_of_and_too_small_a_one_refused(tmp_path):
    with real_group(512 << 20) as group:
        told = in_group(group, "doctor")
        refused = in_group(group, "--home", tmp_path, "demo", "--out", tmp_path / "demo")
    (line,) = (line for line in told.stdout.splitlines() if re.match(r" *memory ", line))
    assert f" 0.5 GB, by {group}" in line
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("ptreach: error: this process may hold 537 MB (")
    assert not (tmp_path / "demo").exists()
